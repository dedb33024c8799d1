"""The pooled estimate as it stood at the end of each year: what was out by then, chosen anew, and nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ketlit.evidence_views import Candidate
from ketlit.synthesis.pooling import pool
from ketlit.synthesis.selection import Question, select
from ketlit.synthesis.standing import notes, track
from ketlit.synthesis.timepoint import window
from ketlit.vocabulary import Design, EffectMeasure
from tests.findings import a_candidate, a_finding, a_score

RESPONSE = Question(EffectMeasure.OR, window("24h"))
SCORES = Question(EffectMeasure.MD, window("24h"))


def days(candidates: list[Candidate]) -> dict[str, str]:
    """Each study out at the end of its year."""
    return {each.study.key: f"{each.study.year}-12-31" if each.study.year else "" for each in candidates}


def response(key: str, year: int | None, events: float = 12.0, **changes: object) -> Candidate:
    return a_candidate(key, a_finding(key, events1=events), year=year, **changes)


years = st.lists(st.tuples(st.integers(2000, 2006), st.integers(1, 19), st.booleans()), min_size=1, max_size=7)


@given(years)
def test_each_year_is_what_would_be_pooled_of_the_studies_out_by_then(made: list[tuple[int, int, bool]]) -> None:
    found = [
        response(f"s{place}", year, float(events), status="retracted" if gone else "current")
        for place, (year, events, gone) in enumerate(made)
    ]
    told = {each.year: each for each in track(found, [], RESPONSE, days(found)).years}
    stands = None
    for year in range(2000, 2007):
        stands = told.get(year, stands)
        known = select([each for each in found if (each.study.year or 0) <= year], [], RESPONSE)
        if not known.chosen:
            assert stands is None
            continue
        assert stands is not None
        expected = pool(known.effects, EffectMeasure.OR)
        assert (stands.pooled.k, stands.pooled.estimate) == (expected.k, expected.estimate)
        assert (stands.pooled.ci_low, stands.pooled.ci_high) == (expected.ci_low, expected.ci_high)


def test_only_years_in_which_the_set_changed_are_told() -> None:
    found = [response("a", 2001), response("b", 2003), response("a_review", 2002, design=Design.META_ANALYSIS)]
    told = track(found, [], RESPONSE, days(found)).years
    assert [(each.year, each.entered, each.pooled.k) for each in told] == [(2001, ("a",), 1), (2003, ("b",), 2)]
    assert told[0].pooled.estimate is None


def test_a_report_that_gives_way_to_a_better_one_is_told_to_leave() -> None:
    first = response("early", 2001, trial="T1", n=20)
    whole = response("whole", 2004, trial="T1", n=40)
    told = track([first, whole], [], RESPONSE, days([first, whole])).years
    assert [(each.year, each.entered, each.left) for each in told] == [
        (2001, ("early",), ()),
        (2004, ("whole",), ("early",)),
    ]


def test_what_the_estimate_was_with_a_retracted_study_is_known_beside_it() -> None:
    found = [response("a", 2001), response("b", 2002), response("gone", 2003, 19.0, status="retracted")]
    told = track(found, [], RESPONSE, days(found))
    assert [each.year for each in told.years] == [2001, 2002]
    assert told.retracted is not None
    assert (told.retracted.studies, told.retracted.pooled.k) == (("gone",), 3)
    assert track(found[:2], [], RESPONSE, days(found)).retracted is None


def test_the_day_it_was_out_counts_and_not_the_year_of_its_issue() -> None:
    ahead = response("ahead", 2005)
    assert [each.year for each in track([ahead], [], RESPONSE, {"ahead": "2004-11-02"}).years] == [2004]


def test_a_study_without_a_date_is_named_and_in_no_year() -> None:
    found = [response("a", 2001), response("dateless", None)]
    told = track(found, [], RESPONSE, days(found))
    assert told.undated == ("dateless",)
    assert [each.entered for each in told.years] == [("a",)]
    assert any("dateless" in note for note in notes(told, RESPONSE))


def test_no_study_makes_no_year() -> None:
    told = track([], [], RESPONSE, {})
    assert (told.years, told.last.chosen, told.retracted) == ((), (), None)


def test_years_on_another_scale_than_the_last_say_so() -> None:
    early = a_candidate("early", a_score("early", measure="HAMD", scale="hamd"), year=2001)
    later = [a_candidate(key, a_score(key), year=2005) for key in ("one", "two")]
    told = track([early, *later], [], SCORES, days([early, *later]))
    assert [each.scales for each in told.years] == [("hamd",), ("madrs",)]
    assert notes(told, SCORES) == ["2001: scales of that year: hamd"]


def test_years_in_which_more_was_the_other_way_round_say_so() -> None:
    # fewer with ketamine, and said to favour it: then more of it is worse
    odd = a_candidate("odd", a_finding("odd", events1=3.0), year=2001)
    usual = [response(key, 2005) for key in ("one", "two")]
    told = track([odd, *usual], [], RESPONSE, days([odd, *usual]))
    assert [each.higher_is for each in told.years] == ["worse", "better"]
    assert notes(told, RESPONSE) == ["2001: more was worse in that set, unlike in the last"]
