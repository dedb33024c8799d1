"""What goes into a pooled set and what does not: each rule on a study made for it, and laws over random ones."""

from __future__ import annotations

from math import exp, log
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ketlit.evidence_views import Candidate, Related
from ketlit.synthesis.effects import Counts, Effect, Means, of_counts, of_means
from ketlit.synthesis.eligible import Allowed
from ketlit.synthesis.pooling import pool
from ketlit.synthesis.selection import Question, Selection, select
from ketlit.synthesis.timepoint import window
from ketlit.vocabulary import Comparison, Design, Direction, EffectMeasure, Status, Tau2Method
from tests.findings import a_candidate, a_finding, a_score, a_study

OR, RR, MD, SMD = EffectMeasure.OR, EffectMeasure.RR, EffectMeasure.MD, EffectMeasure.SMD


def selected(
    *candidates: Candidate,
    measure: EffectMeasure = OR,
    at: str = "24h",
    related: tuple[Related, ...] = (),
    **asked: Any,
) -> Selection:
    return select(candidates, related, Question(measure, window(at), **asked))


def names(found: Selection) -> list[str]:
    return [each.effect.study for each in found.chosen]


def reasons(found: Selection) -> dict[str, str]:
    return {each.study: each.reason for each in found.excluded}


# -- Studies.


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"design": "meta-analysis"}, "a review"),
        ({"design": "systematic-review"}, "a review"),
        ({"design": "narrative-review"}, "a review"),
        ({"design": "guideline"}, "a guideline"),
        ({"design": "protocol"}, "a protocol"),
        ({"design": "registration"}, "a registration"),
        ({"design": "preclinical"}, "preclinical"),
        ({"design": "editorial-letter"}, "an editorial"),
        ({"design": "observational"}, "not randomised"),
        ({"design": "case-series"}, "not randomised"),
        ({"design": "secondary-analysis"}, "its trial is not known"),
        ({"status": "retracted"}, "retracted"),
        ({"status": "withdrawn"}, "withdrawn"),
        ({"status": "deleted"}, "deleted"),
        ({"context": "misuse"}, "no treatment"),
        ({"context": "anesthesia"}, "no treatment"),
        ({"excluded": True}, "excluded by you"),
    ],
)
def test_what_is_no_sound_trial_of_a_treatment_is_left_out(changes: dict[str, Any], reason: str) -> None:
    found = selected(a_candidate("sound"), a_candidate("other", **changes))
    assert names(found) == ["sound"]
    assert reason in reasons(found)["other"]


def test_what_is_asked_for_is_let_in() -> None:
    candidates = [
        a_candidate("gone", status="retracted"),
        a_candidate("abuse", context="misuse"),
        a_candidate("cohort", design="observational"),
    ]
    found = selected(*candidates, allowed=Allowed(retracted=True, any_context=True, any_design=True))
    assert names(found) == ["abuse", "cohort", "gone"]
    assert any("gone is retracted" in each for each in found.warnings)


def test_a_study_left_out_by_its_key_is_named_as_such() -> None:
    found = selected(a_candidate("one"), a_candidate("two"), allowed=Allowed(without=frozenset({"one"})))
    assert reasons(found) == {"one": "left out by --exclude"}


def test_a_trial_counts_once_with_its_own_report_before_a_secondary_analysis() -> None:
    found = selected(
        a_candidate("later", trial="T-1", design="secondary-analysis", n=400),
        a_candidate("main", trial="T-1"),
        a_candidate("twin", trial="T-1", year=2012),
    )
    assert names(found) == ["main"]
    assert reasons(found) == {
        "later": "a secondary analysis of a trial that is in with main",
        "twin": "reports the same trial T-1 as main, which is in",
    }


def test_a_secondary_analysis_stands_for_its_trial_where_that_is_not_here() -> None:
    found = selected(a_candidate("later", trial="T-1", design="secondary-analysis"))
    assert names(found) == ["later"]
    assert any("secondary analysis" in each for each in found.warnings)


def test_of_two_reports_of_a_trial_the_one_nearer_to_the_time_counts() -> None:
    early = a_candidate("early", a_finding("early", hours=14.0), trial="T-1", n=90)
    found = selected(early, a_candidate("day", trial="T-1"))
    assert names(found) == ["day"]


@pytest.mark.parametrize("kind", ["included_in", "includes"])
def test_people_who_are_among_those_of_another_study_count_once(kind: str) -> None:
    pair = ("small", "large") if kind == "included_in" else ("large", "small")
    found = selected(a_candidate("small"), a_candidate("large", n=24), related=(Related(pair[0], kind, pair[1]),))
    assert names(found) == ["large"]
    assert reasons(found) == {"small": "its people are among those of large, which is in"}


def test_an_analysis_of_trials_gives_way_to_them() -> None:
    related = (Related("both", "includes", "one"), Related("both", "includes", "two"))
    found = selected(
        a_candidate("one"), a_candidate("two"), a_candidate("both", design="secondary-analysis"), related=related
    )
    assert names(found) == ["one", "two"]
    assert reasons(found) == {"both": "an analysis of trials that are in themselves: one, two"}


def test_relations_of_a_study_that_cannot_be_used_count_for_nothing() -> None:
    found = selected(
        a_candidate("small"),
        a_candidate("large", a_finding("large", hours=400.0)),
        related=(Related("small", "included_in", "large"),),
    )
    assert names(found) == ["small"]


# -- Findings.


def test_the_nearest_finding_in_the_window_counts_once() -> None:
    found = selected(
        a_candidate(
            "one",
            a_finding("one", id=1, hours=13.0, events1=1.0),
            a_finding("one", id=2, hours=26.0, events1=11.0),
            a_finding("one", id=3, hours=36.0, events1=2.0),
            a_finding("one", id=4, hours=48.0, events1=3.0),
        )
    )
    assert [each.finding.id for each in found.chosen] == [2]


def test_a_finding_outside_of_the_window_says_when_it_was() -> None:
    found = selected(
        a_candidate("late", a_finding("late", hours=48.0), a_finding("late", hours=168.0)),
        a_candidate("unclear", a_finding("unclear", hours=None, timepoint="end of trial")),
        a_candidate("silent")._replace(findings=()),
    )
    assert reasons(found) == {
        "late": "measured at 48 h, 7 d, not within 12 h to 36 h",
        "unclear": "no time is stated in hours (end of trial)",
        "silent": "no finding of this outcome is in the library",
    }


@pytest.mark.parametrize("comparison", sorted(set(Comparison) - {Comparison.BETWEEN}))
def test_only_a_comparison_of_two_groups_is_pooled(comparison: str) -> None:
    found = selected(a_candidate("one", a_finding("one", comparison=comparison)))
    assert (names(found), list(reasons(found))) == ([], ["one"])


@pytest.mark.parametrize("measure", ["still responding, of the responders at 24 h", "MADRS change, women", "baseline"])
def test_a_result_of_a_part_of_those_randomised_is_left_out(measure: str) -> None:
    found = selected(a_candidate("one", a_finding("one", measure=measure)))
    assert "a part of those randomised" in reasons(found)["one"]


def test_counts_come_before_a_printed_estimate_and_what_a_person_entered_before_all() -> None:
    printed = {"events1": None, "events2": None, "effect_measure": "OR", "effect": 2.2, "ci_low": 1.2, "ci_high": 4.1}
    theirs = [a_finding("one", id=1, **printed), a_finding("one", id=2)]
    assert [each.finding.id for each in selected(a_candidate("one", *theirs)).chosen] == [2]
    own = a_finding("one", id=9, origin="user", verification="unverified", events1=10.0)
    assert [each.finding.id for each in selected(a_candidate("one", *theirs, own)).chosen] == [9]


def test_arms_that_share_a_control_group_split_it() -> None:
    arms = [
        a_finding("doses", id=1, measure="response, 0.2 mg/kg", events1=8.0, n1=10.0, events2=4.0),
        a_finding("doses", id=2, measure="response, 0.5 mg/kg", events1=9.0, n1=11.0, events2=4.0),
    ]
    found = selected(a_candidate("doses", *arms))
    assert names(found) == ["doses (0.2 mg/kg)", "doses (0.5 mg/kg)"]
    expected = [of_counts("", Counts(8, 10, 2, 10), OR), of_counts("", Counts(9, 11, 2, 10), OR)]
    assert [each.effect[1:3] for each in found.chosen] == [each[1:3] for each in expected]
    assert all("shared by 2 comparisons and split" in each.effect.derived for each in found.chosen)


def test_arms_with_means_split_the_people_of_the_control_group() -> None:
    arms = [a_score("doses", id=1, measure="MADRS, 56 mg"), a_score("doses", id=2, measure="MADRS, 84 mg", mean1=10.0)]
    found = selected(a_candidate("doses", *arms), measure=MD)
    expected = [of_means("", Means(mean, 8, 20, 18, 9, 10), MD) for mean in (12, 10)]
    assert [each.effect[1:3] for each in found.chosen] == [each[1:3] for each in expected]


def test_of_printed_estimates_of_several_arms_the_ones_not_taken_are_named() -> None:
    printed = {"events1": None, "events2": None, "effect_measure": "OR", "n1": None, "n2": None}
    cohorts = [
        a_finding("two", id=1, measure="MADRS, cohort 1", effect=1.3, **printed),
        a_finding("two", id=2, measure="MADRS, cohort 2", effect=12.1, ci_low=2.1, ci_high=69.2, **printed),
    ]
    found = selected(a_candidate("two", *cohorts))
    assert "two is in with 'MADRS, cohort 2', not with 'MADRS, cohort 1'" in found.warnings


def test_a_crossover_is_analysed_as_parallel_and_says_so() -> None:
    found = selected(a_candidate("cross", design_flags=["crossover"]), a_candidate("plain"))
    assert [each.effect.derived for each in found.chosen] == [
        "a crossover analysed as parallel groups, conservative",
        "",
    ]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"events1": 30.0}, "events1 is 30, more than n1 20"),
        ({"n2": 0.0, "events2": 0.0}, "n2 is 0"),
        ({"events1": -1.0}, "events1 is -1"),
        ({"events1": 0.5}, "no whole numbers"),
        ({"n1": float("inf")}, "no whole numbers"),
        ({"events1": 0.0, "events2": 0.0}, "no events in either group"),
        ({"events1": 20.0, "events2": 20.0}, "events in everyone"),
        ({"n2": None}, "not printed: how many people the control group had"),
        ({"events1": None, "events2": None}, "nothing is printed that gives an OR"),
        ({"events1": None, "percent1": 33.0}, "not printed: events with ketamine"),
    ],
)
def test_numbers_that_cannot_be_are_left_out_with_the_reason(changes: dict[str, Any], reason: str) -> None:
    found = selected(a_candidate("wrong", a_finding("wrong", **changes)), a_candidate("right"))
    assert names(found) == ["right"]
    assert reason in reasons(found)["wrong"]


def test_a_negative_sd_is_left_out_and_one_like_a_standard_error_pointed_out() -> None:
    found = selected(
        a_candidate("minus", a_score("minus", sd1=-8.0)),
        a_candidate("error", a_score("error", sd1=0.4, sd2=0.5)),
        a_candidate("right", a_score("right")),
        measure=MD,
    )
    assert names(found) == ["error", "right"]
    assert "sd1 is -8" in reasons(found)["minus"]
    assert any(each.startswith("error: ") and "standard errors" in each for each in found.warnings)


def test_percentages_that_give_whole_counts_are_taken_as_counts() -> None:
    shares = {"events1": None, "events2": None, "percent1": 60.0, "percent2": 25.0}
    one, other = (
        selected(a_candidate("one", a_finding("one", **shares))).chosen[0],
        of_counts("one", Counts(12, 20, 5, 20), OR),
    )
    assert one.effect.yi == other[1]
    assert one.effect.derived == "events from percentages"


# -- The set as a whole.


def test_controls_without_a_treatment_stand_apart_from_active_ones() -> None:
    found = selected(
        a_candidate("salt"),
        a_candidate("midazolam", a_finding("midazolam", comparator="active-placebo")),
        a_candidate("ect", a_finding("ect", comparator="ect")),
    )
    assert names(found) == ["midazolam", "salt"]
    assert "compared with ect" in reasons(found)["ect"]
    assert "controls differ: active-placebo, placebo" in found.warnings


def test_a_control_that_is_asked_for_is_the_only_one() -> None:
    ect = a_candidate("ect", a_finding("ect", comparator="ect"))
    found = selected(a_candidate("salt"), ect, comparators=frozenset({"ect"}))
    assert names(found) == ["ect"]
    assert reasons(found) == {"salt": "compared with placebo"}


def test_where_all_controls_are_active_the_most_frequent_one_is_pooled() -> None:
    found = selected(*(a_candidate(key, a_finding(key, comparator=key[:3])) for key in ("ect1", "ect2", "opi1")))
    assert names(found) == ["ect1", "ect2"]


def test_scales_are_mixed_only_as_smd() -> None:
    candidates = [
        a_candidate("a", a_score("a")),
        a_candidate("b", a_score("b")),
        a_candidate("c", a_score("c", scale="bdi", measure="BDI")),
    ]
    found = selected(*candidates, measure=MD)
    assert (names(found), found.scales) == (["a", "b"], ("madrs",))
    assert reasons(found) == {"c": "on bdi, not on madrs: scales are mixed only as SMD"}
    assert names(selected(*candidates, measure=SMD)) == ["a", "b", "c"]


def test_a_vas_of_ten_centimetres_and_one_of_a_hundred_millimetres_are_two_scales() -> None:
    cm = a_score("cm", scale="vas", measure="VAS", mean1=3.0, sd1=1.0, mean2=5.0, sd2=1.5)
    mm = a_score("mm", scale="vas", measure="VAS", mean1=30.0, sd1=10.0, mean2=50.0, sd2=15.0)
    found = selected(a_candidate("cm", cm), a_candidate("mm", mm), measure=MD)
    assert len(found.chosen) == 1
    assert "scales are mixed only as SMD" in found.excluded[0].reason


def test_relief_and_pain_are_two_scales() -> None:
    pain = a_score("pain", scale="vas", measure="VAS", mean1=30.0, mean2=50.0)
    relief = a_score("relief", scale="vas", measure="VAS, pain relief", mean1=50.0, mean2=30.0)
    found = selected(a_candidate("pain", pain), a_candidate("relief", relief), measure=MD)
    assert len(found.chosen) == 1
    both = selected(a_candidate("pain", pain), a_candidate("relief", relief), measure=SMD)
    assert len({each.effect.yi < 0 for each in both.chosen}) == 1


def test_a_scale_that_is_read_the_other_way_is_turned_in_an_smd() -> None:
    life = a_score("life", scale="sf-36", measure="SF-36", higher_is="better", mean1=18.0, mean2=12.0)
    found = selected(
        a_candidate("a", a_score("a")), a_candidate("b", a_score("b")), a_candidate("life", life), measure=SMD
    )
    assert found.higher_is == "worse"
    assert all(each.effect.yi < 0 for each in found.chosen)
    assert found.chosen[-1].effect.derived == "its scale read the other way"


def test_events_that_count_the_opposite_are_counted_the_other_way() -> None:
    still = a_finding("still", measure="not better", higher_is="worse", events1=8.0, events2=15.0)
    found = selected(a_candidate("a"), a_candidate("b"), a_candidate("still", still), measure=RR)
    expected = of_counts("", Counts(12, 20, 5, 20), RR)
    assert isinstance(expected, Effect)
    assert found.chosen[-1].effect.yi == pytest.approx(expected.yi)
    assert "those without the event are counted" in found.chosen[-1].effect.derived


def test_a_difference_printed_as_better_by_is_turned() -> None:
    printed = {"mean1": None, "sd1": None, "mean2": None, "sd2": None, "effect_measure": "MD"}
    better = a_score("better", effect=7.6, ci_low=3.9, ci_high=11.3, **printed)
    found = selected(a_candidate("better", better), a_candidate("plain", a_score("plain")), measure=MD)
    assert [round(each.effect.yi, 3) for each in found.chosen] == [-7.6, -6.0]
    assert "sign turned" in found.chosen[0].effect.derived


def test_numbers_that_contradict_their_direction_are_pointed_out() -> None:
    wrong = a_score("wrong", direction="favours_comparator")
    found = selected(a_candidate("wrong", wrong), a_candidate("right", a_score("right")), measure=MD)
    assert "wrong: its numbers and its direction (favours_comparator) disagree" in found.warnings


def test_changes_and_final_values_are_not_silently_mixed_as_smd() -> None:
    candidates = [a_candidate("a", a_score("a")), a_candidate("b", a_score("b", measure="MADRS, change"))]
    assert any("changes and final values" in each for each in selected(*candidates, measure=SMD).warnings)
    assert not any("changes and final values" in each for each in selected(*candidates, measure=MD).warnings)


def test_nothing_to_choose_from_is_an_empty_set() -> None:
    assert selected() == Selection((), (), (), "", ())


# -- Published results.


def test_response_in_bipolar_depression_comes_out_as_dean_2021_printed_it() -> None:
    candidates = [
        a_candidate("diazgranados2010", a_finding("x", events1=3.0, n1=9.0, events2=0.0, n2=9.0)),
        a_candidate("zarate2012", a_finding("x", events1=3.0, n1=7.0, events2=0.0, n2=8.0)),
    ]
    result = pool(selected(*candidates).effects, OR, Tau2Method.EE)
    ends = [result.exp_estimate, exp(result.estimate - 1.959964 * result.se)]  # type: ignore[operator]
    assert round(ends[0] or 0, 2) == 11.61
    wald = pool(selected(*candidates).effects, OR, Tau2Method.EE, "wald")  # type: ignore[arg-type]
    assert (round(wald.exp_ci_low or 0, 2), round(wald.exp_ci_high or 0, 2)) == (1.25, 107.74)


def test_suicidal_thoughts_come_out_as_grunebaum_2018_printed_them() -> None:
    rid = a_finding("x", measure="response on the SSI", higher_is="worse", events1=22.0, n1=40.0, events2=12.0, n2=40.0)
    found = selected(a_candidate("grunebaum2018", rid))
    assert found.higher_is == "better"
    assert found.effects[0].yi == pytest.approx(log(2.85), abs=0.002)


# -- Laws.

SOME = st.builds(
    lambda key, design, status, trial, hours, events, comparator, direction, comparison: a_candidate(
        key,
        a_finding(key, hours=hours, events1=events, comparator=comparator, direction=direction, comparison=comparison),
        design=design,
        status=status,
        trial=trial,
    ),
    st.sampled_from("abcdefgh"),
    st.sampled_from([Design.RCT, Design.RCT, Design.RCT, Design.META_ANALYSIS, Design.SECONDARY_ANALYSIS, ""]),
    st.sampled_from([Status.CURRENT, Status.CURRENT, Status.RETRACTED]),
    st.sampled_from([None, "T-1", "T-2"]),
    st.sampled_from([None, 12.0, 24.0, 30.0, 72.0]),
    st.sampled_from([None, 0.0, 5.0, 12.0, 20.0, 30.0]),
    st.sampled_from(["placebo", "active-placebo", "ect", ""]),
    st.sampled_from(Direction),
    st.sampled_from([Comparison.BETWEEN, Comparison.BETWEEN, Comparison.SINGLE_ARM]),
)
SETS = st.lists(SOME, max_size=8, unique_by=lambda each: each.study.key)
LINKS = st.lists(
    st.builds(
        Related,
        st.sampled_from("abcdefgh"),
        st.sampled_from(["included_in", "includes", "same_trial"]),
        st.sampled_from("abcdefgh"),
    ),
    max_size=4,
)


@settings(max_examples=60, deadline=None)
@given(SETS, LINKS, st.sampled_from(["OR", "RR", "RD"]))
def test_every_study_is_in_or_out_with_a_reason_and_never_both(
    candidates: list[Candidate], related: list[Related], measure: str
) -> None:
    found = select(candidates, related, Question(EffectMeasure(measure), window("24h")))
    inside = {each.study.key for each in found.chosen}
    assert inside | set(reasons(found)) == {each.study.key for each in candidates}
    assert not inside & set(reasons(found))
    assert all(each.reason for each in found.excluded)
    trials = [each.study.trial for each in found.chosen if each.study.trial]
    assert len(trials) == len(set(trials))


@settings(max_examples=40, deadline=None)
@given(SETS, LINKS, st.randoms(use_true_random=False))
def test_the_order_of_the_studies_does_not_matter(
    candidates: list[Candidate], related: list[Related], random: Any
) -> None:
    question = Question(OR, window("24h"))
    once = select(candidates, related, question)
    random.shuffle(candidates)
    random.shuffle(related)
    again = select(candidates, related, question)
    assert once.chosen == again.chosen
    assert sorted(once.excluded) == sorted(again.excluded)


def test_a_study_without_a_context_or_design_is_in_with_a_word() -> None:
    found = select(
        [Candidate(a_study("bare", design=None, context=None), (a_finding("bare"),))], (), Question(OR, window("24h"))
    )
    assert names(found) == ["bare"]
    assert len(found.warnings) == 2
