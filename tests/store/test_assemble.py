"""The parts of a card and whole records, as both databases give them: tags, relations from both sides, history."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ketlit.record import Relation
from ketlit.store import assemble
from ketlit.store.connect import Rows
from ketlit.views import ChangeRow
from ketlit.vocabulary import RelationKind
from tests.libraries import Made, library_on

STUDIES = [
    Made(
        "berg1999",
        "Burn pain",
        "Relief in most.",
        authors=[("Berg", "A"), ("Sörensen", "J")],
        tags=[("route", "infusion"), ("condition", "crps-1"), ("condition", "chronic-pain")],
        inactive=[("condition", "depression")],
        labels=["b", "a"],
        trial="TRIAL-1",
        columns={"pmid": 101, "doi": "10.1/berg", "year": 1999},
    ),
    Made("notice2001", "Retraction of: Burn pain", columns={"pmid": 102, "year": 2001, "doi": "10.1/twice"}),
    Made("later2002", "Burn pain, the follow-up", trial="TRIAL-1", columns={"pmid": 103, "year": 2002}),
    Made("reply2003", "On burns", columns={"year": 2003, "doi": "10.1/twice"}),
]


def relation(study: int, position: int, kind: str, **to: Any) -> tuple[str, dict[str, Any]]:
    blank = {"pmid": None, "doi": "", "other_key": "", "text": "", "date": "", "source": "pubmed"}
    return "relation", blank | {"study_id": study, "position": position, "kind": kind} | to


def change(study: int, at: str, field: str) -> tuple[str, dict[str, Any]]:
    row = {"study_id": study, "at": at, "kind": "revised", "field": field, "old": "1", "new": "2", "run_id": None}
    return "change", row


ALSO = [
    relation(1, 0, "retracted_by", pmid=102, date="2001", text="Notice. 2001"),
    relation(1, 1, "comment_in", pmid=999, text="Elsewhere. 2000"),
    relation(2, 0, "retraction_of", pmid=101),
    relation(4, 0, "comment_on", doi="10.1/berg"),
    relation(4, 1, "update_of", other_key="berg1999"),
    relation(4, 2, "cites", pmid=101),
    change(1, "2021-01-02T00:00:00Z", "title"),
    change(1, "2021-01-01T00:00:00Z", "pages"),
    change(2, "2021-01-01T00:00:00Z", "year"),
]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def db(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rows]:
    with library_on(request.param, tmp_path_factory.mktemp("assemble"), STUDIES, ALSO) as library:
        yield library


def test_tags_come_by_axis_inactive_ones_too(db: Rows) -> None:
    tags = assemble.tags(db, 1)
    assert [(tag.axis, tag.term, tag.label, tag.active) for tag in tags] == [
        ("condition", "chronic-pain", "Chronic pain", True),
        ("condition", "crps-1", "CRPS type 1", True),
        ("condition", "depression", "Depression", False),
        ("route", "infusion", "Infusion", True),
    ]
    assert [tag.negated for tag in tags] == [False, False, True, False]
    assert assemble.tags(db, 2) == []


def test_history_is_of_one_study_oldest_first(db: Rows) -> None:
    assert assemble.history(db, 1) == [
        ChangeRow("2021-01-01T00:00:00Z", "revised", "pages", "1", "2"),
        ChangeRow("2021-01-02T00:00:00Z", "revised", "title", "1", "2"),
    ]
    assert assemble.history(db, 3) == []


def test_relations_are_told_from_both_sides_once(db: Rows) -> None:
    found = [(row.kind, row.key, row.pmid) for row in assemble.relations(db, 1)]
    assert found[:2] == [("retracted_by", "notice2001", 102), ("comment_in", "", 999)]
    assert sorted(found[2:]) == [
        ("comment_in", "reply2003", None),
        ("same_trial", "later2002", 103),
        ("updated_by", "reply2003", None),
    ]
    assert [(row.kind, row.key) for row in assemble.relations(db, 2)] == [("retraction_of", "berg1999")]
    assert [(row.kind, row.key) for row in assemble.relations(db, 3)] == [("same_trial", "berg1999")]
    assert {(row.kind, row.key) for row in assemble.relations(db, 4)} == {
        ("comment_on", "berg1999"),
        ("update_of", "berg1999"),
        ("cites", "berg1999"),
    }
    assert assemble.relations(db, 99) == []


def test_the_keys_of_related_studies_are_found_by_pmid_and_by_doi(db: Rows) -> None:
    asked = [
        Relation(RelationKind.COMMENT_ON, 101),
        Relation(RelationKind.COMMENT_ON, 999, "10.1/twice"),
        Relation(RelationKind.COMMENT_ON, None, "10.1/none"),
    ]
    # of two studies with one DOI the one that came first, as where one relation is looked up
    assert assemble.keys_of(db, asked) == {101: "berg1999", "10.1/twice": "notice2001"}
    assert assemble.keys_of(db, []) == {}


def test_trials_are_those_of_the_studies(db: Rows) -> None:
    assert list(assemble.trials(db, [1, 2, 3])) == ["TRIAL-1"]
    assert assemble.trials(db, [2, 4]) == {}


def test_records_come_in_the_order_asked_for_whatever_the_batch(db: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = list(assemble.records(db, [3, 1, 99, 2]))
    assert [record.key for record in whole] == ["later2002", "berg1999", "notice2001"]
    assert [author.family for author in whole[1].authors] == ["Berg", "Sörensen"]
    assert [relation.pmid for relation in whole[1].relations] == [102, 999]
    assert whole[1].annotations is not None
    assert whole[1].annotations.labels == ["a", "b"]
    assert [tag.term for tag in whole[1].annotations.tags] == ["depression"]
    assert whole[2].annotations is None
    monkeypatch.setattr(assemble, "BATCH", 1)
    assert list(assemble.records(db, [3, 1, 99, 2])) == whole
