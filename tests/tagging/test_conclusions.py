"""Whom a conclusion favours: what each way to say it means, clause by clause. Made-up texts."""

from __future__ import annotations

import pytest

from ketlit.vocabulary import Direction
from tests.readings import read

PAIN = "Ketamine for pain: a randomised trial"
TRIAL = "Ketamine for chronic pain: a randomised trial"
COHORT = "Ketamine in patients with chronic pain: a cohort"


def concluded(conclusion: str, title: str = PAIN, methods: str = "Patients with pain.") -> Direction:
    """Whom a text favours that tells no results and concludes so."""
    return read(title, methods=methods, conclusions=conclusion).direction


@pytest.mark.parametrize(
    ("conclusion", "direction"),
    [
        ("Ketamine was effective in reducing pain.", Direction.FAVOURS_INTERVENTION),
        ("Ketamine did not improve pain.", Direction.NO_DIFFERENCE),
        ("Morphine was more effective than ketamine.", Direction.FAVOURS_COMPARATOR),
        ("Ketamine reduced pain but did not improve sleep.", Direction.MIXED),
        ("Further studies are needed.", Direction.NOT_REPORTED),
        ("Baseline mood predicted the response.", Direction.NOT_REPORTED),
    ],
)
def test_the_direction_is_what_the_conclusion_states(conclusion: str, direction: Direction) -> None:
    assert concluded(conclusion, "Ketamine for neuropathic pain", "Adults were randomised.") == direction


@pytest.mark.parametrize(
    ("conclusion", "direction"),
    [
        ("Ketamine reduced pain. However, ketamine did not reduce anxiety.", Direction.MIXED),
        ("Ketamine cannot reduce depression.", Direction.NO_DIFFERENCE),
        ("Oral ketamine was better tolerated.", Direction.NOT_REPORTED),
        ("Remifentanil was effective in relieving pain.", Direction.NOT_REPORTED),
        ("These findings support the use of ECT over ketamine.", Direction.FAVOURS_COMPARATOR),
    ],
)
def test_a_conclusion_is_read_as_it_is_said(conclusion: str, direction: Direction) -> None:
    assert concluded(conclusion) is direction


@pytest.mark.parametrize(
    ("conclusion", "direction"),
    [
        # each clause is read by itself; a concession is not the whole
        ("Although more trials are needed, ketamine relieved pain.", Direction.FAVOURS_INTERVENTION),
        ("Pain fell in both groups, whereas ketamine made no difference to pain.", Direction.MIXED),
        # what is lessened decides: an ailment, or what is wanted
        ("Ketamine lessened the intensity of pain.", Direction.FAVOURS_INTERVENTION),
        ("Ketamine prolonged analgesia.", Direction.FAVOURS_INTERVENTION),
        ("Ketamine shortened analgesia.", Direction.NOT_REPORTED),
        # an effect is told only where somebody says that it is there
        ("Ketamine has analgesic efficacy.", Direction.FAVOURS_INTERVENTION),
        ("Preferences of patients affect efficacy of ketamine.", Direction.NOT_REPORTED),
        ("Improvement after ketamine was related to age.", Direction.NOT_REPORTED),
        ("Side effects of ketamine were mild.", Direction.NOT_REPORTED),
        # what is denied may be a harm
        ("Ketamine was not associated with an increased risk of dreams.", Direction.NOT_REPORTED),
        ("Ketamine provided no better relief of pain.", Direction.NO_DIFFERENCE),
        ("Pain did not differ between the two groups.", Direction.NO_DIFFERENCE),
        (
            "Pain was lower with lidocaine than with ketamine; later both had the same effect.",
            Direction.FAVOURS_COMPARATOR,
        ),
        # another ailment than the title's does not make good that its own was not met
        ("Ketamine did not reduce pain but reduced shivering.", Direction.NO_DIFFERENCE),
    ],
)
def test_a_conclusion_is_read_clause_by_clause(conclusion: str, direction: Direction) -> None:
    assert concluded(conclusion) is direction


@pytest.mark.parametrize(
    ("conclusion", "direction"),
    [
        ("These data support the use of ketamine in neuropathic pain.", Direction.FAVOURS_INTERVENTION),
        ("These data do not support the use of ketamine in neuropathic pain.", Direction.NO_DIFFERENCE),
        ("Ketamine should be considered as an option in neuropathic pain.", Direction.FAVOURS_INTERVENTION),
        ("Ketamine should be studied in neuropathic pain.", Direction.NOT_REPORTED),
        ("Ketamine reduced the need for rescue morphine.", Direction.FAVOURS_INTERVENTION),
        ("There is a need for trials of ketamine against pain.", Direction.NOT_REPORTED),
        ("Ketamine was as effective as morphine.", Direction.NO_DIFFERENCE),
        ("Ketamine gave good analgesia comparable to morphine.", Direction.NO_DIFFERENCE),
        ("Ketamine gave good analgesia comparable to previous studies.", Direction.FAVOURS_INTERVENTION),
        ("Both treatments relieved pain, with no difference between them.", Direction.NO_DIFFERENCE),
        ("The relief of pain was similar with ketamine and morphine.", Direction.NO_DIFFERENCE),
        ("Ketamine relieved pain at once but not at the second visit.", Direction.MIXED),
        ("Both drugs relieved pain. Pain did not differ between the two groups.", Direction.NO_DIFFERENCE),
        ("Both drugs relieved pain. Pain was lower with ketamine than with morphine.", Direction.FAVOURS_INTERVENTION),
        ("Ketamine relieved pain, but sleep was unchanged.", Direction.MIXED),
        ("The effect of ketamine on pain was not significant.", Direction.NO_DIFFERENCE),
        ("Ketamine reduced sleep disturbance.", Direction.FAVOURS_INTERVENTION),
        ("Repeated ketamine was not associated with more hallucinations.", Direction.NOT_REPORTED),
        ("Ketamine made no difference to cognition.", Direction.NO_DIFFERENCE),
        ("Compared with ketamine, morphine gave better relief of pain.", Direction.FAVOURS_COMPARATOR),
        (
            "Compared with ketamine alone, ketamine with magnesium gave better analgesia.",
            Direction.FAVOURS_INTERVENTION,
        ),
        ("Ketamine caused more pain than saline.", Direction.FAVOURS_COMPARATOR),
        ("Ketamine gave greater pain relief than saline.", Direction.FAVOURS_INTERVENTION),
        ("Haloperidol is an effective treatment.", Direction.NOT_REPORTED),
        ("Ketamine had no effect on pain.", Direction.NO_DIFFERENCE),
        ("Morphine outperformed ketamine.", Direction.FAVOURS_COMPARATOR),
        ("Morphine was superior to ketamine for pain.", Direction.FAVOURS_COMPARATOR),
        ("Pain worsened after ketamine.", Direction.FAVOURS_COMPARATOR),
        ("Pain decreased over six infusions of ketamine.", Direction.FAVOURS_INTERVENTION),
        ("There is a moderate effect of ketamine on pain.", Direction.FAVOURS_INTERVENTION),
        ("These results may help to guide doses of ketamine.", Direction.NOT_REPORTED),
    ],
)
def test_many_ways_to_say_whether_a_treatment_helps(conclusion: str, direction: Direction) -> None:
    assert concluded(conclusion) is direction


@pytest.mark.parametrize(
    ("conclusion", "direction"),
    [
        ("Ketamine relieved pain. However, sleep did not improve with ketamine.", Direction.MIXED),
        ("Ketamine did not relieve pain. However, ketamine improved sleep.", Direction.NO_DIFFERENCE),
    ],
)
def test_a_good_that_is_told_second_does_not_undo_that_the_first_was_not_met(
    conclusion: str, direction: Direction
) -> None:
    assert concluded(conclusion) is direction


@pytest.mark.parametrize(
    ("conclusion", "direction"),
    [
        ("Ketamine relieved pain.", Direction.FAVOURS_INTERVENTION),
        ("Ketamine did not change the signal.", Direction.NOT_REPORTED),
    ],
)
def test_a_trial_of_a_mechanism_may_tell_a_good_beside(conclusion: str, direction: Direction) -> None:
    reading = read(
        "Connectivity after ketamine in chronic pain: a randomised trial",
        methods="Patients with chronic pain were randomised to ketamine or saline.",
        conclusions=conclusion,
    )
    assert reading.direction is direction


@pytest.mark.parametrize(
    ("title", "direction"),
    [
        ("Ketamine for pain: a narrative review", Direction.FAVOURS_INTERVENTION),
        ("Drugs for pain: a narrative review", Direction.FAVOURS_INTERVENTION),
    ],
)
def test_a_review_on_ketamine_may_conclude(title: str, direction: Direction) -> None:
    assert concluded("Ketamine is effective against pain.", title, "We review drugs for pain.") is direction


def test_the_words_of_a_direction_are_quoted() -> None:
    reading = read("Ketamine for neuropathic pain", conclusions="Ketamine reduced pain. Trials should follow.")
    assert reading.direction_place
    assert reading.direction_place.quote == "Ketamine reduced pain."


@pytest.mark.parametrize(
    ("conclusion", "direction"),
    [
        ("Ketamine relieved pain. However, this approach did not improve sleep.", Direction.MIXED),
        ("Ketamine relieved pain. However, this approach goes with a higher risk of nausea.", "same"),
        ("Ketamine relieved pain. This approach did not improve sleep.", "same"),
        ("Ketamine relieved pain at 2 hours but not 24 hours.", Direction.MIXED),
        ("Ketamine relieved pain but not compared with morphine.", Direction.MIXED),
    ],
)
def test_what_takes_a_good_back_need_not_name_the_drug(conclusion: str, direction: Direction | str) -> None:
    expected = Direction.FAVOURS_INTERVENTION if direction == "same" else direction
    assert concluded(conclusion, TRIAL, "Patients with pain were randomised to ketamine or saline.") is expected


@pytest.mark.parametrize(
    ("conclusion", "direction"),
    [
        ("There was a trend towards efficacy of ketamine.", Direction.NOT_REPORTED),
        ("The efficacy of ketamine was confirmed.", Direction.FAVOURS_INTERVENTION),
    ],
)
def test_a_trend_is_no_effect(conclusion: str, direction: Direction) -> None:
    assert concluded(conclusion, TRIAL, "Patients with pain were randomised to ketamine or saline.") is direction


@pytest.mark.parametrize(
    ("conclusion", "direction"),
    [
        ("Our data suggest that preference influences the effectiveness of ketamine.", Direction.NOT_REPORTED),
        ("We stress the importance of trust in enhancing the efficacy of ketamine.", Direction.NOT_REPORTED),
        ("The results highlight the need for rules on the effective use of ketamine.", Direction.NOT_REPORTED),
        ("Ketamine reduced the need for morphine.", Direction.FAVOURS_INTERVENTION),
        ("Poor responders to ketamine had increased plasma levels.", Direction.NOT_REPORTED),
        ("Ketamine increased the proportion of responders.", Direction.FAVOURS_INTERVENTION),
    ],
)
def test_what_bears_on_an_effect_does_not_state_it(conclusion: str, direction: Direction) -> None:
    assert concluded(conclusion, COHORT, "We looked back at patients with chronic pain.") is direction


@pytest.mark.parametrize(
    ("title", "conclusion", "direction"),
    [
        (
            "Tarsal osteotomy in flat feet: a cohort",
            "Osteotomy led to fewer wound gapings.",
            Direction.FAVOURS_INTERVENTION,
        ),
        (
            "Tarsal osteotomy in flat feet: a cohort",
            "Osteotomy gave good long-term results.",
            Direction.FAVOURS_INTERVENTION,
        ),
        ("Tarsal osteotomy in flat feet: a cohort", "Gait did not differ between the groups.", Direction.NO_DIFFERENCE),
        ("Tarsal osteotomy in flat feet: a cohort", "Osteotomy was done on both sides.", Direction.NOT_REPORTED),
        ("Prevalence of flat feet before osteotomy: a cohort", "Rest led to fewer falls.", Direction.NOT_REPORTED),
        ("Walking in people with flat feet: a cohort", "Walkers had fewer falls.", Direction.NOT_REPORTED),
        ("Effects of LSD on gait: a cohort", "LSD reduced stride length.", Direction.NOT_REPORTED),
        ("Tarsal osteotomy in flat feet: a narrative review", "Osteotomy is effective.", Direction.NOT_REPORTED),
    ],
)
def test_of_a_treatment_of_any_kind_a_conclusion_tells_what_it_lessens(
    title: str, conclusion: str, direction: Direction
) -> None:
    methods = "We reviewed the literature." if "review" in title else "This retrospective cohort had 80 patients."
    assert concluded(conclusion, title, methods) is direction


@pytest.mark.parametrize(
    "conclusion",
    [
        "Propofol gave more stable sedation than ketamine.",
        "Propofol gave deeper and better sedation than ketamine with equal onset and recovery and no adverse events.",
    ],
)
def test_another_drug_may_do_more_than_ketamine(conclusion: str) -> None:
    reading = read(
        "Propofol versus ketamine for sedation and anxiety in children: a randomised trial",
        methods="Children with anxiety were randomised to propofol or ketamine.",
        conclusions=conclusion,
    )
    assert reading.direction is Direction.FAVOURS_COMPARATOR


@pytest.mark.parametrize(
    ("conclusion", "direction"),
    [
        ("We regard ketamine as the drug of choice for these dressings.", Direction.FAVOURS_INTERVENTION),
        ("The technique is cheap and can be recommended.", Direction.FAVOURS_INTERVENTION),
        ("Ketamine cannot be recommended for such wounds.", Direction.NO_DIFFERENCE),
        ("The spray gave prompt, if brief, relief of pain.", Direction.FAVOURS_INTERVENTION),
        ("Ketamine is safer than any alternative at hand.", Direction.NOT_REPORTED),
        ("The efficacy of ketamine must only be judged in larger samples.", Direction.NOT_REPORTED),
        ("Etomidate may be a useful alternative to ketamine.", Direction.NOT_REPORTED),
    ],
)
def test_praise_has_many_words_and_some_of_them_praise_nothing(conclusion: str, direction: Direction) -> None:
    assert concluded(conclusion) is direction


@pytest.mark.parametrize(
    "conclusion",
    [
        "On pain ketamine and tramadol could not be separated.",
        "Weekly pain was virtually identical with ketamine and saline.",
        "Pain with ketamine and with saline was alike.",
        "Relief of pain did not depend on which drug was used.",
        "Ketamine did as well as ketorolac.",
        "This small study gave no signal of benefit, and tolerability was a concern.",
        "Ketamine is of doubtful value for pain.",
        "We were unable to show that ketamine eases pain.",
        "Ketamine did not hasten relief from pain.",
    ],
)
def test_that_nothing_sets_two_treatments_apart_is_said_in_many_ways(conclusion: str) -> None:
    assert (
        concluded(conclusion, "Ketamine or another drug for acute pain: a randomised trial") is Direction.NO_DIFFERENCE
    )


@pytest.mark.parametrize(
    ("conclusion", "direction"),
    [
        ("Tramadol should remain the first choice for acute pain.", Direction.FAVOURS_COMPARATOR),
        ("Tramadol is still the preferred drug.", Direction.FAVOURS_COMPARATOR),
        ("Tramadol relieved pain more reliably.", Direction.FAVOURS_COMPARATOR),
        ("Physiotherapy should remain the mainstay.", Direction.NOT_REPORTED),  # it was not compared
        ("It is not known if tramadol is the preferred drug.", Direction.NOT_REPORTED),
        ("Our data argue against the use of ketamine here.", Direction.FAVOURS_COMPARATOR),
        ("Ketamine acts for too short a time, and is too weak to be of practical use.", Direction.FAVOURS_COMPARATOR),
        ("Ketamine should be avoided in such patients.", Direction.FAVOURS_COMPARATOR),
    ],
)
def test_a_rival_that_stays_the_first_choice_is_favoured(conclusion: str, direction: Direction) -> None:
    assert concluded(conclusion, "Ketamine or tramadol for acute pain: a randomised trial") is direction


def test_lower_doses_that_do_nothing_take_nothing_back() -> None:
    assert concluded("Ketamine 1 mg/kg reduced pain; lower doses did not.") is Direction.FAVOURS_INTERVENTION
    assert concluded("Ketamine 30 mg, but not 10 mg, reduced pain.") is Direction.FAVOURS_INTERVENTION


def test_what_comes_after_no_difference_counts_where_the_title_asks_for_it() -> None:
    title = "Ketamine for pain and sleep after operations: a randomised trial"
    said = "Ketamine did not reduce pain. {}, on the other hand, was improved by ketamine."
    assert concluded(said.format("Sleep"), title) is Direction.MIXED
    assert concluded(said.format("Appetite and mood"), title) is Direction.NO_DIFFERENCE


@pytest.mark.parametrize(
    ("conclusion", "direction"),
    [
        ("Ketamine is a poor substitute for tramadol.", Direction.FAVOURS_COMPARATOR),
        ("Tramadol is a poor substitute for ketamine.", Direction.NOT_REPORTED),
        ("Ketamine was outperformed by tramadol.", Direction.FAVOURS_COMPARATOR),
        ("Tramadol proved superior.", Direction.FAVOURS_COMPARATOR),
        ("Pain was worse with ketamine.", Direction.FAVOURS_COMPARATOR),
        ("Ketamine took the edge off the pain.", Direction.FAVOURS_INTERVENTION),
        ("Both drugs relieved pain to the same degree.", Direction.NO_DIFFERENCE),
        ("There is little to choose between the two drugs.", Direction.NO_DIFFERENCE),
    ],
)
def test_who_is_set_above_whom_is_read_from_either_side(conclusion: str, direction: Direction) -> None:
    assert concluded(conclusion, "Ketamine or tramadol for acute pain: a randomised trial") is direction


@pytest.mark.parametrize(
    ("conclusion", "direction"),
    [
        ("It cannot be concluded that ketamine is superior to saline.", Direction.NO_DIFFERENCE),
        ("It would be wrong to conclude that ketamine reduces pain.", Direction.NO_DIFFERENCE),
        ("It is doubtful that ketamine was effective.", Direction.NO_DIFFERENCE),
        ("The notion that ketamine relieves pain was refuted.", Direction.NO_DIFFERENCE),
        ("Its makers wrongly stated that ketamine was effective.", Direction.NO_DIFFERENCE),
        ("No one can claim that ketamine relieves pain.", Direction.NO_DIFFERENCE),
        ("There is reason to doubt that ketamine relieves pain.", Direction.NO_DIFFERENCE),
        ("There is no doubt that ketamine relieves pain.", Direction.FAVOURS_INTERVENTION),
        ("It is premature to conclude that ketamine relieves pain.", Direction.NOT_REPORTED),
        ("It would be wrong to conclude that ketamine does not relieve pain.", Direction.NOT_REPORTED),
        ("The notion that ketamine relieves pain was confirmed.", Direction.FAVOURS_INTERVENTION),
        ("It can be concluded that ketamine relieves pain.", Direction.FAVOURS_INTERVENTION),
    ],
)
def test_a_claim_that_is_denied_or_doubted_is_not_made(conclusion: str, direction: Direction) -> None:
    assert concluded(conclusion) is direction


@pytest.mark.parametrize(
    ("conclusion", "direction"),
    [
        ("Ketamine hardly reduced pain.", Direction.NO_DIFFERENCE),
        ("Ketamine is far from being effective.", Direction.NO_DIFFERENCE),
        ("Ketamine did little to reduce pain.", Direction.NO_DIFFERENCE),
        ("Relief of pain was not greater with ketamine than with saline.", Direction.NO_DIFFERENCE),
        ("Analgesia was not longer with ketamine.", Direction.NO_DIFFERENCE),
        ("Nausea was not greater with ketamine.", Direction.NOT_REPORTED),
        ("Ketamine was anything but effective.", Direction.NO_DIFFERENCE),
        ("Ketamine was supposedly effective.", Direction.NOT_REPORTED),
        ("Ketamine non-significantly reduced pain.", Direction.NO_DIFFERENCE),
        ("Ketamine was superior to saline in none of the trials.", Direction.NO_DIFFERENCE),
        ("Ketamine reduced pain, and side effects were seen in none of the groups.", Direction.FAVOURS_INTERVENTION),
        ("Ketamine reduced pain but not significantly.", Direction.MIXED),
        ("Ketamine reduced pain by far.", Direction.FAVOURS_INTERVENTION),
    ],
)
def test_what_is_hardly_or_nowhere_so_is_not_so(conclusion: str, direction: Direction) -> None:
    assert concluded(conclusion) is direction


@pytest.mark.parametrize(
    ("conclusion", "direction"),
    [
        ("Only the saline group improved.", Direction.FAVOURS_COMPARATOR),
        ("Pain improved only in the saline group.", Direction.FAVOURS_COMPARATOR),
        ("Ketamine reduced pain less than morphine.", Direction.FAVOURS_COMPARATOR),
        ("Only the ketamine group improved.", Direction.FAVOURS_INTERVENTION),
        ("Morphine reduced pain more than ketamine.", Direction.FAVOURS_COMPARATOR),
        ("Ketamine reduced pain more than morphine.", Direction.FAVOURS_INTERVENTION),
        ("Without ketamine, pain improved.", Direction.NOT_REPORTED),
        ("Without side effects, ketamine reduced pain.", Direction.FAVOURS_INTERVENTION),
    ],
)
def test_the_good_of_another_treatment_or_of_none_is_not_that_of_ketamine(
    conclusion: str, direction: Direction
) -> None:
    assert concluded(conclusion) is direction


@pytest.mark.parametrize(
    "conclusion",
    [
        "Were ketamine superior to saline, patients with pain would benefit.",
        "If ketamine were effective, pain would be reduced.",
        "Is ketamine effective in relieving pain?",
        "Fewer than 20 patients with pain received ketamine.",
        "No more than 90 patients with pain were given ketamine or saline.",
    ],
)
def test_what_is_asked_imagined_or_counted_is_no_result(conclusion: str) -> None:
    assert concluded(conclusion) is Direction.NOT_REPORTED


@pytest.mark.parametrize(
    ("conclusion", "direction"),
    [
        ("Ketamine reduced pain only in women.", Direction.MIXED),
        ("Only patients without anxiety benefited from ketamine.", Direction.MIXED),
        ("Ketamine relieved pain, although results by cost were less favourable.", Direction.MIXED),
        ("The efficacy of ketamine is modest against pain and absent against anxiety.", Direction.MIXED),
        ("Ketamine reduced pain, and both increased and decreased scores were seen.", Direction.MIXED),
    ],
)
def test_good_for_some_or_in_part_is_mixed(conclusion: str, direction: Direction) -> None:
    assert concluded(conclusion) is direction


@pytest.mark.parametrize(
    "conclusion",
    [
        "These trials give useful insights into ketamine for pain.",
        "The register offers valuable data for research on ketamine.",
        "Our results support current models of ketamine's therapeutic efficacy.",
        "Further studies on the benefit of ketamine are under way.",
        "This lays the ground for learning how to optimise ketamine against pain.",
    ],
)
def test_what_is_good_to_know_is_no_good_of_a_treatment(conclusion: str) -> None:
    assert concluded(conclusion) is Direction.NOT_REPORTED
