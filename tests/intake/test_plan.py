"""What is decided for an offered record, without a library."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ketlit.intake.compare import differs, same_name, same_title
from ketlit.intake.keys import give, latin, stem
from ketlit.intake.plan import Deletion, Kind, Offer, batches, plan
from ketlit.record import Annotations, Author, Record
from ketlit.store.writer import Have
from ketlit.vocabulary import Source

Make = Callable[..., Record]


def have(**changes: Any) -> Have:
    """An imported study, as the library has it."""
    values: dict[str, Any] = dict.fromkeys(("doi", "seed_digest", "origin", "added_at", "title", "first_author"), "")
    values |= {"id": 1, "key": "k", "pmid": 5, "source": "imported", "curated": False, "digest": "d", "version": 1}
    values |= {"revised": "2022-06-01", "status": "current", "pmid_verification": "none", "year": None}
    return Have(**(values | changes))


def decided(offer: Offer | Deletion, *known: Have) -> Kind:
    return plan([offer], known)[0].kind


@pytest.mark.parametrize(
    ("changes", "digest", "kind"),
    [
        ({}, "d", Kind.UNCHANGED),
        ({}, "other", Kind.REVISED),
        ({"version": 2, "revised": "2000-01-01"}, "other", Kind.REVISED),
        ({"revised": "2022-05-31"}, "other", Kind.STALE),
        ({"version": 0, "revised": "2030-01-01"}, "other", Kind.STALE),
        ({"pmid": 6}, "d", Kind.ADDED),
    ],
)
def test_the_higher_version_wins_then_the_later_date(
    record: Make, changes: dict[str, Any], digest: str, kind: Kind
) -> None:
    assert decided(Offer(record(**({"pmid": 5} | changes)), digest=digest), have()) is kind


def test_a_doi_counts_where_one_study_has_it_and_no_pmid_contradicts(record: Make) -> None:
    offer = Offer(record(None, doi="10.1/X"), digest="other")
    assert decided(offer, have(doi="10.1/x")) is Kind.REVISED
    assert decided(offer, have(doi="10.1/x"), have(id=2, key="l", pmid=6, doi="10.1/x")) is Kind.ADDED
    assert decided(Offer(record(7, doi="10.1/x")), have(doi="10.1/x")) is Kind.ADDED


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, Kind.UNCHANGED),
        ({"title": "PAIN,  eased by ketamine"}, Kind.UNCHANGED),
        ({"title": "Pain eased by ketamine: a reply"}, Kind.ADDED),
        ({"year": 2021}, Kind.ADDED),
        ({"year": None}, Kind.ADDED),
        ({"authors": [Author("Pereirinha")]}, Kind.ADDED),
        ({"authors": []}, Kind.ADDED),
        ({"doi": "10.1/other"}, Kind.ADDED),
    ],
)
def test_without_any_identifier_title_year_and_first_author_count(
    record: Make, changes: dict[str, Any], kind: Kind
) -> None:
    bare = {"title": "Pain eased by ketamine.", "revised": "", "medline_status": ""}
    ours = have(title="Pain eased by ketamine", year=2022, first_author="Pereira")
    assert decided(Offer(record(None, **(bare | changes)), own=True), ours) is kind


def test_a_look_that_two_studies_have_names_neither(record: Make) -> None:
    twins = [have(id=n, key=f"k{n}", pmid=n, title="Reply", year=2022, first_author="Pereira") for n in (1, 2)]
    assert decided(Offer(record(None, title="Reply"), own=True), *twins) is Kind.ADDED


def test_a_key_counts_in_our_own_exports_only(record: Make) -> None:
    mine = Annotations(labels=["x"])
    assert decided(Offer(record(None, key="k", annotations=mine), own=True), have()) is Kind.MERGED
    assert decided(Offer(record(None, key="k")), have()) is Kind.ADDED
    assert decided(Offer(record(9, key="k"), own=True), have()) is Kind.ADDED


def test_a_table_of_a_persons_own_takes_nothing_from_a_record_of_pubmeds(record: Make) -> None:
    undated = have(revised="")
    mine = record(5, revised="", medline_status="", sections=[])
    assert decided(Offer(mine, own=True, digest="other"), undated) is Kind.UNCHANGED
    mine.annotations = Annotations(labels=["x"])
    action = plan([Offer(mine, own=True, digest="other")], [undated])[0]
    assert (action.kind, action.bibliography) == (Kind.MERGED, False)
    theirs = record(5, revised="", medline_status="MEDLINE")
    assert plan([Offer(theirs, own=True, digest="other")], [undated])[0].bibliography


def test_an_unverified_curated_pmid_that_another_record_contradicts_is_reported(record: Make) -> None:
    curated = have(curated=True, digest="", doi="10.1/x", pmid_verification="unverified")
    action = plan([Offer(record(7, doi="10.1/x"))], [curated])[0]
    assert action.kind is Kind.MISMATCH
    assert "PMID 5" in action.reason
    assert decided(Offer(record(7, doi="10.1/x")), curated._replace(pmid_verification="verified")) is Kind.ADDED


def test_deletions_are_of_what_is_there(record: Make) -> None:
    assert decided(Deletion(5), have()) is Kind.DELETED
    assert decided(Deletion(5), have(status="deleted")) is Kind.UNCHANGED
    assert decided(Deletion(6), have()) is Kind.UNKNOWN


def test_new_curated_facts_are_told_by_their_digest(record: Make) -> None:
    offer = Offer(record(5, key="k"), source=Source.CURATED, digest="new")
    assert decided(offer, have(curated=True, seed_digest="new")) is Kind.UNCHANGED
    assert plan([offer], [have(curated=True, seed_digest="old")])[0][-2:] == (False, "")
    assert plan([offer], [have(curated=True, seed_digest="old", digest="")])[0].bibliography
    assert decided(offer) is Kind.ADDED


def test_no_batch_names_a_study_twice(record: Make) -> None:
    offers = [Offer(record(1)), Offer(record(2, doi="10.1/x")), Offer(record(1)), Offer(record(3, doi="10.1/X"))]
    cut = [[one.pmid if isinstance(one, Deletion) else one.record.pmid for one in each] for each in batches(offers, 9)]
    assert cut == [[1, 2], [1, 3]]
    assert [len(each) for each in batches([*offers[:2], Deletion(2), Deletion(3)], 2)] == [2, 2]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ketamine for pain: a trial", "Ketamine for pain: a trial.", True),
        ("[Ketamine in chronic pain patients].", "Ketamine in chronic pain patients", True),
        ("Ketamine in chronic pain patients", "Ketamine in chronic pain patients: a randomised trial of 30", True),
        ("Randomised trial of esketamine in oedema", "Randomized trial of esketamine in edema", True),
        ("Ketamine for depression", "Oral morphine for cancer pain", False),
        ("Trial", "Trials of everything that there is", False),
    ],
)
def test_titles_are_compared_as_people_would(one: str, other: str, same: bool) -> None:
    assert same_title(one, other) is same
    assert same_title(other, one) is same


def test_names_are_compared_without_marks_and_particles() -> None:
    assert same_name("Sörensen", "SORENSEN")
    assert same_name("aan het Rot", "Rot")
    assert same_name("Østby", "Ostby")
    assert same_name("王", "Wang")  # of a name in other letters nothing can be said
    assert not same_name("Miller", "Müller")


def test_what_one_side_does_not_say_is_no_difference(record: Make) -> None:
    assert differs(have(title="", year=None), record()) == ""
    assert differs(have(title=record().title, year=2021, first_author="Pereira"), record()) == ""
    assert differs(have(title="A", year=1990, first_author="Berg"), record()).count("ours") == 3


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({}, "pereira2022"),
        ({"authors": [Author("van der Østby-Łoś")]}, "vanderostbylos2022"),
        ({"authors": [Author(collective="The KADS group")], "year": None}, "the"),
        ({"authors": [Author("王")], "title": "2 ketamine cases"}, "ketamine2022"),
        ({"authors": [], "title": "疼痛"}, "study2022"),
        ({"authors": [Author("x" * 200)]}, "x" * 40 + "2022"),
    ],
)
def test_a_key_is_the_family_name_and_the_year(record: Make, changes: dict[str, Any], key: str) -> None:
    assert stem(record(**changes)) == key


def test_a_key_that_is_brought_stays_if_it_is_free(record: Make) -> None:
    records = [record(1, key="murrough2013ajp"), record(2, key="murrough2013ajp"), record(3, key="Not a key")]
    give(records, lambda keys: {"pereira2022"} & set(keys))
    assert [one.key for one in records] == ["murrough2013ajp", "murrough2013ajp-2", "pereira2022-3"]


def test_letters_are_turned_into_latin_ones() -> None:
    assert latin("Straße d'Œuvre 3") == "strassedoeuvre3"
