"""PubmedArticle XML made to measure, and what happens to such a record in the world: revised, retracted, corrected.

Elements and their order are those of NLM's DTD (pubmed_250101). Changes are made in the bytes, so that all else
of a real record stays as NLM served it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final
from xml.sax.saxutils import escape, quoteattr

HEAD: Final = (
    b'<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
    b'"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n<PubmedArticleSet>\n'
)
FOOT: Final = b"</PubmedArticleSet>"
ARTICLE: Final = re.compile(
    rb"<PubmedArticle[ >].*?</PubmedArticle>|<PubmedBookArticle[ >].*?</PubmedBookArticle>", re.S
)
PMID: Final = re.compile(rb'<PMID(?: Version="(\d+)")?[^>]*>\s*(\d+)\s*</PMID>')
MONTHS: Final = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

# what follows CommentsCorrectionsList inside MedlineCitation
_AFTER_CORRECTIONS: Final = re.compile(
    rb"<(?:GeneSymbolList|MeshHeadingList|NumberOfReferences|PersonalNameSubjectList|OtherID|OtherAbstract|KeywordList"
    rb"|CoiStatement|SpaceFlightMission|InvestigatorList|GeneralNote)\b|</MedlineCitation>"
)


def article(
    pmid: int,
    *,
    title: str = "",
    abstract: str | Sequence[tuple[str, str]] = "",
    authors: Sequence[str] = ("Doe Jane A",),
    year: int = 2020,
    month: int = 1,
    mesh: Sequence[str] = (),
    types: Sequence[str] = ("Journal Article",),
    substances: Sequence[str] = (),
    keywords: Sequence[str] = (),
    journal: str = "J Test Med",
    volume: str = "1",
    issue: str = "1",
    pages: str = "",
    doi: str = "",
    language: str = "eng",
    trials: Sequence[str] = (),
    created: date | None = None,
    revised: date | None = None,
    version: int = 1,
) -> bytes:
    """A PubmedArticle.

    `abstract`: a text, or (label, text) sections, may hold PubMed's inline markup (<i>, <sub>) as it stands; so may
    `title`. `authors`: "Family Given Names", or "=Name of a group". `mesh`: descriptors, "*" before a major one,
    "/qualifier" (or "/*qualifier") after it. `created` and `revised` stand in History and DateRevised; the day of
    publication is the first of `month`.
    """
    title = title or f"Title of record {pmid}."
    created = created or date(year, month, 1)
    revised = revised or created
    status = "MEDLINE" if mesh else "PubMed-not-MEDLINE"
    return "".join(
        [
            f'<PubmedArticle><MedlineCitation Status="{status}" Owner="NLM" IndexingMethod="Automated">',
            f'<PMID Version="{version}">{pmid}</PMID>',
            f'<DateRevised>{_ymd(revised)}</DateRevised><Article PubModel="Print">',
            _journal(journal, volume, issue, f"<Year>{year}</Year><Month>{MONTHS[month - 1]}</Month>"),
            f"<ArticleTitle>{title}</ArticleTitle>",
            f"<Pagination><MedlinePgn>{escape(pages)}</MedlinePgn></Pagination>" if pages else "",
            f'<ELocationID EIdType="doi" ValidYN="Y">{escape(doi)}</ELocationID>' if doi else "",
            _abstract(abstract),
            _authors(authors),
            f"<Language>{language}</Language>",
            _trials(trials),
            _listed(
                "PublicationTypeList", [f'<PublicationType UI="">{escape(kind)}</PublicationType>' for kind in types]
            ),
            "</Article><MedlineJournalInfo><Country>England</Country>",
            f"<MedlineTA>{escape(journal)}</MedlineTA><NlmUniqueID>1234567</NlmUniqueID></MedlineJournalInfo>",
            _listed("ChemicalList", [_chemical(name) for name in substances]),
            "<CitationSubset>IM</CitationSubset>" if mesh else "",
            _listed("MeshHeadingList", [_heading(heading) for heading in mesh]),
            _keywords(keywords),
            f"</MedlineCitation>{_pubmed_data(pmid, doi, created)}</PubmedArticle>",
        ]
    ).encode()


def pmid_of(xml: bytes) -> int:
    """The record's own number: the first PMID in it."""
    found = PMID.search(xml)
    if found is None:
        raise ValueError(f"no PMID in {xml[:80]!r}")
    return int(found[2])


def with_pmid(xml: bytes, pmid: int) -> bytes:
    """The same record under another number."""
    old = pmid_of(xml)
    xml = PMID.sub(lambda found: found[0].replace(found[2], b"%d" % pmid), xml, count=1)
    return xml.replace(b'<ArticleId IdType="pubmed">%d<' % old, b'<ArticleId IdType="pubmed">%d<' % pmid, 1)


def with_version(xml: bytes, version: int) -> bytes:
    """The same record as another Version of its PMID."""
    return PMID.sub(lambda found: b'<PMID Version="%d">%s</PMID>' % (version, found[2]), xml, count=1)


def with_title(xml: bytes, title: str) -> bytes:
    return re.sub(
        rb"(<ArticleTitle[^>]*>).*?(</ArticleTitle>)", rb"\1" + _literal(title) + rb"\2", xml, count=1, flags=re.S
    )


def with_abstract(xml: bytes, text: str) -> bytes:
    """The same record with one unlabelled abstract."""
    return re.sub(rb"<Abstract>.*?</Abstract>", _literal(_abstract(text)), xml, count=1, flags=re.S)


def with_revised(xml: bytes, day: date) -> bytes:
    """DateRevised set to `day`."""
    element = f"<DateRevised>{_ymd(day)}</DateRevised>".encode()
    if b"<DateRevised>" in xml:
        return re.sub(rb"<DateRevised>.*?</DateRevised>", element, xml, count=1, flags=re.S)
    return re.sub(rb"(</DateCompleted>|</PMID>)(?!.*</DateCompleted>)", rb"\1" + element, xml, count=1, flags=re.S)


def with_heading(xml: bytes, heading: str) -> bytes:
    """One more MeSH heading, written as for `article`."""
    made = _heading(heading).encode()
    if b"</MeshHeadingList>" in xml:
        return xml.replace(b"</MeshHeadingList>", made + b"</MeshHeadingList>", 1)
    return xml.replace(b"</MedlineCitation>", b"<MeshHeadingList>" + made + b"</MeshHeadingList></MedlineCitation>", 1)


def with_type(xml: bytes, kind: str) -> bytes:
    """One more publication type."""
    made = f'<PublicationType UI="">{escape(kind)}</PublicationType>'.encode()
    return xml.replace(b"</PublicationTypeList>", made + b"</PublicationTypeList>", 1)


def with_notice(xml: bytes, kind: str, notice: int, source: str) -> bytes:
    """A CommentsCorrections of RefType `kind` that names the notice's PMID and where it was printed."""
    made = (
        f'<CommentsCorrections RefType="{kind}"><RefSource>{escape(source)}</RefSource>'
        f'<PMID Version="1">{notice}</PMID></CommentsCorrections>'
    ).encode()
    if b"</CommentsCorrectionsList>" in xml:
        return xml.replace(b"</CommentsCorrectionsList>", made + b"</CommentsCorrectionsList>", 1)
    start = xml.index(b"</MedlineJournalInfo>")
    place = _AFTER_CORRECTIONS.search(xml, start)
    at = place.start() if place else start
    return xml[:at] + b"<CommentsCorrectionsList>" + made + b"</CommentsCorrectionsList>" + xml[at:]


def _literal(text: str) -> bytes:
    return text.encode().replace(b"\\", b"\\\\")


def _ymd(day: date) -> str:
    return f"<Year>{day.year:04}</Year><Month>{day.month:02}</Month><Day>{day.day:02}</Day>"


def _journal(journal: str, volume: str, issue: str, published: str) -> str:
    number = f"<Volume>{escape(volume)}</Volume><Issue>{escape(issue)}</Issue><PubDate>{published}</PubDate>"
    return (
        '<Journal><ISSN IssnType="Electronic">1234-5678</ISSN>'
        f'<JournalIssue CitedMedium="Internet">{number}</JournalIssue>'
        f"<Title>{escape(journal)} in full</Title><ISOAbbreviation>{escape(journal)}</ISOAbbreviation></Journal>"
    )


def _pubmed_data(pmid: int, doi: str, created: date) -> str:
    history = "".join(_history(kind, created) for kind in ("pubmed", "medline", "entrez"))
    ids = f'<ArticleId IdType="pubmed">{pmid}</ArticleId>'
    ids += f'<ArticleId IdType="doi">{escape(doi)}</ArticleId>' if doi else ""
    return (
        f"<PubmedData><History>{history}</History><PublicationStatus>ppublish</PublicationStatus>"
        f"<ArticleIdList>{ids}</ArticleIdList></PubmedData>"
    )


def _history(kind: str, day: date) -> str:
    return (
        f'<PubMedPubDate PubStatus="{kind}"><Year>{day.year}</Year><Month>{day.month}</Month><Day>{day.day}</Day>'
        "<Hour>6</Hour><Minute>0</Minute></PubMedPubDate>"
    )


def _listed(name: str, parts: Sequence[str], attributes: str = "") -> str:
    return f"<{name}{attributes}>{''.join(parts)}</{name}>" if parts else ""


def _abstract(abstract: str | Sequence[tuple[str, str]]) -> str:
    sections = [("", abstract)] if isinstance(abstract, str) else abstract
    texts = [
        f"<AbstractText Label={quoteattr(label)}>{text}</AbstractText>"
        if label
        else f"<AbstractText>{text}</AbstractText>"
        for label, text in sections
        if text
    ]
    return _listed("Abstract", texts)


def _authors(authors: Sequence[str]) -> str:
    made = []
    for author in authors:
        if author.startswith("="):
            made.append(f'<Author ValidYN="Y"><CollectiveName>{escape(author[1:])}</CollectiveName></Author>')
            continue
        family, _, given = author.partition(" ")
        initials = "".join(name[0] for name in given.split())
        fore = f"<ForeName>{escape(given)}</ForeName><Initials>{escape(initials)}</Initials>" if given else ""
        made.append(f'<Author ValidYN="Y"><LastName>{escape(family)}</LastName>{fore}</Author>')
    return _listed("AuthorList", made, ' CompleteYN="Y"')


def _trials(numbers: Sequence[str]) -> str:
    made = "".join(f"<AccessionNumber>{escape(number)}</AccessionNumber>" for number in numbers)
    bank = "<DataBank><DataBankName>ClinicalTrials.gov</DataBankName><AccessionNumberList>"
    return f'<DataBankList CompleteYN="Y">{bank}{made}</AccessionNumberList></DataBank></DataBankList>' if made else ""


def _chemical(name: str) -> str:
    named = f'<NameOfSubstance UI="">{escape(name)}</NameOfSubstance>'
    return f"<Chemical><RegistryNumber>0</RegistryNumber>{named}</Chemical>"


def _heading(heading: str) -> str:
    descriptor, *qualifiers = heading.split("/")
    made = (
        f'<DescriptorName UI="" MajorTopicYN="{_major(descriptor)}">{escape(descriptor.lstrip("*"))}</DescriptorName>'
    )
    for each in qualifiers:
        made += f'<QualifierName UI="" MajorTopicYN="{_major(each)}">{escape(each.lstrip("*"))}</QualifierName>'
    return f"<MeshHeading>{made}</MeshHeading>"


def _major(name: str) -> str:
    return "Y" if name.startswith("*") else "N"


def _keywords(words: Sequence[str]) -> str:
    made = [f'<Keyword MajorTopicYN="N">{escape(word)}</Keyword>' for word in words]
    return _listed("KeywordList", made, ' Owner="NOTNLM"')
