"""A record's text: offsets that quote what is stored, and what each sentence is there for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketlit.record import Record, Section
from ketlit.tagging.document import Document, Zone
from ketlit.tagging.patterns import LONGEST, fold, phrases, plain
from tests.readings import READER


def zones(record: Record) -> list[tuple[Zone, str]]:
    document = Document(record)
    return [(one.zone, document.text[one.start : one.end].strip()) for one in document.sentences]


def test_labels_of_sections_tell_what_sentences_are_there_for() -> None:
    record = Record(
        title="Ketamine for gout.",
        sections=[
            Section("Gout hurts.", "IMPORTANCE"),
            Section("Ten people took part.", "DESIGN, SETTING, AND PARTICIPANTS"),
            Section("It helped.", "Main Results"),
            Section("It helps.", "CONCLUSIONS AND RELEVANCE"),
        ],
    )
    assert [zone for zone, _ in zones(record)] == [
        Zone.TITLE,
        Zone.BACKGROUND,
        Zone.METHODS,
        Zone.RESULTS,
        Zone.CONCLUSION,
    ]


def test_the_category_of_nlm_counts_before_the_printed_label() -> None:
    assert zones(Record(sections=[Section("Ten rats.", "STOFF UND WEGE", "METHODS")]))[0][0] == Zone.METHODS


def test_labels_inside_a_text_count_as_well() -> None:
    record = Record(sections=[Section("BACKGROUND: Gout hurts. METHODS: Ten took part. RESULTS: Pain fell.")])
    assert [zone for zone, _ in zones(record)] == [Zone.BACKGROUND, Zone.METHODS, Zone.RESULTS]


def test_without_labels_the_words_of_sentences_tell() -> None:
    text = (
        "Gout is a painful disease. We aimed to find out whether ketamine helps. Ten adults were enrolled. "
        "Pain decreased in all of them. In conclusion, ketamine may help."
    )
    document = Document(Record(title="Gout", sections=[Section(text)]))
    READER.scanner.scan(document)  # its cues tell
    found = [one.zone for one in document.sentences]
    assert found == [Zone.TITLE, Zone.BACKGROUND, Zone.AIM, Zone.METHODS, Zone.RESULTS, Zone.CONCLUSION]


def test_a_notice_of_the_publisher_is_no_conclusion() -> None:
    text = "CONCLUSIONS: It helps. ClinicalTrials.gov identifier: NCT00000000."
    assert [zone for zone, _ in zones(Record(sections=[Section(text)]))] == [Zone.CONCLUSION, Zone.OTHER]


def test_a_heading_that_stuck_in_a_labelled_section_begins_another() -> None:
    section = Section("Adults were treated. They were asked for pain and SpO RESULTS: Pain fell.", "METHODS")
    assert [zone for zone, _ in zones(Record(sections=[section]))] == [Zone.METHODS, Zone.METHODS, Zone.RESULTS]


def test_a_stop_after_a_short_form_ends_no_sentence() -> None:
    assert len(zones(Record(sections=[Section("Ketamine vs. Midazolam by E. Smith. Both helped.")]))) == 2


def test_plain_languages_of_the_abstract_are_left_out() -> None:
    record = Record(title="Gout.", sections=[Section("Schmerz.", kind="Publisher", language="ger")])
    assert len(zones(record)) == 1


def test_a_text_without_end_is_read_only_so_far() -> None:
    assert len(Document(Record(title="a", sections=[Section("b" * 90_000)])).text) < LONGEST + 10


@given(st.text(max_size=80), st.lists(st.text(max_size=120), max_size=3))
def test_every_span_quotes_what_is_stored(title: str, sections: list[str]) -> None:
    document = Document(Record(title=title, sections=[Section(text) for text in sections]))
    assert len(document.folded) == len(document.text)
    stored = {"title": title} | {f"abstract/{number}": text for number, text in enumerate(sections)}
    for sentence in document.sentences:
        if sentence.end - sentence.start > 1:
            place = document.place(sentence.start, sentence.end)
            assert stored[place.section][place.start : place.end] == place.quote


@given(st.text(max_size=200))
def test_a_text_that_is_read_character_by_character_keeps_its_length(text: str) -> None:
    read, origin = plain(text)
    assert len(fold(read)) == len(read)
    assert origin is not None or len(read) == len(text)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("post-herpetic neuralgia", {"post herpetic neuralgia", "postherpetic neuralgia", "postherpetic neuralgias"}),
        ("anesthesia", {"anesthesia", "anaesthesia"}),
        ("randomized trial", {"randomised trials", "randomized trial"}),
        ("paediatric study", {"pediatric study", "paediatric studies"}),
    ],
)
def test_a_name_is_written_out_in_both_spellings_and_numbers(words: str, found: set[str]) -> None:
    assert found <= set(phrases(words))
