"""The curated studies that PubMed has not confirmed: which they are, and what PubMed may call those without a PMID."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from ketlit.store.writer import Writer

if TYPE_CHECKING:
    from ketlit.sources.eutils import Eutils

UNVERIFIED: Final = (
    "SELECT s.key, s.pmid, s.doi, s.title, s.year, s.journal, s.journal_abbrev, s.volume, s.pages, "
    "a.family, a.initials FROM study s LEFT JOIN author a ON a.study_id = s.id AND a.position = 0 "
    "WHERE s.curated AND s.digest = '' AND s.kind = 'publication' ORDER BY s.id"
)
# PubMed would be puzzled by a number that it does not have
CONFIRMED: Final = (
    "SELECT pmid FROM study WHERE curated AND pmid IS NOT NULL AND digest <> '' AND status <> 'deleted' ORDER BY pmid"
)


class Nameless(NamedTuple):
    """A curated publication without a PMID, as far as it can be looked for."""

    key: str
    doi: str
    title: str
    year: int | None
    journal: str
    volume: str
    first_page: str
    author: str  # family name and initials of the first


class Curated:
    """The curated studies of a library."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def confirmed(self) -> list[int]:
        """The PMIDs of curated studies whose record is here."""
        return [row[0] for row in self._writer.db.rows(CONFIRMED)]

    def unverified(self) -> tuple[list[int], list[Nameless]]:
        """The PMIDs whose record never came, and the publications without a PMID."""
        pmids, nameless = [], []
        for key, pmid, doi, title, year, journal, abbrev, volume, pages, family, initials in self._writer.db.rows(
            UNVERIFIED
        ):
            if pmid is not None:
                pmids.append(pmid)
                continue
            author = " ".join(part for part in (family, initials) if part)
            page = (pages or "").partition("-")[0].partition(",")[0].strip()
            nameless.append(Nameless(key, doi, title, year, abbrev or journal, volume, page, author))
        return pmids, nameless

    def identify(self, studies: Sequence[Nameless], eutils: Eutils) -> dict[int, str]:
        """The PMID that each study may have, by its key: found by DOI, else by citation, else by title, year and first
        author; only where there is one answer. Whether it is the same paper is for the record to show.
        """
        found: dict[int, str] = {}
        waiting = []
        for study in studies:
            if study.doi and len(hits := eutils.by_doi(study.doi)) == 1:
                found.setdefault(hits[0], study.key)
            else:
                waiting.append(study)
        cited = self._by_citation(waiting, eutils)
        for study in waiting:
            pmid = cited.get(study.key)
            if pmid is None and study.title and study.year and study.author:
                hits = eutils.by_title(study.title, study.year, study.author)
                pmid = hits[0] if len(hits) == 1 else None
            if pmid is not None:
                found.setdefault(pmid, study.key)
        return {pmid: key for pmid, key in found.items() if not self._writer.have(pmids=[pmid])}

    def _by_citation(self, studies: Sequence[Nameless], eutils: Eutils) -> dict[str, int]:
        from ketlit.sources.eutils import Citation

        asked = [
            Citation(study.journal, str(study.year or ""), study.volume, study.first_page, study.author, study.key)
            for study in studies
            if study.journal and study.year and (study.volume or study.first_page)
        ]
        return {match.key: match.pmid for match in eutils.cite_match(asked) if match.pmid} if asked else {}
