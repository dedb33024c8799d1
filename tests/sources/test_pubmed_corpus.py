"""All that NLM served, against a plain second reading of the same files: the whole document as one tree."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import pytest

from ketlit.record import Record
from ketlit.sources.items import Deleted, Failure, Parsed
from ketlit.sources.pubmed import read
from ketlit.vocabulary import RelationKind, Status

pytestmark = pytest.mark.corpus
FILES = [
    "real_pubmed.xml.gz",
    "real_pubmed_older_versions.xml.gz",
    "ketamine_from_csv.xml.gz",
    "updatefiles/double.xml",
    "updatefiles/markup.xml",
    "updatefiles/no_title_abstract.xml",
    "updatefiles/orcid.xml",
    "updatefiles/pubmed.xml",
    "updatefiles/pubmed22n1115.xml",
    "updatefiles/pubmed22n1115.xml.gz",
    "updatefiles/pubmed22n1313.xml",
    "updatefiles/pubmed22n1313.xml.gz",
]


def tree_of(path: Path) -> Element:
    return fromstring(gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes())


def words(element: Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())


def squeezed(text: str) -> str:
    return " ".join(text.split())


def names(authors: list[Element]) -> list[tuple[str, ...]]:
    fields = ("LastName", "ForeName", "Initials", "Suffix", "CollectiveName")
    found = [tuple(words(one.find(field)) for field in fields) for one in authors if one.get("ValidYN") != "N"]
    return [name for name in found if any(name)]


def as_told(record: Record) -> dict[str, object]:
    """What is compared, of a record that was read."""
    return {
        "pmid": record.pmid,
        "title": squeezed(record.title),
        "vernacular": squeezed(record.vernacular_title),
        "abstract": [(s.label, s.category, squeezed(s.text)) for s in record.sections if s.kind == "abstract"],
        "others": sum(section.kind != "abstract" for section in record.sections),
        "authors": [
            tuple(squeezed(field) for field in (a.family, a.given, a.initials, a.suffix, a.collective))
            for a in record.authors
        ],
        "mesh": [(m.ui, m.name, [(q.ui, q.name, q.major) for q in m.qualifiers]) for m in record.mesh],
        "types": [(given.ui, given.name) for given in record.publication_types],
        "chemicals": sorted((c.ui, squeezed(c.name)) for c in record.chemicals),
        "keywords": [squeezed(keyword.text) for keyword in record.keywords],
        "numbers": [registry.accession for registry in record.registry_ids],
        "doi": record.doi,
        "pmc": record.pmc,
        "pages": record.pages,
        "languages": record.languages,
        "relations": [relation.pmid for relation in record.relations],
    }


def as_in_tree(article: Element) -> dict[str, object]:
    """The same by paths in the tree of the whole document."""
    citation = article.find("MedlineCitation")
    assert citation is not None
    number = citation.findtext("PMID")
    assert number
    notices = citation.findall("CommentsCorrectionsList/CommentsCorrections")
    dois = [words(one) for one in article.findall("PubmedData/ArticleIdList/ArticleId[@IdType='doi']")]
    printed = [words(one) for one in citation.findall("Article/ELocationID[@EIdType='doi']")]
    pmids = [one.findtext("PMID") for one in notices if one.get("RefType") != "Cites"]
    return {
        "pmid": int(number),
        "title": words(citation.find("Article/ArticleTitle")),
        "vernacular": words(citation.find("Article/VernacularTitle")),
        "abstract": [
            (one.get("Label", ""), one.get("NlmCategory", ""), words(one))
            for one in citation.findall("Article/Abstract/AbstractText")
            if words(one)
        ],
        "others": sum(bool(words(one)) for one in citation.findall("OtherAbstract/AbstractText")),
        "authors": names(citation.findall("Article/AuthorList/Author")),
        "mesh": [
            (
                name.get("UI", ""),
                name.text,
                [(q.get("UI", ""), q.text, q.get("MajorTopicYN") == "Y") for q in heading.findall("QualifierName")],
            )
            for heading in citation.findall("MeshHeadingList/MeshHeading")
            for name in heading.findall("DescriptorName")
        ],
        "types": [(one.get("UI", ""), one.text) for one in citation.findall("Article/PublicationTypeList/*")],
        "chemicals": sorted(
            (one.get("UI", ""), words(one))
            for path in ("ChemicalList/Chemical/NameOfSubstance", "SupplMeshList/SupplMeshName")
            for one in citation.findall(path)
        ),
        "keywords": [words(one) for one in citation.findall("KeywordList/Keyword") if words(one)],
        "numbers": [words(one) for one in citation.findall("Article/DataBankList//AccessionNumber")],
        "doi": next((doi for doi in [*dois, *printed] if doi.startswith("10.")), ""),
        "pmc": words(article.find("PubmedData/ArticleIdList/ArticleId[@IdType='pmc']")),
        "pages": words(citation.find("Article/Pagination/MedlinePgn")),
        "languages": [words(one) for one in citation.findall("Article/Language")],
        "relations": [int(pmid) if pmid else None for pmid in pmids],
    }


@pytest.mark.parametrize("name", FILES)
def test_every_article_is_read_as_a_plain_reading_finds_it(corpus: Path, name: str) -> None:
    path = corpus / "pubmed" / name
    tree = tree_of(path)
    found = list(read(path))
    assert not [item for item in found if isinstance(item, Failure)]
    records = [item.record for item in found if isinstance(item, Parsed)]
    for record, article in zip(
        (record for record in records if record.kind == "publication"), tree.findall("PubmedArticle"), strict=True
    ):
        assert as_told(record) == as_in_tree(article)
    deleted = [int(one.text or "") for one in tree.findall("DeleteCitation/PMID")]
    assert [item.pmid for item in found if isinstance(item, Deleted)] == deleted


@pytest.fixture(scope="module")
def real(corpus: Path) -> list[Record]:
    return [item.record for item in read(corpus / "pubmed" / "real_pubmed.xml.gz") if isinstance(item, Parsed)]


def test_the_counts_of_the_corpus_come_back(real: list[Record]) -> None:
    articles = [record for record in real if record.kind == "publication"]
    assert (len(articles), len(real)) == (1017, 1019)
    assert sum(any(s.label or s.category for s in record.sections if s.kind == "abstract") for record in articles) > 180
    assert sum(bool(record.vernacular_title) for record in articles) == 63
    assert max(len(record.authors) for record in articles) == 297
    assert sum(any(author.collective for author in record.authors) for record in articles) == 10
    assert sum(any(author.orcid for author in record.authors) for record in articles) == 158
    assert sum(bool(record.registry_ids) for record in articles) == 16
    assert sum(not record.doi for record in articles) == 202


def test_every_date_has_a_year_and_every_season_and_span_is_kept_as_printed(corpus: Path, real: list[Record]) -> None:
    tree = tree_of(corpus / "pubmed" / "real_pubmed.xml.gz")
    path = "MedlineCitation/Article/Journal/JournalIssue/PubDate"
    printed = [words(one.find(f"{path}/MedlineDate")) for one in tree.findall("PubmedArticle")]
    seasons = sum(one.find(f"{path}/Season") is not None for one in tree.findall("PubmedArticle"))
    articles = [record for record in real if record.kind == "publication"]
    for record, date in zip(articles, printed, strict=True):
        assert record.year
        assert 1900 < record.year < 2030
        assert not date or record.date_text == date
    assert sum(map(bool, printed)) == 43
    assert sum(bool(record.date_text) for record in articles) == 43 + seasons


def test_the_status_is_that_of_the_notices(corpus: Path, real: list[Record]) -> None:
    tree = tree_of(corpus / "pubmed" / "real_pubmed.xml.gz")
    told = {
        int(one.findtext("MedlineCitation/PMID") or ""): {
            notice.get("RefType")
            for notice in one.findall("MedlineCitation/CommentsCorrectionsList/CommentsCorrections")
        }
        for one in tree.findall("PubmedArticle")
    }
    expected = Counter(
        Status.RETRACTED
        if "RetractionIn" in names
        else Status.EXPRESSION_OF_CONCERN
        if "ExpressionOfConcernIn" in names
        else Status.CORRECTED
        if "ErratumIn" in names
        else Status.CURRENT
        for names in told.values()
    )
    assert Counter(record.status for record in real if record.kind == "publication") == expected
    assert (expected[Status.RETRACTED], expected[Status.EXPRESSION_OF_CONCERN]) == (1, 1)
    assert sum(any(r.kind is RelationKind.UPDATED_BY for r in record.relations) for record in real) == 2


def test_the_two_books_have_title_authors_and_date(real: list[Record]) -> None:
    chapter, whole = sorted((record for record in real if record.kind == "book"), key=lambda record: record.pmid or 0)
    assert (chapter.pmid, chapter.title, chapter.journal) == (20301577, "CACNA1C-Related Disorders", "GeneReviews®")
    assert [author.family for author in chapter.authors] == ["Napolitano", "Priori"]
    assert chapter.year
    assert chapter.year > 1993
    assert (whole.pmid, whole.title, whole.year) == (20821847, "Endocrinology: An Integrated Approach", 2001)
    assert [author.family for author in whole.authors] == ["Nussey", "Whitehead"]
    assert [len(record.sections) for record in (chapter, whole)] == [len(chapter.sections), 1]


def test_a_file_of_another_kind_is_refused(corpus: Path) -> None:
    [failure] = read(corpus / "pubmed" / "updatefiles" / "no_pubmedarticleset.xml")
    assert isinstance(failure, Failure)
    assert failure.cut_short
    assert "no PubMed records in it" in failure.reason


def test_only_ketamine_is_read_where_only_ketamine_is_wanted(corpus: Path) -> None:
    path = corpus / "pubmed" / "ketamine_from_csv.xml.gz"
    reading = read(path, lambda data: b"ketamin" in data.lower())
    some = [item.record for item in reading if isinstance(item, Parsed)]
    every = [item.record for item in read(path) if isinstance(item, Parsed)]
    assert len(some) + reading.skipped == len(every)
    assert {record.pmid for record in some} >= {
        record.pmid for record in every if "ketamin" in f"{record.title} {record.sections}".lower()
    }
