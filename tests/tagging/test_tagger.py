"""Tags from MeSH and from curated facts, and which of several count."""

from __future__ import annotations

import pytest

from ketlit.record import (
    Chemical,
    Comparator,
    Dose,
    Facts,
    Finding,
    MeshHeading,
    PublicationType,
    Qualifier,
    Record,
    Section,
    Tag,
)
from ketlit.tagging.tagger import context_of, design_of, facts_tags, flags_of, merge_tags, mesh_tags
from ketlit.vocabulary import Axis, Comparison, Design, Direction, Origin
from tests.readings import TAXONOMY

KETAMINE = MeshHeading("D007649", "Ketamine", major=True)
CRPS = MeshHeading("D020918", "Complex Regional Pain Syndromes", major=True)
RCT = PublicationType("D016449", "Randomized Controlled Trial")
TRIAL = PublicationType("D016430", "Clinical Trial")
REVIEW = PublicationType("D016454", "Review")


def tags(record: Record) -> list[Tag]:
    return mesh_tags(record, TAXONOMY)


def given(record: Record) -> set[str]:
    return {f"{tag.axis}:{tag.term}" for tag in tags(record)}


def tag(term: str, origin: Origin, axis: Axis = Axis.CONDITION, *, negated: bool = False, at: str = "") -> Tag:
    return Tag(axis, term, origin, negated=negated, at=at)


def active(*given: Tag) -> list[str]:
    return [one.term for one, counts in merge_tags(given, TAXONOMY) if counts]


# --- MeSH


def test_a_heading_gives_a_tag_that_quotes_it() -> None:
    [found] = [one for one in tags(Record(mesh=[KETAMINE, CRPS])) if one.axis == Axis.CONDITION]
    assert (found.term, found.origin, found.section, found.quote) == ("crps", Origin.MESH, "mesh", CRPS.name)
    assert found.rule == "MeSH D020918, major topic"


def test_one_tag_a_term_and_the_major_topic_before_the_minor() -> None:
    record = Record(
        mesh=[
            KETAMINE,
            MeshHeading("D007262", "Infusions, Intravenous"),
            MeshHeading("D061605", "Administration, Intravenous", major=True),
        ]
    )
    [route] = [one for one in tags(record) if one.axis == Axis.ROUTE]
    assert (route.term, route.quote) == ("intravenous", "Administration, Intravenous")


def test_a_heading_that_only_supports_gives_nothing() -> None:
    assert given(Record(mesh=[MeshHeading("D013119", "Spinal Cord Injuries", major=True)])) == set()


def test_a_term_that_only_groups_is_no_tag() -> None:
    assert given(Record(mesh=[MeshHeading("D001523", "Mental Disorders")])) == set()


def test_a_qualifier_gives_a_tag_on_the_headings_it_is_meant_for() -> None:
    harm = [Qualifier("Q000009", "adverse effects")]
    on_ketamine = Record(mesh=[MeshHeading("D007649", "Ketamine", qualifiers=harm)])
    assert "adverse-effect:any" in given(on_ketamine)
    assert "Ketamine/adverse effects" in {one.quote for one in tags(on_ketamine)}
    assert "adverse-effect:any" not in given(Record(mesh=[MeshHeading("D009020", "Morphine", qualifiers=harm)]))


def test_veterinary_is_told_by_the_qualifier_on_any_heading() -> None:
    anesthesia = MeshHeading("D000758", "Anesthesia", qualifiers=[Qualifier("Q000662", "veterinary")])
    assert "context:veterinary" in given(Record(mesh=[KETAMINE, anesthesia]))
    assert "context:veterinary" not in given(Record(mesh=[KETAMINE, MeshHeading("D000758", "Anesthesia")]))


def test_animals_count_only_without_humans() -> None:
    animals, humans = MeshHeading("D000818", "Animals"), MeshHeading("D006801", "Humans")
    assert "population:animal" in given(Record(mesh=[animals]))
    assert given(Record(mesh=[animals, humans])) == {"population:human"}


def test_a_substance_gives_the_form_of_the_drug() -> None:
    record = Record(chemicals=[Chemical("D007649", "Ketamine"), Chemical("C000629870", "Esketamine")])
    assert {"drug:ketamine", "drug:esketamine"} <= given(record)
    assert {one.section for one in tags(record) if one.axis == Axis.DRUG} == {"chemical"}


def test_what_is_said_of_ketamine_is_not_said_of_a_record_without_it() -> None:
    mesh = [MeshHeading("D009020", "Morphine"), MeshHeading("D000284", "Administration, Oral"), CRPS]
    assert given(Record(mesh=mesh)) == {"condition:crps"}
    named = Record(mesh=mesh, sections=[Section("Ketamine was compared with morphine.")])
    assert given(named) == {"condition:crps", "comparator:opioid", "route:oral"}


def test_a_silent_record_is_not_called_foreign() -> None:
    assert context_of(tags(Record(mesh=[CRPS])), TAXONOMY) == ""


def test_only_printed_ids_are_given() -> None:
    record = Record(
        mesh=[KETAMINE, MeshHeading("D015331", "Cohort Studies"), MeshHeading("D000928", "Antidepressive Agents")]
    )
    assert {"design:observational", "comparator:other-drug"} <= given(record)
    assert all(TAXONOMY.printed(one.axis, one.term) == one.term for one in tags(record))


# --- designs


@pytest.mark.parametrize(
    ("types", "design"),
    [
        ([TRIAL, RCT], Design.RCT),
        ([REVIEW, PublicationType("D000078182", "Systematic Review")], Design.SYSTEMATIC_REVIEW),
        (
            [PublicationType("D000078182", "Systematic Review"), PublicationType("D017418", "Meta-Analysis")],
            Design.META_ANALYSIS,
        ),
        ([PublicationType("D016422", "Letter"), PublicationType("D002363", "Case Reports")], Design.CASE_REPORT),
        ([REVIEW], Design.NARRATIVE_REVIEW),
        ([TRIAL], Design.NON_RANDOMIZED_TRIAL),
        ([PublicationType("D000078325", "Clinical Trial Protocol"), RCT], Design.PROTOCOL),
        ([PublicationType("D016428", "Journal Article")], None),
        ([PublicationType("D016441", "Retracted Publication")], None),
        ([PublicationType("D016425", "Published Erratum")], None),
        ([PublicationType("D016440", "Retraction of Publication")], None),
        ([PublicationType("D000075742", "Expression of Concern")], None),
    ],
)
def test_the_most_specific_publication_type_is_the_design(types: list[PublicationType], design: Design | None) -> None:
    assert design_of(tags(Record(publication_types=types)), TAXONOMY) == design


def test_what_a_trial_is_besides_are_flags() -> None:
    mesh = [MeshHeading("D018592", "Cross-Over Studies"), MeshHeading("D004311", "Double-Blind Method")]
    found = tags(Record(mesh=mesh, publication_types=[TRIAL]))
    assert design_of(found, TAXONOMY) == Design.RCT  # a crossover trial is a randomized one
    assert flags_of(found, TAXONOMY) == ["crossover", "double-blind"]


def test_a_retrospective_study_is_observational() -> None:
    found = tags(Record(mesh=[MeshHeading("D012189", "Retrospective Studies")]))
    assert (design_of(found, TAXONOMY), flags_of(found, TAXONOMY)) == (Design.OBSERVATIONAL, ["retrospective"])


# --- facts


def test_facts_become_curated_tags() -> None:
    facts = Facts(
        design=Design.RCT,
        design_flags=["crossover"],
        context="therapeutic-pain",
        conditions=["crps"],
        populations=["adult"],
        doses=[Dose(drug="racemic", route="intravenous"), Dose(drug="racemic", route="oral")],
        comparators=[Comparator("placebo"), Comparator("placebo", "saline")],
        findings=[
            Finding("pain-intensity", Comparison.BETWEEN, Direction.MIXED, measure="NRS 0-10"),
            Finding("dissociation", Comparison.BETWEEN, Direction.MIXED, harm=True, measure="CADSS"),
        ],
    )
    found = facts_tags(facts, TAXONOMY)
    assert {f"{one.axis}:{one.term}" for one in found} == {
        "design:rct",
        "design:crossover",
        "context:therapeutic-pain",
        "condition:crps",
        "population:adult",
        "drug:racemic",
        "route:intravenous",
        "route:oral",
        "comparator:placebo",
        "outcome:pain-intensity",
        "adverse-effect:dissociation",
        "adverse-effect:any",
        "outcome-measure:nrs",
        "outcome-measure:cadss",
    }
    assert len(found) == 14
    assert {one.origin for one in found} == {Origin.CURATED}
    assert design_of(found, TAXONOMY) == Design.RCT
    assert flags_of(found, TAXONOMY) == ["crossover"]
    assert context_of(found, TAXONOMY) == "therapeutic-pain"


# --- which tags count


def test_mesh_is_silent_where_a_curator_spoke_and_only_there() -> None:
    mesh = [tag("migraine", Origin.MESH), tag("adult", Origin.MESH, Axis.POPULATION)]
    assert active(tag("crps", Origin.CURATED), *mesh) == ["crps", "adult"]


def test_mesh_and_text_add_up() -> None:
    assert active(tag("crps", Origin.MESH), tag("depression", Origin.TEXT)) == ["crps", "depression"]


def test_what_a_person_added_counts_beside_the_rest() -> None:
    assert active(tag("crps", Origin.CURATED), tag("pain", Origin.USER)) == ["crps", "pain"]


def test_what_a_person_denied_does_not_count_and_no_longer_hides_what_is_above() -> None:
    denied = tag("crps-1", Origin.USER, negated=True)
    assert active(tag("crps-1", Origin.MESH), tag("crps", Origin.MESH), denied) == ["crps"]


def test_a_later_word_of_a_person_takes_back_the_earlier() -> None:
    added, denied = tag("crps", Origin.USER, at="2026-01-02"), tag("crps", Origin.USER, negated=True, at="2026-01-01")
    assert active(added, denied) == ["crps"]
    assert active(tag("crps", Origin.USER, at="2025-01-01"), denied) == []


def test_of_a_lineage_only_the_most_specific_counts() -> None:
    assert active(tag("pain", Origin.MESH), tag("crps-1", Origin.TEXT), tag("crps", Origin.MESH)) == ["crps-1"]


def test_nothing_is_lost_and_the_order_stays() -> None:
    tags = [tag("pain", Origin.MESH), tag("crps", Origin.CURATED), tag("crps", Origin.USER, negated=True)]
    assert [one for one, _ in merge_tags(tags, TAXONOMY)] == tags


def test_one_design_and_one_context_count() -> None:
    design = [
        tag("rct", Origin.MESH, Axis.DESIGN),
        tag("observational", Origin.MESH, Axis.DESIGN),
        tag("crossover", Origin.MESH, Axis.DESIGN),
    ]
    assert active(*design) == ["rct", "crossover"]
    later = tag("observational", Origin.USER, Axis.DESIGN, at="2026-02-01")
    earlier = tag("case-series", Origin.USER, Axis.DESIGN, at="2026-01-01")
    assert active(*design, earlier, later) == ["observational", "crossover", "observational"]
    context = [tag("anesthesia", Origin.MESH, Axis.CONTEXT), tag("misuse", Origin.MESH, Axis.CONTEXT)]
    assert active(*context) == ["misuse"]
