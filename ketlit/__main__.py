"""`python -m ketlit` is `ketlit`."""

from ketlit.cli import main

main()
