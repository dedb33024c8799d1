"""What a record is about, from its words: each axis by examples in our own words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ketlit.record import MeshHeading, Record, Section
from ketlit.tagging.reading import Reader, Reading
from ketlit.tagging.tagger import is_of_study
from ketlit.tagging.taxonomy import load
from ketlit.vocabulary import Axis, Direction, NKind

TAXONOMY = load()
READER = Reader(TAXONOMY)


def read(title: str = "", **sections: str) -> Reading:
    """A reading; the sections are named by their labels in lower case."""
    return READER.read(Record(title=title, sections=[Section(text, label.upper()) for label, text in sections.items()]))


def studied(reading: Reading, axis: Axis) -> set[str]:
    return {tag.term for tag in reading.tags if tag.axis == axis and is_of_study(tag)}


def background(reading: Reading, axis: Axis) -> set[str]:
    return {tag.term for tag in reading.tags if tag.axis == axis and tag.role == "background"}


# --- the taxonomy's rules


@pytest.mark.parametrize("case", TAXONOMY.tests, ids=lambda case: case["text"][:50])
def test_the_automaton_names_what_the_reference_reading_names(case: dict[str, Any]) -> None:
    from ketlit.tagging.document import Document

    scan = READER.scanner.scan(Document(Record(title=case["text"])))
    found = {f"{mention.term.axis}:{mention.term.id}" for axis in scan.mentions.values() for mention in axis}
    found |= {f"{axis}:{term}" for each in scan.mentions.values() for one in each for axis, term in one.term.implies}
    unread = [named for named in case.get("expect", []) if not named.startswith("context:")]
    assert not set(unread) - found
    assert not {named for named in case.get("reject", []) if not named.startswith("context:")} & found


def test_a_new_term_is_found_without_new_code() -> None:
    from dataclasses import replace

    pain = TAXONOMY.get(Axis.CONDITION, "pain")
    assert pain
    gout = replace(pain, id="gout", label="Gout", parents=("pain",), synonyms=("gouty arthritis",), position=999)
    made = Reader(type(TAXONOMY)([*TAXONOMY.terms, gout]))
    assert "gout" in studied(made.read(Record(title="Ketamine for gouty arthritis")), Axis.CONDITION)


# --- every tag quotes its words


def test_a_tag_says_where_its_words_stand() -> None:
    reading = read("Ketamine", methods="Adults with \u201cfibromyalgia\u201d took part.")
    [tag] = [tag for tag in reading.tags if tag.term == "fibromyalgia"]
    assert (tag.section, tag.quote, tag.origin.value, bool(tag.rule)) == ("abstract/0", "fibromyalgia", "text", True)


# fmt: off
WORDS = [
    "ketamine", "esketamine", "S(+)-ketamine", "0.5", "mg/kg", "over", "40", "min", "patients", "with", "depression",
    "MDD", "(MDD)", "n", "=", "12", "twenty", "and", "IV", "IN", "placebo", "versus", "randomized", "rats", "healthy",
    "volunteers", "pain.", "CONCLUSIONS:", "METHODS:", "did", "not", "improve", "more", "than", "\u200b", "e\u0301",
    "\ufb01", "\u00a0", "12,345", "(", ")", ";", "%", "[", "氯胺酮", "children", "will", "be", "CRPS-I",
    "(R,S)-ketamine", "two", "groups", "of", "30", "each",
]
# fmt: on
TEXTS = st.lists(st.sampled_from(WORDS) | st.text(max_size=6), max_size=60).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(TEXTS, TEXTS)
def test_no_text_breaks_the_reader_and_all_it_says_is_quoted(title: str, abstract: str) -> None:
    record = Record(title=title, sections=[Section(abstract)])
    stored = {"title": title, "abstract/0": abstract}
    reading = READER.read(record)
    places = [(tag.section, tag.start, tag.end, tag.quote) for tag in reading.tags]
    places += [tuple(place) for place in (reading.n_place, reading.direction_place) if place]
    for section, start, end, quote in places:
        assert stored[section][start:end] == quote
    assert all(dose.text in title or dose.text in abstract for dose in reading.doses)


@pytest.mark.parametrize("piece", ["IN ", "n=1 ", "(MS) ", "12 patients and ", "ketamine infusion ", "I, ", "((", "0"])
def test_a_hostile_text_is_weighed_only_so_far(piece: str) -> None:
    reading = read("Ketamine for pain", methods=piece * (6_000 // len(piece)))
    assert len(reading.doses) <= 12
    assert len({(tag.axis, tag.term) for tag in reading.tags}) == len(reading.tags)


def test_an_empty_record_says_nothing() -> None:
    reading = read()
    assert (reading.n, reading.doses, reading.direction) == (None, [], Direction.NOT_REPORTED)
    assert [tag.term for tag in reading.tags] == ["not-ketamine"]


# --- conditions


@pytest.mark.parametrize(
    ("title", "methods", "conditions"),
    [
        ("Ketamine in treatment-resistant depression", "Adults with TRD took part.", {"trd"}),
        ("Ketamine in depression", "Patients with major depressive disorder were enrolled.", {"mdd"}),
        ("Ketamine and CRPS type I", "", {"crps-1"}),
        ("Ketamine after mastectomy", "Postoperative pain was scored in 40 women.", {"postoperative-pain"}),
        ("Ketamine and memory", "Twelve healthy men with no history of depression came.", {"healthy-volunteers"}),
        ("Ketamine for sedation of children", "Children having endoscopy were sedated.", {"perioperative-other"}),
    ],
)
def test_the_condition_is_that_of_the_people_studied(title: str, methods: str, conditions: set[str]) -> None:
    assert studied(read(title, methods=methods), Axis.CONDITION) == conditions


def test_a_disease_in_passing_is_background() -> None:
    reading = read("Ketamine for migraine", background="Fibromyalgia is common.", methods="People with migraine came.")
    assert studied(reading, Axis.CONDITION) == {"migraine"}
    assert "fibromyalgia" in background(reading, Axis.CONDITION)


def test_respiratory_depression_is_no_depression() -> None:
    assert studied(read("Ketamine and respiratory depression after surgery"), Axis.CONDITION) == {"perioperative-other"}


# --- forms and routes


@pytest.mark.parametrize(
    ("title", "forms"),
    [
        ("Ketamine in gout", {"ketamine"}),
        ("S(+)-ketamine in gout", {"esketamine"}),
        ("(R,S)-ketamine in gout", {"racemic"}),
        ("Racemic ketamine versus esketamine in gout", {"racemic", "esketamine"}),
        ("Arketamine in gout", {"arketamine"}),
    ],
)
def test_the_form_is_the_one_named(title: str, forms: set[str]) -> None:
    assert studied(read(title), Axis.DRUG) == forms


@pytest.mark.parametrize(
    ("methods", "routes"),
    [
        ("Patients received intravenous ketamine.", {"intravenous"}),
        ("Patients received ketamine 0.5 mg/kg over 40 min.", {"intravenous"}),
        ("Patients received intranasal ketamine or oral midazolam.", {"intranasal"}),
        ("Patients received oral ketamine; rescue was intravenous morphine.", {"oral"}),
        ("A phase IV study by DSM-IV criteria of ketamine.", set()),
    ],
)
def test_the_route_is_that_of_ketamine(methods: str, routes: set[str]) -> None:
    assert studied(read("Ketamine in gout", methods=methods), Axis.ROUTE) == routes


# --- doses


def test_a_dose_keeps_value_unit_duration_and_its_words() -> None:
    [dose] = read("Gout", methods="Ketamine 0,5 mg/kg over 40 min was given twice weekly.").doses
    assert (dose.value, dose.unit, dose.duration, dose.duration_unit) == (0.5, "mg/kg", 40.0, "min")
    assert (dose.text, dose.schedule) == ("0,5 mg/kg over 40 min", "twice weekly")


@pytest.mark.parametrize(
    ("words", "value", "high", "unit"),
    [
        ("0\u00b75 mg kg-1", 0.5, None, "mg/kg"),
        ("0.1-0.3 mg/kg/h", 0.1, 0.3, "mg/kg/h"),
        ("5 \u00b5g/kg/min", 5.0, None, "ug/kg/min"),
        ("56 or 84 mg", 56.0, 84.0, "mg"),
        ("20 mg/h", 20.0, None, "mg/h"),
    ],
)
def test_doses_are_read_as_they_are_printed(words: str, value: float, high: float | None, unit: str) -> None:
    [dose] = read("Gout", methods=f"Esketamine {words} was given.").doses
    assert (dose.drug, dose.value, dose.value_high, dose.unit) == ("esketamine", value, high, unit)


def test_the_dose_of_the_comparator_is_not_ketamines() -> None:
    doses = read("Gout", methods="Ketamine 0.5 mg/kg was compared with midazolam 0.045 mg/kg.").doses
    assert [dose.value for dose in doses] == [0.5]


# --- design


@pytest.mark.parametrize(
    ("title", "methods", "design"),
    [
        ("Ketamine for gout: a randomised trial", "", "rct"),
        ("Ketamine for gout", "Forty adults were randomly assigned to two groups.", "rct"),
        ("Ketamine for gout", "A double-blind crossover study without more said.", "other"),
        ("Ketamine for gout: a systematic review", "Databases were searched.", "systematic-review"),
        ("Ketamine for gout: a meta-analysis", "Randomised trials were pooled.", "meta-analysis"),
        ("Ketamine for gout: study protocol", "Adults will be randomised.", "protocol"),
        ("Ketamine for gout", "Adults will be enrolled. They will receive ketamine.", "protocol"),
        ("Ketamine for gout: a post hoc analysis", "", "secondary-analysis"),
        ("Ketamine for gout: a case report", "", "case-report"),
        ("Ketamine for gout", "The charts of 40 adults were studied in a retrospective cohort.", "observational"),
        ("Ketamine in mice with gout", "Mice were injected.", "preclinical"),
        ("Ketamine for gout: a narrative review", "", "narrative-review"),
        ("Consensus guidelines on ketamine", "", "guideline"),
        ("Ketamine for gout", "In an open-label study ten adults were treated.", "single-arm-trial"),
        ("Ketamine for gout", "We need randomised trials.", "other"),
    ],
)
def test_the_design_is_the_one_stated(title: str, methods: str, design: str) -> None:
    assert read(title, methods=methods).design == design


def test_flags_are_said_beside_the_design() -> None:
    reading = read("A randomised, double-blind, placebo-controlled crossover trial of ketamine")
    assert {"rct", "double-blind", "placebo-controlled", "crossover"} <= studied(reading, Axis.DESIGN)


# --- participants


@pytest.mark.parametrize(
    ("methods", "n"),
    [
        ("Sixty adults were randomised.", 60),
        ("A total of 1,234 patients were enrolled.", 1234),
        ("Twenty-two patients and 20 healthy controls were scanned.", 42),
        ("Patients were assigned to ketamine (n=12) or placebo (n=13).", 25),
        ("Patients were randomised to two groups of 30 each.", 60),
        ("Of 90 patients screened, 40 patients were randomised.", 40),
        ("Between 2001 and 2004, 31 women were enrolled.", 31),
        ("Pain fell in n=3 (12 %).", None),
        ("Adults aged 40 years received 30 mg.", None),
    ],
)
def test_the_number_of_participants_is_that_of_the_whole_study(methods: str, n: int | None) -> None:
    assert read("Ketamine for gout", methods=methods).n == n


def test_a_number_says_what_it_counts_and_where_it_stands() -> None:
    reading = read("Ketamine for gout", methods="Sixty adults were randomised.")
    assert reading.n_kind == NKind.RANDOMISED
    assert reading.n_place
    assert reading.n_place.quote == "Sixty adults"


def test_a_protocol_plans_its_number() -> None:
    reading = read("Ketamine for gout: study protocol", methods="Eighty patients will be randomised.")
    assert (reading.n, reading.n_kind) == (80, NKind.PLANNED)


def test_a_review_has_no_number_of_participants() -> None:
    assert read("Ketamine for gout: a systematic review", results="Ten trials with 400 patients.").n is None


# --- outcomes, comparators, context


def test_scales_give_their_outcomes_and_harms_are_measured() -> None:
    reading = read("Ketamine for depression", methods="MADRS and CADSS were used. Adverse events were recorded.")
    assert "depressive-symptoms" in studied(reading, Axis.OUTCOME)
    assert {"dissociation", "any"} <= studied(reading, Axis.ADVERSE_EFFECT)


@pytest.mark.parametrize(
    ("title", "comparators"),
    [
        ("Ketamine versus placebo in depression: a randomised trial", {"placebo"}),
        ("Ketamine versus electroconvulsive therapy in depression: a randomised trial", {"ect"}),
        ("Ketamine versus morphine in renal colic: a randomised trial", {"opioid"}),
    ],
)
def test_what_stands_against_ketamine_is_the_comparator(title: str, comparators: set[str]) -> None:
    assert studied(read(title), Axis.COMPARATOR) == comparators


@pytest.mark.parametrize(
    ("title", "methods", "context"),
    [
        ("Ketamine for neuropathic pain", "", "therapeutic-pain"),
        ("Ketamine for major depressive disorder", "", "therapeutic-psychiatric"),
        ("Ketamine for intubation", "Patients were intubated.", "anesthesia"),
        ("Memory of ketamine users", "Chronic ketamine users were tested.", "misuse"),
        ("Ketamine as a model of psychosis", "Healthy volunteers received ketamine.", "psychosis-model"),
        ("Ketamine and the forced swim test in rats", "Rats were injected.", "mechanistic"),
        ("Medetomidine-ketamine for immobilization of bears", "Bears were darted.", "veterinary"),
        ("Kidney injury in rats", "Rats were anesthetized with ketamine.", "not-ketamine"),
        ("Aspirin for gout", "", "not-ketamine"),
    ],
)
def test_the_context_says_why_ketamine_is_there(title: str, methods: str, context: str) -> None:
    assert read(title, methods=methods).context == context


# --- direction


@pytest.mark.parametrize(
    ("conclusions", "direction"),
    [
        ("Ketamine was effective in reducing pain.", Direction.FAVOURS_INTERVENTION),
        ("Ketamine did not improve pain.", Direction.NO_DIFFERENCE),
        ("Morphine was more effective than ketamine.", Direction.FAVOURS_COMPARATOR),
        ("Ketamine reduced pain but did not improve sleep.", Direction.MIXED),
        ("Further studies are needed.", Direction.NOT_REPORTED),
        ("Baseline mood predicted the response.", Direction.NOT_REPORTED),
    ],
)
def test_the_direction_is_what_the_conclusion_states(conclusions: str, direction: Direction) -> None:
    reading = read("Ketamine for neuropathic pain", methods="Adults were randomised.", conclusions=conclusions)
    assert reading.direction == direction


def test_a_p_value_says_no_direction() -> None:
    reading = read("Ketamine for neuropathic pain", results="Scores were 3 and 5 (p < 0.001).")
    assert reading.direction == Direction.NOT_REPORTED


def test_the_words_of_a_direction_are_quoted() -> None:
    reading = read("Ketamine for neuropathic pain", conclusions="Ketamine reduced pain.")
    assert reading.direction_place
    assert reading.direction_place.quote == "Ketamine reduced pain."


def test_a_silent_text_is_not_called_foreign_where_a_heading_names_ketamine() -> None:
    record = Record(title="Aspirin for gout", mesh=[MeshHeading("D007649", "Ketamine")])
    assert "not-ketamine" not in {tag.term for tag in READER.read(record).tags}


# --- rules that generalise: each by a text of our own


def test_a_heading_within_a_line_begins_its_section() -> None:
    reading = read(
        "Ketamine for depression: a randomised trial",
        methods="Forty patients with depression had ketamine or saline. Scores were rated on the MADRS "
        "CONCLUSIONS: Ketamine was effective against depression.",
    )
    assert reading.direction is Direction.FAVOURS_INTERVENTION


def test_two_doses_side_by_side_are_compared() -> None:
    reading = read(
        "Ketamine for depression",
        methods="Sixty patients were randomised to ketamine 0.2 or 0.5 mg/kg.",
    )
    assert "dose-comparison" in studied(reading, Axis.COMPARATOR)


def test_a_dose_that_was_raised_is_not_compared() -> None:
    reading = read("Ketamine for depression", methods="Sixty patients were randomised to ketamine, 0.5 to 1.0 mg/kg.")
    assert "dose-comparison" not in studied(reading, Axis.COMPARATOR)


def test_two_routes_set_against_each_other_are_compared() -> None:
    reading = read(
        "Oral versus intravenous ketamine for depression: a randomised trial",
        methods="Patients with depression were randomised.",
    )
    assert "dose-comparison" in studied(reading, Axis.COMPARATOR)


@pytest.mark.parametrize("words", ["The lack of a placebo group", "The absence of a placebo"])
def test_a_placebo_that_is_missing_is_no_comparator(words: str) -> None:
    reading = read(
        "Ketamine for depression: an observational study",
        methods="Patients had ketamine infusions.",
        limitations=f"{words} limits the findings.",
    )
    assert "placebo" not in studied(reading, Axis.COMPARATOR)


def test_opioids_that_people_use_are_no_comparator() -> None:
    reading = read(
        "Ketamine after surgery: a randomised trial", methods="Opioid use before surgery was compared with none."
    )
    assert "opioid" not in studied(reading, Axis.COMPARATOR)


def test_a_way_into_an_animal_is_one_term() -> None:
    reading = read("Ketamine in rats", methods="Rats were given ketamine intramuscularly.")
    assert studied(reading, Axis.ROUTE) == {"animal-route"}


def test_a_route_before_two_drugs_is_that_of_both() -> None:
    assert studied(read("Intranasal midazolam or ketamine before surgery in children"), Axis.ROUTE) == {"intranasal"}


@pytest.mark.parametrize(
    ("title", "context"),
    [
        ("Sedation of howler monkeys with ketamine", "veterinary"),
        ("Ketamine and social behaviour in rats: relevance to schizophrenia", "psychosis-model"),
        ("Functional connectivity and ketamine in patients with depression", "mechanistic"),
        ("Ketamine in psychotherapy", "therapeutic-psychiatric"),
        ("Deep sedation with ketamine in children with autism", "anesthesia"),
    ],
)
def test_a_title_alone_tells_why_ketamine_is_given(title: str, context: str) -> None:
    assert read(title).context == context


def test_a_drug_that_only_makes_rats_sleep_is_not_studied() -> None:
    reading = read("Morphine and acetylcholine", methods="The cortex was studied in ketamine-anesthetized rats.")
    assert reading.context == "not-ketamine"


@pytest.mark.parametrize(
    ("conclusion", "direction"),
    [
        ("Ketamine reduced pain. However, ketamine did not reduce anxiety.", Direction.MIXED),
        ("Ketamine cannot reduce depression.", Direction.NO_DIFFERENCE),
        ("Oral ketamine was better tolerated.", Direction.NOT_REPORTED),
        ("Remifentanil was effective in relieving pain.", Direction.NOT_REPORTED),
        ("These findings support the use of ECT over ketamine.", Direction.FAVOURS_COMPARATOR),
    ],
)
def test_a_conclusion_is_read_as_it_is_said(conclusion: str, direction: Direction) -> None:
    reading = read("Ketamine for pain: a randomised trial", methods="Patients with pain.", conclusions=conclusion)
    assert reading.direction is direction


@pytest.mark.parametrize(
    ("conclusion", "direction"),
    [
        # each clause is read by itself; a concession is not the whole
        ("Although more trials are needed, ketamine relieved pain.", Direction.FAVOURS_INTERVENTION),
        ("Pain fell in both groups, whereas ketamine made no difference to pain.", Direction.MIXED),
        # what is lessened decides: an ailment, or what is wanted
        ("Ketamine lessened the intensity of pain.", Direction.FAVOURS_INTERVENTION),
        ("Ketamine prolonged analgesia.", Direction.FAVOURS_INTERVENTION),
        ("Ketamine shortened analgesia.", Direction.NOT_REPORTED),
        # an effect is told only where somebody says that it is there
        ("Ketamine has analgesic efficacy.", Direction.FAVOURS_INTERVENTION),
        ("Preferences of patients affect efficacy of ketamine.", Direction.NOT_REPORTED),
        ("Improvement after ketamine was related to age.", Direction.NOT_REPORTED),
        ("Side effects of ketamine were mild.", Direction.NOT_REPORTED),
        # what is denied may be a harm
        ("Ketamine was not associated with an increased risk of dreams.", Direction.NOT_REPORTED),
        ("Ketamine provided no better relief of pain.", Direction.NO_DIFFERENCE),
        ("Pain did not differ between the two groups.", Direction.NO_DIFFERENCE),
        (
            "Pain was lower with lidocaine than with ketamine; later both had the same effect.",
            Direction.FAVOURS_COMPARATOR,
        ),
        # another ailment than the title's does not make good that its own was not met
        ("Ketamine did not reduce pain but reduced shivering.", Direction.NO_DIFFERENCE),
    ],
)
def test_a_conclusion_is_read_clause_by_clause(conclusion: str, direction: Direction) -> None:
    reading = read("Ketamine for pain: a randomised trial", methods="Patients with pain.", conclusions=conclusion)
    assert reading.direction is direction


@pytest.mark.parametrize(
    ("conclusion", "direction"),
    [
        ("These data support the use of ketamine in neuropathic pain.", Direction.FAVOURS_INTERVENTION),
        ("These data do not support the use of ketamine in neuropathic pain.", Direction.NO_DIFFERENCE),
        ("Ketamine should be considered as an option in neuropathic pain.", Direction.FAVOURS_INTERVENTION),
        ("Ketamine should be studied in neuropathic pain.", Direction.NOT_REPORTED),
        ("Ketamine reduced the need for rescue morphine.", Direction.FAVOURS_INTERVENTION),
        ("There is a need for trials of ketamine against pain.", Direction.NOT_REPORTED),
        ("Ketamine was as effective as morphine.", Direction.NO_DIFFERENCE),
        ("Ketamine gave good analgesia comparable to morphine.", Direction.NO_DIFFERENCE),
        ("Ketamine gave good analgesia comparable to previous studies.", Direction.FAVOURS_INTERVENTION),
        ("Both treatments relieved pain, with no difference between them.", Direction.NO_DIFFERENCE),
        ("The relief of pain was similar with ketamine and morphine.", Direction.NO_DIFFERENCE),
        ("Ketamine relieved pain at once but not at the second visit.", Direction.MIXED),
        ("Both drugs relieved pain. Pain did not differ between the two groups.", Direction.NO_DIFFERENCE),
        ("Both drugs relieved pain. Pain was lower with ketamine than with morphine.", Direction.FAVOURS_INTERVENTION),
        ("Ketamine relieved pain, but sleep was unchanged.", Direction.MIXED),
        ("The effect of ketamine on pain was not significant.", Direction.NO_DIFFERENCE),
        ("Ketamine reduced sleep disturbance.", Direction.FAVOURS_INTERVENTION),
        ("Repeated ketamine was not associated with more hallucinations.", Direction.NOT_REPORTED),
        ("Ketamine made no difference to cognition.", Direction.NO_DIFFERENCE),
        ("Compared with ketamine, morphine gave better relief of pain.", Direction.FAVOURS_COMPARATOR),
        (
            "Compared with ketamine alone, ketamine with magnesium gave better analgesia.",
            Direction.FAVOURS_INTERVENTION,
        ),
        ("Ketamine caused more pain than saline.", Direction.FAVOURS_COMPARATOR),
        ("Ketamine gave greater pain relief than saline.", Direction.FAVOURS_INTERVENTION),
        ("Haloperidol is an effective treatment.", Direction.NOT_REPORTED),
        ("Ketamine had no effect on pain.", Direction.NO_DIFFERENCE),
        ("Morphine outperformed ketamine.", Direction.FAVOURS_COMPARATOR),
        ("Morphine was superior to ketamine for pain.", Direction.FAVOURS_COMPARATOR),
        ("Pain worsened after ketamine.", Direction.FAVOURS_COMPARATOR),
        ("Pain decreased over six infusions of ketamine.", Direction.FAVOURS_INTERVENTION),
        ("There is a moderate effect of ketamine on pain.", Direction.FAVOURS_INTERVENTION),
        ("These results may help to guide doses of ketamine.", Direction.NOT_REPORTED),
    ],
)
def test_many_ways_to_say_whether_a_treatment_helps(conclusion: str, direction: Direction) -> None:
    reading = read("Ketamine for pain: a randomised trial", methods="Patients with pain.", conclusions=conclusion)
    assert reading.direction is direction


def test_what_was_found_counts_where_the_conclusion_says_nothing() -> None:
    reading = read(
        "Ketamine for pain: a randomised trial",
        methods="Patients with pain.",
        results="Our data show that ketamine relieved pain.",
        conclusions="Larger trials should follow.",
    )
    assert reading.direction is Direction.FAVOURS_INTERVENTION
    assert reading.direction_place
    assert reading.direction_place.quote.startswith("Our data")


@pytest.mark.parametrize(
    ("results", "direction"),
    [
        ("Pain fell significantly in the treated group.", Direction.FAVOURS_INTERVENTION),
        (
            "Pain fell significantly in both groups. There was no difference between the groups.",
            Direction.NO_DIFFERENCE,
        ),
        ("Pain fell in both arms. Pain was significantly lower with ketamine.", Direction.FAVOURS_INTERVENTION),
        ("There was no difference in nausea between the groups.", Direction.NOT_REPORTED),
        ("The trial did not meet its end point in pain.", Direction.NOT_REPORTED),
    ],
)
def test_what_each_group_had_is_no_difference_between_them(results: str, direction: Direction) -> None:
    reading = read("Ketamine for pain: a randomised trial", methods="Patients with pain.", results=results)
    assert reading.direction is direction


@pytest.mark.parametrize(
    ("title", "direction"),
    [
        ("Ketamine in patients with chronic pain: a cohort", Direction.FAVOURS_INTERVENTION),
        ("Safety of ketamine in patients with chronic pain: a cohort", Direction.FAVOURS_INTERVENTION),
        ("Use and cost of ketamine in patients with chronic pain: a cohort", Direction.FAVOURS_INTERVENTION),
        ("Toxicity of ketamine in patients with chronic pain: a cohort", Direction.NOT_REPORTED),
    ],
)
def test_who_asks_for_harms_concludes_on_no_effect(title: str, direction: Direction) -> None:
    reading = read(title, methods="We looked back at patients.", conclusions="Ketamine was safe and effective.")
    assert reading.direction is direction


def test_one_study_of_a_review_is_not_its_finding() -> None:
    reading = read(
        "Ketamine for neuropathic pain: a systematic review",
        methods="We searched two databases for trials in patients with neuropathic pain.",
        results="One small trial found that ketamine relieved pain.",
        conclusions="Larger trials should follow.",
    )
    assert reading.direction is Direction.NOT_REPORTED


def test_who_asks_for_harms_states_an_effect_in_the_conclusion_or_nowhere() -> None:
    reading = read(
        "Safety of ketamine in patients with chronic pain: a cohort",
        methods="We looked back at patients.",
        results="We found that ketamine significantly reduced chronic pain.",
        conclusions="Longer cohorts are needed.",
    )
    assert reading.direction is Direction.NOT_REPORTED


@pytest.mark.parametrize(
    ("conclusion", "direction"),
    [
        ("Ketamine relieved pain.", Direction.FAVOURS_INTERVENTION),
        ("Ketamine did not change the signal.", Direction.NOT_REPORTED),
    ],
)
def test_a_trial_of_a_mechanism_may_tell_a_good_beside(conclusion: str, direction: Direction) -> None:
    reading = read(
        "Connectivity after ketamine in chronic pain: a randomised trial",
        methods="Patients with chronic pain were randomised to ketamine or saline.",
        conclusions=conclusion,
    )
    assert reading.direction is direction


@pytest.mark.parametrize(
    ("conclusion", "direction"),
    [
        ("Ketamine relieved pain. However, sleep did not improve with ketamine.", Direction.MIXED),
        ("Ketamine did not relieve pain. However, ketamine improved sleep.", Direction.NO_DIFFERENCE),
    ],
)
def test_a_good_that_is_told_second_does_not_undo_that_the_first_was_not_met(
    conclusion: str, direction: Direction
) -> None:
    reading = read("Ketamine for pain: a randomised trial", methods="Patients with pain.", conclusions=conclusion)
    assert reading.direction is direction


def test_an_animal_study_tells_its_effect_in_the_results() -> None:
    reading = read(
        "Ketamine in a rat model of depression",
        methods="Rats with depression were injected with ketamine.",
        results="We found that ketamine improved depression-like behaviour.",
        conclusions="The pathway may be the cause.",
    )
    assert reading.direction is Direction.FAVOURS_INTERVENTION


def test_a_result_on_no_ailment_is_not_the_direction() -> None:
    reading = read(
        "Ketamine for pain: a randomised trial",
        methods="Patients with pain.",
        results="Costs were significantly lower with lidocaine than with ketamine.",
        conclusions="Larger trials should follow.",
    )
    assert reading.direction is Direction.NOT_REPORTED


@pytest.mark.parametrize(
    ("title", "direction"),
    [
        ("Association between intraoperative ketamine and chronic pain", Direction.FAVOURS_INTERVENTION),
        ("Association between serum zinc and ketamine response in chronic pain", Direction.NOT_REPORTED),
        ("The role of zinc in the effects of ketamine in chronic pain", Direction.NOT_REPORTED),
    ],
)
def test_who_only_watches_asks_for_an_effect_too(title: str, direction: Direction) -> None:
    reading = read(
        title, methods="We looked back at patients with chronic pain.", conclusions="Ketamine reduced chronic pain."
    )
    assert reading.direction is direction


@pytest.mark.parametrize(
    ("title", "direction"),
    [
        ("Ketamine for pain: a narrative review", Direction.FAVOURS_INTERVENTION),
        ("Drugs for pain: a narrative review", Direction.FAVOURS_INTERVENTION),
    ],
)
def test_a_review_on_ketamine_may_conclude(title: str, direction: Direction) -> None:
    reading = read(title, methods="We review drugs for pain.", conclusions="Ketamine is effective against pain.")
    assert reading.direction is direction


def test_what_foretells_the_response_is_not_what_is_treated() -> None:
    title = "Anxiety disorder predicts response to ketamine in patients with depression"
    assert studied(read(title), Axis.CONDITION) == {"depression"}


def test_pain_scores_after_surgery_are_an_outcome_and_no_condition() -> None:
    reading = read(
        "Esketamine for postpartum depression: a randomised trial",
        methods="Women had esketamine. The secondary outcome was postoperative pain scores.",
    )
    assert studied(reading, Axis.CONDITION) == {"postpartum-depression"}


@pytest.mark.parametrize(
    ("title", "design"),
    [
        ("Ketamine in palliative care: a scoping review", "systematic-review"),
        ("Cost-effectiveness of esketamine: a Markov model", "other"),
        ("Commentary on: ketamine for pain", "editorial-letter"),
    ],
)
def test_titles_name_designs(title: str, design: str) -> None:
    assert read(title).design == design


def test_a_share_counts_no_people() -> None:
    reading = read(
        "Ketamine for pain", methods="Pain affects 1 in 10 women. We randomised 84 women to ketamine or saline."
    )
    assert reading.n == 84


def test_cases_that_are_told_together_are_counted() -> None:
    reading = read("Ketamine for pain: a case report", methods="We describe two cases of pain treated with ketamine.")
    assert reading.n == 2


def test_what_patients_have_is_not_what_is_measured() -> None:
    reading = read(
        "Ketamine and fatigue: a randomised trial",
        methods="Patients with depression and active suicidal ideation had ketamine. Fatigue was rated.",
        results="Fatigue fell.",
    )
    assert "suicidal-ideation" not in studied(reading, Axis.OUTCOME)
