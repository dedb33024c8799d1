"""The library: connecting, asking, writing, the full-text index, migrations."""
