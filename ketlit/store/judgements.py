"""What named people judged, with the numbers by which it can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from ketlit.store.connect import Rows
from ketlit.store.listing import chunks
from ketlit.views import JudgementRow
from ketlit.vocabulary import Scheme

if TYPE_CHECKING:
    from ketlit.record import Judgement

# of the record of a study, as `made` takes them
ROWS: Final = (
    'SELECT study_id, scheme, outcome, domain, judgement, why, "by", at FROM judgement WHERE study_id IN ({}) '
    "ORDER BY study_id, at, id"
)
COLUMNS: Final = 'j.id, s.key, j.scheme, j.outcome, j.domain, j.judgement, j.why, j."by", j.at'
ALL: Final = f"SELECT {COLUMNS} FROM judgement j JOIN study s ON s.id = j.study_id ORDER BY j.at, j.id"
OF: Final = f"SELECT {COLUMNS} FROM judgement j JOIN study s ON s.id = j.study_id WHERE j.study_id IN ({{}})"
ONE: Final = f"SELECT {COLUMNS}, s.id FROM judgement j JOIN study s ON s.id = j.study_id WHERE j.id = :id"


def made(row: Sequence[Any]) -> Judgement:
    """The judgement of a row of `ROWS` after its study. Raises ValueError for a scheme that there is not."""
    from ketlit.record import Judgement

    scheme, *rest = row
    return Judgement(Scheme(scheme), *rest)


def judgements(db: Rows) -> list[JudgementRow]:
    """All of the library, oldest first."""
    return [JudgementRow(*row) for row in db.rows(ALL)]


def judgements_of(db: Rows, ids: Sequence[int]) -> list[JudgementRow]:
    """Those on the studies with these ids, oldest first."""
    found = [JudgementRow(*row) for among, params in chunks(ids) for row in db.rows(OF.format(among), params)]
    return sorted(found, key=lambda row: (row.at, row.id))
