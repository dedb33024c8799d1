"""How many people a study has: each reason by sentences of our own."""

from __future__ import annotations

import pytest

from ketlit.tagging.number_words import value
from ketlit.vocabulary import NKind
from tests.readings import read


def count(methods: str, *, title: str = "Ketamine for pain", results: str = "") -> int | None:
    """The number of participants that an abstract of labelled sections says."""
    told = {"results": results} if results else {}
    return read(title, background="Pain is common.", methods=methods, **told, conclusion="Ketamine was better.").n


@pytest.mark.parametrize(
    ("text", "number"),
    [("1,234", 1234), ("10 576", 10576), ("Two hundred and one", 201), ("a few", None), ("forty-four", 44), ("", None)],
)
def test_digits_and_words_have_a_value(text: str, number: int | None) -> None:
    assert value(text) == number


@pytest.mark.parametrize(
    ("methods", "n"),
    [
        ("Ketamine was given to 112 children for dental extraction.", 112),
        ("Sixty ASA I or II patients aged 18-65 years were studied.", 60),
        ("Ten in-patients with neuropathic pain were studied.", 10),
        ("Blood was drawn from 12 male 3,4-drug (street name) users.", 12),
        ("The study population was 128 women in labour.", 128),
        ("Between May 3, 2015, and May 9, 2020, 2016 patients received ketamine.", 2016),
        ("The work was done earlier.Forty-two healthy adults took ketamine.", 42),
        ("Adults with tinnitus of long standing and without any other illness of the ear (n = 28) were seen.", 28),
        ("The cohort (n = 66; mean age 53 years) received ketamine.", 66),
        ("Forty-four eyes of 22 patients were operated on.", 22),
        ("Seizures were seen in 3 patients out of 150 treated.", 150),
        ("We interviewed 310 anaesthetists in 12 countries.", 310),
        ("The survey had 640 responses.", 640),
        ("Pain was scored for 45 patient-years of treatment.", None),
        ("Ketamine 30 mg was given over 40 min on 7 days (F(1, 20) = 4.1, p = 0.03).", None),
        ("Pain fell more in n=25/51 (49%).", None),
    ],
)
def test_a_number_counts_the_people_behind_it(methods: str, n: int | None) -> None:
    assert count(methods) == n


@pytest.mark.parametrize(
    ("methods", "n"),
    [
        ("Of 240 patients screened for eligibility, 96 were randomised and 90 completed the trial.", 96),
        ("Of the 169 eligible patients, 57 (34%) were included in the analysis.", 57),
        ("Of 31 patients approached, 26 (84%) agreed to take part.", 26),
        ("A survey was sent to 900 psychiatrists, of whom 412 responded.", 412),
        ("Review of 132 charts of cases revealed 60 cases that met the criteria.", 60),
        ("The trial ended after 48 of the planned 100 patients had been enrolled.", 48),
        ("Thirty-one of 322 eligible women took part.", 31),
        ("We saw a subset of those treated earlier (N = 45) once more.", 45),
        ("Seven patients were excluded, leaving 83 for analysis.", 83),
        ("A power analysis showed that 80 patients were required. We enrolled 88 patients.", 88),
        ("Questionnaires were filled by 200 individuals. Of these, 101 completed the follow-up at three months.", 200),
        ("We saw 254 undergraduates, and 59 also completed the other test.", 254),
    ],
)
def test_who_was_asked_or_needed_is_not_yet_studied(methods: str, n: int) -> None:
    assert count(methods) == n


@pytest.mark.parametrize(
    ("methods", "n"),
    [
        ("The ketamine group comprised 34 patients and the control group 36 patients.", 70),
        ("Thirty-four patients received ketamine, and 36 were given midazolam.", 70),
        ("Thirty patients received ketamine (I), 31 received fentanyl (II), and 32 received saline (III).", 93),
        ("The ketamine cohort included 34 patients, and the saline cohort included 36 patients.", 70),
        ("Users on a spray (N = 30) gained 40 % more than users on tablets (N = 32).", 62),
        ("Patients were divided into ketamine and saline groups with 35 patients in each group.", 70),
        ("Patients were put into a ketamine group (group K) and a control group (group C), 40 per group.", 80),
        ("The 3 groups, each of 20 patients, received ketamine, alfentanil or saline.", 60),
        ("Patients were randomised to one of 4 groups (n = 15 per group).", 60),
        ("Each group consisted of 20 patients and there were three groups.", 60),
        ("Scores were taken at the first hour (n = 108), at day 1 (n = 82), and at day 7 (n = 71).", 108),
    ],
)
def test_groups_are_added_up_unless_they_are_the_same_people(methods: str, n: int) -> None:
    assert count(methods) == n


@pytest.mark.parametrize(
    ("methods", "n"),
    [
        ("Nineteen male heavy users; 19 male users of cannabis; and 18 male controls were tested.", 56),
        ("Twenty-four chronic schizophrenics and 23 normal volunteers took ketamine.", 47),
        ("Seventeen participants with PTSD, 18 participants with OCD and 8 participants with GAD began ketamine.", 43),
        ("Eighteen normal volunteers (NVs) and 17 SVs participated in interviews.", 35),
        ("We tested 19 users (6 of one drug; 13 of two) and 23 matched controls.", 42),
        ("We included 42 patients (20 men, 22 women; mean age 44 years).", 42),
        ("Healthy participants (n = 89; 41 females, 48 males) took ketamine.", 89),
        ("We enrolled 23 patients, and of these, 20 patients treated an attack with ketamine.", 23),
    ],
)
def test_groups_that_are_named_in_a_row_are_added_up(methods: str, n: int) -> None:
    assert count(methods) == n


@pytest.mark.parametrize(
    ("methods", "n"),
    [
        ("In study 1, 40 volunteers took ketamine. In study 2, 36 volunteers took placebo.", 76),
        ("Twenty-four subjects participated in Study 1, and 16 subjects took part in Study 2.", 40),
        ("In the original sample (N = 50), two classes were found. The confirmatory sample (N = 55) agreed.", 105),
        ("Thirty patients with TRD were scanned twice. Twenty-five healthy controls were scanned once.", 55),
        ("Twenty-four healthy subjects took ketamine. Twenty subjects completed both sessions.", 24),
        ("We randomised 240 patients. Relapse was seen in 108 control subjects.", 240),
    ],
)
def test_samples_and_those_compared_are_added_up_across_sentences(methods: str, n: int) -> None:
    assert count(methods) == n


def test_those_to_whom_something_happened_are_a_part() -> None:
    results = "All six patients who were intubated went home."
    assert count("We studied ketamine in 60 patients.", results=results) == 60


@pytest.mark.parametrize(
    ("methods", "n"),
    [
        ("We studied 60 patients. Nausea occurred in 12 patients with ketamine and 10 patients with saline.", 60),
        ("Thirty patients received ketamine and 12 received rescue analgesia.", 30),
        ("Thirty patients received ketamine, and 12 of them received morphine.", 30),
    ],
)
def test_what_happens_to_some_makes_no_groups(methods: str, n: int) -> None:
    assert count(methods) == n


def test_a_protocol_may_say_the_most_that_it_plans() -> None:
    assert count("The trial will enrol up to 200 participants.", title="Ketamine for pain: study protocol") == 200


def test_a_title_may_count_the_patients() -> None:
    assert read("Ketamine anaesthesia in 300 children").n == 300


@pytest.mark.parametrize(
    ("piece", "n"),
    [
        ("30 patients and 20 controls, ", 2500),
        ("2 groups of 30 each ", None),
        ("30 received a and 28 received b ", 7030),
        ("30 (a (", None),
        ("30 a ", None),
    ],
)
def test_numbers_without_end_are_read(piece: str, n: int | None) -> None:
    assert count(piece * (20_000 // len(piece))) == n


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("There were 0.2 shops per 100 000 individuals. Their pages were read.", None),
        ("Adults of a survey, representing 21,300,000 people, were asked about pain.", None),
        ("Of 350 screened patients, 30 adults with pain were randomised to ketamine or saline.", 30),
        ("Twenty patients were randomised in blocks of 4 patients.", 20),
        ("24 patients received ketamine; 12 patients responded.", 24),
        ("We enrolled 40² patients with pain.", 40),
        ("A total of 1" + ",000" * 1500 + " patients were randomised.", None),
    ],
)
def test_rates_populations_and_the_screened_are_not_those_studied(text: str, n: int | None) -> None:
    assert count(text) == n


@pytest.mark.parametrize(
    ("methods", "n"),
    [
        ("Sixty adults were randomised.", 60),
        ("A total of 1,234 patients were enrolled.", 1234),
        ("Twenty-two patients and 20 healthy controls were scanned.", 42),
        ("Patients were assigned to ketamine (n=12) or placebo (n=13).", 25),
        ("Patients were randomised to two groups of 30 each.", 60),
        ("Of 90 patients screened, 40 patients were randomised.", 40),
        ("Between 2001 and 2004, 31 women were enrolled.", 31),
        ("Pain fell in n=3 (12 %).", None),
        ("Adults aged 40 years received 30 mg.", None),
    ],
)
def test_the_number_of_participants_is_that_of_the_whole_study(methods: str, n: int | None) -> None:
    assert read("Ketamine for gout", methods=methods).n == n


def test_a_number_says_what_it_counts_and_where_it_stands() -> None:
    reading = read("Ketamine for gout", methods="Sixty adults were randomised.")
    assert reading.n_kind == NKind.RANDOMISED
    assert reading.n_place
    assert reading.n_place.quote == "Sixty adults"


def test_a_protocol_plans_its_number() -> None:
    reading = read("Ketamine for gout: study protocol", methods="Eighty patients will be randomised.")
    assert (reading.n, reading.n_kind) == (80, NKind.PLANNED)


def test_a_review_has_no_number_of_participants() -> None:
    assert read("Ketamine for gout: a systematic review", results="Ten trials with 400 patients.").n is None


def test_a_share_counts_no_people() -> None:
    reading = read(
        "Ketamine for pain", methods="Pain affects 1 in 10 women. We randomised 84 women to ketamine or saline."
    )
    assert reading.n == 84


def test_cases_that_are_told_together_are_counted() -> None:
    reading = read("Ketamine for pain: a case report", methods="We describe two cases of pain treated with ketamine.")
    assert reading.n == 2


@pytest.mark.parametrize(
    ("methods", "n"),
    [
        ("Sixty-five (32 men) depressed patients took ketamine.", 65),
        ("Ketamine was given to patients (n = 40; 25 women).", 40),
        ("Thirty-five women with gout and 38 healthy women without gout were included.", 73),
        ("We compared 170 patients not taking opioids with 70 patients taking opioids.", 240),
        ("The trial involved 65 patients with gout, 21 patients received ketamine, and 44 had saline.", 65),
        ("A total of 40 patients with 20 in each group were included.", 40),
        ("We enrolled 108 women. Of these 54 women each were randomized to ketamine and saline.", 108),
        ("A cohort of 13 patients with curves between 30 and 90 degrees were included.", 13),
        ("In total 76 patients were seen. We assessed twelve patient-, drug- or place-related factors.", 76),
        ("Patients aged 65 or older were randomised; 52 patients were included.", 52),
        ("We saw 11 cases in coronavirus disease 2019 patients.", 11),
        ("Data of 402 inmates were analysed.", 402),
        ("The present study (n = 211) asked about sleep.", 211),
        ("Gout afflicts one in five adults; we gave ketamine to 60 patients.", 60),
        ("336 patients were randomised to ketamine and 340 to saline; 334 and 336 received it.", 676),
    ],
)
def test_who_is_counted_and_what_is_no_number_of_people(methods: str, n: int) -> None:
    assert count(methods) == n


@pytest.mark.parametrize(
    "methods",
    [
        "Ketamine was given. Three therapists were present throughout.",
        "Rates were 12 per 1,000 patient years.",
        "Ketamine was given. The analysis identified four patient groups.",
    ],
)
def test_raters_and_what_is_measured_per_patient_are_nobody(methods: str) -> None:
    assert count(methods) is None


@pytest.mark.parametrize(
    ("methods", "results", "n"),
    [
        ("At three rural clinics, patients over 20 were randomised.", "We enrolled 64 patients (32 each).", 64),
        ("Women with shivering of grade 2 or more (n=150) received ketamine.", "It ceased in 70 women.", 150),
        ("Levels were taken in the first 20 participants.", "Between 2010 and 2014, 96 women were accrued.", 96),
        ("Attacks were treated at home.", "Forty attacks were treated in nine patients.", 9),
        ("In this study 40 patients were given ketamine.", "", 40),
        ("Two dozen patients were randomised.", "", 24),
        ("In total 34 children (2-7 years) received ketamine and 10 received saline.", "", 44),
        ("Analysis included 29 ketamine and 31 placebo patients.", "", 60),
        ("In all, 101 patients underwent randomisation: 50 to ketamine and 51 to placebo.", "", 101),
        ("Of 60 patients assessed, 48 met the criteria and were randomised.", "", 48),
        ("Relapse was counted.", "81 of 133 patients treated openly were randomised in the second phase.", 81),
        ("Twenty-seven drivers, all healthy holders of a licence, were dosed.", "Data of 25 completers were read.", 27),
    ],
)  # fmt: skip
def test_a_number_of_some_is_not_that_of_all(methods: str, results: str, n: int) -> None:
    assert count(methods, results=results) == n


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("Pain was produced in ten healthy volunteers. Nausea followed ketamine in eight subjects.", 10),
        ("We gave ketamine to fifty-two children. Sleep was seen in 24 of 26 children after an oral dose.", 52),
        ("The records of 1,240 anaesthetics with ketamine were examined. Apnoea was noted in 7 patients.", 1240),
        ("Ketamine was used on 312 occasions in 61 burned patients. Dreams were told by 17 of 29 adults.", 61),
        ("Ketamine was given for 500 operations in 90 children. Vomiting was seen in 12 children.", 90),
    ],
)  # fmt: skip
def test_what_befell_some_of_them_counts_less_than_who_was_given_a_drug(text: str, n: int) -> None:
    assert read("Ketamine in practice", text).n == n


@pytest.mark.parametrize(
    "counted",
    [
        "20 to 30 patients",
        "Twenty to thirty patients",
        "Ten, 20 or 30 patients",
        "Ten thousand million patients",
        "Patients (n=1e3)",
        "N=40-60 patients",
        "On day 14 patients",
        "On May 3 patients",
        "At 9:30 patients",
        "In a ratio of 2:1 patients",
        "With a BMI of 35 patients",
        "HAM-D 17 patients",
        "ASA 1 and 2 patients",
        "NYHA class 2 patients",
        "Room 12 patients",
        "Fewer than 10 patients",
        "No more than 100 patients",
        "50 patients per year",
        "None of the 60 patients",
    ],
)
def test_a_range_a_bound_or_a_label_counts_nobody(counted: str) -> None:
    assert read("Ketamine for pain", f"{counted} received ketamine.").n is None


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("Three dozen patients received ketamine.", 36),
        ("Two score patients received ketamine.", 40),
        ("A dozen and a half patients received ketamine.", 18),
        ("Two scales and one score in 30 patients given ketamine were compared.", 30),
        ("In 6 months 30 patients received ketamine.", 30),
        ("Fifteen type 2 diabetes patients received ketamine.", 15),
        ("Between May and June 30 patients received ketamine.", 30),
        ("None of the 60 patients received rescue analgesia after ketamine.", 60),
        ("With an ASA score of 2 patients were included; 90 patients received ketamine.", 90),
        ("We screened 500 patients; 40 refused, and 35 received ketamine.", 35),
        ("Of 500 patients screened, 60 received ketamine and 60 received saline.", 120),
        ("No patients were enrolled. Planned in 60 patients.", None),
    ],
)
def test_words_beside_a_number_say_whether_it_counts(text: str, n: int | None) -> None:
    assert read("Ketamine for pain", text).n == n
