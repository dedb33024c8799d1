"""Entries of a curated file: the nearest valid word, and problems in the order of the file."""

from __future__ import annotations

from ketlit.sources.entries import Entry, Problems, nearest, refuse


def test_nearest_names_a_close_word_or_a_short_list() -> None:
    assert nearest("intravenus", ["oral", "intravenous"]) == "; did you mean 'intravenous'?"
    assert nearest("zzz", ["b", "a"]) == "; valid: a, b"
    assert nearest("z1z", [str(i) for i in range(13)]) == "; the nearest is '1'"
    assert nearest("zzz", []) == ""


def test_nothing_wrong_raises_nothing() -> None:
    refuse(Problems("a.yaml"), Problems("b.yaml"))
    assert Entry(7).lines == {}
