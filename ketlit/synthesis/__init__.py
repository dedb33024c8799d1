"""What the evidence amounts to. Pure and standard library only: knows no database."""
