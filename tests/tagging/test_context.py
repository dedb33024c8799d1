"""Why ketamine is there: to treat, to anaesthetise, as a model, as a drug of misuse, or not at all. Made-up texts."""

from __future__ import annotations

import pytest

from ketlit.record import MeshHeading, Record
from tests.readings import READER, read


@pytest.mark.parametrize(
    ("title", "methods", "context"),
    [
        ("Ketamine for neuropathic pain", "", "therapeutic-pain"),
        ("Ketamine for major depressive disorder", "", "therapeutic-psychiatric"),
        ("Ketamine for intubation", "Patients were intubated.", "anesthesia"),
        ("Memory of ketamine users", "Chronic ketamine users were tested.", "misuse"),
        ("Ketamine as a model of psychosis", "Healthy volunteers received ketamine.", "psychosis-model"),
        ("Ketamine and the forced swim test in rats", "Rats were injected.", "mechanistic"),
        ("Medetomidine-ketamine for immobilization of bears", "Bears were darted.", "veterinary"),
        ("Kidney injury in rats", "Rats were anesthetized with ketamine.", "not-ketamine"),
        ("Aspirin for gout", "", "not-ketamine"),
    ],
)
def test_the_context_says_why_ketamine_is_there(title: str, methods: str, context: str) -> None:
    assert read(title, methods=methods).context == context


@pytest.mark.parametrize(
    ("title", "context"),
    [
        ("Sedation of howler monkeys with ketamine", "veterinary"),
        ("Ketamine and social behaviour in rats: relevance to schizophrenia", "psychosis-model"),
        ("Functional connectivity and ketamine in patients with depression", "mechanistic"),
        ("Ketamine in psychotherapy", "therapeutic-psychiatric"),
        ("Deep sedation with ketamine in children with autism", "anesthesia"),
    ],
)
def test_a_title_alone_tells_why_ketamine_is_given(title: str, context: str) -> None:
    assert read(title).context == context


def test_a_drug_that_only_makes_rats_sleep_is_not_studied() -> None:
    reading = read("Morphine and acetylcholine", methods="The cortex was studied in ketamine-anesthetized rats.")
    assert reading.context == "not-ketamine"


def test_a_silent_text_is_not_called_foreign_where_a_heading_names_ketamine() -> None:
    record = Record(title="Aspirin for gout", mesh=[MeshHeading("D007649", "Ketamine")])
    assert "not-ketamine" not in {tag.term for tag in READER.read(record).tags}


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("Ketamine self-administration in baboons", "Baboons pressed a lever for ketamine.", "misuse"),
        ("Distribution of ketamine in cats", "Ketamine was injected in cats and measured.", "mechanistic"),
        ("Ketamine anaesthesia in cats", "Cats were anaesthetised with ketamine.", "veterinary"),
        ("Ketamine in horses", "Horses were given ketamine. Heart rate was measured.", "veterinary"),
        ("Ketamine in wild-type mice", "Wild-type mice were given ketamine.", "mechanistic"),
        ("Mechanisms of ketamine in depression", "We review what is known of ketamine.", "mechanistic"),
        ("Drugs for depression and their mechanisms", "We review ketamine and others.", "therapeutic-psychiatric"),
        (
            "Esketamine and serum cortisol in postpartum depression: a randomised trial",
            "Women were randomised to esketamine or saline.",
            "therapeutic-psychiatric",
        ),
        (
            "Psilocybin for depression",
            "This review is on psilocybin. It helps in depression. Aside from ketamine, it is the best known.",
            "not-ketamine",
        ),
        ("Ketamine and other receptor antagonists for depression", "We review ketamine.", "therapeutic-psychiatric"),
        ("Ketamine and morphine consumption after surgery", "Adults had surgery and ketamine.", "therapeutic-pain"),
        ("Ketamine and morphine in sedation for surgery", "Adults had surgery and ketamine.", "anesthesia"),
        (
            "Ketamine and reward",
            "Forty healthy volunteers who denied drug use were randomised to ketamine or saline.",
            "mechanistic",
        ),
        ("Depression and pain after birth: esketamine", "Women had esketamine.", "therapeutic-psychiatric"),
        ("Ketamine before transport", "Patients with severe agitation were given ketamine.", "anesthesia"),
        (
            "Arketamine: the promise of a new treatment for psychiatric disorders",
            "We review arketamine in psychiatric disorders. Healthy volunteers felt little of it.",
            "therapeutic-psychiatric",
        ),
        ("Safety of esketamine spray", "It is used in depression. Respiratory depression was rare.", "other"),
    ],
)
def test_the_context_weighs_what_the_title_asks_for(title: str, text: str, expected: str) -> None:
    assert read(title, text).context == expected


@pytest.mark.parametrize(
    ("title", "text", "context"),
    [
        (
            "A cyclic amine in mice",
            "Mice were given the amine, a ketamine analogue, i.p. They swam longer.",
            "not-ketamine",
        ),
        (
            "Which anaesthetics for electroconvulsive therapy in depression?",
            "Sixty patients with depression had ketamine or propofol. Seizures were longer with ketamine.",
            "anesthesia",
        ),
        (
            "Anaesthetics as treatment of depression",
            "Sixty patients with depression had ketamine or propofol. Mood was better with ketamine.",
            "therapeutic-psychiatric",
        ),
        (
            "Is addiction to ketamine a risk of the treatment of depression?",
            "Sixty patients with depression were given ketamine. None became dependent.",
            "therapeutic-psychiatric",
        ),
    ],
)
def test_a_context_that_the_title_asks_for(title: str, text: str, context: str) -> None:
    assert read(title, text).context == context


@pytest.mark.parametrize(
    ("title", "text", "context"),
    [
        (
            "Ketamine added to bupivacaine for spinal anaesthesia",
            "METHODS: Sixty patients with postoperative pain were randomised. RESULTS: The block was longer.",
            "anesthesia",
        ),
        (
            "Ketamine for pain after spinal anaesthesia",
            "METHODS: Sixty patients with postoperative pain were randomised. RESULTS: The block was longer.",
            "therapeutic-pain",
        ),
        (
            "Ketamine in mice with depression",
            "Mice were given ketamine i.p. after stress. They ate more sucrose.",
            "therapeutic-psychiatric",
        ),
        (
            "Ketamine and synaptic plasticity in mice with depression",
            "Mice were given ketamine i.p. after stress. They ate more sucrose.",
            "mechanistic",
        ),
        (
            "Mushrooms for depression: a scoping review",
            "Databases were searched for studies of mushrooms in depression, excluding ketamine. Nine were found.",
            "not-ketamine",
        ),
        (
            "Drugs that people with depression take",
            "We sent a survey to 300 adults with depression. We found that some took lithium or ketamine.",
            "not-ketamine",
        ),
        (
            "Ketamine, an antidepressant with anti-inflammatory effects",
            "Ketamine is given in depression. This review asks how it acts on cytokines.",
            "mechanistic",
        ),
    ],
)
def test_a_context_by_what_is_asked_of_ketamine(title: str, text: str, context: str) -> None:
    assert read(title, text).context == context


@pytest.mark.parametrize(
    ("title", "methods", "context"),
    [
        ("Induction of anaesthesia for cesarean section with ketamine", "Forty healthy women had it.", "anesthesia"),
        ("Ketamine as the only anaesthetic for burn dressings in children", "Children had burns.", "anesthesia"),
        (
            "Ketamine for pain in opioid-dependent patients after spinal fusion",
            "They had ketamine.",
            "therapeutic-pain",
        ),
        ("Ketamine in the hospice", "People whose opioids fail were given ketamine.", "therapeutic-pain"),
        ("Does ketamine prolong analgesia after hernia repair?", "Boys had sedation scores.", "therapeutic-pain"),
        ("Liver failure in a waiter sniffing ketamine", "He was treated.", "misuse"),
        ("Ketamine exposures told to a poison center", "Calls were counted.", "misuse"),
        ("Interleukin-6 and the effect of ketamine in major depressive disorder", "It was measured.", "mechanistic"),
        ("Synaptogenesis and ketamine in major depressive disorder", "This is told.", "mechanistic"),
    ],
)
def test_a_title_in_other_words_says_why_ketamine_is_there(title: str, methods: str, context: str) -> None:
    assert read(title, methods=methods).context == context


def test_what_sleep_leaves_in_the_brain_of_animals_is_no_care_for_them() -> None:
    done = "Infant monkeys were given ketamine for a day."
    assert read("Ketamine anesthesia and later learning in monkeys", methods=done).context == "mechanistic"
    assert read("Ketamine anesthesia and gout in monkeys", methods=done).context == "veterinary"
