"""Readers of the elements of PubMed's records: each puts what its element says into the record."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final
from xml.etree.ElementTree import Element

from ketlit.record import (
    Author,
    Chemical,
    Keyword,
    MeshHeading,
    PublicationType,
    Qualifier,
    Record,
    RegistryId,
    Section,
)
from ketlit.sources import pubmed_dates, pubmed_notices
from ketlit.sources.items import BadRecord

_LAYOUT: Final = re.compile(r"[\n\r\t]+")
_DOI: Final = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:?\s*)?(10\.[0-9]{4,9}/\S+)", re.IGNORECASE)
_BARE_DOI: Final = re.compile(r"10\.[0-9]{4,9}/\S+")
_ORCID: Final = re.compile(
    r"(?:https?://)?(?:www\.)?(?:orcid\.org/)?([0-9]{4})-?([0-9]{4})-?([0-9]{4})-?([0-9]{3}[0-9Xx])/?"
)


def text_in(element: Element | None) -> str:
    """All text in an element, that of markup and behind it included; "" if there is none.

    Line breaks and tabs, with the blanks around them, are the file's layout and become one blank.
    """
    if element is None:
        return ""
    text = element.text
    if len(element):
        text = "".join(element.itertext())
    if not text:
        return ""
    if text.isalnum():  # one word, as most are
        return text
    if "\n" in text or "\t" in text or "\r" in text:
        return _unfolded(text)
    return text.strip()


def _unfolded(text: str) -> str:
    # split and strip, as the regular expression that does both takes quadratic time on long blanks
    return " ".join(line for part in _LAYOUT.split(text) if (line := part.strip()))


def pmid_from(text: str | None) -> int | None:
    """A PMID: up to nine ASCII digits, no zero."""
    text = (text or "").strip()
    return int(text) or None if text.isascii() and text.isdigit() and len(text) < 10 else None


def read_citation(citation: Element, record: Record) -> None:
    """Read a MedlineCitation. Raises BadRecord if it has no PMID, or one that is none."""
    record.medline_status = citation.get("Status", "")
    article = citation.find("Article")
    if article is not None:
        _each(article, record)
    _each(citation, record)
    _notices(citation.find("CommentsCorrectionsList"), record)


def read_book(document: Element, record: Record) -> None:
    """Read a BookDocument: a chapter, or a whole book where it has no ArticleTitle. Raises BadRecord as above.

    The authors are the chapter's own, else the book's; its editors only where nobody else is named. The date is that
    of the contribution: a book that is revised for ever is as old as its first chapter.
    """
    record.kind = "book"
    _each(document, record)
    book = document.find("Book")
    lists = document.findall("AuthorList")
    if book is not None:
        lists += book.findall("AuthorList")
        record.journal = text_in(book.find("BookTitle"))
        record.volume = text_in(book.find("Volume"))
    lists.sort(key=lambda one: one.get("Type") == "editors")
    record.authors = []
    for one in lists:
        if not record.authors:
            _authors(one, record)
    if not record.title and book is not None:
        record.title = record.journal
        for location in book.iterfind("ELocationID"):
            _location(location, record)
    for path in ("ContributionDate", "Book/PubDate", "Book/BeginningDate"):
        date = document.find(path)
        if date is not None and record.year is None:
            _printed_date(date, record)
    _notices(None, record)


def read_identifiers(element: Element, record: Record) -> None:
    """Read the record's own ArticleIdList, never that of a reference.

    They are surer than those in ELocationID, which stand in where they lack.
    """
    for part in element:
        kind = part.get("IdType")
        if kind == "doi":
            record.doi = _doi(text_in(part)) or record.doi
        elif kind == "pmc":
            record.pmc = text_in(part)
        elif kind == "pii" or kind == "bookaccession":
            record.pii = text_in(part) or record.pii


def _each(element: Element, record: Record) -> None:
    """Let the reader of each child put what it says into the record."""
    for part in element:
        reader = _READERS.get(part.tag)
        if reader is not None:
            reader(part, record)


def _number(element: Element, record: Record) -> None:
    record.pmid = pmid_from(element.text)
    if record.pmid is None:
        raise BadRecord(f"{(element.text or '').strip()[:60]!r} is no PMID")
    version = element.get("Version", "1")
    record.version = int(version) if version.isascii() and version.isdigit() and len(version) < 6 else 1


def _revised(element: Element, record: Record) -> None:
    record.revised = pubmed_dates.of(element).iso()


def _title(element: Element, record: Record) -> None:
    record.title = text_in(element)


def _vernacular_title(element: Element, record: Record) -> None:
    record.vernacular_title = text_in(element)


def _journal(element: Element, record: Record) -> None:
    for part in element:
        tag = part.tag
        if tag == "JournalIssue":
            for inner in part:
                name = inner.tag
                if name == "PubDate":
                    _printed_date(inner, record)
                elif name == "Volume":
                    record.volume = text_in(inner)
                elif name == "Issue":
                    record.issue = text_in(inner)
        elif tag == "Title":
            record.journal = text_in(part)
        elif tag == "ISOAbbreviation":
            record.journal_abbrev = text_in(part)
        elif tag == "ISSN":
            record.issn = text_in(part)


def _medline_journal(element: Element, record: Record) -> None:
    for part in element:
        if part.tag == "MedlineTA":
            record.journal_abbrev = record.journal_abbrev or text_in(part)
            record.journal = record.journal or record.journal_abbrev
        elif part.tag == "ISSNLinking":
            record.issn = record.issn or text_in(part)


def _printed_date(element: Element, record: Record) -> None:
    record.year, record.month, record.day, record.date_text = pubmed_dates.of(element)


def _electronic_date(element: Element, record: Record) -> None:
    date = pubmed_dates.of(element)
    record.electronic_date = date.iso()
    if record.year is None:
        record.year, record.month, record.day = date[:3]


def _pages(element: Element, record: Record) -> None:
    found = {part.tag: text_in(part) for part in element}
    start, end = found.get("StartPage", ""), found.get("EndPage", "")
    record.pages = found.get("MedlinePgn", "") or (f"{start}-{end}" if start and end else start or end)


def _location(element: Element, record: Record) -> None:
    if element.get("ValidYN") == "N":
        return
    if element.get("EIdType") == "doi":
        record.doi = record.doi or _doi(text_in(element))
    elif element.get("EIdType") == "pii":
        record.pii = record.pii or text_in(element)


def _doi(text: str) -> str:
    if _BARE_DOI.fullmatch(text):  # twice as fast as to look for a prefix in any case
        return text
    found = _DOI.fullmatch(text)
    return found[1] if found else ""


def _abstract(element: Element, record: Record) -> None:
    _sections(element, record, "abstract", "eng")


def _other_abstract(element: Element, record: Record) -> None:
    _sections(element, record, element.get("Type", "") or "other", element.get("Language", "eng"))


def _sections(element: Element, record: Record, kind: str, language: str) -> None:
    bare = True
    for part in element:
        if part.tag == "AbstractText":
            bare = False
            text = text_in(part)
            if text:
                given = part.get
                record.sections.append(Section(text, given("Label", ""), given("NlmCategory", ""), kind, language))
        elif part.tag == "CopyrightInformation":
            bare = False
    if bare and (text := text_in(element)):
        record.sections.append(Section(text, kind=kind, language=language))


def _authors(element: Element, record: Record) -> None:
    """A name with ValidYN="N" is a misprint that an erratum put right; the right one is listed as well."""
    listed = element.findall("Author")
    valid = [one for one in listed if one.get("ValidYN") != "N"]
    record.authors = [author for one in valid or listed if (author := _author(one))]
    record.authors_complete = element.get("CompleteYN") != "N"


def _author(element: Element) -> Author | None:
    family = given = initials = suffix = collective = orcid = ""
    for part in element:
        tag = part.tag
        if tag == "LastName":
            family = text_in(part)
        elif tag == "ForeName":
            given = text_in(part)
        elif tag == "Initials":
            initials = text_in(part)
        elif tag == "Identifier":
            if part.get("Source") == "ORCID":
                orcid = orcid or _orcid(text_in(part))
        elif tag == "Suffix":
            suffix = text_in(part)
        elif tag == "CollectiveName":
            collective = text_in(part)
    if not (family or given or collective or initials):
        return None
    return Author(family, given, initials, suffix, collective, orcid)


def _orcid(text: str) -> str:
    """An ORCID iD as 0000-0000-0000-000X, "" if its check digit (ISO 7064 MOD 11-2) is wrong."""
    found = _ORCID.fullmatch(text)
    if not found:
        return ""
    orcid = "-".join(found.groups()).upper()
    total = sum(int(digit) << place for place, digit in enumerate(orcid[17::-1].replace("-", ""), 1))
    return orcid if "0123456789X"[-(total - 1) % 11] == orcid[18] else ""


def _language(element: Element, record: Record) -> None:
    if text := text_in(element):
        record.languages.append(text)


def _data_banks(element: Element, record: Record) -> None:
    for bank in element:
        named = text_in(bank.find("DataBankName"))
        for number in bank.iterfind("AccessionNumberList/AccessionNumber"):
            if text := text_in(number):
                record.registry_ids.append(RegistryId(named, text))


def _types(element: Element, record: Record) -> None:
    for part in element:
        _type(part, record)


def _type(element: Element, record: Record) -> None:
    if element.tag == "PublicationType" and (name := text_in(element)):
        record.publication_types.append(PublicationType(element.get("UI", ""), name))


def _chemicals(element: Element, record: Record) -> None:
    for one in element:
        name = one.find("NameOfSubstance")
        if name is not None and (text := text_in(name)):
            record.chemicals.append(Chemical(name.get("UI", ""), text, text_in(one.find("RegistryNumber"))))


def _supplementary(element: Element, record: Record) -> None:
    for one in element:
        if text := text_in(one):
            record.chemicals.append(Chemical(one.get("UI", ""), text))


def _mesh(element: Element, record: Record) -> None:
    for heading in element:
        found: MeshHeading | None = None
        for part in heading:
            given = part.get
            major = given("MajorTopicYN") == "Y"
            if part.tag == "DescriptorName":
                found = MeshHeading(given("UI", ""), text_in(part), major)
                record.mesh.append(found)
            elif part.tag == "QualifierName" and found:
                found.qualifiers.append(Qualifier(given("UI", ""), text_in(part), major))
                found.major = found.major or major


def _keywords(element: Element, record: Record) -> None:
    owner = element.get("Owner", "")
    for part in element:
        if text := text_in(part):
            record.keywords.append(Keyword(text, part.get("MajorTopicYN") == "Y", owner))


def _notices(element: Element | None, record: Record) -> None:
    """Relations, and the status that they, the publication types and the title give; so it is read last."""
    notices = []
    for one in () if element is None else element:
        words = [text for name in ("RefSource", "Note") if (text := text_in(one.find(name)))]
        notice = pubmed_notices.notice(one.get("RefType", ""), " ".join(words), pmid_from(one.findtext("PMID")))
        if notice:
            notices.append(notice)
    record.relations = [notice.relation for notice in notices]
    record.status, record.status_note = pubmed_notices.status(record.publication_types, notices, record.title)


_READERS: Final[dict[str, Callable[[Element, Record], None]]] = {
    "PMID": _number,
    "DateRevised": _revised,
    "Journal": _journal,
    "MedlineJournalInfo": _medline_journal,
    "ArticleTitle": _title,
    "VernacularTitle": _vernacular_title,
    "Pagination": _pages,
    "ELocationID": _location,
    "ArticleIdList": read_identifiers,
    "ArticleDate": _electronic_date,
    "Abstract": _abstract,
    "OtherAbstract": _other_abstract,
    "AuthorList": _authors,
    "Language": _language,
    "DataBankList": _data_banks,
    "PublicationTypeList": _types,
    "PublicationType": _type,
    "ChemicalList": _chemicals,
    "SupplMeshList": _supplementary,
    "MeshHeadingList": _mesh,
    "KeywordList": _keywords,
}
