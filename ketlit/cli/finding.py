"""finding add, edit and remove: results that a person enters, by options, or question by question on a terminal."""

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from inspect import Parameter, Signature, signature
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple

import typer

from ketlit.cli.annotate import Key, writing_on
from ketlit.cli.opening import for_writing, tell
from ketlit.cli.options import chosen, completed_from
from ketlit.errors import KetlitError, UsageError
from ketlit.render.safe import safe_text
from ketlit.store.words import clean
from ketlit.synthesis.table import number_in
from ketlit.synthesis.timepoint import in_hours
from ketlit.vocabulary import Axis, Comparison, Direction, StatKind

if TYPE_CHECKING:
    from ketlit.intake.own_findings import Kept
    from ketlit.record import Finding
    from ketlit.store.terms import Terms

finding = typer.Typer(no_args_is_help=True, add_completion=False)

Number = Annotated[int, typer.Argument(metavar="ID", help="Its number: 'yours' in findings, or its id in json.")]
NOTHING: Final = "none"  # takes a value away again


class Field(NamedTuple):
    """What a person can say by an option: help, and how it is asked for; `values` for completion."""

    help: str
    metavar: str
    question: str = ""
    values: str = ""


_GROUPS: Final = (("1", "ketamine"), ("2", "control"))
FIELDS: Final[dict[str, Field]] = {
    "outcome": Field("What was measured: a term, pain-intensity ...", "TERM", "outcome", "outcome"),
    "harm": Field("An adverse effect instead of an outcome.", "TERM", "", "adverse-effect"),
    "measure": Field("The scale or count as printed: MADRS, 50 % less pain ...", "TEXT", "measure, as printed"),
    "at": Field("When after the (last) infusion: 24h, day 7, 2 weeks.", "TIME", "when: 24h, day 7 ..."),
    "comparison": Field("between, before-after or single-arm.", "KIND", "between, before-after or single-arm"),
    "comparator": Field("What it was compared with: placebo ...", "TERM", "compared with", "comparator"),
    "direction": Field("Whom it favours: favours_intervention ...", "DIRECTION", "direction", "direction"),
    **{
        f"{name}{group}": Field(f"{help} ({who}).", "NUMBER", f"{asked}, {who}" if asked else "")
        for group, who in _GROUPS
        for name, help, asked in (
            ("n", "People", "people"),
            ("events", "Of them with the event", "events"),
            ("mean", "Mean", "mean"),
            ("sd", "Standard deviation, not error", "SD"),
            ("percent", "Share in %, where no count is printed", ""),
        )
    },
    "effect_measure": Field("Of a printed estimate: OR, RR, RD, MD, SMD, HR ...", "NAME", "printed estimate: OR ..."),
    "effect": Field("The estimate.", "NUMBER", "its value"),
    "ci_low": Field("Lower limit of its 95 % interval.", "NUMBER", "lower limit"),
    "ci_high": Field("Upper limit.", "NUMBER", "upper limit"),
    "p": Field("The p-value as printed: <0.05, 0.03, ns.", "TEXT", "p-value as printed"),
    "stat": Field("What mean and SD are of: final or change.", "KIND"),
    "threshold": Field("What counts as the event: >=50 % fall ...", "TEXT"),
    "text": Field("The result in your words.", "TEXT", "in your words"),
    "source": Field("Where you read it: table 2, figure 3 ...", "TEXT", "where you read it"),
}
_OF_EFFECT: Final = {
    "effect_measure": "measure",
    "effect": "value",
    "ci_low": "ci_low",
    "ci_high": "ci_high",
    "p": "p",
}
_TEXTS: Final = {"measure": "measure", "threshold": "threshold", "text": "text", "source": "where"}


def entered(fields: Mapping[str, Field]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command an option for each of `fields`; it gets those that were typed as one `given`."""

    def with_options(function: Callable[..., Any]) -> Callable[..., Any]:
        def command(**typed: Any) -> Any:
            given = {name: value for name in fields if (value := typed.pop(name)) is not None}
            return function(given=given, **typed)

        own = [each for each in signature(function).parameters.values() if each.name != "given"]
        options = [
            Parameter(
                name, Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[str | None, _option(name, field)]
            )
            for name, field in fields.items()
        ]
        command.__name__, command.__doc__ = function.__name__, function.__doc__
        command.__signature__ = Signature([each.replace(kind=Parameter.KEYWORD_ONLY) for each in own] + options)  # type: ignore[attr-defined]
        command.__annotations__ = {}  # typer asks for them, and the signature says it all
        return command

    return with_options


def _option(name: str, field: Field) -> Any:
    flags = ["--" + name.replace("_", "-"), *(["-o"] if name == "outcome" else [])]
    completer = completed_from(field.values) if field.values else None
    return typer.Option(*flags, metavar=field.metavar, help=field.help, show_default=False, autocompletion=completer)


@finding.command(
    "add",
    epilog="Example: ketlit finding add noppers2011 -o pain-response --at 3h --n1 12 --events1 6 --n2 12 --events2 2",
)
@entered(FIELDS)
def add(ctx: typer.Context, key: Key, given: Mapping[str, str]) -> None:
    """Enter a result of a study: by options, or, on a terminal without any, question by question.

    Group 1 is ketamine, group 2 the control. No release, sync or import ever changes what you enter.
    """
    from ketlit.intake import own_findings
    from ketlit.record import Finding

    with writing_on(ctx, key) as (connection, library, number, name):
        terms = library.terms_known
        blank = Finding("", Comparison.BETWEEN, Direction.NOT_REPORTED)
        if not given and terminal():
            tell(f"a finding of {name}; an empty line leaves a question out, Ctrl-C ends")
            made = _asked(blank, terms)
        else:
            if not {"outcome", "harm"} & given.keys():
                raise UsageError("a finding needs --outcome or --harm", "all options: ketlit finding add --help")
            made = _with(blank, given, terms)
        kept = own_findings.add(connection, number, made)
    _told(kept, "kept")


@finding.command("edit", epilog="Example: ketlit finding edit 702 --events1 7 --percent1 none")
@entered(FIELDS)
def edit(ctx: typer.Context, number: Number, given: Mapping[str, str]) -> None:
    """Change a result that you entered; 'none' takes a value away."""
    from ketlit.intake import own_findings
    from ketlit.store import assemble
    from ketlit.store.reader import Reader
    from ketlit.store.writer import rows_of

    if not given:
        raise UsageError("nothing to change was given", "all options: ketlit finding edit --help")
    with for_writing(ctx.obj.db) as connection:
        library = Reader(rows_of(connection))
        was = assemble.finding_of(library.db, own_findings.own(library.db, number).id)
        kept = own_findings.edit(connection, number, _with(was, given, library.terms_known))
    _told(kept, "changed")


@finding.command("remove", epilog="Example: ketlit finding remove 702")
def remove(ctx: typer.Context, number: Number) -> None:
    """Remove a result that you entered; it is printed once more, on stderr."""
    from ketlit.intake import own_findings

    with for_writing(ctx.obj.db) as connection:
        gone = own_findings.remove(connection, number)
    _told(gone, "removed")


def terminal() -> bool:
    """Whether somebody is there to be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _told(kept: "Kept", did: str) -> None:
    from ketlit.render import figures

    one = kept.finding
    numbers = figures.numbers(one) or one.direction
    measure = f" ({one.measure})" if one.measure else ""
    tell(safe_text(f"{did} finding {kept.id} of {kept.key}: {one.outcome}{measure}: {numbers}"))
    for doubt in kept.doubts:
        tell(safe_text(f"look again: {doubt}"))


def _with(was: "Finding", given: Mapping[str, str], terms: "Terms") -> "Finding":
    """The finding with what was typed in its place. Raises UsageError, naming the option."""
    made = was
    for name, typed in given.items():
        made = _set(made, name, "" if typed.strip().casefold() == NOTHING and name != "comparator" else typed, terms)
    return made


def _set(made: "Finding", name: str, typed: str, terms: "Terms") -> "Finding":
    """One field set: empty is not known."""
    said = typed.strip()
    if name in ("outcome", "harm"):
        axis = Axis.OUTCOME if name == "outcome" else Axis.ADVERSE_EFFECT
        return replace(made, outcome=_term(terms, axis, said), harm=name == "harm")
    if name == "comparator":
        return replace(made, comparator=_term(terms, Axis.COMPARATOR, said) if said else "")
    if name == "at":
        hours = in_hours(said) if said else None
        if said and hours is None:
            raise UsageError(f"{said[:40]!r} is no time", "such as 40min, 24h, 'day 7', 2wk or 3mo")
        return replace(made, hours=hours, timepoint=said)
    if name == "comparison":
        return replace(made, comparison=Comparison(chosen(said or "between", _KINDS, "comparison")))
    if name == "direction":
        return replace(made, direction=Direction(chosen(said or "not_reported", tuple(Direction), "direction")))
    if name == "stat":
        return replace(made, stat_kind=chosen(said, tuple(StatKind), "kind of mean") if said else "")
    if name in _TEXTS:
        changed: dict[str, Any] = {_TEXTS[name]: said}
        return replace(made, **changed)
    value: Any = said
    if name not in ("effect_measure", "p"):
        value = number_in(said, name, "--" + name.replace("_", "-")) if said else None
    if name in _OF_EFFECT:
        return replace(made, effect=replace(made.effect, **{_OF_EFFECT[name]: value}))
    changed = {name[:-1]: value}
    if name.endswith("1"):
        return replace(made, intervention=replace(made.intervention, **changed))
    return replace(made, control=replace(made.control, **changed))


_KINDS: Final = (Comparison.BETWEEN.value, Comparison.BEFORE_AFTER.value, Comparison.SINGLE_ARM.value)


def _term(terms: "Terms", axis: Axis, typed: str) -> str:
    found = terms.resolve(axis, clean(typed))
    if len(found) > 1:
        raise UsageError(f"{typed[:80]!r} names several terms", f"one of: {', '.join(found)}")
    return found[0]


def _asked(made: "Finding", terms: "Terms") -> "Finding":
    """The finding that a person tells, question by question; what cannot be is asked again."""
    from ketlit.intake.own_findings import check_numbers

    for name in _questions():
        if _needless(name, made):
            continue
        while True:
            try:
                told = _set(made, name, input(f"{FIELDS[name].question}: "), terms)
                check_numbers(told)
                made = told
                break
            except EOFError:
                raise typer.Abort from None
            except KetlitError as error:
                tell(safe_text(str(error)) + (f"; {safe_text(error.hint)}" if error.hint else ""))
    return made


def _questions() -> Iterator[str]:
    return (name for name, field in FIELDS.items() if field.question)


def _needless(name: str, made: "Finding") -> bool:
    """Whether what was said so far makes a question idle."""
    if name in ("comparator", "n2", "events2", "mean2", "sd2") and made.comparison != Comparison.BETWEEN:
        return True
    if name in ("mean1", "sd1", "mean2", "sd2") and made.intervention.events is not None:
        return True
    if name == "events2" and made.intervention.mean is not None:
        return True
    return name in ("effect", "ci_low", "ci_high") and not made.effect.measure
