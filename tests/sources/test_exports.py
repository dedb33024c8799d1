"""Our exports and people's tables are read as far as they go; what cannot be read is named, and nothing is raised."""

from __future__ import annotations

import gzip
import io
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ketlit.record import Author, Record
from ketlit.sources import exports
from ketlit.sources.identifiers import doi, pmid
from ketlit.sources.items import BadRecord, Failure, Parsed
from ketlit.sources.lines import LARGEST
from ketlit.vocabulary import Status


def items(text: str | bytes) -> list[Any]:
    return list(exports.read(io.BytesIO(text.encode() if isinstance(text, str) else text)))


def records(text: str | bytes) -> list[Record]:
    found = items(text)
    assert all(isinstance(one, Parsed) for one in found), found
    return [one.record for one in found]


def failures(text: str | bytes) -> list[tuple[str, str, bool]]:
    return [tuple(one) for one in items(text) if isinstance(one, Failure)]


def line(**fields: Any) -> str:
    return json.dumps({"key": "a2020", "pmid": 1, "title": "A title"} | fields)


def reason(**fields: Any) -> str:
    """Why an object with these fields cannot be read."""
    [(place, why, cut)] = failures(line() + "\n" + line(**fields) + "\n")
    assert (place, cut) == ("line 2", False)
    return why


def test_keys_that_are_not_known_are_passed_over() -> None:
    [record] = records(line(colour="blue", nested={"a": [1]}) + "\n")
    assert (record.key, record.pmid, record.title) == ("a2020", 1, "A title")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"status": "retractd"}, "did you mean 'retracted'"),
        ({"source": "sync"}, "did you mean 'synced'"),
        ({"kind": "bok"}, "did you mean 'book'"),
        ({"tags": [{"axis": "conditions", "term": "crps"}]}, "tags[0].axis: unknown value 'conditions'"),
        ({"tags": [{"axis": "condition", "origin": "user"}]}, "tags[0]: it has no term"),
        ({"relations": [{"kind": "retracted"}]}, "did you mean 'retracted_by'"),
        ({"relations": [{}]}, "relations[0].kind: unknown value ''"),
        ({"judgements": [{"scheme": "rob1"}]}, "did you mean 'rob2'"),
        ({"judgements": [{"scheme": "rob2", "domain": "d6"}]}, "judgements[0].domain: unknown value 'd6'"),
        (
            {"judgements": [{"scheme": "grade", "domain": "certainty", "judgement": "serious", "by": "x"}]},
            "judgements[0].judgement: unknown value 'serious'",
        ),
        (
            {"judgements": [{"scheme": "rob2", "domain": "d1", "judgement": "low", "by": " "}]},
            "judgements[0]: it does not say whose judgement it is",
        ),
        ({"curated_terms": {"design": "rtc"}}, "curated_terms.design"),
        ({"curated_terms": {}, "verification": {"pmid": "yes"}}, "verification.pmid"),
        ({"curated_terms": {}, "n_kind": "random"}, "n_kind"),
        ({"curated_terms": {}, "findings": [{"comparison": "with"}]}, "findings[0].comparison"),
    ],
)
def test_a_word_of_a_closed_list_that_is_none_gets_the_nearest_one(fields: dict[str, Any], said: str) -> None:
    assert said in reason(**fields)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"title": ["x"]}, "title: text was expected, not a list"),
        ({"title": {"a": 1}}, "title: text was expected, not an object"),
        ({"title": True}, "title: text was expected, not true"),
        ({"year": 20205}, "year: a whole number from 1000 to 2999"),
        ({"year": 1.5}, "year: a whole number"),
        ({"month": 13}, "month: a whole number from 1 to 12"),
        ({"day": "x"}, "day: a number was expected, not 'x'"),
        ({"version": 10**30}, "version: a whole number"),
        ({"authors": 5}, "authors: a list was expected, not 5"),
        ({"authors": [5]}, "authors[0]: an object was expected"),
        ({"mesh": [{"name": "x", "qualifiers": {}}]}, "mesh[0].qualifiers: a list was expected"),
        ({"authors_complete": "perhaps"}, "authors_complete: true or false"),
        ({"curated_terms": {}, "doses": [{"value": "much"}]}, "doses[0].value: a number"),
        ({"curated_terms": {}, "findings": [{"comparison": "between", "effect": []}]}, "findings[0].effect: an object"),
        ({"pmid": "abc"}, "'abc' is no PMID"),
        ({"pmid": [1]}, "[1] is no PMID"),
        ({"doi": "next week"}, "'next week' is no DOI"),
        ({"doi": 7}, "7 is no DOI"),
        ({"key": "", "pmid": None, "title": ""}, "it has no title and no identifier"),
    ],
)
def test_a_value_of_the_wrong_type_is_named(fields: dict[str, Any], said: str) -> None:
    assert said in reason(**fields)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[1, 2]", "an object was expected, not a list"),
        ("{broken", "it is not JSON"),
        ('{"title": "x"} {"title": "y"}', "more follows its end"),
        ('{"title": "\\ud800"}', "half a surrogate pair"),
        ('{"title": "x", "n": ' + "9" * 5000 + "}", "a number that is too long"),
        ('{"title": "x", "deep": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested too deeply"),
        ('{"title": "x", "many": [' + "1," * 1_000_001 + "1]}", "too many parts"),
        ('{"title": "' + "x" * LARGEST + '"}', "larger than 32 MB"),
        ('{"title": "x", "year": NaN}', "year: a number"),
        ('{"title": "x", "year": 1e999}', "year: a number"),
    ],
)
def test_a_broken_line_is_named_and_the_others_are_read(text: str, said: str) -> None:
    found = items(f"{line()}\n\n{text}\n{line(pmid=2)}\n")
    assert [type(one) for one in found] == [Parsed, Failure, Parsed]
    assert found[1].place == "line 3"
    assert said in found[1].reason
    assert found[2].record.pmid == 2


def test_a_line_that_is_not_utf_8_is_named() -> None:
    assert failures(line().encode() + b'\n{"title": "caf\xe9"}\n') == [
        ("line 2", "it is not UTF-8: save the file as UTF-8", False)
    ]


def test_a_thousand_broken_lines_in_a_row_end_the_reading() -> None:
    found = items(line() + "\n" + "nonsense\n" * 5000)
    assert len(found) == 1002
    assert found[-1].cut_short


@pytest.mark.parametrize("count", [0, 1, 7])
def test_a_json_array_is_read_whatever_stands_between(count: int) -> None:
    text = "[ \n" + " ,\n ".join(line(pmid=number + 1) for number in range(count)) + " ]\n\n"
    if count:
        assert [record.pmid for record in records(text)] == list(range(1, count + 1))
    else:
        assert items('[{"title": "x"}]')[0].place == "record 1"


def test_an_object_over_several_lines_and_several_objects_are_read() -> None:
    one = json.dumps({"key": "a2020", "title": "x"}, indent=2)
    assert [record.key for record in records(one)] == ["a2020"]
    assert [record.key for record in records(one + "\n" + one)] == ["a2020", "a2020"]


def test_an_array_of_large_objects_needs_only_one_of_them_in_memory() -> None:
    big = line(abstract=[{"text": "words of all kinds, " * 50_000}])
    text = "[" + ",".join([big] * 30) + "]"

    class Slow(io.RawIOBase):
        """Counts how far a reader has got."""

        given = 0

        def read(self, size: int = -1) -> bytes:
            piece = text[self.given : self.given + size].encode()
            self.given += len(piece)
            return piece

    stream = Slow()
    reading: Iterator[Any] = iter(exports.read(stream))  # type: ignore[arg-type]
    for number in range(1, 31):
        assert next(reading).record.sections[0].text.startswith("words")
        assert stream.given <= (number + 2) * len(big) + (1 << 20)


def test_in_an_array_half_a_surrogate_pair_costs_one_record() -> None:
    found = items('[{"title": "a"}, {"title": "\\udc00"}, {"title": "b"}]')
    assert [type(one) for one in found] == [Parsed, Failure, Parsed]


@pytest.mark.parametrize(
    "text",
    [
        '[{"title": "a"}, {"title": "b"',
        '[{"title": "a"}, ',
        '[{"title": "a"}',
        '[{"title": "a"}, {"title": broken}, {"title": "' + "x" * 100 + '"}]',
        '[{"title": "a"}] and more',
        '[{"title": "a"}, {"deep": ' + "[" * 100_000,
        '{"title": "a"}\n{"title": "b", "ab',
        '{"title": "a"}\n{"title": "b", "year": 20',
    ],
)
def test_json_that_ends_too_early_or_goes_wrong_says_so_at_its_end(text: str) -> None:
    found = items(text)
    assert [type(one) for one in found] == [Parsed, Failure]
    assert found[1].cut_short


@pytest.mark.parametrize("text", ["", "\n \n", "plain words\n", "\x00" * 1000, "<html></html>"])
def test_what_holds_no_studies_says_so(text: str) -> None:
    [failure] = items(text)
    assert failure.cut_short


def test_utf_16_is_refused_with_a_way_out() -> None:
    [failure] = items(b"\xff\xfe" + "pmid,title\n1,x\n".encode("utf-16-le"))
    assert "convert it to UTF-8" in failure.reason


def test_gzip_is_read_and_its_cutting_short_noticed() -> None:
    rng = random.Random(7)
    lines = [line(pmid=number, title=str(rng.random())) for number in range(1, 20_000)]
    packed = gzip.compress("\n".join(lines).encode())
    assert len(records(packed)) == 19_999
    found = items(packed[: len(packed) // 2])
    assert found[-1].cut_short
    assert "cut short" in found[-1].reason
    assert len(found) > 1000


def test_consumed_and_size_tell_how_far_it_is(tmp_path: Any) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(line() + "\n")
    reading = exports.read(path)
    assert (reading.consumed, reading.size) == (0, None)
    assert len(list(reading)) == 1
    assert reading.consumed == reading.size == path.stat().st_size


def test_a_file_that_is_not_there_is_an_os_error(tmp_path: Any) -> None:
    with pytest.raises(FileNotFoundError):
        list(exports.read(tmp_path / "none.jsonl"))


# -- Tables that people made.


def test_a_persons_csv_is_read_as_far_as_it_goes() -> None:
    [record] = records(
        "\ufeffPMID,DOI,Title,Publication Year,Authors,Abstract,Journal/Book,Keywords,status,n\r\n"
        '７４７７１０１,https://doi.org/10.1016/0304-3959(95)00048-X,"=A, b",1995-05,"Sörensen J, Bengtsson A",'
        '"-0.5 of what,\nwas",Pain,"crps; pain",to read,many\r\n'
    )
    assert (record.pmid, record.doi, record.title) == (7477101, "10.1016/0304-3959(95)00048-X", "=A, b")
    assert (record.year, record.journal, record.sections[0].text) == (1995, "Pain", "-0.5 of what,\nwas")
    assert record.authors == [Author("Sörensen", initials="J"), Author("Bengtsson", initials="A")]
    assert [keyword.text for keyword in record.keywords] == ["crps", "pain"]
    assert (record.status, record.facts, record.annotations) == (Status.CURRENT, None, None)


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("Smith J; Doe AB", [Author("Smith", initials="J"), Author("Doe", initials="AB")]),
        ("Smith J, Doe AB", [Author("Smith", initials="J"), Author("Doe", initials="AB")]),
        ("Smith J., Doe A.B.", [Author("Smith", initials="J"), Author("Doe", initials="AB")]),
        ("Smith, J., Doe, A.", [Author("Smith", initials="J"), Author("Doe", initials="A")]),
        ("Smith, John", [Author("Smith", "John")]),
        ("Smith, John; Doe, Ann", [Author("Smith", "John"), Author("Doe", "Ann")]),
        ("van der Berg JK", [Author("van der Berg", initials="JK")]),
        ("Smith JA Jr", [Author("Smith", initials="JA", suffix="Jr")]),
        ("John Smith", [Author("Smith", "John")]),
        ("CRASH-2 Trial Group", [Author(collective="CRASH-2 Trial Group")]),
        ("['Marx, Karl', 'Lind, Astrid']", [Author("Marx", "Karl"), Author("Lind", "Astrid")]),
        ('["Smith J", "Doe A"]', [Author("Smith", initials="J"), Author("Doe", initials="A")]),
        ("王芳", [Author("王芳")]),
    ],
)
def test_authors_are_read_as_people_list_them(cell: str, wanted: list[Author]) -> None:
    quoted = '"' + cell.replace('"', '""') + '"'
    assert records(f"title,authors\nx,{quoted}\n")[0].authors == wanted


def test_the_list_that_search_prints_is_read_too() -> None:
    found = (
        '{"key": "a2020", "title": "x", "authors": ["Smith J"], "source": "curated", "curated": true, "score": 1.5}\n'
    )
    [record] = records(found)
    assert (record.authors, record.source, record.facts) == ([Author("Smith", initials="J")], "", None)
    [record] = records('key,pmid,title,authors,verification,labels\na2020,1,\'=x,Smith J,pmid none,"a, b"\n')
    assert (record.key, record.title, record.authors) == ("a2020", "=x", [Author("Smith", initials="J")])
    assert record.annotations is not None
    assert record.annotations.labels == ["a", "b"]


def test_a_formulas_mark_is_only_taken_from_tables_of_ours() -> None:
    assert records("title,year\n'=x,2020\n")[0].title == "'=x"


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_rows_that_are_no_rows_are_named_by_the_line_they_begin_on(mark: str) -> None:
    rows = [("pmid", "title"), ("1", '"a\nb"'), ("x", "c"), ("3", '"d" e'), ("4", "f", "too much"), ("5",)]
    text = "\n".join(mark.join(row) for row in rows) + "\n"
    found = items(text)
    assert [one.place for one in found] == ["line 2", "line 4", "line 5", "line 6", "line 7"]
    assert [type(one) for one in found] == [Parsed, Failure, Failure, Failure, Parsed]
    assert "2" in found[3].reason


def test_a_quotation_that_never_ends_costs_what_follows_it_and_no_row_before() -> None:
    found = items('pmid,title\n1,a\n2,"b\n3,c\n')
    assert [type(one) for one in found] == [Parsed, Failure]
    assert (found[1].place, found[1].cut_short) == ("line 3", False)
    assert "quotation mark" in found[1].reason


@pytest.mark.parametrize("packed", [False, True])
def test_lines_that_end_with_a_carriage_return_alone_are_lines(packed: bool) -> None:
    data = '\ufeffpmid,title,year\r1,"One, two",2020\r\r2,"Three\rfour",2021\r'.encode()
    found = records(gzip.compress(data) if packed else data)
    assert [(one.pmid, one.title, one.year) for one in found] == [(1, "One, two", 2020), (2, "Three\nfour", 2021)]
    lines = "\r".join(line(pmid=number) for number in (1, 2))
    assert [one.pmid for one in records(lines)] == [1, 2]


FLOODS = {
    "blank lines of jsonl": ((line() + "\n").encode(), b"\n" * (1 << 20)),
    "blank lines of csv": (b"pmid,title\n1,x\n", b"\n" * (1 << 20)),
    "empty rows of csv": (b"pmid,title\n1,x\n", b",\n" * (1 << 19)),
    "one line of jsonl": ((line() + "\n").encode(), b"x" * (1 << 20)),
    "one line of csv": (b"pmid,title\n1,x\n", b"x" * (1 << 20)),
    "blanks of json": (b"[" + line().encode(), b" " * (1 << 20)),
    "commas of json": (b"[" + line().encode(), b"," * (1 << 20)),
}


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_without_a_record_is_given_up(name: str) -> None:
    start, more = FLOODS[name]
    given = io.BytesIO()
    with gzip.GzipFile(fileobj=given, mode="wb", compresslevel=1) as packed:
        packed.write(start)
        for _ in range(100):
            packed.write(more)
    given.seek(0)
    reading = exports.read(given)
    found = list(reading)
    assert isinstance(found[0], Parsed)
    assert isinstance(found[-1], Failure)
    assert found[-1].cut_short
    assert len(found) <= 3
    assert reading.consumed < len(given.getvalue())


@pytest.mark.parametrize("listed", [False, True])
def test_empty_lists_and_objects_are_parts_too(listed: bool) -> None:
    text = '{"title": "x", "odd": [' + ",".join(['{"a":{"b":[]}}'] * 200_000) + "]}"
    found = items(f"[{line()},{text}]" if listed else f"{line()}\n{text}\n")
    assert [type(one) for one in found] == [Parsed, Failure]
    assert "too many parts" in found[1].reason


@pytest.mark.parametrize("listed", [False, True])
def test_commas_and_brackets_in_a_text_are_no_parts(listed: bool) -> None:
    text = line(abstract=[{"text": 'a "[b], {c}, \\' * 150_000}])
    found = records(f"[{text},{line(pmid=2)}]" if listed else text)
    assert [one.pmid for one in found] == [1, 2][: 1 + listed]


def test_small_records_behind_a_large_one_are_no_parts_of_it() -> None:
    large = line(abstract=[{"text": "x" * 4_000_000}])
    many = [line(pmid=number, keywords=list("abcdefghijklmnopqrst")) for number in range(2, 20_000)]
    assert len(records(f"[{','.join([large, *many])}]")) == 19_999


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"title": "x" * 20_001}, "title: it has 20,001 characters"),
        ({"authors": [{"family": "x" * 20_001}]}, "authors: family: it has"),
        ({"language": ["x" * 20_001]}, "languages: it has"),
        ({"keywords": ["x" * 20_001]}, "keywords: text: it has"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_too_long_for_one_line_is_refused(fields: dict[str, Any], said: str) -> None:
    assert said in reason(**fields)
    assert records(line(title="x" * 20_000, abstract=["y" * 5_000_000]))[0].sections[0].text[0] == "y"


def test_an_abstract_of_megabytes_is_a_cell_like_others() -> None:
    [record] = records('pmid,abstract\n1,"' + "five megabytes, " * 330_000 + '"\n')
    assert len(record.sections[0].text) == 330_000 * 16


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        *((7477101, 7477101), ("7477101", 7477101), (" PMID: 7477101 ", 7477101), ("pmid7477101", 7477101)),
        *(
            ("７４７７１０１", 7477101),
            ("7477101.0", 7477101),
            (7477101.0, 7477101),
            ("", None),
            (None, None),
            ("n/a", None),
        ),
        ("https://pubmed.ncbi.nlm.nih.gov/7477101/", 7477101),
        ("http://www.ncbi.nlm.nih.gov/pubmed/7477101", 7477101),
    ],
)
def test_a_pmid_in_any_usual_form_is_a_number(given: object, wanted: int | None) -> None:
    assert pmid(given) == wanted


@pytest.mark.parametrize("given", ["0", "-1", "1.5", "PMC123", "12345678901", "12 34", True, [], {}, 1.5, "x" * 10_000])
def test_what_is_no_pmid_is_refused(given: object) -> None:
    with pytest.raises(BadRecord, match="is no PMID"):
        pmid(given)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        *(("10.1016/x", "10.1016/x"), ("doi:10.1016/X", "10.1016/X"), ("DOI: 10.1016/x", "10.1016/x"), ("None", "")),
        *(("https://doi.org/10.1016/x", "10.1016/x"), ("http://dx.doi.org/10.1016/x", "10.1016/x"), (None, "")),
        *(("doi.org/10.1016%2Fx%3C1%3E", "10.1016/x<1>"), ("１０.1016／x", "10.1016/x")),
    ],
)
def test_a_doi_in_any_usual_form_is_bare(given: object, wanted: str) -> None:
    assert doi(given) == wanted


@pytest.mark.parametrize(
    "given", ["10.1", "x/10.1016", "https://example.org/10.1016/x", "10.1016/a b", 5, ["10.1016/x"]]
)
def test_what_is_no_doi_is_refused(given: object) -> None:
    with pytest.raises(BadRecord, match="is no DOI"):
        doi(given)


# -- Whatever is in a file: items come, and nothing is raised.

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
KEYS = st.sampled_from(
    [
        *("key", "pmid", "doi", "title", "authors", "year", "status", "abstract", "mesh", "tags", "findings", "n"),
        *("curated_terms", "verification", "labels", "label_times", "notes", "screenings", "doses", "arms", "trial"),
        *("trial_registry_ids", "language", "keywords", "n_kind", "source", "kind", "version", "authors_complete"),
        *("relations", "judgements"),
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dictionaries(KEYS, JSON, max_size=8), min_size=1, max_size=3))
def test_no_object_raises_anything(given_objects: list[dict[str, Any]]) -> None:
    lines = [line(title="First"), *(json.dumps(one) for one in given_objects), ""]
    assert len(items("\n".join(lines))) == len(given_objects) + 1
    assert len(items("[" + ",".join(lines[:-1]) + "]")) == len(given_objects) + 1


WHOLE = [
    "\n".join(line(pmid=number, abstract=[{"text": "a\nb"}]) for number in range(1, 4)).encode() + b"\n",
    ("[" + ",".join(line(pmid=number) for number in range(1, 4)) + "]").encode(),
    b'key,verification,tags,relations,title\na,{},[],[],"x, y"\nb,{},[],[],z\n',
    b"key\tverification\ttags\trelations\ttitle\na\t{}\t[]\t[]\tx\\ty\n",
]


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(WHOLE + [gzip.compress(each, mtime=0) for each in WHOLE]),
    st.lists(st.tuples(st.integers(0, 200), st.binary(max_size=3)), max_size=4),
    st.integers(0, 400),
)
def test_no_bytes_raise_anything(whole: bytes, changes: list[tuple[int, bytes]], end: int) -> None:
    for place, new in changes:
        whole = whole[:place] + new + whole[place + len(new) :]
    for one in items(whole[:end]):
        assert isinstance(one, Parsed | Failure)
