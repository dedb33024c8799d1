"""What a study is called whose design no word names, and the context that a title asks for."""

from __future__ import annotations

import pytest

from ketlit.record import Record, Section
from ketlit.tagging.reading import Reader
from ketlit.tagging.taxonomy import load

READER = Reader(load())


def read(title: str, *sentences: str) -> tuple[str, str]:
    reading = READER.read(Record(title=title, sections=[Section(" ".join(sentences))] if sentences else []))
    return reading.design, reading.context


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
    assert read(title, text)[0] == design


def test_lots_that_others_should_draw_are_not_this_studys() -> None:
    text = "This study read forty charts retrospectively. Future work should study randomized patients."
    assert read("Ketamine for gout", text)[0] == "observational"


@pytest.mark.parametrize(
    ("title", "text", "context"),
    [
        (
            "A cyclic amine in mice",
            "Mice were given the amine, a ketamine analogue, i.p. They swam longer.",
            "not-ketamine",
        ),
        (
            "Which anaesthetics for electroconvulsive therapy in depression?",
            "Sixty patients with depression had ketamine or propofol. Seizures were longer with ketamine.",
            "anesthesia",
        ),
        (
            "Anaesthetics as treatment of depression",
            "Sixty patients with depression had ketamine or propofol. Mood was better with ketamine.",
            "therapeutic-psychiatric",
        ),
        (
            "Is addiction to ketamine a risk of the treatment of depression?",
            "Sixty patients with depression were given ketamine. None became dependent.",
            "therapeutic-psychiatric",
        ),
    ],
)
def test_a_context_that_the_title_asks_for(title: str, text: str, context: str) -> None:
    assert read(title, text)[1] == context
