"""Which conditions are studied: what a sentence does with a disease that it names, by examples in our own words."""

from __future__ import annotations

import pytest

from ketlit.vocabulary import Axis
from tests.readings import background, read, studied


def conditions(title: str, *texts: str, **sections: str) -> set[str]:
    """The conditions studied."""
    return studied(read(title, *texts, **sections), Axis.CONDITION)


@pytest.mark.parametrize(
    "methods",
    [
        "Adults with OCD took part. Depression severity and suicidal ideation were recorded each week.",
        "Adults with OCD took part. They were rated on scales of depression, suicidality and pain.",
        "Adults with OCD took part. Secondary outcomes were depression and migraine.",
    ],
)
def test_what_is_measured_is_not_what_is_treated(methods: str) -> None:
    assert conditions("Ketamine for obsessive-compulsive disorder", methods=methods) == {"ocd"}


def test_words_typed_into_a_database_are_no_conditions() -> None:
    methods = "We searched MEDLINE with the keywords migraine, sciatica, fibromyalgia and ketamine."
    assert conditions("Ketamine for fibromyalgia: a systematic review", methods=methods) == {"fibromyalgia"}


def test_what_is_known_is_not_the_aim_under_whose_label_it_stands() -> None:
    aim = (
        "Postpartum depression is common and can be prevented with esketamine. "
        "We aimed to learn whether esketamine helps women with bulimia nervosa."
    )
    methods = "Women with bulimia nervosa were given esketamine."
    results = "They ate less."
    assert conditions("Esketamine for women who binge", purpose=aim, methods=methods, results=results) == {
        "eating-disorder"
    }


def test_animals_stand_for_the_ill_and_people_in_a_model_do_not() -> None:
    rats = conditions("Clozapine in a rat model of schizophrenia", methods="Rats were given ketamine for ten days.")
    people = conditions(
        "Ketamine as a model of schizophrenia", methods="Twenty healthy volunteers were given ketamine or placebo."
    )
    assert (rats, people) == ({"other-psychiatric"}, {"healthy-volunteers"})


@pytest.mark.parametrize(
    ("title", "condition"),
    [
        ("Ketamine in mice after chronic social defeat stress", "depression"),
        ("Intrathecal ketamine in rats with spared nerve injury", "neuropathic-pain"),
        ("Ketamine and infarct size after middle cerebral artery occlusion in rats", "neurological-other"),
        ("Ketamine against oxaliplatin-induced allodynia in mice", "cipn"),
        ("Ketamine and morphine tolerance in rats", "opioid-induced-hyperalgesia"),
    ],
)
def test_a_model_of_a_disease_is_that_disease(title: str, condition: str) -> None:
    methods = "Animals were injected with ketamine and their behaviour was recorded."
    assert conditions(title, methods=methods) == {condition}


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("Esketamine and anxiety and depression of students", {"anxiety-disorder", "depression"}),
        ("Ketamine for mood disorders, anxiety, or suicidality", {"mood-disorder", "anxiety-disorder", "suicidality"}),
        ("Ketamine in unipolar and bipolar depression", {"mdd", "bipolar-depression"}),
        ("Ketamine in bipolar or unipolar depression", {"mdd", "bipolar-depression"}),
        ("Ketamine in treatment-resistant bipolar depression", {"bipolar-depression"}),
        ("Ketamine in MDD or treatment-resistant depression", {"mdd", "trd"}),
    ],
)
def test_words_that_share_a_noun_are_each_read(title: str, wanted: set[str]) -> None:
    assert conditions(title, methods="Adults were treated at home.") == wanted


def test_relief_of_pain_that_is_sought_in_surgery_is_postoperative_pain() -> None:
    methods = "Patients who had hip surgery were given ketamine or saline. The primary outcome was opioid consumption."
    assert conditions("Ketamine during hip surgery", methods=methods) == {"postoperative-pain"}
    recorded = "Patients who had hip surgery were given ketamine or saline. Opioid consumption was noted as well."
    assert conditions("Ketamine during hip surgery", methods=recorded) == {"perioperative-other"}


def test_bare_words_mean_what_stands_beside_them() -> None:
    methods = "Parturients were randomized to ketamine or saline."
    assert conditions("Ketamine for pain and depression following cesarean section", methods=methods) == {
        "postoperative-pain",
        "postpartum-depression",
    }


def test_what_only_the_results_of_an_operation_name_is_an_outcome() -> None:
    wanted = conditions(
        "Esketamine and recovery of patients having thoracic surgery",
        methods="Patients who had thoracic surgery were given esketamine or saline.",
        results="Depression was rarer.",
        conclusion="Esketamine can relieve depression and anxiety.",
    )
    assert wanted == {"perioperative-other"}


def test_a_drug_s_use_counts_where_no_more_is_said_of_the_patients() -> None:
    background = "Esketamine nasal spray is approved for treatment-resistant depression."
    methods = "Reports of apnea in patients were drawn from a registry."
    assert conditions("Apnea with esketamine nasal spray", background=background, methods=methods) == {"trd"}
    users = "Visitors of clubs were surveyed about ketamine misuse."
    assert conditions("Ketamine at parties", background=background, methods=users) == set()


def test_who_is_asked_about_ketamine_need_not_be_healthy() -> None:
    assert conditions("Ketamine among students", methods="Students filled in an online survey.") == set()
    assert conditions("Ketamine and recall", methods="Students were given ketamine or placebo.") == {
        "healthy-volunteers"
    }


def test_psychiatric_disorders_count_where_hardly_any_is_named() -> None:
    title = "Ketamine for psychiatric disorders: a systematic review"
    assert conditions(title, methods="We searched MEDLINE.") == {"psychiatric-unspecified"}
    several = "We found trials in patients with PTSD, with OCD, with anorexia nervosa and with bipolar disorder."
    assert "psychiatric-unspecified" not in conditions(title, methods="We searched MEDLINE.", results=several)


@pytest.mark.parametrize("title", ["Ketamine and the EEG of the cat", "Ketamine in guinea pigs"])
def test_cats_and_guinea_pigs_are_animals(title: str) -> None:
    assert read(title, methods="Activity was recorded after ketamine.").design == "preclinical"


@pytest.mark.parametrize(
    "piece", ["pain of the after ", "depression and ", "anxiety, ", "treatment resistant ", "bipolar or "]
)
def test_a_text_that_goes_on_and_on_is_read(piece: str) -> None:
    assert conditions("Ketamine for pain after surgery", piece * (40_000 // len(piece))) >= {"postoperative-pain"}


def test_patients_named_in_passing_are_those_studied_where_no_more_is_said() -> None:
    text = "Patients with treatment-resistant depression on esketamine came to a clinic. Their anxiety fell."
    assert conditions("Life with esketamine", text) == {"trd"}


def test_pain_of_people_with_cancer_is_cancer_pain() -> None:
    methods = "Patients with advanced cancer and refractory pain were given ketamine."
    assert conditions("Ketamine at the end of life", methods=methods) == {"cancer-pain"}
    assert conditions("Ketamine for chronic non-cancer pain", methods="Adults were treated.") == {"chronic-pain"}


def test_healthy_people_scanned_beside_patients_are_studied_too() -> None:
    methods = "Ten matched healthy volunteers were scanned once by MRI, patients with major depression twice."
    assert conditions("Ketamine in major depression", methods=methods) == {"mdd", "healthy-volunteers"}


def test_a_major_depressive_episode_may_be_one_of_bipolar_disorder() -> None:
    assert conditions("Ketamine infusions for patients in a major depressive episode") == {"depression"}


def test_healthy_people_measured_beside_patients_are_studied_too() -> None:
    methods = "Patients with major depressive disorder (n = 20) and healthy controls (n = 18) were scanned."
    assert conditions("Ketamine in major depressive disorder", methods=methods) == {"mdd", "healthy-volunteers"}


def test_healthy_controls_by_their_short_form_are_studied_too() -> None:
    methods = "Scans were made of 21 persons with major depression and 19 HCs."
    aim = "To compare people with major depression with healthy control subjects (HCs) before ketamine."
    assert conditions("Ketamine in major depression", aim=aim, methods=methods) == {"mdd", "healthy-volunteers"}
    assert "healthy-volunteers" not in conditions("HCs (hydrocarbons) as solvents of ketamine", text="HCs dissolve it.")


def test_who_is_otherwise_healthy_is_ill() -> None:
    methods = "We will recruit 40 otherwise medically healthy participants with major depression."
    assert conditions("Ketamine in major depression", methods=methods) == {"mdd"}


def test_short_forms_of_disorders_count_in_a_text_on_psychiatry() -> None:
    assert conditions("Ketamine in OCD") == {"ocd"}
    assert conditions("Esketamine for TRD") == {"trd"}
    assert "ocd" not in conditions("OCD of the knee: arthroscopy under ketamine")


def test_a_review_is_about_what_its_title_names() -> None:
    text = "We searched MEDLINE. Trials in migraine and in patients with bulimia nervosa were found."
    assert conditions("Ketamine for cluster headache: a systematic review", text) == {"cluster-headache"}
    assert conditions("Ketamine in the clinic: a systematic review", text) == {"migraine", "eating-disorder"}


def test_what_a_drug_is_on_the_market_for_is_not_what_is_studied() -> None:
    text = "Esketamine, approved for treatment-resistant depression, was given to adults with bulimia nervosa."
    assert conditions("Esketamine and eating", methods=text) == {"eating-disorder"}


def test_a_sample_may_be_mixed() -> None:
    methods = "Of 40 adults with treatment-resistant depression who were scanned, 12 had bipolar disorder."
    assert conditions("Ketamine and the brain", methods=methods) == {"trd", "bipolar-depression"}
    history = "Adults with treatment-resistant depression were scanned. Bipolar disorder was an exclusion criterion."
    assert conditions("Ketamine and the brain", methods=history) == {"trd"}


def test_addiction_that_is_feared_is_not_treated() -> None:
    text = "We searched MEDLINE for reports of adults with OCD."
    assert conditions("The risk of addiction to ketamine in obsessive-compulsive disorder: a review", text) == {"ocd"}
    assert conditions("Ketamine for addiction and obsessive-compulsive disorder: a review", text) == {
        "ocd",
        "substance-use-disorder",
    }


def test_what_some_have_and_others_have_not_is_not_what_is_treated() -> None:
    methods = "Adults with OCD were given ketamine. Those with alcohol use disorder did as well as those without."
    title = "Ketamine in obsessive-compulsive disorder with and without comorbid alcohol use disorder"
    assert conditions(title, methods=methods) == {"ocd"}


def test_what_is_only_known_does_not_narrow_who_is_treated() -> None:
    known = "Ketamine is used for treatment-resistant depression."
    methods = "Adults with major depressive disorder were given ketamine."
    title = "Ketamine in major depressive disorder"
    assert conditions(title, background=known, methods=methods) == {"mdd"}
    assert conditions(title, background=known, methods=f"{methods} All had treatment-resistant depression.") == {"trd"}


def test_animals_do_not_stand_for_what_is_only_hoped_for() -> None:
    hope = "Ketamine may help in opioid dependence. It is a hope for people with opioid dependence."
    assert conditions("Ketamine and the cortex of rats", methods="Rats were given ketamine.", conclusion=hope) == set()


def test_who_has_electroconvulsive_therapy_is_mentally_ill_and_no_epileptic() -> None:
    methods = "Patients whose seizures were too short were switched to ketamine anesthesia."
    assert conditions("Ketamine during electroconvulsive therapy", methods=methods) == {"psychiatric-unspecified"}
    depressed = methods.replace("Patients", "Patients with major depressive disorder")
    assert conditions("Ketamine during electroconvulsive therapy", methods=depressed) == {"mdd"}
    assert conditions("Ketamine for seizures of children", methods="Children with seizures were treated.") == {
        "neurological-other"
    }


def test_suicidal_people_are_not_depressed_for_being_rated() -> None:
    methods = "Adults in a suicidal crisis were given ketamine. Depressive symptoms were assessed too."
    assert conditions("Ketamine for suicidal crisis", methods=methods) == {"suicidality"}


def test_genetic_syndromes_of_development_are_of_the_nerves() -> None:
    methods = "Children with ADNP syndrome, a neurodevelopmental disorder, were given ketamine."
    assert conditions("Ketamine in children with ADNP syndrome", methods=methods) == {"neurological-other"}


@pytest.mark.parametrize(
    ("title", "methods", "conditions"),
    [
        ("Ketamine in treatment-resistant depression", "Adults with TRD took part.", {"trd"}),
        ("Ketamine in depression", "Patients with major depressive disorder were enrolled.", {"mdd"}),
        ("Ketamine and CRPS type I", "", {"crps-1"}),
        ("Ketamine after mastectomy", "Postoperative pain was scored in 40 women.", {"postoperative-pain"}),
        ("Ketamine and memory", "Twelve healthy men with no history of depression came.", {"healthy-volunteers"}),
        ("Ketamine for sedation of children", "Children having endoscopy were sedated.", {"perioperative-other"}),
    ],
)
def test_the_condition_is_that_of_the_people_studied(title: str, methods: str, conditions: set[str]) -> None:
    assert studied(read(title, methods=methods), Axis.CONDITION) == conditions


def test_a_disease_in_passing_is_background() -> None:
    reading = read("Ketamine for migraine", background="Fibromyalgia is common.", methods="People with migraine came.")
    assert studied(reading, Axis.CONDITION) == {"migraine"}
    assert "fibromyalgia" in background(reading, Axis.CONDITION)


def test_respiratory_depression_is_no_depression() -> None:
    assert studied(read("Ketamine and respiratory depression after surgery"), Axis.CONDITION) == {"perioperative-other"}


def test_what_foretells_the_response_is_not_what_is_treated() -> None:
    title = "Anxiety disorder predicts response to ketamine in patients with depression"
    assert studied(read(title), Axis.CONDITION) == {"depression"}


def test_pain_scores_after_surgery_are_an_outcome_and_no_condition() -> None:
    reading = read(
        "Esketamine for postpartum depression: a randomised trial",
        methods="Women had esketamine. The secondary outcome was postoperative pain scores.",
    )
    assert studied(reading, Axis.CONDITION) == {"postpartum-depression"}


@pytest.mark.parametrize(
    ("title", "methods", "named"),
    [
        ("Ketamine for phantom leg pain after a shark bite", "", {"phantom-limb-pain"}),
        ("Ketamine for cramp in late pregnancy: analgesia in labour", "Women in labour had ketamine.", {"labor-pain"}),
        ("Ketamine for older farmers with recurrent depression", "", {"late-life-depression"}),
        ("Ketamine and submaximal effort tourniquet", "Ten volunteers took part.", {"experimental-pain"}),
        ("Ketamine against remifentanil withdrawal hyperalgesia", "", {"opioid-induced-hyperalgesia"}),
        ("Ketamine for contamination obsessions", "", {"ocd"}),
        ("Ketamine in socially defeated hamsters", "Forty hamsters were used.", {"depression"}),
    ],
)
def test_conditions_go_by_many_names(title: str, methods: str, named: set[str]) -> None:
    assert named <= conditions(title, methods=methods)


def test_the_injury_is_not_told_of_beside_its_pain() -> None:
    methods = "Twelve people with spinal cord injury took part."
    assert conditions("Ketamine for pain after spinal cord injury", methods=methods) == {"sci-pain"}


@pytest.mark.parametrize("title", ["Ketamine anaesthesia for dressing of burns", "Sedation with ketamine in burns"])
def test_burned_people_who_are_put_to_sleep_are_not_treated_for_pain(title: str) -> None:
    methods = "Thirty patients with burns were studied."
    assert conditions(title, methods=methods) == {"perioperative-other"}
    assert conditions("Ketamine for burn pain", methods=methods) == {"burn-pain"}


def test_healthy_people_in_for_an_operation_are_patients() -> None:
    methods = "Fifty healthy women at term were given ketamine or thiopental at induction."
    assert conditions("Induction for cesarean section with ketamine", methods=methods) == {"perioperative-other"}
    methods = "Fifty women listed for removal of fibroids were allocated."
    assert conditions("Ketamine and sleep after laparoscopic surgery", methods=methods) == {"perioperative-other"}


def test_a_model_in_animals_stands_for_the_illness() -> None:
    text = "Ketamine mimics psychosis in rodents, as in schizophrenia. Twenty rats were given ketamine and clozapine."
    assert conditions("Clozapine against ketamine-evoked hyperactivity in rats", text) == {"other-psychiatric"}


def test_a_patient_who_depends_on_opioids_and_has_surgery_is_not_treated_for_it() -> None:
    methods = "Sixty opioid-dependent patients undergoing spine surgery were allocated."
    assert "substance-use-disorder" not in conditions("Ketamine in spine surgery", methods=methods)
