"""Filters and WORDS against the oracle on random libraries, and how values are resolved, refused and told."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from ketlit.errors import UsageError
from ketlit.store.connect import Rows, open_reader
from ketlit.store.engine import begin, writing
from ketlit.store.query import last_day
from ketlit.store.reader import Reader
from ketlit.views import Filters
from tests.libraries import TAXONOMY, Made, fill, postgres_library, sqlite_library
from tests.oracle import AXES, Piece, fits, typed

SAID = [
    *(
        "pain",
        "relief",
        "burn",
        "cancer",
        "cancers",
        "infusion",
        "infusions",
        "nerve",
        "low",
        "mood",
        "FM",
        "fm",
        "RSD",
    ),
    *(
        "naïve",
        "Sörensen",
        "sorensen",
        "0.5",
        "mg/kg",
        "S(+)-ketamine",
        "CRPS-1",
        "CRPS",
        "crp",
        "α",
        "études",
        "étude",
    ),
    *("reflex", "sympathetic", "dystrophy", "fibrositis", "causalgia", "by", "mouth", "of", "drip", "placebo", "study"),
    *("primary", "fibromyalgia", "depression", "score", "other", "women"),
]
words = st.sampled_from(SAID)
texts = st.lists(words, max_size=7).map(" ".join)
tags = st.lists(st.sampled_from([(axis, term) for axis, term, *_ in TAXONOMY]), max_size=4)
studies = st.builds(
    Made,
    key=st.just(""),
    title=texts,
    abstract=texts,
    summary=st.one_of(st.just(""), texts),
    authors=st.lists(st.sampled_from([("Sørensen", "J"), ("Sörensen", "K"), ("Burn", "A")]), max_size=2),
    tags=tags,
    inactive=tags,
    labels=st.lists(st.sampled_from(["to read", "Émile"]), unique=True, max_size=2),
    trial=st.sampled_from(["", "", "TRIAL-1", "Trial two"]),
    registry=st.lists(st.sampled_from(["NCT00000001", "ISRCTN22"]), unique=True, max_size=1),
    columns=st.fixed_dictionaries(
        {
            "year": st.sampled_from([None, 1995, 2010, 2011, 2012]),
            "n": st.sampled_from([None, 0, 9, 10, 200]),
            "direction": st.sampled_from(["not_reported", "mixed", "favours_intervention"]),
            "status": st.sampled_from(["current", "retracted"]),
            "source": st.sampled_from(["imported", "synced", "curated"]),
        },
        optional={"published_by": st.sampled_from(["2011-03-31", "2011-12-01", "2012-12-31"])},
    ),
)
pieces = st.lists(
    st.one_of(
        st.builds(Piece, words, st.just("word"), st.booleans(), st.booleans()),
        st.builds(Piece, words, st.just("word")),
        st.builds(Piece, st.lists(words, min_size=1, max_size=3).map(" ".join), st.just("phrase"), st.booleans()),
        st.builds(Piece, st.sampled_from(["ke", "pai", "infus", "so", "mg/kg", "crp"]), st.just("prefix")),
    ),
    max_size=4,
)


def asked(axis: str) -> st.SearchStrategy[tuple[str, ...]]:
    """Terms of an axis by id, label or name."""
    ways = [
        way
        for on, term, label, _, names in TAXONOMY
        if on == axis
        for way in (term, label.split(">")[0].rstrip("*"), *(name.lstrip("!").upper() for name in names))
    ]
    return st.lists(st.sampled_from(ways), max_size=2).map(tuple)


def some(*values: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), max_size=2).map(tuple)


# the filters that are given are few at a time, else nothing fits
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    **{field: asked(axis) for field, axis in AXES.items()},
    "since": st.sampled_from([2010, 2011]),
    "until": st.sampled_from([2010, 2011]),
    "as_of": st.sampled_from(["2011", "2011-03", "2011-03-31", "2011-12-30", "2012"]),
    "min_n": st.sampled_from([0, 10, 100]),
    "direction": some("mixed", "not_reported"),
    "status": some("current", "retracted"),
    "source": some("curated", "synced"),
    "label": some("TO READ", "émile"),
    "trial": some("trial-1", "TRIAL TWO", "nct00000001", "isrctn22"),
}


@st.composite
def questions(draw: st.DrawFn, field: str = "") -> tuple[Filters, list[Piece]]:
    """Words, or a filter by `field` and perhaps by another one, seldom with words."""
    said = draw(pieces) if not field or draw(st.integers(0, 3)) == 0 else []
    chosen = {field, draw(st.sampled_from(["", *FIELDS]))} - {""} if field else set()
    values = {each: draw(FIELDS[each]) for each in sorted(chosen)}
    return Filters(words=typed(said), literal=draw(st.booleans()), **values), said


several_questions = st.tuples(*map(questions, FIELDS), *(questions() for _ in range(6)))


Filled = Callable[[list[Made]], AbstractContextManager[Rows]]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    """Makes a library of studies, again and again: on SQLite a copy of an empty one, on PostgreSQL a rollback."""
    folder = tmp_path_factory.mktemp("random")
    if request.param == "sqlite":
        with sqlite_library(folder, []) as (empty, _):

            @contextmanager
            def copy(made: list[Made]) -> Iterator[Rows]:
                path = folder / "copy.db"
                for beside in folder.glob("copy.db*"):
                    beside.unlink()
                shutil.copyfile(empty.path, path)
                with writing(str(path)) as connection, begin(connection):
                    fill(connection, made)
                with closing(open_reader(str(path))) as library:
                    yield library

            yield copy
        return
    with postgres_library([]) as (library, _):

        @contextmanager
        def undone(made: list[Made]) -> Iterator[Rows]:
            library.connection.rollback()
            fill(library.connection, made)
            try:
                yield library
            finally:
                library.connection.rollback()

        yield undone


def holds(library: Rows, made: list[Made], question: tuple[Filters, list[Piece]]) -> None:
    """The database finds the studies that the oracle finds, in all ways of asking."""
    filters, said = question
    reader = Reader(library)
    labels = {label.lower() for each in made for label in each.labels}
    trials = {each.trial.lower() for each in made} | {number.lower() for each in made for number in each.registry}
    if any(each.lower() not in labels for each in filters.label) or any(
        each.lower() not in trials for each in filters.trial
    ):
        with pytest.raises(UsageError):
            reader.search(filters)
        return
    expected = {each.key for each in made if fits(each, filters, said)}
    event(f"{'words' if said else 'filters'}: {'some' if expected else 'none'} found")
    for sort in ("relevance", "year"):
        result = reader.search(filters, sort, limit=0)
        assert {row.key for row in result.rows} == expected, filters
        assert result.total == len(expected)
    assert {entry.study.key for entry in reader.timeline(filters)} == expected
    assert len(reader.search(filters, limit=1).rows) == min(1, len(expected))


def test_the_database_finds_what_the_predicate_finds(filled: Filled, request: pytest.FixtureRequest) -> None:
    examples = 50 if "sqlite" in request.node.callspec.id else 12

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(st.lists(studies, min_size=3, max_size=8), several_questions)
    def law(made: list[Made], several: tuple[tuple[Filters, list[Piece]], ...]) -> None:
        for number, each in enumerate(made):
            each.key = f"study{number}"
        with filled(made) as library:
            for question in several:
                holds(library, made, question)

    law()


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    made = [
        Made("berg1999", "Burn pain", tags=[("condition", "crps-1"), ("design", "rct"), ("design", "crossover")]),
        Made("holm2001", "Low mood", labels=["to read"], trial="TRIAL-1", registry=["NCT00000001"]),
    ]
    with sqlite_library(tmp_path_factory.mktemp("query"), made) as (library, _):
        yield Reader(library)


@pytest.mark.parametrize(
    ("filters", "message", "hint"),
    [
        ({"condition": ("fibromialgia",)}, "no condition is called 'fibromialgia'", "did you mean fibromyalgia?"),
        ({"route": ("crps",)}, "no route is called 'crps'", "ketlit terms route"),
        ({"condition": ("",)}, "no condition is called ''", "ketlit terms condition"),
        ({"status": ("retractd",)}, "no status is called 'retractd'", "did you mean retracted or"),
        ({"source": ("zzz",)}, "no source is called 'zzz'", "did you mean curated or synced or imported?"),
        ({"direction": ("favours",)}, "no direction is called 'favours'", "favours_"),
        ({"label": ("to reed",)}, "no label is called 'to reed'", "did you mean to read?"),
        ({"trial": ("TRIAL-11",)}, "no trial is called 'TRIAL-11'", "did you mean TRIAL-1?"),
        ({"trial": ("",)}, "no trial is called ''", "ketlit trials"),
        ({"as_of": "last year"}, "'last year' is no date", "2011-05-31"),
        ({"words": '"'}, "there is no word in", "type words"),
    ],
)
def test_a_value_that_is_none_is_refused_with_the_nearest(
    reader: Reader, filters: dict[str, Any], message: str, hint: str
) -> None:
    for ask in (reader.search, reader.timeline, reader.trials, reader.understood):
        with pytest.raises(UsageError) as raised:
            ask(Filters(**filters))
        assert message in str(raised.value)
        assert hint in raised.value.hint


@pytest.mark.parametrize("field", [*AXES, "direction", "status", "source", "label", "trial"])
def test_an_unreadable_value_is_refused_not_crashed_on(reader: Reader, field: str) -> None:
    for value in ("\x00", "\ud800", "a\x1b[31m", "' OR 1=1 --", "x" * 100_000, "%", "\u202e"):
        with pytest.raises(UsageError) as raised:
            reader.search(Filters(**{field: (value,)}))  # type: ignore[arg-type]
        assert len(str(raised.value)) < 200


def test_an_order_that_is_none_is_refused(reader: Reader) -> None:
    with pytest.raises(UsageError, match="no order is called 'pmid; drop table study'"):
        reader.search(Filters(), "pmid; drop table study")


@pytest.mark.parametrize(
    ("typed", "day"),
    [("2011", "2011-12-31"), (" 2011-05 ", "2011-05-31"), ("2011-05-07", "2011-05-07")],
)
def test_a_date_allows_its_last_day(typed: str, day: str) -> None:
    assert last_day(typed) == day


@pytest.mark.parametrize("typed", ["", "11", "2011-13", "2011-00", "2011-5", "2011-05-32", "２０１１", "2011-05-07T10"])
def test_what_is_no_date_is_refused(typed: str) -> None:
    with pytest.raises(UsageError):
        last_day(typed)


@pytest.mark.parametrize("number", [-(10**30), -1, 0, 2**31, 10**30])
def test_a_number_of_any_size_is_a_filter(reader: Reader, number: int) -> None:
    for field in ("since", "until", "min_n"):
        assert reader.search(Filters(**{field: number})).total == 0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("filters", "understood"),
    [
        (Filters(condition=("crps",)), ["condition: crps and its 2 children"]),
        (
            Filters(condition=("reflex sympathetic dystrophy",)),
            ["condition: crps-1 (for 'reflex sympathetic dystrophy')"],
        ),
        (Filters(route=("iv",)), ["route: intravenous (for 'iv')"]),
        (Filters(route=("infusions", "ORAL")), ["route: intravenous (for 'infusions') or oral"]),
        (Filters(since=1990, until=1999), ["year: 1990 or later", "year: 1999 or earlier"]),
        (Filters(as_of="2011"), ["published by 2011-12-31"]),
        (Filters(min_n=20, status=("Retracted", "retracted")), ["n: 20 or more", "status: retracted"]),
        (Filters(direction=("no difference",)), ["direction: no_difference"]),
        (Filters(label=("TO READ",), trial=("nct00000001",)), ["label: to read", "trial: nct00000001"]),
        (Filters("burn", drug=("ketamine",)), ["words: burn", "drug: ketamine and its child"]),
    ],
)
def test_it_is_told_how_filters_are_understood(reader: Reader, filters: Filters, understood: list[str]) -> None:
    assert reader.understood(filters) == understood
    assert reader.search(filters).understood == understood


def test_a_filter_by_a_design_and_a_flag_takes_either(reader: Reader) -> None:
    assert [row.key for row in reader.search(Filters(design=("crossover", "case-report"))).rows] == ["berg1999"]
