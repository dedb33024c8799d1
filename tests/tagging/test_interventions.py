"""Which form and route of ketamine a text tells of, where words beside it speak of something else. Made-up texts."""

from __future__ import annotations

import pytest

from ketlit.vocabulary import Axis
from tests.readings import read, studied


@pytest.mark.parametrize(
    "state",
    [
        "under epidural anaesthesia",
        "receiving labour epidural analgesia",
        "undergoing combined spinal-epidural anesthesia",
    ],
)
def test_the_anaesthesia_that_patients_have_is_no_route_of_ketamine(state: str) -> None:
    reading = read("Ketamine after delivery", methods=f"Women {state} were given intravenous ketamine.")
    assert studied(reading, Axis.ROUTE) == {"intravenous"}


def test_ketamine_in_an_epidural_mixture_is_epidural() -> None:
    reading = read(
        "Ketamine after delivery", methods="Women were given ketamine with bupivacaine by the epidural route."
    )
    assert studied(reading, Axis.ROUTE) == {"epidural"}


def test_the_background_tells_the_route_where_nothing_else_does() -> None:
    background = "Intravenous ketamine is given in gout."
    reading = read("Ketamine in gout", background=background, methods="Patients received ketamine 30 mg.")
    assert studied(reading, Axis.ROUTE) == {"intravenous"}
    reading = read("Ketamine in gout", background=background, methods="Patients received intranasal ketamine.")
    assert studied(reading, Axis.ROUTE) == {"intranasal"}


def test_two_routes_of_the_background_leave_it_open() -> None:
    background = "Intravenous ketamine and intramuscular ketamine are given in gout."
    reading = read("Ketamine in gout", background=background, methods="Patients received ketamine 30 mg.")
    assert studied(reading, Axis.ROUTE) == set()


def test_people_beside_animals_have_their_own_route() -> None:
    reading = read(
        "Ketamine and sleep in rats and volunteers",
        methods="Volunteers received intravenous ketamine. Rats received intraperitoneal ketamine.",
    )
    assert studied(reading, Axis.ROUTE) == {"intravenous", "animal-route"}


def test_a_dose_by_weight_says_no_route() -> None:
    reading = read("Ketamine in hernia surgery", methods="Patients were given ketamine 0.5 mg/kg before induction.")
    assert studied(reading, Axis.ROUTE) == set()


def test_a_drug_that_is_pumped_goes_into_a_vein() -> None:
    reading = read("Ketamine in gout", methods="Patients had ketamine or saline. The drugs were pumped for an hour.")
    assert studied(reading, Axis.ROUTE) == {"intravenous"}


@pytest.mark.parametrize(
    ("words", "forms"),
    [
        ("A subanaesthetic dose of esketamine in gout", {"esketamine"}),
        ("Low-dose S-ketamine in gout", {"esketamine"}),
        ("Low-dose ketamine in gout", {"ketamine"}),
        ("(Es)ketamine in gout", {"ketamine", "esketamine"}),
        ("An assay of ketamine and its metabolites in gout", {"ketamine", "metabolites"}),
    ],
)
def test_a_form_is_told_by_its_own_name(words: str, forms: set[str]) -> None:
    assert studied(read(words), Axis.DRUG) == forms


def test_a_short_name_that_is_defined_means_the_form_it_stands_for() -> None:
    background = "(R,S)-ketamine (hereafter ketamine) may help in gout."
    assert studied(read("Ketamine in gout", background=background), Axis.DRUG) == {"racemic"}


def test_forms_in_one_breath_are_both_studied() -> None:
    reading = read("Ketamine in gout", methods="Studies of ketamine or esketamine were sought.")
    assert studied(reading, Axis.DRUG) == {"ketamine", "esketamine"}


@pytest.mark.parametrize(
    ("methods", "routes"),
    [
        ("Patients had oral or intramuscular ketamine.", {"oral", "intramuscular"}),
        ("Patients were given iv ketamine.", {"intravenous"}),
        ("Children received ketamine 5 mg/kg im before sleep.", {"intramuscular"}),
        ("Ketamine was given by a mucosal atomiser.", {"intranasal"}),
    ],
)
def test_routes_are_read_in_lists_and_in_small_letters(methods: str, routes: set[str]) -> None:
    assert studied(read("Ketamine in gout", methods=methods), Axis.ROUTE) == routes


@pytest.mark.parametrize("words", ["(80 mg/kg ip)", "by gavage", "by microinjections into the cortex"])
def test_ways_into_animals_are_one_term(words: str) -> None:
    assert studied(read("Ketamine in rats", methods=f"Rats had ketamine {words}."), Axis.ROUTE) == {"animal-route"}


@pytest.mark.parametrize(
    ("methods", "results", "routes"),
    [
        ("Trials that compared subcutaneous ketamine with saline were sought.", "", {"subcutaneous"}),
        ("Trials were sought.", "The routes were oral, rectal ketamine and intramuscular.", {"oral", "rectal"}),
        ("Trials were sought.", "The effect lasted a day after the infusion.", {"intravenous"}),
    ],
)
def test_a_review_is_about_the_routes_of_its_studies(methods: str, results: str, routes: set[str]) -> None:
    title = "Ketamine in gout: a systematic review and meta-analysis"
    assert routes <= studied(read(title, methods=methods, results=results), Axis.ROUTE)


def test_what_a_review_tells_beforehand_is_no_route_of_its_studies() -> None:
    title = "Ketamine in gout: a systematic review"
    background = "Intranasal ketamine is approved for gout."
    reading = read(title, background=background, methods="Trials were sought.", results="Five were found.")
    assert studied(reading, Axis.ROUTE) == set()


def test_a_review_without_headings_tells_of_others_work_throughout() -> None:
    text = "Gout is painful. Nasal ketamine was approved for gout last year. This review tells of it."
    assert studied(read("Ketamine in gout: a narrative review", **{"": text}), Axis.ROUTE) == {"intranasal"}


@pytest.mark.parametrize("title", ["Daily injections of ketamine in monkeys", "Rats injected with ketamine"])
def test_an_injection_into_animals_needs_no_other_name(title: str) -> None:
    assert studied(read(title), Axis.ROUTE) == {"animal-route"}


def test_shocks_have_no_route() -> None:
    methods = (
        "Ketamine, beside electroconvulsive therapy, was given by intranasal (n = 9) or intramuscular (n = 8) spray."
    )
    assert studied(read("Ketamine in gout", methods=methods), Axis.ROUTE) == {"intranasal", "intramuscular"}


@pytest.mark.parametrize("words", ["IM (n = 5) or SC (n = 6)", "SC, IM or PO"])
def test_short_routes_in_a_list_explain_each_other(words: str) -> None:
    routes = studied(read("Ketamine in gout", methods=f"Treatments were {words}."), Axis.ROUTE)
    assert {"intramuscular", "subcutaneous"} <= routes


def test_infusions_in_the_conclusion_are_not_those_of_ketamine() -> None:
    conclusions = "Infusion protocols have yet to be written."
    reading = read("Ketamine in gout", methods="Patients had ketamine.", conclusions=conclusions)
    assert studied(reading, Axis.ROUTE) == set()


def test_a_review_studies_each_exact_form_that_its_studies_gave() -> None:
    methods = "Trials of ketamine were sought. Ketamine of any dose counted. Ketamine by any route counted."
    results = "Two trials gave arketamine. Ketamine was safe. Ketamine was cheap."
    title = "Ketamine in gout: a systematic review"
    assert studied(read(title, methods=methods, results=results), Axis.DRUG) == {"ketamine", "arketamine"}


@pytest.mark.parametrize("words", ["in the racemic form", "as a racemic formulation", "as the racemate"])
def test_ketamine_is_racemic_where_it_is_said_apart(words: str) -> None:
    reading = read("Ketamine in gout", methods=f"Patients were given the drug {words}.")
    assert studied(reading, Axis.DRUG) == {"racemic"}


def test_what_a_study_says_of_its_ketamine_in_passing_holds() -> None:
    background = "Racemic ketamine is cheap."
    methods = "Patients had ketamine."
    reading = read("Ketamine in gout: a randomised trial", background=background, methods=methods)
    assert studied(reading, Axis.DRUG) == {"racemic"}
    review = read("Ketamine in gout: a systematic review", background=background, methods=methods)
    assert studied(review, Axis.DRUG) == {"ketamine"}


def test_a_review_whose_title_names_no_form_is_about_all_that_stand_side_by_side() -> None:
    results = "Ketamine, esketamine and psilocybin did best. Esketamine was dear. Esketamine was safe."
    assert studied(read("Treatments of gout: a meta-analysis", results=results), Axis.DRUG) == {
        "ketamine",
        "esketamine",
    }


def test_a_racemate_of_another_drug_is_not_ketamine() -> None:
    reading = read(
        "Racemic or pure bupivacaine for nerve blocks", methods="Patients had the racemate or the pure form."
    )
    assert not [tag for tag in reading.tags if tag.axis == Axis.DRUG]


@pytest.mark.parametrize(
    ("title", "forms"),
    [
        ("Ketamine in gout", {"ketamine"}),
        ("S(+)-ketamine in gout", {"esketamine"}),
        ("(R,S)-ketamine in gout", {"racemic"}),
        ("Racemic ketamine versus esketamine in gout", {"racemic", "esketamine"}),
        ("Arketamine in gout", {"arketamine"}),
    ],
)
def test_the_form_is_the_one_named(title: str, forms: set[str]) -> None:
    assert studied(read(title), Axis.DRUG) == forms


@pytest.mark.parametrize(
    ("methods", "routes"),
    [
        ("Patients received intravenous ketamine.", {"intravenous"}),
        ("Patients received ketamine 0.5 mg/kg over 40 min.", {"intravenous"}),
        ("Patients received intranasal ketamine or oral midazolam.", {"intranasal"}),
        ("Patients received oral ketamine; rescue was intravenous morphine.", {"oral"}),
        ("A phase IV study by DSM-IV criteria of ketamine.", set()),
    ],
)
def test_the_route_is_that_of_ketamine(methods: str, routes: set[str]) -> None:
    assert studied(read("Ketamine in gout", methods=methods), Axis.ROUTE) == routes


def test_a_way_into_an_animal_is_one_term() -> None:
    reading = read("Ketamine in rats", methods="Rats were given ketamine intramuscularly.")
    assert studied(reading, Axis.ROUTE) == {"animal-route"}


def test_a_route_before_two_drugs_is_that_of_both() -> None:
    assert studied(read("Intranasal midazolam or ketamine before surgery in children"), Axis.ROUTE) == {"intranasal"}


def test_a_dose_keeps_value_unit_duration_and_its_words() -> None:
    [dose] = read("Gout", methods="Ketamine 0,5 mg/kg over 40 min was given twice weekly.").doses
    assert (dose.value, dose.unit, dose.duration, dose.duration_unit) == (0.5, "mg/kg", 40.0, "min")
    assert (dose.text, dose.schedule) == ("0,5 mg/kg over 40 min", "twice weekly")


@pytest.mark.parametrize(
    ("words", "value", "high", "unit"),
    [
        ("0\u00b75 mg kg-1", 0.5, None, "mg/kg"),
        ("0.1-0.3 mg/kg/h", 0.1, 0.3, "mg/kg/h"),
        ("5 \u00b5g/kg/min", 5.0, None, "ug/kg/min"),
        ("56 or 84 mg", 56.0, 84.0, "mg"),
        ("20 mg/h", 20.0, None, "mg/h"),
    ],
)
def test_doses_are_read_as_they_are_printed(words: str, value: float, high: float | None, unit: str) -> None:
    [dose] = read("Gout", methods=f"Esketamine {words} was given.").doses
    assert (dose.drug, dose.value, dose.value_high, dose.unit) == ("esketamine", value, high, unit)


def test_the_dose_of_the_comparator_is_not_ketamines() -> None:
    doses = read("Gout", methods="Ketamine 0.5 mg/kg was compared with midazolam 0.045 mg/kg.").doses
    assert [dose.value for dose in doses] == [0.5]


@pytest.mark.parametrize(
    ("given", "route"),
    [
        ("by vein", "intravenous"),
        ("into the muscle", "intramuscular"),
        ("under the skin", "subcutaneous"),
        ("through the nose", "intranasal"),
        ("as an oral suspension", "oral"),
        ("under the tongue", "sublingual"),
        ("as a mouthwash", "topical"),
        ("as a rectal solution", "rectal"),
        ("with a nebulizer", "inhaled"),
        ("peridurally", "epidural"),
    ],
)
def test_a_route_may_be_said_in_plain_words(given: str, route: str) -> None:
    assert studied(read("Ketamine in gout", methods=f"Ketamine was given {given}."), Axis.ROUTE) == {route}


def test_a_review_of_ketamine_tells_its_routes_where_it_names_no_drug() -> None:
    text = "A panel met. The oral solution is advised at first, or a subcutaneous infusion at home."
    reading = read("Consensus recommendations on ketamine in gout", text)
    assert studied(reading, Axis.ROUTE) == {"oral", "subcutaneous"}


def test_what_was_given_was_done_where_no_heading_says_so() -> None:
    text = "Gout hurts. Over two days, twelve men were infused with ketamine. Moods were mixed."
    assert studied(read("Ketamine in gout", text), Axis.ROUTE) == {"intravenous"}


def test_drugs_that_are_needed_less_have_no_route() -> None:
    text = "Ketamine has been used for gout, and subcutaneous infusions were credited with opioid sparing."
    assert studied(read("Ketamine in gout: a review", text), Axis.ROUTE) == {"subcutaneous"}


def test_an_infusion_far_from_another_drug_is_of_both() -> None:
    methods = "In a trial of ketamine (n = 9; 8 men), placebo or midazolam (n = 9; 7 men; two centres, one city, "
    methods += "three wards, all of them open), blood was taken a day after infusion."
    assert studied(read("Ketamine in gout", methods=methods), Axis.ROUTE) == {"intravenous"}
