"""Claims on a terminal: the list, one with all that bears on it, and what became of them when recomputed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ketlit.evidence_views import ClaimRows
from ketlit.render import results, wording
from ketlit.render.claimed import RESULTS, control_of, numbers_of, parting
from ketlit.render.table import Screen, counted, joined
from ketlit.render.table import studies as show_studies
from ketlit.synthesis.claim_checks import Recomputed
from ketlit.views import ClaimRow

NAME: Final = 6
MOST_KEYS: Final = 6
TOLD: Final = 12  # findings of one claim that are shown


def listed(screen: Screen, rows: Sequence[ClaimRows]) -> None:
    """Each claim with its verdict, the studies it rests on, and how much has come out since."""
    if not rows:
        screen.line("there are no claims in this library")
        return
    verdicts = {face.short: 0 for face in wording.VERDICTS.values()}
    for each in rows:
        face = wording.VERDICTS.get(each.claim.verdict)
        if face:
            verdicts[face.short] += 1
    told = ", ".join(f"{count} {name}" for name, count in verdicts.items() if count)
    screen.line((counted(len(rows), "claim"), "bold"), (f"  {told}", "dim"))
    screen.wrapped(joined((rows[0].claim.source, "dim")))
    for each in rows:
        _claim(screen, each.claim)
        parts = [_keys(each.claim.studies)] if each.claim.studies else ["no study"]
        news = len(each.since) + len(each.claim.updates)
        parts += [f"since: {counted(len(each.since), 'study', 'studies')}"] if each.since else []
        parts += [counted(len(each.claim.updates), "update")] if news and each.claim.updates else []
        screen.wrapped(joined((screen.separator.join(parts), "dim")), indent=NAME)
    screen.line(("one of them: ketlit claims C03; recomputed: ketlit claims check", "dim"))


def _claim(screen: Screen, claim: ClaimRow) -> None:
    face = wording.VERDICTS.get(claim.verdict)
    verdict = face.text(wide=False, unicode=screen.unicode) if face else claim.verdict
    text = joined((verdict, face.style if face else ""), f": {claim.text}")
    screen.wrapped(text, indent=NAME, first=claim.id)


def _keys(keys: Sequence[str], most: int = MOST_KEYS) -> str:
    more = f" +{len(keys) - most}" if len(keys) > most else ""
    return ", ".join(keys[:most]) + more


def one(screen: Screen, rows: ClaimRows, found: Sequence[Recomputed]) -> None:
    """One claim: verdict and why, what came out since, what it says recomputed, its studies and their numbers."""
    claim = rows.claim
    _claim(screen, claim)
    screen.wrapped(joined(claim.explanation), indent=NAME)
    screen.wrapped(joined((f"checked: {claim.confidence}", "dim")), indent=NAME)
    if claim.updates or rows.since:
        screen.line("")
        screen.line(("Since the article", "bold"))
        for update in claim.updates:
            screen.wrapped(joined(update), indent=NAME)
        if rows.since:
            screen.wrapped(joined(("later studies: ", "dim"), ", ".join(rows.since)), indent=NAME)
    screen.line("")
    screen.line(("Recomputed", "bold"))
    _recomputed(screen, claim, found)
    if rows.studies:
        screen.line("")
        show_studies(screen, rows.studies)
    told = [each for each in rows.findings if not each.harm] or rows.findings
    if told:
        screen.line("")
        results.show(screen, told[:TOLD], len(told), ["what these studies report"])
        if len(told) > TOLD:
            screen.line((f"{len(told) - TOLD} more: ketlit show KEY", "dim"))
    screen.wrapped(joined((claim.source, "dim")))


def checked(screen: Screen, rows: Sequence[tuple[ClaimRow, Sequence[Recomputed]]]) -> None:
    """Each claim with what the findings say to it, and whether its verdict and the data part."""
    can = [(claim, found) for claim, found in rows if found]
    cannot = [claim for claim, found in rows if not found]
    screen.line((counted(len(can), "claim") + " recomputed", "bold"), f", {len(cannot)} cannot be")
    for claim, found in can:
        _claim(screen, claim)
        _recomputed(screen, claim, found)
    if cannot:
        screen.line(("Cannot be recomputed", "bold"))
        for claim in cannot:
            screen.wrapped(
                joined(claim.unchecked or "nothing is stated that findings measure"), indent=NAME, first=claim.id
            )


def _recomputed(screen: Screen, claim: ClaimRow, found: Sequence[Recomputed]) -> None:
    if not found:
        screen.wrapped(
            joined(f"cannot be: {claim.unchecked or 'it states nothing that findings measure'}"), indent=NAME
        )
        return
    for each in found:
        screen.wrapped(
            joined((f"{RESULTS[each.result]}: ", "bold"), numbers_of(each)), indent=NAME + 2, first=" " * NAME + "- "
        )
        beside = control_of(each)
        if beside:
            screen.wrapped(joined(beside), indent=NAME + 2)
    said, apart = parting(claim.verdict, found)
    screen.wrapped(joined((said, "bold" if apart else "dim")), indent=NAME)
