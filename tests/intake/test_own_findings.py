"""What a person enters as a finding: checked, kept, changed by nobody else, and carried by exports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO, StringIO
from typing import Any

import pytest

from ketlit import export
from ketlit.errors import NotFound, UsageError
from ketlit.intake import load_seed, own_findings
from ketlit.intake.apply import Intake
from ketlit.intake.own_findings import checked
from ketlit.record import Author, Effect, Finding, Group, Record
from ketlit.sources import exports
from ketlit.store import assemble
from ketlit.store.connect import open_reader
from ketlit.vocabulary import Comparison, Direction, Origin

QVIST = Author("Qvist", initials="B")  # whom no curated study is by
AT = "2026-01-01T00:00:00Z"


def a_result(**changes: Any) -> Finding:
    """6 of 12 against 2 of 12."""
    made = Finding("pain-response", Comparison.BETWEEN, Direction.NO_DIFFERENCE, hours=3.0, timepoint="3h")
    made = replace(made, intervention=Group(12, 6), control=Group(12, 2))
    return replace(made, **changes)


def means(one: Group, other: Group) -> Finding:
    return a_result(intervention=one, control=other)


@pytest.mark.parametrize(
    ("finding", "told"),
    [
        (a_result(intervention=Group(12, 13)), "13 of 12"),
        (a_result(control=Group(12, 6, percent=20)), "6 of 12 is 50 %, not 20 %"),
        (a_result(control=Group(12, percent=120)), "not between 0 and 100"),
        (means(Group(12, mean=1, sd=1), Group(1, mean=1, sd=1)), "one person has no standard deviation"),
        (means(Group(12, sd=1), Group()), "sd1 stands without mean1"),
        (a_result(effect=Effect("MD", 5.0, 1.0, 4.0)), "does not hold the estimate"),
        (a_result(effect=Effect("MD", 5.0, 6.0, None)), "does not hold the estimate"),
        (a_result(effect=Effect("MD", None, 4.0, 1.0)), "begins at 4 and ends at 1"),
        (a_result(effect=Effect("", 5.0)), "needs to be called something"),
        (a_result(effect=Effect("OR", -1.0)), "is a ratio"),
        (a_result(effect=Effect("RR", 1.0, 0.0, 2.0)), "is a ratio"),
        (a_result(comparison=Comparison.SINGLE_ARM), "has one group"),
        (a_result(hours=-1.0), "no time"),
        (a_result(text="x" * 3000), "cannot be kept"),
        (a_result(text="red \x1b[31m"), "cannot be kept"),
        (Finding("response", Comparison.BETWEEN, Direction.NOT_REPORTED), "needs a result"),
    ],
)
def test_what_cannot_be_is_refused(finding: Finding, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        checked(finding)


def test_what_is_right_is_taken_without_a_word() -> None:
    assert checked(a_result(), 24) == ()
    assert checked(a_result(effect=Effect("OR", 2.0, 1.0, 4.0, "<0.05")), 24) == ()
    assert checked(Finding("response", Comparison.SINGLE_ARM, Direction.FAVOURS_INTERVENTION)) == ()


@pytest.mark.parametrize(
    ("finding", "told"),
    [
        (a_result(), "24 people and the study 20"),
        (means(Group(12, mean=3, sd=0.2), Group(8, mean=5, sd=0.2)), "standard errors"),
        (means(Group(12, mean=3, sd=1), Group(8, mean=3.5, sd=5)), "unlike each other"),
    ],
)
def test_what_is_unlikely_is_taken_and_pointed_out(finding: Finding, told: str) -> None:
    (doubt,) = checked(finding, 20)
    assert told in doubt


@pytest.fixture
def study(desk: Any, record: Callable[..., Record]) -> Any:
    """At a library with one study, which no curator has read."""
    desk.take(record())
    return desk


def back(desk: Any, key: str = "pereira2022") -> Record:
    library = open_reader(str(desk.path))
    number = library.rows("SELECT id FROM study WHERE key = :key", {"key": key})[0][0]
    found = next(assemble.records(library, [number]))
    library.close()
    return found


def own(desk: Any, key: str = "pereira2022") -> list[Finding]:
    found = back(desk, key).annotations
    return found.findings if found else []


def test_a_finding_is_entered_changed_and_taken_back(study: Any) -> None:
    with study.open() as connection:
        kept = own_findings.add(connection, 1, a_result(), AT)
        assert (kept.key, kept.doubts) == ("pereira2022", ())
        mine = replace(a_result(), origin=Origin.USER)
        assert own(study) == [mine]
        fewer = replace(mine, control=Group(12, 1))
        assert own_findings.edit(connection, kept.id, fewer, AT).finding == fewer
        assert own(study) == [fewer]
        assert own_findings.remove(connection, kept.id, AT).finding == fewer
        assert own(study) == []
        with pytest.raises(NotFound):
            own_findings.remove(connection, kept.id)
    told = study.rows('SELECT kind, field FROM "change" WHERE at = ? ORDER BY id', AT)
    assert told == [("finding", "added"), ("finding", "edited"), ("finding", "removed")]
    assert study.sound()


def test_a_wrong_change_leaves_the_finding_as_it_was(study: Any) -> None:
    with study.open() as connection:
        kept = own_findings.add(connection, 1, a_result(), AT)
        with pytest.raises(UsageError):
            own_findings.edit(connection, kept.id, a_result(intervention=Group(12, 13)))
    assert own(study)[0].intervention == Group(12, 6)


def test_a_finding_needs_a_study(study: Any) -> None:
    with study.open() as connection, pytest.raises(NotFound):
        own_findings.add(connection, 7, a_result())


def test_a_curated_finding_is_not_a_persons_to_change(seeded_desk: Any) -> None:
    number = seeded_desk.one("SELECT MIN(id) FROM finding")
    with seeded_desk.open() as connection:
        for write in (
            lambda: own_findings.edit(connection, number, a_result()),
            lambda: own_findings.remove(connection, number),
        ):
            with pytest.raises(UsageError, match="only a new release changes it"):
                write()


def test_a_persons_finding_outlives_revisions_releases_and_screening(
    seeded_desk: Any, record: Callable[..., Record]
) -> None:
    seeded_desk.take(record(authors=[QVIST]))
    curated = seeded_desk.one("SELECT id FROM study WHERE key = 'noppers2011'")
    synced = seeded_desk.one("SELECT id FROM study WHERE key = 'qvist2022'")
    with seeded_desk.open() as connection:
        for number in (curated, synced):
            own_findings.add(connection, number, a_result(), AT)
    before = seeded_desk.rows("SELECT * FROM finding WHERE origin = 'user'")
    seeded_desk.take(record(title="A new title.", authors=[QVIST], revised="2030-01-01"))
    seeded_desk.rows("UPDATE library SET value = '' WHERE name = 'seed_digest'")
    seeded_desk.rows("UPDATE study SET seed_digest = 'older' WHERE curated")
    seeded_desk.rows("UPDATE finding SET n1 = 99 WHERE origin = 'curated' AND study_id = ?", curated)
    with seeded_desk.open() as connection:
        load_seed(connection)
    assert seeded_desk.one("SELECT count(*) FROM finding WHERE n1 = 99 AND study_id = ?", curated) == 0
    assert seeded_desk.rows("SELECT * FROM finding WHERE origin = 'user'") == before


@pytest.mark.parametrize("format", export.FORMATS)
@pytest.mark.parametrize("key", ["qvist2022", "noppers2011"])
def test_an_export_carries_a_persons_findings_to_another_library_once(
    format: str, key: str, seeded_desk: Any, desk: Any, taxonomy: Any, record: Callable[..., Record]
) -> None:
    seeded_desk.take(record(authors=[QVIST]))
    number = seeded_desk.one("SELECT id FROM study WHERE key = ?", key)
    with seeded_desk.open() as connection:
        own_findings.add(connection, number, a_result(threshold=">50 %"), AT)
    library = open_reader(str(seeded_desk.path))
    out = StringIO(newline="")
    export.write(export.studies(library, [number]), format, out)
    library.close()
    curated = len(back(seeded_desk, key).facts.findings) if key == "noppers2011" else 0  # type: ignore[union-attr]
    for _ in range(2):
        with desk.open() as connection:
            intake = Intake(connection, taxonomy)
            intake.take_items(exports.read(BytesIO(out.getvalue().encode())), "a file", own=True)
            assert intake.finish().failed == []
        assert own(desk, key) == own(seeded_desk, key) != []
        assert desk.one("SELECT count(*) FROM finding WHERE origin = 'curated'") == curated
