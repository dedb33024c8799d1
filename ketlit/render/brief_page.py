"""A brief on a terminal: one screen, whatever the topic."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from rich.text import Text

from ketlit.render.brief import Brief, Statement, cited
from ketlit.render.table import Screen, joined

LINES: Final = 40
NAME: Final = 13  # cells of the names of the sections
MOST_KEYS: Final = 4


def show(screen: Screen, brief: Brief) -> None:
    """Print the brief on at most LINES lines: with fewer keys, then with fewer statements, where there is no room."""
    shown, keys, left = fitting(screen, brief)
    for line in _page(screen, brief, shown, keys, left):
        screen.line(line)


def fitting(screen: Screen, brief: Brief) -> tuple[list[Statement], int, int]:
    """The statements that are shown, with how many keys each, and how many are left to other formats."""
    statements = list(brief.statements)
    while True:
        for keys in range(MOST_KEYS, 0, -1):
            left = len(brief.statements) - len(statements)
            if len(_page(screen, brief, statements, keys, left)) <= LINES:
                return statements, keys, left
        place = _dispensable(statements)
        if place is None:
            return statements, 1, left
        del statements[place]


def _dispensable(statements: Sequence[Statement]) -> int | None:
    """The place of what gives way next: the last of the highest rank, then what is not the first of its section."""
    rank = max((each.rank for each in statements), default=0)
    if rank:
        return max(place for place, each in enumerate(statements) if each.rank == rank)
    pairs = enumerate(pairwise(statements), 1)
    return max((place for place, (before, each) in pairs if before.section == each.section), default=None)


def _page(screen: Screen, brief: Brief, statements: Sequence[Statement], keys: int, left: int) -> list[Text]:
    lines = _wrapped(screen, joined((brief.head, "bold")))
    section = ""
    for each in statements:
        name = "" if each.section == section else each.section
        section = each.section
        lines += _wrapped(screen, joined(cited(each, keys)), NAME, name)
    if left:
        lines += _wrapped(screen, joined((f"{left} more with --format markdown", "dim")), NAME)
    for place, command in enumerate(brief.commands):
        lines += _wrapped(screen, joined(command), NAME, "" if place else "Follow")
    return lines + _wrapped(screen, joined((brief.foot, "dim")))


def _wrapped(screen: Screen, text: Text, indent: int = 0, name: str = "") -> list[Text]:
    """Lines that hang under the name of their section."""
    lines = []
    for place, line in enumerate(text.wrap(screen.console, max(20, screen.width - indent))):
        line.rstrip()
        before = (name.ljust(indent), "bold") if place == 0 else " " * indent
        lines.append(joined(before).append_text(line))
    return lines
