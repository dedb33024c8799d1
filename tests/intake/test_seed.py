"""The curated data in a library: once, again, over what was imported before, and by another release."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ketlit import resources
from ketlit.intake import load_seed
from ketlit.record import Author, Record
from ketlit.sources.seed import load_seed as read_seed

Make = Callable[..., Record]


@pytest.fixture
def reopened(desk: Any) -> Any:
    """At a library without studies that takes the curated ones after all."""
    desk.rows("DELETE FROM library WHERE name IN ('without_studies', 'seed_digest')")
    return desk


def load(desk: Any) -> str:
    with desk.open() as connection:
        return load_seed(connection)


def test_all_curated_facts_are_in_a_new_library(seeded_desk: Any) -> None:
    seed = read_seed(resources.SEED_STUDIES, resources.CLAIMS, None)
    studies = {one.key: one for one in seed.studies}
    assert {row[0] for row in seeded_desk.rows("SELECT key FROM study WHERE curated AND source = 'curated'")} == set(
        studies
    )
    findings = dict(
        seeded_desk.rows("SELECT key, count(*) FROM finding f JOIN study s ON s.id = f.study_id GROUP BY key")
    )
    assert findings == {
        key: len(one.facts.findings) for key, one in studies.items() if one.facts and one.facts.findings
    }
    assert seeded_desk.rows("SELECT id FROM claim ORDER BY position") == [(one.id,) for one in seed.claims]
    assert seeded_desk.one("SELECT count(*) FROM claim_study") == sum(len(one.studies) for one in seed.claims)
    assert {row[0] for row in seeded_desk.rows("SELECT name FROM trial")} >= {one.name for one in seed.trials}
    assert seeded_desk.sound()


def test_loading_again_changes_nothing(seeded_desk: Any) -> None:
    before = seeded_desk.content()
    assert load(seeded_desk) == ""
    seeded_desk.rows("UPDATE library SET value = 'other' WHERE name IN ('seed_digest', 'tagged_by')")
    assert load(seeded_desk) == ""
    assert seeded_desk.content() == before
    assert seeded_desk.one("SELECT count(*) FROM change WHERE kind <> 'added' AND field <> 'status'") == 0


def test_a_new_release_corrects_curated_facts_and_leaves_what_people_wrote(seeded_desk: Any) -> None:
    before = seeded_desk.content()
    seeded_desk.rows("UPDATE library SET value = 'other' WHERE name = 'seed_digest'")
    seeded_desk.rows("UPDATE study SET n = 7, seed_digest = 'older' WHERE key = 'sorensen1995'")
    seeded_desk.rows("DELETE FROM claim_study")
    seeded_desk.rows("INSERT INTO note (study_id, text, at) VALUES (1, 'mine', '2026-01-01T00:00:00Z')")
    assert load(seeded_desk) == "1 changed"
    after = seeded_desk.content()
    assert [row[0] for row in after.pop("note")] == ["mine"]
    before.pop("note")
    assert after == before
    assert seeded_desk.rows("SELECT field, old, new FROM change WHERE kind = 'curated'") == [("n", "7", "31")]
    assert seeded_desk.sound()


def test_what_a_newer_release_filled_is_left_alone(seeded_desk: Any) -> None:
    seeded_desk.rows("UPDATE library SET value = '99.0' WHERE name = 'seed_version'")
    seeded_desk.rows("UPDATE library SET value = 'other' WHERE name IN ('seed_digest', 'seed_stamp')")
    before = seeded_desk.rows("SELECT * FROM library")
    assert load(seeded_desk) == ""
    assert seeded_desk.rows("SELECT * FROM library") == before


def test_a_library_made_without_studies_stays_so(desk: Any) -> None:
    assert desk.one("SELECT count(*) FROM term") > 200
    desk.rows("UPDATE library SET value = 'other' WHERE name = 'seed_digest'")
    assert load(desk) == ""
    assert desk.one("SELECT count(*) FROM study") == 0


def test_an_imported_study_becomes_curated_with_pubmeds_bibliography(reopened: Any, record: Make) -> None:
    seed = {one.key: one for one in read_seed(resources.SEED_STUDIES, resources.CLAIMS, None).studies}
    known = seed["sorensen1995"]
    reopened.take(record(known.pmid, title=known.title + ".", year=1995, authors=[Author("Sörensen", "Jan", "J")]))
    reopened.rows("INSERT INTO note (study_id, text, at) VALUES (1, 'mine', '2026-01-01T00:00:00Z')")
    assert load(reopened) == f"{len(seed) - 1} new, 1 changed"
    row = "SELECT key, title, source, curated, n, pmid_verification, journal FROM study WHERE id = 1"
    assert reopened.rows(row) == [
        ("sorensen1995", known.title + ".", "curated", 1, 31, "verified", "Journal of trials")
    ]
    assert reopened.one("SELECT study_id FROM note") == 1
    assert reopened.sound()


def test_a_curated_key_wins_over_an_imported_one(reopened: Any, record: Make) -> None:
    reopened.take(record(authors=[Author("Sörensen")], year=1995, title="Something else altogether"))
    assert reopened.one("SELECT key FROM study") == "sorensen1995"
    load(reopened)
    assert reopened.rows("SELECT key FROM study WHERE pmid = 90000001") == [("sorensen1995-90000001",)]
    assert reopened.one("SELECT pmid FROM study WHERE key = 'sorensen1995'") == 8610220
    said = reopened.rows("SELECT field, old, new FROM change WHERE field = 'key'")
    assert said == [("key", "sorensen1995", "sorensen1995-90000001")]
    assert reopened.sound()


def test_a_curated_pmid_that_is_another_papers_is_not_given(reopened: Any, record: Make) -> None:
    reopened.take(record(8610220, title="Grip strength of older sailors", year=1970))
    load(reopened)
    row = "SELECT pmid, pmid_verification FROM study WHERE key = 'sorensen1995'"
    assert reopened.rows(row) == [(None, "none")]
    assert "8610220" in reopened.one(
        "SELECT notes FROM study_text JOIN study s ON s.id = study_id WHERE key = 'sorensen1995'"
    )
    assert reopened.one("SELECT title FROM study WHERE pmid = 8610220") == "Grip strength of older sailors"


def test_a_changed_taxonomy_tags_every_study_again(
    desk: Any, record: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    desk.take(record())
    text = resources.TAXONOMY.read_text(encoding="utf-8").replace("id: fibromyalgia", "id: fibro")
    other = tmp_path / "taxonomy.yaml"
    other.write_text(text.replace("condition:fibromyalgia", "condition:fibro").replace("- fibromyalgia\n", "- fibro\n"))
    monkeypatch.setattr(resources, "TAXONOMY", other)
    assert load(desk) == "1 tagged again"
    assert desk.rows("SELECT term FROM tag WHERE axis = 'condition' AND active") == [("fibro",)]
    assert desk.one("SELECT count(*) FROM study_fts WHERE study_fts MATCH 'zqconditionfibro'") == 1
    assert desk.sound()
