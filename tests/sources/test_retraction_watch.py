"""The Retraction Watch table to notices: its columns, its dirt, and where it is damaged."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pytest

from ketlit.record import Relation
from ketlit.sources import retraction_watch
from ketlit.sources.items import Failure, Notice
from ketlit.sources.retraction_watch import row_of
from ketlit.vocabulary import RelationKind

COLUMNS = (
    *("Record ID", "Title", "Subject", "Institution", "Journal", "Publisher", "Country", "Author", "URLS"),
    *("ArticleType", "RetractionDate", "RetractionDOI", "RetractionPubMedID", "OriginalPaperDate", "OriginalPaperDOI"),
    *("OriginalPaperPubMedID", "RetractionNature", "Reason", "Paywalled", "Notes"),
)
ROW = {
    "Record ID": "77",
    "Title": "Ketamine and the sailors",
    "RetractionDate": "3/9/2011 0:00",
    "RetractionDOI": "10.1000/NOTICE",
    "RetractionPubMedID": "222",
    "OriginalPaperDOI": "10.1000/Paper",
    "OriginalPaperPubMedID": "111",
    "RetractionNature": "Retraction",
    "Reason": "+Fake Data;+Misconduct by Author;",
}


def table(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS, mark: str = ",", end: str = "\r\n") -> str:
    """A table with these rows; what they do not say is as in `ROW`."""
    written = io.StringIO()
    writer = csv.DictWriter(written, columns, restval="", extrasaction="ignore", delimiter=mark, lineterminator=end)
    writer.writeheader()
    writer.writerows(ROW | row for row in rows)
    return written.getvalue()


def items(data: bytes | str) -> list[Notice | Failure]:
    return list(retraction_watch.read(io.BytesIO(data.encode() if isinstance(data, str) else data)))


def only(data: bytes | str) -> Notice:
    (found,) = items(data)
    assert isinstance(found, Notice)
    return found


def told(**cells: str) -> Relation:
    found = only(table(cells)).relation
    assert found
    return found


def test_a_row_is_read_whole() -> None:
    assert only(table({})) == Notice(
        pmid=111,
        doi="10.1000/paper",
        title="Ketamine and the sailors",
        nature="Retraction",
        relation=Relation(
            RelationKind.RETRACTED_BY,
            pmid=222,
            doi="10.1000/notice",
            text="Retraction, 2011-03-09: Fake Data; Misconduct by Author (Retraction Watch record 77)",
            date="2011-03-09",
            source="retraction-watch",
        ),
        place="line 2",
    )


@pytest.mark.parametrize(
    ("nature", "kind"),
    [
        ("Retraction", RelationKind.RETRACTED_BY),
        ("Correction", RelationKind.CORRECTED_BY),
        ("Expression of concern", RelationKind.CONCERN_IN),
        (" EXPRESSION  OF CONCERN", RelationKind.CONCERN_IN),
        ("Reinstatement", RelationKind.REINSTATED_BY),
    ],
)
def test_each_nature_is_a_relation_of_its_own_kind(nature: str, kind: RelationKind) -> None:
    assert told(RetractionNature=nature).kind is kind


@pytest.mark.parametrize("nature", ["", "Retractions", "Erratum"])
def test_a_nature_that_is_not_known_is_no_relation(nature: str) -> None:
    assert only(table({"RetractionNature": nature}))[3:5] == (nature, None)


@pytest.mark.parametrize(
    ("printed", "iso", "said"),
    [
        ("3/9/2011 0:00", "2011-03-09", "2011-03-09"),
        ("12/31/1999", "1999-12-31", "1999-12-31"),
        ("03/09/2011 12:00:00 AM", "2011-03-09", "2011-03-09"),
        ("2011-03-09", "2011-03-09", "2011-03-09"),
        ("31/12/1999", "", "31/12/1999"),
        ("2/30/2011 0:00", "", "2/30/2011 0:00"),
        ("spring", "", "spring"),
    ],
)
def test_a_date_is_month_day_year_or_stays_as_printed(printed: str, iso: str, said: str) -> None:
    found = told(RetractionDate=printed)
    assert found.date == iso
    assert found.text.startswith(f"Retraction, {said}: ")


def test_without_date_reason_and_number_the_nature_is_left() -> None:
    found = told(RetractionDate="", Reason=" ;+; ", **{"Record ID": ""})
    assert (found.text, found.date, row_of(found)) == ("Retraction", "", "")


def test_the_row_is_told_of_its_own_relations_only() -> None:
    assert row_of(told()) == "77"
    assert row_of(Relation(RelationKind.RETRACTED_BY, text=told().text, source="pubmed")) == ""


@pytest.mark.parametrize(
    ("printed", "doi"),
    [
        ("10.1000/ABC.", "10.1000/abc"),
        ("https://doi.org/10.1000/abc", "10.1000/abc"),
        ("http://dx.doi.org/10.1000/aBc", "10.1000/abc"),
        (" doi: 10.1000/abc ", "10.1000/abc"),
        ("10.1000/abc;", "10.1000/abc"),
        *((word, "") for word in ("unavailable", "Unavailable", "UNAVAILABLE ", "", "0", "n/a", "10.1000")),
    ],
)
def test_dois_are_had_in_any_form_and_words_in_their_place_are_none(printed: str, doi: str) -> None:
    assert only(table({"OriginalPaperDOI": printed})).doi == doi
    assert told(RetractionDOI=printed).doi == doi


@pytest.mark.parametrize(("printed", "pmid"), [("0", None), ("", None), ("123.0", 123), (" 123 ", 123), ("x", None)])
def test_a_pmid_of_0_is_none(printed: str, pmid: int | None) -> None:
    assert only(table({"OriginalPaperPubMedID": printed})).pmid == pmid
    assert told(RetractionPubMedID=printed).pmid == pmid


def test_the_order_of_columns_and_the_mark_between_them_do_not_matter() -> None:
    whole = only(table({}))
    assert only(table({}, columns=COLUMNS[::-1])) == whole
    assert only(table({}, mark=";")) == whole
    needed = tuple(name for name in COLUMNS if name in ROW)
    assert only(table({}, columns=needed, end="\n")) == whole


def test_a_byte_order_mark_gzip_and_line_breaks_in_a_cell_are_read() -> None:
    text = table({"Notes": 'See\r\nhere, "there",\nand\reverywhere'}, {"Title": "Two\r\nlines"})
    for data in (text.encode(), text.encode("utf-8-sig"), gzip.compress(text.encode())):
        found = items(data)
        assert [one.place for one in found] == ["line 2", "line 5"]
        assert [one.title for one in found if isinstance(one, Notice)] == ["Ketamine and the sailors", "Two lines"]


def test_bytes_that_are_not_utf_8_cost_a_letter_and_no_row() -> None:
    data = table({"Title": "Søren's \u2019 study"}, {}).encode("cp1252")
    first, second = items(data)
    assert isinstance(first, Notice)
    assert first.title == "S\ufffdren's \ufffd study"
    assert isinstance(second, Notice)


def test_a_ragged_row_is_read_where_only_what_is_not_needed_is_missing() -> None:
    lines = table({}, {}, {}, {}).splitlines()
    lines[1] = lines[1].removesuffix(",,")
    lines[2] += ",, "
    lines[3] = lines[3].rpartition("Retraction")[0]
    lines[4] += ",more"
    found = items("\n".join(lines) + "\n")
    assert [type(one) for one in found] == [Notice, Notice, Failure, Failure]
    assert found[2:] == [
        Failure("line 4", "it has 17 cells, the first line 20"),
        Failure("line 5", "it has 21 cells, the first line 20"),
    ]


def test_a_row_with_a_stray_quote_is_named_and_the_next_ones_are_read() -> None:
    lines = table({}, {}, {}).splitlines()
    lines[2] = lines[2].replace("Ketamine", '"Ket"amine')
    found = items("\n".join(lines) + "\n")
    assert [type(one) for one in found] == [Notice, Failure, Notice]
    assert found[1].place == "line 3"


@pytest.mark.parametrize("column", sorted(set(ROW) - {"Record ID", "Title"}))
def test_a_column_that_is_missing_is_named(column: str) -> None:
    (failure,) = items(table({}, columns=tuple(name for name in COLUMNS if name != column)))
    assert isinstance(failure, Failure)
    assert failure.cut_short
    assert f"no column {column};" in failure.reason


@pytest.mark.parametrize("kept", [0.5, 0.8, 0.95])
def test_a_file_that_is_cut_short_says_so_after_what_came_whole(kept: float) -> None:
    whole = table({}, {"Title": 'A "quoted" title', "Reason": "+" + "Doubt;+" * 40})
    first, second = whole.index("\n", whole.index("\n") + 1) + 1, len(whole)
    cut = whole[: first + int((second - first) * kept)]
    for data in (cut.encode(), gzip.compress(cut.encode())):
        found = items(data)
        assert [type(one) for one in found] == [Notice, Failure]
        assert isinstance(found[1], Failure)
        assert found[1].cut_short
        assert "cut short" in found[1].reason
    packed = gzip.compress(whole.encode())
    last = items(packed[:-6])[-1]
    assert isinstance(last, Failure)
    assert last.cut_short


def test_a_last_line_without_line_feed_is_read() -> None:
    assert only(table({}).rstrip("\r\n")).pmid == 111


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "the file is empty"),
        (table({}).encode("utf-16"), "UTF-16"),
        (b"\x1f\x8bnot gzip", "gzip data are damaged"),
    ],
)
def test_what_is_no_table_is_told_for_what_it_is(data: bytes, said: str) -> None:
    (failure,) = items(data)
    assert isinstance(failure, Failure)
    assert failure.cut_short
    assert said in failure.reason


def test_after_a_thousand_broken_rows_in_a_row_the_file_is_damaged() -> None:
    found = items(table({}) + "junk\n" * 5000)
    assert len(found) == 1002
    assert isinstance(found[-1], Failure)
    assert found[-1].cut_short


def test_a_file_says_how_far_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "some.csv"
    path.write_text(table(*[{}] * 3), encoding="utf-8", newline="")
    reading = retraction_watch.read(path)
    assert reading.consumed == 0
    assert len(list(reading)) == 3
    assert reading.consumed == reading.size == path.stat().st_size


def test_reading_takes_no_more_than_it_needs() -> None:
    class Endless(io.RawIOBase):
        """A table of as many rows as are asked for."""

        given = 0
        text = table({}).encode()
        row = text[text.index(b"\n") + 1 :]

        def read(self, size: int = -1) -> bytes:
            self.given += size
            return self.text + self.row if self.given == size else self.row * (size // len(self.row))

    stream = Endless()
    reading = iter(retraction_watch.read(stream))  # type: ignore[arg-type]
    for _ in range(1000):
        assert isinstance(next(reading), Notice)
    assert stream.given < 1 << 21
