"""The question that `pool` and `timeline` put to the library: the options they share, and what is made of them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple, TypeVar

import typer

from ketlit.cli.opening import tell
from ketlit.cli.options import chosen, completed_from
from ketlit.errors import UsageError
from ketlit.render.safe import safe_text
from ketlit.views import Filters
from ketlit.vocabulary import TIMEPOINTS, Comparison, EffectMeasure, IntervalMethod, SmdForm, Tau2Method

if TYPE_CHECKING:
    from ketlit.evidence_views import Candidate, FindingRow, Related
    from ketlit.store.reader import Reader
    from ketlit.synthesis.selection import Question, Selection

Closed = TypeVar("Closed", EffectMeasure, Tau2Method)


def word(flag: str, metavar: str, help: str, values: str = "", *, default: bool = False) -> Any:
    """An option that takes a word, completed from a closed list where it has one."""
    completer = completed_from(values) if values else None
    return typer.Option(flag, metavar=metavar, help=help, show_default=default, autocompletion=completer)


Measure = Annotated[str, word("--measure", "MEASURE", "OR, RR, RD, MD or SMD.", "effect-measure")]
At = Annotated[str, word("--at", "TIME", f"{', '.join(TIMEPOINTS)} after the (last) infusion.", "timepoint")]
Method = Annotated[str, word("--method", "METHOD", "REML, DL, PM, or EE (one common effect).", "method", default=True)]
Ci = Annotated[str, word("--ci", "INTERVAL", "hksj (floored) or wald.", "interval", default=True)]
Smd = Annotated[str, word("--smd", "FORM", "Formulas of an SMD: metafor or revman.", "smd-form", default=True)]
METHOD: Final = Tau2Method.REML.value
CI: Final = IntervalMethod.HKSJ.value
SMD: Final = SmdForm.METAFOR.value
MOST: Final = 8  # outcomes and times that are offered


class Typed(NamedTuple):
    """What was typed of a question, as the field's words. `measure` is None where none was."""

    measure: EffectMeasure | None
    at: str
    method: Tau2Method
    interval: IntervalMethod
    form: SmdForm


class Asked(NamedTuple):
    """A question to the library with all that its set is chosen from.

    `more`: how many studies have the outcome, but no finding here; `understood`: how the filters were read.
    """

    question: "Question"
    candidates: "list[Candidate]"
    related: "list[Related]"
    more: int
    understood: list[str]


def typed(measure: str, at: str, method: str, ci: str, smd: str) -> Typed:
    """The words of the options as those of their closed lists. Raises UsageError, naming the nearest."""
    return Typed(
        _any_case(measure, EffectMeasure, "measure") if measure else None,
        at,
        _any_case(method, Tau2Method, "method"),
        IntervalMethod(chosen(ci, tuple(IntervalMethod), "interval")),
        SmdForm(chosen(smd, tuple(SmdForm), "form")),
    )


def _any_case(typed: str, words: type[Closed], what: str) -> Closed:
    """One of a closed list whose words are written in capitals, typed in any case. Raises UsageError."""
    return words(chosen(typed, [each.lower() for each in words], what).upper())


def ask(
    library: "Reader", filters: Filters, how: Typed, without: Sequence[str] = (), *, with_retracted: bool = False
) -> Asked:
    """What a set is chosen from. Raises NotFound, and UsageError where measure, time or outcome is missing: then stderr
    also has what there is.
    """
    from ketlit.store import evidence
    from ketlit.synthesis.eligible import Allowed
    from ketlit.synthesis.selection import Question
    from ketlit.synthesis.timepoint import window

    lacking = _lacking(filters, how)
    if lacking or how.measure is None:
        for line in _most_reported(evidence.findings(library.db, library.terms_known, filters)[0]):
            tell(safe_text(line))
        raise UsageError(f"pool needs {', '.join(lacking)}", "; ".join(lacking.values()))
    when = window(how.at)
    left = frozenset(library.rows([library.named(each)])[0].key for each in without)
    terms = library.terms_known
    found, related, more, understood = evidence.candidates(library.db, terms, filters)
    controls = evidence.comparators_below(terms, filters)
    allowed = Allowed(with_retracted, bool(filters.context), bool(filters.design), left)
    return Asked(Question(how.measure, when, how.form, controls, allowed), found, related, more, understood)


def _lacking(filters: Filters, how: Typed) -> dict[str, str]:
    """What a question lacks, in words, and how it is given."""
    lacking = {}
    if how.measure is None:
        lacking["a measure"] = f"--measure one of: {', '.join(EffectMeasure)}"
    if not how.at:
        lacking["a time"] = f"--at one of: {', '.join(TIMEPOINTS)} (effects fade)"
    if len(filters.outcome) + len(filters.harm) != 1:
        lacking["one outcome"] = "--outcome TERM (or, of a harm, --harm TERM)"
    return lacking


def _most_reported(findings: Sequence["FindingRow"]) -> list[str]:
    """The outcomes and times that most studies compare groups in, a line each as it is asked for; at most MOST."""
    of: dict[str, set[str]] = {}
    for each in findings:
        if each.comparison != Comparison.BETWEEN or each.hours is None:
            continue
        option = "--harm" if each.harm else "--outcome"
        for name, (_, low, high) in TIMEPOINTS.items():
            if low <= each.hours <= high:
                of.setdefault(f"{option} {each.outcome} --at {name}", set()).add(each.key)
    order = sorted(of, key=lambda asked: (-len(of[asked]), asked))[:MOST]
    return [f"{len(of[asked])} {'study has' if len(of[asked]) == 1 else 'studies have'} {asked}" for asked in order]


def head(selected: "Selection", asked: Asked) -> list[str]:
    """How the question was understood: the filters, the window, the scales, and which way is good."""
    from ketlit.synthesis.effects import OF_MEANS
    from ketlit.synthesis.timepoint import spoken

    when, measure = asked.question.window, asked.question.measure
    scales = f"; scales: {', '.join(selected.scales)}" if selected.scales and measure in OF_MEANS else ""
    hours = f"{spoken(when.low)} to {spoken(when.high)}"
    said = {
        "better": "more is better: above no difference favours ketamine",
        "worse": "less is better: below no difference favours ketamine",
    }
    way = said.get(selected.higher_is, "nobody said whether more is better" if selected.chosen else "")
    return [
        "; ".join(asked.understood),
        f"at {when.name}: {hours} after the (last) infusion, the nearest finding of each trial once{scales}",
        "; ".join(filter(None, ("ketamine against control", way))),
    ]
