"""Notices of Retraction Watch: which study of the library each is about (pure), and putting them to these studies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from ketlit.intake import merge
from ketlit.intake.apply import BATCH, Intake
from ketlit.intake.compare import same_title
from ketlit.intake.plan import Library, batches
from ketlit.intake.topic import Topic
from ketlit.record import Record, Relation
from ketlit.sources.items import Failure, Notice
from ketlit.store.writer import Have


class Unsure(ValueError):
    """A notice cannot be put to one study; the message says why."""


def paper(notice: Notice, library: Library) -> Have | None:
    """The study that a notice is about: by PMID, else by DOI where one study has it; None where it is not here.

    Raises Unsure where PMID and DOI name two papers. To brand the wrong paper as retracted is worse than to ask: a
    study with the PMID and another DOI is only taken if the title is the same.
    """
    same = library.by_doi.get(notice.doi, [])
    named = library.by_pmid.get(notice.pmid) if notice.pmid is not None else None
    if named is None:
        # one with another PMID is another paper: "retract and replace" keeps the DOI
        fitting = [one for one in same if notice.pmid is None or one.pmid is None]
        if same and len(fitting) != 1:
            asked = f"DOI {notice.doi}" + (f" with PMID {notice.pmid}" if notice.pmid else "")
            raise Unsure(f"{asked} is no one study here; with this DOI there is {_listed(same)}")
        return fitting[0] if fitting else None
    if same and named not in same:
        raise Unsure(f"PMID {notice.pmid} is {named.key} here, but DOI {notice.doi} is {_listed(same)}")
    other = notice.doi and named.doi and named.doi != notice.doi
    if other and notice.title and named.title and not same_title(notice.title, named.title):
        raise Unsure(
            f"PMID {notice.pmid} is {named.key} here, with DOI {named.doi} and the title {named.title[:120]!r}; "
            f"the notice is about DOI {notice.doi}, {notice.title[:120]!r}"
        )
    return named


def _listed(studies: Sequence[Have]) -> str:
    return ", ".join(f"{one.key} (PMID {one.pmid})" if one.pmid else one.key for one in studies)


def take(intake: Intake, items: Iterable[Notice | Failure], file: str, only: Topic | None = None) -> None:
    """Put the notices of a file to the studies that they are about; those about no study here count as skipped.

    The library is asked about a batch at a time, and written to once the file is read: a study may have several rows
    anywhere in it. Rows that cannot be read, or name no one study, are noted as failed.
    """
    about: dict[int, list[Notice]] = {}
    for batch in batches(_readable(intake, items, file), BATCH):
        pmids = {notice.pmid for notice in batch if notice.pmid is not None}
        library = Library(intake.look(pmids, {notice.doi for notice in batch if notice.doi}))
        for notice in batch:
            try:
                found = paper(notice, library)
                if found and notice.relation is None:
                    raise Unsure(f"it is about {found.key}, but {notice.nature!r} is nothing that ketlit knows")
            except Unsure as error:
                intake.fail(file, notice.place, str(error))
                continue
            if found:
                about.setdefault(found.id, []).append(notice)
            else:
                intake.summary.skipped += 1
    ids = list(about)
    for start in range(0, len(ids), BATCH):
        _put(intake, {number: about[number] for number in ids[start : start + BATCH]}, only)


def _readable(intake: Intake, items: Iterable[Notice | Failure], file: str) -> Iterator[Notice]:
    for item in items:
        if isinstance(item, Failure):
            intake.fail(file, item.place, item.reason)
        else:
            yield item


def _put(intake: Intake, about: Mapping[int, Sequence[Notice]], only: Topic | None) -> None:
    # what a dry run only imagines is not there to be looked at
    fresh = {number: len(told) for number, told in about.items() if number < 0}
    skipped = 0

    def amended(number: int, old: Record) -> Record:
        nonlocal skipped
        if only is not None and not only.is_in(old, intake.tagger.of_headings(old)):
            skipped += len(about[number])
            return old
        new = old
        for notice in about[number]:
            before, new = new, with_notice(new, notice)
            fresh[number] = fresh.get(number, 0) + (new is not before)
        return new

    changed = intake.amend(about, amended)
    revised = sum(count for number, count in fresh.items() if number < 0 or number in changed)
    intake.summary.revised += revised
    intake.summary.skipped += skipped
    intake.summary.unchanged += sum(map(len, about.values())) - revised - skipped


def with_notice(study: Record, notice: Notice) -> Record:
    """The study with what a notice tells of it; the very study where it has that already."""
    if notice.relation is None:
        return study
    return merge.notice(study, _of_another(notice.relation, study, notice))


def _of_another(relation: Relation, study: Record, notice: Notice) -> Relation:
    """The relation without identifiers that are the paper's own: many a paper is its own notice."""
    return replace(
        relation,
        pmid=None if relation.pmid in (study.pmid, notice.pmid) else relation.pmid,
        doi="" if relation.doi in (study.doi.lower(), notice.doi) else relation.doi,
    )
