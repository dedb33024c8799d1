"""The reader as a whole: the taxonomy's rules, quotes that are there, and texts that nobody meant to be read."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ketlit.record import Record, Section
from ketlit.tagging.reading import Reader
from ketlit.vocabulary import Axis, Direction, NKind
from tests.readings import READER, TAXONOMY, read, studied

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


def test_a_heading_within_a_line_begins_its_section() -> None:
    reading = read(
        "Ketamine for depression: a randomised trial",
        methods="Forty patients with depression had ketamine or saline. Scores were rated on the MADRS "
        "CONCLUSIONS: Ketamine was effective against depression.",
    )
    assert reading.direction is Direction.FAVOURS_INTERVENTION


def test_only_a_trial_randomises() -> None:
    text = "Patients who were given ketamine (n = 30) and patients who were given lidocaine (n = 31) were compared."
    looked_back = read("Ketamine for gout: a retrospective cohort", methods=text)
    assert (looked_back.n, looked_back.n_kind) == (61, NKind.ENROLLED)
    drawn = read(
        "Ketamine for gout: a randomised trial", methods="Adults were given ketamine (n = 30) or saline (n = 31)."
    )
    assert (drawn.n, drawn.n_kind) == (61, NKind.RANDOMISED)
