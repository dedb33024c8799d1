"""Studies that come without any identifier: found again by their title, year and first author."""

from __future__ import annotations

from collections.abc import Iterable

from ketlit.intake.compare import look_of, nameless
from ketlit.record import Record
from ketlit.store.search_index import fold
from ketlit.store.writer import Have, Writer


def alike(writer: Writer, records: Iterable[Record]) -> list[Have]:
    """The studies in the library that look as one of these does which has no identifier. Its titles are compared as
    they are folded, which no database can; only those of the same years are read."""
    looks = {look_of(record) for record in records if nameless(record)}
    if not looks:
        return []
    titles = {title for title, _, _ in looks}
    ids: list[int] = []
    for year in {year for _, year, _ in looks}:
        asked = f"SELECT id, title FROM study WHERE year {'IS NULL' if year is None else '= :year'}"
        ids += [
            number
            for number, title in writer.db.rows(asked, {} if year is None else {"year": year})
            if fold(title) in titles
        ]
    return writer.have(ids=ids)
