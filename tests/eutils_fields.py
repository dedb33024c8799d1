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
    Field("PTYP", "Publication Type", "value", ("pt",), explodes=True),
    Field("LANG", "Language", "value", ("la",)),
    Field("ISS", "Issue", "value", ("ip",)),
    Field("SUBH", "MeSH Subheading", "value", ("sh",), explodes=True),
    Field("SI", "Secondary Source ID", "value", ("si",)),
    Field("MHDA", "Date - MeSH", "date", ("mesh date",)),
    Field("TIAB", "Title/Abstract", "text", ("tiab",)),
    Field("ABST", "Abstract", "text", ("ab",), listed=False),
    Field("OTRM", "Other Term", "text", ("ot",)),
    Field("COLN", "Author - Corporate", "value", ("cn",)),
    Field("CNTY", "Place of Publication", "value", ("pl",)),
    Field("MDAT", "Date - Modification", "date", ("lr", "modification date", "date - last revised")),
    Field("FAUT", "Author - First", "value", ("1au",)),
    Field("FULL", "Author", "value", ("au", "auth")),
    Field("FAU", "Full Author Name", "value", ("fau",), listed=False),
    Field("LAUT", "Author - Last", "value", ("lastau",)),
    Field("LID", "Location ID", "value", ("lid", "aid", "doi", "article identifier")),
    Field("CRDT", "Date - Create", "date", ("crdt", "create date")),
    Field("WORD", "Text Word", "text", ("tw", "text", "text words")),
)
BY_TAG: Final = {tag.casefold(): field for field in FIELDS for tag in (field.name, field.full, *field.tags)}
# fields that search others; they hold nothing of their own
_WORDS: Final = ("TITL", "ABST", "OTRM")
_TEXT_WORDS: Final = (*_WORDS, "MESH", "SUBS", "PTYP", "SI")
_ALL: Final = (*_TEXT_WORDS, "JOUR", "FULL", "FAU", "COLN", "AFFL", "LID", "UID", "VOL", "PAGE")
PARTS: Final = {"TIAB": _WORDS, "WORD": _TEXT_WORDS, "ALL": _ALL}
_LANGUAGES: Final = {"eng": "english", "ger": "german", "fre": "french", "spa": "spanish", "jpn": "japanese"}
# between entries of a field, so that no phrase runs over the edge of one, and between fields; neither may stand in XML
EDGE: Final = "\x1f"
_NEXT: Final = "\x1e"
_BREAK: Final = re.compile(rf"[^0-9a-z{EDGE}{_NEXT}]+")


def fold(text: str) -> str:
    """Words in lower case without accents, one blank apart."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode()
    return _BREAK.sub(" ", text.casefold()).strip(" ")


class Indexed(NamedTuple):
    """One record as searched: per field name its folded entries, each between edges; its dates."""

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
    # all at once: folding entry by entry was a third of the work
    joined = _NEXT.join(f"{EDGE} " + f" {EDGE} ".join(each) + f" {EDGE}" for each in entries.values())
    folded = dict(zip(entries, fold(joined).split(_NEXT), strict=True))
    return Indexed({name: folded[name] for name, each in entries.items() if each}, _dates(root, citation))


def _text(element: Element | None) -> str:
    if element is None:
        return ""
    return "".join(element.itertext()).strip() if len(element) else (element.text or "").strip()


# elements whose text is an entry of a field, wherever in the citation they stand
_SIMPLE: Final = {
    "ArticleTitle": "TITL",
    "BookTitle": "TITL",
    "AbstractText": "ABST",
    "Keyword": "OTRM",
    "Title": "JOUR",
    "MedlineTA": "JOUR",
    "ISSN": "JOUR",
    "Affiliation": "AFFL",
    "RegistryNumber": "ECNO",
    "NameOfSubstance": "SUBS",
    "Volume": "VOL",
    "Issue": "ISS",
    "MedlinePgn": "PAGE",
    "PublicationType": "PTYP",
    "Language": "LANG",
    "AccessionNumber": "SI",
    "CollectiveName": "COLN",
    "ELocationID": "LID",
}


def _entries(root: Element, citation: Element) -> dict[str, list[str]]:
    """Each field's entries, in one walk: searching path by path took twice as long."""
    found: dict[str, list[str]] = {
        name: [] for name in ("UID", "LID", "LANG", "MESH", "MAJR", "SUBH", "FULL", "FAU", "FAUT")
    }
    for element in citation.iter():
        name = _SIMPLE.get(element.tag)
        if name:
            found.setdefault(name, []).append(_text(element))
        elif element.tag == "MeshHeading":
            _add_heading(element, found)
        elif element.tag == "Author" and element.find("LastName") is not None:
            family = element.findtext("LastName")
            name = f"{family} {element.findtext('Initials', '')}"
            found["FULL"].append(name)
            found["FAU"].append(f"{family} {element.findtext('ForeName', '')}")
            found["FAUT"] = found["FAUT"] or [name]
            found["LAUT"] = [name]
    found["UID"].append(_text(citation.find("PMID")))
    found["CNTY"] = [_text(citation.find("MedlineJournalInfo/Country"))]
    # not those of the reference list
    found["LID"] += [_text(each) for each in root.iterfind("PubmedData/ArticleIdList/ArticleId")]
    found["LANG"] += [_LANGUAGES[each] for each in found["LANG"] if each in _LANGUAGES]
    found["FILT"] = _filters(root, citation, found)
    return found


def _add_heading(heading: Element, found: dict[str, list[str]]) -> None:
    """A heading ("X"), its qualifiers ("X/qualifier" and alone), and which of these are a major topic."""
    descriptor, *qualifiers = heading
    name = _text(descriptor)
    named = [(f"{name}/{_text(each)}", each.get("MajorTopicYN") == "Y") for each in qualifiers]
    found["MESH"] += [name, *(each for each, _ in named)]
    found["SUBH"] += [_text(each) for each in qualifiers]
    if descriptor.get("MajorTopicYN") == "Y" or any(major for _, major in named):
        found["MAJR"] += [name, *(each for each, major in named if major)]


def _filters(root: Element, citation: Element, found: dict[str, list[str]]) -> list[str]:
    status = citation.get("Status", "")
    filters = ["all", *found["LANG"], *found.get("PTYP", [])]
    filters += ["hasabstract"] if found.get("ABST") else []
    filters += ["pubmed books"] if root.tag == "PubmedBookArticle" else []
    names = {"MEDLINE": "medline", "PubMed-not-MEDLINE": "pubmednotmedline", "Publisher": "publisher"}
    filters += [names.get(status, "inprocess")] if status else []
    headings = {heading.casefold() for heading in found["MESH"]}
    filters += [each for each in ("humans", "animals", "female", "male") if each in headings]
    return filters + (["systematic"] if "Systematic Review" in found.get("PTYP", []) else [])


def _dates(root: Element, citation: Element) -> dict[str, date]:
    told = root.iterfind("*/History/PubMedPubDate")
    history = {each.get("PubStatus", ""): day for each in told if (day := _day(each))}
    published = _day(citation.find("Article/Journal/JournalIssue/PubDate")) or _day(citation.find("Book/PubDate"))
    published = published or _day(citation.find("Article/ArticleDate")) or date(1900, 1, 1)
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
