"""The evidence map: counts in the cells of two axes."""

from __future__ import annotations

from itertools import count
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from ketlit.evidence_views import MapStudy
from ketlit.synthesis.evidence_map import RANK, Cell, EvidenceMap, chart, direction_of, fold_rare, in_cell
from ketlit.vocabulary import Design, Direction

_UNITS = count(1000)


def a_study(key: str = "berg1999", **changes: object) -> MapStudy:
    made = MapStudy(
        key=key,
        unit=next(_UNITS),
        n=20,
        design="rct",
        direction="favours_intervention",
        rows=("crps",),
        columns=("intravenous",),
    )
    return made._replace(**changes)  # type: ignore[arg-type]


def cell(found: EvidenceMap) -> Cell:
    return found.cells["crps", "intravenous"]


def test_a_trial_counts_once_with_the_most_people_that_one_of_its_studies_has() -> None:
    found = cell(chart([a_study("a", unit=-1, n=40), a_study("b", unit=-1, n=60), a_study("c", n=10)]))
    assert (found.k, found.n) == (2, 70)


def test_a_trial_is_automatic_where_no_person_has_read_one_of_its_studies() -> None:
    trial = [a_study("a", unit=-1, curated=False), a_study("b", unit=-1)]
    found = chart([*trial, a_study("c", curated=False), a_study("d", curated=False, rows=("pain",)), a_study("e")])
    assert (cell(found).automatic, cell(found).k) == (1, 3)
    assert (found.rows["pain"].automatic, found.whole.automatic, found.whole.k) == (1, 2, 4)


def test_the_studies_of_one_trial_that_do_not_agree_are_mixed() -> None:
    one = a_study("a", unit=-1)
    other = a_study("b", unit=-1, direction="no_difference")
    assert cell(chart([one, other])).directions == {"mixed": 1}


def test_a_secondary_report_that_says_nothing_leaves_the_direction_of_its_trial() -> None:
    one = a_study("a", unit=-1)
    other = a_study("b", unit=-1, direction="not_reported", design="secondary-analysis")
    found = cell(chart([one, other]))
    assert found.directions == {"favours_intervention": 1}
    assert found.best_design == "rct"


def test_reviews_count_and_are_told_apart() -> None:
    studies = [
        a_study("a"),
        a_study("b", design="meta-analysis", n=None),
        a_study("c", design="narrative-review", n=None),
    ]
    found = cell(chart(studies))
    assert (found.k, found.reviews, found.n, found.best_design) == (3, 2, 20, "meta-analysis")


def test_a_study_with_several_terms_counts_under_each_and_once_in_the_whole() -> None:
    found = chart([a_study(rows=("crps", "fibromyalgia"), columns=("intravenous", "oral"))])
    assert {place: each.k for place, each in found.cells.items()} == {
        (row, column): 1 for row in ("crps", "fibromyalgia") for column in ("intravenous", "oral")
    }
    assert found.whole.k == found.rows["crps"].k == found.columns["oral"].k == 1


def test_a_cell_without_a_study_is_not_there() -> None:
    found = chart([a_study(), a_study(rows=("fibromyalgia",), columns=("oral",))])
    assert ("crps", "oral") not in found.cells


def test_no_studies_make_an_empty_map() -> None:
    found = chart([])
    assert (found.cells, found.rows, found.columns, found.whole.k) == ({}, {}, {}, 0)


def test_a_design_that_is_not_known_ranks_behind_all_others() -> None:
    assert cell(chart([a_study(design="")])).best_design is None
    assert cell(chart([a_study(design=""), a_study(design="other")])).best_design == "other"


def test_every_design_with_results_has_a_rank() -> None:
    assert set(Design) - set(RANK) == {Design.PROTOCOL, Design.REGISTRATION}


def test_the_keys_of_a_cell_are_those_it_counts() -> None:
    studies = [a_study("a"), a_study("b", columns=("oral",)), a_study("c", unit=-1), a_study("d", unit=-1)]
    assert in_cell(studies, "crps", "intravenous") == ["a", "c", "d"]


def test_the_columns_of_fewest_studies_are_folded_and_one_is_kept() -> None:
    columns = chart([a_study(), a_study(), a_study(columns=("oral",)), a_study(columns=("topical",), n=900)]).columns
    assert fold_rare(columns, 2) == (["intravenous", "topical"], ["oral"])
    assert fold_rare(columns, 0)[0] == ["intravenous"]


def test_directions_that_agree_are_kept() -> None:
    assert direction_of(["mixed", "mixed", "not_reported"]) == "mixed"
    assert direction_of(["not_reported"]) == "not_reported"
    assert direction_of([]) == "not_reported"


STUDIES = st.lists(
    st.builds(
        MapStudy,
        key=st.text("ab", min_size=1, max_size=3),
        unit=st.integers(-4, 30),
        n=st.none() | st.integers(0, 500),
        design=st.sampled_from([*RANK, ""]),
        direction=st.sampled_from(list(map(str, Direction))),
        rows=st.sets(st.sampled_from("xyz"), min_size=1).map(lambda some: tuple(sorted(some))),
        columns=st.sets(st.sampled_from("pq"), min_size=1).map(lambda some: tuple(sorted(some))),
    ),
    max_size=25,
)


@given(STUDIES)
def test_each_cell_is_what_counting_it_alone_gives(studies: list[MapStudy]) -> None:
    found = chart(studies)
    for (row, column), counted in found.cells.items():
        mine = [study for study in studies if row in study.rows and column in study.columns]
        units = {study.unit for study in mine}
        assert counted.k == len(units) == sum(counted.directions.values())
        assert counted.n == sum(max(study.n or 0 for study in mine if study.unit == unit) for unit in units)
        ranks = [RANK[study.design] for study in mine if study.design]
        assert counted.best_design == (str(list(RANK)[min(ranks)]) if ranks else None)


@given(STUDIES, st.randoms(use_true_random=False))
def test_the_order_of_studies_does_not_matter(studies: list[MapStudy], random: Random) -> None:
    shuffled = list(studies)
    random.shuffle(shuffled)
    assert chart(studies) == chart(shuffled)
