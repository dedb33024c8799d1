"""The card of a study."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rich.cells import cell_len

from ketlit.record import (
    Annotations,
    Arm,
    Comparator,
    Dose,
    Effect,
    Facts,
    Finding,
    Group,
    Note,
    Record,
    RegistryId,
    Screening,
    Section,
)
from ketlit.render import card
from ketlit.render.card import Card
from ketlit.render.table import Screen
from ketlit.views import ChangeRow, RelatedStudy, StudyRow, TagRow, Verified
from ketlit.vocabulary import Blinding, Comparison, Design, Direction, NKind, Status, Verification

Drawn = Callable[[int, Callable[[Screen], None]], str]
Study = Callable[..., StudyRow]


def full() -> Record:
    """A study of which everything is known."""
    finding = Finding(
        "pain-intensity",
        Comparison.BETWEEN,
        Direction.FAVOURS_INTERVENTION,
        measure="VAS",
        timepoint="60 min after the end of the infusion",
        comparator="placebo",
        intervention=Group(12, mean=3.5, sd=1.2),
        control=Group(12, mean=5.25, sd=1),
        effect=Effect("MD", -1.75, -2.6, -0.9, "<0.001"),
        text="pain was lower an hour after ketamine",
        verification=Verification.VERIFIED,
    )
    later = Finding(
        "quality-of-life",
        Comparison.BETWEEN,
        Direction.NO_DIFFERENCE,
        timepoint="8 weeks",
        text="no difference at the end",
        derived="n = arm sizes",
    )
    harm = Finding(
        "dizziness",
        Comparison.SINGLE_ARM,
        Direction.NOT_REPORTED,
        harm=True,
        intervention=Group(12, 5),
        text="short-lasting dizziness",
        verification=Verification.VERIFIED,
    )
    facts = Facts(
        design=Design.RCT,
        doses=[Dose("racemic", "intravenous", 0.3, unit="mg/kg", duration=10, duration_unit="min", number=1)],
        comparators=[Comparator("placebo", "saline")],
        blinding=Blinding.DOUBLE,
        n=24,
        n_kind=NKind.RANDOMISED,
        arms=[Arm("ketamine", 12), Arm("saline", 12)],
        follow_up_value=8,
        follow_up_unit="wk",
        findings=[finding, later, harm],
        summary="In 24 people one low dose lowered pain for an hour.",
        notes="Numbers read from a table of a later review.",
        sources=["https://example.org/table/1"],
    )
    mine = Annotations([Note("ask about the dose", "2026-02-01T10:00:00Z")], ["to read"], [], [])
    return Record(
        pmid=10000001,
        doi="10.1000/pain.1",
        key="berg1999",
        volume="4",
        issue="2",
        pages="101-9",
        sections=[Section("Pain is common.", "BACKGROUND"), Section("It fell.", "RESULTS")],
        registry_ids=[RegistryId("ClinicalTrials.gov", "NCT01234567")],
        facts=facts,
        annotations=mine,
    )


@pytest.fixture
def whole(study: Study) -> Card:
    tags = [
        TagRow("condition", "fibromyalgia", "", "curated", "seed", None, None, "", "", "studied", False, True),
        TagRow(
            "condition",
            "fibromyalgia",
            "",
            "text",
            "title",
            34,
            50,
            "widespread pain",
            "synonym",
            "studied",
            False,
            True,
        ),
        TagRow("drug", "esketamine", "", "text", "abstract/0", 3, 9, "isomer", "", "background", False, False),
        TagRow("route", "oral", "", "user", "user", None, None, "", "", "studied", True, True),
    ]
    relations = [
        RelatedStudy("comment_in", 10000002, "", "adams2005", "", "", "pubmed"),
        RelatedStudy("same_trial", None, "10.1000/pain.9", "", "a report of the same trial", "", "seed"),
    ]
    history = [ChangeRow("2026-01-02T03:04:05Z", "added", "", "", "")]
    return Card(
        study(trial="PAIN-1"), full(), tags, relations, history, [("C03", "partly", "It lowers pain for weeks")]
    )


@pytest.mark.parametrize(("width", "name"), [(80, "card_80.txt"), (120, "card_120.txt")])
def test_the_card_looks_as_agreed(
    width: int, name: str, whole: Card, drawn: Drawn, golden: Callable[[str, str], None]
) -> None:
    golden(name, drawn(width, lambda screen: card.show(screen, whole)))


def test_why_shows_the_words_that_a_tag_rests_on(whole: Card, drawn: Drawn, golden: Callable[[str, str], None]) -> None:
    text = drawn(80, lambda screen: card.show(screen, whole, why=True))
    golden("card_why_80.txt", text[text.index("Tags") : text.index("Claims")])


def a_tag(axis: str, term: str, origin: str, **changes: bool) -> TagRow:
    tag = TagRow(axis, term, "", origin, origin, None, None, "", "", "studied", False, origin == "user")
    return tag._replace(**changes)


def test_what_a_person_corrected_or_removed_says_so(study: Study, drawn: Drawn) -> None:
    tags = [
        *(a_tag("participants", "24", "curated"), a_tag("participants", "120", "user")),
        *(a_tag("direction", "favours_intervention", "text"), a_tag("direction", "no_difference", "user")),
        *(a_tag("condition", "crps", "curated"), a_tag("condition", "crps", "user", negated=True, active=False)),
        *(a_tag("context", "misuse", "text"), a_tag("context", "misuse", "user", negated=True, active=False)),
        a_tag("design", "rct", "user"),
    ]
    row = study(n=120, direction="no_difference", context=None)
    text = drawn(80, lambda screen: card.show(screen, Card(row, full(), tags, [], [])))
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "participants 120 (yours; curated: 24 randomised: ketamine 12, saline 12)" in lines
    assert "result = no difference (yours)" in lines
    assert "condition fibromyalgia (you removed: crps)" in lines
    assert "context (you removed: misuse)" in lines
    assert "design RCT: crossover, double-blind (yours)" in lines
    assert "condition crps (curated, does not count), (you removed: condition:crps)" in lines


def test_outcomes_and_harms_that_only_tags_tell_have_lines_of_their_own(study: Study, drawn: Drawn) -> None:
    row = study(curated=False, outcomes=["pain-intensity", "sleep"], harms=["dizziness"])
    gone = a_tag("outcome", "remission", "user", negated=True, active=False)
    told = drawn(80, lambda screen: card.show(screen, Card(row, Record(), [gone], [], [])))
    assert "\noutcomes      pain-intensity, sleep (you removed: remission)\n" in told
    assert "\nharms         dizziness\n" in told
    curated = Facts(findings=[Finding("sleep", Comparison.BETWEEN, Direction.MIXED)])
    told = drawn(80, lambda screen: card.show(screen, Card(row, Record(facts=curated), [], [], [])))
    assert "\noutcomes" not in told
    assert "\nharms         dizziness\n" in told


def test_a_term_stands_once_with_all_who_gave_it(study: Study, drawn: Drawn) -> None:
    tags = [a_tag("condition", "crps", origin, active=True) for origin in ("mesh", "text", "user")]
    tags.append(tags[1]._replace(active=False, role="mentioned"))
    told = drawn(80, lambda screen: card.show(screen, Card(study(), Record(), tags, [], [])))
    assert "crps (mesh, text, user), crps (text, does not count, mentioned)" in " ".join(told.split())


def test_a_dose_stands_beside_drug_and_route_not_in_their_place(study: Study, drawn: Drawn) -> None:
    record = Record(key="berg1999", doses=[Dose(value=0.5, unit="mg/kg")])
    row = study(drugs=["esketamine"], routes=["intranasal"])
    lines = drawn(80, lambda screen: card.show(screen, Card(row, record, [], [], []))).splitlines()
    assert [line.split() for line in lines if line.startswith(("drug", "route", "dose"))] == [
        ["drug", "esketamine"],
        ["route", "intranasal"],
        ["dose", "0.5", "mg/kg"],
    ]


def test_what_does_not_count_is_explained_where_it_is_said(study: Study, drawn: Drawn) -> None:
    for tags, times in (([a_tag("drug", "esketamine", "text")], 1), ([a_tag("drug", "esketamine", "user")], 0)):
        text = drawn(80, lambda screen, tags=tags: card.show(screen, Card(study(), full(), tags, [], [])))
        assert text.count("does not count: only mentioned") == times


def test_a_retracted_study_says_so_first_with_its_notice(study: Study, drawn: Drawn) -> None:
    row = study(status="retracted")
    record = Record(status=Status.RETRACTED, status_note="Retracted: J Pain 2001;1:1. Counted twice.")
    lines = drawn(80, lambda screen: card.show(screen, Card(row, record, [], [], []))).splitlines()
    assert lines[0] == "berg1999 · curated · status: RETRACTED"
    assert lines[1] == "RETRACTED: J Pain 2001;1:1. Counted twice."


def test_identifiers_say_whether_they_were_verified(study: Study, drawn: Drawn) -> None:
    row = study(verification=Verified("unverified", "verified", "none"))
    text = drawn(80, lambda screen: card.show(screen, Card(row, Record(), [], [], [])))
    assert "PMID 10000001 (not verified)" in text
    assert "DOI 10.1000/pain.1 (verified)" in text


def test_an_excluded_study_says_why(study: Study, drawn: Drawn) -> None:
    record = Record(annotations=Annotations(screenings=[Screening(True, "wrong dose", "2026-01-01T00:00:00Z")]))
    text = drawn(80, lambda screen: card.show(screen, Card(study(excluded=True), record, [], [], [])))
    assert "excluded from pooling; why: wrong dose" in text


def test_a_bare_import_makes_a_short_card(study: Study, drawn: Drawn) -> None:
    row = study(pmid=None, doi=None, authors=[], journal="", year=None, n=None, curated=False, source="imported")
    text = drawn(80, lambda screen: card.show(screen, Card(row, Record(title="x"), [], [], [])))
    assert "without a PMID and a DOI" in text
    assert "None" not in text


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal(width: int, whole: Card, drawn: Drawn) -> None:
    text = drawn(width, lambda screen: card.show(screen, whole, why=True))
    assert max(cell_len(line) for line in text.splitlines()) <= width


def test_nothing_in_a_record_is_markup_or_a_control(study: Study, hostile: str, drawn: Drawn) -> None:
    record = full()
    record.sections = [Section(hostile, hostile)]
    assert record.facts
    assert record.annotations
    record.facts.summary = record.facts.notes = record.annotations.notes[0].text = hostile
    record.facts.findings[0].text = record.facts.findings[0].timepoint = record.facts.sources[0] = hostile
    tag = TagRow("condition", hostile, "", "text", hostile, 0, 1, hostile, hostile, "studied", False, True)
    related = RelatedStudy("cites", None, "", "", hostile, "", "")
    change = ChangeRow("2026-01-01", hostile, hostile, hostile, hostile)
    shown = Card(study(title=hostile, trial=hostile), record, [tag], [related], [change], [(hostile, hostile, hostile)])
    text = drawn(120, lambda screen: card.show(screen, shown, why=True))
    assert not [
        each for each in text if each != "\n" and (ord(each) < 32 or 127 <= ord(each) < 160 or each == "\u202e")
    ]
    assert "[corrected]" in text
    assert ":smile:" in text
