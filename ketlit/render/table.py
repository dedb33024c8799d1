"""What a terminal shows: lines of aligned columns, and the list of studies. Only a terminal loads rich, here.

Text from outside goes into rich as Text, never as markup, and through `safe_text` before.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Final, TextIO

from rich.cells import cell_len as cell_len  # for the lists, which load no rich themselves
from rich.cells import set_cell_size
from rich.console import Console
from rich.text import Text

from ketlit.render import wording
from ketlit.render.safe import safe_text
from ketlit.views import StudyRow
from ketlit.vocabulary import Status, Verification

WIDE: Final = 110  # columns from which on words are not shortened
GAP: Final = 2


class Screen:
    """A terminal to print on: its width, whether it takes more than ASCII, colours only if wanted."""

    def __init__(self, out: TextIO, *, color: bool = True, width: int | None = None) -> None:
        self.console = Console(
            file=out,
            width=width or _columns(),
            no_color=not color,
            highlight=False,
            markup=False,
            emoji=False,
            soft_wrap=True,
        )
        self.width = self.console.width
        self.wide = self.width >= WIDE
        self.unicode = (getattr(out, "encoding", None) or "utf-8").lower().replace("-", "").startswith("utf")

    def line(self, *parts: str | Text | tuple[str, str], indent: int = 0) -> None:
        """One line of pieces: text, or (text, style)."""
        self.console.print(Text(" " * indent).append_text(joined(*parts)), soft_wrap=True)

    def wrapped(self, text: Text, *, indent: int = 0, first: str = "") -> None:
        """Text over as many lines as it needs, each indented; `first` stands in the first line's indent."""
        room = max(20, self.width - indent)
        for place, line in enumerate(text.wrap(self.console, room)):
            line.rstrip()
            before = first.ljust(indent) if place == 0 else " " * indent
            self.console.print(Text(before).append_text(line), soft_wrap=True)

    def symbol(self, symbol: str, ascii: str) -> str:
        return symbol if self.unicode else ascii

    @property
    def separator(self) -> str:
        return " · " if self.unicode else " - "


def _columns() -> int | None:
    """COLUMNS, if it is a width anything can be shown in; else rich asks the terminal."""
    typed = os.environ.get("COLUMNS", "")
    return min(max(int(typed), 40), 1000) if typed.isascii() and typed.isdigit() else None


def joined(*parts: str | Text | tuple[str, str]) -> Text:
    """Pieces as one Text; every plain string is made safe."""
    text = Text()
    for part in parts:
        if isinstance(part, Text):
            text.append_text(part)
        elif isinstance(part, tuple):
            text.append(safe_text(part[0]), part[1])
        else:
            text.append(safe_text(part))
    return text


def fitted(text: str, width: int, *, right: bool = False) -> str:
    """`text` in exactly `width` cells: filled with blanks, or cut with an ellipsis."""
    size = cell_len(text)
    if size > width:
        return set_cell_size(text, width - 1) + "…"
    return " " * (width - size) + text if right else text + " " * (width - size)


def some_of(names: Sequence[str], width: int) -> str:
    """As many names as fit, then how many more there are: "pain-intensity +2"."""
    for count in range(len(names), 0, -1):
        more = len(names) - count
        text = ", ".join(safe_text(name) for name in names[:count]) + (f" +{more}" if more else "")
        if cell_len(text) <= width or count == 1:
            return text
    return ""


def people(row: StudyRow) -> str:
    if row.n is not None:
        return str(row.n)
    return f"k={row.n_studies}" if row.n_studies is not None else ""


def _width(values: Iterable[str], least: int, most: int) -> int:
    return max(least, min(most, max(map(cell_len, values), default=0)))


def header(screen: Screen, total: int, understood: Sequence[str]) -> None:
    """How many studies there are, and how the query was understood."""
    count = "no study" if not total else "1 study" if total == 1 else f"{total} studies"
    told = screen.separator.join(safe_text(each) for each in understood) or "the whole library"
    screen.wrapped(joined((count, "bold"), "  ", (told, "dim")))


def studies(screen: Screen, rows: Sequence[StudyRow]) -> None:
    """A line of facts for each study, and its title below."""
    wide = screen.wide
    keys = [safe_text(row.key) for row in rows]
    designs = [wording.design(row.design, row.design_flags, wide=wide) for row in rows]
    routes = [some_of(wording.routes(row.routes, wide=wide), 22 if wide else 7) for row in rows]
    crowds = [people(row) for row in rows]
    faces = [wording.DIRECTIONS[row.direction] for row in rows]  # type: ignore[index]
    directions = [face.text(wide=wide, unicode=screen.unicode) for face in faces]
    conditions = [", ".join(safe_text(name) for name in row.conditions) for row in rows]
    widths = [
        _width(keys, 5, 24),
        4,
        _width(designs, 6, 20),
        _width(crowds, 1, 7),
        _width(routes, 5, 22),
        _width(directions, 8, 20),
    ]
    heads = ["STUDY", "YEAR", "DESIGN", "N", "ROUTE", "RESULT" if wide else "KETAMINE"]
    left = screen.width - sum(widths) - GAP * len(widths)
    if wide:
        widths.append(max(9, min(_width(conditions, 9, 40), (left - GAP) // 2)))
        heads.append("CONDITION")
        left -= widths[-1] + GAP
    heads.append("OUTCOMES")
    gap = " " * GAP
    head = [fitted(name, width, right=name == "N") for name, width in zip(heads, [*widths, max(8, left)], strict=True)]
    screen.line((gap.join(head).rstrip(), "dim"))
    for place, row in enumerate(rows):
        gone = row.status in wording.GONE
        quiet = "dim" if row.excluded else ""
        line = Text(fitted(keys[place], widths[0]), f"bold {'strike' if gone else ''} {quiet}".strip(), end="")
        year = str(row.year) if row.year is not None else "–"
        facts = [fitted(year, 4), fitted(designs[place], widths[2]), fitted(crowds[place], widths[3], right=True)]
        facts.append(fitted(routes[place], widths[4]))
        line.append(gap + gap.join(facts) + gap, quiet)
        line.append(fitted(directions[place], widths[5]), quiet or faces[place].style)
        if wide:
            line.append(gap + fitted(some_of(row.conditions, widths[6]), widths[6]), quiet)
        line.append(gap + some_of(row.outcomes, left), quiet)
        line.rstrip()
        screen.line(line)
        screen.wrapped(title_line(row, conditions="" if wide else conditions[place]), indent=2)


def title_line(row: StudyRow, *, conditions: str = "") -> Text:
    """The title, struck where the study is retracted, with its badges around it."""
    gone, quiet = row.status in wording.GONE, "dim" if row.excluded else ""
    text = Text()
    if row.status in wording.STATUSES and row.status != Status.CORRECTED:
        text.append(wording.STATUSES[row.status] + " ", "bold red")  # type: ignore[index]
    if row.excluded:
        text.append("excluded ", "bold")
    text.append(safe_text(row.title) or "(no title)", f"{'strike' if gone else ''} {quiet}".strip())
    told = [conditions] if conditions else []
    told += badges(row)
    if told:
        text.append("  [" + "; ".join(told) + "]", "dim")
    return text


def badges(row: StudyRow) -> list[str]:
    """What else a reader should know of a study, in words."""
    found = []
    if row.status == Status.CORRECTED:
        found.append("corrected")
    if not row.curated:
        found.append(f"{row.source}, tagged automatically")
    if row.pmid is not None and row.verification.pmid == Verification.UNVERIFIED:
        found.append("PMID not verified")
    if row.labels:
        found.append("label " + ", ".join(safe_text(label) for label in row.labels))
    return found
