"""pool: one estimate out of the findings of the library, or of any table of studies."""

import sys
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple

import typer

from ketlit.cli import question
from ketlit.cli.findings import saved_as
from ketlit.cli.opening import reader, tell
from ketlit.cli.options import Format, chosen_format, example, filtered
from ketlit.cli.question import At, Ci, Measure, Method, Smd, word
from ketlit.errors import NotFound, UsageError
from ketlit.render import plain
from ketlit.render.safe import safe_text
from ketlit.synthesis.effects import RATIOS, Effect, Excluded
from ketlit.synthesis.pooling import Pooled
from ketlit.synthesis.pooling import cumulative as after_each
from ketlit.synthesis.pooling import leave_one_out as without_each
from ketlit.synthesis.pooling import pool as pooled
from ketlit.views import Filters
from ketlit.vocabulary import EffectMeasure, IntervalMethod, SmdForm, Tau2Method

if TYPE_CHECKING:
    from ketlit.evidence_views import FindingRow
    from ketlit.synthesis.pooling import Without

PICTURES: Final = ("svg", "png", "pdf")
COLUMNS: Final = ("study", "yi", "vi", "ci_low", "ci_high", "weight")
RATIO: Final = ("effect", "effect_low", "effect_high")  # yi and its limits as ratios, where they are logarithms of them


class Set(NamedTuple):
    """What is pooled, wherever it comes from, and what is said of it."""

    effects: Sequence[Effect]
    measure: EffectMeasure | None
    excluded: Sequence[Excluded]
    warnings: Sequence[str]
    head: Sequence[str] = ()
    higher_is: str = ""
    details: "Mapping[str, FindingRow]" = MappingProxyType({})
    retracted: Sequence[str] = ()


Cumulative = Annotated[bool, typer.Option("--cumulative", help="Also what was known after each study.")]
LeaveOneOut = Annotated[bool, typer.Option("--leave-one-out", help="Also the set without each study.")]
Exclude = Annotated[list[str] | None, word("--exclude", "KEY", "Leave this study out.", "key")]
WithRetracted = Annotated[
    bool, typer.Option("--with-retracted", help="Take retracted studies too, and show the set without them.")
]
From = Annotated[str, word("--from", "FILE", "Pool a table of studies instead.")]
Save = Annotated[str, word("--save", "FILE", "Draw it: .svg, .png or .pdf.")]
Force = Annotated[bool, typer.Option("--force", help="Write over a file that exists.")]


@example("ketlit pool -c depression -o response --measure OR --at 24h")
@filtered
def pool(
    ctx: typer.Context,
    filters: Filters,
    measure: Measure = "",
    at: At = "",
    method: Method = question.METHOD,
    ci: Ci = question.CI,
    smd: Smd = question.SMD,
    cumulative: Cumulative = False,
    leave_one_out: LeaveOneOut = False,
    exclude: Exclude = None,
    with_retracted: WithRetracted = False,
    table: From = "",
    save: Save = "",
    force: Force = False,
    format: Format = "",
) -> None:
    """Pool one outcome of the studies that fit, and list what was left out and why.

    With --from FILE.csv any table is pooled: columns study and events1 n1 events2 n2 | mean1 sd1 n1 mean2 sd2 n2 |
    yi vi. Group 1 is ketamine, group 2 the control.
    """
    how, ending = chosen_format(format), saved_as(save, PICTURES)
    asked = question.typed(measure, at, method, ci, smd)
    tau2, interval = asked.method, asked.interval
    if table:
        taken = _of_table(table, filters, asked.measure, asked.form, exclude or [])
    else:
        taken = _of_library(ctx, filters, asked, exclude or [], with_retracted)
    result = _pooled(taken, tau2, interval)
    after = after_each(taken.effects, taken.measure, tau2, interval) if cumulative and taken.effects else ()
    without = without_each(taken.effects, taken.measure, tau2, interval) if leave_one_out else ()
    if save:
        _draw(result, taken, save, ending, force=force)
        tell(f"drew {save}")
    _print(ctx, taken, result, after, without, how)


def _print(
    context: typer.Context,
    taken: Set,
    result: Pooled,
    after: Sequence[Pooled],
    without: Sequence["Without"],
    how: str,
) -> None:
    if how == "table":
        from ketlit.render import pooled as shown
        from ketlit.render.forest import layout
        from ketlit.render.table import Screen

        forest = layout(result, taken.details, taken.retracted, taken.higher_is)
        screen = Screen(sys.stdout, color=context.obj.color)
        shown.show(screen, shown.Page(result, forest, taken.head, _egger(taken.effects), after, without))
        return
    if how in ("json", "jsonl"):
        plain.write_object(as_object(result, taken.effects, after, without), how, sys.stdout)
    else:
        plain.write_rows(_lines(result), (*COLUMNS, *(RATIO if result.measure in RATIOS else ())), how, sys.stdout)
    for line in (*taken.head, *(() if how in ("json", "jsonl") else result.warnings)):
        tell(safe_text(line))


def as_object(
    result: Pooled, effects: Sequence[Effect], after: Sequence[Pooled] = (), without: Sequence["Without"] = ()
) -> dict[str, Any]:
    """The JSON object; what was pooled after each study, and without each, where that was asked for."""
    found = plain.as_object(result)
    if after:
        found["cumulative"] = [{"study": effect.study} | short(one) for effect, one in zip(effects, after, strict=True)]
    if without:
        found["leave_one_out"] = [{"study": each.study} | short(each.pooled) for each in without]
    return found


def short(result: Pooled) -> dict[str, Any]:
    """A pooled set in a list of several: its numbers."""
    found = plain.as_object(result)
    return {name: value for name, value in found.items() if name not in _NOT_IN_LISTS}


_NOT_IN_LISTS: Final = frozenset({"measure", "method", "ci_method", "studies", "excluded", "warnings"})


def _lines(result: Pooled) -> list[dict[str, Any]]:
    """A line a study, then the pooled one, for tables of other programs."""
    from ketlit.synthesis.pooling import exponential, interval_of

    rows: list[dict[str, Any]] = []
    for each in result.studies:
        low, high = interval_of(Effect(each.study, each.yi, each.vi))
        rows.append(dict(zip(COLUMNS, (each.study, each.yi, each.vi, low, high, each.weight), strict=True)))
    if result.estimate is not None and result.se is not None:
        whole = ("pooled", result.estimate, result.se**2, result.ci_low, result.ci_high, 100.0)
        rows.append(dict(zip(COLUMNS, whole, strict=True)))
    if result.measure in RATIOS:
        for row in rows:
            logs = (row["yi"], row["ci_low"], row["ci_high"])
            row |= dict(zip(RATIO, (exponential(each) for each in logs), strict=True))
    return rows


def _of_table(path: str, filters: Filters, measure: EffectMeasure | None, form: SmdForm, without: Sequence[str]) -> Set:
    from ketlit.synthesis.table import LARGEST_FILE, prepare, read_table

    if filters != Filters():
        raise UsageError("a table is pooled as it is", "leave out the words and filters, or --from")
    try:
        if path == "-":
            content = sys.stdin.buffer.read(LARGEST_FILE + 1)
        else:
            with open(path, "rb") as file:
                content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", "give the path of a CSV file") from error
    found = read_table(content, path)
    there = {row.study for row in found.rows}
    for each in without:
        if each not in there:
            raise NotFound(f"no study of {path} is called {each[:80]!r}", f"it has: {', '.join(sorted(there))[:300]}")
    kept = found._replace(rows=tuple(row for row in found.rows if row.study not in without))
    ready = prepare(kept, measure, form)
    excluded = [*(Excluded(each, "left out by --exclude") for each in without), *ready.excluded]
    return Set(ready.effects, measure, excluded, ready.warnings)


def _of_library(
    context: typer.Context, filters: Filters, typed: question.Typed, without: Sequence[str], with_retracted: bool
) -> Set:
    from ketlit.synthesis.eligible import GONE
    from ketlit.synthesis.selection import select

    with reader(context) as library:
        asked = question.ask(library, filters, typed, without, with_retracted=with_retracted)
    selected = select(asked.candidates, asked.related, asked.question)
    warnings = list(selected.warnings)
    if asked.more:
        more = f"{asked.more} more studies have this outcome"
        warnings.append(f"{more}; nobody has read their numbers into the library yet")
    return Set(
        selected.effects,
        asked.question.measure,
        selected.excluded,
        warnings,
        question.head(selected, asked),
        selected.higher_is,
        {each.effect.study: each.finding for each in selected.chosen},
        [each.effect.study for each in selected.chosen if each.study.status in GONE],
    )


def _pooled(taken: Set, method: Tau2Method, interval: IntervalMethod) -> Pooled:
    if not taken.effects and taken.head:  # a question to the library may have no answer
        none = "no study is left to pool"
        return Pooled(
            k=0,
            measure=taken.measure and str(taken.measure),
            method=str(method),
            ci_method=str(interval),
            excluded=tuple(taken.excluded),
            warnings=(*taken.warnings, none),
        )
    warnings = list(taken.warnings)
    sound = [each for each in taken.effects if each.study not in taken.retracted]
    if taken.retracted and sound:
        from ketlit.render.pooled import in_words

        other = pooled(sound, taken.measure, method, interval)
        warnings.append(f"without the retracted ({', '.join(taken.retracted)}): {in_words(other)}")
    return pooled(taken.effects, taken.measure, method, interval, taken.excluded, warnings)


def _egger(effects: Sequence[Effect]) -> str:
    """Egger's test in words, where there are enough studies for it."""
    from ketlit.synthesis.asymmetry import FEWEST, egger

    if len(effects) < FEWEST:
        return ""
    try:
        found = egger(effects)
    except UsageError as error:
        return str(error)
    return f"Egger: intercept {found.intercept:.3g} (SE {found.se:.3g}), p = {found.p:.2g}"


def _draw(result: Pooled, taken: Set, path: str, ending: str, *, force: bool) -> None:
    from ketlit.render.forest import layout
    from ketlit.render.picture import forest
    from ketlit.store.placing import written_beside

    if not result.studies:
        raise UsageError("there is nothing to draw: no study is left", "see what was left out, without --save")
    drawn = layout(result, taken.details, taken.retracted, taken.higher_is)
    with written_beside(path, force=force) as beside:
        forest(drawn, result, taken.head, beside, ending)
