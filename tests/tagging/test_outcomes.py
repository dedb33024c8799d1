"""What is measured and what is only spoken of, by examples in our own words."""

from __future__ import annotations

import pytest

from ketlit.tagging.tagger import is_of_study
from ketlit.vocabulary import Axis
from tests.readings import read, studied


def outcomes(title: str, **sections: str) -> set[str]:
    return studied(read(title, **sections), Axis.OUTCOME)


def harms(title: str, **sections: str) -> set[str]:
    return studied(read(title, **sections), Axis.ADVERSE_EFFECT)


TITLE = "Ketamine for major depressive disorder: a randomised trial"
METHODS = "Sixty patients were randomised. The primary outcome was the MADRS score."


@pytest.mark.parametrize(
    "conclusions",
    [
        "Further studies are needed to establish its safety.",
        "Whether it is safe remains unclear.",
        "Ketamine lowered scores, but adverse effects warrant larger trials.",
    ],
)
def test_harm_that_others_should_look_for_was_not_measured(conclusions: str) -> None:
    assert not harms(TITLE, methods=METHODS, conclusions=conclusions)


@pytest.mark.parametrize(
    "conclusions",
    ["Ketamine was safe.", "Ketamine was well tolerated; further trials are needed.", "Ketamine may be safe."],
)
def test_harm_that_a_conclusion_reports_was_measured(conclusions: str) -> None:
    assert harms(TITLE, methods=METHODS, conclusions=conclusions) == {"any"}


@pytest.mark.parametrize(
    ("conclusions", "measured"),
    [
        ("Ketamine improved sleep.", True),
        ("Ketamine may improve sleep.", False),
        ("Scores fell, suggesting benefits for quality of life.", False),
        ("Ketamine offers a cost-effective treatment.", False),
    ],
)
def test_an_outcome_that_a_conclusion_hopes_for_was_not_measured(conclusions: str, measured: bool) -> None:
    found = outcomes(TITLE, methods=METHODS, conclusions=conclusions)
    assert found == ({"depressive-symptoms", "sleep"} if measured else {"depressive-symptoms"})


def test_what_stands_before_the_aim_is_background_and_an_aim_may_end_the_background() -> None:
    purpose = "Delirium comes with higher mortality. This trial aimed to assess sleep after esketamine."
    assert outcomes("Esketamine after surgery", purpose=purpose, methods="Forty adults were enrolled.") == {"sleep"}
    background = "Insomnia is common. The aim of this study was to compare fatigue after esketamine."
    assert outcomes("Esketamine after surgery", background=background, methods="Forty adults.", results="None.") == {
        "fatigue"
    }


def test_a_limitation_and_a_search_term_are_no_outcome() -> None:
    results = "Scores fell. Limitations are a high dropout rate and few women."
    assert "participant-disposition" not in outcomes(TITLE, methods=METHODS, results=results)
    methods = "Databases were searched with the keywords insomnia and ketamine."
    assert "sleep" not in outcomes("Ketamine for gout: a systematic review", methods=methods, results="Few.")


@pytest.mark.parametrize(
    ("results", "measured"),
    [
        ("Hospitalized patients received six infusions.", False),
        ("Fewer patients were hospitalized after ketamine.", True),
        ("Patients with depression had fewer hospital admissions.", True),
        ("Risk factors were male sex and previous hospitalization.", False),
    ],
)
def test_what_people_are_or_what_predicts_is_not_what_is_measured(results: str, measured: bool) -> None:
    assert ("healthcare-use" in outcomes(TITLE, methods=METHODS, results=results)) is measured


@pytest.mark.parametrize(
    ("results", "measured"),
    [
        ("Response rates were 40% and 20%.", True),
        ("Twelve of 30 patients (40%) were responders.", True),
        ("Treatment response was defined as a halved score.", True),
        ("Sleep did not change in responders and non-responders.", False),
        ("The questionnaire had a response rate of 26%.", False),
    ],
)
def test_response_is_how_many_responded_and_not_a_group(results: str, measured: bool) -> None:
    assert ("response" in outcomes(TITLE, methods=METHODS, results=results)) is measured


@pytest.mark.parametrize(
    ("results", "measured"),
    [
        ("Adverse events were nausea, dizziness and fatigue.", False),
        ("The most common side effects included vomiting and anxiety.", False),
        ("Fatigue and anxiety decreased.", True),
        ("Side effects were rare. Fatigue and anxiety decreased.", True),
    ],
)
def test_what_stands_in_a_list_of_harms_is_no_outcome(results: str, measured: bool) -> None:
    found = outcomes(TITLE, methods=METHODS, results=results)
    assert bool({"fatigue", "anxiety"} & found) is measured


def test_response_in_a_title_is_the_effect_in_general() -> None:
    assert "response" not in outcomes("Age predicts treatment response to ketamine in depression", methods=METHODS)
    assert {"response", "remission"} <= outcomes(
        TITLE, methods=METHODS, results="Response and remission did not differ."
    )


@pytest.mark.parametrize(
    "methods",
    [
        "Morphine consumption was recorded.",
        "The secondary outcomes were PCA bolus frequency and sleep.",
        "We recorded the consumption of rescue analgesics.",
        "Secondary outcomes included the need for additional opioids.",
        "There was a reduction in the use of opioids.",
        "Analgesic medication usage was noted.",
    ],
)
def test_the_amount_of_analgesics_is_measured_in_any_order_of_words(methods: str) -> None:
    assert "analgesic-consumption" in outcomes("Esketamine after surgery: a randomised trial", methods=methods)


def test_what_an_analgesic_is_given_with_is_no_amount() -> None:
    methods = "Patients received morphine and opioid anaesthesia. Sleep was recorded."
    assert outcomes("Esketamine after surgery: a randomised trial", methods=methods) == {"sleep"}


def test_a_condition_is_an_outcome_where_it_changes_or_its_treatment_is_judged() -> None:
    assert "depressive-symptoms" in outcomes(TITLE, results="Ketamine reduced depression within a day.")
    assert "depressive-symptoms" in outcomes("Efficacy of ketamine for treatment-resistant depression")
    assert "depressive-symptoms" in outcomes(
        TITLE, results="Symptom severity fell by half. Clinical improvement lasted."
    )
    assert not outcomes(TITLE, results="Sixty patients with major depressive disorder were enrolled.")


def test_pain_in_a_list_of_what_was_assessed_is_an_outcome() -> None:
    methods = "The outcomes were assessments of anxiety, sleep and pain."
    assert {"anxiety", "sleep", "pain-intensity"} <= outcomes("Esketamine against miscarriage grief", methods=methods)


@pytest.mark.parametrize(
    ("methods", "pain"),
    [
        ("Pain was rated on a visual analogue scale.", True),
        ("The visual analogue scale was used.", True),
        ("A visual analogue scale for craving was used.", False),
        ("Happiness was marked on a mood visual analogue scale.", False),
    ],
)
def test_a_line_to_be_marked_is_of_pain_unless_it_is_of_something_else(methods: str, pain: bool) -> None:
    assert ("pain-intensity" in outcomes("Ketamine after surgery: a randomised trial", methods=methods)) is pain


def test_items_of_a_depression_scale_do_not_measure_depression() -> None:
    methods = "Sleep was assessed with item 4 of the MADRS."
    assert outcomes("Sleep after ketamine in depression", methods=methods) == {"sleep"}


def test_delirium_after_surgery_is_cognition_and_on_emergence_a_harm() -> None:
    title = "Esketamine and postoperative delirium: a randomised trial"
    assert outcomes(title, methods="The Confusion Assessment Method was used.") == {"cognition"}
    assert not harms(title, methods="The Confusion Assessment Method was used.")
    assert harms("Esketamine and emergence delirium: a randomised trial") == {"emergence-reaction"}


def test_what_a_model_of_costs_reckons_with_is_not_measured() -> None:
    methods = "A Markov model with the states response and relapse was built. Costs were estimated."
    assert outcomes("Ketamine for depression: a cost-effectiveness analysis", methods=methods) == {"healthcare-use"}


def test_a_level_that_was_aimed_at_is_no_result() -> None:
    methods = "Ketamine was infused to a plasma concentration of 100 ng/ml."
    assert not outcomes("Time perception under ketamine: a crossover trial", methods=methods)
    assert outcomes("Ketamine by mouth", methods="Plasma concentrations were measured.") == {"pharmacokinetic-outcome"}


def test_a_review_of_ketamine_is_about_what_it_says_of_its_effect_and_harms() -> None:
    told = "We review two sides. Ketamine has antidepressant effects and causes dissociation. Insomnia is bad."
    about = read("Ketamine and its future: a narrative review", told)
    other = read("New drugs and their future: a narrative review", told)
    found = [{tag.term for tag in reading.tags if is_of_study(tag)} for reading in (about, other)]
    assert {"depressive-symptoms", "dissociation"} <= found[0]
    assert not {"depressive-symptoms", "dissociation", "sleep"} & found[1]
    assert "sleep" not in found[0]


def test_symptoms_looked_for_in_a_model_are_no_harm() -> None:
    title = "Ketamine as a model of psychosis in healthy volunteers"
    assert not harms(title, methods="The PANSS was rated.", results="Scores rose.")


def test_what_a_conclusion_alone_names_was_not_measured() -> None:
    results = "Scores fell by half."
    assert "sleep" not in outcomes(TITLE, methods=METHODS, results=results, conclusions="Ketamine improves sleep.")
    assert "sleep" in outcomes(TITLE, methods=METHODS, results="Scores fell. Sleep improved.", conclusions="Both did.")


@pytest.mark.parametrize(
    ("results", "measured"),
    [
        ("The sample comprised 71 patients (70% women) with a mean score of 38.2 and high rates of disability.", False),
        ("Disability decreased.", True),
        ("Studies of disability were excluded.", False),
    ],
)
def test_what_describes_the_sample_or_was_excluded_is_not_measured(results: str, measured: bool) -> None:
    assert ("physical-function" in outcomes(TITLE, methods=METHODS, results=results)) is measured


@pytest.mark.parametrize(
    ("results", "measured"),
    [
        ("Nausea, dizziness and anxiety were more frequent after ketamine.", False),
        ("Nausea was frequent. Anxiety fell.", True),
    ],
)
def test_what_stands_among_harms_is_one_of_them(results: str, measured: bool) -> None:
    assert ("anxiety" in outcomes(TITLE, methods=METHODS, results=results)) is measured


def test_patients_with_remission_have_reached_it() -> None:
    methods = "The outcome was the proportion of patients with remission of the episode."
    assert "remission" in outcomes(TITLE, methods=methods)


@pytest.mark.parametrize(
    ("methods", "term"),
    [
        ("Serum orexin levels were measured.", "biomarker"),
        ("Plasma levels of cystatin were measured.", "biomarker"),
        ("Plasma norketamine levels were measured.", "pharmacokinetic-outcome"),
        ("Urinary concentrations of metabolites were measured.", "pharmacokinetic-outcome"),
        ("Blood pressure levels were stable.", ""),
    ],
)
def test_a_level_in_a_fluid_is_a_marker_unless_it_is_of_a_drug(methods: str, term: str) -> None:
    found = outcomes("Ketamine before surgery: a randomised trial", methods=methods)
    assert found & {"biomarker", "pharmacokinetic-outcome"} == ({term} if term else set())


def test_symptoms_that_change_are_those_of_all_conditions_studied() -> None:
    title = "Ketamine for depression and post-traumatic stress disorder: a case series"
    assert {"depressive-symptoms", "ptsd-symptoms"} <= outcomes(title, results="Symptom improvement lasted for months.")


def test_efficacy_in_a_title_is_how_many_responded_where_that_is_told() -> None:
    title = "Efficacy of ketamine for treatment-resistant depression: a randomised trial"
    assert "depressive-symptoms" in outcomes(title, results="Ketamine was better.")
    assert outcomes(title, results="Response rates were 40% and 20%.") == {"response"}


def test_the_name_of_a_scale_is_no_symptom_where_items_of_it_are_meant() -> None:
    methods = "Suicidal thoughts were rated with the Montgomery-Asberg Depression Rating Scale (MADRS) item 10."
    assert outcomes("Ketamine in depression: a randomised trial", methods=methods) == {"suicidal-ideation"}


@pytest.mark.parametrize(
    ("title", "methods", "pain"),
    [
        ("Ketamine for depression: a randomised trial", "A visual analogue scale was used.", False),
        ("Ketamine for depression: a randomised trial", "Scores on a visual analogue scale and morphine use.", True),
        ("Ketamine for shoulder surgery: a randomised trial", "A visual analogue scale was used.", True),
    ],
)
def test_a_line_to_be_marked_is_seldom_of_pain_in_psychiatry(title: str, methods: str, pain: bool) -> None:
    assert ("pain-intensity" in outcomes(title, methods=methods)) is pain


def test_a_letter_about_another_study_measures_nothing() -> None:
    title = "Efficacy and safety of ketamine for depression and its effect on cognition: comment on a trial"
    letter = "We read the trial with interest. Adverse events and sleep were reported in part."
    found = read(title, letter)
    assert found.design == "editorial-letter"
    assert studied(found, Axis.OUTCOME, Axis.ADVERSE_EFFECT) == {"cognition"}


def review(title: str, told: str) -> set[str]:
    return studied(read(f"{title}: a narrative review", told), Axis.OUTCOME, Axis.ADVERSE_EFFECT)


def test_a_review_of_mechanisms_is_about_markers_and_not_about_the_effect_it_explains() -> None:
    told = "We review how ketamine acts in mice. Ketamine has antidepressant effects. It changes synaptic plasticity."
    assert review("Molecular mechanisms of ketamine in the hippocampus", told) == {"biomarker"}


def test_a_review_is_about_what_it_gives_figures_of() -> None:
    told = "We review two trials. Remission rates under ketamine were 40% and 50%. Relapse after ketamine is common."
    assert review("Ketamine or ECT for depression", told) == {"remission"}


def test_harm_is_a_reviews_own_where_its_title_names_the_drug() -> None:
    told = "This review aims to describe the efficacy and long-term safety of ketamine and others."
    assert "any" in review("Ketamine for depression", told)
    assert "any" not in review("New drugs for depression", told)


def test_in_animals_harm_counts_where_it_is_called_so() -> None:
    title = "Ketamine and nerve stimulation in rats"
    assert not harms(title, methods="Twelve rats were used.", results="Apnea occurred at high intensities.")
    assert harms(title, methods="Twelve rats were used.", results="Apnea was an adverse effect.") >= {"any"}


def test_markers_are_measured_in_people_who_misuse_a_drug() -> None:
    title = "Ketamine misuse and its consequences"
    methods = "Sixty users of ketamine and controls took part. Serum BDNF levels and depression scores were compared."
    assert outcomes(title, methods=methods) == {"biomarker"}


@pytest.mark.parametrize("words", ["safety may ", "depression efficacy ", "responders of ", "opioid of the "])
def test_a_phrase_without_end_is_read(words: str) -> None:
    assert read("Ketamine: a review", conclusions=words * (50_000 // len(words))).tags


@pytest.mark.parametrize(
    ("scale", "outcome"),
    [
        ("HAMD", "depressive-symptoms"),
        ("HAMD-17", "depressive-symptoms"),
        ("PHQ9", "depressive-symptoms"),
        ("HAMA", "anxiety"),
        ("EQ5D", "quality-of-life"),
        ("CAPS5", "ptsd-symptoms"),
    ],
)
def test_a_scale_may_be_written_without_its_hyphen(scale: str, outcome: str) -> None:
    methods = f"Sixty patients were randomised. {scale} scores were taken."
    assert outcomes("Ketamine in gout: a randomised trial", methods=methods) == {outcome}


@pytest.mark.parametrize(
    "results",
    [
        "Scores on the visual analogue scale one day after surgery were lower with ketamine.",
        "Outcomes were nerve growth factor and pain intensity after treatment of patients.",
    ],
)
def test_parts_of_words_and_names_turn_nothing_away(results: str) -> None:
    title = "Ketamine in anaesthesia: a randomised trial"
    assert "pain-intensity" in outcomes(title, methods="Sixty patients were randomised.", results=results)


def test_scales_give_their_outcomes_and_harms_are_measured() -> None:
    reading = read("Ketamine for depression", methods="MADRS and CADSS were used. Adverse events were recorded.")
    assert "depressive-symptoms" in studied(reading, Axis.OUTCOME)
    assert {"dissociation", "any"} <= studied(reading, Axis.ADVERSE_EFFECT)


def test_what_patients_have_is_not_what_is_measured() -> None:
    reading = read(
        "Ketamine and fatigue: a randomised trial",
        methods="Patients with depression and active suicidal ideation had ketamine. Fatigue was rated.",
        results="Fatigue fell.",
    )
    assert "suicidal-ideation" not in studied(reading, Axis.OUTCOME)


@pytest.mark.parametrize(
    ("results", "outcome"),
    [
        ("Fewer goalkeepers in the ketamine group needed codeine.", "analgesic-consumption"),
        ("By noon twelve patients had asked for further pethidine.", "analgesic-consumption"),
        ("Oxycodone was tapered in both groups.", "analgesic-consumption"),
        ("Pain had been rated lower at dawn.", "pain-intensity"),
        ("A decrease of 2 points or more was seen in five.", "pain-response"),
        ("Two patients withdrew.", "participant-disposition"),
        ("Drowsiness led to cessation in four.", "participant-disposition"),
        ("Ventilation lasted longer with ketamine.", "healthcare-use"),
        ("There were no fatalities.", "mortality"),
    ],
)
def test_results_tell_outcomes_by_what_happened(results: str, outcome: str) -> None:
    title = "Ketamine after knee surgery: a randomised trial"
    told = outcomes(title, methods="Sixty patients were randomised.", results=results)
    without = outcomes(title, methods="Sixty patients were randomised.", results="All knees healed.")
    assert outcome in told - without


@pytest.mark.parametrize(
    "results",
    ["Dreams were recalled by four.", "Five men had dizziness.", "Nystagmus occurred.", "Salivation was troublesome."],
)
def test_harm_that_befell_subjects_of_a_study_of_mechanism_is_reported(results: str) -> None:
    title = "Ketamine and the resting-state network in healthy volunteers"
    methods = "Twelve healthy volunteers had functional magnetic resonance imaging under ketamine."
    assert harms(title, methods=methods, results=results)
    assert not harms(title, methods=methods, results="Connectivity rose with dissociation.")


def test_an_infusion_that_is_stopped_is_no_patient_who_leaves() -> None:
    results = "The infusion was stopped at dawn."
    assert "participant-disposition" not in outcomes(TITLE, methods=METHODS, results=results)


def test_damage_to_organs_is_harm_in_animals() -> None:
    title = "Ketamine in newborn rats"
    methods = "Twenty rat pups were given ketamine intraperitoneally."
    assert harms(title, methods=methods, results="Neurotoxicity was found in the cortex.") == {"neurotoxicity"}
    assert not harms(title, methods=methods, results="Ataxia and salivation were found.")


def test_a_drug_that_ends_with_the_operation_and_sleep_by_a_drug_are_no_outcomes() -> None:
    methods = "Sixty patients were randomised. Ketamine was discontinued 10 min before the end of surgery."
    told = outcomes("Ketamine for hernia: a randomised trial", methods=methods, results="Sleep was obtained fast.")
    assert not told & {"participant-disposition", "sleep"}


@pytest.mark.parametrize(
    "absent",
    [
        "Nausea was absent after ketamine in 20 patients.",
        "Nausea was not seen after ketamine in 20 patients.",
        "No nausea was observed in 20 patients given ketamine.",
        "Neither nausea nor vomiting occurred after ketamine in 20 patients.",
        "Nausea did not occur after ketamine in 20 patients.",
    ],
)
def test_a_harm_that_is_told_as_absent_was_looked_for(absent: str) -> None:
    roles = {tag.term: tag.role for tag in read("Ketamine for pain", absent).tags}
    assert roles["nausea-vomiting"] == "studied"
