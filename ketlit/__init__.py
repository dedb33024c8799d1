"""ketlit: the literature evidence database on ketamine for pain and depression."""

__version__ = "0.1.0"
