"""`sync` as it is typed: what it says, its summary, its exit codes, whom it asks, and who is in its way."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ketlit import settings
from ketlit.cli import run
from ketlit.sources.pace import Pacer
from ketlit.store.lock import sole
from tests import eutils_faults as faults
from tests.ncbi import Server, World, serve

Command = Callable[..., tuple[int, str, str]]
KEYS = [
    *("run", "status", "found", "fetched", "added", "revised", "unchanged", "retracted", "corrected", "deleted"),
    *("unknown", "failed", "verified", "mismatched", "requests", "seconds"),
]
QUERY = ("--query", "ketamine[tiab]")


@pytest.fixture
def world() -> World:
    world = World()
    for number in range(8):
        world.new(
            20_000_001 + number,
            title=f"Ketamine for fibromyalgia, report {number}.",
            abstract="Pain fell.",
            created=world.days_ago(30),
        )
    return world


@pytest.fixture(autouse=True)
def server(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A stand-in that every sync asks, without pace, with settings of its own."""
    monkeypatch.setattr("ketlit.sources.pace.shared_pacer", lambda key: Pacer(0.0))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("NCBI_EMAIL", "someone@example.org")
    monkeypatch.delenv("NCBI_API_KEY", raising=False)
    with serve(world) as running:
        monkeypatch.setenv("KETLIT_EUTILS_URL", running.url)
        yield running


def studies(library: Path) -> int:
    with closing(sqlite3.connect(library)) as connection:
        return int(connection.execute("SELECT COUNT(*) FROM study").fetchone()[0])


def test_a_sync_of_a_new_library_verifies_and_fetches(command: Command, answer: Any, world: World) -> None:
    world.new(
        8610220,
        title="Pain analysis in patients with fibromyalgia. Effects of intravenous morphine, lidocaine, and ketamine.",
        authors=("Sørensen Jan",),
        year=1995,
        created=world.days_ago(900),
    )
    code, out, err = command("sync", "--format", "json")
    assert code == 0, err
    summary = json.loads(out)
    assert list(summary)[: len(KEYS)] == KEYS
    assert (summary["status"], summary["added"], summary["verified"], summary["failed"]) == ("done", 8, 1, 0)
    assert summary["unknown"] == len(summary["unknown_pmids"]) > 100
    assert "is unknown to PubMed" in err
    assert err.count("asked for again in 30 days, or with --full") == 1
    assert "did not read all of topic" not in err
    assert "all of them: --format json" in err
    assert answer("show", "sorensen1995")["verification"]["pmid"] == "verified"
    code, out, _ = command("sync", "--format", "table")
    assert code == 0
    assert "nothing new (0 fetched, 3 requests" in out


def test_words_are_asked_together_with_the_drug(command: Command, server: Server) -> None:
    code, out, _ = command("sync", "fibromyalgia", "--format", "json")
    topic = json.loads(out)["topics"][0]
    assert (code, topic["name"], topic["found"]) == (0, "words: fibromyalgia", 8)
    assert topic["query"].endswith("AND (fibromyalgia)")
    assert "ketamine[Text Word]" in topic["query"]
    assert topic["translation"]


def test_words_and_queries_leave_topics_of_that_name_alone(command: Command, answer: Any) -> None:
    command("topic", "add", "fibromyalgia", "fibromyalgia[ti]")
    assert command("sync", "--topic", "fibromyalgia")[0] == 0
    before = answer("topic", "list")
    assert command("sync", "fibromyalgia")[0] == 0
    assert command("sync", "--query", "ketamine")[0] == 0
    assert command("sync", "ketamine")[0] == 0
    kept = [one for one in answer("topic", "list") if one["kept"]]
    assert kept == [one for one in before if one["kept"]]


def test_a_topic_that_is_not_kept_is_named(command: Command) -> None:
    code, _, err = command("sync", "--topic", "itch")
    assert code == 3
    assert "no topic is called 'itch'" in err
    assert "ketamine" in err


def test_a_dry_run_shows_the_counts_of_the_sync_and_stores_nothing(
    command: Command, library: Path, world: World
) -> None:
    assert command("sync", *QUERY)[0] == 0
    world.move(days=3)
    world.retract(20_000_001)
    world.correct(20_000_002)
    world.concern(20_000_003)
    world.revise(20_000_004, title="Ketamine, rewritten.")
    world.delete(20_000_005)
    world.new(20_000_050, title="Ketamine, new.")
    world.new(20_000_051, title="Ketamine, new and withdrawn.", types=("Retracted Publication",))
    before = library.read_bytes()
    code, out, _ = command("sync", *QUERY, "--dry-run", "--format", "json")
    assert (code, library.read_bytes()) == (0, before)
    planned = json.loads(out)
    done = json.loads(command("sync", *QUERY, "--format", "json")[1])
    assert planned["run"] is None
    for summary in (planned, done):
        for name in ("run", "requests", "seconds"):
            del summary[name]
    assert planned == done
    assert (done["added"], done["revised"], done["deleted"], done["unchanged"]) == (2, 4, 1, 0)
    assert (done["retracted"], done["corrected"], done["concern"]) == (2, 1, 1)
    code, out, _ = command("sync", *QUERY, "--dry-run", "--full", "--format", "table")
    assert "would do: 9 unchanged (9 fetched" in out


def test_a_dry_run_makes_no_library(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    assert run(["--db", str(path), "sync", "--dry-run", *QUERY]) == 4
    assert not path.exists()


def test_a_sync_makes_the_library_that_was_named(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    assert run(["--db", str(path), "sync", *QUERY]) == 0
    assert studies(path) > 8


@pytest.mark.parametrize(
    "typed",
    [
        ["--limit", "-1"],
        ["--batch", "0"],
        ["--batch", "201"],
        ["--since", "yesterday"],
        ["--since", "0001-01-01"],
        ["--query", " "],
        ["--query", ""],
        ["--topic", ""],
        ["--since", ""],
        ["--query", "ketamine[tiab AND ("],
        ["--query", '"ketamine'],
        ["depression)", "or", "(pain"],
        ["--query", "a\x00b"],
        ["fm", "--query", "x"],
        ["fm", "--topic", "ketamine"],
        ["--base-url", "http://example.org/"],
        ["--base-url", "https://eutils.ncbi.nlm.nih.gov@evil.example/"],
        ["--base-url", "https://eutils.ncbi.nlm.nih.gov.evil.example/?x"],
        ["--base-url", "ftp://127.0.0.1/"],
    ],
)
def test_what_cannot_be_asked_is_refused_before_anything_is(
    typed: list[str], command: Command, server: Server, library: Path
) -> None:
    before = library.read_bytes()
    code, out, err = command("sync", *typed)
    assert (code, out, server.log) == (2, "", [])
    assert 1 <= len(err.splitlines()) <= 2
    assert library.read_bytes() == before


def test_a_wrong_key_is_told_without_it(
    command: Command, library: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = "0123456789abcdef0123456789abcdef0123"
    monkeypatch.setenv("NCBI_API_KEY", key)
    code, out, err = command("-vv", "sync", *QUERY, "--format", "json")
    assert code == 5
    assert "API key invalid" in err
    assert key not in err + out
    assert all(key not in asked.path for asked in server.log)
    assert json.loads(out)["status"] == "failed"


@pytest.mark.parametrize("body", [b"<html><body>Welcome</body></html>", b"{}", b"[]", b"nothing", b"\x00\xff"])
def test_an_address_that_lies_changes_nothing(body: bytes, command: Command, server: Server, library: Path) -> None:
    count = studies(library)
    server.faults = lambda asked: faults.other_body(body, "text/html", 404)
    code, out, err = command("sync", *QUERY)
    assert (code, studies(library), out) == (5, count, "")
    assert "PubMed's esearch failed" in err
    assert "--base-url or KETLIT_EUTILS_URL" in err


def test_a_topic_that_comes_with_ketlit_is_told_in_one_line_and_explained_when_asked_to(command: Command) -> None:
    topic = ("sync", "--topic", "ketamine", "--format", "table")
    assert command(*topic)[1].splitlines()[0] == "ketamine: 8 found"
    assert "PubMed read it as" in command("-v", *topic)[1]
    long = "ketamine[tiab] OR " + " OR ".join(f"fibromyalgia{number}[tiab]" for number in range(90))
    shown = command("sync", "--query", long, "--format", "table")[1].splitlines()[0]
    assert "PubMed read it as" in shown
    assert shown.endswith(" …")
    assert len(shown) < 450


def test_a_redirect_to_another_host_is_not_followed(command: Command, server: Server) -> None:
    server.faults = [faults.redirect("https://evil.example/entrez/eutils/esearch.fcgi")]
    code, _, err = command("sync", *QUERY)
    assert code == 5
    assert len(server.log) == 1
    assert "esearch failed" in err


def test_nobody_there_is_told_in_one_line(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    from ketlit.sources.eutils import Eutils

    monkeypatch.setattr(Eutils, "_pause", lambda *_: None)
    code, _, err = command("sync", *QUERY, "--base-url", "http://127.0.0.1:1/")
    assert code == 5
    assert "PubMed's esearch failed 6 times" in err
    assert "--base-url or KETLIT_EUTILS_URL" in err
    assert "Traceback" not in err


def test_a_query_that_finds_nothing_is_done(command: Command) -> None:
    code, out, _ = command("sync", "--query", "nosuchword[ti]", "--format", "table")
    assert code == 0
    assert "0 found" in out
    assert "nothing new" in out


@pytest.mark.parametrize(
    ("query", "warned"),
    [("ketamine[NoSuchField]", "NoSuchField"), ("ketamine[tiab] AND nosuchword[ti]", "nosuchword")],
)
def test_what_pubmed_did_not_understand_is_shown_and_kept(
    query: str, warned: str, command: Command, library: Path
) -> None:
    code, out, err = command("sync", "--query", query, "--format", "json")
    assert code == 0
    assert "did not read all of topic" in err
    assert warned in err
    assert warned in " ".join(json.loads(out)["topics"][0]["warnings"])
    with closing(sqlite3.connect(library)) as connection:
        kept = json.loads(connection.execute("SELECT summary FROM sync_run WHERE kind = 'sync'").fetchone()[0])
    assert warned in " ".join(kept["warnings"])
    assert kept["translation"]


def test_a_record_that_fails_is_named_and_the_exit_code_says_so(
    command: Command, server: Server, library: Path
) -> None:
    from dataclasses import replace

    count = studies(library)
    spoilt = faults.Fault(
        "spoilt", lambda asked, right: replace(right, body=right.body.replace(b"report 3.</ArticleTitle>", b"</A>"))
    )
    server.faults = lambda asked: spoilt if asked.utility == "efetch" else None
    code, out, err = command("sync", *QUERY, "--format", "json")
    assert code == 6
    assert "PMID 20000004: " in err
    assert "1 record could not be stored; all else was" in err
    assert (json.loads(out)["failed"], studies(library)) == (1, count + 7)


def test_a_second_sync_names_the_first(command: Command, library: Path, server: Server) -> None:
    with sole(str(library), "process 42, since 2026-01-01 10:00 UTC"):
        code, _, err = command("sync", *QUERY)
    assert (code, server.log) == (7, [])
    assert "process 42, since 2026-01-01 10:00 UTC" in err
    assert command("sync", *QUERY)[0] == 0


def test_another_writer_is_waited_for_and_then_told(
    command: Command, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ketlit.store.connect.BUSY_MS", 5)
    count = studies(library)
    with closing(sqlite3.connect(library, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        code, _, err = command("sync", *QUERY)
        other.execute("ROLLBACK")
    assert code == 7
    assert "writing to" in err
    assert studies(library) == count


def test_ctrl_c_keeps_what_was_stored_and_the_next_sync_goes_on(
    command: Command, library: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ketlit.sync.fetching import Fetching

    count, store = studies(library), Fetching._store

    def interrupted(self: Fetching, *given: Any) -> None:
        if self.came:
            raise KeyboardInterrupt
        store(self, *given)

    monkeypatch.setattr(Fetching, "_store", interrupted)
    code, out, err = command("sync", *QUERY, "--batch", "3", "--format", "table")
    assert (code, studies(library)) == (130, count + 3)
    assert "interrupted" in err
    assert "the next sync goes on" in err
    assert "before it stopped: 3 added" in out
    monkeypatch.setattr(Fetching, "_store", store)
    code, out, err = command("sync", *QUERY, "--format", "table")
    assert (code, studies(library)) == (0, count + 8)
    assert "going on with a sync that was cut short: 5 records are left" in err


def test_without_an_e_mail_one_line_warns_and_the_sync_goes_on(
    command: Command, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NCBI_EMAIL")
    monkeypatch.setattr(sys, "stdin", io.StringIO("someone@example.org\n"))
    code, _, err = command("sync", *QUERY)
    assert code == 0
    assert err.count("e-mail") == 1
    assert all("email" not in asked.params for asked in server.log)
    assert settings.read_settings() == {}


class Keyboard(io.StringIO):
    """A terminal at which someone has typed something."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("typed", "code", "kept"),
    [
        ("someone@example.org\n", 0, {"email": "someone@example.org"}),
        ("\n", 0, {}),
        ("", 0, {}),
        ("nobody\n", 2, {}),
    ],
)
def test_on_a_terminal_the_e_mail_is_asked_for_once(
    typed: str, code: int, kept: dict[str, str], command: Command, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NCBI_EMAIL")
    monkeypatch.setattr(sys, "stdin", Keyboard(typed))
    terminal = Keyboard()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert command("sync", *QUERY)[0] == code
    assert "asks whoever fetches from it for an e-mail" in terminal.getvalue()
    assert settings.read_settings() == kept
    assert {asked.params.get("email", "") for asked in server.log} == ({kept.get("email", "")} if code == 0 else set())
    terminal.truncate(0)
    command("sync", *QUERY)
    assert ("asks whoever" in terminal.getvalue()) is not bool(kept)


def test_a_sync_is_quiet_when_piped(command: Command) -> None:
    code, out, err = command("sync", *QUERY)
    assert (code, err) == (0, "")
    assert out.startswith("name\tvalue\nrun\t2\nstatus\tdone\nfound\t8\n")


def test_a_sync_says_how_many_studies_only_mention_ketamine(command: Command, world: World) -> None:
    for number in range(2):
        world.new(
            20_000_101 + number,
            title=f"Psilocybin for low mood, report {number}: a randomized trial.",
            abstract="We gave psilocybin to sailors.",
            created=world.days_ago(30),
        )
    query = ("--query", "psilocybin[tiab] OR fibromyalgia[tiab]", "--format", "table")
    assert "\n2 of the 10 added only mention ketamine" in command("sync", *query)[1]
    assert "only mention" not in command("sync", *query, "--full")[1]


@pytest.mark.parametrize(("hour", "told"), [(15, True), (2, False)])
def test_a_large_job_in_office_hours_is_advised_against(
    hour: int, told: bool, command: Command, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ketlit.sync.run.LARGE", 1)
    world.now = world.now.replace(hour=hour)  # UTC; a Thursday
    code, _, err = command("sync", *QUERY, "--batch", "2")
    assert code == 0
    assert ("at weekends, or from 21:00 to 5:00" in err) is told


def test_every_request_says_who_asks_and_the_key_goes_into_the_body(
    command: Command, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = "0123456789abcdef0123456789abcdef0123"
    server.keys.add(key)
    monkeypatch.setenv("NCBI_API_KEY", key)
    assert command("sync", *QUERY)[0] == 0
    for asked in server.log:
        assert (asked.params["tool"], asked.params["email"]) == ("ketlit", "someone@example.org")
        assert asked.params["api_key"] == key
        assert (asked.method, key in asked.path) == ("POST", False)


def test_a_sync_runs_as_a_program_and_tells_no_traceback(library: Path, server: Server, tmp_path: Path) -> None:
    server.faults = lambda asked: faults.status(404)
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path), "KETLIT_DEBUG": "0"}
    command = [sys.executable, "-c", "from ketlit.cli import main; main()", "--db", str(library), "sync", *QUERY]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 5
    assert "Traceback" not in done.stderr
    debugged = subprocess.run(
        command, env=environment | {"KETLIT_DEBUG": "1"}, capture_output=True, text=True, timeout=60
    )
    assert debugged.returncode == 5
    assert "Traceback" in debugged.stderr
