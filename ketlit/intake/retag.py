"""All automatic tags made again: after the taxonomy, the cues or the rules changed. What people wrote stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

from ketlit.intake.apply import BATCH, Intake
from ketlit.record import Tag
from ketlit.store.engine import begin


class Moved(NamedTuple):
    """What tagging again moved. `gained`, `lost`: by (axis, term), for how many studies it counts now, or no more."""

    studies: int
    changed: int
    gained: Counter[tuple[str, str]]
    lost: Counter[tuple[str, str]]


def tag_again(intake: Intake, told: Callable[[int, int], None] = lambda done, of: None) -> Moved:
    """Tag every study anew and index its terms, a batch a transaction. `told`: how many of how many are done."""
    writer, after, done, changed = intake.writer, 0, 0, 0
    gained: Counter[tuple[str, str]] = Counter()
    lost: Counter[tuple[str, str]] = Counter()
    total = int(writer.db.rows("SELECT COUNT(*) FROM study")[0][0])
    while True:
        with begin(writer.connection):
            found = writer.db.rows(
                "SELECT id FROM study WHERE id > :after ORDER BY id LIMIT :count", {"after": after, "count": BATCH}
            )
            ids = [row[0] for row in found]
            whole = writer.whole(ids)
            have = {one.id: one for one in writer.have(ids=ids)}
            before = {number: intake.tagger.study(whole[number], "", read=False).tags for number in ids}
            studies = {number: intake.restudy(have[number], whole[number], whole[number], read=True) for number in ids}
            really = set(writer.change({number: (whole[number], studies[number]) for number in ids}))
        changed += len(really)
        for number in really:
            old, new = _counting(before[number]), _counting(studies[number].tags)
            gained.update(new - old)
            lost.update(old - new)
        done += len(ids)
        told(done, total)
        if len(ids) < BATCH:
            return Moved(done, changed, gained, lost)
        after = ids[-1]


def _counting(tags: Iterable[tuple[Tag, bool]]) -> set[tuple[str, str]]:
    return {(tag.axis.value, tag.term) for tag, active in tags if active}
