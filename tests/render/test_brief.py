"""The statements of a brief, and how they fit on one screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rich.cells import cell_len

from ketlit.evidence_views import BriefRows, DoseRow, FindingRow, Followed, LeftOut
from ketlit.render import brief_clinician, brief_page, brief_patient
from ketlit.render.brief import NOT_ADVICE, Brief, Statement, cited, digits, listed, markdown, nothing, span
from ketlit.render.table import Screen
from ketlit.synthesis.briefing import Against, Facts, gather
from ketlit.views import StudyRow
from tests.findings import a_finding, a_score, a_study

Drawn = Callable[[int, Callable[[Screen], None]], str]
NAMES = {
    "outcome:response": "Response (>=50% reduction)",
    "outcome:depressive-symptoms": "Depressive symptom severity",
    "outcome:quality-of-life": "Quality of life",
    "adverse-effect:dissociation": "Dissociation",
    "adverse-effect:urotoxicity": "Ketamine cystitis / urotoxicity",
}


def a_harm(key: str, **changes: Any) -> FindingRow:
    wanted: dict[str, Any] = {"harm": True, "outcome": "dissociation", "measure": "", "direction": "favours_comparator"}
    return a_finding(key, **(wanted | changes))


def rows(
    *, studies: list[StudyRow] | None = None, findings: list[FindingRow] | None = None, **changes: Any
) -> BriefRows:
    """Three trials that can be pooled, one without a control group, a review, and what waits."""
    alone = {"design": "single-arm-trial", "direction": "favours_intervention", "n": 12}
    made = BriefRows(
        topic="depression",
        label="Depression (any)",
        studies=studies
        if studies is not None
        else [
            *(a_study(key, n=40) for key in ("berg1999", "cole2008", "dahl2015")),
            a_study("ek2016", **alone),
            a_study("fox2021", design="meta-analysis", n=None, direction="favours_intervention"),
        ],
        waiting=["planned2030"],
        retracted=["gone2015"],
        left_out=[LeftOut("protocol", 1), LeftOut("retracted", 1)],
        findings=findings
        if findings is not None
        else [
            *(a_finding(key) for key in ("berg1999", "cole2008", "dahl2015")),
            a_score("berg1999", hours=4.0, timepoint="4 h"),
            a_score("berg1999", hours=168.0, timepoint="7 days", sd1=None, direction="no_difference"),
            a_finding("ek2016", comparison="single-arm", comparator="", n2=None, events2=None),
            a_finding(
                "fox2021", comparison="pooled", effect_measure="OR", effect=2.5, ci_low=1.1, ci_high=5.7, year=2021
            ),
            a_harm("cole2008", events1=9.0, events2=1.0),
            a_harm("ek2016", outcome="headache", comparison="single-arm", events1=None, percent1=None, n2=None),
        ],
        elsewhere=[a_harm("club2012", outcome="urotoxicity", comparison="single-arm", events1=26.0, n1=100.0, n2=None)],
        related=[],
        doses=[DoseRow("berg1999", "racemic", "intravenous", 0.5, None, "mg/kg", 40.0, "min", "0.5 mg/kg over 40 min")],
        followed=[Followed("berg1999", 28.0, "4 wk"), Followed("cole2008", 7.0, "7 d")],
        contexts=["therapeutic-pain", "therapeutic-psychiatric"],
        understood=[],
        names=NAMES,
        date="2026-02-03",
    )
    return made._replace(**changes)


def told(words: Any, facts: Facts) -> list[Statement]:
    return list(words.statements(facts, "-c depression"))


def a_brief(words: Any, reader: str, facts: Facts) -> Brief:
    commands = ["ketlit show KEY (the paper behind a key)"]
    return Brief(
        "depression", reader, "Ketamine for Depression", told(words, facts), commands, f"Of 2026; {NOT_ADVICE}."
    )


def texts(statements: list[Statement], section: str) -> str:
    return " ".join(each.text for each in statements if each.section == section)


WORDS = [(brief_clinician, "clinician"), (brief_patient, "patient")]


@pytest.mark.parametrize(("words", "reader"), WORDS, ids=[reader for _, reader in WORDS])
@pytest.mark.parametrize("width", [80, 120])
def test_a_brief_looks_as_agreed(
    words: Any, reader: str, width: int, drawn: Drawn, golden: Callable[[str, str], None]
) -> None:
    golden(
        GOLDEN[reader, width],
        drawn(width, lambda screen: brief_page.show(screen, a_brief(words, reader, gather(rows())))),
    )


GOLDEN = {
    ("clinician", 80): "brief_clinician_80.txt",
    ("clinician", 120): "brief_clinician_120.txt",
    ("patient", 80): "brief_patient_80.txt",
    ("patient", 120): "brief_patient_120.txt",
}


def test_a_patient_is_told_people_of_100_from_the_pooled_ratio_and_the_control_groups() -> None:
    said = texts(told(brief_patient, gather(rows())), "May help")
    assert "about 60 of 100 people with ketamine, 25 of 100 without" in said


def test_a_pooled_ratio_that_may_be_none_is_told_to_be_so() -> None:
    weak = [a_finding(key, events1=6.0) for key in ("berg1999", "cole2008", "dahl2015")]
    assert "could also be no better, or worse" in texts(told(brief_patient, gather(rows(findings=weak))), "May help")


def test_a_gain_that_is_lost_stands_beside_the_gain() -> None:
    only = [
        a_score("berg1999"),
        a_score("berg1999", hours=168.0, timepoint="7 days", mean1=None, direction="no_difference"),
    ]
    for words, _ in WORDS:
        said = [each.text for each in told(words, gather(rows(findings=only))) if each.keys == ("berg1999",)]
        assert any("24 h" in text and "then" in text and "7 days" in text for text in said), said


def test_harms_with_a_control_group_come_first_and_the_rest_is_named() -> None:
    said = texts(told(brief_patient, gather(rows())), "May harm")
    assert said.startswith("feeling detached from oneself: 45 of 100 people with ketamine, 5 of 100 with a placebo")
    assert "bladder trouble 26 of 100" in said
    assert "headache" in said


def test_without_any_rate_of_harm_nobody_is_told_that_it_is_safe() -> None:
    bare = gather(rows(findings=[a_finding("berg1999")], elsewhere=[]))
    assert "does not mean it is safe" in texts(told(brief_patient, bare), "May harm")
    assert "no study here gives a rate" in texts(told(brief_clinician, bare), "Harms")


def test_a_review_is_no_level_and_trials_are_2() -> None:
    said = texts(told(brief_clinician, gather(rows())), "Levels")
    assert "level 2 (randomised trial) 3; level 4 (without a control group) 1; none 1" in said


def test_trials_against_a_treatment_are_told_apart() -> None:
    shock = [a_finding("berg1999", comparator="ect", direction="favours_comparator"), a_finding("cole2008")]
    facts = gather(rows(findings=shock))
    assert facts.others == {"ect": Against({"favours_comparator": ["berg1999"]}, {}, {}, [], {})}
    assert "against ECT, RCT: 1 for ECT" in texts(told(brief_clinician, facts), "Effect")


def test_all_that_compared_with_a_treatment_are_told_reviews_and_other_outcomes_too() -> None:
    studies = [
        a_study("berg1999"),
        a_study("cole2008", comparators=["ect"], direction="favours_comparator"),
        a_study("dahl2015"),
        a_study("fox2021", design="meta-analysis", n=None),
    ]
    shock = [
        a_finding("berg1999"),
        a_finding("berg1999", comparator="ect", text="P <0.001 for non-inferiority"),
        a_finding("dahl2015", comparator="ect", outcome="remission", direction="favours_comparator"),
        a_finding("fox2021", comparator="ect", comparison="pooled", outcome="depressive-symptoms"),
    ]
    facts = gather(rows(studies=studies, findings=shock), ["response"])
    assert facts.others["ect"] == Against(
        {"favours_intervention": ["berg1999"], "favours_comparator": ["cole2008", "dahl2015"]},
        {"favours_intervention": ["fox2021"]},
        {},
        ["berg1999"],
        {},
    )
    said = texts(told(brief_patient, facts), "May help")
    assert "of 3 trials in which chance decided who got what, 1 found ketamine better, 2 found it worse" in said
    assert "the only review found ketamine better" in said


def test_what_a_wider_topic_says_against_the_same_treatment_stands_beside() -> None:
    shock = [a_finding("berg1999", comparator="ect")]
    worse = a_finding("far2022", comparator="ect", outcome="remission", direction="favours_comparator")
    facts = gather(rows(findings=shock, wider=(worse, worse._replace(comparator="opioid"))), ["response"])
    assert facts.others["ect"].wider == {"favours_comparator": ["far2022"]}
    assert "on a wider topic: 1 for ECT" in texts(told(brief_clinician, facts), "Effect")
    assert "on a wider topic, 1 found it worse" in texts(told(brief_patient, facts), "May help")
    assert "opioid" not in facts.others


def test_a_harm_that_was_not_found_is_no_harm_and_one_with_a_rate_is_not_said_to_have_none() -> None:
    loose: dict[str, Any] = {"comparison": "single-arm", "events1": None, "n2": None, "events2": None}
    found = [
        a_harm("ek2016", outcome="tachycardia", direction="not_reported", text="no significant tachycardia", **loose),
        a_harm("ek2016", outcome="mania", text="two had mania", **loose),
        a_harm("cole2008", outcome="withdrawals-ae", events1=3.0, n1=56.0, events2=0.0, n2=None),
        *(a_harm("berg1999", outcome=f"rated{place}", **(loose | {"percent1": 9.0 - place})) for place in range(8)),
    ]
    facts = gather(rows(findings=found))
    said = texts(told(brief_clinician, facts), "Harms")
    assert "withdrawals-ae 5 vs 0 % [cole2008]" in said
    assert "reported, without a rate (studies): mania (1)." in said
    assert "looked for, not found (studies): tachycardia (1)." in said
    assert "rated7 2 % (no control) [berg1999]" in said


def test_numbers_of_yours_and_unverified_ones_are_marked_for_both_readers() -> None:
    unsure = [
        a_score("berg1999", outcome="relapse", origin="user"),
        a_harm("cole2008", events1=9.0, verification="unverified"),
    ]
    for words, _ in WORDS:
        said = " ".join(each.text for each in told(words, gather(rows(findings=unsure))))
        assert "(yours)" in said
        assert "(not verified)" in said


def test_cohorts_of_one_trial_that_do_not_agree_are_both_told() -> None:
    cohorts = [
        a_finding("berg1999", events1=1.0, direction="no_difference"),
        a_finding("berg1999", events1=11.0, direction="favours_intervention"),
    ]
    facts = gather(rows(findings=cohorts))
    assert "mixed: 1 of 20 with" in texts(told(brief_patient, facts), "May help").replace("24 h, ", "")
    for words, _ in WORDS:
        said = " ".join(each.text for each in told(words, facts) if each.keys == ("berg1999",))
        assert "; also " in said
        assert "11" in said


def test_trials_that_nobody_read_are_named_as_such_and_their_people_not_counted() -> None:
    tagged = a_study("auto2024", curated=False, source="synced", n=9000)
    facts = gather(rows(studies=[a_study("berg1999"), tagged], findings=[a_finding("berg1999")]))
    assert facts.people == 40
    for words, _ in WORDS:
        said = " ".join(each.text for each in told(words, facts))
        assert "1 randomised trial here is tagged automatically" in said
        assert "ketlit search -c depression --design rct --source synced" in said
        assert "9,000" not in said
        assert "o study read in so far gives a rate of any harm; what 1 other trial here found is not known" in said


def test_of_one_trial_nothing_is_counted() -> None:
    alone = gather(rows(findings=[a_score("berg1999")]))
    assert "one RCT against placebo, for ketamine." in texts(told(brief_clinician, alone), "Effect")
    assert "the only trial against a placebo found ketamine better." in texts(told(brief_patient, alone), "May help")


def test_a_patient_is_told_what_a_review_found() -> None:
    said = texts(told(brief_patient, gather(rows())), "May help")
    assert "symptoms at least halved (24 h), in a review that put trials together: better with ketamine" in said


def test_a_longer_brief_than_a_screen_gives_up_keys_and_then_what_ranks_last(drawn: Drawn) -> None:
    many = [
        Statement("Effect", f"Sentence {number} of so many words.", tuple("abcdef"), "", number % 3)
        for number in range(60)
    ]
    brief = Brief("x", "patient", "Head", [Statement("First", "stays", ("a",)), *many], ["ketlit show KEY"], "Foot.")
    lines = drawn(80, lambda screen: brief_page.show(screen, brief)).splitlines()
    assert len(lines) <= brief_page.LINES
    assert "stays" in lines[1]
    assert "more with --format markdown" in "".join(lines)
    assert lines[-1] == "Foot."


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize(("words", "reader"), WORDS, ids=[reader for _, reader in WORDS])
def test_no_line_is_wider_than_the_terminal(words: Any, reader: str, width: int, drawn: Drawn) -> None:
    shown = drawn(width, lambda screen: brief_page.show(screen, a_brief(words, reader, gather(rows()))))
    assert max(map(cell_len, shown.splitlines())) <= width


def test_keys_and_words_cannot_paint_the_terminal(drawn: Drawn, hostile: str) -> None:
    brief = Brief("x", "patient", hostile, [Statement("First", hostile, (hostile,))], [hostile], "Foot.")
    shown = drawn(120, lambda screen: brief_page.show(screen, brief))
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_markdown_has_all_keys_and_no_markup_from_outside() -> None:
    brief = Brief(
        "x", "patient", "Head <b>", [Statement("First", "a *b* [c]", ("d_e", "f"))], ["ketlit show KEY"], "Foot."
    )
    assert markdown(brief) == (
        "# Head \\<b>\n\n## First\n\n- a \\*b\\* [c] [d_e, f]\n\n    ketlit show KEY\n\n*Foot.*\n"
    )


def test_no_study_says_nothing_of_the_effect() -> None:
    empty = gather(rows(studies=[], findings=[]))
    assert "says nothing on whether it helps" in nothing(empty).text


def test_numbers_and_names_are_said_as_people_say_them() -> None:
    assert [span(days) for days in (1 / 24, 1.5, 7, 28, 90, 365.25 * 2)] == [
        *("1 hour", "36 hours", "7 days", "4 weeks", "3 months", "2 years")
    ]
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert digits(-5.0486) == "-5.05"
    assert cited(Statement("x", "Text.", ("a", "b", "c")), 2) == "Text. [a, b +1]"
