"""Whose study a text tells of: its own, one of others, or what people do without anybody's study."""

from __future__ import annotations

import pytest

from ketlit.record import Record, Section
from ketlit.tagging.reading import Reader, Reading
from ketlit.tagging.taxonomy import load

READER = Reader(load())


def read(title: str, text: str) -> Reading:
    return READER.read(Record(title=title, sections=[Section(text)]))


def labelled(title: str, **sections: str) -> Reading:
    return READER.read(Record(title=title, sections=[Section(text, label) for label, text in sections.items()]))


@pytest.mark.parametrize(
    "text",
    [
        "Gout hurts. In a randomised trial of 190 patients, ketamine was no better than placebo. In another trial, 12 "
        "patients were randomly assigned to ketamine or saline and had less pain. We discuss why these results differ.",
        "Ketamine is old. This article reviews its trials in gout. Two trials enrolled 220 and 340 patients, who were "
        "randomized to ketamine or placebo. Only one trial met its primary endpoint.",
        "Gout hurts. Miller et al. treated 9 patients with ketamine. Olsen and colleagues randomly assigned 22 of them "
        "to ketamine or placebo. This chapter summarises what they found.",
        "Gout hurts. Ketamine has been tested in several trials. In a short trial, 190 patients were randomised to "
        "ketamine or placebo. Practical aspects are presented, and open questions are considered.",
    ],
)
def test_a_review_that_tells_of_trials_is_no_trial_and_has_nobody(text: str) -> None:
    reading = read("Ketamine for gout: what is its place?", text)
    assert (reading.design, reading.n) == ("narrative-review", None)


@pytest.mark.parametrize(
    ("text", "n"),
    [
        (
            "We studied ketamine in 30 patients with gout. Patients were randomised to ketamine or codeine. Previous "
            "studies had treated 400 patients by vein. Pain fell more with ketamine.",
            30,
        ),
        (
            "In a randomised trial of 44 women with gout, ketamine was compared with codeine. Pain was alike.",
            44,
        ),
        (
            "In this article we report a double-blind study. Forty patients with gout were randomly allocated to "
            "ketamine or saline. Pain fell more with ketamine. We discuss the mechanism.",
            40,
        ),
    ],
)
def test_a_trial_of_its_own_stays_one_beside_those_of_others(text: str, n: int) -> None:
    reading = read("Ketamine and gout", text)
    assert (reading.design, reading.n) == ("rct", n)


def test_people_of_another_study_are_not_counted() -> None:
    text = (
        "Gout hurts. One large trial of 900 patients, who were randomised in ten countries, found no harm. "
        "We randomised twenty women to ketamine or saline. Pain fell more with ketamine."
    )
    assert read("Ketamine and gout in women", text).n == 20


def test_a_reference_in_brackets_makes_a_sentence_not_that_of_others() -> None:
    text = "Forty patients with gout were randomised to ketamine or saline (Miller et al. 2011). Pain fell."
    assert read("Ketamine and gout", text).design == "rct"


@pytest.mark.parametrize(
    ("title", "text", "design"),
    [
        (
            "Mood in ketamine users",
            "Thirty users and 30 non-users did a memory task and filled in a questionnaire on mood. Users were sadder.",
            "observational",
        ),
        (
            "Well-being after a ceremony",
            "We asked 40 people before and after they drank ayahuasca in a ceremony. Well-being was higher afterwards.",
            "observational",
        ),
        (
            "The brain of ecstasy users",
            "Thirty users and 30 non-users filled in a questionnaire and had an MRI. Grey matter was thinner in users.",
            "other",
        ),
        (
            "Ketamine in the ambulance",
            "Records of 300 agitated patients given ketamine were reviewed. Intubation was needed in twelve.",
            "observational",
        ),
    ],
)
def test_people_who_take_a_drug_on_their_own_are_observed(title: str, text: str, design: str) -> None:
    assert read(title, text).design == design


@pytest.mark.parametrize(
    ("title", "text", "design"),
    [
        (
            "Ketamine for gout: rationale and methods of a trial",
            "Sixty adults with gout are to be randomised to ketamine or placebo.",
            "protocol",
        ),
        (
            "Ketamine for gout",
            "This paper describes the design of an ongoing trial. Sixty adults are being randomised to ketamine.",
            "protocol",
        ),
        (
            "Does sleep mediate the effect? A mediation analysis of a randomized controlled trial of ketamine",
            "Sleep may matter. Sleep did not mediate the effect of ketamine on gout.",
            "secondary-analysis",
        ),
        (
            "Men, women and ketamine",
            "Data from a randomised trial of ketamine in 90 adults with gout were used to compare the sexes.",
            "secondary-analysis",
        ),
        (
            "Ketamine for gout: current status",
            "Gout hurts. Ketamine acts within minutes and has many uses. Its harms are well known.",
            "narrative-review",
        ),
        ("Correction.", "In the article on ketamine for gout the name of one author was misspelt.", "editorial-letter"),
        (
            "Ketamine for resistant gout",
            "Five patients with resistant gout were treated with ketamine. We describe their course. Four got well.",
            "case-series",
        ),
        (
            "Repeated ketamine in gout",
            "Twenty veterans with gout were given six infusions of ketamine 0.5 mg/kg. Pain was lower afterwards.",
            "single-arm-trial",
        ),
        (
            "Leg massage is an effective treatment of gout",
            "We found 80 patients with gout. Pain was rated at baseline and after six weeks. It fell from 7 to 2.",
            "single-arm-trial",
        ),
    ],
)
def test_what_a_text_makes_of_a_study(title: str, text: str, design: str) -> None:
    assert read(title, text).design == design


def test_a_trial_that_goes_on_is_a_protocol() -> None:
    reading = labelled(
        "Two randomized trials of ketamine in gout",
        BACKGROUND="Gout hurts.",
        METHODS="Patients receive ketamine or placebo for six weeks and are followed for four.",
        CONCLUSIONS="Ketamine may reduce pain.",
    )
    assert reading.design == "protocol"


def test_a_trial_in_people_may_name_animals() -> None:
    reading = labelled(
        "Injected allergens: a randomized placebo-controlled trial",
        METHODS="Forty subjects sensitive to cats or dogs got allergens of the cat, the dog or the mouse, or saline.",
        RESULTS="Symptoms were alike.",
    )
    assert reading.design == "rct"


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("In a prior study, 120 patients received ketamine; here 14 patients received ketamine.", 14),
        ("In an earlier report, 120 patients received ketamine; we gave it to 14 patients.", 14),
        ("In the ORCHARD trial, 4000 patients were enrolled. Ketamine was given to 6 patients.", 6),
        ("Ketamine was given to 6 patients; the ORCHARD trial randomized 4000 patients.", 6),
        (
            "The ORCHARD trial randomized 4000 patients to sertraline; in our clinic ketamine was given to 6 people.",
            6,
        ),
        ("Unlike the 500 patients in the ORCHARD trial, our 6 patients received ketamine.", 6),
        ("About 300 million people suffer from depression. Ketamine helped 12 patients.", 12),
        ("A future trial with 300 patients is needed. Ketamine helped in 30 patients.", 30),
        ("A trial in 300 patients should follow. Ketamine helped in 30 patients.", 30),
        ("In 2006, Doe et al. gave 18 patients ketamine. We gave it to 60.", 60),
    ],
)
def test_clauses_of_other_studies_stand_beside_those_of_this_one(text: str, n: int) -> None:
    told = read("Ketamine and depression", text)
    assert told.n == n
    assert told.design not in ("rct", "narrative-review")


def test_a_trial_that_has_a_name_is_this_one_where_it_gave_ketamine() -> None:
    text = (
        "In the ORCHARD trial, 174 patients were randomized to ketamine or placebo. Ketamine was given to 87 patients."
    )
    told = read("Ketamine and depression", text)
    assert (told.design, told.n) == ("rct", 174)
