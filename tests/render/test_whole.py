"""A study whole, as the JSON object of `show`."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from ketlit.record import Annotations, Author, Facts, Finding, Group, Keyword, Note, Record, Section
from ketlit.render import plain, whole
from ketlit.views import ChangeRow, RelatedStudy, StudyRow, TagRow
from ketlit.vocabulary import Comparison, Direction

TAG = TagRow("route", "oral", "Oral", "text", "title", 3, 7, "oral", "", "studied", False, True)
RELATED = RelatedStudy("comment_in", 2, "", "x2001", "", "", "pubmed")
CHANGE = ChangeRow("2026-01-01T00:00:00Z", "added", "", "", "")


def everything(study: Callable[..., StudyRow], hostile: str = "") -> dict[str, object]:
    facts = Facts(
        findings=[Finding("pain", Comparison.BETWEEN, Direction.MIXED, intervention=Group(events=3))], summary=hostile
    )
    record = Record(
        authors=[Author("Berg", "Anna", "A"), Author(collective="A Group")],
        sections=[Section(hostile, "METHODS")],
        facts=facts,
        annotations=Annotations(notes=[Note("read again", "2026-01-01T00:00:00Z")]),
    )
    return whole.study(study(), record, [TAG], [RELATED], [CHANGE], ["C01"])


def test_it_has_the_keys_of_a_search_and_the_rest(study: Callable[..., StudyRow]) -> None:
    found = everything(study)
    assert set(StudyRow._fields) <= set(found)
    rest = "abstract volume issue pages month day language publication_types mesh keywords registry_ids trial doses"
    assert {*rest.split(), "tags", "findings", "relations", "labels", "notes", "history", "claims"} <= set(found)


def test_it_goes_through_json_unchanged(study: Callable[..., StudyRow], hostile: str) -> None:
    found = everything(study, hostile)
    assert json.loads(json.dumps(found)) == found
    assert found["abstract"][0]["text"] == hostile  # type: ignore[index]
    assert found["findings"][0]["intervention"]["events"] == 3  # type: ignore[index]
    assert type(found["findings"][0]["direction"]) is str  # type: ignore[index]


def test_a_study_that_nobody_curated_has_empty_lists(study: Callable[..., StudyRow]) -> None:
    found = whole.study(study(curated=False), Record(), [], [], [], [])
    assert found["findings"] == found["doses"] == found["notes"] == found["abstract"] == []
    assert found["summary"] == ""
    assert found["n_kind"] is None


def test_in_few_words_each_value_is_on_one_line(study: Callable[..., StudyRow]) -> None:
    short = whole.brief(everything(study))
    assert short["authors"] == ["Berg A", "A Group"]
    assert short["tags"] == ["route:oral (text)"]
    assert short["findings"] == (
        "outcome pain, comparison between, direction mixed, intervention events 3, verification unverified, "
        "origin curated"
    )
    assert all("\n" not in plain.eyes(value) for value in short.values())


def test_in_few_words_a_tag_stands_once_and_with_why_beside_its_words(study: Callable[..., StudyRow]) -> None:
    said = TAG._replace(axis="participants", term="140", section="abstract 1", quote="140 sailors, all")
    tags = [
        said,
        said._replace(origin="user", section="user", start=None, end=None, quote=""),
        TAG._replace(term="rectal", quote="by rectum", role="mentioned", active=False),
        TAG._replace(term="topical", origin="user", section="user", quote="", negated=True, active=False),
    ]
    found = whole.study(study(), Record(), tags, [], [], [])
    assert whole.brief(found)["tags"] == ["participants:140 (text, user)", "(you removed: route:topical)"]
    assert whole.brief(found, why=True)["tags"] == (
        'participants:140 (text, abstract 1: "140 sailors, all"); participants:140 (user); '
        'route:rectal (text, does not count, mentioned, title: "by rectum"); (you removed: route:topical)'
    )


@pytest.mark.parametrize(("n", "kind"), [(140, "enrolled"), (150, None)])
def test_a_number_that_was_read_says_of_what_kind_it_is(
    study: Callable[..., StudyRow], n: int, kind: str | None
) -> None:
    read = TAG._replace(axis="participants", term="140", rule="enrolled")
    assert whole.study(study(curated=False, n=n), Record(), [read], [], [], [])["n_kind"] == kind


def test_in_few_words_an_abstract_reads_as_one_text_and_keywords_as_words(study: Callable[..., StudyRow]) -> None:
    sections = [Section("It hurts.", "BACKGROUND"), Section("We gave saline.")]
    record = Record(sections=sections, keywords=[Keyword("gout", True, "NOTNLM"), Keyword("pain")])
    short = whole.brief(whole.study(study(curated=False), record, [], [], [], []))
    assert short["abstract"] == "BACKGROUND: It hurts. We gave saline."
    assert short["keywords"] == ["gout", "pain"]
