"""Designs told in words that are less usual: each family by sentences of our own."""

from __future__ import annotations

import pytest

from tests.readings import read


def design(title: str, text: str = "") -> str:
    return read(title, text).design


@pytest.mark.parametrize(
    "how",
    [
        "Who got which was settled by drawing lots.",
        "The choice was made by the toss of a coin.",
        "Treatment was taken from sealed envelopes.",
        "Treatment followed computer-generated numbers.",
        "Treatment was decided by random allotment.",
        "They were treated in order of permuted blocks.",
        "Allocation was random.",
    ],
)
def test_lots_are_drawn_in_many_ways(how: str) -> None:
    title = "Ketamine rinse for sore mouths"
    assert design(title, f"Eighty patients rinsed with ketamine or saline. {how} Pain was less with ketamine.") == "rct"
    assert design(title, "Eighty patients rinsed with ketamine or saline. Pain was less with ketamine.") != "rct"


@pytest.mark.parametrize(
    "how",
    [
        "Alternate patients received ketamine or pethidine.",
        "Ketamine or pethidine was given by hospital number.",
        "Women were allocated by the day of the week to ketamine or pethidine.",
        "Women received ketamine or pethidine according to their preference.",
    ],
)
def test_who_is_assigned_by_a_rule_is_not_randomised(how: str) -> None:
    text = f"Seventy women in labour were studied. {how} Newborns did equally well in both groups."
    assert design("Ketamine or pethidine for labour", text) == "non-randomized-trial"


@pytest.mark.parametrize(
    ("title", "text", "told"),
    [
        (
            "Ketamine against etomidate: an equivalence trial",
            "Patients were assigned to ketamine or etomidate. Both did well.",
            "rct",
        ),
        (
            "A phase III evaluation of ketamine gel",
            "Survivors were assigned in equal numbers to ketamine gel or vehicle. Numbness was alike.",
            "rct",
        ),
        (
            "Ketamine and recall",
            "Ten volunteers came twice for ketamine and saline in counterbalanced, randomised order. Recall was poor.",
            "rct",
        ),
        (
            "Ketamine in cocaine dependence",
            "Twelve cocaine-dependent persons received ketamine or lorazepam, double-blind, in a crossover.",
            "rct",
        ),
    ],
)
def test_what_only_a_randomised_trial_is(title: str, text: str, told: str) -> None:
    assert design(title, text) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Scores fell by half. Without a control group little can be said.", "single-arm-trial"),
        ("Scores fell compared with baseline.", "single-arm-trial"),
        ("Pulse rose and returned to control values.", "single-arm-trial"),
        ("Scores fell less in the control group.", "non-randomized-trial"),
        ("There was no difference between groups.", "non-randomized-trial"),
    ],
)
def test_a_group_that_is_not_there_is_no_second_group(text: str, told: str) -> None:
    assert design("Ketamine lozenges", f"Twenty-five patients were given ketamine lozenges weekly. {text}") == told


def test_only_the_words_near_a_lot_say_whose_it_is() -> None:
    far = "pain and " * 50
    text = f"Randomised work on ketamine {far}is rare. It seems needed. Ketamine was given to 30 patients openly."
    assert design("Ketamine lozenges", text) != "rct"


def test_healthy_people_alone_are_one_group() -> None:
    text = "Ketamine 20 mg was taken by mouth by 23 healthy subjects. Levels were highest after an hour."
    assert design("Levels of ketamine after a tablet", text) == "single-arm-trial"


@pytest.mark.parametrize(
    "text",
    [
        "This non-interventional study took in 300 patients who were given esketamine.",
        "Ambulance records were searched for ketamine. It was given to 512 patients.",
        "Logbooks were audited. Ketamine was given to 512 patients.",
        "Data on 220 patients given ketamine came from the national registry.",
        "A postal questionnaire was answered by 301 physicians who give ketamine.",
    ],
)
def test_people_are_observed_in_many_ways(text: str) -> None:
    assert design("Ketamine in the field", text) == "observational"


def test_a_review_of_charts_is_no_review_of_literature() -> None:
    text = "We reviewed the records of all patients who had ketamine infusions. The 283 charts held 900 infusions."
    told = read("Ketamine infusions in a clinic: review of 283 charts", aim="To count harms.", methods=text)
    assert (told.design, told.n) == ("observational", 283)


@pytest.mark.parametrize(
    ("title", "text", "told"),
    [
        ("Oral ketamine: a systematic review without meta-analysis", "We searched PubMed.", "systematic-review"),
        ("Ketamine in children: a systematic appraisal", "We looked for trials in Medline.", "systematic-review"),
        ("Ketamine and shivering: quantitative synthesis of trials", "We searched PubMed.", "meta-analysis"),
        ("Ketamine for pain: position paper of a society", "A panel met.", "guideline"),
        ("KETO: protocol", "Ninety adults are to be given ketamine or placebo.", "protocol"),
        ("An infusion protocol for ketamine", "Thirty patients were given ketamine. Pain fell.", "single-arm-trial"),
    ],
)  # fmt: skip
def test_reviews_and_plans_by_other_names(title: str, text: str, told: str) -> None:
    assert design(title, text) == told


@pytest.mark.parametrize(
    ("title", "text", "told"),
    [
        ("Sublingual ketamine: experience with eleven outpatients", "They took tablets weekly.", "case-series"),
        ("Ketamine for hiccups", "We treated five patients with hiccups. Four got better.", "case-series"),
        ("Ketamine and porphyria", "A woman with porphyria underwent surgery under ketamine.", "case-report"),
    ],
)  # fmt: skip
def test_few_patients_are_cases(title: str, text: str, told: str) -> None:
    assert design(title, text) == told


@pytest.mark.parametrize(
    "outlook",
    [
        "Future research must prioritize double-blind, placebo-controlled trials.",
        "The low number of placebo-controlled studies limits what is known.",
        "Few double-blind trials have been done.",
        "Double-blind, placebo-controlled trials are needed.",
        "It should now be tested in a double-blind, placebo-controlled trial.",
        "A randomized trial must follow.",
    ],
)
def test_what_should_be_done_is_no_design(outlook: str) -> None:
    flags = {"double-blind", "placebo-controlled"}
    for text in (f"This review summarizes ketamine. {outlook}", f"We treated 12 patients with ketamine. {outlook}"):
        told = read("Ketamine for depression", text)
        assert told.design != "rct"
        assert flags.isdisjoint(tag.term for tag in told.tags)


def test_a_trial_keeps_its_flags_beside_an_outlook() -> None:
    text = "Future trials should be larger. This double-blind, placebo-controlled trial of ketamine randomized 30 men."
    told = read("Ketamine for depression", text)
    assert told.design == "rct"
    assert {"double-blind", "placebo-controlled"} <= {tag.term for tag in told.tags}


@pytest.mark.parametrize(
    "untold",
    [
        "No placebo was used.",
        "A placebo was not used.",
        "Neither placebo nor blinding was used.",
        "There was no control group or placebo.",
        "This was not a randomized trial.",
    ],
)
def test_a_placebo_that_was_not_used_makes_no_second_group(untold: str) -> None:
    assert design("Ketamine for pain", f"{untold} Ketamine was given to 20 patients.") == "single-arm-trial"
