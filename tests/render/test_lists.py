"""Terms, trials and counts on a terminal."""

from __future__ import annotations

from collections.abc import Callable

from ketlit.render import lists
from ketlit.render.table import Screen
from ketlit.views import Count, Stats, TermRow, TrialRow

Drawn = Callable[[int, Callable[[Screen], None]], str]
Golden = Callable[[str, str], None]
TERMS = [
    TermRow("condition", "pain", "Pain", [], ["ache"], 0, 12, 0),
    TermRow("condition", "crps", "Complex regional pain syndrome", ["pain"], ["CRPS", "algodystrophy"], 10, 12, 1),
    TermRow("condition", "crps-1", "CRPS type I", ["crps"], ["reflex sympathetic dystrophy"], 2, 2, 2),
    TermRow("condition", "headache", "Headache", [], [], 0, 0, 0),
    TermRow("route", "intravenous", "Intravenous", [], ["IV", "drip"], 105, 105, 0),
]
TRIALS = [
    TrialRow(
        "KADS", "A trial of ketamine\x1b[31m", ["ACTRN1", "KADS"], ["loo2023", "martin2024"], [2023, 2024], 174, ["trd"]
    ),
    TrialRow("NCT01", "", ["NCT01"], [], [], None, []),
]
COUNTS = Stats(
    studies=3,
    curated=2,
    synced=0,
    imported=1,
    trials=1,
    participants=1200,
    not_ketamine=34,
    findings=5,
    harms=2,
    claims=1,
    notes=1,
    labels=0,
    without_abstract=2,
    first_year=1995,
    last_year=2025,
    by_design=[Count("rct", 2), Count("other", 1)],
    by_status=[Count("current", 3)],
    by_condition=[Count(f"c{number:02}", 30 - number) for number in range(14)],
    by_route=[],
    verification=[Count("verified", 2)],
    created_at="2026-01-02T03:04:05Z",
    last_change="2026-02-03T04:05:06Z",
    seed="0.1.0",
    schema=1,
    path="library.db",
)


def test_terms_are_a_tree_with_counts(drawn: Drawn, golden: Golden) -> None:
    golden("terms_80.txt", drawn(80, lambda screen: lists.terms(screen, TERMS)))


def test_trials_stand_with_their_studies(drawn: Drawn, golden: Golden) -> None:
    golden("trials_80.txt", drawn(80, lambda screen: lists.trials(screen, TRIALS)))


def test_counts_are_told_in_words_and_bars(drawn: Drawn, golden: Golden) -> None:
    golden("stats_80.txt", drawn(80, lambda screen: lists.stats(screen, COUNTS)))


def test_where_nothing_is_left_out_nothing_is_said_of_it(drawn: Drawn) -> None:
    told = drawn(80, lambda screen: lists.stats(screen, COUNTS._replace(not_ketamine=0)))
    assert "ketamine" not in told
    one = drawn(80, lambda screen: lists.stats(screen, COUNTS._replace(not_ketamine=1)))
    assert "without 1 study that only mentions ketamine, or not even that\n" in one


def test_an_empty_list_says_so(drawn: Drawn) -> None:
    assert drawn(80, lambda screen: lists.terms(screen, [])) == "no term fits\n"
    assert drawn(80, lambda screen: lists.trials(screen, [])) == "no trial fits\n"
