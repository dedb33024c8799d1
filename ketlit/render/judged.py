"""Judgements of named people, in words: each with who, when and why. Loads no rich."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ketlit.synthesis.judged import Judged, Opinion, opinions
from ketlit.vocabulary import GradeFactor, Rob2Domain, Scheme

if TYPE_CHECKING:
    from ketlit.render.table import Screen
    from ketlit.views import JudgementRow

SCHEMES: Final = {Scheme.ROB2.value: "RoB 2", Scheme.GRADE.value: "GRADE"}
DOMAINS: Final[dict[str, str]] = {
    Rob2Domain.RANDOMISATION: "D1 randomisation",
    Rob2Domain.DEVIATIONS: "D2 deviations from the intended interventions",
    Rob2Domain.MISSING: "D3 missing outcome data",
    Rob2Domain.MEASUREMENT: "D4 measurement of the outcome",
    Rob2Domain.REPORTING: "D5 selection of the reported result",
    Rob2Domain.OVERALL: "overall",
    **{factor.value: factor.replace("-", " ") for factor in GradeFactor},
}


class Line(NamedTuple):
    """A line on an opinion: a heading (no day), or a judgement with its day; `faint` where it holds no more."""

    day: str
    text: str
    faint: bool = False


def lines(judgements: Iterable[Judged]) -> Iterator[Line]:
    """All judgements on one study, oldest first, as they are told: what holds, what follows, what was before."""
    for opinion in opinions(judgements):
        about = f", on {opinion.outcome}" if opinion.outcome else ""
        yield Line("", f"{SCHEMES[opinion.scheme]} by {opinion.by}{about}")
        for one in opinion.last.values():
            yield Line(one.at[:10], said(one))
        if opinion.scheme == Scheme.ROB2:
            if opinion.computed:
                yield Line(opinion.at[:10], follows(opinion))
            elif not opinion.overall:
                yield Line(opinion.at[:10], "overall: open, a domain is not judged yet")
        for one in opinion.earlier:
            yield Line(one.at[:10], f"before: {said(one)}", faint=True)


def said(one: Judged) -> str:
    """`D2 deviations from the intended interventions: high: why`."""
    return f"{DOMAINS[one.domain]}: {one.judgement}" + (f": {one.why}" if one.why else "")


def follows(opinion: Opinion) -> str:
    """What RoB 2 has follow from the domains, and what is left to a person."""
    more = "; several domains raise concerns: --overall high is theirs to say" if opinion.unsettled else ""
    return f"overall: {opinion.overall} (follows from the domains{more})"


def objects(judgements: Sequence[Judged]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """For JSON: each judgement with whether it `holds`, and what each person's RoB 2 amounts to overall."""
    found = opinions(judgements)
    holding = {id(one) for opinion in found for one in opinion.last.values()}
    names = ("scheme", "outcome", "domain", "judgement", "why", "by", "at")
    told = [{name: str(getattr(one, name)) for name in names} | {"holds": id(one) in holding} for one in judgements]
    overall = [
        {"by": each.by, "outcome": each.outcome, "overall": each.overall or None, "computed": each.computed}
        for each in found
        if each.scheme == Scheme.ROB2
    ]
    return told, overall


def table(screen: Screen, rows: Sequence[JudgementRow]) -> None:
    """The number, study, person and day of each judgement, what it says below, and what follows for each study."""
    from ketlit.render.table import joined

    if not rows:
        screen.line("no judgement; make one with: ketlit judge KEY rob2 --by NAME")
    for row in rows:
        about = f", {row.outcome}" if row.outcome else ""
        screen.wrapped(
            joined(
                (f"{row.id}", "bold"),
                f"  {row.key}  {SCHEMES[row.scheme]}{about}  {row.by}",
                (f"  {row.at[:10]}", "dim"),
            )
        )
        screen.wrapped(joined(said(row)), indent=4)
    for key in dict.fromkeys(row.key for row in rows):
        for opinion in opinions(row for row in rows if row.key == key):
            if opinion.computed:
                about = f" on {opinion.outcome}" if opinion.outcome else ""
                screen.wrapped(joined((f"{key}{about}, {opinion.by}: {follows(opinion)}", "dim")))
