"""The questions a library answers: one contract for both databases, ranking, hints where nothing is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import product

import pytest

from ketlit.errors import NotFound
from ketlit.store import reader as reading
from ketlit.store.reader import Reader
from ketlit.views import Count, Filters, NoteRow, SearchResult
from ketlit.vocabulary import SearchSort
from tests.libraries import Made, library_on

STUDIES = [
    Made(
        "berg1999",
        "Ketamine for burn pain",
        "Relief in most.",
        authors=[("Berg", "A"), ("Sörensen", "J")],
        tags=[("condition", "crps-1"), ("condition", "chronic-pain"), ("route", "infusion"), ("design", "rct")],
        labels=["to read"],
        trial="TRIAL-1",
        findings=[
            {"outcome": "pain-intensity", "direction": "favours_intervention"},
            {"outcome": "dissociation", "direction": "favours_comparator", "harm": True},
        ],
        columns={"year": 1999, "pmid": 101, "doi": "10.1000/berg", "n": 20, "added_at": "2020-01-01T00:00:00Z"},
    ),
    Made(
        "berg2003",
        "A second report",
        "Burn pain, relief at last.",
        tags=[("condition", "fibromyalgia"), ("drug", "esketamine"), ("design", "crossover")],
        inactive=[("condition", "crps-2")],
        labels=["to read", "Émile"],
        trial="TRIAL-1",
        columns={"year": 2003, "pmid": 102, "n": 30, "status": "retracted", "doi": "10.1000/twice"},
    ),
    Made(
        "holm2003",
        "Low mood",
        "Burn out; no relief.",
        tags=[("condition", "depression"), ("context", "misuse")],
        registry=["NCT00000007"],
        columns={"year": 2003, "n": 9, "source": "curated", "curated": True, "doi": "10.1000/twice"},
    ),
    Made("lund", "Undated", "burn burn burn relief", columns={"source": "synced", "added_at": "2021-01-01T00:00:00Z"}),
]
CLAIM = {"explanation": "why", "confidence": "", "updates": '["berg2003"]', "source": ""}
ALSO = [
    ("note", {"study_id": 2, "text": "second thoughts", "at": "2021-01-02T00:00:00Z"}),
    ("note", {"study_id": 1, "text": "read <this> [/]", "at": "2021-01-01T00:00:00Z"}),
    ("claim", {"id": "c2", "position": 2, "text": "It helps.", "verdict": "partly", **CLAIM}),
    (
        "claim",
        {"id": "c1", "position": 1, "text": "It is new.", "verdict": "contradicted", **CLAIM | {"updates": "[]"}},
    ),
    ("claim_study", {"claim_id": "c2", "study_id": 2, "position": 0}),
    ("claim_study", {"claim_id": "c2", "study_id": 1, "position": 1}),
    (
        "section",
        {"study_id": 1, "position": 0, "starts": 0, "ends": 15, "label": "", "category": "", "kind": "abstract"},
    ),
    ("library", {"name": "created_at", "value": "2020-01-01T00:00:00Z"}),
    ("library", {"name": "seed_version", "value": "7"}),
]
ALSO[6][1]["language"] = "eng"


@pytest.fixture(scope="module")
def on(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Reader]]:
    """The reader of the same library on a database; PostgreSQL skips where there is none."""
    with ExitStack() as stack:
        readers: dict[str, Reader] = {}

        def give(database: str) -> Reader:
            if database not in readers:
                folder = tmp_path_factory.mktemp("reader")
                readers[database] = Reader(stack.enter_context(library_on(database, folder, STUDIES, ALSO)))
            return readers[database]

        yield give


@pytest.fixture(params=["sqlite", "postgresql"])
def reader(request: pytest.FixtureRequest, on: Callable[[str], Reader]) -> Reader:
    return on(request.param)


def keys(result: SearchResult) -> list[str]:
    return [row.key for row in result.rows]


class TestContract:
    def test_without_anything_asked_all_come_newest_first(self, reader: Reader) -> None:
        result = reader.search(Filters())
        assert keys(result) == ["berg2003", "holm2003", "berg1999", "lund"]
        assert (result.total, result.understood, result.hints) == (4, [], [])
        assert {row.score for row in result.rows} == {None}

    def test_blank_words_are_no_words(self, reader: Reader) -> None:
        assert reader.search(Filters(" \t ")) == reader.search(Filters())

    @pytest.mark.parametrize(
        ("sort", "order"),
        [
            ("year", ["berg2003", "holm2003", "berg1999", "lund"]),
            ("n", ["berg2003", "berg1999", "holm2003", "lund"]),
            ("added", ["lund", "berg1999", "berg2003", "holm2003"]),
        ],
    )
    def test_an_order_asked_for_holds_with_words_and_without(self, reader: Reader, sort: str, order: list[str]) -> None:
        assert keys(reader.search(Filters(), sort)) == order
        assert keys(reader.search(Filters("burn"), sort)) == order
        assert keys(reader.search(Filters("-zebra"), sort)) == order
        assert keys(reader.search(Filters("burn", since=2000), sort)) == [key for key in order if "2003" in key]

    @pytest.mark.parametrize("words", ["", "burn", "-zebra"])
    def test_a_limit_cuts_what_is_shown_not_what_is_counted(self, reader: Reader, words: str) -> None:
        whole = keys(reader.search(Filters(words), limit=0))
        for limit in (1, 3, 4, 10**12):
            result = reader.search(Filters(words), limit=limit)
            assert (keys(result), result.total) == (whole[:limit], 4)

    def test_a_row_holds_what_a_list_shows(self, reader: Reader) -> None:
        row = next(row for row in reader.search(Filters()).rows if row.key == "berg1999")
        assert (row.pmid, row.doi, row.year, row.n, row.trial) == (101, "10.1000/berg", 1999, 20, "TRIAL-1")
        assert row.authors == ["Berg A", "Sörensen J"]
        assert (row.conditions, row.routes, row.design) == (["crps-1"], ["intravenous"], "rct")
        assert row.url == "https://pubmed.ncbi.nlm.nih.gov/101/"
        other = next(row for row in reader.search(Filters()).rows if row.key == "berg2003")
        assert (other.conditions, other.design, other.design_flags) == (["fibromyalgia"], None, ["crossover"])
        assert other.labels == ["to read", "Émile"]

    def test_matching_gives_the_ids_in_the_order_of_search(self, reader: Reader) -> None:
        for filters in (Filters(), Filters("burn"), Filters("-mood"), Filters("burn", status=("retracted",))):
            ids, hints = reader.matching(filters)
            assert [row.key for row in reader.rows(ids)] == keys(reader.search(filters, limit=0))
            assert hints == []

    def test_rows_come_as_they_are_asked_for(self, reader: Reader) -> None:
        assert [row.key for row in reader.rows([4, 2, 99, 1])] == ["lund", "berg2003", "berg1999"]
        assert reader.rows([]) == []

    @pytest.mark.parametrize(
        ("ident", "study"),
        [
            ("berg1999", 1),
            (" BERG1999 ", 1),
            ("101", 1),
            ("PMID: 102", 2),
            ("https://pubmed.ncbi.nlm.nih.gov/101", 1),
            ("https://doi.org/10.1000/BERG", 1),
            ("10.1000/twice", 3),
            ("999", None),
            ("9999999999999", None),
            ("10.1000/none", None),
            ("", None),
            ("\x00\ud800", None),
            ("%", None),
        ],
    )
    def test_a_study_is_found_by_key_pmid_or_doi(self, reader: Reader, ident: str, study: int | None) -> None:
        # of two studies with one DOI the one that is not retracted
        assert reader.find(ident) == study

    def test_a_name_that_is_none_is_answered_with_those_like_it(self, reader: Reader) -> None:
        assert reader.named("lund") == 4
        with pytest.raises(NotFound, match="no study is called 'berg1998'") as raised:
            reader.named("berg1998")
        assert raised.value.hint == "did you mean berg1999 or berg2003?"
        with pytest.raises(NotFound) as raised:
            reader.named("zzzz")
        assert "ketlit search" in raised.value.hint
        assert reader.suggest("lundd") == ["lund"]

    def test_keys_are_completed(self, reader: Reader) -> None:
        assert reader.keys("berg") == ["berg1999", "berg2003"]
        assert reader.keys("BERG2") == ["berg2003"]
        assert reader.keys("", 2) == ["berg1999", "berg2003"]
        for odd in ("\ud7ff", "\U0010ffff", "\x00", "%", "_"):
            assert reader.keys(odd) == []

    def test_a_timeline_goes_by_year_and_ends_with_the_undated(self, reader: Reader) -> None:
        entries = reader.timeline(Filters("burn"))
        assert [entry.study.key for entry in entries] == ["berg1999", "berg2003", "holm2003", "lund"]
        assert entries[0].outcome_directions == [("pain-intensity", "favours_intervention")]
        assert entries[0].landmarks == [("c2", "partly", "It helps.")]
        assert [entry.study.key for entry in reader.timeline(Filters(until=2002))] == ["berg1999"]

    def test_terms_are_a_tree_with_studies_counted_once(self, reader: Reader) -> None:
        rows = {row.term: row for row in reader.terms("condition")}
        assert [(row.term, row.depth) for row in reader.terms("condition")][:3] == [
            ("chronic-pain", 0),
            ("neuropathic-pain", 1),
            ("crps", 2),
        ]
        assert (rows["chronic-pain"].k, rows["chronic-pain"].k_with_children) == (1, 2)
        assert (rows["crps"].k, rows["crps"].k_with_children, rows["crps-2"].k) == (0, 1, 0)
        assert "reflex sympathetic dystrophy" in rows["crps-1"].synonyms
        every = {(row.axis, row.term): row.k_with_children for row in reader.terms()}
        assert every["route", "intravenous"] == 1
        assert ("route", "infusion") not in every
        assert (every["design", "rct"], every["design", "crossover"], every["context", "misuse"]) == (1, 1, 1)
        assert every["drug", "ketamine"] == 1

    def test_counts_of_terms_are_those_of_the_filter(self, reader: Reader) -> None:
        for row in reader.terms():
            field = {"adverse-effect": "harm"}.get(row.axis, row.axis)
            assert reader.search(Filters(**{field: (row.term,)})).total == row.k_with_children  # type: ignore[arg-type]

    def test_names_that_are_not_one_terms_alone_are_told(self, reader: Reader) -> None:
        shared = reader.shared_names()
        assert shared["condition", "fibromyalgia"] == {"FM": []}
        assert shared["outcome", "other"] == {"other": ["adverse-effect:other"]}
        assert shared["adverse-effect", "other"] == {"other": ["outcome:other"]}
        assert ("condition", "crps") not in shared

    def test_trials_gather_their_studies(self, reader: Reader) -> None:
        (trial,) = reader.trials()
        assert (trial.name, trial.studies, trial.years, trial.n) == (
            "TRIAL-1",
            ["berg1999", "berg2003"],
            [1999, 2003],
            30,
        )
        assert trial.conditions == ["crps-1", "fibromyalgia"]
        assert reader.trials(Filters(status=("retracted",))) == [trial]
        assert reader.trials(Filters(condition=("depression",))) == []

    def test_claims_come_in_their_order_with_their_studies(self, reader: Reader) -> None:
        assert [(claim.id, claim.studies, claim.updates) for claim in reader.claims()] == [
            ("c1", [], []),
            ("c2", ["berg2003", "berg1999"], ["berg2003"]),
        ]
        assert [claim.id for claim in reader.claims(" C2 ")] == ["c2"]
        with pytest.raises(NotFound) as raised:
            reader.claims("c9")
        assert raised.value.hint == "there are c1 to c2"

    def test_notes_and_labels_are_of_one_study_or_of_all(self, reader: Reader) -> None:
        first = NoteRow(2, "berg1999", "read <this> [/]", "2021-01-01T00:00:00Z")
        assert reader.notes(1) == [first]
        assert reader.notes() == [first, NoteRow(1, "berg2003", "second thoughts", "2021-01-02T00:00:00Z")]
        assert reader.labels() == [Count("to read", 2), Count("Émile", 1)]
        assert reader.labels(1) == [Count("to read", 1)]
        assert reader.notes(4) == reader.labels(4) == []

    def test_stats_count_a_trial_once(self, reader: Reader) -> None:
        stats = reader.stats("here")
        assert (stats.studies, stats.curated, stats.synced, stats.imported) == (4, 1, 1, 2)
        assert (stats.trials, stats.participants, stats.findings, stats.harms) == (1, 39, 1, 1)
        assert (stats.claims, stats.notes, stats.labels, stats.without_abstract) == (2, 2, 3, 3)
        assert (stats.first_year, stats.last_year, stats.schema, stats.seed) == (1999, 2003, 1, "7")
        assert stats.by_status == [Count("current", 3), Count("retracted", 1)]
        assert stats.by_design == [Count("rct", 1)]
        assert stats.by_condition[0] == Count("chronic-pain", 2)
        assert (stats.by_route, stats.path) == ([Count("intravenous", 1)], "here")
        assert stats.last_change == stats.created_at == "2020-01-01T00:00:00Z"

    def test_an_unknown_axis_is_refused(self, reader: Reader) -> None:
        with pytest.raises(Exception, match="no axis is called 'conditio'"):
            reader.terms("conditio")


WORDS = ["", "burn", "pain relief", "-relief", '"burn pain"', "reli* OR mood", "fm", "crps -burn", "ketamine"]
NARROWED: list[Filters] = [
    Filters(),
    Filters(condition=("chronic pain",)),
    Filters(route=("iv",), design=("rct",)),
    Filters(since=2000, min_n=10),
    Filters(as_of="2003-06"),
    Filters(status=("retracted",), label=("émile",)),
    Filters(trial=("nct00000007",)),
    Filters(direction=("not_reported",), source=("imported", "synced")),
]


def test_both_databases_give_the_same_answers(on: Callable[[str], Reader]) -> None:
    one, other = on("sqlite"), on("postgresql")

    def bare(result: SearchResult) -> SearchResult:
        return result._replace(rows=[row._replace(score=None) for row in result.rows])

    for words, narrowed in product(WORDS, NARROWED):
        filters = narrowed._replace(words=words)
        for sort in ("year", "n", "added"):
            assert bare(one.search(filters, sort, 3)) == bare(other.search(filters, sort, 3)), filters
        assert one.timeline(filters) == other.timeline(filters)
        assert one.trials(filters) == other.trials(filters)
        assert sorted(one.matching(filters)[0]) == sorted(other.matching(filters)[0])
    assert one.terms() == other.terms()
    assert one.stats("") == other.stats("")
    assert one.claims() == other.claims()


RANKED = [
    Made("abstract2020", "Of rats", "zebra zebra zebra", columns={"year": 2020}),
    Made("names2001", "Of mice", "", names="zebra", columns={"year": 2001}),
    Made("title1990", "Of a zebra and much else besides, told in very many words", columns={"year": 1990}),
    Made("title1991", "zebra", "zebra zebra", columns={"year": 1991}),
    Made("terms2002", "Of men", "", tags=[("condition", "fibromyalgia")], columns={"year": 2002}),
    Made("text2021", "Of women", "fibrositis " * 9, columns={"year": 2021}),
    Made("t2019", "fibromyalgia", columns={"year": 2019}),
    Made("other2022", "Said title1990, 10.1000/okapi and 777", "title1990 777", columns={"year": 2022}),
    Made("numbered1980", "Nothing", columns={"year": 1980, "pmid": 777, "doi": "10.1000/okapi"}),
]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def ranked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    with library_on(request.param, tmp_path_factory.mktemp("ranked"), RANKED) as library:
        yield Reader(library)


class TestRanking:
    def test_title_comes_before_terms_and_names_before_the_rest(self, ranked: Reader) -> None:
        assert keys(ranked.search(Filters("zebra"))) == ["title1991", "title1990", "names2001", "abstract2020"]
        assert keys(ranked.search(Filters("fm"))) == ["t2019", "terms2002", "text2021"]

    def test_scores_fall_as_the_order_does(self, ranked: Reader) -> None:
        scores = [row.score or 0.0 for row in ranked.search(Filters("zebra")).rows]
        assert scores == sorted(scores, reverse=True)
        assert scores[0] >= 2 > 1 > scores[-1] > 0

    @pytest.mark.parametrize(
        ("typed", "first"),
        [
            ("title1990", "title1990"),
            ("777", "numbered1980"),
            ("pmid:777", "numbered1980"),
            ("10.1000/okapi", "numbered1980"),
        ],
    )
    @pytest.mark.parametrize(("few", "many"), [(1_000, 20_000), (0, 20_000), (0, 0)])
    def test_what_is_named_by_an_identifier_comes_first(
        self, ranked: Reader, typed: str, first: str, few: int, many: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reading, "FEW", few)
        monkeypatch.setattr(reading, "MANY", many)
        result = ranked.search(Filters(typed), limit=1)
        assert keys(result) == [first]
        assert (
            keys(ranked.search(Filters(typed), SearchSort.YEAR))[0]
            == keys(ranked.search(Filters(typed), SearchSort.YEAR, 1))[0]
        )

    @pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 9])
    def test_of_many_hits_the_page_is_that_of_all_ranked(
        self, ranked: Reader, limit: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole = ranked.search(Filters("zebra -horse"), limit=0)
        monkeypatch.setattr(reading, "FEW", 0)
        page = ranked.search(Filters("zebra -horse"), limit=limit)
        assert (page.rows, page.total, page.hints) == (whole.rows[:limit], whole.total, [])
        narrowed = Filters("zebra -horse", since=1991)
        assert (
            keys(ranked.search(narrowed, limit=limit))
            == [row.key for row in whole.rows if row.key != "title1990"][:limit]
        )

    def test_of_very_many_the_newest_of_the_best_tier_are_shown_and_it_is_said(
        self, ranked: Reader, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reading, "FEW", 0)
        monkeypatch.setattr(reading, "MANY", 1)
        result = ranked.search(Filters("zebra"), limit=2)
        assert keys(result) == ["title1991", "title1990"]
        assert result.hints == ["more than 1 studies say this equally clearly: the newest are shown; add a word"]
        assert keys(ranked.search(Filters("zebra"), limit=4)) == [
            "abstract2020",
            "names2001",
            "title1991",
            "title1990",
        ]
        by_year = ranked.search(Filters("zebra"), SearchSort.YEAR, 2)
        assert (keys(by_year), by_year.total, by_year.hints) == (["abstract2020", "names2001"], 4, [])
        assert len(ranked.search(Filters("zebra"), limit=0).rows) == 4


class TestHints:
    @pytest.mark.parametrize(
        ("filters", "hints"),
        [
            (Filters("fibromialgia"), ["no study says fibromialgia; did you mean fibromyalgia?"]),
            (Filters("sorensan"), ["no study says sorensan; did you mean Sörensen?"]),
            (Filters("burn qqqqqq xxxxxx"), ["no study says qqqqqq", "no study says xxxxxx"]),
            (
                Filters("qqq www fibromialgia fibromialgia"),
                [
                    "no study says qqq",
                    "no study says www",
                    *["no study says fibromialgia; did you mean fibromyalgia?", "no study says fibromialgia"],
                ],
            ),
            (
                Filters("ketamine mood"),
                ["found one by one, not together: ketamine (2), mood (1); put OR between them for any"],
            ),
            (Filters("burn", min_n=1_000), ["without the filters 4 studies fit the words"]),
            (Filters("mood", status=("retracted",)), ["without the filters 1 study fits the words"]),
            (Filters("-mood", min_n=1_000), ["without the filters 3 studies fit the words"]),
            (Filters("-relief"), []),
            (Filters(min_n=1_000), []),
        ],
    )
    def test_where_nothing_is_found_it_is_said_what_might_be_done(
        self, reader: Reader, filters: Filters, hints: list[str]
    ) -> None:
        result = reader.search(filters)
        assert (result.total, result.rows, result.hints) == (0, [], hints)
        assert reader.matching(filters) == ([], hints)
