"""The curated files: all of an entry is kept, and each rule has its message."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from ketlit.errors import SeedError
from ketlit.record import RegistryId, Relation
from ketlit.sources import seed
from ketlit.sources.entries import Terms
from ketlit.vocabulary import Axis, Blinding, Design, Direction, NKind, RelationKind, TimeUnit, Verification

GOLDEN_KEYS = Path(__file__).parent.parent / "golden" / "seed_keys.txt"
TERMS: Terms = {
    Axis.CONDITION: {"fibromyalgia", "crps", "trd"},
    Axis.POPULATION: {"adult", "older"},
    Axis.DRUG: {"ketamine", "racemic", "esketamine"},
    Axis.ROUTE: {"intravenous", "oral"},
    Axis.COMPARATOR: {"placebo", "active-placebo", "opioid", "none"},
    Axis.OUTCOME: {"pain-intensity", "response", "other"},
    Axis.ADVERSE_EFFECT: {"dissociation", "any", "other"},
    Axis.CONTEXT: {"therapeutic-pain", "therapeutic-psychiatric"},
}
TRIALS = """\
trials:
- name: EXAMPLE-1
  registry_ids: [NCT01234567]
  title: A trial of the tests
studies:
"""
STUDY = """\
- key: doe1999
  kind: publication
  pmid: 10000001
  doi: 10.1000/example.1
  verification: {pmid: verified, doi: unverified, numbers: partly}
  title: Ketamine in a made-up trial
  authors: [Doe J, van der Berg AB, Roe C Jr, 'group: The Example Group']
  authors_complete: false
  year: 1999
  journal: J Made Up
  volume: '1'
  trial: EXAMPLE-1
  registry_ids: [ACTRN12600000000001]
  status: current
  design: rct
  design_flags: [parallel, double-blind]
  context: therapeutic-pain
  conditions: [fibromyalgia]
  populations: [adult]
  interventions:
  - drug: racemic
    route: intravenous
    dose: {value: 0.3, value_high: 0.5, unit: mg/kg, duration: 40, duration_unit: min, number: 2, text: 'twice'}
  comparators:
  - {kind: placebo, text: saline}
  blinding: double
  n: 30
  n_kind: randomised
  arms: [{name: ketamine, n: 15}, {name: saline, n: 15}]
  follow_up: {value: 4, unit: wk}
  direction: favours_intervention
  summary: Thirty people took part.
  findings:
  - outcome: response
    measure: VAS response
    timepoint: {hours: 24, text: day 1}
    comparison: between
    comparator: placebo
    direction: favours_intervention
    intervention: {n: 15, events: 9, percent: 60}
    control: {n: 15, events: 3, percent: 20}
    effect: {measure: RR, value: 3.0, ci_low: 1.01, ci_high: 8.95, p: '0.03'}
    stat_kind: final
    threshold: '>=50% fall'
    derived: [intervention.events = 60 % of 15, control.events = 20 % of 15]
    text: more people responded
    verification: verified
  harms:
  - outcome: dissociation
    comparison: single-arm
    direction: not_reported
    text: in some
    verification: unverified
  relations:
  - {kind: corrected_by, pmid: 10000002, text: an erratum}
  notes: Nothing is left out.
  sources:
  - https://example.org/study
"""
CLAIMS_FILE = """\
article: {title: An article, publisher: A magazine, date: '2015-05-10', url: 'https://example.org/article'}
claims:
- id: C01
  claim: It helps
  verdict: partly
  studies: [doe1999]
  explanation: Thirty people only.
  confidence: verified
  updates: [Nothing newer.]
"""
Written = Callable[[str], Path]


@pytest.fixture
def studies(tmp_path: Path) -> Written:
    """Writes a studies' file."""

    def write(text: str) -> Path:
        path = tmp_path / "seed_studies.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def claims(tmp_path: Path) -> Written:
    """Writes a claims' file."""

    def write(text: str) -> Path:
        path = tmp_path / "claims.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def problem(path: Path, terms: Terms | None = TERMS) -> str:
    """What the loader says to a file that breaks a rule."""
    with pytest.raises(SeedError) as caught:
        seed.load_studies(path, terms)
    return str(caught.value)


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


# --- one study, whole


def test_everything_of_a_study_is_kept(studies: Written) -> None:
    [study] = seed.load_studies(studies(TRIALS + STUDY), TERMS)
    assert (study.key, study.pmid, study.doi, study.year) == ("doe1999", 10000001, "10.1000/example.1", 1999)
    assert [(a.family, a.initials, a.suffix, a.collective) for a in study.authors] == [
        ("Doe", "J", "", ""),
        ("van der Berg", "AB", "", ""),
        ("Roe", "C", "Jr", ""),
        ("", "", "", "The Example Group"),
    ]
    assert not study.authors_complete
    assert study.registry_ids == [
        RegistryId("ClinicalTrials.gov", "NCT01234567"),
        RegistryId("ANZCTR", "ACTRN12600000000001"),
    ]
    assert study.relations == [Relation(RelationKind.CORRECTED_BY, pmid=10000002, text="an erratum", source="seed")]
    facts = study.facts
    assert facts is not None
    assert (facts.design, facts.design_flags, facts.blinding) == (
        Design.RCT,
        ["parallel", "double-blind"],
        Blinding.DOUBLE,
    )
    assert (facts.context, facts.direction, facts.trial) == (
        "therapeutic-pain",
        Direction.FAVOURS_INTERVENTION,
        "EXAMPLE-1",
    )
    assert (facts.n, facts.n_kind, [arm.n for arm in facts.arms]) == (30, NKind.RANDOMISED, [15, 15])
    assert (facts.follow_up_value, facts.follow_up_unit) == (4, TimeUnit.WK)
    assert (facts.pmid_verification, facts.doi_verification, facts.numbers_verification) == (
        Verification.VERIFIED,
        Verification.UNVERIFIED,
        Verification.PARTLY,
    )
    [dose] = facts.doses
    assert (dose.drug, dose.route, dose.value, dose.value_high, dose.unit) == (
        "racemic",
        "intravenous",
        0.3,
        0.5,
        "mg/kg",
    )
    assert (dose.duration, dose.duration_unit, dose.number, dose.text) == (40, "min", 2, "twice")
    response, dissociation = facts.findings
    assert (response.hours, response.timepoint, response.stat_kind) == (24, "day 1", "final")
    assert (response.intervention.events, response.control.percent) == (9, 20)
    assert (response.effect.measure, response.effect.ci_high, response.effect.p) == ("RR", 8.95, "0.03")
    assert response.derived == "intervention.events = 60 % of 15; control.events = 20 % of 15"
    assert (dissociation.harm, dissociation.outcome) == (True, "dissociation")
    assert facts.sources == ["https://example.org/study"]


def test_the_claims_keep_their_words_and_their_article(studies: Written, claims: Written) -> None:
    loaded = seed.load_seed(studies(TRIALS + STUDY), claims(CLAIMS_FILE), TERMS)
    [claim] = loaded.claims
    assert (claim.id, claim.text, claim.verdict, claim.studies) == ("C01", "It helps", "partly", ["doe1999"])
    assert claim.updates == ["Nothing newer."]
    assert claim.source == "An article (A magazine, 2015-05-10) https://example.org/article"
    assert claim.where == "claims.yaml:3"
    assert seed.load_claims(claims(CLAIMS_FILE)) == loaded.claims
    assert seed.load_trials(studies(TRIALS + STUDY)) == loaded.trials


# --- each rule and what it says

RULES = [
    ("route: intravenous", "route: intravenus", "doe1999: unknown route 'intravenus'; did you mean 'intravenous'?"),
    (
        "conditions: [fibromyalgia]",
        "conditions: [fibromialgia]",
        "unknown condition 'fibromialgia'; did you mean 'fibromyalgia'?",
    ),
    ("populations: [adult]", "populations: [adults]", "unknown population 'adults'; did you mean 'adult'?"),
    ("drug: racemic", "drug: racemat", "unknown drug 'racemat'; did you mean 'racemic'?"),
    ("kind: placebo", "kind: placibo", "unknown comparator 'placibo'; did you mean 'placebo'?"),
    (
        "comparator: placebo",
        "comparator: water",
        "unknown comparator 'water'; valid: active-placebo, none, opioid, placebo",
    ),
    (
        "outcome: response",
        "outcome: dissociation",
        "unknown outcome 'dissociation'; valid: other, pain-intensity, response",
    ),
    (
        "outcome: dissociation",
        "outcome: response",
        "unknown adverse-effect 'response'; valid: any, dissociation, other",
    ),
    (
        "context: therapeutic-pain",
        "context: therapy",
        "unknown context 'therapy'; valid: therapeutic-pain, therapeutic-psychiatric",
    ),
    ("design: rct", "design: rtc", "unknown design 'rtc'; did you mean 'rct'?"),
    ("double-blind]", "duoble-blind]", "unknown design flag 'duoble-blind'; did you mean 'double-blind'?"),
    ("blinding: double", "blinding: doubel", "unknown blinding 'doubel'; did you mean 'double'?"),
    (
        "direction: favours_intervention\n  summary",
        "direction: favors_intervention\n  summary",
        "unknown direction 'favors_intervention'; did you mean 'favours_intervention'?",
    ),
    ("n_kind: randomised", "n_kind: randomized", "unknown n_kind 'randomized'; did you mean 'randomised'?"),
    ("unit: mg/kg,", "unit: mgkg,", "unknown unit 'mgkg'; did you mean 'mg/kg'?"),
    ("duration_unit: min", "duration_unit: minutes", "unknown duration_unit 'minutes'; did you mean 'min'?"),
    ("unit: wk", "unit: weeks", "unknown unit 'weeks'; valid: d, h, min, mo, wk, y"),
    ("comparison: between", "comparison: betwen", "unknown comparison 'betwen'; did you mean 'between'?"),
    ("stat_kind: final", "stat_kind: fina", "unknown stat_kind 'fina'; did you mean 'final'?"),
    ("pmid: verified", "pmid: verifed", "unknown pmid 'verifed'; did you mean 'verified'?"),
    ("kind: corrected_by", "kind: correctedby", "unknown kind 'correctedby'; did you mean 'corrected_by'?"),
    ("status: current", "status: curent", "unknown status 'curent'; did you mean 'current'?"),
    ("kind: publication", "kind: publikation", "unknown kind 'publikation'; did you mean 'publication'?"),
    ("  blinding: double", "  blindness: double", "unknown key 'blindness'; did you mean 'blinding'?"),
    ("  blinding: double\n", "", "'blinding' is missing"),
    ("  summary: Thirty people took part.\n", "", "'summary' is missing"),
    ("trial: EXAMPLE-1", "trial: EXAMPLE-2", "unknown trial 'EXAMPLE-2'; did you mean 'EXAMPLE-1'?"),
    ("key: doe1999", "key: Doe-1999", "a key is lower-case letters, digits and _, a letter first"),
    ("pmid: 10000001", "pmid: -3", "-3 is no PMID"),
    ("pmid: 10000001", "pmid: '10000001'", "'pmid' is to be a whole number, not '10000001'"),
    ("pmid: 10000001", "pmid: true", "'pmid' is to be a whole number, not 'True'"),
    ("  pmid: 10000001\n", "", "verification of pmid is 'verified', and pmid is not given"),
    ("doi: unverified", "doi: none", "verification of doi is 'none', and doi is 10.1000/example.1"),
    ("doi: 10.1000/example.1", "doi: doi.org/10.1000/example.1", "'doi.org/10.1000/example.1' is no DOI"),
    ("year: 1999", "year: 19999", "year 19999 is not within 1960-2100"),
    ("volume: '1'", "volume: 1", "'volume' is to be text (in quotes where it looks like a number), not '1'"),
    (
        "authors: [Doe J,",
        "authors: [Doe John,",
        "author 'Doe John' is not like 'Sörensen J' or 'group: The Study Group'",
    ),
    ("authors: [Doe J,", "authors: [{family: Doe},", "each of 'authors' is to be text, not a mapping"),
    ("conditions: [fibromyalgia]", "conditions: fibromyalgia", "'conditions' is to be a list, not 'fibromyalgia'"),
    ("follow_up: {value: 4, unit: wk}", "follow_up: 4 wk", "'follow_up' is to be a mapping, not '4 wk'"),
    ("ACTRN12600000000001", "ACTRN126", "'ACTRN126' is not the number of a known register, like NCT01234567"),
    ("  n_kind: randomised\n", "", "n and n_kind go together"),
    ("n: 30\n", "n: 0\n", "n is 0"),
    ("n: 30\n", "n: 29\n", "arms add up to 30, n is 29 (if people are in two: arms_overlap: true)"),
    ("n: 30\n", "n: 14\n", "an arm of 15 in a study of 14"),
    ("design: rct", "design: meta-analysis", "a meta-analysis has n_studies and no n"),
    (
        "design: rct\n",
        "design: observational\n  n_kind: planned\n",
        "the key 'n_kind' a second time is not accepted in a curated file",
    ),
    ("value_high: 0.5", "value_high: 0.2", "value_high 0.2 is below value 0.3"),
    ("value_high: 0.5, unit: mg/kg", "value_high: 0.5", "a value needs its unit"),
    (", duration_unit: min", "", "duration and duration_unit go together"),
    ("hours: 24", "hours: -1", "response: -1 hours"),
    ("{n: 15, events: 9,", "{n: 15, events: 19,", "response: intervention: 19 events among 15"),
    ("{n: 15, events: 9,", "{n: 0, events: 0,", "response: intervention: n is 0"),
    ("events: 9,", "events: -9,", "response: intervention: -9 events"),
    ("percent: 20", "percent: 120", "response: control: 120 % (a change is a mean, with its measure)"),
    ("percent: 20", "sd: -2", "response: control: an SD of -2"),
    ("ci_low: 1.01", "ci_low: 3.01", "3.0 is not within its interval 3.01 to 8.95"),
    ("ci_high: 8.95", "ci_high: 2.95", "3.0 is not within its interval 1.01 to 2.95"),
    ("value: 3.0, ci_low: 1.01", "value: -3.0, ci_low: -4", "response: a negative RR"),
    ("measure: RR, ", "", "response: an estimate needs its measure"),
    ("p: '0.03'", "p: 'P less than 0.03'", "p 'P less than 0.03' is not like 0.03, <0.05 or ns"),
    (
        "pmid: 10000002, text: an erratum",
        "key: doe1998",
        "corrected_by unknown study 'doe1998'; did you mean 'doe1999'?",
    ),
    ("pmid: 10000002, text: an erratum", "key: doe1999", "corrected_by itself"),
    ("pmid: 10000002", "pmid: 0", "corrected_by 0, which is no PMID"),
    ("pmid: 10000002", "doi: 11.1/x", "corrected_by '11.1/x', which is no DOI"),
    (", pmid: 10000002, text: an erratum", "", "a relation names the other record by key, pmid, doi or text"),
    ("status: current", "status: retracted", "a retracted study needs a status_note that says how that is known"),
    ("https://example.org/study", "example.org", "source 'example.org' is no web address"),
    ("registry_ids: [NCT01234567]", "registry_ids: [1234567]", "each of 'registry_ids' is to be text, not '1234567'"),
    ("  trial: EXAMPLE-1\n", "", "trial 'EXAMPLE-1': no study belongs to it"),
]


@pytest.mark.parametrize(("right", "wrong", "message"), RULES, ids=[message for _, _, message in RULES])
def test_a_broken_rule_is_told(studies: Written, right: str, wrong: str, message: str) -> None:
    whole = TRIALS + STUDY
    assert right in whole
    assert message in problem(studies(whole.replace(right, wrong, 1)))


def test_a_problem_names_file_line_and_nearest_value(studies: Written) -> None:
    text = (TRIALS + STUDY).replace("route: intravenous", "route: intravenus")
    line = line_of(text, "route: intravenus")
    message = f"seed_studies.yaml:{line}: doe1999: unknown route 'intravenus'; did you mean 'intravenous'?"
    assert problem(studies(text)) == message


def test_the_line_of_an_item_in_a_list_is_its_own(studies: Written) -> None:
    text = (TRIALS + STUDY).replace("conditions: [fibromyalgia]", "conditions:\n  - fibromyalgia\n  - crpx")
    assert problem(studies(text)).startswith(f"seed_studies.yaml:{line_of(text, 'crpx')}: ")


def test_a_finding_is_told_at_its_own_line(studies: Written) -> None:
    text = (TRIALS + STUDY).replace("events: 9,", "events: 16,")
    assert problem(studies(text)).startswith(f"seed_studies.yaml:{line_of(text, '- outcome: response')}: ")


def test_all_problems_are_told_in_the_order_of_the_file(studies: Written) -> None:
    text = (TRIALS + STUDY).replace("route: intravenous", "route: x").replace("pmid: 10000001", "pmid: 0")
    text = text.replace("percent: 20", "percent: 120")
    told = problem(studies(text)).splitlines()
    assert len(told) == 3
    assert [int(one.split(":")[1]) for one in told] == sorted(int(one.split(":")[1]) for one in told)


def test_more_than_twenty_problems_are_counted(studies: Written) -> None:
    names = ", ".join(f"x{i}" for i in range(25))
    told = problem(studies((TRIALS + STUDY).replace("[fibromyalgia]", f"[{names}]"))).splitlines()
    assert len(told) == 21
    assert told[-1] == "and 5 more"


@pytest.mark.parametrize(
    ("again", "other"), [("key", "pmid: 10000001"), ("pmid", "key: doe1999"), ("doi", "key: doe1999")]
)
def test_a_key_a_pmid_and_a_doi_occur_once(studies: Written, again: str, other: str) -> None:
    second = STUDY.replace("key: doe1999", "key: roe2000") if again != "key" else STUDY
    if again != "pmid":
        second = second.replace("pmid: 10000001", "pmid: 10000009")
    if again != "doi":
        second = second.replace("example.1", "example.2")
    told = problem(studies(TRIALS + STUDY + second)).splitlines()
    assert len(told) == 1
    assert told[0].split(": ", 1)[1].startswith(f"{again} '")
    assert "stands at line 6 already" in told[0]


def test_a_trial_and_its_number_occur_once(studies: Written) -> None:
    twice = TRIALS.replace("studies:\n", "- {name: EXAMPLE-1, registry_ids: [NCT01234567], title: Again}\nstudies:\n")
    told = problem(studies(twice + STUDY))
    assert "trial 'EXAMPLE-1' stands at line 2 already" in told
    assert "registry number 'NCT01234567' stands at line 2 already" in told


def test_people_of_a_crossover_are_in_each_arm(studies: Written) -> None:
    text = (TRIALS + STUDY).replace("n: 30\n", "n: 15\n")
    assert "arms add up" in problem(studies(text))
    assert seed.load_studies(studies(text.replace("[parallel,", "[crossover,")), TERMS)
    assert seed.load_studies(studies(text.replace("  follow_up", "  arms_overlap: true\n  follow_up")), TERMS)


def test_without_a_taxonomy_terms_are_not_checked(studies: Written) -> None:
    [study] = seed.load_studies(studies((TRIALS + STUDY).replace("route: intravenous", "route: by-post")))
    assert study.facts is not None
    assert study.facts.doses[0].route == "by-post"


def test_an_axis_without_terms_accepts_none(studies: Written) -> None:
    without = {axis: terms for axis, terms in TERMS.items() if axis is not Axis.ROUTE}
    assert "unknown route 'intravenous'" in problem(studies(TRIALS + STUDY), without)


CLAIM_RULES = [
    ("verdict: partly", "verdict: supports", "C01: unknown verdict 'supports'; did you mean 'supported'?"),
    ("[doe1999]", "[doe1998]", "C01: unknown study 'doe1998'; did you mean 'doe1999'?"),
    ("[doe1999]", "[doe1999, doe1999]", "C01: a study is named twice"),
    ("id: C01", "id: claim1", "'claim1' is no claim id, like C01"),
    ("  explanation: Thirty people only.\n", "", "C01: 'explanation' is missing"),
    ("  confidence: verified", "  certainty: verified", "C01: unknown key 'certainty'"),
    ("title: An article, ", "", "article: 'title' is missing"),
]


@pytest.mark.parametrize(("right", "wrong", "message"), CLAIM_RULES, ids=[message for _, _, message in CLAIM_RULES])
def test_a_broken_rule_of_the_claims_is_told(
    studies: Written, claims: Written, right: str, wrong: str, message: str
) -> None:
    assert right in CLAIMS_FILE
    with pytest.raises(SeedError) as caught:
        seed.load_seed(studies(TRIALS + STUDY), claims(CLAIMS_FILE.replace(right, wrong, 1)), TERMS)
    assert message in str(caught.value)
    assert str(caught.value).startswith("claims.yaml:")


def test_a_claim_occurs_once(studies: Written, claims: Written) -> None:
    twice = CLAIMS_FILE + CLAIMS_FILE[CLAIMS_FILE.index("- id: C01") :]
    with pytest.raises(SeedError, match="claim 'C01' stands at line 3 already"):
        seed.load_seed(studies(TRIALS + STUDY), claims(twice), TERMS)


def test_problems_of_both_files_are_told_together(studies: Written, claims: Written) -> None:
    with pytest.raises(SeedError) as caught:
        seed.load_seed(
            studies((TRIALS + STUDY).replace("year: 1999", "year: 3")),
            claims(CLAIMS_FILE.replace("[doe1999]", "[nobody]")),
            TERMS,
        )
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == ["seed_studies.yaml", "claims.yaml"]


def test_the_pure_parser_reads_the_same(studies: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    path = studies(TRIALS + STUDY)
    fast = seed.load_studies(path, TERMS)
    monkeypatch.setattr(seed, "_LOADER", yaml.SafeLoader)
    assert seed.load_studies(path, TERMS) == fast
