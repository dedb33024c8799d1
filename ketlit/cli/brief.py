"""`brief`: one screen on a topic, for a patient or for a clinician, from the same rows."""

import sys
from typing import Annotated, Final

import typer

from ketlit.cli.explore import screen
from ketlit.cli.map import typed
from ketlit.cli.opening import reader
from ketlit.cli.options import chosen, example, filtered
from ketlit.errors import UsageError
from ketlit.render import brief as told
from ketlit.render import plain
from ketlit.store.briefing import brief_rows
from ketlit.store.terms import Terms
from ketlit.store.words import clean
from ketlit.synthesis.briefing import Facts, gather
from ketlit.views import Filters
from ketlit.vocabulary import Axis

FORMATS: Final = ("table", "markdown", "json", "jsonl", "tsv", "csv")
COLUMNS: Final = ("section", "text", "studies", "see")


@example("ketlit brief crps --for patient")
@filtered
def brief(
    ctx: typer.Context,
    filters: Filters,
    reader_: Annotated[str, typer.Option("--for", metavar="READER", help="clinician or patient.")] = told.READERS[0],
    all_contexts: Annotated[
        bool, typer.Option("--all-contexts", help="Count every context, not only ketamine as a treatment.")
    ] = False,
    format: Annotated[
        str,
        typer.Option(
            "--format", metavar="FORMAT", help="table, markdown, json, jsonl, tsv or csv.", show_default=False
        ),
    ] = "",
) -> None:
    """Tell on one screen what is known of ketamine for a condition: effects, harms, and what is not known.

    WORDS is the condition, by any of its names. Every sentence names the studies it rests on. Ketamine counts as a
    treatment only; retracted papers, protocols and studies you excluded do not count.
    """
    how = _format(format)
    whom = chosen(reader_, told.READERS, "reader")
    topic = filters.words.strip()
    if not topic and not filters.condition:
        raise UsageError(
            "no topic is given", "name a condition: ketlit brief fibromyalgia; all: ketlit terms condition"
        )
    with reader(ctx) as library:
        rows = brief_rows(library.db, library.terms_known, filters._replace(words=""), topic, all_contexts=all_contexts)
        facts = gather(rows, _outcomes(library.terms_known, filters))
    made = _made(facts, whom, filters, all_contexts=all_contexts)
    if how == "table":
        from ketlit.render import brief_page

        brief_page.show(screen(ctx), made)
    elif how == "markdown":
        sys.stdout.write(told.markdown(made))
    elif how in ("json", "jsonl"):
        plain.write_object(told.brief_object(made, facts), how, sys.stdout)
    else:
        plain.write_rows(told.brief_object(made, facts)["statements"], COLUMNS, how, sys.stdout)


def _format(format: str) -> str:
    """As asked for; on a terminal the screen, piped Markdown, which is text too."""
    if not format:
        return "table" if sys.stdout.isatty() else "markdown"
    return chosen(format, FORMATS, "format")


def _outcomes(terms: Terms, filters: Filters) -> list[str]:
    """The outcomes that are asked for, children included."""
    axis = Axis.OUTCOME.value
    named = [term for each in filters.outcome for term in terms.resolve(axis, clean(each))]
    return sorted(set().union(*(terms.below(axis, term) for term in named)))


def _made(facts: Facts, whom: str, filters: Filters, *, all_contexts: bool) -> told.Brief:
    from ketlit.render import brief_clinician, brief_patient

    rows = facts.rows
    conditions = (*([rows.topic] if rows.topic else []), *filters.condition)
    asked = typed(filters._replace(words="", condition=conditions))
    words = brief_patient if whom == "patient" else brief_clinician
    statements = list(words.statements(facts, asked)) if rows.studies else [told.nothing(facts)]
    left = sum(each.k for each in rows.left_out)
    count = f"{told.counted(len(rows.studies), 'study', 'studies')}" if rows.studies else "no study in this library"
    name = rows.label or ", ".join(filters.condition)
    beside = f"; {left} not counted ({', '.join(each.reason for each in rows.left_out)})" if left else ""
    every = "" if all_contexts or filters.context else " as a treatment"
    narrowed = [each for each in rows.understood if not each.startswith("condition: ")]
    where = f" ({'; '.join(narrowed)})" if narrowed else ""
    head = f"Ketamine{every} for {name}{where}, for a {whom}: {count}{beside}"
    commands = [f"ketlit show KEY (the paper behind a key); ketlit search {asked}"]
    commands += [see for see in dict.fromkeys(each.see for each in statements) if see.startswith("ketlit pool")][:1]
    foot = f"Library of {rows.date}; {told.NOT_ADVICE}."
    return told.Brief(rows.topic, whom, head, statements, commands, foot)
