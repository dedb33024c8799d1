"""Where records come from: each module turns one kind of source into `ketlit.record` objects."""
