"""Which design the words of a text give, by examples in our own words."""

from __future__ import annotations

import pytest

from ketlit.vocabulary import Axis
from tests.readings import read, studied


def design(title: str, text: str = "") -> str:
    return read(title, text).design


# --- who is studied


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Antinociceptive effect of ketamine", ""),
        ("Ketamine and conditioned taste aversion", ""),
        ("Binding affinity of ketamine enantiomers", ""),
        ("Serum chemistry after ketamine in Macaca fascicularis", ""),
        (
            "Metabolic fate of ketamine",
            "The drug was given to cats and its levels in liver were followed for two hours.",
        ),
        (
            "Site of action of ketamine",
            "Ketamine was given intracerebroventricularly. The tail flick was slower after it.",
        ),
        (
            "Ketamine and motor activity",
            "Ketamine (5 mg/kg) given to hamsters slowed running. Noise did not change this.",
        ),
        ("Ketamine and reward", "Ketamine raised the response rate of guinea pigs in a lever task. This was lasting."),
    ],
)
def test_the_bench_and_animals_make_a_study_preclinical(title: str, text: str) -> None:
    assert design(title, text) == "preclinical"


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Cocaine self-administration after ketamine: a randomised crossover trial", ""),
        ("Ketamine in women with brain lesions", "Women had lesions of the thalamus and an antinociceptive infusion."),
        ("Receptors", "Ketamine is slow. It can spare axons and may slow the ileum. It has few uses and is cheap."),
        ("Mushrooms and ketamine", "Adults took lion's mane with ketamine. Adults were asked how they felt."),
    ],
)
def test_people_who_are_studied_are_no_animals(title: str, text: str) -> None:
    assert design(title, text) != "preclinical"


# --- what is said of this study, and what of others


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Stress may matter. This historical cohort study asks how. Scores were rated after ketamine.",
            "observational",
        ),
        ("Ketamine may help. Patients were rated. This was an open-label, real-world study.", "observational"),
        (
            "This open-label study gave adults ketamine. It is in the Chinese Clinical Trial Registry.",
            "single-arm-trial",
        ),
        ("Gout hurts. This prospective, randomised trial gave ketamine or saline to forty adults.", "rct"),
        ("Forty adults were given ketamine. Randomised controlled trials are needed to test it.", "single-arm-trial"),
        (
            "Adults had ketamine by infusion. The data were divided randomly into training and test sets.",
            "single-arm-trial",
        ),
        ("We report gout in five patients. This case series shows what ketamine did for them.", "case-series"),
    ],
)
def test_words_of_a_design_count_where_they_are_said_of_this_study(text: str, expected: str) -> None:
    assert design("Ketamine for gout", text) == expected


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "Ketamine and bone in gout",
            "We used samples from a placebo-controlled trial of ketamine. Markers rose.",
        ),
        ("Ketamine and bone in gout", "Markers were measured. Data were derived from an open label clinical trial."),
        ("Ketamine dosing", "METHODS: This retrospective analysis of an open-label study compared doses of ketamine."),
        (
            "Predictors of response to ketamine",
            "We studied forty patients who participated in a randomised crossover trial of ketamine.",
        ),
    ],
)
def test_people_and_data_of_an_earlier_trial_make_a_secondary_analysis(title: str, text: str) -> None:
    assert design(title, text) == "secondary-analysis"


def test_who_takes_part_in_the_trial_that_is_reported_makes_no_secondary_analysis() -> None:
    text = "Forty patients participated in a randomised, double-blind trial and had ketamine or saline."
    assert design("Ketamine for gout", text) == "rct"


def test_a_further_analysis_of_an_observational_study_is_observational() -> None:
    text = "This is a post hoc analysis of a naturalistic observational study of ketamine in forty inpatients."
    assert design("Sleep after ketamine", text) == "observational"


def test_what_others_observed_is_no_observation_of_a_review() -> None:
    text = "This article aims to review research on ketamine in naturalistic settings and in epidemiology."
    assert design("Ketamine, then and now", text) == "narrative-review"


def test_trials_that_are_counted_in_a_registry_are_no_people() -> None:
    assert design("Ketamine: trial trends", "We counted 300 registered trials of ketamine by year.") == "other"


def test_a_review_that_says_what_it_will_go_through_is_no_protocol() -> None:
    text = "This article reviews ketamine. We will start with its history. We will then discuss its use in gout."
    assert design("Ketamine, then and now", text) != "protocol"


def test_a_pooling_that_was_only_planned_makes_no_meta_analysis() -> None:
    title = "Ketamine for gout: a systematic review"
    assert design(title, "We planned a random-effects meta-analysis. Twelve studies were found.") == "systematic-review"
    assert (
        design(title, "We performed a meta-analysis of 12 studies. The pooled mean difference was 2.")
        == "meta-analysis"
    )


def test_estimates_from_the_studies_found_make_a_meta_analysis() -> None:
    text = "We searched PubMed for trials. With a random-effects model the pooled risk ratio was 0.8."
    assert design("Ketamine for gout", text) == "meta-analysis"


def test_a_reporting_guideline_for_meta_analyses_makes_none() -> None:
    text = (
        "We did a systematic review by the rules for Systematic Reviews and Meta-Analyses (PRISMA). We searched PubMed."
    )
    assert design("Ketamine for gout", text) == "systematic-review"


def test_a_text_that_describes_a_protocol_is_one() -> None:
    assert design("Ketamine for gout", "We describe the rationale and design of a trial of ketamine.") == "protocol"


# --- cases, and what the words for a design leave open


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        (
            "Seizure after ketamine",
            "A woman with gout who had taken ketamine is described. She had a seizure.",
            "case-report",
        ),
        (
            "Seizure after ketamine",
            "Two patients receiving ketamine developed a seizure. Both got well.",
            "case-series",
        ),
        ("Seizure after ketamine", "In a 61-year-old farmer a seizure was treated with ketamine.", "case-report"),
        ("Seizure after ketamine", "A 34-year-old previously healthy man had a seizure after ketamine.", "case-report"),
        ("Case report: ketamine in four adults with gout", "", "case-series"),
        ("Open-label ketamine for gout: five cases", "Five adults were enrolled and had ketamine.", "single-arm-trial"),
        ("Ketamine and gout: a case-control study", "Records were searched for ketamine.", "observational"),
        ("Ketamine sales: an interrupted time series analysis", "Sales were counted.", "observational"),
    ],
)
def test_people_told_of_one_by_one_make_a_report_of_cases(title: str, text: str, expected: str) -> None:
    assert design(title, text) == expected


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ("patients", "rct"),
        ("individuals with gout", "rct"),
        ("healthy volunteers", "non-randomized-trial"),
        ("patients and ten healthy volunteers", "non-randomized-trial"),
    ],
)
def test_a_blinded_comparison_that_names_no_lot_is_by_lot_only_where_patients_are_treated(
    people: str, expected: str
) -> None:
    text = f"In a double-blind, placebo-controlled study ten {people} had ketamine or saline."
    assert design("Ketamine for gout", text) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Sleep predicts the response of gout to ketamine", "secondary-analysis"),
        ("Baseline weight moderates what ketamine does to gout", "secondary-analysis"),
        ("Associations between weight and relief of gout by ketamine", "secondary-analysis"),
        ("Ketamine for moderate gout", "rct"),
        ("Predictors of relief by ketamine: a randomised trial in gout", "rct"),
    ],
)
def test_a_trial_whose_title_asks_what_its_effect_depends_on_was_told_before(title: str, expected: str) -> None:
    text = "Sixty patients with gout were randomised to ketamine or saline. Pain was less after ketamine."
    assert design(title, text) == expected


def test_what_healthy_people_s_answer_to_a_drug_is_associated_with_was_asked_in_the_trial_itself() -> None:
    text = "Sixty healthy volunteers were randomised to ketamine or saline. Dreams were longer after ketamine."
    assert design("Weight is associated with dreams after ketamine", text) == "rct"


def test_people_given_one_drug_or_another_were_in_a_trial() -> None:
    text = "Thirty women received thiopental and 30 ketamine. Blood pressure was higher in the ketamine group."
    assert design("Ketamine at induction", text) == "non-randomized-trial"


# --- what the title or the methods state


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


def test_flags_are_said_beside_the_design() -> None:
    reading = read("A randomised, double-blind, placebo-controlled crossover trial of ketamine")
    assert {"rct", "double-blind", "placebo-controlled", "crossover"} <= studied(reading, Axis.DESIGN)
