"""Files that mean harm, or were damaged on the way: nothing raises, nothing grows, whole records come through."""

from __future__ import annotations

import gzip
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ketlit.sources.items import Failure
from tests.pubmed_xml import HEAD, TAIL, abstract, article, book, items, one, pmids, whole

FILE = whole(
    article(1, "<i>One</i> &amp; two", inside=abstract("Words &#946; <sub>2</sub>.")),
    article(2, data="<ReferenceList><Reference><PMID>9</PMID></Reference></ReferenceList>"),
    book("<Book><BookTitle>B</BookTitle></Book>", 3),
    b"<DeleteCitation><PMID>4</PMID></DeleteCitation>",
)
MARKS = [b"<", b">", b"&", b"&a;", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"<!DOCTYPE x [", b"\0", b"\xff", b"<PMID>"]
TAGS = [b"<PubmedArticle>", b"</PubmedArticle>", b"</PubmedArticleSet>", b"<?xml version='1.0' encoding='latin-1'?>"]
PIECES = st.sampled_from([*MARKS, *TAGS])


@given(st.lists(st.tuples(st.integers(0, len(FILE)), st.integers(0, 40), PIECES | st.binary(max_size=3)), max_size=5))
@settings(max_examples=150)
def test_no_mutation_of_a_file_raises(changes: list[tuple[int, int, bytes]]) -> None:
    data = FILE
    for place, length, new in changes:
        data = data[:place] + new + data[place + length :]
    for item in items(data):
        assert item.place
        assert not isinstance(item, Failure) or item.reason


@given(st.binary(max_size=200))
@example(b"")
def test_no_bytes_at_all_raise_and_none_of_them_are_a_whole_file(data: bytes) -> None:
    assert any(isinstance(item, Failure) for item in items(data))


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_file_cut_short_at_any_byte_gives_whole_records_and_ends_with_a_failure(
    pack: Callable[[bytes], bytes],
) -> None:
    every = items(FILE)
    packed = pack(FILE)
    for end in range(len(packed) - 1):
        *found, last = items(packed[:end])
        assert isinstance(last, Failure)
        assert last.cut_short
        assert found == every[: len(found)]


@pytest.mark.parametrize(
    "subset",
    [
        '<!ENTITY xxe SYSTEM "file:///etc/hostname">',
        '<!ENTITY xxe SYSTEM "http://127.0.0.1:9/">',
        '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY xxe "&b;&b;&b;&b;&b;&b;&b;&b;">',
        '<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p; <!ENTITY xxe "y">',
    ],
)
def test_an_entity_of_a_files_own_is_never_resolved(subset: str) -> None:
    head = f'<?xml version="1.0"?><!DOCTYPE PubmedArticleSet [{subset}]>\n<PubmedArticleSet>'.encode()
    failure, good = items(whole(article(1, "&xxe;"), article(2), head=head))
    assert isinstance(failure, Failure)
    assert "undefined entity" in failure.reason
    assert pmids([good]) == [2]


def test_a_doctype_within_a_record_is_refused() -> None:
    inner = b'<PubmedArticle><!DOCTYPE x [<!ENTITY a "b">]></PubmedArticle>'
    [failure] = items(whole(inner))
    assert isinstance(failure, Failure)


def test_an_abstract_of_five_megabytes_and_three_thousand_authors_are_read() -> None:
    text = "Pain relief by ketamine <i>or</i> placebo 氯胺酮. " * 110_000
    assert len(text) > 5_000_000
    names = "".join(f"<Author><LastName>Name {number}</LastName></Author>" for number in range(3000))
    record = one(article(inside=abstract(text) + f"<AuthorList>{names}</AuthorList>"))
    assert record.sections[0].text == text.replace("<i>", "").replace("</i>", "").strip()
    assert [author.family for author in record.authors] == [f"Name {number}" for number in range(3000)]


def test_a_record_of_too_many_elements_is_refused_and_the_next_is_read() -> None:
    failure, good = items(whole(article(1, "<i/>" * 400_000), article(2)))
    assert isinstance(failure, Failure)
    assert failure.reason == "it has too many elements"
    assert pmids([good]) == [2]


@pytest.mark.parametrize("tag", ["i", "Article", "MeshHeadingList", "ReferenceList", "Abstract"])
def test_deep_nesting_ends_no_process(tag: str) -> None:
    deep = f"<{tag}>" * 50_000 + "x" + f"</{tag}>" * 50_000
    assert pmids(items(whole(article(1, deep), article(2, inside=deep), article(3, beside=deep)))) == [1, 2, 3]


def test_records_nested_in_each_other_by_the_ten_thousand_are_given_up() -> None:
    *found, last = items(whole(b"<PubmedArticle>" * 50_000 + b"</PubmedArticle>"))
    assert len(found) == 1000
    assert last == Failure("after record 1000", "1000 broken records in a row", cut_short=True)


READ = """
import resource, sys
from ketlit.sources.pubmed import read
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for count, item in enumerate(read(sys.argv[1]), 1):
    pass
print(count, type(item).__name__, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10)
"""


def reads(path: Path) -> tuple[int, str, int]:
    """How many items a file gives, what the last is, and how many MB reading it took beyond the program's own."""
    told = subprocess.run([sys.executable, "-c", READ, str(path)], check=True, capture_output=True, text=True)
    count, last, megabytes = told.stdout.split()
    return int(count), last, int(megabytes)


def bomb(path: Path, begin: bytes, filler: bytes, megabytes: int = 30) -> Path:
    """A gzip file of some kilobytes that unpacks to so many megabytes."""
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    block = filler * ((1 << 20) // len(filler))
    with path.open("wb") as file:
        file.write(packer.compress(HEAD + begin))
        for _ in range(megabytes):
            file.write(packer.compress(block))
        file.write(packer.flush())
    assert path.stat().st_size < (megabytes << 20) / 200
    return path


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss has other units elsewhere")
@pytest.mark.parametrize(
    ("begin", "filler"),
    [
        (b"", b" "),
        (b"", b"<"),
        (b"<PubmedArticle>", b"x"),
        (b"<PubmedArticle>", b"<i>"),
        (b"<PubmedArticle>", b"</PubmedArticle "),
        (b"<PubmedArticle><!--", b"</PubmedArticle>"),
        (b"<PubmedArticle><PMID>", b" "),
        (b"<DeleteCitation>", b"<PMID>  "),
        (b"<!--", b"-"),
        (b"<!DOCTYPE x [", b"]"),
    ],
)
def test_a_bomb_is_given_up_within_the_memory_of_some_records(tmp_path: Path, begin: bytes, filler: bytes) -> None:
    count, last, megabytes = reads(bomb(tmp_path / "bomb.xml.gz", begin, filler))
    assert last == "Failure"
    assert count <= 2
    assert megabytes <= 50


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss has other units elsewhere")
def test_a_file_ten_times_as_large_takes_no_more_memory(tmp_path: Path) -> None:
    taken = []
    for records in (300, 3000):
        path = tmp_path / f"{records}.xml.gz"
        with gzip.open(path, "wb", compresslevel=1) as file:
            file.write(HEAD)
            for number in range(1, records + 1):
                file.write(article(number, inside=abstract(f"{number} words of an abstract. " * 300)))
            file.write(TAIL)
        count, last, megabytes = reads(path)
        assert (count, last) == (records, "Parsed")
        taken.append(megabytes)
    assert taken[1] <= taken[0] + 2
