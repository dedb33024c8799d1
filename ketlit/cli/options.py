"""Options that several commands share: those of every command, the filters, formats and limits.

`@filtered` gives a command all filters: its parameter `filters: Filters` becomes the words and the options;
`@filtered_but` leaves some out. The typer context of such a command is called `ctx`, because `context` is a filter.
"""

import inspect
import os
import sys
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Annotated, Any, Final, TypeVar, cast

import typer
from typer.core import TyperCommand, TyperOption

from ketlit.errors import UsageError
from ketlit.views import Filters
from ketlit.vocabulary import AXIS_FLAG, AXIS_KEY, Axis

Function = TypeVar("Function", bound=Callable[..., Any])

TABLE_FORMATS: Final = ("table", "tsv", "csv", "json", "jsonl")
DEFAULT_LIMIT: Final = 50
FILTERS: Final = "Filters (repeat one for OR; different ones hold together)"
# completion is asked for by the shell, with this in the environment; nothing else needs the completers
_COMPLETING: Final = "_KETLIT_COMPLETE" in os.environ
EVERYWHERE: Final = {
    "--db": "The library to use; also KETLIT_DB.",
    "--no-color": "No colours; also NO_COLOR.",
    "--verbose": "Explain on stderr; -vv more.",
}


class Session:
    """What was asked for the whole run: the library named by hand, colours, how much to explain.

    `stored`: what was asked for is done and stored, whatever becomes of the report of it.
    """

    __slots__ = ("color", "db", "stored", "verbose")

    def __init__(self, db: str | None = None, *, color: bool = True, verbose: int = 0) -> None:
        self.db = db
        self.color = color and not os.environ.get("NO_COLOR")
        self.verbose = verbose
        self.stored = False


class Command(TyperCommand):
    """A command whose help shows its options in sections, and those of every command in one line.

    Where it takes words to search for, `-word` is a word to leave out: never an option with its value attached.
    """

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        if any(parameter.name == "words" and _excludes(parameter) for parameter in self.params):
            args = _words_apart(args, self.get_params(ctx))
        try:
            return super().parse_args(ctx, args)
        except Exception as error:
            # the parser does not say whose option lacks its value; then the help of the program would be named
            if getattr(error, "ctx", ctx) is None:
                error.ctx = ctx  # type: ignore[attr-defined]
            raise

    def format_options(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                section = "Arguments" if parameter.param_type_name == "argument" else "Options"
                section = getattr(parameter, "rich_help_panel", None) or section
                sections.setdefault(section, []).append(record)
        for section in sorted(sections, key=lambda name: (name != "Arguments", name == FILTERS)):
            with formatter.section(section):
                formatter.write_dl(sections[section])
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text("Every command takes --db PATH, --no-color and -v.")


def _excludes(argument: Any) -> bool:
    return "-not" in (argument.help or "")


def _words_apart(arguments: Sequence[str], parameters: Sequence[Any]) -> list[str]:
    """The same arguments, options first, then `--` and the words in their order, `-word` among them.

    `-r=iv` is an option too; several letters after one dash are none, but for flags (`-vv`).
    """
    options = [each for each in parameters if each.param_type_name == "option"]
    flags = {name for each in options if each.is_flag or each.count for name in each.opts} | {"-h", "--help"}
    valued = {name: each.nargs for each in options for name in each.opts if name not in flags}
    taken: list[str] = []
    words: list[str] = []
    rest = iter(arguments)
    for each in rest:
        if each == "--":
            words += rest
        elif each in valued:
            values = list(islice(rest, valued[each]))
            if len(values) < valued[each]:  # alone, as the -- of the words would be taken for its value
                return [each, *values]
            taken += [each, *values]
        elif each[:2] in valued and each[2:3] == "=":
            taken += [each[:2], each[3:]]
        elif each.startswith("--") or (each.startswith("-") and len(each) == 2) or _only_flags(each, flags):
            taken.append(each)
        else:
            words.append(each)
    return [*taken, "--", *words] if words else taken


def _only_flags(typed: str, flags: set[str]) -> bool:
    return typed.startswith("-") and len(typed) > 1 and all(f"-{letter}" in flags for letter in typed[1:])


def everywhere() -> list[TyperOption]:
    """The options of the program that are also taken after a command, where people type them."""
    hidden: dict[str, Any] = {"expose_value": False, "hidden": True}
    return [
        TyperOption(param_decls=["--db"], callback=_set_db, metavar="PATH", **hidden),
        TyperOption(param_decls=["--no-color"], callback=_set_color, is_flag=True, default=False, **hidden),
        TyperOption(param_decls=["--verbose", "-v"], callback=_set_verbose, count=True, default=0, **hidden),
    ]


def _set_db(context: typer.Context, _: object, value: str | None) -> None:
    if value is not None and context.obj is not None:
        context.obj.db = value


def _set_color(context: typer.Context, _: object, value: bool) -> None:
    if value and context.obj is not None:
        context.obj.color = False


def _set_verbose(context: typer.Context, _: object, value: int) -> None:
    if value and context.obj is not None:
        context.obj.verbose += value


def example(line: str) -> Callable[[Function], Function]:
    """The example at the foot of a command's help."""

    def mark(function: Function) -> Function:
        function.example = f"Example: {line}"  # type: ignore[attr-defined]
        return function

    return mark


def completed_from(completer: str) -> Callable[[typer.Context, str], list[tuple[str, str]]] | None:
    """The completer of this name, only where the shell asks: typer looks through each at a cost."""
    if not _COMPLETING:
        return None

    def complete(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
        from ketlit.cli import completion

        found: list[tuple[str, str]] = completion.complete(completer, ctx, incomplete)
        return found

    return complete


def _term_option(flags: Sequence[str], help: str, values: str) -> Any:
    made = typer.Option(
        *flags,
        help=help,
        metavar="TERM",
        rich_help_panel=FILTERS,
        autocompletion=completed_from(values),
        show_default=False,
    )
    return Annotated[list[str] | None, made]


def _option(flag: str, type: Any, help: str, metavar: str, values: str = "") -> Any:
    made = typer.Option(
        flag,
        help=help,
        metavar=metavar,
        rich_help_panel=FILTERS,
        show_default=False,
        autocompletion=completed_from(values) if values else None,
    )
    return Annotated[type, made]


Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[WORDS]...",
        help="AND by default; '\"a phrase\"', prefix*, OR, -not. Words that name a term also match its synonyms.",
        show_default=False,
    ),
]
Literal = Annotated[bool, typer.Option("--literal", help="Match the words themselves, without synonyms.")]
Format = Annotated[
    str,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help="table (on a terminal), tsv (when piped), csv, json or jsonl.",
        show_default=False,
        autocompletion=completed_from("format"),
    ),
]
Limit = Annotated[int, typer.Option("--limit", metavar="N", help="At most so many studies; 0 for all.")]
# every filter once: its parameter (a field of Filters), and what typer makes of it
FILTER_PARAMETERS: Final[dict[str, Any]] = {
    "condition": _term_option(["--condition", "-c"], "What is treated: fibromyalgia, crps ...", "condition"),
    "route": _term_option(["--route", "-r"], "How it is given: intravenous (or iv), intranasal, oral ...", "route"),
    "outcome": _term_option(["--outcome", "-o"], "What is measured: pain-intensity, remission ...", "outcome"),
    "design": _term_option(["--design"], "rct, meta-analysis, case-report, crossover ...", "design"),
    "drug": _term_option(["--drug"], "racemic, esketamine, arketamine ...", "drug"),
    "harm": _term_option(["--harm"], "An adverse effect that is reported; any for all.", "adverse-effect"),
    "comparator": _term_option(["--comparator"], "placebo, active-placebo, opioid, ect ...", "comparator"),
    "population": _term_option(["--population"], "Who takes part: adolescents, older people ...", "population"),
    "context": _term_option(["--context"], "therapeutic-pain, anesthesia, misuse ...", "context"),
    "since": _option("--since", int | None, "Published in this year or later.", "YEAR"),
    "until": _option("--until", int | None, "Published in this year or earlier.", "YEAR"),
    "as_of": _option("--as-of", str, "Published by this day; a year counts as its last day.", "DATE"),
    "min_n": _option("--min-n", int | None, "With at least so many participants.", "N"),
    "direction": _option("--direction", list[str] | None, "Whom the main result favours.", "DIRECTION", "direction"),
    "status": _option("--status", list[str] | None, "current, corrected, retracted ...", "STATUS", "status"),
    "source": _option("--source", list[str] | None, "curated, synced or imported.", "SOURCE", "source"),
    "label": _option("--label", list[str] | None, "With your label.", "LABEL", "label"),
    "trial": _option("--trial", list[str] | None, "Reports of a trial, by name or number.", "TRIAL", "trial"),
}
_NUMBERS: Final = {"since": (1, 9999, "year"), "until": (1, 9999, "year"), "min_n": (0, 10**9, "number of people")}


def filters(*, words: Sequence[str] | None = None, literal: bool = False, **typed: Any) -> Filters:
    """Filters as typed on the command line; raises UsageError for numbers that cannot be meant.

    Terms, dates and closed words are looked up by the library that is asked.
    """
    for name, (low, high, what) in _NUMBERS.items():
        value = typed.get(name)
        if value is not None and not low <= value <= high:
            raise UsageError(f"--{name.replace('_', '-')} {value} is no {what}", f"give a number from {low} to {high}")
    since, until = typed.get("since"), typed.get("until")
    if since is not None and until is not None and since > until:
        raise UsageError(f"--since {since} is after --until {until}", "exchange the two")
    given: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in typed.items() if value is not None
    }
    return Filters(words=" ".join(words or ()), literal=literal, **given)


def filtered(function: Function) -> Function:
    """Give a command the words and all filters as options; it gets them as one `filters: Filters`."""
    return filtered_but()(function)


def filtered_but(*left_out: str) -> Callable[[Function], Function]:
    """Like `filtered`, without the filters whose options mean something else in the command."""

    def give(function: Function) -> Function:
        return _with_filters(function, [name for name in FILTER_PARAMETERS if name not in left_out])

    return give


def _with_filters(function: Function, names: Sequence[str]) -> Function:
    def command(**given: Any) -> Any:
        taken = {name: given.pop(name) for name in ("words", "literal", *names)}
        return function(filters=filters(**taken), **given)

    command.__name__, command.__doc__ = function.__name__, function.__doc__
    own = [each for each in inspect.signature(function).parameters.values() if each.name != "filters"]
    keyword = inspect.Parameter.KEYWORD_ONLY
    shared = [inspect.Parameter("literal", keyword, default=False, annotation=Literal)]
    for name in names:
        default = "" if name == "as_of" else None
        shared.append(inspect.Parameter(name, keyword, default=default, annotation=FILTER_PARAMETERS[name]))
    words = inspect.Parameter("words", keyword, default=None, annotation=Words)
    own = [each.replace(kind=keyword) for each in own]
    command.__signature__ = inspect.Signature([words, *own, *shared])  # type: ignore[attr-defined]
    command.__annotations__ = {}  # typer asks for them, and the signature says it all
    return cast(Function, command)


def chosen_format(format: str, among: Sequence[str] = TABLE_FORMATS) -> str:
    """The format asked for; by default `table` on a terminal and `tsv` when piped. Raises UsageError."""
    if not format:
        return "table" if sys.stdout.isatty() else "tsv"
    return chosen(format, among, "format")


def chosen(typed: str, among: Sequence[str], what: str) -> str:
    """`typed` as one of a closed list; raises UsageError, naming the nearest."""
    wanted = typed.strip().lower()
    if wanted in among:
        return wanted
    raise UsageError(f"no {what} is called {typed[:40]!r}", _nearest(wanted, among))


def chosen_axis(typed: str) -> Axis:
    """The axis that is meant: by its name, its option or its key in JSON. Raises UsageError."""
    bare = typed.strip().lower().lstrip("-")
    for axis in Axis:
        if bare and bare in (axis, AXIS_KEY[axis], AXIS_FLAG.get(axis, "").lstrip("-")):
            return axis
    return Axis(chosen(typed, tuple(Axis), "axis"))


def chosen_limit(limit: int) -> int:
    """The number of rows asked for, 0 for all. Raises UsageError."""
    if limit < 0:
        raise UsageError(f"--limit {limit} is no number of studies", "give 1 or more, or 0 for all")
    return min(limit, 2**31 - 1)


def _nearest(typed: str, names: Sequence[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(typed, names, 2, 0.5)
    said = f"did you mean {' or '.join(near)}? " if near else ""
    return f"{said}one of: {', '.join(names)}"
