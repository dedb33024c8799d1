"""What a terminal shows: lines of aligned columns, and the list of studies. Only a terminal loads rich, here.

Text from outside goes into rich as Text, never as markup, and through `safe_text` before.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Final, TextIO

from rich.cells import cell_len as cell_len  # for the lists, which load no rich themselves
from rich.cells import set_cell_size
from rich.console import Console
from rich.text import Text

from ketlit.render import wording
from ketlit.render.safe import safe_text
from ketlit.views import StudyRow
from ketlit.vocabulary import Design, Direction, Status, Verification

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


def counted(number: int, one: str, many: str = "") -> str:
    """`1 study`, `2 studies`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def fitted(text: str, width: int, *, right: bool = False) -> str:
    """`text` in exactly `width` cells: filled with blanks, or cut with an ellipsis."""
    size = cell_len(text)
    if size > width:
        return set_cell_size(text, width - 1) + "…"
    return " " * (width - size) + text if right else text + " " * (width - size)


def some_of(names: Sequence[str], width: int) -> str:
    """As many names as fit in `width` cells, then how many more there are: "pain-intensity +2"."""
    for count in range(len(names), 0, -1):
        more = f" +{len(names) - count}" if count < len(names) else ""
        text = ", ".join(safe_text(name) for name in names[:count])
        if cell_len(text + more) <= width:
            return text + more
        if count == 1:
            return fitted(text, max(2, width - len(more))) + more
    return ""


def people(row: StudyRow) -> str:
    if row.n is not None:
        return f"plan {row.n}" if row.design in (Design.REGISTRATION, Design.PROTOCOL) else str(row.n)
    return f"k={row.n_studies}" if row.n_studies is not None else ""


def header(screen: Screen, total: int, understood: Sequence[str]) -> None:
    """How many studies there are, and how the query was understood."""
    count = counted(total, "study", "studies") if total else "no study"
    told = screen.separator.join(safe_text(each) for each in understood) or "the whole library"
    screen.wrapped(joined((count, "bold"), "  ", (told, "dim")))


# columns: head, least and most cells, and more of them on a wide terminal
_COLUMNS: Final = (
    ("STUDY", 5, 24, 24),
    ("YEAR", 4, 4, 4),
    ("DESIGN", 6, 10, 20),
    ("N", 1, 7, 7),
    ("ROUTE", 5, 7, 23),
    ("KETAMINE", 8, 12, 20),
)
_N, _RESULT = 3, 5  # places of the columns that are set right, and coloured
_LAST: Final = "OUTCOMES"


def studies(screen: Screen, rows: Sequence[StudyRow], on: Mapping[str, str] | None = None) -> None:
    """A line of facts for each study, and its title below.

    The result is the main one; with `on`, which has directions by key, that on the outcomes that were asked for.
    """
    if not rows:
        return
    shown = [row.direction if on is None else on.get(row.key, Direction.NOT_REPORTED) for row in rows]
    cells = [_cells(screen, row, direction) for row, direction in zip(rows, shown, strict=True)]
    widths = [
        max(least, min(wide if screen.wide else most, max((cell_len(line[place]) for line in cells), default=0)))
        for place, (_, least, most, wide) in enumerate(_COLUMNS)
    ]
    heads = [head for head, *_ in _COLUMNS]
    left = screen.width - sum(widths) - GAP * len(widths)
    if screen.wide:
        most = max(9, (left - GAP) // 2)
        for line, row in zip(cells, rows, strict=True):
            line.append(some_of(row.conditions, most))
        widths.append(max(9, *(cell_len(line[-1]) for line in cells)) if cells else 9)
        heads[_RESULT] = "RESULT"
        heads.append("CONDITION")
        left -= widths[-1] + GAP
    if left >= len(_LAST):  # a narrow terminal has no room for them
        for line, row in zip(cells, rows, strict=True):
            line.append(some_of(row.outcomes, left))
        widths.append(left)
        heads.append(_LAST)
    screen.line(((" " * GAP).join(_aligned(heads, widths)).rstrip(), "dim"))
    for row, line, direction in zip(rows, cells, shown, strict=True):
        _facts(screen, row, _aligned(line, widths), direction)
        screen.wrapped(title_line(row, conditions=[] if screen.wide else row.conditions), indent=2)


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    """Cells at their widths, numbers to the right."""
    both = enumerate(zip(cells, widths, strict=True))
    return [fitted(cell, width, right=place == _N) for place, (cell, width) in both]


def _cells(screen: Screen, row: StudyRow, direction: str) -> list[str]:
    wide = screen.wide
    return [
        safe_text(row.key),
        "–" if row.year is None else str(row.year),
        wording.design(row.design, row.design_flags, wide=wide),
        people(row),
        some_of(wording.routes(row.routes, wide=wide), 23 if wide else 7),
        wording.direction(direction, row.context).text(wide=wide, unicode=screen.unicode),
    ]


def _facts(screen: Screen, row: StudyRow, cells: Sequence[str], direction: str) -> None:
    quiet = "dim" if row.excluded or row.status in wording.GONE else ""
    line = Text().append(cells[0], f"bold {'strike' if row.status in wording.GONE else ''} {quiet}".strip())
    for place, cell in enumerate(cells[1:], 1):
        style = wording.direction(direction, row.context).style if place == _RESULT else ""
        line.append(" " * GAP).append(cell, quiet or style)
    line.rstrip()
    screen.line(line)


def title_line(row: StudyRow, *, conditions: Sequence[str] = ()) -> Text:
    """The title, struck where the study is retracted, with its badges around it."""
    gone, quiet = row.status in wording.GONE, "dim" if row.excluded else ""
    text = Text()
    if row.status in wording.STATUSES and row.status != Status.CORRECTED:
        text.append(wording.STATUSES[row.status] + " ", "bold red")
    if row.excluded:
        text.append("excluded ", "bold")
    text.append(safe_text(row.title) or "(no title)", f"{'strike' if gone else ''} {quiet}".strip())
    told = [", ".join(map(safe_text, conditions))] if conditions else []
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
        found.append(f"{row.source}, {wording.TAGGED}")
    if row.pmid is not None and row.verification.pmid == Verification.UNVERIFIED:
        found.append("PMID not verified")
    if row.verification.numbers == Verification.UNVERIFIED:
        found.append("numbers not verified")
    if row.labels:
        found.append("label " + ", ".join(safe_text(label) for label in row.labels))
    return found
