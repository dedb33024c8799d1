"""Whom a study favours: in which part of a text it is told, and by which kind of study."""

from __future__ import annotations

import pytest

from ketlit.vocabulary import Direction
from tests.readings import read

TRIAL = "Ketamine for chronic pain: a randomised trial"
COHORT = "Ketamine in patients with chronic pain: a cohort"
MECHANISM = "Electroencephalographic signatures of ketamine in patients with depression"


@pytest.mark.parametrize(
    ("results", "direction"),
    [
        ("Ketamine reduced depressive symptoms and changed the signal.", Direction.FAVOURS_INTERVENTION),
        ("Ketamine reduced depressive symptoms but did not improve sleep.", Direction.MIXED),
        ("Ketamine increased the signal.", Direction.NOT_REPORTED),
        ("Ketamine did not change depressive symptoms.", Direction.NOT_REPORTED),
        ("Symptoms fell with ketamine as connectivity predicted.", Direction.NOT_REPORTED),
    ],
)
def test_a_study_of_a_mechanism_may_tell_in_its_results_that_the_ailment_lessened(
    results: str, direction: Direction
) -> None:
    reading = read(
        MECHANISM,
        methods="Patients with depression were randomised to ketamine or saline. EEG was recorded.",
        results=results,
        conclusions="Connectivity may mark the mechanism.",
    )
    assert reading.context == "mechanistic"
    assert reading.direction is direction


def test_a_study_that_is_asked_whether_the_treatment_helps_answers_wherever_it_says_so() -> None:
    methods = "We looked at patients with chronic pain who had been randomised to ketamine or saline."
    said = {"results": "Ketamine had large effects on pain.", "conclusions": "Larger trials should follow."}
    assert read(TRIAL, methods=methods, **said).direction is Direction.FAVOURS_INTERVENTION
    cohort = read(COHORT, methods="We looked back at patients with chronic pain.", **said)
    assert cohort.direction is Direction.NOT_REPORTED


@pytest.mark.parametrize(
    ("results", "direction"),
    [
        ("The evidence on depressive symptoms is inconsistent.", Direction.MIXED),
        ("Trials in pain gave conflicting results.", Direction.MIXED),
        ("Reports on costs were conflicting.", Direction.FAVOURS_INTERVENTION),
        ("Linear mixed models of pain were used.", Direction.FAVOURS_INTERVENTION),
    ],
)
def test_a_review_whose_studies_disagree_is_mixed(results: str, direction: Direction) -> None:
    reading = read(
        "Ketamine for chronic pain and depression: a systematic review",
        methods="We searched two databases for trials in patients with chronic pain or depression.",
        results=results,
        conclusions="Ketamine reduced chronic pain.",
    )
    assert reading.direction is direction


def test_to_count_publications_asks_no_effect() -> None:
    methods = "We counted publications in one database."
    conclusions = "Ketamine reduced depression in much of what was published."
    reading = read("Ketamine for depression: a bibliometric analysis", methods=methods, conclusions=conclusions)
    assert reading.direction is Direction.NOT_REPORTED


def test_a_p_value_says_no_direction() -> None:
    reading = read("Ketamine for neuropathic pain", results="Scores were 3 and 5 (p < 0.001).")
    assert reading.direction == Direction.NOT_REPORTED


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


def test_who_asks_for_harms_states_an_effect_in_the_conclusion_or_nowhere() -> None:
    reading = read(
        "Safety of ketamine in patients with chronic pain: a cohort",
        methods="We looked back at patients.",
        results="We found that ketamine significantly reduced chronic pain.",
        conclusions="Longer cohorts are needed.",
    )
    assert reading.direction is Direction.NOT_REPORTED


def test_one_study_of_a_review_is_not_its_finding() -> None:
    reading = read(
        "Ketamine for neuropathic pain: a systematic review",
        methods="We searched two databases for trials in patients with neuropathic pain.",
        results="One small trial found that ketamine relieved pain.",
        conclusions="Larger trials should follow.",
    )
    assert reading.direction is Direction.NOT_REPORTED


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


def concluded(*sentences: str, title: str = TRIAL) -> Direction:
    """What a trial says whose conclusion has these sentences."""
    methods = "Patients with chronic pain were randomised to ketamine or saline."
    return read(title, methods=methods, conclusions=" ".join(sentences)).direction


NONE = "Pain did not differ between the groups."


@pytest.mark.parametrize(
    "sentence",
    [
        "Previous studies have shown that ketamine reduces pain.",
        "Brown and colleagues found that ketamine reduces pain.",
        "In a recent trial, ketamine reduced pain.",
        "Ketamine was effective in earlier trials.",
        "It has been shown that ketamine reduces pain.",
        "Ketamine is believed to reduce pain.",
        "We hypothesised that ketamine would reduce pain.",
        "The trial was designed to show that ketamine reduces pain.",
        "Had the trial been larger, ketamine might have reduced pain.",
        "Ketamine may reduce pain at higher doses.",
        "Clinicians should offer what reduces pain, such as ketamine.",
        "It is important to find out how ketamine reduces pain.",
    ],
)
def test_what_others_found_or_was_expected_is_no_finding(sentence: str) -> None:
    assert concluded(sentence, NONE) is Direction.NO_DIFFERENCE


def test_to_be_held_good_is_more_than_advice() -> None:
    assert concluded("Ketamine should be regarded as an effective analgesic.") is Direction.FAVOURS_INTERVENTION


def test_what_is_said_to_be_shown_counts_where_nothing_else_is_found() -> None:
    assert concluded("Ketamine has been shown to reduce pain.") is Direction.FAVOURS_INTERVENTION


@pytest.mark.parametrize(
    ("sentence", "direction"),
    [
        ("Unlike in earlier trials, in which pain was reduced, ketamine did not differ from saline.", "none"),
        ("Although previous studies reported that ketamine relieves pain, our results do not support this.", "none"),
        ("Despite promising earlier results, ketamine did not reduce pain.", "none"),
        ("Ketamine, which has been shown to reduce depression, did not reduce pain.", "none"),
        ("Contrary to our hypothesis that ketamine would reduce pain, pain scores did not differ.", "none"),
        ("Our hypothesis that ketamine reduces pain was not confirmed.", "none"),
        ("Our results do not confirm earlier reports that ketamine improves pain.", "none"),
        ("Our findings contradict previous reports of a benefit of ketamine.", "none"),
        ("Our hypothesis that ketamine reduces pain was confirmed.", "good"),
        ("Our results support the hypothesis that ketamine reduces pain.", "good"),
        ("Consistent with previous studies, ketamine reduced pain.", "good"),
        ("Unlike earlier trials that found no effect, this trial shows that ketamine reduces pain.", "good"),
    ],
)
def test_within_a_sentence_own_findings_are_told_from_those_of_others(sentence: str, direction: str) -> None:
    wanted = Direction.NO_DIFFERENCE if direction == "none" else Direction.FAVOURS_INTERVENTION
    assert concluded(sentence) is wanted


def test_what_others_found_is_what_a_review_finds() -> None:
    reading = read(
        "Ketamine for chronic pain: a systematic review",
        methods="We searched two databases for trials of ketamine in patients with chronic pain.",
        conclusions="Previous studies have shown that ketamine reduces pain.",
    )
    assert reading.direction is Direction.FAVOURS_INTERVENTION


@pytest.mark.parametrize(
    ("sentence", "direction"),
    [
        ("Ketamine did not fail to reduce pain.", Direction.FAVOURS_INTERVENTION),
        ("Ketamine was not ineffective.", Direction.FAVOURS_INTERVENTION),
        ("Ketamine did not worsen sleep and reduced pain.", Direction.FAVOURS_INTERVENTION),
        ("Ketamine reduced pain without worsening nausea.", Direction.FAVOURS_INTERVENTION),
        ("Morphine was inferior to ketamine for pain.", Direction.FAVOURS_INTERVENTION),
        ("Ketamine was not inferior to morphine for pain.", Direction.NO_DIFFERENCE),
        ("Ketamine was no less effective than morphine in reducing pain.", Direction.NO_DIFFERENCE),
        ("Pain relief was not worse with ketamine than with morphine.", Direction.NO_DIFFERENCE),
        ("Ketamine was less effective than morphine.", Direction.FAVOURS_COMPARATOR),
    ],
)
def test_what_is_denied_twice_is_said(sentence: str, direction: Direction) -> None:
    assert concluded(sentence) is direction


@pytest.mark.parametrize(
    ("title", "direction"),
    [
        ("Willow bark alleviates colitis in mice", Direction.FAVOURS_INTERVENTION),
        ("Willow bark does not improve colitis in mice", Direction.NO_DIFFERENCE),
        ("Does willow bark alleviate colitis in mice?", Direction.NOT_REPORTED),
        ("Effects of willow bark against colitis in mice", Direction.NOT_REPORTED),
        ("Knockout of a lectin alleviates colitis in mice", Direction.NOT_REPORTED),
    ],
)
def test_where_nothing_else_states_a_result_a_title_may(title: str, direction: Direction) -> None:
    said = {"methods": "Mice were fed willow bark.", "conclusions": "Cells of the gut wall were counted."}
    assert read(title, **said).direction is direction


@pytest.mark.parametrize(
    ("title", "direction"),
    [
        ("Ketamine abolishes tourniquet pain in rats", Direction.FAVOURS_INTERVENTION),
        ("Lasting relief of stump pain after a ketamine infusion: a case report", Direction.FAVOURS_INTERVENTION),
        ("Ketamine does not reduce pain after tonsillectomy", Direction.NO_DIFFERENCE),
        ("Does ketamine reduce pain after tonsillectomy?", Direction.NOT_REPORTED),
        ("Ketamine for relief of pain after tonsillectomy", Direction.NOT_REPORTED),
        ("Relief of pain as a predictor of sleep: a ketamine cohort", Direction.NOT_REPORTED),
    ],
)
def test_a_title_may_claim_an_effect_of_ketamine(title: str, direction: Direction) -> None:
    assert read(title).direction is direction


def test_a_trial_on_animals_is_heard_when_it_concludes() -> None:
    title = "Medetomidine with or without ketamine for sedation of ferrets"
    methods = "Ten ferrets were sedated twice by a veterinarian, with and without ketamine."
    praised = read(title, methods=methods, conclusions="The combination offers more reliable sedation.")
    assert praised.context == "veterinary"
    assert praised.direction is Direction.FAVOURS_INTERVENTION
    assert read(title, methods=methods, conclusions="Heart rate fell.").direction is Direction.NOT_REPORTED


def test_all_whom_a_trial_without_a_control_tells_of_were_treated() -> None:
    title = "Ketamine in an open label trial in adults with chronic pain"
    told = {
        "methods": "Twelve patients with chronic pain received ketamine.",
        "conclusions": "A controlled trial is due.",
    }
    assert read(title, results="Pain lessened in nine.", **told).direction is Direction.FAVOURS_INTERVENTION
    assert read(title, results="Pain did not lessen in two.", **told).direction is Direction.NOT_REPORTED


def test_a_heading_that_is_written_as_a_sentence_begins_the_conclusion() -> None:
    said = "Methods. Patients with pain received ketamine or tramadol. Results. Pain fell. Conclusions. "
    said += "Tramadol relieved pain more reliably. Ketamine is cheap and effective."
    assert read("Ketamine or tramadol for pain: a randomised trial", abstract=said).direction is (
        Direction.FAVOURS_COMPARATOR
    )


@pytest.mark.parametrize(
    ("title", "direction"),
    [
        ("Treatments of chronic pain: a systematic review", Direction.FAVOURS_INTERVENTION),
        ("Ketamine for chronic pain: a systematic review", Direction.MIXED),
    ],
)
def test_where_a_review_of_many_treatments_calls_its_results_mixed_that_need_not_be_ketamine(
    title: str, direction: Direction
) -> None:
    reading = read(
        title,
        methods="We searched two databases for trials of ketamine or stretching in patients with chronic pain.",
        results="The results of stretching on pain were mixed.",
        conclusions="Ketamine reduced chronic pain.",
    )
    assert reading.direction is direction
