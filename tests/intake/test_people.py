"""What people write: kept as said, taken back as asked, and the tags that follow from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ketlit.errors import NotFound, UsageError
from ketlit.intake import people
from ketlit.record import Record
from ketlit.tagging.taxonomy import Taxonomy
from ketlit.vocabulary import Axis

EARLIER, LATER = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"


@pytest.fixture
def study(desk: Any, record: Callable[..., Record]) -> Any:
    desk.take(record())
    return desk


def active(desk: Any, axis: str = "condition") -> list[str]:
    return [row[0] for row in desk.rows("SELECT DISTINCT term FROM tag WHERE active AND axis = ? ORDER BY term", axis)]


def test_a_note_is_kept_and_taken_back_by_its_number(study: Any) -> None:
    with study.open() as connection:
        kept = people.add_note(connection, 1, "  [/] read \x1b twice\n", EARLIER)
        assert kept == (1, "pereira2022", "[/] read \x1b twice", EARLIER)
        assert people.remove_note(connection, kept.id) == kept
        with pytest.raises(NotFound):
            people.remove_note(connection, kept.id)
    assert study.one("SELECT count(*) FROM note") == 0


def test_an_empty_note_and_one_of_a_whole_book_are_refused(study: Any) -> None:
    with study.open() as connection:
        for text in ("", " \n", "x" * 200_000):
            with pytest.raises(UsageError):
                people.add_note(connection, 1, text)


def test_notes_labels_tags_and_decisions_need_a_study(study: Any, taxonomy: Taxonomy) -> None:
    with study.open() as connection:
        for write in (
            lambda: people.add_note(connection, 7, "x"),
            lambda: people.add_label(connection, 7, "x"),
            lambda: people.remove_label(connection, 7, "x"),
            lambda: people.set_screening(connection, 7, excluded=True, why="x"),
            lambda: people.set_tag(connection, taxonomy, 7, Axis.CONDITION, "crps", applies=True),
        ):
            with pytest.raises(NotFound):
                write()


def test_a_label_is_put_on_once_and_taken_off_once(study: Any) -> None:
    with study.open() as connection:
        assert people.add_label(connection, 1, " to   read ")
        assert not people.add_label(connection, 1, "to read")
        assert people.remove_label(connection, 1, "to read")
        assert not people.remove_label(connection, 1, "to read")
        for label in ("", "  ", "a\x1b[31m", "x" * 101):
            with pytest.raises(UsageError):
                people.add_label(connection, 1, label)


def test_a_persons_tag_counts_and_is_found_at_once(study: Any, taxonomy: Taxonomy) -> None:
    with study.open() as connection:
        assert people.set_tag(connection, taxonomy, 1, Axis.CONDITION, "crps-1", applies=True)
        assert not people.set_tag(connection, taxonomy, 1, Axis.CONDITION, "crps-1", applies=True)
    assert active(study) == ["crps-1", "fibromyalgia"]
    assert study.one("SELECT count(*) FROM study_fts WHERE study_fts MATCH 'zqconditioncrps'") == 1
    with study.open() as connection:
        assert people.set_tag(connection, taxonomy, 1, Axis.CONDITION, "crps-1", applies=False)
        assert not people.set_tag(connection, taxonomy, 1, Axis.CONDITION, "crps-1", applies=False)
    assert active(study) == ["fibromyalgia"]
    assert study.rows("SELECT term FROM tag WHERE origin = 'user'") == []
    assert study.one("SELECT count(*) FROM study_fts WHERE study_fts MATCH 'zqconditioncrps'") == 0
    assert study.sound()


def test_what_mesh_says_can_be_denied_and_the_denial_taken_back(study: Any, taxonomy: Taxonomy) -> None:
    with study.open() as connection:
        assert people.set_tag(connection, taxonomy, 1, Axis.CONDITION, "fibromyalgia", applies=False)
    assert active(study) == []
    assert study.rows("SELECT origin, negated FROM tag WHERE term = 'fibromyalgia' ORDER BY origin") == [
        ("mesh", 0),
        ("user", 1),
    ]
    with study.open() as connection:
        assert people.set_tag(connection, taxonomy, 1, Axis.CONDITION, "fibromyalgia", applies=True)
    assert active(study) == ["fibromyalgia"]
    assert study.sound()


def test_a_person_may_say_what_design_a_study_has(study: Any, taxonomy: Taxonomy) -> None:
    with study.open() as connection:
        people.set_tag(connection, taxonomy, 1, Axis.DESIGN, "observational", applies=True)
    assert study.one("SELECT design FROM study") == "observational"
    with study.open() as connection:
        people.set_tag(connection, taxonomy, 1, Axis.DESIGN, "observational", applies=False)
    assert study.one("SELECT design FROM study") == "rct"


def test_a_tag_that_is_no_term_is_refused(study: Any, taxonomy: Taxonomy) -> None:
    with study.open() as connection, pytest.raises(UsageError, match="nonsense"):
        people.set_tag(connection, taxonomy, 1, Axis.CONDITION, "nonsense", applies=True)


def test_the_last_decision_holds_and_all_are_kept(study: Any) -> None:
    with study.open() as connection:
        assert people.set_screening(connection, 1, excluded=True, why="animals", at=EARLIER)
        assert not people.set_screening(connection, 1, excluded=True, why="animals", at=EARLIER)
        assert study.one("SELECT excluded FROM study") == 1
        assert people.set_screening(connection, 1, excluded=False, why="", at=LATER)
        assert not people.set_screening(connection, 1, excluded=False, why="", at=LATER)
        with pytest.raises(UsageError):
            people.set_screening(connection, 1, excluded=True, why=" ")
    assert study.one("SELECT excluded FROM study") == 0
    assert study.one("SELECT count(*) FROM screening") == 2
