"""`claims`: what an article claims, what the studies say to it, and what can be recomputed."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ketlit.cli.explore import screen
from ketlit.cli.opening import reader, tell
from ketlit.cli.options import Format, chosen_format, example
from ketlit.errors import NotFound, SeedError, UsageError
from ketlit.evidence_views import ClaimRows
from ketlit.render import plain
from ketlit.store import claims as asked
from ketlit.store.query import last_day
from ketlit.views import ClaimCheck, ClaimRow

if TYPE_CHECKING:
    from ketlit.store.reader import Reader
    from ketlit.synthesis.claim_checks import Recomputed

CHECK: Final = "check"
COLUMNS: Final = ("id", "verdict", "text", "studies", "since", "updates", "explanation", "confidence", "source")


@example("ketlit claims check C16")
def claims(
    ctx: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[check] [ID]", help="One claim, like C16; with 'check' it is recomputed."),
    ] = None,
    from_: Annotated[
        str,
        typer.Option("--from", metavar="FILE.yaml", help="The claims of another article.", show_default=False),
    ] = "",
    as_of: Annotated[
        str,
        typer.Option(
            "--as-of", metavar="DATE", help="Only studies published by this day; verdicts stay.", show_default=False
        ),
    ] = "",
    format: Format = "",
) -> None:
    """Show what an article claims of ketamine, with verdicts, studies and what has come out since.

    'ketlit claims check' recomputes what findings can tell, says where verdict and data part, and which claims cannot
    be recomputed and why. A file of your own is laid out as the curated claims are, and checked like them.
    """
    how = chosen_format(format)
    given = [word.strip() for word in words or []]
    check = bool(given) and given[0].lower() == CHECK
    names = given[1:] if check else given
    if len(names) > 1:
        raise UsageError(f"{' '.join(given)[:80]!r} names several claims", "give one, like: ketlit claims check C16")
    with reader(ctx) as library:
        found = _found(library, names[0] if names else None, from_)
        listed = not check and not names
        rows = asked.claim_rows(library.db, library.terms_known, found, listed=listed, as_of=as_of)
    if as_of:
        tell(f"studies published by {last_day(as_of)}; the verdicts are those of today")
    if listed:
        _listed(ctx, rows, how)
        return
    # what recomputes takes as long to load as all else that a list needs
    from ketlit.synthesis.claim_checks import recompute

    recomputed = [[recompute(each) for each in one.checks] for one in rows]
    if check:
        _checked(ctx, rows, recomputed, how)
    else:
        _one(ctx, rows[0], recomputed[0], how)


def _found(library: "Reader", name: str | None, path: str) -> list[ClaimRow]:
    """The claims of the library, or of a file; all, or the one of this id. Raises NotFound."""
    if not path:
        return asked.claims(library.db, name)
    every = _of_file(library, path)
    same = [claim for claim in every if name is None or claim.id.casefold() == name.casefold()]
    if not same and name is not None:
        there = f"there are {every[0].id} to {every[-1].id}" if every else "there are no claims in it"
        raise NotFound(f"no claim is called {name[:80]!r} in {path}", there)
    return same


def _of_file(library: "Reader", path: str) -> list[ClaimRow]:
    """The claims of another article, checked as the curated ones are. Raises UsageError with file and line."""
    from ketlit.sources.seed import load_claims

    keys, terms = asked.study_keys(library.db), asked.term_ids(library.terms_known)
    try:
        loaded = load_claims(Path(os.path.expanduser(path)), keys, terms)
    except SeedError as error:
        raise UsageError(
            "; ".join(str(error).splitlines()), "correct the file; it is laid out as data/claims.yaml is"
        ) from error
    return [
        ClaimRow(
            *(claim.id, claim.text, claim.verdict, claim.explanation, claim.confidence, claim.studies, claim.updates),
            source=claim.source,
            checks=tuple(
                ClaimCheck(check.outcome, check.at, check.share, str(check.direction or ""), check.condition)
                for check in claim.checks
            ),
            unchecked=claim.unchecked,
        )
        for claim in loaded
    ]


def _listed(ctx: typer.Context, rows: list[ClaimRows], how: str) -> None:
    if how == "table":
        from ketlit.render import claims as shown

        shown.listed(screen(ctx), rows)
        return
    objects = [
        {**{name: getattr(one.claim, name) for name in COLUMNS if name != "since"}, "since": one.since} for one in rows
    ]
    plain.write_rows(objects, COLUMNS, how, sys.stdout)


def _one(ctx: typer.Context, rows: ClaimRows, found: "list[Recomputed]", how: str) -> None:
    if how == "table":
        from ketlit.render import claims as shown

        shown.one(screen(ctx), rows, found)
        return
    from ketlit.render import claimed

    whole = claimed.claim_object(rows, found)
    if how in ("tsv", "csv"):
        whole = {name: whole[name] for name in (*COLUMNS, "parted", "unchecked")}
    plain.write_object(whole, how, sys.stdout)


def _checked(ctx: typer.Context, rows: list[ClaimRows], found: "list[list[Recomputed]]", how: str) -> None:
    from ketlit.render import claimed

    pairs = [(one.claim, each) for one, each in zip(rows, found, strict=True)]
    if how == "table":
        from ketlit.render import claims as shown

        shown.checked(screen(ctx), pairs)
    elif how in ("json", "jsonl"):
        objects = [
            {"id": claim.id, "text": claim.text, "verdict": claim.verdict, **claimed.check_object(claim, each)}
            for claim, each in pairs
        ]
        plain.write_rows(objects, (), how, sys.stdout)
    else:
        lines = [line for claim, each in pairs for line in claimed.check_lines(claim, each)]
        plain.write_rows(lines, claimed.CHECK_COLUMNS, how, sys.stdout)
