"""Records of the stand-in's world: made, changed and gone; other readers of PubMed's XML understand them."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from Bio import Entrez

from tests import eutils_article as xml
from tests.eutils_query import Search
from tests.eutils_world import World

MADE: dict[str, Any] = {
    "title": "A &amp; B: <i>C</i>.",
    "abstract": [("AIM", "To see."), ("RESULTS", "Seen.")],
    "authors": ["Doe Jane Ann", "=The Group"],
    "mesh": ["*Pain", "Ketamine/*pharmacology/blood"],
    "substances": ["Ketamine"],
    "keywords": ["crps"],
    "trials": ["NCT00000001"],
    "doi": "10.1/x",
    "pages": "1-9",
}


@pytest.fixture
def world() -> World:
    world = World()
    world.new(5, **MADE)
    world.new(6, year=2001)
    return world


def parsed(record: bytes) -> Any:
    """A record as Bio.Entrez reads it, checked against NLM's DTD."""
    read: Any = Entrez.read
    (made,) = read(BytesIO(xml.HEAD + record + xml.FOOT), validate=True)["PubmedArticle"]
    return made


def test_a_made_record_is_valid_and_says_what_was_given(world: World) -> None:
    record = parsed(world[5].xml)
    citation = record["MedlineCitation"]
    article = citation["Article"]
    assert article["ArticleTitle"] == "A & B: <i>C</i>."
    assert [each.attributes["Label"] for each in article["Abstract"]["AbstractText"]] == ["AIM", "RESULTS"]
    assert article["AuthorList"][0]["Initials"] == "JA"
    assert article["AuthorList"][1]["CollectiveName"] == "The Group"
    assert [each["DescriptorName"].attributes["MajorTopicYN"] for each in citation["MeshHeadingList"]] == ["Y", "N"]
    assert [str(each) for each in record["PubmedData"]["ArticleIdList"]] == ["5", "10.1/x"]
    assert parsed(world[6].xml)["MedlineCitation"]["Article"]["Journal"]["JournalIssue"]["PubDate"]["Year"] == "2001"


@pytest.mark.parametrize(
    ("change", "kind"),
    [("retract", "RetractionIn"), ("correct", "ErratumIn"), ("concern", "ExpressionOfConcernIn")],
)
@pytest.mark.parametrize("pmid", [5, 6])
def test_a_notice_stands_in_the_record_and_stamps_it(world: World, change: str, kind: str, pmid: int) -> None:
    world.move(days=3)
    getattr(world, change)(pmid, notice=77)
    citation = parsed(world[pmid].xml)["MedlineCitation"]
    (notice,) = citation["CommentsCorrectionsList"]
    assert (notice.attributes["RefType"], str(notice["PMID"])) == (kind, "77")
    assert dict(citation["DateRevised"]) == {"Year": "2025", "Month": "11", "Day": "30"}
    types = [str(each) for each in citation["Article"]["PublicationTypeList"]]
    assert ("Retracted Publication" in types) == (change == "retract")


def test_a_second_notice_joins_the_first(world: World) -> None:
    world.correct(5, notice=70)
    world.correct(5, notice=71)
    notices = parsed(world[5].xml)["MedlineCitation"]["CommentsCorrectionsList"]
    assert [str(each["PMID"]) for each in notices] == ["70", "71"]


def test_a_revision_changes_what_is_said_and_nothing_else(world: World) -> None:
    world.revise(5, title="New \\1 title.", abstract="New words.", mesh="Humans")
    citation = parsed(world[5].xml)["MedlineCitation"]
    assert citation["Article"]["ArticleTitle"] == "New \\1 title."
    assert citation["Article"]["Abstract"]["AbstractText"] == ["New words."]
    assert [str(each["DescriptorName"]) for each in citation["MeshHeadingList"]] == ["Pain", "Ketamine", "Humans"]
    world.revise(6, mesh="Humans")
    assert [str(each["DescriptorName"]) for each in parsed(world[6].xml)["MedlineCitation"]["MeshHeadingList"]] == [
        "Humans"
    ]


def test_dates_that_are_given_win_over_those_in_the_record(world: World) -> None:
    world.add(xml.article(7), crdt=date(2024, 1, 2), edat=date(1999, 1, 1), lr=date(2024, 3, 3), dp=date(1998, 1, 1))
    dates = world[7].dates
    assert [dates[name].year for name in ("CRDT", "EDAT", "MDAT", "PDAT")] == [2024, 1999, 2024, 1998]
    world.revise(7)
    assert (world[7].dates["MDAT"], world[7].dates["CRDT"]) == (world.today, date(2024, 1, 2))


def test_what_is_deleted_is_not_found_again(world: World) -> None:
    world.delete(5)
    assert (5 in world, world.find(5), len(world)) == (False, None, 1)
    assert Search(world).ask("5:6[UID]").pmids == {6}


@pytest.mark.parametrize("answered", [True, False])
def test_a_merged_number_may_be_answered_by_the_other_record(world: World, answered: bool) -> None:
    world.merge(5, into=6, answered=answered)
    found = world.find(5)
    assert (found.pmid if found else None) == (6 if answered else None)
    assert 5 not in world


def test_a_record_takes_another_number_and_version(world: World) -> None:
    record = parsed(xml.with_version(xml.with_pmid(world[5].xml, 9), 2))
    pmid = record["MedlineCitation"]["PMID"]
    assert (str(pmid), pmid.attributes["Version"]) == ("9", "2")
    assert str(record["PubmedData"]["ArticleIdList"][0]) == "9"


@pytest.mark.corpus
def test_real_records_can_be_changed_as_made_ones_can(corpus: Path) -> None:
    world = World()
    numbers = world.load(corpus / "pubmed" / "real_pubmed.xml.gz", limit=200)
    for number in numbers:
        before = world[number].xml
        world.retract(number, notice=77)
        after = world[number].indexed
        assert after.dates["MDAT"] == world.today
        assert "retracted publication" in after.texts["PTYP"]
        assert b'RefType="RetractionIn"' in world[number].xml
        assert len(before) < len(world[number].xml) < len(before) + 600
