"""Judgements of named people, RoB 2 and GRADE: kept beside those before, taken back only by their number.

Nothing here judges. What follows from a person's own judgements is read out of them by `synthesis.judged`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from ketlit.errors import NotFound, UsageError
from ketlit.intake.apply import now
from ketlit.intake.people import readable
from ketlit.record import Judgement
from ketlit.store import rows
from ketlit.store.assemble import records
from ketlit.store.engine import begin
from ketlit.store.judgements import ONE
from ketlit.store.writer import ChangeOf, Writer
from ketlit.synthesis.judged import opinions
from ketlit.views import JudgementRow
from ketlit.vocabulary import JUDGED, Scheme

if TYPE_CHECKING:
    from sqlalchemy import Connection

LONGEST: Final = 2_000  # characters of a reason
LONGEST_NAME: Final = 100


class Kept(NamedTuple):
    """All that people judged of a study by now, oldest first, and what of the new holds already and was not kept."""

    judgements: list[Judgement]
    already: list[str]


def checked_name(name: str) -> str:
    """A person's name as it is kept: runs of blanks as one. Raises UsageError where there is none."""
    wanted = " ".join(readable(name, "the name").split())
    if not wanted:
        raise UsageError("a judgement is a named person's", "say whose it is: --by NAME")
    if len(wanted) > LONGEST_NAME or not wanted.isprintable():
        raise UsageError(
            f"{wanted[:40]!r} is no name", f"a name has at most {LONGEST_NAME} characters that can be seen"
        )
    return wanted


def judge(
    connection: Connection,
    study: int,
    scheme: Scheme,
    given: Mapping[str, tuple[str, str]],
    *,
    by: str,
    outcome: str = "",
    at: str = "",
) -> Kept:
    """Keep what a person judged: by domain or factor, (judgement, why). `outcome` is a term, "" the main result.

    What the person's last judgement of a domain says already, for the same reason, is not kept again. Raises UsageError
    without a name, for what the scheme has not, and for GRADE without outcome or reason; NotFound without the study.
    """
    name = checked_name(by)
    reasons = {domain: _reason(why) for domain, (_, why) in given.items()}
    _check(scheme, given, outcome, reasons)
    writer = Writer(connection, at or now())
    with begin(connection):
        found = next(iter(records(writer.db, [study])), None)
        if found is None:
            raise NotFound(f"there is no study {study}")
        there = found.annotations.judgements if found.annotations else []
        mine = [one for one in opinions(there) if (one.scheme, one.outcome) == (scheme, outcome)]
        last = next((one.last for one in mine if one.by.casefold() == name.casefold()), {})
        new, already = [], []
        for domain, (judgement, _) in given.items():
            had = last.get(domain)
            if had and (had.judgement, had.why) == (judgement, reasons[domain]):
                already.append(domain)
            else:
                new.append(Judgement(scheme, outcome, domain, judgement, reasons[domain], name, writer.now))
        writer.insert("judgement", [(*rows.judgement(one), study) for one in new])
    return Kept([*there, *new], already)


def remove(connection: Connection, number: int) -> JudgementRow:
    """Take a judgement back: as it was. The one before it holds again. Raises NotFound."""
    writer = Writer(connection, now())
    with begin(connection):
        found = writer.db.rows(ONE, {"id": max(0, min(number, 2**31 - 1))})
        if not found:
            raise NotFound(f"there is no judgement {number}", "all judgements: ketlit judge list")
        *told, study = found[0]
        gone = JudgementRow(*told)
        writer.many("DELETE FROM judgement WHERE id = ?", [(number,)])
        writer.remember([(study, ChangeOf("judgement", "removed", _short(gone), ""))])
    return gone


def _check(scheme: Scheme, given: Mapping[str, tuple[str, str]], outcome: str, reasons: Mapping[str, str]) -> None:
    if not given:
        raise UsageError("nothing is judged", f"one or more of: {', '.join(JUDGED[scheme])}")
    for domain, (judgement, _) in given.items():
        if domain not in JUDGED[scheme]:
            raise UsageError(f"{scheme} does not judge {domain[:40]!r}", f"one of: {', '.join(JUDGED[scheme])}")
        if judgement not in JUDGED[scheme][domain]:
            valid = ", ".join(JUDGED[scheme][domain])
            raise UsageError(f"{domain} is never judged {judgement[:40]!r}", f"one of: {valid}")
    if scheme is Scheme.GRADE:
        if not outcome:
            raise UsageError("GRADE is judged on an outcome", "name it: --outcome TERM")
        if not all(reasons.values()):
            raise UsageError("a GRADE judgement is made for a reason", "say it with --why TEXT")


def _reason(why: str) -> str:
    said = " ".join(readable(why, "the reason").split())
    if len(said) > LONGEST:
        raise UsageError(f"a reason has at most {LONGEST:,} characters")
    return said


def _short(one: JudgementRow) -> str:
    """A judgement in a line of the history."""
    about = f" on {one.outcome}" if one.outcome else ""
    why = f" ({one.why})" if one.why else ""
    return f"{one.scheme} {one.domain}{about}: {one.judgement}{why}, by {one.by} on {one.at[:10]}"
