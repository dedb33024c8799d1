"""What a record is about: the taxonomy, and tags with the words they rest on. Pure: knows no database."""
