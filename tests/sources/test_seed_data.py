"""The curated data we ship: all of them load, and what they say can be true of each other."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ketlit.record import Effect, Facts, Finding, Record
from ketlit.resources import CLAIMS, SEED_STUDIES
from ketlit.sources import seed
from ketlit.vocabulary import Axis, Design, DesignFlag, Direction, RelationKind, Status, Verification

GOLDEN_KEYS = Path(__file__).parent.parent / "golden" / "seed_keys.txt"
# hours in a unit of time; a month is 30 days or a twelfth of a year
HOURS = {"min": (1 / 60,), "h": (1,), "day": (24,), "week": (168,), "month": (720, 730), "year": (8760,)}
SPAN = re.compile(r"(?P<n>\d+(?:\.\d+)?) (?P<unit>min|h|day|week|month|year)s?")
NAMED = re.compile(r"(?P<unit>day|week|month) (?P<n>\d+)")
NUMBER = re.compile(r"\d+(?:\.\d+)?")
RATIOS = ("OR", "RR", "HR")
# what a reader without statistics cannot be asked to know
SHORTHAND = re.compile(r"\b(CI|SMD|OR|RR|HR|MD|IQR|NNT|MADRS|HDRS|HAM-D|odds ratio|hazard ratio)\b|\b[pP] ?[<=]")


@pytest.fixture(scope="module")
def shipped() -> seed.Seed:
    return seed.load_seed(SEED_STUDIES, CLAIMS, None)


def test_every_curated_study_finding_harm_and_claim_loads(shipped: seed.Seed) -> None:
    findings = [finding for study in shipped.studies if study.facts for finding in study.facts.findings]
    assert len(shipped.studies) == 163
    assert Counter(finding.harm for finding in findings) == {False: 516, True: 182}
    assert len(shipped.claims) == 28


def test_the_verdicts_on_the_claims_are_counted(shipped: seed.Seed) -> None:
    counts = Counter(claim.verdict for claim in shipped.claims)
    assert counts == {"supported": 8, "partly": 14, "contradicted": 2, "unresolved": 4}
    contradicted = {claim.id for claim in shipped.claims if claim.verdict == "contradicted"}
    assert contradicted == {"C01", "C18"}


def test_what_was_verified_is_counted(shipped: seed.Seed) -> None:
    facts = [study.facts for study in shipped.studies if study.facts]
    verified = Verification.VERIFIED
    assert sum(one.pmid_verification is verified for one in facts) == 120
    assert sum(one.doi_verification is verified for one in facts) == 123
    assert sum(one.numbers_verification is verified for one in facts) == 125


def test_a_key_is_stable_for_ever(shipped: seed.Seed) -> None:
    golden = GOLDEN_KEYS.read_text(encoding="utf-8").split()
    missing = set(golden) - {study.key for study in shipped.studies}
    assert not missing, "a key that people have cited is gone"
    assert sorted(study.key for study in shipped.studies) == golden, "a new study's key goes into the golden list"


def test_the_retracted_meta_analysis_says_so_and_names_its_notice(shipped: seed.Seed) -> None:
    retracted = [study for study in shipped.studies if study.status is Status.RETRACTED]
    assert [study.key for study in retracted] == ["parsaik2015"]
    assert [relation.kind for relation in retracted[0].relations] == [RelationKind.RETRACTED_BY]
    assert retracted[0].status_note


def test_a_pooled_analysis_includes_its_trials_and_belongs_to_none(shipped: seed.Seed) -> None:
    pooled = next(study for study in shipped.studies if study.key == "canuso2021aspire")
    assert {relation.key for relation in pooled.relations if relation.kind is RelationKind.INCLUDES} == {
        "fu2020",
        "ionescu2021",
    }
    assert pooled.facts is not None
    assert pooled.facts.trial == ""
    assert [one.accession for one in pooled.registry_ids] == ["NCT03039192", "NCT03097133"]


def test_each_finding_names_its_line_in_the_file(shipped: seed.Seed) -> None:
    lines = SEED_STUDIES.read_text(encoding="utf-8").splitlines()
    for study in shipped.studies:
        assert study.facts is not None
        assert lines[int(study.facts.where.removeprefix("seed_studies.yaml:")) - 1] == f"- key: {study.key}"
        for finding in study.facts.findings:
            line = lines[int(finding.where.removeprefix("seed_studies.yaml:")) - 1]
            assert line == f"  - outcome: {finding.outcome}"


def test_the_reader_and_safe_load_agree_on_every_value() -> None:
    for path in (SEED_STUDIES, CLAIMS):
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        with path.open(encoding="utf-8") as stream:
            assert seed.read(path) == yaml.load(stream, Loader=loader)


def test_the_terms_of_the_facts_are_in_the_taxonomy() -> None:
    taxonomy = pytest.importorskip("ketlit.tagging.taxonomy", reason="no taxonomy yet", exc_type=ModuleNotFoundError)
    loaded = taxonomy.load()
    seed.load_seed(SEED_STUDIES, CLAIMS, {axis: set(loaded.ids(axis)) for axis in Axis})


# --- what is told to a patient


def entries() -> dict[str, dict[str, Any]]:
    """The studies as they stand in the file."""
    with SEED_STUDIES.open(encoding="utf-8") as stream:
        return {one["key"]: one for one in yaml.load(stream, getattr(yaml, "CSafeLoader", yaml.SafeLoader))["studies"]}


def words(value: Any) -> Iterator[str]:
    """Every value of an entry, as text."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from words(one)
    elif value is not None:
        yield str(value)


def numbers(text: str) -> set[float]:
    return {float(number) for number in NUMBER.findall(text)}


def facts_of(shipped: seed.Seed) -> Iterator[tuple[Record, Facts]]:
    for study in shipped.studies:
        assert study.facts is not None
        yield study, study.facts


def test_a_summary_is_short_plain_and_a_whole_sentence(shipped: seed.Seed) -> None:
    for study, facts in facts_of(shipped):
        assert 80 <= len(facts.summary) <= 340, study.key
        assert facts.summary.endswith("."), study.key
        assert not SHORTHAND.search(facts.summary), study.key


def test_each_number_of_a_summary_stands_in_the_facts_of_its_study() -> None:
    for key, entry in entries().items():
        rest = {name: value for name, value in entry.items() if name not in ("summary", "sources", "pmid", "doi")}
        assert numbers(entry["summary"]) <= numbers(" ".join(words(rest))), key


def test_a_summary_of_what_was_not_verified_says_so(shipped: seed.Seed) -> None:
    for study, facts in facts_of(shipped):
        results = [finding for finding in facts.findings if not finding.harm]
        if results and all(one.verification is Verification.UNVERIFIED for one in results):
            assert re.search("verified|not checked", facts.summary), study.key


def test_a_number_that_was_not_verified_is_told_as_such() -> None:
    for key, entry in entries().items():
        results = [*entry.get("findings", []), *entry.get("harms", [])]
        aside = ("summary", "notes", "sources", "pmid", "doi", "findings", "harms")
        sure: list[Any] = [value for name, value in entry.items() if name not in aside]
        sure += [one for one in results if one["verification"] == "verified"]
        unsure = [one for one in results if one["verification"] != "verified"]
        doubtful = (numbers(entry["summary"]) - numbers(" ".join(words(sure)))) & numbers(" ".join(words(unsure)))
        assert not doubtful or re.search("verified|not checked", entry["summary"]), (key, doubtful)


def test_the_summary_of_a_retracted_study_begins_with_it(shipped: seed.Seed) -> None:
    retracted = [facts for study, facts in facts_of(shipped) if study.status is Status.RETRACTED]
    assert retracted
    assert all(facts.summary.startswith("RETRACTED") for facts in retracted)


def test_nearly_every_study_says_where_it_was_seen(shipped: seed.Seed) -> None:
    assert len([study.key for study, facts in facts_of(shipped) if not facts.sources]) <= 1


# --- directions


def test_a_study_with_a_direction_has_a_result_in_that_direction(shipped: seed.Seed) -> None:
    for study, facts in facts_of(shipped):
        if facts.direction not in (Direction.NOT_REPORTED, Direction.MIXED):
            assert facts.direction in {one.direction for one in facts.findings if not one.harm}, study.key


def test_what_has_no_results_yet_has_no_direction(shipped: seed.Seed) -> None:
    planned = [facts for _, facts in facts_of(shipped) if facts.design in (Design.REGISTRATION, Design.PROTOCOL)]
    assert len(planned) == 6
    for facts in planned:
        assert {facts.direction, *(one.direction for one in facts.findings)} == {Direction.NOT_REPORTED}


def test_animals_and_mechanisms_do_not_count_as_treatment(shipped: seed.Seed) -> None:
    for study, facts in facts_of(shipped):
        if "animal" in facts.populations or facts.design is Design.PRECLINICAL:
            assert facts.context == "mechanistic", study.key


# --- numbers


def findings(shipped: seed.Seed) -> Iterator[tuple[str, Finding]]:
    for study, facts in facts_of(shipped):
        for finding in facts.findings:
            yield f"{study.key}: {finding.outcome}, {finding.text}", finding


def test_the_year_in_a_key_is_the_studys(shipped: seed.Seed) -> None:
    for study in shipped.studies:
        if found := re.match(r"[a-z]+((?:19|20)\d\d)", study.key):
            assert study.year == int(found[1]), study.key


def test_hours_agree_with_the_printed_timepoint_where_it_is_simple(shipped: seed.Seed) -> None:
    checked = 0
    for where, finding in findings(shipped):
        found = SPAN.fullmatch(finding.timepoint) or NAMED.fullmatch(finding.timepoint)
        if found and finding.hours is not None:
            checked += 1
            possible = [float(found["n"]) * hours for hours in HOURS[found["unit"]]]
            assert any(abs(finding.hours - hours) < 0.006 for hours in possible), where  # hours have two decimals
    assert checked > 180


def test_a_percentage_is_its_events_in_its_n_unless_the_notes_tell_of_it(shipped: seed.Seed) -> None:
    for study, facts in facts_of(shipped):
        for group in (group for one in facts.findings for group in (one.intervention, one.control)):
            if group.n is None or group.events is None or group.percent is None:
                continue
            step = 10.0 ** -len(str(group.percent).partition(".")[2].rstrip("0"))
            right = abs(100 * group.events / group.n - group.percent) <= step / 2 + 1e-9
            assert right or f"{group.percent:g}%" in facts.notes, f"{study.key}: {group}"


def test_events_and_groups_fit_into_the_study(shipped: seed.Seed) -> None:
    for study, facts in facts_of(shipped):
        for finding in facts.findings:
            for group in (finding.intervention, finding.control):
                assert group.events is None or group.n is None or group.events <= group.n, study.key
                if facts.n is not None and group.n is not None and finding.comparison != "pooled":
                    assert group.n <= facts.n, study.key


def test_arms_add_up_to_n_or_the_notes_say_why_not(shipped: seed.Seed) -> None:
    for study, facts in facts_of(shipped):
        sizes = [arm.n for arm in facts.arms if arm.n is not None]
        whole = len(sizes) == len(facts.arms) > 0 and facts.n is not None
        if whole and DesignFlag.CROSSOVER not in facts.design_flags and sum(sizes) != facts.n:
            assert {str(size) for size in sizes} & set(NUMBER.findall(facts.notes)), study.key


def middle(effect: Effect) -> tuple[float, float, float]:
    """The estimate, the middle of its interval, and how far apart rounding may bring them."""
    assert effect.value is not None
    assert effect.ci_low is not None
    assert effect.ci_high is not None
    decimals = max(len(str(one).partition(".")[2]) for one in (effect.value, effect.ci_low, effect.ci_high))
    if effect.measure in RATIOS:
        low, high = math.log(effect.ci_low), math.log(effect.ci_high)
        return math.log(effect.value), (low + high) / 2, 0.06
    width = effect.ci_high - effect.ci_low
    return effect.value, (effect.ci_low + effect.ci_high) / 2, 0.03 * width + 10.0**-decimals


def test_an_estimate_lies_in_the_middle_of_its_interval(shipped: seed.Seed) -> None:
    for where, finding in findings(shipped):
        if None not in (finding.effect.value, finding.effect.ci_low, finding.effect.ci_high):
            value, centre, apart = middle(finding.effect)
            assert abs(value - centre) <= apart, where


def test_a_direction_agrees_with_the_interval_and_the_p_value(shipped: seed.Seed) -> None:
    favours = (Direction.FAVOURS_INTERVENTION, Direction.FAVOURS_COMPARATOR)
    for where, finding in findings(shipped):
        effect = finding.effect
        if effect.ci_low is not None and effect.ci_high is not None:
            null = 1 if effect.measure in RATIOS else 0
            assert not (effect.ci_low < null < effect.ci_high and finding.direction in favours), where
            outside = null < effect.ci_low or effect.ci_high < null
            assert not (outside and finding.direction is Direction.NO_DIFFERENCE), where
        if effect.p:
            small = effect.p != "ns" and float(effect.p.lstrip("<>=")) <= 0.05
            wrong = (Direction.NO_DIFFERENCE,) if small else favours
            assert finding.direction not in wrong, where


# --- trials


def test_reports_of_one_trial_share_it(shipped: seed.Seed) -> None:
    together: dict[str, set[str]] = {}
    for study, facts in facts_of(shipped):
        if facts.trial:
            together.setdefault(facts.trial, set()).add(study.key)
    several = {
        "KADS": {"loo2023", "martin2024kads"},
        "NCT03539887": {"jones2024in", "machadovieira2024fatigue"},
    }
    assert {name: keys for name, keys in together.items() if len(keys) > 1} == several
    alone = {
        "TRANSFORM-1": {"fedgchin2019"},
        "TRANSFORM-2": {"popova2019"},
        "TRANSFORM-3": {"ochsross2020"},
        "SUSTAIN-1": {"daly2019"},
        "SUSTAIN-3": {"zaki2025sustain3"},
        "ASPIRE I": {"fu2020"},
        "ASPIRE II": {"ionescu2021"},
        "ESCAPE-TRD": {"reif2023"},
        "ELEKT-D": {"anand2023"},
        "KetECT": {"ekstrand2022"},
    }
    assert {name: together[name] for name in alone} == alone


def test_studies_with_one_registry_number_are_of_one_trial_or_one_includes_the_other(shipped: seed.Seed) -> None:
    for one, facts in facts_of(shipped):
        included = {relation.key for relation in one.relations if relation.kind is RelationKind.INCLUDES}
        for other, others in facts_of(shipped):
            shared = {n.accession for n in one.registry_ids} & {n.accession for n in other.registry_ids}
            if shared and one.key < other.key:
                assert facts.trial == others.trial or other.key in included, (one.key, other.key)


def test_a_trial_named_in_a_title_is_the_studys(shipped: seed.Seed) -> None:
    for study, facts in facts_of(shipped):
        for trial in shipped.trials:
            if re.search(rf"\b{re.escape(trial.name)}\b", study.title):
                assert facts.trial == trial.name, study.key
