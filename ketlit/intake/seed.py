"""The curated data into a library: terms, trials, studies and claims of a release, merged with what is there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import copy
from dataclasses import asdict, replace
from json import dumps
from typing import TYPE_CHECKING, Final

from ketlit import __version__, resources
from ketlit.intake import keys
from ketlit.intake.apply import Intake, now
from ketlit.intake.plan import Kind, Offer, plan
from ketlit.intake.retag import tag_again
from ketlit.record import Claim, Record
from ketlit.sources import seed as source
from ketlit.store.engine import begin
from ketlit.store.rows import facts_digest
from ketlit.store.search_index import fold
from ketlit.store.writer import Writer
from ketlit.tagging import taxonomy as tagging
from ketlit.tagging.taxonomy import Taxonomy
from ketlit.vocabulary import Axis, Source, Verification

if TYPE_CHECKING:
    from sqlalchemy import Connection

# rows of table `library`
WITHOUT_STUDIES: Final = "without_studies"
CLAIM_CHECKS: Final = "claim_checks"  # what each claim states that findings can be held against
TAGGED_BY: Final = "tagged_by"  # the digest of the taxonomy that all tags and index terms were made by


def load_seed(connection: Connection, *, studies: bool = True) -> str:
    """Bring a library's curated data up to this release: what was done in words, "" if nothing changed.

    Terms, trials, studies and claims go in together, in one transaction; then, where the taxonomy changed, all other
    studies are tagged again, a batch a transaction. What people wrote stays. A library that a newer release filled is
    left alone. `studies=False` makes a library without the curated studies, and it stays so. Raises SeedError.
    """
    at = now()
    writer = Writer(connection, at)
    with begin(connection):
        known: dict[str, str] = {row[0]: row[1] for row in writer.db.rows("SELECT name, value FROM library")}
        empty = not writer.db.rows("SELECT id FROM study LIMIT 1")
    if _number(known.get("seed_version", "")) > _number(__version__):
        return ""
    current = resources.digest()
    alone = not studies or known.get(WITHOUT_STUDIES) == "yes"
    taxonomy = tagging.load()
    tagged_by = resources.tagging_digest()
    intake = Intake(connection, taxonomy, kind="seed", at=at)
    told = ""
    if known.get("seed_digest") != current:
        seed = source.Seed() if alone else _read(taxonomy)
        with begin(connection):
            _store_terms(writer, taxonomy)
            told = _store(intake, seed, empty)
            for name, value in _stamps(known, at, current, alone).items():
                writer.put(name, value)
    if not empty and known.get(TAGGED_BY) != tagged_by:
        again = tag_again(intake).changed
        told = ", ".join(filter(None, (told, f"{again} tagged again" if again else "")))
    with begin(connection):
        writer.put(TAGGED_BY, tagged_by)
        writer.put("seed_stamp", resources.stamp())
    return told


def _read(taxonomy: Taxonomy) -> source.Seed:
    terms = {axis: taxonomy.ids(axis) for axis in Axis}
    return source.load_seed(resources.SEED_STUDIES, resources.CLAIMS, terms)


def _stamps(known: dict[str, str], at: str, current: str, alone: bool) -> dict[str, str]:
    """What the library then knows of itself; the stamp by which readers see that all is done comes last, apart."""
    stamps = {"seed_digest": current, "seed_version": __version__}
    stamps |= {} if "created_at" in known else {"created_at": at}
    return stamps | ({WITHOUT_STUDIES: "yes"} if alone else {})


def _store_terms(writer: Writer, taxonomy: Taxonomy) -> None:
    """The taxonomy as tables, in place of what was there: nothing refers to their rows."""
    for table in ("synonym", "term_parent", "term"):
        writer.many(f"DELETE FROM {table} WHERE axis <> ?", [("",)])
    terms, parents = [], []
    names: dict[tuple[str, str, str], tuple[str, str, bool]] = {}
    for term in taxonomy.terms:
        axis = term.axis.value
        terms.append((axis, term.id, term.label, term.note, term.position, term.flag, term.prints_as))
        parents += [(axis, term.id, parent) for parent in dict.fromkeys(term.parents)]
        for name in taxonomy.names(term):
            folded = fold(name.text)
            if folded:
                names.setdefault((folded, axis, term.id), (name.text, name.kind, name.ambiguous))
    writer.insert("term", terms)
    writer.insert("term_parent", parents)
    writer.insert("synonym", [(*key, *value) for key, value in names.items()])
    ways = {f"{term.axis}:{term.id}": term.higher_is for term in taxonomy.terms if term.higher_is}
    writer.put("higher_is", dumps(ways))
    confused = {
        f"{term.axis}:{term.id}": short
        for term in taxonomy.terms
        if (short := {one.text: list(one.confused_with) for one in term.abbreviations if one.confused_with})
    }
    writer.put("confused_with", dumps(confused, ensure_ascii=False))
    writer.put("catch_all", " ".join(f"{term.axis}:{term.id}" for term in taxonomy.terms if term.catch_all))


def _store(intake: Intake, seed: source.Seed, empty: bool) -> str:
    offers = [_offer(study) for study in seed.studies]
    _free_keys(intake, offers)
    _set_apart(intake, offers)
    actions, changed = intake.store(offers)
    intake.writer.trials(seed.trials)
    intake.writer.end_run("{}", intake.writer.now)
    _store_claims(intake.writer, seed.claims)
    added = sum(action.kind is Kind.ADDED for action in actions)
    if empty:
        findings = sum(len(study.facts.findings) for study in seed.studies if study.facts)
        return f"{added} studies, {findings} findings" if added else ""
    counts = ((added, "new"), (len(changed), "changed"))
    return ", ".join(f"{count} {what}" for count, what in counts if count)


def _offer(study: Record) -> Offer:
    return Offer(study, study.facts.where if study.facts else "", Source.CURATED, digest=facts_digest(study))


def _free_keys(intake: Intake, offers: Sequence[Offer]) -> None:
    """A curated study gets its key; another study that has it by chance gives way, and its history says so."""
    writer = intake.writer
    names = {offer.record.key: offer for offer in offers}
    pmids = [offer.record.pmid for offer in offers if offer.record.pmid is not None]
    dois = [offer.record.doi.lower() for offer in offers if offer.record.doi]
    have = writer.have(pmids, dois, names)
    own = {(a.have.id, a.offer.record.key) for a in plan(offers, have) if a.have and isinstance(a.offer, Offer)}
    others = [one for one in have if one.key in names and (one.id, one.key) not in own and not one.curated]
    whole = writer.whole([one.id for one in others])
    for one in others:
        renamed = copy(whole[one.id])
        keys.give([renamed], lambda some: writer.taken_keys(some) | set(names))
        writer.change({one.id: (whole[one.id], intake.restudy(one, whole[one.id], renamed))})


def _set_apart(intake: Intake, offers: Sequence[Offer]) -> None:
    """A curated study whose identifier another paper in the library has, goes in without it, as unverified.

    The library got that paper from PubMed, so it is the curated identifier that is wrong.
    """
    pmids = [offer.record.pmid for offer in offers if offer.record.pmid is not None]
    dois = [offer.record.doi.lower() for offer in offers if offer.record.doi]
    have = intake.writer.have(pmids, dois, [offer.record.key for offer in offers])
    taken = {one.pmid: one for one in have}
    for action in plan(offers, have):
        offer = action.offer
        if not isinstance(offer, Offer) or offer.record.facts is None:
            continue
        owner = taken.get(offer.record.pmid) if offer.record.pmid is not None else None
        elsewhere = action.have is not None and owner is not None and owner.id != action.have.id
        if action.kind is Kind.MISMATCH or elsewhere:
            said = f"PMID {offer.record.pmid} or DOI {offer.record.doi} is another paper's. {offer.record.facts.notes}"
            none = Verification.NONE
            facts = replace(offer.record.facts, pmid_verification=none, doi_verification=none, notes=said.strip())
            offer.record = replace(offer.record, pmid=None, doi="", facts=facts)


def _store_claims(writer: Writer, claims: Sequence[Claim]) -> None:
    """The claims, in place of what was there."""
    writer.many("DELETE FROM claim_study WHERE position >= ?", [(0,)])
    writer.many("DELETE FROM claim WHERE position >= ?", [(0,)])
    ids = {one.key: one.id for one in writer.have(keys={key for claim in claims for key in claim.studies})}
    writer.insert(
        "claim",
        [
            (one.id, place, one.text, one.verdict, one.explanation, one.confidence, _listed(one.updates), one.source)
            for place, one in enumerate(claims)
        ],
    )
    writer.insert(
        "claim_study",
        [(one.id, ids[key], place) for one in claims for place, key in enumerate(one.studies)],
    )
    checks = {one.id: {"checks": [asdict(check) for check in one.checks], "unchecked": one.unchecked} for one in claims}
    writer.put(CLAIM_CHECKS, dumps(checks, ensure_ascii=False))


def _listed(words: Sequence[str]) -> str:
    return dumps(words, ensure_ascii=False)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))
