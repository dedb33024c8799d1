"""What stands against ketamine: the arms of a study, words that set two drugs apart, and drugs in passing. Made up."""

from __future__ import annotations

import pytest

from ketlit.vocabulary import Axis
from tests.readings import background, read, studied


def against(title: str, methods: str = "Patients were randomised.") -> set[str]:
    return studied(read(f"{title}: a randomised trial", methods=methods), Axis.COMPARATOR)


@pytest.mark.parametrize(
    ("methods", "comparators"),
    [
        ("The first group received ketamine 10 mg; the second group received ketorolac 30 mg.", {"other-drug"}),
        ("Group 1 was given ketamine and group 2 was given morphine.", {"opioid"}),
        ("Patients were randomised to receive ketamine, propofol, or etomidate.", {"other-drug"}),
        ("Patients were randomised to either haloperidol or ketamine.", {"other-drug"}),
        ("The NSAID arm (n = 20) received diclofenac, the ketamine arm (n = 20) received ketamine.", {"other-drug"}),
        ("Group A received fentanyl 1 mg and ketamine; group B received fentanyl 1 mg and saline.", {"placebo"}),
        ("Group A received fentanyl 1 mg and ketamine; group B received fentanyl 1 mg.", {"opioid"}),
        ("Group A received ketamine and propofol; group B received ketamine and diazepam.", {"other-drug"}),
        ("Group A received ketamine and propofol; group B received morphine.", {"opioid"}),
        ("Blocks were made with articaine and 1 mL of ketamine or with articaine and 1 mL of saline.", {"placebo"}),
        ("There were an esketamine group and an NS group.", {"placebo"}),
    ],
)
def test_what_a_group_without_ketamine_is_given_is_compared(methods: str, comparators: set[str]) -> None:
    assert against("Ketamine in gout", methods) == comparators


@pytest.mark.parametrize(
    "methods",
    [
        "Group A received ketamine 10 mg before surgery and group B received ketamine 10 mg after surgery.",
        "Group A (ketamine at once), group B (ketamine at night) and group C (ketamine in two halves) were made.",
        "Patients received ketamine 0.2 mg/kg (low group) or 0.5 mg/kg (high group).",
        "Oral (n = 20) or IV (n = 21) ketamine was given.",
        "We compared a bolus with a continuous infusion of ketamine.",
        "The aim was to compare single and repeated doses of ketamine.",
        "Low-dose ketamine was compared with high-dose ketamine.",
    ],
)
def test_ketamine_may_stand_against_itself(methods: str) -> None:
    assert "dose-comparison" in against("Ketamine in gout", methods)


@pytest.mark.parametrize(
    "methods",
    [
        "Group A (ketamine group) and group B (saline group) were made. Group A received ketamine 10 mg.",
        "Group A received saline and ketamine, group B vitamin and ketamine, group C saline.",
        "Patients had flexibly dosed esketamine (56 or 84 mg) or placebo.",
        "Single and repeated doses of ketamine were compared with placebo.",
    ],
)
def test_one_way_to_give_ketamine_is_not_compared_with_itself(methods: str) -> None:
    assert "dose-comparison" not in against("Ketamine in gout", methods)


def test_two_forms_are_compared_where_a_sentence_sets_them_against_each_other() -> None:
    methods = "Racemic ketamine or esketamine was given."
    assert "dose-comparison" not in against("Stress before ketamine", methods)
    assert "dose-comparison" in against("Racemic ketamine versus esketamine", methods)


@pytest.mark.parametrize(
    "title",
    [
        "Ketamine and the antidepressant response in gout",
        "Rapid antidepressant effects of ketamine or saline",
        "Ketamine and opioid requirements in gout",
        "Ketamine-assisted psychotherapy in gout",
        "Ketamine plus propofol in gout",
        "Olanzapine attenuates ketamine-induced memory loss",
    ],
)
def test_a_drug_or_class_in_passing_is_not_compared(title: str) -> None:
    assert not {"other-drug", "opioid"} & against(title)


def test_a_class_that_is_compared_counts() -> None:
    assert against("Ketamine compared with oral antidepressants in gout") == {"other-drug"}


@pytest.mark.parametrize(
    ("title", "comparators"),
    [
        ("Ketamine or electroconvulsive therapy in depression", {"ect"}),
        ("Ketamine versus propofol anaesthesia for electroconvulsive therapy in depression", {"other-drug"}),
        ("Ketamine-assisted electroconvulsive therapy versus methohexital in depression", {"other-drug"}),
    ],
)
def test_convulsions_under_ketamine_are_no_comparator(title: str, comparators: set[str]) -> None:
    assert against(title) == comparators


def test_what_is_called_a_psychoactive_control_is_an_active_placebo() -> None:
    methods = "Patients with depression had ketamine or the psychoactive control fentanyl."
    assert against("Ketamine for depression", methods) == {"active-placebo"}


@pytest.mark.parametrize(
    ("methods", "comparators"),
    [
        ("The control group received conventional analgesia.", {"standard-care"}),
        ("Patients whose disease was refractory to standard treatment were given ketamine.", set()),
        ("Esketamine plus standard of care was given.", set()),
        ("They were compared with patients who did not receive ketamine.", {"standard-care"}),
        ("Patients had anaesthesia with or without ketamine, or placebo.", {"placebo"}),
    ],
)
def test_usual_care_counts_where_a_group_has_it_alone(methods: str, comparators: set[str]) -> None:
    assert against("Ketamine in gout", methods) == comparators


def test_a_network_compares_all_that_it_names() -> None:
    results = "Ketamine helped most. Gabapentin helped less."
    reading = read("Drugs for gout: a network meta-analysis", methods="Trials were pooled.", results=results)
    assert studied(reading, Axis.COMPARATOR) == {"other-drug"}
    reading = read("Drugs for gout: a meta-analysis", methods="Trials were pooled.", results=results)
    assert studied(reading, Axis.COMPARATOR) == set()
    assert background(reading, Axis.COMPARATOR) == {"other-drug"}


def test_an_aim_under_the_heading_of_the_background_counts() -> None:
    reading = read(
        "Ketamine in gout: a randomised trial",
        background="Gout hurts. The aim of this study was to compare ketamine with diclofenac.",
        methods="Patients were randomised.",
        results="Pain fell.",
    )
    assert studied(reading, Axis.COMPARATOR) == {"other-drug"}


def test_a_vehicle_on_the_road_is_no_placebo() -> None:
    assert against("Ketamine after a motor vehicle accident", "Patients received ketamine.") == set()


@pytest.mark.parametrize(
    ("title", "comparators"),
    [
        ("Ketamine or electroconvulsive therapy in gout: an editorial", {"ect"}),
        ("Ketamine versus morphine in gout: a narrative review", {"opioid"}),
        ("Ketamine in gout: a narrative review", set()),
    ],
)
def test_what_a_title_sets_apart_is_compared_in_any_kind_of_text(title: str, comparators: set[str]) -> None:
    assert studied(read(title, methods="Opinions are given."), Axis.COMPARATOR) == comparators


def test_what_the_conclusion_alone_compares_was_not_compared() -> None:
    conclusions = "Ketamine is not better than haloperidol, which is cheaper."
    reading = read(
        "Ketamine in gout: a randomised trial", methods="Patients had ketamine or placebo.", conclusions=conclusions
    )
    assert studied(reading, Axis.COMPARATOR) == {"placebo"}


def test_the_drug_of_both_groups_is_no_comparator_whatever_stands_in_brackets() -> None:
    methods = "Patients had ketamine plus propofol (drug group) or saline (control group) plus propofol."
    assert against("Ketamine in gout", methods) == {"placebo"}


def test_a_number_of_doses_is_a_course_and_two_routes_of_a_title_are_compared() -> None:
    assert against("Ketamine in gout", "Patients received four doses of ketamine.") == set()
    assert against("Intravenous and intranasal ketamine in gout") == {"dose-comparison"}
    assert against("Intravenous ketamine/intranasal esketamine in gout") == set()


def test_without_headings_who_counts_the_treated_tells_the_methods() -> None:
    text = "Gout is painful. There were 12 patients receiving ketamine and 11 receiving placebo. They were seen once."
    reading = read("Ketamine in gout: a randomised trial", **{"": text})
    assert studied(reading, Axis.COMPARATOR) == {"placebo"}


@pytest.mark.parametrize(
    "results",
    [
        "The placebo response varied.",
        "Placebo effects were large.",
        "Future work must be randomised and placebo-controlled.",
        "Such trials should be compared with a placebo.",
    ],
)
def test_a_placebo_that_is_wished_for_or_spoken_of_was_not_given(results: str) -> None:
    assert studied(read("Ketamine in gout: a cohort study", results=results), Axis.COMPARATOR) == set()


def test_usual_care_that_is_named_in_brackets_is_what_stands_there() -> None:
    methods = "Ketamine was compared with usual care (morphine)."
    assert against("Ketamine in gout", methods) == {"opioid"}


def test_a_review_that_names_two_drugs_is_about_both() -> None:
    aim = "This work is on haloperidol and ketamine in gout."
    results = "Trials of ketamine or haloperidol were pooled."
    assert (
        studied(read("Ketamine in gout: a systematic review", objective=aim, results=results), Axis.COMPARATOR) == set()
    )
    assert studied(read("Ketamine in gout: a trial", objective=aim, results=results), Axis.COMPARATOR) == {"other-drug"}


def test_a_placebo_that_a_narrative_review_speaks_of_was_given_by_nobody() -> None:
    aim = "This review aims to discuss ketamine, and placebo as a problem of its trials."
    assert studied(read("Ketamine in gout: a narrative review", objective=aim), Axis.COMPARATOR) == set()


def test_a_drug_joined_to_ketamine_in_one_group_and_to_another_in_the_next_is_given_to_all() -> None:
    aim = "To compare propofol-ketamine (PK) with propofol-fentanyl (PF)."
    reading = read("Sedation in gout: a randomised trial", objective=aim, methods="Patients were randomised.")
    assert studied(reading, Axis.COMPARATOR) == {"opioid"}


def test_a_network_compares_convulsions_too() -> None:
    results = "ECT, ketamine and lithium did best."
    title = "Treatments of depression: a network meta-analysis"
    assert "ect" in studied(read(title, results=results), Axis.COMPARATOR)


def test_convulsions_are_a_setting_where_the_drugs_are_given_in_them() -> None:
    results = "Ketamine-ECT was inferior to propofol-ECT."
    title = "Ketamine versus propofol in electroconvulsive therapy: a randomised trial"
    assert studied(read(title, results=results), Axis.COMPARATOR) == {"other-drug"}


@pytest.mark.parametrize(
    ("methods", "comparators"),
    [
        ("Patients were sorted into a ketamine and a control group.", {"standard-care"}),
        ("Patients with gout and a control group were asked once.", set()),
        ("Ketamine was given to all, for lack of a control group.", set()),
    ],
)
def test_a_control_group_of_which_no_more_is_said_had_the_usual_care(methods: str, comparators: set[str]) -> None:
    assert studied(read("Ketamine for pain: a cohort study", methods=methods), Axis.COMPARATOR) == comparators


@pytest.mark.parametrize(
    ("methods", "comparators"),
    [
        ("Patients were randomised to ketamine 40 mg/day or 80 mg/day.", {"dose-comparison"}),
        ("Patients took ketamine by mouth at 2.0 or 2.5 mg/kg.", set()),
    ],
)
def test_two_doses_are_compared_where_people_are_divided(methods: str, comparators: set[str]) -> None:
    assert studied(read("Ketamine for depression: a cohort study", methods=methods), Axis.COMPARATOR) == comparators


@pytest.mark.parametrize(
    ("results", "comparators"),
    [
        ("Compared with the CON group, pain was less in the ESK group.", {"standard-care"}),
        ("Pain was less with ketamine than in the control group.", {"standard-care"}),
        ("Pain was less than in the control group of a former study.", set()),
        ("There was no control group for those given ketamine.", set()),
    ],
)
def test_results_may_be_the_first_to_name_the_control_group(results: str, comparators: set[str]) -> None:
    record = read(
        "Ketamine for postoperative pain: a randomised trial", methods="Patients were randomised.", results=results
    )
    assert studied(record, Axis.COMPARATOR) == comparators


@pytest.mark.parametrize(
    ("methods", "comparators"),
    [
        ("This active, placebo-controlled trial gave ketamine or midazolam.", {"active-placebo"}),
        ("This placebo-controlled trial gave ketamine, midazolam or placebo.", {"active-placebo", "placebo"}),
    ],
)
def test_a_placebo_controlled_trial_with_an_active_placebo_has_no_other(methods: str, comparators: set[str]) -> None:
    assert against("Ketamine for depression", methods) == comparators


@pytest.mark.parametrize(
    "methods",
    [
        "Patients were randomised to ketamine tablets of 10, 20 or 40 mg, or placebo.",
        "There were the ketamine AB group (0.2 mg/kg at once), the ketamine CD group (0.2 mg/kg, then 0.1 mg/kg per "
        "hour) and the control group (saline).",
    ],
)
def test_doses_beside_a_placebo_and_groups_named_by_the_drug_are_compared(methods: str) -> None:
    assert against("Ketamine in gout", methods) == {"dose-comparison", "placebo"}


def test_a_dose_response_seen_afterwards_compares_no_doses() -> None:
    record = read(
        "Ketamine in gout: a randomised trial",
        methods="Patients were randomised to ketamine or morphine.",
        results="A dose-response relationship was seen with ketamine.",
    )
    assert studied(record, Axis.COMPARATOR) == {"opioid"}


@pytest.mark.parametrize(
    ("title", "comparators"),
    [
        ("Ketamine versus placebo in depression: a randomised trial", {"placebo"}),
        ("Ketamine versus electroconvulsive therapy in depression: a randomised trial", {"ect"}),
        ("Ketamine versus morphine in renal colic: a randomised trial", {"opioid"}),
    ],
)
def test_what_stands_against_ketamine_is_the_comparator(title: str, comparators: set[str]) -> None:
    assert studied(read(title), Axis.COMPARATOR) == comparators


def test_two_doses_side_by_side_are_compared() -> None:
    reading = read(
        "Ketamine for depression",
        methods="Sixty patients were randomised to ketamine 0.2 or 0.5 mg/kg.",
    )
    assert "dose-comparison" in studied(reading, Axis.COMPARATOR)


def test_a_dose_that_was_raised_is_not_compared() -> None:
    reading = read("Ketamine for depression", methods="Sixty patients were randomised to ketamine, 0.5 to 1.0 mg/kg.")
    assert "dose-comparison" not in studied(reading, Axis.COMPARATOR)


def test_two_routes_set_against_each_other_are_compared() -> None:
    reading = read(
        "Oral versus intravenous ketamine for depression: a randomised trial",
        methods="Patients with depression were randomised.",
    )
    assert "dose-comparison" in studied(reading, Axis.COMPARATOR)


@pytest.mark.parametrize("words", ["The lack of a placebo group", "The absence of a placebo"])
def test_a_placebo_that_is_missing_is_no_comparator(words: str) -> None:
    reading = read(
        "Ketamine for depression: an observational study",
        methods="Patients had ketamine infusions.",
        limitations=f"{words} limits the findings.",
    )
    assert "placebo" not in studied(reading, Axis.COMPARATOR)


def test_opioids_that_people_use_are_no_comparator() -> None:
    reading = read(
        "Ketamine after surgery: a randomised trial", methods="Opioid use before surgery was compared with none."
    )
    assert "opioid" not in studied(reading, Axis.COMPARATOR)


@pytest.mark.parametrize(
    ("methods", "comparators"),
    [
        ("They were given saline, ketamine 5 mg, tramadol 50 mg, or both drugs together.", {"placebo", "opioid"}),
        ("Groups had placebo, ketamine, ketamine plus caffeine, and caffeine alone.", {"placebo", "other-drug"}),
        ("Groups had tramadol plus ketamine or tramadol plus placebo; tramadol alone was the rescue.", {"placebo"}),
    ],
)
def test_a_drug_that_is_crossed_with_ketamine_is_compared(methods: str, comparators: set[str]) -> None:
    assert against("Ketamine in gout", methods) == comparators


@pytest.mark.parametrize(
    ("title", "methods", "comparators"),
    [
        ("Ketamine for gout pain", "They had ketamine or, as active control, lorazepam. Lorazepam was safe.", True),
        ("Ketamine for gout pain", "They had ketamine or lorazepam.", False),
        ("Ketamine for sedation", "They had ketamine or, as active control, lorazepam.", False),
    ],
)
def test_a_sedative_called_an_active_control_is_an_active_placebo(title: str, methods: str, comparators: bool) -> None:
    assert against(title, methods) == ({"active-placebo"} if comparators else {"other-drug"})


@pytest.mark.parametrize(
    ("title", "methods"),
    [
        ("Ketamine, a phencyclidine derivative, in gout", "Patients were randomised to ketamine or saline."),
        ("Xylazine-ketamine compared with saline in gout", "Patients were randomised."),
        ("A compounded gel of ketamine, baclofen and saline in gout", "Patients were randomised to gel or saline."),
        ("Ketamine in gout", "Intake of morphine equivalents was noted. Ketamine or saline was given by lot."),
    ],
)
def test_a_drug_in_the_mixture_or_akin_to_ketamine_is_not_compared(title: str, methods: str) -> None:
    assert against(title, methods) == {"placebo"}


def test_the_anaesthetic_for_convulsions_is_not_compared() -> None:
    methods = "They were randomised to ECT under thiopental anaesthesia or to ketamine 0.5 mg/kg."
    assert against("Ketamine or ECT in depression", methods) == {"ect"}


def test_two_drugs_of_a_title_are_compared_where_a_word_compares() -> None:
    done = "All had xylazine, then ketamine. Relaxation was good."
    assert background(read("Xylazine and ketamine in gout", methods=done), Axis.COMPARATOR) >= {"other-drug"}
    done = "Relaxation was better than before with either drug."
    assert studied(read("Xylazine and ketamine in gout", methods=done), Axis.COMPARATOR) == {"other-drug"}


def test_who_never_took_the_drug_was_not_treated_otherwise() -> None:
    done = "Ketamine users and people without ketamine use were compared."
    assert studied(read("Memory of ketamine users", objective=done), Axis.COMPARATOR) == set()


@pytest.mark.parametrize(
    "inert", ["0.9% NaCl", "isotonic sodium chloride", "plain water", "5% glucose", "an inactive substance"]
)
def test_what_has_no_effect_is_a_placebo_by_any_name(inert: str) -> None:
    assert against("Ketamine in gout", f"Patients were randomised to ketamine or {inert}.") == {"placebo"}


@pytest.mark.parametrize("care", ["usual management", "conventional care", "no premedication", "best supportive care"])
def test_care_without_ketamine_has_many_names(care: str) -> None:
    assert against("Ketamine in gout", f"Patients were randomised to ketamine or {care}.") == {"standard-care"}


@pytest.mark.parametrize(
    "methods",
    [
        "They were allocated to esketamine 0.1 mg/kg/h, to esketamine 0.3 mg/kg/h, or to saline.",
        "Patients were assigned to ketamine at 0.1, 0.2, 0.5, or 1 mg/kg or to midazolam 0.02 mg/kg.",
        "They had (R)-ketamine (5 mg/kg), (S)-ketamine (5 mg/kg) or saline by lot.",
        "They were randomised to ketamine 10, 30 or 90 microg.",
    ],
)
def test_doses_and_forms_of_a_list_are_compared(methods: str) -> None:
    assert "dose-comparison" in against("Ketamine in gout", methods)


def test_the_number_in_the_name_of_a_drug_is_no_dose() -> None:
    assert against("Ketamine in gout", "CI-581 (ketamine), 6 mg/kg was given.") == set()


@pytest.mark.parametrize(
    "words", ["in place of", "in lieu of", "as opposed to", "in comparison with", "as effective as", "non-inferior to"]
)
def test_many_words_set_two_drugs_apart(words: str) -> None:
    assert against("Pain in gout", f"We tested ketamine {words} ketorolac.") == {"other-drug"}


def test_a_drug_given_to_all_is_compared_alone() -> None:
    assert against("Midazolam with or without ketamine for sedation") == {"other-drug"}


def test_a_review_counts_what_it_calls_the_control() -> None:
    found = "Six trials were found, in two of which midazolam was the comparator."
    reading = read("Ketamine in depression: a systematic review", results=found)
    assert studied(reading, Axis.COMPARATOR) == {"active-placebo"}
