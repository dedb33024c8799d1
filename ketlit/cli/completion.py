"""What the shell may be told comes next: commands, terms, keys, formats. Loads nothing but sqlite3."""

from __future__ import annotations

import os
import sqlite3
from typing import Final

import typer
from typer.core import CompletionItem  # type: ignore[attr-defined]

from ketlit.cli.options import TABLE_FORMATS
from ketlit.settings import library_place
from ketlit.store.connect import look, open_reader
from ketlit.vocabulary import (
    TIMEPOINTS,
    Axis,
    Certainty,
    Direction,
    EffectMeasure,
    IntervalMethod,
    Rob2Judgement,
    SearchSort,
    Seriousness,
    SmdForm,
    Source,
    Status,
    Tau2Method,
)

CLOSED: Final = {
    "axis": Axis,
    "certainty": Certainty,
    "by": ("condition", "route", "outcome"),
    "direction": Direction,
    "effect-measure": EffectMeasure,
    "format": TABLE_FORMATS,
    "grade-factor": Seriousness,
    "interval": IntervalMethod,
    "method": Tau2Method,
    "rob2": Rob2Judgement,
    "smd-form": SmdForm,
    "sort": SearchSort,
    "source": Source,
    "status": Status,
    "timepoint": TIMEPOINTS,
}
TERMS: Final = "SELECT term, label FROM term WHERE axis = :axis AND prints_as = '' ORDER BY position, term"
LABELS: Final = "SELECT DISTINCT label, '' FROM label ORDER BY label"
TRIALS: Final = "SELECT name, title FROM trial ORDER BY name"
KEYS: Final = "SELECT key, title FROM study WHERE key >= :low AND key < :high ORDER BY key LIMIT 200"


def item(value: str, help: str) -> CompletionItem:
    """A suggestion with its explanation, for shells that show one."""
    return CompletionItem(value, help=help)


def complete(what: str, context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Values of this kind that begin with what is typed. Never raises: a shell's prompt is no place for errors."""
    closed = [(str(word), "") for word in CLOSED.get(what, ())]
    found = closed or _asked(what, context, incomplete)
    return [(value, help) for value, help in found if value.startswith(incomplete)]


def _asked(what: str, context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """What the library knows; nothing where there is none yet: completion makes no library."""
    named = context.find_root().params.get("db") or context.params.get("db")
    try:
        path = library_place(named).path
        if not os.path.isfile(path) or look(path).kind != "library":
            return []
        library = open_reader(path)
    except Exception:  # whatever is wrong with it, the command itself will say
        return []
    try:
        if what == "key":
            high = incomplete[:-1] + chr(ord(incomplete[-1]) + 1) if incomplete else "\ufffd"
            rows = library.connection.execute(KEYS, {"low": incomplete, "high": high})
        elif what in ("label", "trial"):
            rows = library.connection.execute(LABELS if what == "label" else TRIALS)
        else:
            rows = library.connection.execute(TERMS, {"axis": what})
        return [(value, help) for value, help in rows]
    except (sqlite3.Error, ValueError):  # also what is typed may be no text
        return []
    finally:
        library.close()
