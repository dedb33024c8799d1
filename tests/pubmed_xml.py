"""PubMed XML made to measure: articles, books and sets, for tests of what reads them."""

from __future__ import annotations

from io import BytesIO

from ketlit.record import Record
from ketlit.sources.items import Item, Parsed
from ketlit.sources.pubmed import read

HEAD = b"""<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" "pubmed_250101.dtd">
<PubmedArticleSet>
"""
TAIL = b"</PubmedArticleSet>\n"


def article(
    pmid: object = 1,
    title: str = "A title.",
    *,
    date: str = "<Year>2001</Year>",
    inside: str = "",
    beside: str = "",
    data: str = "",
) -> bytes:
    """A PubmedArticle; `inside` its Article, `beside` that in its MedlineCitation, and in its PubmedData."""
    return (
        f'<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">{pmid}</PMID>'
        f'<Article PubModel="Print"><Journal><JournalIssue CitedMedium="Print"><PubDate>{date}</PubDate></JournalIssue>'
        f"<Title>A journal</Title></Journal><ArticleTitle>{title}</ArticleTitle>{inside}</Article>{beside}"
        f"</MedlineCitation><PubmedData>{data}</PubmedData></PubmedArticle>\n"
    ).encode()


def book(document: str, pmid: int = 1, data: str = "") -> bytes:
    """A PubmedBookArticle with what stands in its BookDocument."""
    return (
        f'<PubmedBookArticle><BookDocument><PMID Version="1">{pmid}</PMID>{document}</BookDocument>'
        f"<PubmedBookData>{data}</PubmedBookData></PubmedBookArticle>\n"
    ).encode()


def abstract(text: str) -> str:
    return f"<Abstract><AbstractText>{text}</AbstractText></Abstract>"


def whole(*records: bytes, head: bytes = HEAD, tail: bytes = TAIL) -> bytes:
    """The bytes of a file."""
    return head + b"".join(records) + tail


def items(data: bytes) -> list[Item]:
    return list(read(BytesIO(data)))


def pmids(found: list[Item]) -> list[int | None]:
    return [item.record.pmid for item in found if isinstance(item, Parsed)]


def one(data: bytes) -> Record:
    """The one record in a file's bytes, or in its own."""
    [item] = items(data)
    assert isinstance(item, Parsed), item
    return item.record
