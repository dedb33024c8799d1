"""Asking PubMed, over real HTTP: what is sent, what comes back, how far apart, and how much at once."""

from __future__ import annotations

import threading
import time
import urllib.request
import warnings
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from Bio import Entrez

from ketlit.errors import SourceError
from ketlit.sources.eutils import WINDOW, Citation
from ketlit.sources.items import Parsed
from ketlit.sources.pace import Pacer
from ketlit.sources.pubmed import read
from tests import eutils_faults as faults
from tests.eutils_article import article
from tests.eutils_caller import Caller, Time
from tests.eutils_fields import index
from tests.ncbi import Server, World, made_up, serve

KEY = "0a1b2c3d4e5f60718293a4b5c6d7e8f90123"


@pytest.fixture
def server() -> Iterator[Server]:
    with serve(made_up(60), keys=[KEY]) as running:
        yield running


def pmids(body: bytes) -> list[int | None]:
    return [item.record.pmid for item in read(BytesIO(body)) if isinstance(item, Parsed)]


# --- what is sent


def test_every_request_is_a_post_with_tool_email_and_key_in_its_body(server: Server) -> None:
    caller = Caller(server, key=KEY)
    caller.info()
    caller.count("ketamine")
    caller.fetch([10_000_001])
    caller.fetch(range(10_000_001, 10_000_040))
    caller.cite_match([Citation("x", "1990", "", "1", "", "a")])
    assert [each.utility for each in server.log] == ["einfo", "esearch", "efetch", "efetch", "ecitmatch"]
    for asked in server.log:
        assert asked.method == "POST"
        assert "?" not in asked.path
        assert (asked.params["tool"], asked.params["email"]) == ("ketlit", "someone@example.org")
        assert asked.params["api_key"] == KEY
        assert asked.params["db"] == "pubmed"
        assert KEY not in repr(asked.headers)
    assert caller.requests == 5


def test_without_an_email_and_a_key_neither_is_sent(server: Server) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Caller(server, email=None).count("ketamine")
    assert server.log[0].params["tool"] == "ketlit"
    assert not {"email", "api_key"} & server.log[0].params.keys()


def test_a_key_that_others_gave_to_biopython_is_not_sent(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Entrez, "api_key", "of-someone-else")
    Caller(server).count("ketamine")
    assert "api_key" not in server.log[0].params


def test_nothing_of_biopython_or_urllib_stays_changed(server: Server) -> None:
    def state() -> tuple[object, ...]:
        return urllib.request._opener, Entrez.max_tries, Entrez.api_key, Entrez.email, Entrez.tool  # type: ignore[attr-defined]

    before = state()
    caller = Caller(server, key=KEY)
    caller.count("ketamine")
    assert state() == before
    server.faults = [faults.status(404)]
    with pytest.raises(SourceError):
        caller.count("ketamine")
    assert state() == before


def test_what_others_open_meanwhile_goes_as_before(server: Server) -> None:
    opened: list[bytes] = []

    def by_others() -> None:
        with urllib.request.urlopen(f"{server.url}einfo.fcgi?db=pubmed") as reply:
            opened.append(reply.read())

    # the stand-in answers in a thread of its own, while our request waits
    server.faults = [faults.world_changes(by_others)]
    Caller(server, key=KEY).count("ketamine")
    ours, theirs = server.log
    assert (theirs.method, theirs.params) == ("GET", {"db": "pubmed"})
    assert b"<DbName>pubmed" in opened[0]
    assert ours.params["api_key"] == KEY


def test_an_opener_that_others_set_meanwhile_stays(server: Server) -> None:
    before, theirs = urllib.request._opener, urllib.request.build_opener()  # type: ignore[attr-defined]
    try:
        server.faults = [faults.world_changes(lambda: urllib.request.install_opener(theirs))]
        Caller(server).count("ketamine")
        assert urllib.request._opener is theirs  # type: ignore[attr-defined]
    finally:
        urllib.request.install_opener(before)


def test_a_proxy_is_not_asked_for_this_machine(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    monkeypatch.delenv("no_proxy", raising=False)
    assert Caller(server).count("ketamine") == 9


@pytest.mark.parametrize("years", [-56, -5, 5])
def test_a_clock_that_is_wrong_by_years_asks_the_same(
    server: Server, years: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked() -> list[dict[str, str]]:
        server.log.clear()
        caller = Caller(server)
        caller.fetch(caller.all_ids("ketamine").ids)
        return [each.params for each in server.log]

    right, now = asked(), time.time()

    def never(seconds: float) -> None:
        raise AssertionError(f"someone slept {seconds} s by another clock than ours")

    monkeypatch.setattr(time, "time", lambda: now + years * 366 * 86_400)
    monkeypatch.setattr(time, "sleep", never)
    assert asked() == right


# --- what comes back


def test_info_tells_of_the_last_update(server: Server) -> None:
    info = Caller(server).info()
    assert (info.last_update, info.count) == (datetime(2025, 11, 27, 6, 33, tzinfo=UTC), 60)


def test_a_search_gives_hits_translation_warnings_and_pubmeds_date(server: Server) -> None:
    server.world.move(hours=1)
    found = Caller(server).search("fibromyalgia AND nosuchdrug[xyz]", retmax=3)
    assert (found.count, len(found.ids)) == (0, 0)
    assert "not found: nosuchdrug" in found.warnings
    assert "no such field: xyz" in found.warnings
    found = Caller(server).search("fibromyalgia", retmax=3, retstart=1)
    assert (found.count, found.ids) == (12, [10_000_053, 10_000_048, 10_000_043])
    assert "fibromyalgia" in found.translation
    assert found.warnings == []
    assert found.date == datetime(2025, 11, 27, 7, 33, tzinfo=UTC)


def test_single_warnings_that_come_as_texts_are_told_the_same() -> None:
    with serve(made_up(5), scalars=True) as server:
        found = Caller(server).search("ketamine AND nosuchdrug[xyz]")
    assert found.warnings == ["not found: nosuchdrug", "no such field: xyz"]


def test_no_more_is_asked_than_esearch_gives(server: Server) -> None:
    caller = Caller(server)
    for wrong in ({"retmax": WINDOW + 1}, {"retstart": WINDOW}, {"retstart": -1}, {"retmax": -1}):
        with pytest.raises(ValueError, match="9999 hits"):
            caller.search("ketamine", **wrong)
    assert server.log == []


def test_fetched_records_are_those_asked_for(server: Server) -> None:
    asked = [10_000_003, 10_000_001, 10_000_050]
    assert pmids(Caller(server).fetch(asked)) == asked


def test_no_records_are_fetched_without_a_request(server: Server) -> None:
    assert Caller(server).fetch([]) == b""
    assert server.log == []


def test_records_that_pubmed_does_not_have_are_just_not_there(server: Server) -> None:
    assert pmids(Caller(server).fetch([10_000_003, 99_999_999])) == [10_000_003]
    assert pmids(Caller(server).fetch([99_999_999])) == []


def test_replies_come_packed(server: Server) -> None:
    caller = Caller(server)
    caller.fetch([10_000_001])
    assert server.log[0].headers["accept-encoding"] == "gzip"
    caller.fetch([10_000_002])
    assert caller.requests == 2


def test_a_document_type_that_nobody_knows_is_no_matter(server: Server) -> None:
    server.faults = [faults.unknown_dtd()]
    assert pmids(Caller(server).fetch([10_000_001])) == [10_000_001]


def test_a_doi_finds_its_record(server: Server) -> None:
    caller = Caller(server)
    assert caller.by_doi("10.1000/test.7") == [10_000_008]
    assert caller.by_doi("10.1000/no.such") == []
    assert caller.by_doi(' "[]" ') == []


def test_a_title_finds_candidates() -> None:
    world = World()
    right = world.new(
        1001, title="Pain analysis in patients with fibromyalgia: effects of i.v. (S)-ketamine.", year=1995
    )
    world.new(1002, title="Pain analysis in patients with fibromyalgia.", year=1995)
    world.new(1003, title="Pain analysis in patients with fibromyalgia: effects of i.v. (S)-ketamine.", year=2015)
    with serve(world) as server:
        caller = Caller(server)
        title = "Pain Analysis in Patients with Fibromyalgia — Effects of I.V. (S)-Ketamine"
        assert caller.by_title(title, 1996) == [right]
        assert caller.by_title(title, 1996, "Nobody X") == []
        assert caller.by_title("?") == []
        assert len(server.log) == 2


def test_citations_are_matched_in_order_with_their_own_keys() -> None:
    world = World()
    first = world.new(journal="Pain", year=1990, volume="12", pages="11-9", authors=("Doe Jane A",))
    second = world.new(journal="Pain", year=1991, volume="13", pages="21-9", authors=("Roe Richard",))
    with serve(world) as server:
        found = Caller(server).cite_match(
            [
                Citation("Pain", "1991", "13", "21", "Roe R", "the | odd\rkey"),
                Citation("Pain", "1990", "12", "11", "", "b"),
                Citation("Pain", "2001", "|", "", "", "c"),
            ]
        )
    assert [(each.key, each.pmid) for each in found] == [("the | odd\rkey", second), ("b", first), ("c", None)]
    assert found[2].said == "NOT_FOUND"


def test_many_citations_are_asked_a_hundred_at_once(server: Server) -> None:
    found = Caller(server).cite_match([Citation("x", "", "", str(each), "", f"k{each}") for each in range(205)])
    assert [each.key for each in found] == [f"k{each}" for each in range(205)]
    assert len(server.asked("ecitmatch")) == 3


# --- all of a set


@pytest.fixture(scope="module")
def many() -> Iterator[Server]:
    world = World()
    body = article(10_000_001, title="Ketamine.")
    read_once = index(body)  # reading 30,000 of them would take ten seconds
    # PMIDs as unevenly spread as PubMed's
    for number in range(30_000):
        pmid = 1 + number * 7 if number < 12_000 else 30_000_000 + number * 3
        world.add(body.replace(b"10000001", b"%d" % pmid))
        world[pmid]._indexed = read_once
    with serve(world) as running:
        yield running


def test_a_set_beyond_the_window_comes_whole(many: Server) -> None:
    many.log.clear()
    caller = Caller(many)
    found = caller.all_ids("ketamine")
    assert found.count == 30_000
    assert found.ids == sorted(many.world.pmids, reverse=True)
    assert found.warnings == []
    assert caller.requests < 12
    assert max(int(each.params["retstart"]) + int(each.params["retmax"]) for each in many.log) <= WINDOW


def test_numbers_above_those_of_the_first_page_are_not_missed() -> None:
    world = made_up(40)
    with serve(world) as server, pytest.MonkeyPatch.context() as patch:
        patch.setattr("ketlit.sources.eutils.WINDOW", 10)
        late = world.new(200_000_000, title="Ketamine and fibromyalgia, taken in before the others.")
        # as if the order of entry were another than that of the numbers
        patch.setattr(server.desk, "ordered", lambda found, sort: sorted(found))
        found = Caller(server).all_ids("ketamine OR fibromyalgia")
    assert late in found.ids
    assert len(found.ids) == found.count == len(set(found.ids))
    assert found.warnings == []


def test_a_set_within_the_window_takes_one_request(server: Server) -> None:
    found = Caller(server).all_ids("fibromyalgia")
    assert len(found.ids) == found.count == 12
    assert len(server.log) == 1


def test_a_set_of_nothing_is_empty(server: Server) -> None:
    found = Caller(server).all_ids("nosuchdrug")
    assert (found.count, found.ids) == (0, [])


def test_what_comes_and_goes_between_pages_is_neither_missed_nor_there_twice() -> None:
    world = made_up(200)
    title = "Ketamine comes late."
    with serve(world) as server, pytest.MonkeyPatch.context() as patch:
        patch.setattr("ketlit.sources.eutils.WINDOW", 20)
        server.faults = [
            None,
            faults.world_changes(lambda: world.new(10_000_900, title=title)),
            None,
            faults.world_changes(lambda: (world.delete(10_000_001), world.new(10_000_901, title=title))),
        ]
        found = Caller(server).all_ids("ketamine")
        now = Caller(server).search("ketamine", retmax=0).count
    assert server.faults == []
    assert found.warnings == []
    assert found.count == now
    assert {10_000_900, 10_000_901} <= set(found.ids)
    assert len(set(found.ids)) == len(found.ids)
    assert set(found.ids) - {10_000_001} <= set(world.pmids)


def test_a_count_that_was_wrong_once_is_asked_again(server: Server) -> None:
    server.faults = [faults.wrong_count(3)]
    found = Caller(server).all_ids("fibromyalgia")
    assert (found.count, len(found.ids), found.warnings) == (12, 12, [])
    assert len(server.log) == 2


@pytest.mark.parametrize("by", [3, -3])
def test_a_count_that_stays_wrong_is_told(server: Server, by: int) -> None:
    server.faults = [faults.wrong_count(by).repeated()]
    found = Caller(server).all_ids("fibromyalgia")
    assert len(found.ids) == 12
    assert found.warnings == [f"PubMed counts {12 + by} records for this query and lists 12"]


# --- pace


def test_requests_wait_for_their_turn(server: Server) -> None:
    caller = Caller(server, interval=0.37)
    for _each in range(4):
        caller.count("ketamine")
    assert caller.time.slept == [0.37] * 3


def test_repeated_requests_keep_the_pace_too(server: Server) -> None:
    server.faults = [faults.status(502), faults.empty()]
    caller = Caller(server, interval=5)
    caller.count("ketamine")
    # what is left of the pace after the waits of 1 and 2 seconds
    assert caller.time.slept == [1.0, 4.0, 2.0, 3.0]


def test_callers_of_one_machine_share_the_pace(server: Server, tmp_path: Path) -> None:
    made_up_time = Time()
    one, other = (
        Caller(server, pacer=Pacer(0.5, str(tmp_path / "next"), made_up_time.clock), sleep=made_up_time.sleep)
        for each in range(2)
    )
    for each in (one, other, one, other):
        each.count("ketamine")
    assert made_up_time.slept == [0.5, 0.5, 0.5]


def test_requests_under_way_together_begin_apart(server: Server) -> None:
    barrier = threading.Barrier(3)
    server.faults = [faults.world_changes(lambda: barrier.wait(timeout=30)).repeated(3)]
    caller = Caller(server, interval=0.5)
    begun: list[float] = []
    caller._sleep = begun.append
    assert len(list(caller.fetching([[10_000_001 + each] for each in range(3)], ahead=3))) == 3
    assert sorted(begun) == [0.5, 1.0]
    assert server.most_together == 3


# --- the next on their way


def test_batches_come_in_order_with_no_more_at_once_than_allowed(server: Server) -> None:
    batches = [[10_000_001 + 3 * each + number for number in range(3)] for each in range(12)]
    came = list(Caller(server).fetching(batches, ahead=2))
    assert [ids for ids, _ in came] == batches
    assert [pmids(body) for _, body in came] == batches
    assert server.most_together <= 2
    assert threads() == []


def threads() -> list[str]:
    return [each.name for each in threading.enumerate() if each.name.startswith("ahead")]


def test_a_failure_comes_after_the_batches_before_it(server: Server) -> None:
    server.faults = lambda asked: faults.status(404) if asked.params.get("id") == "10000003" else None
    fetching = Caller(server).fetching([[10_000_001], [10_000_002], [10_000_003], [10_000_004]], ahead=2)
    assert [ids for ids, _ in (next(fetching), next(fetching))] == [[10_000_001], [10_000_002]]
    with pytest.raises(SourceError, match="404"):
        next(fetching)
    assert threads() == []


def test_stopping_early_breaks_off_what_hangs(server: Server) -> None:
    hanging = {"10000002": faults.hang(0.5), "10000003": faults.silence()}
    server.faults = lambda asked: hanging.get(asked.params.get("id", ""))
    caller = Caller(server)
    with closing(caller.fetching([[10_000_001 + each] for each in range(9)], ahead=2)) as fetching:  # type: ignore[type-var]
        next(fetching)
    assert threads() == []
    assert len(server.log) <= 3
    assert caller.count("ketamine") == 9  # and it can be asked further


def test_stopping_early_ends_waits(server: Server) -> None:
    waiting = threading.Event()
    server.faults = [None, faults.too_many("100").repeated()]
    caller = Caller(server, sleep=None, on_wait=lambda seconds, why: waiting.set())
    with closing(caller.fetching([[10_000_001], [10_000_002]], ahead=1)) as fetching:  # type: ignore[type-var]
        next(fetching)
        assert waiting.wait(timeout=30)
    assert threads() == []


def test_the_log_tells_of_every_request(server: Server) -> None:
    server.faults = [faults.status(500)]
    caller = Caller(server)
    caller.count("ketamine")
    first, second = caller.said
    assert first == "request 1, esearch: HTTP 500: NCBI/eutils202 - WWW Error 500 Diagnostic (retry)"
    assert second.startswith("request 2, esearch: ")
    assert caller.waits == [(1.0, "HTTP 500: NCBI/eutils202 - WWW Error 500 Diagnostic")]


def test_records_stay_apart_in_time_as_the_server_sees_them(server: Server) -> None:
    made_up_time = Time()
    server.stopwatch = made_up_time.clock
    caller = Caller(server, pacer=Pacer(0.37, None, made_up_time.clock), sleep=made_up_time.sleep)
    for _each in range(12):
        caller.count("ketamine")
    times = [each.at for each in server.log]
    assert min(after - before for before, after in pairwise(times)) == pytest.approx(0.37)
    assert server.busiest() == 3
