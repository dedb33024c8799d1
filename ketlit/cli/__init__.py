"""The command line. Importing this loads nothing: the program is `ketlit.cli.program`, its commands `catalogue`."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence


def main() -> None:
    """The program `ketlit`."""
    # Objects made at start live to the end: looking for garbage among them costs 3-5 ms of 70 and finds none.
    # The program turns collection on again before a command does its work.
    gc.disable()
    try:
        # Ctrl-C before the command begins, or after it has ended, finds nothing to put back; as an exception, raised
        # inside an import or while the interpreter ends, it would be a traceback.
        import signal

        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, _leave)
        code = run(sys.argv[1:])
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, _leave)
    except KeyboardInterrupt:
        code = 130
    raise SystemExit(code)


def _leave(*_: object) -> None:
    """End at once, as a shell expects of what was interrupted."""
    os._exit(130)


def interruptible() -> None:
    """From here on Ctrl-C is an exception, so that what was begun is put back."""
    import signal

    if signal.getsignal(signal.SIGINT) is _leave:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def run(arguments: Sequence[str]) -> int:
    """Do what these arguments ask; the exit code. Errors are told on stderr, never raised."""
    from ketlit.cli import program

    return program.run(arguments)


def command_names() -> list[str]:
    """The commands in the order of the help."""
    from ketlit.cli import catalogue

    return catalogue.command_names()
