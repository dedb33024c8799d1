"""What a study is called whose design no word names, or another than its own."""

from __future__ import annotations

import pytest

from tests.readings import read


@pytest.mark.parametrize(
    ("title", "text", "design"),
    [
        (
            "Grip strength and mood in people with gout",
            "Ninety patients with gout were examined. Weak grip was associated with low mood.",
            "observational",
        ),
        (
            "Walking lessons for people with gout",
            "We tested forty patients in a pre-post design. All were taught to walk. Pain was lower at the end.",
            "single-arm-trial",
        ),
        (
            "Walking lessons for people with gout",
            "In this quasi-experimental study patients had lessons. The control group had none. Pain was lower.",
            "non-randomized-trial",
        ),
        (
            "Gout in rats: a review",
            "Rats with gout were fed. Paw swelling was measured.",
            "narrative-review",
        ),
        (
            "Rash after a new balm",
            "Balms are common. We report five women who had a rash. All of them recovered soon.",
            "case-series",
        ),
        (
            "Gout care as nurses see it: a qualitative study",
            "A survey was sent to nurses. Patients were spoken of in many ways.",
            "other",
        ),
    ],
)
def test_a_design_that_no_word_names(title: str, text: str, design: str) -> None:
    assert read(title, text).design == design


def test_lots_that_others_should_draw_are_not_this_studys() -> None:
    text = "This study read forty charts retrospectively. Future work should study randomized patients."
    assert read("Ketamine for gout", text).design == "observational"


@pytest.mark.parametrize(
    ("title", "text", "design"),
    [
        (  # it calls itself an article, but counts people who were treated
            "Appetite and anhedonia after esketamine",
            "This article investigates what esketamine does. Forty patients with depression were enrolled. "
            "They were given six infusions of esketamine. Mood was better.",
            "single-arm-trial",
        ),
        (
            "Perspectives of patients on ketamine: focus groups within a randomised trial",
            "METHODS: Twelve patients of a randomised trial of ketamine were interviewed. RESULTS: They spoke of hope.",
            "other",
        ),
        (
            "Validation of a scale for dissociation",
            "Forty patients were randomised to ketamine or saline and answered the scale twice. The scores agreed.",
            "other",
        ),
        (
            "Costs of ketamine for depression: a randomised trial",
            "METHODS: A cost-utility analysis of 90 patients given ketamine or saline. RESULTS: Ketamine cost less.",
            "secondary-analysis",
        ),
        (
            "Ketamine for sciatica",
            "Sixty patients were randomised to ketamine or saline. A subgroup analysis by age was made. Pain was less.",
            "rct",
        ),
        (
            "Ketamine for gout: real-world practice",
            "METHODS: In this open-label study sixty patients were given ketamine. RESULTS: Pain was less.",
            "single-arm-trial",
        ),
        (
            "Ketamine for gout in old and in young adults",
            "METHODS: Sixty patients were compared by age. RESULTS: They had open-label ketamine in both groups.",
            "single-arm-trial",
        ),
        (
            "Ketamine for gout: a proof-of-concept study",
            "Ten patients with gout received ketamine for a week. Pain was lower at the end.",
            "single-arm-trial",
        ),
        (
            "A phase II study of ketamine in gout",
            "Ten patients with gout received ketamine for a week. Pain was lower at the end.",
            "single-arm-trial",
        ),
        (
            "Weak grip and low mood",
            "Ninety individuals were examined. Weak grip was associated with low mood.",
            "observational",
        ),
        (
            "Low mood and slow thought",
            "Ninety students did a memory task. Those with low mood were slower.",
            "observational",
        ),
        (
            "Slow thought after wine",
            "Ninety students were given wine and did a memory task. They were slower.",
            "other",
        ),
        (
            "Comparability of pain ratings by phone and face to face after ketamine",
            "Thirty patients with gout received ketamine. Ratings were alike.",
            "other",
        ),
        (
            "Ketamine for gout: a decision-analytic model",
            "We modelled costs with data from a randomised trial of ketamine in gout. Ketamine cost less.",
            "other",
        ),
        (
            "Receptors of sleep: evidence from preclinical studies",
            "Sleep is ruled by many receptors. This review focuses on two of them in rats and mice.",
            "narrative-review",
        ),
    ],
)
def test_what_a_study_is_whatever_it_names(title: str, text: str, design: str) -> None:
    assert read(title, text).design == design
