"""The lists of terms and trials, and the counts of a library, on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ketlit.render.safe import safe_text
from ketlit.render.table import GAP, Screen, cell_len, counted, fitted, joined, some_of

if TYPE_CHECKING:
    from ketlit.views import Count, NoteRow, Stats, TermRow, TrialRow


def terms(screen: Screen, rows: Sequence[TermRow]) -> None:
    """A tree for each axis: the id, studies with children and alone, then label and other names as they fit."""
    if not rows:
        screen.line("no term fits")
        return
    gap = " " * GAP
    for place, axis in enumerate(dict.fromkeys(row.axis for row in rows)):
        mine = [row for row in rows if row.axis == axis]
        if place:
            screen.line("")
        used = sum(1 for row in mine if row.k_with_children)
        screen.line(
            (axis, "bold"), (f"  {counted(len(mine), 'term')}, {used} in use (in brackets: with this very term)", "dim")
        )
        names = ["  " * (row.depth + 1) + safe_text(row.term) for row in mine]
        width = max(map(cell_len, names))
        most = max(len(str(row.k_with_children)) for row in mine)
        for row, name in zip(mine, names, strict=True):
            counts = f"{row.k_with_children:>{most}}{f' ({row.k})' if row.k != row.k_with_children else '':<{most + 3}}"
            text = joined((fitted(name, width), "" if row.k_with_children else "dim"), gap, counts, gap)
            room = screen.width - cell_len(text.plain)
            other = [row.label, *(each for each in row.synonyms if each.casefold() != row.label.casefold())]
            screen.line(text, (fitted(some_of(other, room), room).rstrip(), "dim"))


def unused(screen: Screen, rows: Sequence[TermRow]) -> None:
    """Terms without studies, by axis: no tree, as what they lie below has studies and is not there."""
    if not rows:
        screen.line("no term fits")
        return
    width = max(cell_len(safe_text(row.term)) for row in rows)
    for place, axis in enumerate(dict.fromkeys(row.axis for row in rows)):
        mine = [row for row in rows if row.axis == axis]
        if place:
            screen.line("")
        screen.line((axis, "bold"), (f"  {counted(len(mine), 'term')} that no study has", "dim"))
        for row in mine:
            text = joined("  ", fitted(safe_text(row.term), width), " " * GAP)
            room = screen.width - cell_len(text.plain)
            other = [row.label, *(each for each in row.synonyms if each.casefold() != row.label.casefold())]
            screen.line(text, (fitted(some_of(other, room), room).rstrip(), "dim"))


def ambiguous(
    screen: Screen, rows: Sequence[TermRow], shared: Mapping[tuple[str, str], Mapping[str, Sequence[str]]]
) -> None:
    """Each term, and below it its names that mean other things too, with these."""
    if not rows:
        screen.line("no term fits")
        return
    names = [name for row in rows for name in shared[row.axis, row.term]]
    width = min(24, max(cell_len(safe_text(name)) for name in names))
    for place, axis in enumerate(dict.fromkeys(row.axis for row in rows)):
        if place:
            screen.line("")
        screen.line((axis, "bold"), ("  each name of a term, and what else it may mean", "dim"))
        for row in (row for row in rows if row.axis == axis):
            screen.line("  ", row.term, (f"  {row.label}", "dim"))
            for name, others in shared[row.axis, row.term].items():
                told = ", ".join(others) or "counts only where the text says what it means"
                first = "    " + fitted(safe_text(name), width)
                screen.wrapped(joined((told, "dim")), indent=width + 4 + GAP, first=first)


def trials(screen: Screen, rows: Sequence[TrialRow]) -> None:
    """A line a trial, and the studies that report it below."""
    if not rows:
        screen.line("no trial fits")
        return
    screen.line((counted(len(rows), "trial"), "bold"))
    width = min(28, max(cell_len(safe_text(row.name)) for row in rows))
    for row in rows:
        years = "–".join(dict.fromkeys(str(year) for year in (row.years[:1] + row.years[-1:])))
        facts = [years, f"n {row.n}" if row.n is not None else "", ", ".join(row.conditions)]
        numbers = [each for each in row.registry_ids if each != row.name]
        facts += [", ".join(numbers), row.title]
        told = screen.separator.join(safe_text(fact) for fact in facts if fact)
        screen.wrapped(joined((fitted(safe_text(row.name), width), "bold"), " " * GAP, told))
        if row.studies:
            screen.wrapped(joined((", ".join(row.studies), "dim")), indent=4)


def notes(screen: Screen, rows: Sequence[NoteRow]) -> None:
    """The number, study and day of each note, and its text below."""
    if not rows:
        screen.line("no note; keep one with: ketlit note add KEY TEXT")
    for row in rows:
        screen.line((f"{row.id}", "bold"), f"  {row.key}", (f"  {row.at[:10]}", "dim"))
        for line in row.text.splitlines():
            screen.wrapped(joined(line), indent=4)


def labels(screen: Screen, rows: Sequence[Count]) -> None:
    """Each label with its studies."""
    if not rows:
        screen.line("no label; put one on with: ketlit label add KEY LABEL")
    width = max((cell_len(safe_text(row.name)) for row in rows), default=0)
    for row in rows:
        screen.line(fitted(safe_text(row.name), width), f"  {counted(row.k, 'study', 'studies')}")


def stats(screen: Screen, found: Stats, understood: Sequence[str] = ()) -> None:
    """Counts in words, then the most frequent designs, conditions and routes as bars; `understood`: of what."""
    years = f", {found.first_year}–{found.last_year}" if found.first_year else ""
    screen.line((counted(found.studies, "study", "studies"), "bold"), years)
    if understood:
        screen.wrapped(joined(("; ".join(understood), "dim")), indent=2)
    pairs = [
        ("where from", f"{found.curated} curated, {found.synced} synced, {found.imported} imported"),
        ("trials", f"{found.trials}"),
        ("participants", f"{found.participants:,} (a trial counted once)"),
        ("", _left_out(found.not_ketamine)),
        ("findings", f"{found.findings}, and {found.harms} of harms"),
        ("claims", f"{found.claims}"),
        ("yours", f"{counted(found.notes, 'note')}, {counted(found.labels, 'label')}"),
        ("no abstract", counted(found.without_abstract, "study", "studies")),
        ("PMIDs", ", ".join(f"{count.k} {count.name}" for count in found.verification) + " (of curated studies)"),
        ("status", ", ".join(f"{count.k} {count.name}" for count in found.by_status)),
        ("made", f"{found.created_at[:10]}; last change {found.last_change[:10]}"),
        ("release", f"{found.seed or 'no curated studies'}; schema {found.schema}"),
        ("library", found.path),
    ]
    for name, value in pairs:
        if value:
            screen.wrapped(joined(value), indent=14, first=name)
    for name, counts in (("designs", found.by_design), ("conditions", found.by_condition), ("routes", found.by_route)):
        _bars(screen, name, counts)


def _left_out(k: int) -> str:
    """That the people of studies of something else are not added up with the rest."""
    studies = f"{counted(k, 'study', 'studies')} that only mention{'s' if k == 1 else ''} ketamine"
    return f"without {studies}, or not even that" if k else ""


def _bars(screen: Screen, name: str, counts: Sequence[Count], most: int = 12) -> None:
    if not counts:
        return
    screen.line("")
    more = f"  the first {most} of {len(counts)}" if len(counts) > most else ""
    screen.line((name, "bold"), (more, "dim"))
    shown = counts[:most]
    width = max(cell_len(safe_text(count.name)) for count in shown)
    digits = len(str(shown[0].k))
    room = max(10, min(40, screen.width - width - digits - 8))
    for count in shown:
        bar = screen.symbol("█", "#") * max(1, round(room * count.k / shown[0].k))
        screen.line("  ", fitted(safe_text(count.name), width), f"  {count.k:>{digits}}  ", (bar, "blue"))
