"""The query language of the stand-in: each line of its docstring, and what people type by mistake."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.eutils_query import Answer, Search, day_of
from tests.eutils_world import World


@pytest.fixture(scope="module")
def search() -> Search:
    world = World(narrower={"Pain": {"Chronic Pain", "Acute Pain"}, "Chronic Pain": {"Fibromyalgia"}})
    world.new(
        1,
        title="Ketamine for chronic pain.",
        abstract=[("METHODS", "We gave <i>S</i>-ketamine to 40 patients."), ("RESULTS", "Pain fell.")],
        mesh=["*Ketamine/therapeutic use", "Fibromyalgia", "Humans"],
        authors=["Smith John Aloysius", "=Pain Study Group"],
        substances=["norketamine"],
        types=["Journal Article", "Randomized Controlled Trial"],
        journal="J Pain",
        year=2019,
        trials=["NCT00000001"],
        created=date(2019, 3, 4),
        revised=date(2025, 11, 26),
    )
    world.new(
        2,
        title="Esketamine and mood.",
        abstract="Pain was not measured; chronic cases.",
        mesh=["Pain", "Animals"],
        authors=["Smith Jane", "Müller Ulf"],
        doi="10.1000/abc(1)x",
        year=2021,
        month=6,
        language="ger",
        created=date(2021, 6, 1),
    )
    world.new(3, title="Nothing here.", year=2020, keywords=["mood disorder"], created=date(2025, 11, 20))
    return Search(world)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("ketamine", {1}),
        ("Ketamine Esketamine", set()),
        ("ketamine OR esketamine", {1, 2}),
        ("ketamine OR esketamine NOT mood", {1}),
        ("esketamine OR nothing AND ketamine", set()),
        ("esketamine OR (nothing AND ketamine)", {2}),
        ("(ketamine OR mood) NOT (animals[mh])", {1, 3}),
        ("chronic pain[ti]", {1}),
        ("chronic pain[tiab]", {1}),
        ('"chronic pain"[ab]', {2}),
        ("mood[ti]", {2}),
        ("mood[tiab]", {2, 3}),
        ("mood disorder[ot]", {3}),
        ("ketam*[ti]", {1}),
        ("*[ti]", set()),
        ("s-ketamine[ab]", {1}),
        ("nct00000001[si]", {1}),
        ("NCT00000001", {1}),
        ("pain[mh]", {1, 2}),
        ("Pain[MeSH Terms:noexp]", {2}),
        ("chronic pain[mesh]", {1}),
        ("ketamine/therapeutic use[mh]", {1}),
        ("ketamine[majr]", {1}),
        ("pain[majr:noexp]", set()),
        ("therapeutic use[sh]", {1}),
        ("norketamine[nm]", {1}),
        ("Randomized Controlled Trial[pt]", {1}),
        ("smith[au]", {1, 2}),
        ("smith j[au]", {1, 2}),
        ('"smith j"[au]', {2}),
        ("smith ja[au]", {1}),
        ("smith jane[au]", {2}),
        ("smith ja[fau]", {2}),
        ("muller u[au]", {2}),
        ("muller u[1au]", set()),
        ("muller u[lastau]", {2}),
        ("pain study group[cn]", {1}),
        ("J Pain[ta]", {1}),
        ('"10.1000/abc(1)x"[doi]', {2}),
        ('"10.1000/abc(1)x"[aid]', {2}),
        ("german[la]", {2}),
        ("ger[la]", {2}),
        ("humans[filter]", {1}),
        ("hasabstract", {1, 2}),
        ("all[sb] NOT pubmed books[sb]", {1, 2, 3}),
        ("2:3[UID]", {2, 3}),
        ("2[pmid] OR 1[uid]", {1, 2}),
        ("1 3 77", {1, 3}),
        ("pain 2:9[UID]", {2}),
        ("2020[dp]", {3}),
        ("2020:2021[pdat]", {2, 3}),
        ("2021/06[dp]", {2}),
        ('"2021/05/01"[Date - Publication] : "3000"[Date - Publication]', {2}),
        ('"2025/11/01"[CRDT] : "3000"[CRDT]', {3}),
        ('"2025/11/26"[LR] : "3000"[LR]', {1}),
        ('"2025/11/26"[mdat]:"3000"[mdat]', {1}),
        ("last 10 days[edat]", {3}),
        ('"last 5 years"[dp]', {2}),
        ('(pain) AND (("2025/11/25"[LR] : "3000"[LR]) OR ("2025/11/25"[CRDT] : "3000"[CRDT]))', {1}),
    ],
)
def test_a_query_finds_what_pubmed_would(search: Search, query: str, found: set[int]) -> None:
    assert set(search.ask(query).pmids) == found


def test_a_heading_of_several_words_is_mapped_as_recorded(search: Search) -> None:
    words = '("chronic"[All Fields] AND "pain"[All Fields])'
    mapped = f'"chronic pain"[MeSH Terms] OR {words} OR "chronic pain"[All Fields]'
    answer = search.ask("chronic pain AND hasabstract")
    assert answer.translations == [("chronic pain", mapped)]
    assert answer.translation == f"({mapped}) AND hasabstract[All Fields]"


@pytest.mark.parametrize(
    ("query", "translation"),
    [
        ("ketamine", '"ketamine"[MeSH Terms] OR "ketamine"[All Fields]'),
        ("pain[ti] OR mood[ti] AND chronic[ti]", '("pain"[Title] OR "mood"[Title]) AND "chronic"[Title]'),
        ("pain[ti] NOT (mood[ti] NOT chronic[ti])", '"pain"[Title] NOT ("mood"[Title] NOT "chronic"[Title])'),
        ('"2025"[CRDT] : "3000"[CRDT]', "2025/01/01:3000/12/31[Date - Create]"),
        ("pain[mh:noexp]", '"pain"[MeSH Terms:noexp]'),
    ],
)
def test_a_translation_says_how_a_query_was_read(search: Search, query: str, translation: str) -> None:
    assert search.ask(query).translation == translation


def said(answer: Answer) -> dict[str, list[str]]:
    names = ("phrases_not_found", "fields_not_found", "phrases_ignored", "quoted_not_found")
    return {name: getattr(answer, name) for name in names if getattr(answer, name)}


@pytest.mark.parametrize(
    ("query", "found", "warnings"),
    [
        ("ketamine[NoSuchField]", {1}, {"fields_not_found": ["NoSuchField"]}),
        ("zzz", set(), {"phrases_not_found": ["zzz"]}),
        ("zzz[tiab] AND ketamine", set(), {"phrases_not_found": ["zzz"]}),
        ("zzz ketamine", {1}, {"phrases_not_found": ["zzz"]}),
        ("zzz ketamine[tiab]", {1}, {"phrases_not_found": ["zzz"]}),
        ('"pain ketamine"[tiab]', {1}, {"quoted_not_found": ['"pain ketamine"']}),
        ("the ketamine", {1}, {"phrases_ignored": ["the"]}),
        ("ketamine and pain", {1}, {"phrases_ignored": ["and"]}),
        ("AND ketamine", {1}, {"phrases_ignored": ["AND"]}),
        ("ketamine AND", {1}, {"phrases_ignored": ["AND"]}),
        ("ketamine AND OR mood", {1, 2, 3}, {"phrases_ignored": ["AND"]}),
        ("AND", set(), {"phrases_ignored": ["AND"]}),
        ("[ti]", set(), {"phrases_ignored": ["ti"]}),
        (":", set(), {"phrases_ignored": [":"]}),
        ("", set(), {}),
        ("(( ))", set(), {}),
        ("(ketamine OR mood", {1, 2, 3}, {}),
        ("ketamine) OR mood", {1, 2, 3}, {}),
        ('"ketamine', {1}, {}),
        ("ketamine[ti", {1}, {}),
        ("2021/13[dp]", set(), {"phrases_not_found": ["2021/13"]}),
    ],
)
def test_what_cannot_be_followed_is_said(
    search: Search, query: str, found: set[int], warnings: dict[str, list[str]]
) -> None:
    answer = search.ask(query)
    assert (set(answer.pmids), said(answer)) == (found, warnings)


@given(st.text(alphabet="ab1 ()[]\":*#ANDORT/\\'é", max_size=40))
def test_no_query_breaks_it(query: str) -> None:
    world = World()
    world.new(1, title="A b 1.")
    assert set(Search(world).ask(query, history=lambda key: ()).pmids) <= {1}


def test_what_was_found_is_forgotten_when_the_world_changes() -> None:
    world = World()
    search = Search(world)
    pmid = world.new(title="Ketamine.")
    assert search.ask("ketamine[ti]").pmids == {pmid}
    world.revise(pmid, title="Withdrawn.")
    assert search.ask("ketamine[ti]").pmids == frozenset()
    world.delete(pmid)
    assert search.ask("withdrawn[ti]").pmids == frozenset()


def test_an_index_that_followed_changes_is_as_one_made_anew() -> None:
    world = World()
    for number in range(1, 30):
        world.new(number, title=f"Ketamine {number}.", mesh=["Pain"] if number % 2 else [])
    followed = Search(world)
    queries = [
        "ketamine[ti] AND pain",
        "pain[mh]",
        "retracted publication[pt]",
        '"2025/11/28"[LR] : "3000"[LR]',
        "mood",
    ]
    changes: list[Callable[[], object]] = [
        lambda: world.delete(3, 4),
        lambda: world.retract(5),
        lambda: world.revise(6, mesh="Pain"),
    ]
    for change in changes:
        world.move(days=1)
        change()
        world.new(title="Mood.")
        assert [followed.ask(each).pmids for each in queries] == [Search(world).ask(each).pmids for each in queries]
    assert len(followed.ask("mood").pmids) == 3


def test_an_earlier_answer_can_be_searched(search: Search) -> None:
    assert search.ask("#2 AND pain", history=lambda key: {2: [1, 3]}.get(key, [])).pmids == {1}


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024/2", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024-02-03", date(2024, 2, 3), date(2024, 2, 3)),
        ("2024/02/30", None, None),
        ("soon", None, None),
    ],
)
def test_a_part_of_a_date_is_a_period(text: str, first: date | None, last: date | None) -> None:
    assert (day_of(text, last=False), day_of(text, last=True)) == (first, last)


@pytest.mark.corpus
def test_real_records_are_found_by_what_they_hold(corpus: Path) -> None:
    world = World(now=datetime(2025, 11, 27))
    numbers = world.load(corpus / "pubmed" / "real_pubmed.xml.gz")
    search = Search(world)
    assert len(numbers) == len(world) == 1019
    assert search.ask("1[UID]").pmids == search.ask('"formate assay"[ti]').pmids == {1}
    assert search.ask("biochem med[ta] AND 1975[dp] AND makar ab[1au] AND methanol[nm]").pmids == {1}
    assert len(search.ask("pubmed books[sb]").pmids) == 2
    assert search.ask("all[sb]").pmids == set(numbers)
