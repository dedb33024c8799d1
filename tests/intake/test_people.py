"""What people write: kept as said, taken back as asked, and the tags that follow from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ketlit.errors import NotFound, UsageError
from ketlit.intake import people
from ketlit.intake.apply import Intake
from ketlit.intake.retag import tag_again
from ketlit.record import Record, Section
from ketlit.store.writer import Writer
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


SAID = "SELECT design, context, n, n_kind, direction FROM study"
READ = ("rct", "therapeutic-pain", 42, "randomised", "favours_intervention")


@pytest.fixture
def read_study(desk: Any, record: Callable[..., Record]) -> Any:
    """A study of which all was read from its text."""
    title = "Intravenous ketamine for complex regional pain syndrome: a randomised placebo-controlled trial."
    methods = "Forty-two patients with complex regional pain syndrome were randomised to ketamine or saline."
    results = "Pain scores were lower after ketamine. We conclude that ketamine reduced pain compared with placebo."
    sections = [Section(methods, "METHODS", "METHODS"), Section(results, "RESULTS", "RESULTS")]
    desk.take(record(title=title, sections=sections, mesh=[], publication_types=[]))
    assert desk.rows(SAID) == [READ]
    return desk


@pytest.mark.parametrize(
    ("axis", "term", "place"),
    [
        (Axis.DESIGN, "observational", 0),
        (Axis.CONTEXT, "anesthesia", 1),
        (Axis.PARTICIPANTS, "120", 2),
        (Axis.DIRECTION, "no_difference", 4),
    ],
)
def test_what_was_read_can_be_corrected_and_the_correction_taken_back(
    read_study: Any, taxonomy: Taxonomy, axis: Axis, term: str, place: int
) -> None:
    with read_study.open() as connection:
        assert people.set_tag(connection, taxonomy, 1, axis, term, applies=True)
        assert not people.set_tag(connection, taxonomy, 1, axis, term, applies=True)
    assert str(read_study.rows(SAID)[0][place]) == term
    said = "SELECT origin, active FROM tag WHERE axis = ? AND term IN (?, ?) ORDER BY origin"
    assert read_study.rows(said, axis.value, term, str(READ[place])) == [("text", 0), ("user", 1)]
    with read_study.open() as connection:
        tag_again(Intake(connection, taxonomy))
    assert str(read_study.rows(SAID)[0][place]) == term
    with read_study.open() as connection:
        assert people.set_tag(connection, taxonomy, 1, axis, term, applies=False)
    assert read_study.rows(SAID) == [READ]
    assert read_study.sound()


def test_what_was_read_can_be_denied_and_then_nothing_is_said(read_study: Any, taxonomy: Taxonomy) -> None:
    with read_study.open() as connection:
        assert people.set_tag(connection, taxonomy, 1, Axis.DIRECTION, "better", applies=False)
        assert people.set_tag(connection, taxonomy, 1, Axis.PARTICIPANTS, "42", applies=False)
        assert not people.set_tag(connection, taxonomy, 1, Axis.PARTICIPANTS, "43", applies=False)
    assert read_study.rows(SAID) == [(*READ[:2], None, "", "not_reported")]
    with read_study.open() as connection:
        tag_again(Intake(connection, taxonomy))
        assert people.set_tag(connection, taxonomy, 1, Axis.PARTICIPANTS, "42", applies=True)
    assert read_study.rows(SAID) == [(*READ[:4], "not_reported")]


def test_a_correction_survives_another_text_of_the_same_study(
    read_study: Any, taxonomy: Taxonomy, record: Callable[..., Record]
) -> None:
    with read_study.open() as connection:
        people.set_tag(connection, taxonomy, 1, Axis.PARTICIPANTS, "120", applies=True)
    read_study.take(record(sections=[], mesh=[], publication_types=[], revised="2030-01-01"))
    assert read_study.rows("SELECT n, direction FROM study") == [(120, "not_reported")]


def test_of_one_value_a_person_says_only_the_last(read_study: Any, taxonomy: Taxonomy) -> None:
    said = [
        (Axis.PARTICIPANTS, "120"),
        (Axis.PARTICIPANTS, "0090"),
        (Axis.DIRECTION, "worse"),
        (Axis.DIRECTION, "mixed"),
    ]
    said += [(Axis.DESIGN, "crossover"), (Axis.DESIGN, "observational"), (Axis.DESIGN, "case-series")]
    with read_study.open() as connection:
        for axis, term in said:
            assert people.set_tag(connection, taxonomy, 1, axis, term, applies=True, at=EARLIER)
    mine = read_study.rows("SELECT term FROM tag WHERE origin = 'user' ORDER BY term")
    assert mine == [("90",), ("case-series",), ("crossover",), ("mixed",)]
    assert read_study.rows("SELECT design, n, direction FROM study") == [("case-series", 90, "mixed")]


@pytest.mark.parametrize(("said", "later", "holds"), [("10", "20", 20), ("9", "120", 120)])
def test_of_numbers_from_two_libraries_one_holds_and_the_other_can_be_said_again(
    read_study: Any, taxonomy: Taxonomy, said: str, later: str, holds: int
) -> None:
    with read_study.open() as connection:
        people.set_tag(connection, taxonomy, 1, Axis.PARTICIPANTS, said, applies=True, at=EARLIER)
        names = "study_id, axis, origin, section, negated, active, at"
        connection.exec_driver_sql(
            f"INSERT INTO tag ({names}, term, quote, rule, role, quote_hash) "
            f"SELECT {names}, '{later}', quote, rule, role, quote_hash FROM tag WHERE origin = 'user'"
        )
        connection.commit()
        tag_again(Intake(connection, taxonomy))
    assert read_study.rows("SELECT n FROM study") == [(holds,)]
    with read_study.open() as connection:
        assert people.set_tag(connection, taxonomy, 1, Axis.PARTICIPANTS, said, applies=True)
        assert not people.set_tag(connection, taxonomy, 1, Axis.PARTICIPANTS, said, applies=True)
    assert read_study.rows("SELECT n FROM study") == [(int(said),)]
    assert read_study.rows("SELECT term FROM tag WHERE origin = 'user'") == [(said,)]


@pytest.mark.parametrize("term", ["", "0", "-5", "1,20", "12.5", "many", "²", "9" * 30])
def test_a_number_of_people_is_a_whole_number(read_study: Any, taxonomy: Taxonomy, term: str) -> None:
    with read_study.open() as connection, pytest.raises(UsageError, match="no number of people"):
        people.set_tag(connection, taxonomy, 1, Axis.PARTICIPANTS, term, applies=True)


def test_what_a_curator_read_is_corrected_and_stays_beside(seeded_desk: Any, taxonomy: Taxonomy) -> None:
    sql = "SELECT n, n_kind, direction FROM study WHERE key = 'noppers2011'"
    number = seeded_desk.one("SELECT id FROM study WHERE key = 'noppers2011'")
    before = seeded_desk.rows(sql)
    with seeded_desk.open() as connection:
        people.set_tag(connection, taxonomy, number, Axis.PARTICIPANTS, "120", applies=True)
        people.set_tag(connection, taxonomy, number, Axis.DIRECTION, before[0][2], applies=False)
        facts = Writer(connection, LATER).whole([number])[number].facts
        tag_again(Intake(connection, taxonomy))
    assert facts
    assert seeded_desk.rows(sql) == [(120, "", "not_reported")]
    assert [(facts.n, facts.n_kind, facts.direction)] == before
    with seeded_desk.open() as connection:
        people.set_tag(connection, taxonomy, number, Axis.PARTICIPANTS, "120", applies=False)
        people.set_tag(connection, taxonomy, number, Axis.DIRECTION, before[0][2], applies=True)
    assert seeded_desk.rows(sql) == before


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
