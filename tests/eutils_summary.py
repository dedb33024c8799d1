"""A record in short: ESummary's DocSum in XML and JSON, and EFetch's MEDLINE and abstract texts."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any, Final, NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

DOCTYPE: Final = (
    '<?xml version="1.0" encoding="UTF-8" ?>\n<!DOCTYPE eSummaryResult PUBLIC "-//NLM//DTD esummary v1 20041029//EN" '
    '"https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20041029/esummary-v1.dtd">'
)
# number asked for, the record's XML if there is one
Asked = Sequence[tuple[str, bytes | None]]
_STATUS: Final = {"MEDLINE": "PubMed - indexed for MEDLINE", "PubMed-not-MEDLINE": "PubMed"}
_LANGUAGES: Final = {"eng": "English", "ger": "German", "fre": "French", "spa": "Spanish", "jpn": "Japanese"}


class Summary(NamedTuple):
    """What a DocSum says of a record; dates as printed, "1965 Aug"."""

    pmid: str
    date: str
    journal: str
    journal_in_full: str
    authors: list[str]
    title: str
    volume: str
    issue: str
    pages: str
    languages: list[str]
    nlm_id: str
    issn: str
    types: list[str]
    status: str
    ids: list[tuple[str, str]]
    history: list[tuple[str, str]]
    abstract: str
    mesh: list[str]

    @property
    def printed(self) -> str:
        """Where it stands: 2020 Jan;1(2):3-9."""
        issue = f"({self.issue})" if self.issue else ""
        return f"{self.date};{self.volume}{issue}:{self.pages}"


def summarise(xml: bytes) -> Summary:
    """Read one PubmedArticle."""
    root = ElementTree.fromstring(xml)
    people = [
        author.findtext("CollectiveName")
        or " ".join(filter(None, [author.findtext("LastName"), author.findtext("Initials"), author.findtext("Suffix")]))
        for author in root.iterfind(".//AuthorList/Author")
    ]
    published = root.find(".//JournalIssue/PubDate")
    parts = (
        []
        if published is None
        else [published.findtext(name) for name in ("MedlineDate", "Year", "Season", "Month", "Day")]
    )
    citation = root.find("MedlineCitation")
    return Summary(
        pmid=_text(root.find(".//PMID")),
        date=" ".join(filter(None, parts)),
        journal=_text(root.find(".//MedlineTA")),
        journal_in_full=_text(root.find(".//Journal/Title")),
        authors=people,
        title=_text(root.find(".//ArticleTitle")),
        volume=_text(root.find(".//JournalIssue/Volume")),
        issue=_text(root.find(".//JournalIssue/Issue")),
        pages=_text(root.find(".//MedlinePgn")),
        languages=[_LANGUAGES.get(_text(each), _text(each)) for each in root.iterfind(".//Language")],
        nlm_id=_text(root.find(".//NlmUniqueID")),
        issn=_text(root.find(".//Journal/ISSN")),
        types=[_text(each) for each in root.iterfind(".//PublicationType")],
        status="" if citation is None else _STATUS.get(citation.get("Status", ""), "PubMed - in process"),
        ids=[(each.get("IdType", ""), _text(each)) for each in root.iterfind("PubmedData/ArticleIdList/ArticleId")],
        history=[(each.get("PubStatus", ""), _moment(each)) for each in root.iterfind(".//PubMedPubDate")],
        abstract=" ".join(_text(each) for each in root.iterfind(".//Abstract/AbstractText")),
        mesh=[_text(each) for each in root.iterfind(".//MeshHeading/DescriptorName")],
    )


def _text(element: Element | None) -> str:
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def _moment(element: Element) -> str:
    year, month, day = (int(element.findtext(name) or 1) for name in ("Year", "Month", "Day"))
    hour, minute = (int(element.findtext(name) or 0) for name in ("Hour", "Minute"))
    return f"{year}/{month:02}/{day:02} {hour:02}:{minute:02}"


def as_xml(asked: Asked) -> str:
    """ESummary in its version 1; a number without a record is an ERROR among the others."""
    made = [
        _docsum(summarise(xml)) if xml else f"\t<ERROR>UID={escape(number)}: cannot get document summary</ERROR>\n"
        for number, xml in asked
    ]
    return f"{DOCTYPE}\n<eSummaryResult>\n{chr(10).join(made)}\n</eSummaryResult>\n"


def _docsum(short: Summary) -> str:
    doi = dict(short.ids).get("doi", "")
    items = [
        _item("PubDate", "Date", short.date),
        _item("EPubDate", "Date", ""),
        _item("Source", "String", short.journal),
        _items("AuthorList", [("Author", "String", each) for each in short.authors]),
        _item("LastAuthor", "String", short.authors[-1] if short.authors else ""),
        _item("Title", "String", short.title),
        _item("Volume", "String", short.volume),
        _item("Issue", "String", short.issue),
        _item("Pages", "String", short.pages),
        _items("LangList", [("Lang", "String", each) for each in short.languages]),
        _item("NlmUniqueID", "String", short.nlm_id),
        _item("ISSN", "String", short.issn),
        _item("ESSN", "String", ""),
        _items("PubTypeList", [("PubType", "String", each) for each in short.types]),
        _item("RecordStatus", "String", short.status),
        _item("PubStatus", "String", "ppublish"),
        _items("ArticleIds", [(kind, "String", each) for kind, each in short.ids]),
        *([_item("DOI", "String", doi)] if doi else []),
        _items("History", [(kind, "Date", each) for kind, each in short.history]),
        _item("References", "List", ""),
        _item("HasAbstract", "Integer", "1" if short.abstract else "0"),
        _item("PmcRefCount", "Integer", "0"),
        _item("FullJournalName", "String", short.journal_in_full),
        _item("ELocationID", "String", f"doi: {doi}" if doi else ""),
        _item("SO", "String", short.printed),
    ]
    return f"<DocSum>\n\t<Id>{short.pmid}</Id>\n{''.join(items)}</DocSum>\n"


def _item(name: str, kind: str, value: str, indent: str = "\t") -> str:
    return f'{indent}<Item Name="{name}" Type="{kind}">{escape(value, quote=False)}</Item>\n'


def _items(name: str, parts: list[tuple[str, str, str]]) -> str:
    inside = "".join(_item(*part, indent="\t\t") for part in parts)
    return f'\t<Item Name="{name}" Type="List">\n{inside}\t</Item>\n' if parts else _item(name, "List", "")


def as_json(asked: Asked) -> dict[str, Any]:
    """ESummary's `result`: uids, and under each number its summary, or an error."""
    made: dict[str, Any] = {"uids": [number for number, _ in asked]}
    for number, xml in asked:
        made[number] = _summary_json(summarise(xml)) if xml else {"uid": number, "error": "cannot get document summary"}
    return made


def _summary_json(short: Summary) -> dict[str, Any]:
    return {
        "uid": short.pmid,
        "pubdate": short.date,
        "epubdate": "",
        "source": short.journal,
        "authors": [{"name": each, "authtype": "Author", "clusterid": ""} for each in short.authors],
        "lastauthor": short.authors[-1] if short.authors else "",
        "title": short.title,
        "volume": short.volume,
        "issue": short.issue,
        "pages": short.pages,
        "lang": short.languages,
        "nlmuniqueid": short.nlm_id,
        "issn": short.issn,
        "essn": "",
        "pubtype": short.types,
        "recordstatus": short.status,
        "articleids": [{"idtype": kind, "idtypen": 1, "value": each} for kind, each in short.ids],
        "history": [{"pubstatus": kind, "date": each} for kind, each in short.history],
        "fulljournalname": short.journal_in_full,
        "sortpubdate": "",
    }


def medline(xml: bytes) -> str:
    """EFetch's rettype=medline: a tag a line, lines not folded."""
    short = summarise(xml)
    lines = [
        ("PMID", short.pmid),
        ("DP", short.date),
        ("TI", short.title),
        ("PG", short.pages),
        ("AB", short.abstract),
        *(("AU", each) for each in short.authors),
        *(("PT", each) for each in short.types),
        ("TA", short.journal),
        ("JT", short.journal_in_full),
        ("VI", short.volume),
        ("IP", short.issue),
        *(("MH", each) for each in short.mesh),
        *(("AID", f"{each} [{kind}]") for kind, each in short.ids if kind != "pubmed"),
        ("SO", f"{short.journal}. {short.printed}."),
    ]
    return "\n" + "".join(f"{tag:<4}- {value}\n" for tag, value in lines if value)


def abstract(xml: bytes) -> str:
    """EFetch's rettype=abstract: a record as a page of text."""
    short = summarise(xml)
    parts = [f"{short.journal}. {short.printed}.", short.title, ", ".join(short.authors) + ".", short.abstract]
    return "\n\n".join(filter(None, [*parts, f"PMID: {short.pmid}"])) + "\n\n"
