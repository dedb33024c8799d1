"""What is put into a cell comes out of it, and no spreadsheet computes it."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketlit.cells import escaped, guarded, quoted, unescaped, unguarded

TEXT = st.text("'=+-@\t\r\n\\\"nrt ,a", max_size=12) | st.text()


@given(TEXT, st.booleans())
def test_a_guard_is_taken_off_exactly(text: str, raw: bool) -> None:
    assert unguarded(guarded(text, raw=raw)) == text


@given(TEXT)
def test_no_guarded_text_is_a_formula(text: str) -> None:
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize(("text", "plain"), [("=1", "=1"), ("-0.81", "-0.81"), ("'q'", "'q'"), ("'=1", "''=1")])
def test_raw_leaves_formulas_as_they_are(text: str, plain: str) -> None:
    assert guarded(text, raw=True) == plain


@given(TEXT)
def test_an_escaped_text_is_one_cell_of_tsv_and_comes_back(text: str) -> None:
    cell = escaped(text)
    assert not any(mark in cell for mark in "\t\n\r")
    assert not cell.startswith('"')
    assert unescaped(cell) == text


@given(st.lists(TEXT, min_size=2, max_size=4))
def test_quoted_cells_are_what_the_csv_module_reads(cells: list[str]) -> None:
    line = ",".join(map(quoted, cells)) + "\n"
    assert list(csv.reader(io.StringIO(line, newline=""), strict=True)) == [cells]
