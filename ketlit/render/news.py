"""What changed in the library, on one screen of a terminal: gravest first, what rests on it, then what is new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate, chain
from typing import TYPE_CHECKING, Final

from ketlit.render import wording
from ketlit.render.safe import safe_text
from ketlit.render.table import GAP, Screen, cell_len, counted, fitted, header, joined, people, some_of
from ketlit.vocabulary import ChangeKind

if TYPE_CHECKING:
    from rich.text import Text

    from ketlit.evidence_views import News, NewsEntry, Run
    from ketlit.views import Count

# what each group is called, and how it looks
HEADS: Final[dict[str, tuple[str, str]]] = {
    ChangeKind.RETRACTED: ("RETRACTED", "bold red"),
    ChangeKind.WITHDRAWN: ("WITHDRAWN", "bold red"),
    ChangeKind.EXPRESSION_OF_CONCERN: ("EXPRESSION OF CONCERN", "bold red"),
    ChangeKind.DELETED: ("deleted from PubMed", "bold red"),
    ChangeKind.MISMATCH: ("identifier of another paper", "bold red"),
    ChangeKind.CORRECTED: ("corrected", "bold"),
    ChangeKind.REINSTATED: ("reinstated", "bold"),
    ChangeKind.ADDED: ("new", "bold"),
}
COUNTED: Final[dict[str, str]] = {
    ChangeKind.REVISED: "revised",
    ChangeKind.CURATED: "curated anew",
    ChangeKind.VERIFIED: "PMID verified",
}
FEW: Final = 3  # new studies of which a table of counts says no more than their lines
CONDITIONS: Final = 6  # with most new studies, which are counted one by one on one screen
NEW: Final = 5  # lines that new studies get, whatever happened else
INDENT: Final = 6  # cells before what stands below a study
LEGIBLE: Final = 16  # cells of a title that are worth showing
TOPICS: Final = 3  # whose queries are quoted
QUERY: Final = 60  # cells of a query


def show(screen: Screen, news: News, *, lines: int = 0) -> None:
    """All of it, or what fits in about `lines` lines: titles of new studies go first, then the least grave studies."""
    table = _spread(screen, news, CONDITIONS if lines else len(news.added))
    tail = _tail(screen, news)
    heads = [count for count in news.counts if count.name in HEADS]
    taken = _head(screen, news) + len(table) + len(tail) + 2 * len(heads) + 1
    widths = _widths(screen, news.entries)
    if lines:
        shown = _fitting(screen, news.entries, widths, lines - taken)
    else:
        shown = [(entry, _block(screen, entry, widths)) for entry in news.entries]
    for count in heads:
        screen.line("")
        name, style = HEADS[count.name]
        screen.line((name, style), f"  {counted(count.k, 'study', 'studies')}", (_automatic(news, count.name), "dim"))
        blocks = [block for entry, block in shown if entry.kind == count.name]
        for line in chain(table if count.name == ChangeKind.ADDED else (), *blocks):
            screen.line(line)
    if len(shown) < news.total:
        screen.line((f"... and {news.total - len(shown)} more; --limit 0 shows all", "dim"))
    for line in tail:
        screen.line(line)


def _head(screen: Screen, news: News) -> int:
    """How many studies, since when and by which runs, and which studies fit: the lines it takes."""
    told = [f"since {news.since[:10]} {news.since[11:16]} UTC", *_runs(news.runs), *news.understood]
    header(screen, news.studies, told)
    line = joined(counted(news.studies, "study", "studies"), "  ", screen.separator.join(told))
    return len(line.wrap(screen.console, screen.width))


def _runs(runs: Sequence[Run]) -> list[str]:
    """By which runs: how many of each kind, and what PubMed was asked."""
    kinds = Counter((run.kind, run.at) for run in runs)
    times = Counter(kind for kind, _ in kinds)  # a sync of several topics is one sync
    told = [kind if count == 1 else f"{count} {kind}s" for kind, count in sorted(times.items())]
    if len(runs) == 1:
        told = [f"{told[0]} (run {runs[0].id})"]
    asked = {run.topic: run.query for run in runs if run.topic}
    if len(asked) > TOPICS:
        return [*told, "topics " + ", ".join(asked)]
    return told + [_topic(name, query) for name, query in asked.items()]


def _topic(name: str, query: str) -> str:
    """A topic with its query; one without asks for studies by identifier, one named by its query is that alone."""
    if not query:
        return f"{safe_text(name)} studies"
    if name == query:
        return fitted(safe_text(name), QUERY).rstrip()
    return f"{safe_text(name)}: {fitted(safe_text(query), QUERY).rstrip()}"


def _automatic(news: News, kind: str) -> str:
    """Of new studies, whether a person has read them."""
    curated = {entry.study.curated for entry in news.entries if entry.kind == kind == ChangeKind.ADDED}
    if False not in curated:
        return ""
    return f"  {wording.TAGGED}, but for curated ones" if True in curated else f"  {wording.TAGGED}"


def _spread(screen: Screen, news: News, most: int) -> list[Text]:
    """New studies by condition and design, at most so many conditions and what is left over."""
    new = next((count.k for count in news.counts if count.name == ChangeKind.ADDED), 0)
    if new <= FEW or not news.added:
        return []
    named = [spread for spread in news.added if spread.condition]
    shown = named[:most] + [spread for spread in news.added if not spread.condition]
    names = [safe_text(spread.condition) or "no condition stated" for spread in shown]
    width = min(max(map(cell_len, names)), screen.width // 3)
    digits = len(str(max(spread.k for spread in shown)))
    found = []
    for spread, name in zip(shown, names, strict=True):
        start = f"  {fitted(name, width)}  {spread.k:>{digits}}  "
        designs = [
            f"{wording.design(count.name, [], wide=screen.wide) if count.name else 'no design stated'} {count.k}"
            for count in spread.designs
        ]
        found.append(joined(start, (some_of(designs, screen.width - cell_len(start)), "dim")))
    if len(named) > most:
        left = len(named) - most
        found.insert(most, joined((f"  and {counted(left, 'other condition')}", "dim")))
    return [*found, joined("")]


def _tail(screen: Screen, news: News) -> list[Text]:
    """What is only counted: revised studies with the fields, and the rest."""
    found = []
    for count in news.counts:
        if count.name in HEADS:
            continue
        name = safe_text(COUNTED.get(count.name, count.name.replace("_", " ")))
        start = f"{name}  {counted(count.k, 'study', 'studies')}  "
        fields = _fields(news.revised) if count.name == ChangeKind.REVISED else []
        room = screen.width - cell_len(start)
        found.append(joined((name, "bold"), start[len(name) :], (some_of(fields, room), "dim")))
    return [joined(""), *found] if found else []


def _fields(counts: Sequence[Count]) -> list[str]:
    return [f"{count.name.replace('_', ' ')} {count.k}" for count in counts]


def _fitting(
    screen: Screen, entries: Sequence[NewsEntry], widths: Sequence[int], room: int
) -> list[tuple[NewsEntry, list[Text]]]:
    """Entries with their lines, as many as `room` lines hold, at least one.

    What is grave is told in full where that leaves half the screen to what is new, else in brief; new studies have
    their titles below where there is room for all of them, else beside.
    """
    grave = [entry for entry in entries if entry.kind != ChangeKind.ADDED]
    new = [entry for entry in entries if entry.kind == ChangeKind.ADDED]
    told = [_block(screen, entry, widths) for entry in grave]
    if _lines(told) > (room // 2 if new else room):
        told = [_block(screen, entry, widths, brief=True) for entry in grave]
    shown = _first(told, room - min(len(new), NEW))
    left = room - _lines(told[:shown])
    listed = [_block(screen, entry, widths) for entry in new]
    if _lines(listed) > left:
        listed = [_block(screen, entry, widths, brief=True) for entry in new]
    listed = listed[: _first(listed, left) if left > 0 or not shown else 0]
    return [*zip(grave[:shown], told, strict=False), *zip(new, listed, strict=False)]


def _lines(blocks: Sequence[Sequence[Text]]) -> int:
    return sum(map(len, blocks))


def _first(blocks: Sequence[Sequence[Text]], room: int) -> int:
    """How many of the first blocks fit; one always does."""
    for count, end in enumerate(accumulate(map(len, blocks))):
        if end > room and count:
            return count
    return len(blocks)


def _block(screen: Screen, entry: NewsEntry, widths: Sequence[int], *, brief: bool = False) -> list[Text]:
    """The lines of a study: facts, title, and of what is grave also the notice and the claims that rest on it."""
    facts = _facts(screen, entry, widths)
    found = [_titled(screen, facts, entry)] if brief else [facts, _title(screen, entry)]
    if entry.kind == ChangeKind.ADDED:
        return found
    if entry.notice:
        label = "why: " if entry.kind == ChangeKind.MISMATCH else "notice: "
        room = screen.width - INDENT
        notice = fitted(safe_text(entry.notice), room - len(label)).rstrip() if brief else entry.notice
        for line in joined((label, "bold"), notice).wrap(screen.console, room):
            line.rstrip()
            found.append(joined(" " * INDENT, line))
    return found + (_claims_in_brief(screen, entry) if brief else _claims(screen, entry))


def _widths(screen: Screen, entries: Sequence[NewsEntry]) -> list[int]:
    wide = screen.wide
    rows = [entry.study for entry in entries]
    columns = [
        [safe_text(row.key) for row in rows],
        [wording.design(row.design, row.design_flags, wide=wide) for row in rows],
        [people(row) for row in rows],
        [wording.direction(row.direction, row.context).text(wide=wide, unicode=screen.unicode) for row in rows],
    ]
    caps = (24, 20, 7, 20)
    return [min(cap, max(map(cell_len, column), default=0)) for cap, column in zip(caps, columns, strict=True)]


def _facts(screen: Screen, entry: NewsEntry, widths: Sequence[int]) -> Text:
    row, gap, wide = entry.study, " " * GAP, screen.wide
    face = wording.direction(row.direction, row.context)
    line = joined(
        "  ",
        (fitted(safe_text(row.key), widths[0]), "bold strike" if row.status in wording.GONE else "bold"),
        f"{gap}{'–' if row.year is None else row.year:>4}{gap}",
        fitted(wording.design(row.design, row.design_flags, wide=wide), widths[1]),
        gap + fitted(people(row), widths[2], right=True) + gap,
        (fitted(face.text(wide=wide, unicode=screen.unicode), widths[3]), face.style),
        gap,
    )
    marks = [mark for mark, holds in (("new here", _new_and_grave(entry)), ("excluded", row.excluded)) if holds]
    marks += [f"label {', '.join(map(safe_text, row.labels))}"] if row.labels else []
    for mark in marks:
        line.append(f"{mark}{gap}", "bold")
    room = screen.width - cell_len(line.plain)
    if room >= 8:
        line.append(some_of(row.conditions, room))
    line.rstrip()
    line.truncate(screen.width)
    return line


def _titled(screen: Screen, line: Text, entry: NewsEntry) -> Text:
    """The facts of a study and what fits beside them of its title."""
    room = screen.width - cell_len(line.plain) - GAP
    if room >= LEGIBLE:
        line.append(" " * GAP + fitted(safe_text(entry.study.title), room).rstrip(), "dim")
    return line


def _new_and_grave(entry: NewsEntry) -> bool:
    return entry.arrived and entry.kind != ChangeKind.ADDED


def _title(screen: Screen, entry: NewsEntry) -> Text:
    title = safe_text(entry.study.title) or "(no title)"
    return joined(" " * INDENT, (fitted(title, screen.width - INDENT).rstrip(), "dim"))


def _claims(screen: Screen, entry: NewsEntry) -> list[Text]:
    """Each claim that rests on a study, with the verdict, on a line."""
    found = []
    for claim, verdict, text in entry.claims:
        said, style = _verdict(screen, verdict)
        line = joined(f"{' ' * INDENT}{screen.symbol('└', '`')} claim {claim} rests on it, ", (said, style), ": ")
        line.append(fitted(safe_text(text), screen.width - cell_len(line.plain)).rstrip(), "dim")
        found.append(line)
    return found


def _claims_in_brief(screen: Screen, entry: NewsEntry) -> list[Text]:
    """All claims that rest on a study, with the verdicts, on one line."""
    if not entry.claims:
        return []
    named = [f"{claim} {_verdict(screen, verdict)[0]}" for claim, verdict, _ in entry.claims]
    start = f"{' ' * INDENT}{screen.symbol('└', '`')} {counted(len(named), 'claim')} on it: "
    return [joined(start, some_of(named, screen.width - cell_len(start)))]


def _verdict(screen: Screen, verdict: str) -> tuple[str, str]:
    face = wording.VERDICTS.get(verdict)
    return (face.text(wide=False, unicode=screen.unicode), face.style) if face else (verdict, "")
