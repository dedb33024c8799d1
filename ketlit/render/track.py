"""The pooled estimate as it stood each year, as rows of a forest plot: a year a row, with what came in and went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ketlit.render import forest as plot
from ketlit.render.forest import Forest, Line
from ketlit.render.pooled import in_words
from ketlit.render.safe import safe_text
from ketlit.synthesis.effects import Effect
from ketlit.synthesis.pooling import Pooled, interval_of
from ketlit.synthesis.standing import Standing, Track

if TYPE_CHECKING:
    from ketlit.render.table import Screen

YEAR: Final = 4
COUNT: Final = 3
LEAST_PLOT: Final = 20  # cells in which intervals can be told apart
NEW: Final = 24  # cells for the keys of studies that came in, where there is room
NAME: Final = "the pooled estimate as it stood at the end of each year in which its set changed"
ALONE: Final = "one study (K = 1) is shown with its own interval, not pooled"
NONE: Final = "nothing could be pooled by the end of any year"


class Page(NamedTuple):
    """What is shown beside a timeline. `head`: how the question was understood; `notes`: what else must be known."""

    track: Track
    forest: Forest
    head: Sequence[str]
    notes: Sequence[str]


def laid(found: Track, head: Sequence[str], notes: Sequence[str]) -> Page:
    """The years on one axis; a set that is empty has no row of its own."""
    rows = [line for standing in found.years if (line := row_of(standing))]
    measure = found.years[-1].pooled.measure if found.years else None
    frame = plot.framed(measure, rows, higher_is=found.last.higher_is)
    return Page(found, frame, [line for line in head if line], [*notes, *_retracted(found)])


def row_of(standing: Standing) -> Line | None:
    """A year in the plot: the pooled estimate, or the one study there was, with its own interval."""
    one = standing.pooled
    if one.estimate is not None and one.ci_low is not None and one.ci_high is not None:
        return Line(str(standing.year), one.estimate, one.ci_low, one.ci_high, 100.0)
    if not one.studies:
        return None
    study = one.studies[0]
    low, high = interval_of(Effect(study.study, study.yi, study.vi))
    return Line(str(standing.year), study.yi, low, high)


def as_objects(found: Track, numbers: Mapping[int, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The years for JSON; `numbers` are those of each year's pooled set, by year."""
    return [
        {
            "year": each.year,
            **numbers[each.year],
            "studies": [study.study for study in each.pooled.studies],
            "entered": list(each.entered),
            "left": list(each.left),
            "higher_is": each.higher_is,
            "scales": list(each.scales),
            "warnings": list(each.pooled.warnings),
        }
        for each in found.years
    ]


def changed(standing: Standing) -> list[str]:
    """`+ key` for each study that came in, `- key` for each that gave way."""
    return [f"+ {name}" for name in standing.entered] + [f"- {name}" for name in standing.left]


def listed(page: Page) -> list[str]:
    """Each year in words: `2014: k = 2, OR 5.56 [0.01, 2697], + lapidus2014`."""
    rows = {line.name: line for line in page.forest.lines}
    told = []
    for each in page.track.years:
        line = rows.get(str(each.year))
        estimate = f", {page.forest.measure} {page.forest.estimate(line)}" if line else ""
        told.append(f"{each.year}: k = {each.pooled.k}{estimate}, {', '.join(changed(each))}")
    return told


def alone(result: Pooled) -> bool:
    return result.k == 1


def _retracted(found: Track) -> list[str]:
    """What the estimate was with the studies that were taken back, in one line."""
    if found.retracted is None:
        return []
    names = ", ".join(found.retracted.studies)
    now = in_words(found.years[-1].pooled) if found.years else "no study"
    return [f"with {names}, which counted until retracted: {in_words(found.retracted.pooled)}; without: {now}"]


def show(screen: Screen, page: Page) -> None:
    """The track on a terminal: a row a year, the axis below, then what must be known."""
    from ketlit.render.table import joined

    screen.wrapped(joined((NAME if page.forest.lines else NONE, "bold")))
    for line in page.head[1:]:  # the first says the filters, as the header of the timeline does
        screen.wrapped(joined((line, "dim")), indent=2)
    if page.forest.lines:
        _years(screen, page)
        if any(alone(each.pooled) for each in page.track.years):
            screen.wrapped(joined((ALONE, "dim")), indent=2)
    for note in page.notes:
        screen.wrapped(joined(note), indent=2, first=screen.symbol("•", "!"))


def _years(screen: Screen, page: Page) -> None:
    from ketlit.render.table import GAP, cell_len, joined, some_of

    forest, gap = page.forest, " " * GAP
    of_year = {line.name: line for line in forest.lines}
    head = f"{forest.measure} [95 % CI]"
    width = max(len(head), *(len(forest.estimate(line)) for line in forest.lines))
    beside = YEAR + COUNT + width + 4 * GAP
    new = max(3, *(cell_len(safe_text(", ".join(changed(each)))) for each in page.track.years))
    new = min(new, max(NEW, screen.width - beside - 2 * LEAST_PLOT))
    room = max(10, screen.width - beside - new)
    screen.line((f"{'YEAR':{YEAR}}{gap}{'K':>{COUNT}}{gap}{' ' * room}{gap}{head:>{width}}{gap}NEW", "dim"))
    for each in page.track.years:
        line = of_year.get(str(each.year))
        draw = plot.square if alone(each.pooled) else plot.diamond
        cells = draw(screen, forest, line, room) if line else " " * room
        names = some_of(changed(each), new)
        text = joined((f"{each.year:{YEAR}}", "bold"), f"{gap}{each.pooled.k:>{COUNT}}{gap}", (cells, "cyan"))
        text.append(f"{gap}{forest.estimate(line) if line else 'none':>{width}}{gap}")
        text.append(names if screen.unicode else names.replace("…", "."))
        text.rstrip()
        screen.line(text)
    indent = YEAR + COUNT + 2 * GAP
    for below in plot.axis(screen, forest, room):
        screen.line(" " * indent + below.rstrip())
    screen.line((plot.named(forest, indent + max(0, plot.cell(forest, 0.0, room))), "dim"))
