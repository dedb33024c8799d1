"""Judgements as both databases give them: with their numbers, of one study, of all, of those that a brief counts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ketlit.record import Judgement
from ketlit.store import assemble
from ketlit.store.briefing import brief_rows
from ketlit.store.connect import Rows
from ketlit.store.judgements import judgements_of
from ketlit.store.reader import Reader
from ketlit.views import Filters, JudgementRow
from ketlit.vocabulary import Scheme
from tests.libraries import Made, library_on

EARLIER, LATER = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"
COLUMNS: dict[str, Any] = {"year": 2000, "context": "therapeutic-pain", "design": "rct"}
STUDIES = [
    Made("main", tags=[("condition", "crps-1")], columns=COLUMNS),
    Made("gone", tags=[("condition", "crps-1")], columns=COLUMNS | {"status": "retracted"}),
]


def judged(study: int, judgement: str, by: str, at: str) -> tuple[str, dict[str, Any]]:
    row = {"study_id": study, "scheme": "rob2", "outcome": "", "domain": "d4", "judgement": judgement, "why": "asked"}
    return "judgement", row | {"by": by, "at": at}


ALSO = [
    judged(1, "low", "Bo Li", LATER),
    judged(2, "high", "Ana Berg", EARLIER),
    judged(1, "high", "Ana Berg", EARLIER),
    judged(1, "some concerns", "Ana Berg", LATER),
]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def db(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rows]:
    with library_on(request.param, tmp_path_factory.mktemp("judgements"), STUDIES, ALSO) as library:
        yield library


def test_they_come_oldest_first_with_the_numbers_that_take_them_back(db: Rows) -> None:
    reader = Reader(db)
    assert [(row.id, row.key) for row in reader.judgements()] == [(2, "gone"), (3, "main"), (1, "main"), (4, "main")]
    assert reader.judgements(2) == [
        JudgementRow(2, "gone", "rob2", "", "d4", "high", "asked", "Ana Berg", EARLIER),
    ]
    assert judgements_of(db, [1, 2]) == reader.judgements()
    assert reader.judgements(7) == judgements_of(db, []) == []


def test_a_record_has_those_of_its_study(db: Rows) -> None:
    (found,) = assemble.records(db, [1])
    assert found.annotations
    assert found.annotations.judgements == [
        Judgement(Scheme.ROB2, "", "d4", "high", "asked", "Ana Berg", EARLIER),
        Judgement(Scheme.ROB2, "", "d4", "low", "asked", "Bo Li", LATER),
        Judgement(Scheme.ROB2, "", "d4", "some concerns", "asked", "Ana Berg", LATER),
    ]


def test_a_brief_has_those_of_the_studies_that_count(db: Rows) -> None:
    found = brief_rows(db, Reader(db).terms_known, Filters(), "crps")
    assert [row.id for row in found.judgements] == [3, 1, 4]
