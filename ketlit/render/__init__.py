"""How views look to eyes: tables, plain text, cards, the timeline."""
