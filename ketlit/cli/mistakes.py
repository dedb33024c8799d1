"""What was typed wrong, said in one or two lines; loaded only when something was."""

from __future__ import annotations

import sys
from typing import Any


def usage(error: Any) -> tuple[str, str, int]:
    """Message, hint and exit code of an error that typer raised: unknown options, missing arguments, bad numbers."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "ketlit"
    see = f"all of them: {path} --help"
    name = type(error).__name__
    if name == "NoArgsIsHelpError":
        print(error.format_message(), file=sys.stderr)
        return "", "", 2
    if name == "NoSuchOption":
        return _option(error, path, see)
    message = str(error.format_message()).rstrip(".")
    if message.startswith("No such command"):
        return _command(error, path)
    for prefix, other in (("Invalid value for ", ""), ("Missing ", "missing "), ("Got ", "got ")):
        if message.startswith(prefix):
            message = other + message[len(prefix) :]
    return message[:1].lower() + message[1:], f"how it is used: {path} --help", int(error.exit_code)


def _option(error: Any, path: str, see: str) -> tuple[str, str, int]:
    typed = str(error.option_name)
    near = _near(typed.lstrip("-"), _options(error.ctx))
    hint = f"did you mean {' or '.join(near)}? " if near else ""
    if not typed.startswith("--"):
        hint += f"a word to leave out goes after --: {path} -- ketamine {typed}; "
    return f"{path} has no option {typed}", hint + see, int(error.exit_code)


def _options(context: Any) -> list[str]:
    return [each for parameter in context.command.params for each in parameter.opts if each.startswith("--")]


def _command(error: Any, path: str) -> tuple[str, str, int]:
    from ketlit.cli.catalogue import command_names

    group = error.ctx.command
    names = list(getattr(group, "commands", None) or command_names())
    typed = error.message.split("'")[1] if "'" in error.message else ""
    near = _near(typed, names)
    hint = f"did you mean {' or '.join(f'{path} {name}' for name in near)}? " if near else ""
    return f"{path} has no command {typed!r}", f"{hint}all of them: {path} --help", int(error.exit_code)


def _near(typed: str, names: list[str]) -> list[str]:
    from difflib import get_close_matches

    by_bare = {name.lstrip("-"): name for name in names}
    starting = [name for bare, name in by_bare.items() if len(typed) > 1 and bare.startswith(typed)]
    return starting[:3] or [by_bare[bare] for bare in get_close_matches(typed, by_bare, 3, 0.6)]
