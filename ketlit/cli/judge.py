"""judge: what a named person judges a study to be, by RoB 2 or GRADE; never a default, never computed for them."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ketlit.cli.annotate import Key, MaybeKey, writing_on
from ketlit.cli.finding import Field, entered, terminal
from ketlit.cli.opening import for_writing, reader, tell
from ketlit.cli.options import Format, chosen, chosen_format, completed_from
from ketlit.errors import UsageError
from ketlit.render import judged, plain
from ketlit.render.safe import safe_text
from ketlit.store.words import clean
from ketlit.synthesis.judged import opinions
from ketlit.views import JudgementRow
from ketlit.vocabulary import JUDGED, Axis, Design, GradeFactor, Rob2Domain, Scheme

if TYPE_CHECKING:
    from ketlit.store.terms import Terms

judge = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    epilog="The study may come first: ketlit judge KEY rob2 --by NAME. More on one: ketlit judge COMMAND --help",
)

# What a person should bear in mind where ketamine differs from other drugs; reminded of, never taken for granted.
REMINDERS: Final[dict[str, str]] = {
    Rob2Domain.DEVIATIONS: "ketamine's dissociation can tell patients and carers what was given: was that looked at?",
    Rob2Domain.MEASUREMENT: "ketamine's dissociation can unblind who rates the outcome, also patients rating their own",
}
Given = dict[str, tuple[str, str]]


ROB2: Final = {
    domain.value: Field(
        "Your own overall, where it is not what follows."
        if domain is Rob2Domain.OVERALL
        else f"{judged.DOMAINS[domain][3:].capitalize()}.",
        "JUDGEMENT",
        values="rob2",
    )
    for domain in Rob2Domain
}
GRADE: Final = {
    factor.replace("-", "_"): Field(
        f"{judged.DOMAINS[factor].capitalize()}: {', '.join(JUDGED[Scheme.GRADE][factor])}.",
        "JUDGEMENT",
        values="certainty" if factor is GradeFactor.CERTAINTY else "grade-factor",
    )
    for factor in GradeFactor
}

By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who judges; always needed.", show_default=False)]
Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason.", show_default=False)]
Outcome = Annotated[
    str,
    typer.Option(
        *("--outcome", "-o"),
        metavar="TERM",
        help="The outcome or harm that is judged.",
        show_default=False,
        autocompletion=completed_from("outcome"),
    ),
]


@judge.command("rob2", epilog="Example: ketlit judge rob2 noppers2011 --by 'Ana Berg' --d1 low --d2 'some concerns'")
@entered(ROB2)
def rob2(
    ctx: typer.Context, key: Key, given: Mapping[str, str], by: By = "", outcome: Outcome = "", why: Why = ""
) -> None:
    """Judge the risk of bias of a trial by RoB 2: low, some concerns or high in each domain.

    On a terminal without any judgement you are asked for one after the other. The overall follows from the five as
    RoB 2 has it (low if all are, high if any is, else some concerns), unless you give your own. Without --outcome it
    is the study's main result that is judged. The study may also come first: ketlit judge KEY rob2.
    """
    _judge(ctx, key, Scheme.ROB2, given, by, outcome, why)


@judge.command(
    "grade",
    epilog="Example: ketlit judge grade noppers2011 -o remission --by 'Ana Berg' --certainty low --why 'one trial'",
)
@entered(GRADE)
def grade(
    ctx: typer.Context, key: Key, given: Mapping[str, str], by: By = "", outcome: Outcome = "", why: Why = ""
) -> None:
    """Judge the certainty of evidence on an outcome by GRADE, and the factors that lower it.

    On a terminal without any judgement you are asked for one after the other. Nothing is computed: the certainty is
    what you say. The study may also come first: ketlit judge KEY grade.
    """
    _judge(ctx, key, Scheme.GRADE, given, by, outcome, why)


@judge.command("list", epilog="Example: ketlit judge list noppers2011")
def judge_list(context: typer.Context, key: MaybeKey = "", format: Format = "") -> None:
    """List judgements with their numbers, oldest first; the last of a person on a domain holds."""
    how = chosen_format(format)
    with reader(context) as library:
        found = library.judgements(library.named(key) if key else None)
    if how == "table":
        from ketlit.render.table import Screen

        judged.table(Screen(sys.stdout, color=context.obj.color), found)
    else:
        plain.write_rows(map(plain.as_object, found), JudgementRow._fields, how, sys.stdout)


@judge.command("remove", epilog="Example: ketlit judge remove 3")
def judge_remove(
    context: typer.Context, number: Annotated[int, typer.Argument(metavar="ID", help="Its number in the list.")]
) -> None:
    """Take a judgement of yours back; it is printed once more, on stderr, and the one before it holds again."""
    from ketlit.intake import judging

    with for_writing(context.obj.db) as connection:
        gone = judging.remove(connection, number)
    scheme = judged.SCHEMES[gone.scheme]
    tell(safe_text(f"removed judgement {gone.id} on {gone.key} by {gone.by}: {scheme} {judged.said(gone)}"))


def _judge(
    context: typer.Context, key: str, scheme: Scheme, typed: Mapping[str, str], by: str, outcome: str, why: str
) -> None:
    """Keep what was typed, or, on a terminal where nothing was, what the person answers."""
    from ketlit.intake import judging

    name = judging.checked_name(by)
    named = {option.replace("_", "-"): value for option, value in typed.items()}
    given: Given = {domain: (_chosen(scheme, domain, value), why) for domain, value in named.items()}
    if not given:
        if not terminal():
            flags = ", ".join(f"--{domain}" for domain in JUDGED[scheme])
            raise UsageError("nothing is judged", f"one or more of: {flags}")
        with reader(context) as library:
            study = library.rows([library.named(key)])[0]
            outcome = _outcome(library.terms_known, outcome)
        tell(f"{judged.SCHEMES[scheme]} of {study.key}; an empty line leaves a question out, Ctrl-C ends")
        given = _asked(scheme, why)
    with writing_on(context, key) as (connection, library, number, called):
        term = _outcome(library.terms_known, outcome)
        design = library.rows([number])[0].design
        kept = judging.judge(connection, number, scheme, given, by=name, outcome=term)
    tell(safe_text(f"kept {len(given) - len(kept.already)} of {called} by {name}: {', '.join(given)}"))
    if kept.already:
        tell(f"as judged before: {', '.join(kept.already)}")
    for opinion in opinions(kept.judgements):
        mine = (opinion.scheme, opinion.outcome, opinion.by) == (scheme, term, name)
        if mine and opinion.computed:
            tell(judged.follows(opinion))
    if scheme is Scheme.ROB2 and design != Design.RCT:
        tell(f"look again: RoB 2 is for randomised trials, and {called} is of another design ({design or 'unknown'})")


def _chosen(scheme: Scheme, domain: str, typed: str) -> str:
    said = " ".join(clean(typed).replace("-", " ").replace("_", " ").split())
    return chosen(said, JUDGED[scheme][domain], f"judgement of {domain}")


def _outcome(terms: "Terms", typed: str) -> str:
    """The outcome, else the harm, that is meant; "" where none was named. Raises UsageError."""
    said = clean(typed)
    if not said:
        return ""
    try:
        found = terms.resolve(Axis.OUTCOME, said)
    except UsageError as error:
        try:
            found = terms.resolve(Axis.ADVERSE_EFFECT, said)
        except UsageError:
            raise error from None
    if len(found) > 1:
        raise UsageError(f"{typed[:80]!r} names several terms", f"one of: {', '.join(found)}")
    return found[0]


def _asked(scheme: Scheme, why: str) -> Given:
    """What a person answers, question by question; `why` is the reason of all, else each is asked for."""
    given: Given = {}
    for domain, values in JUDGED[scheme].items():
        if domain in REMINDERS:
            tell(REMINDERS[domain])
        follows = ", empty = what follows" if domain == Rob2Domain.OVERALL else ""
        while typed := _answer(f"{judged.DOMAINS[domain]} ({', '.join(values)}{follows}): "):
            try:
                given[domain] = (_chosen(scheme, domain, typed), why or _answer("  why: "))
                break
            except UsageError as error:
                tell(safe_text(f"{error}; {error.hint}"))
    return given


def _answer(question: str) -> str:
    try:
        return input(question).strip()
    except EOFError:
        raise typer.Abort from None
