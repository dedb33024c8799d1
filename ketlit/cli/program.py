"""The program: its own options, and the one wrapper that turns errors into a message and an exit code.

Errors are one or two lines on stderr: what is wrong, what to do. A traceback only with KETLIT_DEBUG=1. A closed
pipe (`ketlit search | head`) ends quietly with 0: whoever closed it has what they wanted.
"""

from __future__ import annotations

import errno
import gc
import os
import sys
from collections.abc import Sequence
from typing import Annotated, Final, TextIO

import typer

from ketlit.cli import interruptible
from ketlit.cli.catalogue import Catalogue
from ketlit.cli.options import Session
from ketlit.cli.wrapping import wrapped
from ketlit.errors import KetlitError, OutputError, UsageError

PROGRAM: Final = "ketlit"
COMPLETING: Final = "_KETLIT_COMPLETE"  # set by the shell when it asks what may come next
# what typer tells a user (click's ClickException, which typer keeps to itself)
_Shown: Final = typer.BadParameter.__mro__[2]
_EVERYWHERE: Final = "Does ketamine help this condition, by this route, on this outcome, and how sure are we?"


def _version(asked: bool) -> None:
    if asked:
        from ketlit import __version__

        print(f"{PROGRAM} {__version__}")
        raise typer.Exit


def _start(
    context: typer.Context,
    db: Annotated[
        str | None,
        typer.Option("--db", metavar="PATH", help="The library to use; also KETLIT_DB.", show_default=False),
    ] = None,
    no_color: Annotated[bool, typer.Option("--no-color", help="No colours; also NO_COLOR.")] = False,
    verbose: Annotated[int, typer.Option("--verbose", "-v", count=True, help="Explain on stderr; -vv more.")] = 0,
    version: Annotated[bool, typer.Option("--version", "-V", callback=_version, is_eager=True, help="Say it.")] = False,
) -> None:
    session = context.ensure_object(Session)
    session.db, session.color, session.verbose = db, session.color and not no_color, verbose


def application(*, completion: bool = False) -> typer.Typer:
    """The whole program; `completion` adds the two options that install a shell's completion."""
    made = typer.Typer(
        name=PROGRAM,
        cls=Catalogue,
        add_completion=completion,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        help=f"{_EVERYWHERE}\n\nStudies of ketamine for fibromyalgia, CRPS, other pain and depression, offline.",
        epilog="Begin with: ketlit search fibromyalgia",
    )
    made.callback()(_start)
    return made


app = application()


def run(arguments: Sequence[str]) -> int:
    """Do what these arguments ask; the exit code. Errors are told on stderr, never raised."""
    _open_closed()
    _prepare(sys.stdin, "surrogateescape")
    _prepare(sys.stdout)
    _prepare(sys.stderr)
    session = Session()
    try:
        code = _done(arguments, session)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        mute()
        return 0
    except (KeyboardInterrupt, typer.Abort):
        _say(f"{PROGRAM}: interrupted")
        _flushed()
        return 130
    except Exception as error:  # the last place: whatever it is, a person gets a line and a script a code
        if os.environ.get("KETLIT_DEBUG", "") not in ("", "0") and not isinstance(error, _Shown):
            import traceback

            traceback.print_exc()
        failed = _flushed() or (error if isinstance(error, OSError) and _is_of_a_stream(error) else None)
        if failed is None:
            return _told(error)
        unwritten = _unwritten(failed, session)
        return _told(unwritten) if isinstance(error, OSError) else max(_told(error), _told(unwritten))


def _done(arguments: Sequence[str], session: Session) -> int:
    """Do what these arguments ask; the exit code. `session` is told what was asked for the whole run."""
    try:
        if os.environ.get(COMPLETING):
            return _completed()
        if arguments[:1] == ["help"]:
            arguments = [*arguments[1:], "--help"]
        # the options that install completion are made only where they can be seen or used
        whole = not arguments or any(each.endswith(("-completion", "help", "-h")) for each in arguments[:1])
        command = typer.main.get_command(application(completion=True) if whole else app)
        with command.make_context(PROGRAM, list(arguments), obj=session) as context:
            if not gc.isenabled():
                gc.freeze()  # what is loaded by now lives to the end
                gc.enable()
            interruptible()
            command.invoke(context)
        return 0
    except typer.Exit as end:
        return end.exit_code


def _completed() -> int:
    """Tell the shell what may come next. Raises UsageError where what it says in the environment makes no sense."""
    interruptible()
    # typer would load rich (40 ms) to take its markup out of explanations, which have none
    sys.modules["rich"] = None  # type: ignore[assignment]
    try:
        typer.main.get_command(application(completion=True)).main(prog_name=PROGRAM)
    except SystemExit as end:
        return UsageError.exit_code if end.code else 0
    except (LookupError, ValueError) as error:  # variables that lack, or are no number or no line of a shell
        raise UsageError(f"{COMPLETING} is set, but not what a shell says beside it", f"unset {COMPLETING}") from error
    return 0


def _told(error: Exception) -> int:
    """Tell an error on stderr; its exit code."""
    from ketlit.render.safe import safe_text

    message, hint, code = _explained(error)
    if message:
        _say(f"{PROGRAM}: {safe_text(message)}")
    if hint:
        _say(f"  {safe_text(hint)}")
    return code


def _say(line: str) -> None:
    """A line on stderr; nowhere where that cannot be written either."""
    try:
        print(wrapped(line), file=sys.stderr)
    except OSError:
        mute(sys.stderr)


def _flushed() -> OSError | None:
    """Write out what stdout and stderr hold; why one of them does not take it. It is muted then: the interpreter would
    try once more at its end, and complain."""
    failed: OSError | None = None
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError as error:
            failed = failed if isinstance(error, BrokenPipeError) else error
            mute(stream)
    return failed


def _is_of_a_stream(error: OSError) -> bool:
    """Whether it came from writing to a stream that holds nothing back: files are written under their names."""
    return error.filename is None and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def _unwritten(failed: OSError, session: Session) -> OutputError:
    done = "what was asked for is done; only the report of it is missing" if session.stored else ""
    return OutputError(f"the output could not be written: {failed.strerror or failed}", done or "make room for it")


def _explained(error: Exception) -> tuple[str, str, int]:
    if isinstance(error, KetlitError):
        return str(error), error.hint, error.exit_code
    if isinstance(error, _Shown):
        from ketlit.cli.mistakes import usage

        return usage(error)
    if isinstance(error, RecursionError | MemoryError):
        return f"internal error: {type(error).__name__}", "set KETLIT_DEBUG=1 for the traceback", 1
    said = str(error).partition("\n")[0]
    kind = type(error).__name__
    return f"internal error: {kind}: {said}"[:300], "set KETLIT_DEBUG=1 for the traceback", 1


def _open_closed() -> None:
    """A stream that was closed (`>&-`) is one to nowhere.

    In this order each gets its own number, so that no file is ever opened as number 1 and printed into.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115  (it is open to the end)


def _prepare(stream: object, errors: str = "backslashreplace") -> None:
    """UTF-8 wherever a pipe or file stands for the terminal; what cannot be written is written escaped.

    Windows redirects in the ANSI code page, where one "≥" in a title would end the program.
    """
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is None:  # a test's own stream
        return
    if stream.isatty():  # type: ignore[attr-defined]
        reconfigure(errors=errors)
    else:
        reconfigure(encoding="utf-8", errors=errors)


def mute(stream: TextIO | None = None) -> None:
    """Nobody reads stdout (or this stream) any more: what is still buffered goes nowhere, and nothing complains at
    exit.
    """
    with open(os.devnull, "w") as nowhere:
        try:
            os.dup2(nowhere.fileno(), (stream or sys.stdout).fileno())
        except (OSError, ValueError):  # a test's own stream has no number
            return
