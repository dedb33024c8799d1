"""Lines for a person on stderr."""

import sys


def wrapped(line: str) -> str:
    """The line or lines, on a terminal over as many as they need: a terminal by itself would break words."""
    if not sys.stderr.isatty():
        return line
    from shutil import get_terminal_size
    from textwrap import wrap

    width = get_terminal_size().columns
    lines: list[str] = []
    for each in line.split("\n"):
        if len(each) <= width:
            lines.append(each)
        else:
            lines += wrap(each, width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines)
