"""The command line. Importing this loads nothing: the program is `ketlit.cli.program`, its commands `catalogue`."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence


def main() -> None:
    """The program `ketlit`."""
    # Objects made at start live to the end: looking for garbage among them costs 3-5 ms of 70 and finds none.
    # The program turns collection on again before a command does its work.
    gc.disable()
    from ketlit.cli.program import mute, run

    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        mute()
    raise SystemExit(code)


def run(arguments: Sequence[str]) -> int:
    """Do what these arguments ask; the exit code. Errors are told on stderr, never raised."""
    from ketlit.cli import program

    return program.run(arguments)


def command_names() -> list[str]:
    """The commands in the order of the help."""
    from ketlit.cli import catalogue

    return catalogue.command_names()
