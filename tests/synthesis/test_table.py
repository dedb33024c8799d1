"""Tables as people keep them: read by any separator, and refused by row and column where a cell cannot be meant."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketlit.errors import UsageError
from ketlit.synthesis.effects import Excluded, Means, of_means
from ketlit.synthesis.pooling import pool
from ketlit.synthesis.table import LARGEST_FILE, TableKind, prepare, read_table
from ketlit.vocabulary import EffectMeasure, SmdForm

COUNTS = "study,events1,n1,events2,n2\n"
MEANS = "study,mean1,sd1,n1,mean2,sd2,n2\n"
EFFECTS = "study,yi,vi\n"


def refused(text: str | bytes) -> str:
    """The message and the hint with which a table is refused."""
    with pytest.raises(UsageError) as refusal:
        read_table(text if isinstance(text, bytes) else text.encode(), "mine.csv")
    assert str(refusal.value).startswith("mine.csv")
    return f"{refusal.value} | {refusal.value.hint}"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_separators_byte_order_marks_and_line_ends_are_read_as_they_come(
    separator: str, encoding: str, newline: str
) -> None:
    lines = ["study,events1,n1,events2,n2", "Sörensen 1995,4,20,1,20", "", "  b2005 ,0,30,2,30"]
    found = read_table(newline.join(lines).replace(",", separator).encode(encoding))
    assert found.kind == TableKind.COUNTS
    assert [(row.study, row.values) for row in found.rows] == [
        ("Sörensen 1995", (4, 20, 1, 20)),
        ("b2005", (0, 30, 2, 30)),
    ]
    assert [row.line for row in found.rows] == [2, 4]
    assert found.warnings == ()


def test_columns_come_in_any_order_and_case_and_others_are_passed_over_with_a_warning() -> None:
    found = read_table(b"Year,VI, Study ,n1,Yi\n1999,0.04,a,10,-0.5\n")
    assert (found.kind, found.rows[0].values) == (TableKind.EFFECTS, (-0.5, 0.04))
    assert found.warnings == ("columns not used: Year, n1",)


def test_numbers_are_read_as_they_are_printed() -> None:
    (row,) = read_table(f"{EFFECTS}a,\N{MINUS SIGN}.5,1e-2\n".encode()).rows
    assert row.values == (-0.5, 0.01)


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ("a,21,20,1,20", "row 2, column events1: 21 of 20 people"),
        ("a,1,20,7,6", "row 2, column events2: 7 of 6 people"),
        ("a,0,0,1,20", "row 2, column n1: 0 must be at least 1"),
        ("a,-1,20,1,20", "row 2, column events1: -1 must be at least 0"),
        ("a,45%,20,1,20", "row 2, column events1: 45% is a percentage | a count of people is wanted"),
        ("a,0.45,20,1,20", "row 2, column events1: 0.45 is not a whole number"),
        ("a,4,20,1,20.5", "row 2, column n2: 20.5 is not a whole number"),
        ("a,four,20,1,20", "row 2, column events1: 'four' is not a number"),
        ("a,4,n/a,1,20", "row 2, column n1: 'n/a' is not a number"),
        ("a,,20,1,20", "row 2, column events1 is empty"),
        ("a,nan,20,1,20", "row 2, column events1: 'nan' is not a number"),
        ("a,inf,20,1,20", "row 2, column events1: 'inf' is not a number"),
        ("a,1_0,20,1,20", "row 2, column events1: '1_0' is not a number"),
        ("a,４,20,1,20", "row 2, column events1: '４' is not a number"),
        ("a,4,1e400,1,20", "row 2, column n1: 1e400 is not a whole number"),
        ('a,4,"1,000",1,20', "row 2, column n1: 1,000 has a comma"),
        ("a,4,20,1", "row 2 has 4 cells under 5 column names"),
        ("a,4,5,20,1,20", "row 2 has 6 cells under 5 column names | a comma inside a number"),
        (" ,4,20,1,20", "row 2 names no study"),
        ('a,4,20,1,"20', "row 2: unexpected end of data"),
    ],
)
def test_a_count_that_cannot_be_meant_is_refused_by_row_and_column(row: str, wrong: str) -> None:
    assert wrong in refused(COUNTS + row + "\n")


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ("a;3;-2;10;4;2;10", "column sd1: -2 must be above 0"),
        ("a;3;2;10;4;0;10", "column sd2: 0 must be above 0"),
        ("a;3;2;1;4;2;10", "column n1: one person has no standard deviation"),
        ("a;3,5;2;10;4;2;10", "column mean1: 3,5 has a comma | write 0.5, not 0,5"),
        ("a;3;2;10;1e30;2;10", "column mean2: 1e30 must be at most 1e+24"),
    ],
)
def test_a_mean_that_cannot_be_meant_is_refused_by_row_and_column(row: str, wrong: str) -> None:
    assert f"row 2, {wrong}" in refused(MEANS.replace(",", ";") + row + "\n")


@pytest.mark.parametrize("vi", ["0", "-0.1", "1e-60", "1e60"])
def test_a_variance_that_cannot_be_is_refused(vi: str) -> None:
    assert f"row 2, column vi: {vi} must be" in refused(f"{EFFECTS}a,1,{vi}\n")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("study,events1,n1,events2,n2,mean1\n", "mixes columns of events and means"),
        ("study,yi,vi,sd1\n", "mixes columns of means and effects"),
        ("study,yi,yi,vi\n", "has the column yi twice"),
        ("study,events1,n1,events2\n", "has no column n2"),
        ("studie,yi,vi\n", "has no column study | is it studie?"),
        ("study,n1,n2\na,1,2\n", "has no column of numbers | columns: study and events1 n1 events2 n2 | mean1"),
        ("study yi vi\na 1 2\n", "has no column study"),
        ("", "is empty | columns: study and"),
        ("\n \n", "is empty"),
        (EFFECTS, "has no row"),
        (EFFECTS + "a,1,1\nb,1,1\nA,1,1\n", "A is in rows 2 and 4 | a study counts once"),
        ("study,yi,vi\na,1,1\n".encode("utf-16"), "is not UTF-8"),
        (b"\xff\xfe", "is not UTF-8"),
        (b"study,yi,vi\na\0,1,1\n", "is not a text file"),
        (b"x" * (LARGEST_FILE + 1), "larger than 10 MB"),
    ],
)
def test_a_table_that_cannot_be_meant_is_refused_as_a_whole(text: str | bytes, wrong: str) -> None:
    assert wrong in refused(text)


def test_rows_that_cannot_be_meant_are_named_ten_at_once() -> None:
    wrong = refused(COUNTS + "a,21,20,1,20\nb,1,20,1,20\nc,45%,20,1,20\n")
    assert "row 2, column events1: 21 of 20 people" in wrong
    assert "row 4, column events1: 45% is a percentage" in wrong
    assert "row 3" not in wrong
    wrong = refused(COUNTS + "".join(f"s{number},21,20,1,20\n" for number in range(13)))
    assert (wrong.count("of 20 people"), "and 3 more rows" in wrong) == (10, True)


NEAR = st.text('study,;yiv1 2.\n"\t', max_size=80)


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode), NEAR.map(str.encode)))
def test_any_bytes_are_a_table_or_refused(content: bytes) -> None:
    for head in (b"", EFFECTS.encode(), COUNTS.encode(), MEANS.encode()):
        with suppress(UsageError):
            assert read_table(head + content).rows


def test_a_table_of_events_gives_effects_and_what_is_left_out() -> None:
    table = read_table(f"{COUNTS}a,4,20,1,20\nb,0,12,0,12\nc,3,15,0,15\n".encode())
    ratio = prepare(table, EffectMeasure.OR)
    assert [effect.study for effect in ratio.effects] == ["a", "c"]
    assert [(left.study, type(left)) for left in ratio.excluded] == [("b", Excluded)]
    assert len(prepare(table, EffectMeasure.RD).effects) == 3


def test_a_table_of_means_gives_either_form_of_the_smd() -> None:
    table = read_table(f"{MEANS}a,3.2,2.1,12,5,2,12\n".encode())
    for form in SmdForm:
        expected = of_means("a", Means(3.2, 2.1, 12, 5, 2, 12), EffectMeasure.SMD, form)
        assert prepare(table, EffectMeasure.SMD, form).effects == (expected,)


def test_a_table_of_effects_needs_no_measure_and_takes_any() -> None:
    table = read_table(f"{EFFECTS}a,0.5,0.1\nb,0.2,0.1\n".encode())
    effects = prepare(table, None).effects
    assert prepare(table, EffectMeasure.OR).effects == effects
    assert pool(effects, EffectMeasure.OR).exp_estimate is not None


@pytest.mark.parametrize(
    ("head", "row", "measure", "wrong"),
    [
        (COUNTS, "a,4,20,1,20", EffectMeasure.SMD, "a table of events gives no SMD"),
        (COUNTS, "a,4,20,1,20", None, "a table of events needs a measure"),
        (MEANS, "a,3.2,2.1,12,5,2,12", EffectMeasure.OR, "a table of means gives no OR"),
    ],
)
def test_a_measure_the_table_cannot_give_is_refused(
    head: str, row: str, measure: EffectMeasure | None, wrong: str
) -> None:
    with pytest.raises(UsageError, match=wrong) as refusal:
        prepare(read_table((head + row).encode()), measure)
    assert refusal.value.hint.startswith("choose one of ")


def test_sds_that_look_like_standard_errors_are_pointed_out_and_taken() -> None:
    rows = [
        "a,20,9.1,40,24,8.8,40",
        "b,19,10.2,30,22,9.6,32",
        "c,21,8.4,25,23,9.9,25",
        "d,22.6,1.2,43,23.4,1.3,43",  # 1.25 x sqrt(43) = 8.2: of the size of the others
        "e,14.8,0.26,30,16.8,0.26,30",  # 7.7 SDs apart
        "f,18,2.9,5,19,3.1,5",  # small, but not under a third of the usual
    ]
    found = read_table((MEANS + "\n".join(rows)).encode())
    assert len(found.rows) == 6
    assert [warning.partition(":")[0] for warning in found.warnings] == ["d", "e"]
    assert "standard errors?" in found.warnings[0]
    assert "7.7 SDs apart" in found.warnings[1]


def test_a_table_of_two_has_nothing_to_compare_its_sds_with() -> None:
    assert read_table(f"{MEANS}a,20,9,40,24,9,40\nb,20,1,80,20.5,1,80\n".encode()).warnings == ()
