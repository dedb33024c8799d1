"""What of a record PubMed's search fields hold: EInfo's fields, their names and tags, and their text in one record."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Final, NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from tests.eutils_article import MONTHS


class Field(NamedTuple):
    """A search field: EInfo's Name and FullName, other tags that name it, and how its content is matched.

    `kind`: "text" matches words and phrases anywhere, "value" a whole entry (a heading, a name), "date" a day,
    "number" the PMID. `listed`: EInfo names it.
    """

    name: str
    full: str
    kind: str
    tags: tuple[str, ...] = ()
    explodes: bool = False
    listed: bool = True


# EInfo's order; tags as in PubMed's help. [aid] and [doi] are no field of EInfo: LID and AID are searched for both.
FIELDS: Final = (
    Field("ALL", "All Fields", "text", ("all",)),
    Field("UID", "UID", "number", ("pmid",)),
    Field("FILT", "Filter", "value", ("filter", "sb", "subset")),
    Field("TITL", "Title", "text", ("ti",)),
    Field("MESH", "MeSH Terms", "value", ("mh", "mesh"), explodes=True),
    Field("MAJR", "MeSH Major Topic", "value", ("majr",), explodes=True),
    Field("JOUR", "Journal", "value", ("ta", "journal", "jour", "so")),
    Field("AFFL", "Affiliation", "text", ("ad",)),
    Field("ECNO", "EC/RN Number", "value", ("rn",)),
    Field("SUBS", "Supplementary Concept", "value", ("nm", "substance name")),
    Field("PDAT", "Date - Publication", "date", ("dp", "publication date")),
    Field("EDAT", "Date - Entry", "date", ("edat", "entrez date", "entry date")),
    Field("VOL", "Volume", "value", ("vi",)),
    Field("PAGE", "Pagination", "value", ("pg",)),
    Field("PTYP", "Publication Type", "value", ("pt",)),
    Field("LANG", "Language", "value", ("la",)),
    Field("ISS", "Issue", "value", ("ip",)),
    Field("SUBH", "MeSH Subheading", "value", ("sh",)),
    Field("SI", "Secondary Source ID", "value", ("si",)),
    Field("MHDA", "Date - MeSH", "date", ("mesh date",)),
    Field("TIAB", "Title/Abstract", "text", ("tiab",)),
    Field("ABST", "Abstract", "text", ("ab",), listed=False),
    Field("OTRM", "Other Term", "text", ("ot",)),
    Field("COLN", "Author - Corporate", "value", ("cn",)),
    Field("CNTY", "Place of Publication", "value", ("pl",)),
    Field("MDAT", "Date - Modification", "date", ("lr", "modification date", "date - last revised")),
    Field("FAUT", "Author - First", "value", ("1au",)),
    Field("FULL", "Author", "value", ("au", "fau", "auth")),
    Field("LAUT", "Author - Last", "value", ("lastau",)),
    Field("LID", "Location ID", "value", ("lid", "aid", "doi", "article identifier")),
    Field("CRDT", "Date - Create", "date", ("crdt", "create date")),
    Field("WORD", "Text Word", "text", ("tw", "text", "text words")),
)
BY_TAG: Final = {tag.casefold(): field for field in FIELDS for tag in (field.name, field.full, *field.tags)}
# fields that search others; they hold nothing of their own
_WORDS: Final = ("TITL", "ABST", "OTRM")
_TEXT_WORDS: Final = (*_WORDS, "MESH", "SUBS", "PTYP", "SI")
_ALL: Final = (*_TEXT_WORDS, "JOUR", "FULL", "COLN", "AFFL", "LID", "UID", "VOL", "PAGE")
PARTS: Final = {"TIAB": _WORDS, "WORD": _TEXT_WORDS, "ALL": _ALL}
_LANGUAGES: Final = {"eng": "english", "ger": "german", "fre": "french", "spa": "spanish", "jpn": "japanese"}
_BREAK: Final = re.compile(r"[^0-9a-z]+")
# between entries of a field, so that no phrase runs over the edge of one
EDGE: Final = "\n"


def fold(text: str) -> str:
    """Words in lower case without accents, one blank apart."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode()
    return _BREAK.sub(" ", text.casefold()).strip()


class Indexed(NamedTuple):
    """One record as searched: per field name its folded entries, each as "\\n word word \\n"; its four dates."""

    texts: dict[str, str]
    dates: dict[str, date]


def index(xml: bytes) -> Indexed:
    """Read the fields out of one PubmedArticle (or PubmedBookArticle)."""
    root = ElementTree.fromstring(xml)
    citation = root.find("MedlineCitation")
    if citation is None:
        citation = root.find("BookDocument")
    citation = root if citation is None else citation
    entries = _entries(root, citation)
    texts = {
        name: f"{EDGE} " + f" {EDGE} ".join(map(fold, each)) + f" {EDGE}" for name, each in entries.items() if each
    }
    return Indexed(texts, _dates(root, citation))


def _text(element: Element | None) -> str:
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def _all(root: Element, path: str) -> list[str]:
    return [text for text in map(_text, root.iterfind(path)) if text]


def _entries(root: Element, citation: Element) -> dict[str, list[str]]:
    people = [
        _names(author) for author in citation.iterfind(".//AuthorList/Author") if author.find("LastName") is not None
    ]
    headings, major, qualifiers = _mesh(citation)
    languages = _all(citation, ".//Language")
    abstract = _all(citation, ".//Abstract/AbstractText")
    found = {
        "UID": _all(citation, "PMID"),
        "TITL": _all(citation, ".//ArticleTitle") or _all(citation, ".//BookTitle"),
        "ABST": abstract,
        "OTRM": _all(citation, "KeywordList/Keyword"),
        "MESH": headings,
        "MAJR": major,
        "SUBH": qualifiers,
        "JOUR": _all(citation, ".//Journal/Title") + _all(citation, ".//MedlineTA") + _all(citation, ".//ISSN"),
        "AFFL": _all(citation, ".//AffiliationInfo/Affiliation"),
        "ECNO": _all(citation, ".//RegistryNumber"),
        "SUBS": _all(citation, ".//NameOfSubstance"),
        "VOL": _all(citation, ".//JournalIssue/Volume"),
        "ISS": _all(citation, ".//JournalIssue/Issue"),
        "PAGE": _all(citation, ".//MedlinePgn"),
        "PTYP": _all(citation, ".//PublicationType"),
        "LANG": languages + [_LANGUAGES[each] for each in languages if each in _LANGUAGES],
        "SI": _all(citation, ".//AccessionNumber"),
        "COLN": _all(citation, ".//CollectiveName"),
        "CNTY": _all(citation, ".//MedlineJournalInfo/Country"),
        "FULL": [name for names in people for name in names],
        "FAUT": people[0] if people else [],
        "LAUT": people[-1] if people else [],
        "LID": _all(citation, ".//ELocationID") + _all(root, "PubmedData/ArticleIdList/ArticleId"),
    }
    found["FILT"] = _filters(root, citation, found)
    return found


def _names(author: Element) -> list[str]:
    family = author.findtext("LastName", "")
    return [
        f"{family} {author.findtext('Initials', '')}".strip(),
        f"{family} {author.findtext('ForeName', '')}".strip(),
    ]


def _mesh(citation: Element) -> tuple[list[str], list[str], list[str]]:
    """Headings ("X", "X/qualifier"), those that are a major topic, and the qualifiers alone."""
    headings: list[str] = []
    major: list[str] = []
    qualifiers: list[str] = []
    for heading in citation.iterfind("MeshHeadingList/MeshHeading"):
        descriptor = heading.find("DescriptorName")
        name = _text(descriptor)
        parts = heading.findall("QualifierName")
        named = [f"{name}/{_text(each)}" for each in parts]
        headings += [name, *named]
        qualifiers += [_text(each) for each in parts]
        starred = [f"{name}/{_text(each)}" for each in parts if each.get("MajorTopicYN") == "Y"]
        if starred or (descriptor is not None and descriptor.get("MajorTopicYN") == "Y"):
            major += [name, *starred]
    return headings, major, qualifiers


def _filters(root: Element, citation: Element, found: dict[str, list[str]]) -> list[str]:
    status = citation.get("Status", "")
    filters = ["all", *found["LANG"], *found["PTYP"]]
    filters += ["hasabstract"] if found["ABST"] else []
    filters += ["pubmed books"] if root.tag == "PubmedBookArticle" else []
    names = {"MEDLINE": "medline", "PubMed-not-MEDLINE": "pubmednotmedline", "Publisher": "publisher"}
    filters += [names.get(status, "inprocess")] if status else []
    headings = {heading.casefold() for heading in found["MESH"]}
    filters += [each for each in ("humans", "animals", "female", "male") if each in headings]
    return filters + (["systematic"] if "Systematic Review" in found["PTYP"] else [])


def _dates(root: Element, citation: Element) -> dict[str, date]:
    history = {each.get("PubStatus", ""): day for each in root.iterfind(".//PubMedPubDate") if (day := _day(each))}
    published = _day(citation.find(".//JournalIssue/PubDate")) or _day(citation.find(".//PubDate"))
    published = published or _day(citation.find(".//ArticleDate")) or date(1900, 1, 1)
    entered = history.get("entrez") or history.get("pubmed") or published
    revised = _day(citation.find("DateRevised")) or entered
    return {
        "PDAT": published,
        "EDAT": entered,
        "CRDT": entered,
        "MDAT": revised,
        "MHDA": history.get("medline") or entered,
    }


def _day(element: Element | None) -> date | None:
    """Year, Month (number or name) and Day of an element; what is missing is the first; MedlineDate gives its year."""
    if element is None:
        return None
    year = element.findtext("Year") or ""
    if not year:
        found = re.search(r"\d{4}", element.findtext("MedlineDate") or "")
        return date(int(found[0]), 1, 1) if found else None
    named = (element.findtext("Month") or "1")[:3].title()
    month = MONTHS.index(named) + 1 if named in MONTHS else int(named) if named.isdigit() else 1
    return date(int(year), month, int(element.findtext("Day") or 1))
