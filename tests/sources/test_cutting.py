"""Where one record ends and the next begins, in any bytes, however they come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketlit.sources.cutting import LARGEST, Trouble, cut
from ketlit.sources.unpacking import Damaged
from tests.pubmed_xml import HEAD, TAIL, article, book, whole

DELETIONS = b'<DeleteCitation><PMID Version="1">7</PMID></DeleteCitation>'
PARTS = [
    article(1),
    article(2, inside="<!-- </PubmedArticle> -->"),
    article(3, inside="<Abstract><AbstractText><![CDATA[</PubmedArticle >]]></AbstractText></Abstract>"),
    b"<PubmedArticle><a/></PubmedArticle \n>",
    b"<PubmedArticle/>",
    b"<PubmedArticle  />",
    b"<PubmedArticle><PubmedArticleX></PubmedArticleX></PubmedArticle>",
    book("<Language>eng</Language>"),
    DELETIONS,
    b"<!-- <PubmedArticle> -->",
    b" stray  text ",
    b"<b>stray</b>",
    b"<ERROR>busy</ERROR>",
    b"<PubmedArticle>",
    b"<",
    b"-->",
    TAIL,
    HEAD,
]


def cuts(pieces: Iterable[bytes]) -> list[bytes | Trouble | str]:
    """What is cut, and at the end how it failed."""
    found: list[bytes | Trouble | str] = []
    try:
        for thing in cut(pieces):
            found.append(thing)
    except Damaged as error:
        found.append(str(error))
    return found


def split(data: bytes, places: list[int]) -> list[bytes]:
    ends = sorted({place % (len(data) + 1) for place in places} | {0, len(data)})
    return [data[start:end] for start, end in pairwise(ends)]


def test_every_record_comes_out_with_its_tags_and_in_order() -> None:
    parts = [article(1), book("<Language>eng</Language>", 2), DELETIONS, article(3)]
    assert cuts([whole(*parts)]) == [part.strip() for part in parts]


@given(st.lists(st.sampled_from(PARTS), max_size=8), st.lists(st.integers(0, 1 << 20), max_size=12))
def test_the_cuts_are_the_same_however_the_bytes_are_split(parts: list[bytes], places: list[int]) -> None:
    data = whole(*parts)
    assert cuts(split(data, places)) == cuts([data])


@given(st.sampled_from(PARTS), st.sampled_from(PARTS))
def test_the_cuts_are_the_same_a_byte_at_a_time(first: bytes, second: bytes) -> None:
    data = whole(first, second)
    assert cuts([data[place : place + 1] for place in range(len(data))]) == cuts([data])


@given(st.integers(0, len(whole(article(1), book(""), article(2))) - len(TAIL)))
def test_a_file_cut_anywhere_gives_whole_records_only_and_says_that_it_is_cut_short(place: int) -> None:
    records = [article(1).strip(), book("").strip(), article(2).strip()]
    *found, ending = cuts([whole(*records)[:place]])
    assert found == records[: len(found)]
    assert isinstance(ending, str)


@pytest.mark.parametrize(
    "hiding",
    [
        "<!-- </PubmedArticle> -->",
        "<!-- <b>x</b></PubmedArticle> -->",
        "<x><![CDATA[</PubmedArticle>]]></x>",
        "<x><![CDATA[<!-- </PubmedArticle>]]></x>",
        "<!-- a --><x>!</x><!-- </PubmedArticle> <![CDATA[ -->",
    ],
)
def test_an_end_tag_in_a_comment_or_cdata_ends_nothing(hiding: str) -> None:
    parts = [article(1, inside=hiding).strip(), article(2).strip()]
    assert cuts([whole(*parts)]) == parts


def test_many_end_tags_in_one_comment_take_linear_time() -> None:
    record = b"<PubmedArticle><!-- " + b"</PubmedArticle>" * 200_000 + b" --></PubmedArticle>"
    assert cuts([whole(record)]) == [record]


def test_a_record_in_a_comment_is_none() -> None:
    assert cuts([whole(b"<!-- " + article(1) + b"-->", article(2).strip())]) == [article(2).strip()]


def test_text_between_records_is_reported_and_the_next_record_is_read() -> None:
    first, trouble, second = cuts([whole(article(1), b"<ERROR>Unable to obtain query #1</ERROR>", article(2))])
    assert (first, second) == (article(1).strip(), article(2).strip())
    assert isinstance(trouble, Trouble)
    assert "Unable to obtain query" in trouble.reason
    assert not trouble.record


def test_a_doctype_with_an_internal_subset_is_passed_over() -> None:
    doctype = b'<!DOCTYPE PubmedArticleSet [\n<!ENTITY a "<PubmedArticle>x</PubmedArticle>">\n<!ELEMENT b ANY> ] >'
    record = article(1).strip()
    assert cuts([doctype + b"<PubmedArticleSet>" + record + TAIL]) == [record]


def test_a_record_that_is_too_large_is_named_and_the_next_is_read() -> None:
    piece = b"x" * (1 << 20)
    pieces = [HEAD, b"<PubmedArticle>", *[piece] * (LARGEST // len(piece) + 2), b"</PubmedArticle>", article(2), TAIL]
    trouble, second = cuts(pieces)
    assert isinstance(trouble, Trouble)
    assert trouble.record
    assert "larger than 12 MB" in trouble.reason
    assert second == article(2).strip()


@pytest.mark.parametrize("begin", [b"", b"<PubmedArticle>", b"<PubmedArticle><!--", b"<!--", b"<"])
def test_a_file_without_end_is_given_up(begin: bytes) -> None:
    fed = 0

    def endless() -> Iterator[bytes]:
        nonlocal fed
        yield HEAD + begin
        while True:
            fed += 1 << 20
            yield b" " * (1 << 20)

    assert "no whole record" in str(cuts(endless())[-1])
    assert fed <= 3 * LARGEST


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "the file is empty"),
        (b" \n ", "the file is empty"),
        (b"x", "begins with 'x'"),
        (
            b"<!doctype html><html><body>Sign in</body></html>",
            "no PubMed records in it; it begins with '<!doctype html>",
        ),
        (b'{"error":"API rate limit exceeded"}', "API rate limit"),
        (whole(article(1)).decode().encode("utf-16"), "UTF-16"),
        (whole(article(1)).decode().encode("utf-16-le"), "UTF-16"),
        (whole(article(1)).decode().encode("utf-16-be"), "UTF-16"),
        (whole(article(1)).replace(b"utf-8", b"ISO-8859-1"), "its encoding is ISO-8859-1; convert it to UTF-8"),
        (whole(head=b'<?xml version="1.0" encoding="windows-1252"?><PubmedArticleSet>'), "windows-1252"),
        (HEAD + article(1), "cut short"),
        (HEAD + b"<!-- never closed", "ends inside a comment"),
        (HEAD + article(1)[:-5], "ends inside a record"),
        (article(1) + b"<PubmedArti", "ends inside a tag"),
        (b"<!DOCTYPE PubmedArticleSet [ <!ENTITY", "ends inside the DOCTYPE"),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
def test_what_is_no_whole_file_of_pubmed_says_what_it_is(data: bytes, told: str) -> None:
    assert told in str(cuts([data])[-1])


@pytest.mark.parametrize(
    "data",
    [
        whole(),
        b"<PubmedArticleSet></PubmedArticleSet>",
        b"<PubmedArticleSet/>",
        b"\xef\xbb\xbf" + whole(),
        HEAD.replace(b'encoding="utf-8"', b"") + TAIL,
        whole(head=b'<?xml version="1.0" encoding="US-ASCII"?><PubmedArticleSet>'),
    ],
)
def test_an_empty_set_is_no_failure(data: bytes) -> None:
    assert cuts([data]) == []


def test_records_without_a_set_around_them_and_sets_one_after_the_other_are_read() -> None:
    assert cuts([article(1)]) == [article(1).strip()]
    assert cuts([whole(article(1)) + whole(article(2))]) == [article(1).strip(), article(2).strip()]
