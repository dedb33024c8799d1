"""What is read from a record's text: tags, doses, people and direction, each with its words; and read again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ketlit.cli import run
from ketlit.intake.apply import Intake
from ketlit.intake.retag import tag_again
from ketlit.record import Record, Section
from ketlit.tagging.reading import Reader
from ketlit.tagging.taxonomy import Taxonomy

Make = Callable[..., Record]
TITLE = "Intravenous ketamine for complex regional pain syndrome: a randomised placebo-controlled trial."
METHODS = "Forty-two patients with complex regional pain syndrome were randomised to ketamine 0.5 mg/kg or saline."
RESULTS = "Pain scores were lower after ketamine. We conclude that ketamine reduced pain compared with placebo."


@pytest.fixture
def trial(record: Make) -> Record:
    """A trial that MEDLINE has not indexed."""
    return record(
        title=TITLE,
        sections=[Section(METHODS, "METHODS", "METHODS"), Section(RESULTS, "RESULTS", "RESULTS")],
        publication_types=[],
        mesh=[],
    )


def test_a_record_without_headings_is_found_by_what_its_text_says(desk: Any, trial: Record) -> None:
    desk.take(trial)
    assert desk.rows("SELECT design, n, n_kind, direction FROM study") == [
        ("rct", 42, "randomised", "favours_intervention")
    ]
    active = set(desk.rows("SELECT axis, term FROM tag WHERE active AND origin = 'text'"))
    assert {("condition", "crps"), ("route", "intravenous"), ("comparator", "placebo")} <= active
    assert desk.rows("SELECT value, unit FROM dose") == [(0.5, "mg/kg")]
    assert desk.one("SELECT count(*) FROM study_fts WHERE study_fts MATCH 'zqrouteintravenous'") == 1


def test_each_tag_quotes_the_words_it_rests_on(desk: Any, trial: Record) -> None:
    desk.take(trial)
    texts = {"title": TITLE, "abstract/0": METHODS, "abstract/1": RESULTS}
    tags = desk.rows("SELECT section, starts, ends, quote, axis FROM tag WHERE origin = 'text'")
    assert {"participants", "direction"} <= {axis for *_, axis in tags}
    assert [(section, quote) for section, start, end, quote, _ in tags if texts[section][start:end] != quote] == []


def test_a_revised_text_is_read_again_and_an_unchanged_one_is_not(
    desk: Any, trial: Record, record: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.take(trial)
    shorter = record(title="Ketamine and memory in healthy volunteers.", sections=[], mesh=[], publication_types=[])
    shorter.revised = "2030-01-01"
    desk.take(shorter)
    assert desk.rows("SELECT n, direction FROM study") == [(None, "not_reported")]
    assert desk.rows("SELECT count(*) FROM dose") == [(0,)]
    assert ("condition", "crps") not in desk.rows("SELECT axis, term FROM tag")

    def unread(*_: object) -> None:
        raise AssertionError("the text was read, and it has not changed")

    monkeypatch.setattr(Reader, "read", unread)
    again = record(
        title=shorter.title, sections=[], mesh=[], publication_types=[], journal="Another", revised="2031-01-01"
    )
    assert desk.take(again).revised == 1


def test_a_curated_study_keeps_what_its_curator_read(seeded_desk: Any, record: Make, trial: Record) -> None:
    key, pmid, title, year = seeded_desk.rows("SELECT key, pmid, title, year FROM study WHERE key = 'sigtermans2009'")[
        0
    ]
    before = seeded_desk.rows("SELECT n, direction, design FROM study WHERE key = ?", key)
    doses = seeded_desk.rows("SELECT count(*) FROM dose d JOIN study s ON s.id = d.study_id WHERE s.key = ?", key)
    family = seeded_desk.one(
        "SELECT family FROM author a JOIN study s ON s.id = a.study_id WHERE s.key = ? AND a.position = 0", key
    )
    paper = record(pmid, title=title, year=year, sections=trial.sections, mesh=[])
    paper.authors[0].family = family
    assert seeded_desk.take(paper).revised == 1
    assert seeded_desk.rows("SELECT n, direction, design FROM study WHERE key = ?", key) == before
    assert (
        seeded_desk.rows("SELECT count(*) FROM dose d JOIN study s ON s.id = d.study_id WHERE s.key = ?", key) == doses
    )
    read = seeded_desk.rows(
        "SELECT t.term, t.active FROM tag t JOIN study s ON s.id = t.study_id "
        "WHERE s.key = ? AND t.axis = 'participants' AND t.origin = 'text'",
        key,
    )
    assert read == [("42", 0)]


def test_tagging_again_says_what_moved_and_then_moves_nothing(desk: Any, trial: Record, taxonomy: Taxonomy) -> None:
    desk.take(trial)
    desk.rows("DELETE FROM tag WHERE axis = 'condition' AND origin = 'text'")
    with desk.open() as connection:
        moved = tag_again(Intake(connection, taxonomy))
        assert (moved.studies, moved.changed) == (1, 1)
        assert moved.gained["condition", "crps"] == 1
        assert tag_again(Intake(connection, taxonomy))[1:] == (0, {}, {})
    assert desk.sound()


def test_tagging_again_from_the_command_line(bare: Path, desk: Any, trial: Record, capsys: Any) -> None:
    desk.take(trial)
    assert run(["--db", str(desk.path), "db", "retag"]) == 0
    assert "1 studies read again, 0 changed" in capsys.readouterr().err
