"""Whom a result favours: where it is told, and what takes it back."""

from __future__ import annotations

import pytest

from ketlit.record import Record, Section
from ketlit.tagging.reading import Reader, Reading
from ketlit.tagging.taxonomy import load
from ketlit.vocabulary import Direction

READER = Reader(load())
TRIAL = "Ketamine for chronic pain: a randomised trial"
COHORT = "Ketamine in patients with chronic pain: a cohort"
MECHANISM = "Electroencephalographic signatures of ketamine in patients with depression"


def read(title: str, **sections: str) -> Reading:
    return READER.read(Record(title=title, sections=[Section(text, label.upper()) for label, text in sections.items()]))


@pytest.mark.parametrize(
    ("conclusion", "direction"),
    [
        ("Ketamine relieved pain. However, this approach did not improve sleep.", Direction.MIXED),
        ("Ketamine relieved pain. However, this approach goes with a higher risk of nausea.", "same"),
        ("Ketamine relieved pain. This approach did not improve sleep.", "same"),
        ("Ketamine relieved pain at 2 hours but not 24 hours.", Direction.MIXED),
        ("Ketamine relieved pain but not compared with morphine.", Direction.MIXED),
    ],
)
def test_what_takes_a_good_back_need_not_name_the_drug(conclusion: str, direction: Direction | str) -> None:
    reading = read(TRIAL, methods="Patients with pain were randomised to ketamine or saline.", conclusions=conclusion)
    assert reading.direction is (Direction.FAVOURS_INTERVENTION if direction == "same" else direction)


@pytest.mark.parametrize(
    ("conclusion", "direction"),
    [
        ("There was a trend towards efficacy of ketamine.", Direction.NOT_REPORTED),
        ("The efficacy of ketamine was confirmed.", Direction.FAVOURS_INTERVENTION),
    ],
)
def test_a_trend_is_no_effect(conclusion: str, direction: Direction) -> None:
    reading = read(TRIAL, methods="Patients with pain were randomised to ketamine or saline.", conclusions=conclusion)
    assert reading.direction is direction


@pytest.mark.parametrize(
    ("conclusion", "direction"),
    [
        ("Our data suggest that preference influences the effectiveness of ketamine.", Direction.NOT_REPORTED),
        ("We stress the importance of trust in enhancing the efficacy of ketamine.", Direction.NOT_REPORTED),
        ("The results highlight the need for rules on the effective use of ketamine.", Direction.NOT_REPORTED),
        ("Ketamine reduced the need for morphine.", Direction.FAVOURS_INTERVENTION),
        ("Poor responders to ketamine had increased plasma levels.", Direction.NOT_REPORTED),
        ("Ketamine increased the proportion of responders.", Direction.FAVOURS_INTERVENTION),
    ],
)
def test_what_bears_on_an_effect_does_not_state_it(conclusion: str, direction: Direction) -> None:
    reading = read(COHORT, methods="We looked back at patients with chronic pain.", conclusions=conclusion)
    assert reading.direction is direction


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


@pytest.mark.parametrize(
    ("title", "conclusion", "direction"),
    [
        (
            "Tarsal osteotomy in flat feet: a cohort",
            "Osteotomy led to fewer wound gapings.",
            Direction.FAVOURS_INTERVENTION,
        ),
        (
            "Tarsal osteotomy in flat feet: a cohort",
            "Osteotomy gave good long-term results.",
            Direction.FAVOURS_INTERVENTION,
        ),
        ("Tarsal osteotomy in flat feet: a cohort", "Gait did not differ between the groups.", Direction.NO_DIFFERENCE),
        ("Tarsal osteotomy in flat feet: a cohort", "Osteotomy was done on both sides.", Direction.NOT_REPORTED),
        ("Prevalence of flat feet before osteotomy: a cohort", "Rest led to fewer falls.", Direction.NOT_REPORTED),
        ("Walking in people with flat feet: a cohort", "Walkers had fewer falls.", Direction.NOT_REPORTED),
        ("Effects of LSD on gait: a cohort", "LSD reduced stride length.", Direction.NOT_REPORTED),
        ("Tarsal osteotomy in flat feet: a narrative review", "Osteotomy is effective.", Direction.NOT_REPORTED),
    ],
)
def test_of_a_treatment_of_any_kind_a_conclusion_tells_what_it_lessens(
    title: str, conclusion: str, direction: Direction
) -> None:
    methods = "We reviewed the literature." if "review" in title else "This retrospective cohort had 80 patients."
    assert read(title, methods=methods, conclusions=conclusion).direction is direction


@pytest.mark.parametrize(
    "conclusion",
    [
        "Propofol gave more stable sedation than ketamine.",
        "Propofol gave deeper and better sedation than ketamine with equal onset and recovery and no adverse events.",
    ],
)
def test_another_drug_may_do_more_than_ketamine(conclusion: str) -> None:
    reading = read(
        "Propofol versus ketamine for sedation and anxiety in children: a randomised trial",
        methods="Children with anxiety were randomised to propofol or ketamine.",
        conclusions=conclusion,
    )
    assert reading.direction is Direction.FAVOURS_COMPARATOR


def test_to_count_publications_asks_no_effect() -> None:
    methods = "We counted publications in one database."
    conclusions = "Ketamine reduced depression in much of what was published."
    reading = read("Ketamine for depression: a bibliometric analysis", methods=methods, conclusions=conclusions)
    assert reading.direction is Direction.NOT_REPORTED


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
