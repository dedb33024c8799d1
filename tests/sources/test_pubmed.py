"""A file of PubMed XML as items: records, deletions and failures, each with its place."""

from __future__ import annotations

import gzip
from io import BytesIO
from pathlib import Path

import pytest

from ketlit.record import Author, PublicationType, Section
from ketlit.sources.items import BadRecord, Deleted, Failure, Parsed
from ketlit.sources.pubmed import parse, pmid_of, read
from ketlit.vocabulary import Status
from tests.pubmed_xml import HEAD, TAIL, abstract, article, book, items, one, pmids, whole

DELETIONS = b'<DeleteCitation>\n<PMID Version="1">7</PMID><PMID> 8 </PMID><PMID>x</PMID></DeleteCitation>'


def test_a_file_is_read_from_a_path_plain_or_gzip_whatever_its_name(tmp_path: Path) -> None:
    data = whole(article(1), article(2))
    for name, packed in (("a.xml", data), ("b.txt", gzip.compress(data)), ("c.gz", data)):
        path = tmp_path / name
        path.write_bytes(packed)
        reading = read(path)
        assert pmids(list(reading)) == [1, 2]
        assert reading.size == reading.consumed == len(packed)
        assert pmids(list(read(str(path)))) == [1, 2]


def test_a_stream_has_no_size_before_it_is_read() -> None:
    reading = read(BytesIO(whole(article(1))))
    assert (reading.size, reading.consumed) == (None, 0)
    assert pmids(list(reading)) == [1]
    assert reading.consumed == len(whole(article(1)))


def test_a_file_that_is_not_there_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(read(tmp_path / "none.xml"))


def test_items_come_in_order_with_their_places() -> None:
    found = items(whole(article(1), b"stray", article("x"), book("<Language>eng</Language>", 3), DELETIONS))
    assert [item.place for item in found] == [
        "record 1", "after record 1", "record 2", "record 3",
        "after record 3", "after record 3", "after record 3",
    ]  # fmt: skip
    assert [type(item) for item in found] == [Parsed, Failure, Failure, Parsed, Deleted, Deleted, Failure]
    assert [item.pmid for item in found if isinstance(item, Deleted)] == [7, 8]


def test_one_pmid_twice_is_two_records() -> None:
    first, second = items(whole(article(1, "Old."), article(1, "New.").replace(b'"1">1', b'"2">1')))
    assert isinstance(first, Parsed)
    assert isinstance(second, Parsed)
    assert [(item.record.pmid, item.record.version, item.record.title) for item in (first, second)] == [
        (1, 1, "Old."),
        (1, 2, "New."),
    ]


def test_only_what_is_wanted_is_parsed() -> None:
    references = "<ReferenceList><Reference><Citation>ketamine</Citation></Reference></ReferenceList>"
    asked: list[bytes] = []

    def wanted(data: bytes) -> bool:
        asked.append(data)
        return b"ketamine" in data.lower()

    records = [article(1, "Ketamine."), article(2, "x < y"), article(3, data=references), article(4)]
    reading = read(BytesIO(whole(*records, DELETIONS)), wanted)
    found = list(reading)
    assert pmids(found) == [1]
    assert reading.skipped == 3
    assert [type(item) for item in found] == [Parsed, Deleted, Deleted, Failure]
    assert b"Reference" not in asked[2]


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (article(2, "a < b"), "not well-formed XML"),
        (article(2, "a &nbsp; b"), "not well-formed XML: undefined entity"),
        (article(2, "a \x01 b"), "not well-formed XML"),
        (article(2).replace(b"A title", b"A t\xeftle"), "not well-formed XML"),
        (article("x"), "'x' is no PMID"),
        (article("１２"), "'１２' is no PMID"),
        (b"<PubmedArticle><MedlineCitation></MedlineCitation></PubmedArticle>", "it has no PMID"),
        (b"<PubmedArticle/>", "it has no MedlineCitation"),
        (b"<PubmedBookArticle></PubmedBookArticle>", "it has no BookDocument"),
        (b"<PubmedArticle><?xml version='1.0' encoding='x'?></PubmedArticle>", "not well-formed XML"),
    ],
)
def test_a_broken_record_is_named_and_the_others_are_read(broken: bytes, told: str) -> None:
    first, failure, last = items(whole(article(1), broken, article(3)))
    assert pmids([first, last]) == [1, 3]
    assert isinstance(failure, Failure)
    assert told in failure.reason
    assert failure.place.startswith("record 2")
    assert not failure.cut_short


def test_a_broken_record_is_named_by_its_pmid() -> None:
    [failure] = items(whole(article(12, "a < b")))
    assert failure.place == "record 1 (PMID 12)"


@pytest.mark.parametrize("references", ["", "<ReferenceList></ReferenceList>"])
def test_a_missing_end_tag_costs_its_own_record_only(references: str) -> None:
    def wanting(pmid: int) -> bytes:
        return article(pmid, data=references).replace(b"</PubmedArticle>", b"")

    last = article(4, data=references + "<History></History>")
    found = items(whole(wanting(1), book("", 2), wanting(3), last, article(5)))
    assert pmids(found) == [2, 4, 5]
    assert [item.place for item in found] == [
        "record 1 (PMID 1)", "record 2", "record 3 (PMID 3)", "record 4", "record 5",
    ]  # fmt: skip


def test_a_thousand_broken_records_in_a_row_end_the_reading() -> None:
    found = items(whole(*[article("x")] * 1200))
    assert len(found) == 1001
    assert found[-1] == Failure("after record 1000", "1000 broken records in a row", cut_short=True)
    assert len(items(whole(*[article("x")] * 999, article(1), *[article("x")] * 999))) == 1999


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"<html/>", "it is a html, not a record"),
        (b"", "not well-formed XML"),
        (b" <a:b/>", "not well-formed XML: unbound prefix"),
        (b"<a:b/>", "not well-formed XML"),
        (b"<?xml version='1.0' encoding='cp932'?><a/>", "not readable"),
        (b"<?xml version='1.0' encoding='nothing-known'?><a/>", "not readable|not well-formed"),
    ],
)
def test_parse_refuses_what_is_no_record(data: bytes, told: str) -> None:
    with pytest.raises(BadRecord, match=told):
        parse(data)


@pytest.mark.parametrize(
    ("data", "pmid"),
    [(b"<PMID>12</PMID>", 12), (b'<PMID Version="1"> 12\n</PMID >', 12), (b"<PMID>x</PMID>", None), (b"", None)],
)
def test_the_pmid_of_broken_bytes_is_found(data: bytes, pmid: int | None) -> None:
    assert pmid_of(data) == pmid


NAME = "<Author><LastName>{}</LastName></Author>"
EDITORS = f'<AuthorList Type="editors">{NAME.format("Ed")}</AuthorList>'
AUTHORS = f'<AuthorList Type="authors">{NAME.format("Au")}</AuthorList>'
CHAPTERS = f'<AuthorList Type="authors">{NAME.format("Chap")}</AuthorList>'
TITLE = "<BookTitle book='b'>The <i>Book</i></BookTitle><PubDate><Year>1993</Year></PubDate>"


def test_a_chapter_has_its_title_authors_and_date_and_the_books_name_as_journal() -> None:
    record = one(
        book(
            '<ArticleIdList><ArticleId IdType="bookaccession">NBK1</ArticleId></ArticleIdList>'
            f'<Book>{TITLE}{EDITORS}<Volume>2</Volume><ELocationID EIdType="doi">10.1234/b</ELocationID></Book>'
            "<ArticleTitle><i>A</i> chapter</ArticleTitle><Language>eng</Language>"
            f'{CHAPTERS}<PublicationType UI="D016454">Review</PublicationType>'
            + abstract("Words.")
            + "<ContributionDate><Year>2006</Year><Month>2</Month><Day>15</Day></ContributionDate>"
            "<DateRevised><Year>2020</Year><Month>1</Month><Day>2</Day></DateRevised>",
            data='<ArticleIdList><ArticleId IdType="pubmed">1</ArticleId></ArticleIdList>',
        )
    )
    assert (record.kind, record.pmid, record.pii, record.doi) == ("book", 1, "NBK1", "")
    assert (record.title, record.journal, record.volume) == ("A chapter", "The Book", "2")
    assert record.authors == [Author("Chap")]
    assert (record.year, record.month, record.day, record.revised) == (2006, 2, 15, "2020-01-02")
    assert record.sections == [Section("Words.")]
    assert record.publication_types == [PublicationType("D016454", "Review")]
    assert (record.languages, record.status) == (["eng"], Status.CURRENT)


def test_a_whole_book_has_its_own_title_date_and_doi() -> None:
    record = one(book(f'<Book>{TITLE}{AUTHORS}<ELocationID EIdType="doi">10.1234/b</ELocationID></Book>'))
    assert (record.title, record.journal, record.year, record.doi) == ("The Book", "The Book", 1993, "10.1234/b")


@pytest.mark.parametrize(
    ("in_book", "in_document", "family"),
    [
        (EDITORS + AUTHORS, CHAPTERS, "Chap"),
        (EDITORS + AUTHORS, "", "Au"),
        (EDITORS, "", "Ed"),
        (AUTHORS, EDITORS, "Au"),
        (AUTHORS, '<AuthorList Type="authors"></AuthorList>', "Au"),
    ],
)
def test_editors_are_authors_only_where_nobody_else_is_named(in_book: str, in_document: str, family: str) -> None:
    assert one(book(f"<Book>{TITLE}{in_book}</Book>{in_document}")).authors == [Author(family)]


def test_a_withdrawn_chapter_says_so() -> None:
    assert one(book("<ArticleTitle>WITHDRAWN: A chapter</ArticleTitle>")).status is Status.WITHDRAWN


def test_what_is_cut_out_before_parsing_changes_nothing_that_is_kept() -> None:
    inside = abstract("Words.") + (
        "<AuthorList><Author><LastName>A</LastName><AffiliationInfo><Affiliation>Here</Affiliation></AffiliationInfo>"
        "<Identifier Source='ORCID'>0000-0002-1825-0097</Identifier></Author></AuthorList>"
    )
    own = '<ArticleIdList><ArticleId IdType="doi">10.1234/own</ArticleId></ArticleIdList>'
    history = "<History><PubMedPubDate><Year>1</Year></PubMedPubDate></History>"
    listed = "<ReferenceList><ReferenceList><Reference/></ReferenceList></ReferenceList><ReferenceList></ReferenceList>"
    for data in (history + own + listed, own + listed + history, listed + own + history, own):
        cut, uncut = article(inside=inside, data=data), article(inside=inside, data=data + "<!-- comment -->")
        assert parse(cut) == parse(uncut)
        assert parse(cut).authors == [Author("A", orcid="0000-0002-1825-0097")]


def test_tags_of_what_is_cut_out_mislead_nobody_in_a_comment_or_cdata() -> None:
    own = '<ArticleIdList><ArticleId IdType="doi">10.1234/own</ArticleId></ArticleIdList>'
    record = one(
        article(
            title="<![CDATA[<AffiliationInfo><Affiliation>x</Affiliation></AffiliationInfo>]]>",
            data=f"<!-- <ReferenceList> -->{own}<!-- </ReferenceList> -->",
        )
    )
    assert record.doi == "10.1234/own"
    assert record.title == "<AffiliationInfo><Affiliation>x</Affiliation></AffiliationInfo>"


def test_a_file_without_a_head_is_read_too() -> None:
    assert pmids(items(b"\xef\xbb\xbf" + HEAD + article(1) + TAIL)) == [1]
    assert pmids(items(article(1) + article(2))) == [1, 2]
