"""What PubMed is asked: names and queries of topics, and the window of what is new."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ketlit.errors import UsageError
from ketlit.sync import topics
from ketlit.sync.run import off_peak
from tests.eutils_query import Search
from tests.ncbi import World


def test_the_queries_that_come_with_ketlit_are_each_on_one_line() -> None:
    shipped = topics.shipped()
    assert [topic.name for topic in shipped.topics] == [topics.DEFAULT]
    for query in (shipped.drug, *(topic.query for topic in shipped.topics)):
        assert query == topics.checked_query(query)
        assert query.count("(") == query.count(")")
        assert query.count('"') % 2 == 0


def test_the_topic_finds_ketamine_for_people_in_pain_or_distress_and_nothing_else() -> None:
    world = World()
    wanted = [
        world.new(title="Ketamine for fibromyalgia."),
        world.new(title="Esketamine in treatment-resistant depression."),
        world.new(title="A trial.", mesh=("*Ketamine", "*Complex Regional Pain Syndromes", "Humans")),
    ]
    world.new(title="Ketamine in cataract surgery.")
    world.new(title="Morphine for pain.")
    world.new(title="Ketamine and pain in rats.", mesh=("*Ketamine", "*Pain", "Animals"))
    found = Search(world).ask(topics.shipped().topics[0].query)
    assert sorted(found.pmids) == wanted
    assert not found.fields_not_found


@pytest.mark.parametrize(
    "typed", ["", "  ", "\t\n", "a\x00b", "a\x1b[2Jb", "x" * 20_001, "a[ti", "(a", "a)", "([)]", 'a"']
)
def test_what_is_no_query_is_refused(typed: str) -> None:
    with pytest.raises(UsageError, match="the query"):
        topics.checked_query(typed)


@pytest.mark.parametrize("typed", ["(a[ti] OR b) AND c", '"a (b" AND c', "it's a", "5'-nucleotide"])
def test_what_is_balanced_is_a_query(typed: str) -> None:
    assert topics.checked_query(typed) == typed


def test_what_is_asked_once_has_a_name_that_no_kept_topic_can_have() -> None:
    for asked in (topics.of_words("itch", "ketamine"), topics.of_query("itch")):
        with pytest.raises(UsageError, match="no name for a topic"):
            topics.checked_name(asked.name)
        assert not asked.kept
    assert topics.of_words("itch  OR\nache", "a OR b").query == "(a OR b) AND (itch OR ache)"
    assert topics.checked_name(" Itch-2 ") == "itch-2"


def test_a_window_finds_what_came_or_changed_since_a_day() -> None:
    world = World()
    old, changed, came = (
        world.new(title="Ketamine", created=world.days_ago(900)),
        world.new(title="Ketamine", created=world.days_ago(900), revised=world.days_ago(1)),
        world.new(title="Ketamine", created=world.days_ago(2)),
    )
    world.new(title="Morphine", created=world.days_ago(2))
    day = world.days_ago(2)
    assert Search(world).ask(topics.window("ketamine[ti]", day)).pmids == {changed, came}
    assert Search(world).ask(topics.window("ketamine[ti] OR nothing[ti]", day)).pmids == {changed, came}
    with_old = topics.with_records("nothing[ti]", [old, came])
    assert Search(world).ask(with_old).pmids == {old, came}
    assert Search(world).ask(topics.window(with_old, day)).pmids == {came}
    assert topics.with_records("ketamine[ti]", []) == "ketamine[ti]"


@pytest.mark.parametrize(
    ("utc", "quiet"),
    [
        (datetime(2025, 11, 27, 15, 0, tzinfo=UTC), False),  # a Thursday, 10:00 in New York
        (datetime(2025, 11, 28, 1, 59, tzinfo=UTC), False),  # 20:59
        (datetime(2025, 11, 28, 2, 0, tzinfo=UTC), True),  # 21:00
        (datetime(2025, 11, 28, 9, 59, tzinfo=UTC), True),  # 4:59
        (datetime(2025, 11, 28, 10, 0, tzinfo=UTC), False),  # 5:00
        (datetime(2025, 7, 3, 1, 30, tzinfo=UTC), True),  # 21:30 in summer
        (datetime(2025, 7, 3, 9, 30, tzinfo=UTC), False),  # 5:30 in summer
        (datetime(2025, 11, 29, 17, 0, tzinfo=UTC), True),  # a Saturday
        (datetime(2025, 12, 1, 4, 0, tzinfo=UTC), True),  # Sunday still
    ],
)
def test_off_peak_is_the_night_and_the_weekend_of_new_york(utc: datetime, quiet: bool) -> None:
    assert off_peak(utc) is quiet
