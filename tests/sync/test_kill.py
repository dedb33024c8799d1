"""A real process that syncs is killed, interrupted and overtaken; the library outlives it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from ketlit.cli import run
from tests.ncbi import Server, World
from tests.sync.conftest import Syncing, papers

QUERY = "ketamine[tiab]"
PROGRAM = """\
import ketlit.sources.pace as pace
pace.shared_pacer = lambda key: pace.Pacer(0.0)
from ketlit.cli import main
main()
"""
pytestmark = pytest.mark.skipif(os.name == "nt", reason="it has no signals")


class Process:
    """`ketlit sync` as a process of its own, which gets a signal when it asks for its n-th batch."""

    def __init__(self, library: Path, server: Server, folder: Path) -> None:
        self.library, self.server = library, server
        self.environment = {
            **os.environ,
            "KETLIT_EUTILS_URL": server.url,
            "NCBI_EMAIL": "someone@example.org",
            "XDG_CONFIG_HOME": str(folder),
            "XDG_STATE_HOME": str(folder),
        }

    def start(self, *options: str) -> subprocess.Popen[str]:
        arguments = ["--db", str(self.library), "sync", "--query", QUERY, "--batch", "4", *options]
        return subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def signalled(self, number: int, what: signal.Signals) -> tuple[int, str, str]:
        """Its exit code and what it said; the signal comes with the `number`-th request for records."""
        left, running = [number], Event()

        def script(asked: Any) -> None:
            if asked.utility == "efetch":
                left[0] -= 1
                if left[0] == 0:
                    running.wait()
                    process.send_signal(what)

        self.server.faults = script
        process = self.start()
        running.set()
        out, err = process.communicate(timeout=60)
        self.server.faults = []
        return process.returncode, out, err


@pytest.fixture
def process(desk: Syncing, server: Server, tmp_path: Path) -> Process:
    return Process(desk.path, server, tmp_path)


def ids_asked(server: Server) -> list[int]:
    return [pmid for asked in server.asked("efetch") for pmid in map(int, asked.ids)]


def test_killed_again_and_again_it_loses_nothing_and_fetches_two_batches_again_at_most(
    desk: Syncing, process: Process, world: World, server: Server
) -> None:
    there = papers(world, 72)
    chance = random.Random(1729)
    kills = 5
    for _ in range(kills):
        assert process.signalled(chance.randint(1, 4), signal.SIGKILL)[0] == -signal.SIGKILL
        assert desk.sound()
        if stored := sorted(desk.studies()):
            desk.annotate(stored[0])
    words = desk.words_of_people()
    last = process.start()
    out, err = last.communicate(timeout=60)
    assert last.returncode == 0, err
    assert "going on with a sync that was cut short" in err
    assert "status\tdone" in out
    assert sorted(desk.studies()) == there
    assert desk.one("SELECT COUNT(*) FROM study") == len(there)
    assert desk.words_of_people() == words
    assert len(words) > 2
    assert len(ids_asked(server)) <= len(there) + kills * 2 * 4
    assert desk.sound()


def test_interrupted_it_ends_with_130_and_the_next_one_goes_on(desk: Syncing, process: Process, world: World) -> None:
    there = papers(world, 24)
    code, out, err = process.signalled(3, signal.SIGINT)
    assert code == 130
    assert err.splitlines()[-1] == "ketlit: interrupted"
    assert "status\tinterrupted" in out
    assert "Traceback" not in err
    assert desk.sound()
    assert 0 < len(desk.studies()) < 24
    last = process.start()
    last.communicate(timeout=60)
    assert (last.returncode, sorted(desk.studies())) == (0, there)


def test_while_one_syncs_another_is_told_which(
    desk: Syncing,
    process: Process,
    world: World,
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    papers(world, 8)
    at_work, go_on = Event(), Event()

    def script(asked: Any) -> None:
        if asked.utility == "efetch":
            at_work.set()
            go_on.wait()

    server.faults = script
    first = process.start()
    assert at_work.wait(60)
    for name, value in process.environment.items():
        monkeypatch.setenv(name, value)
    assert run(["--db", str(desk.path), "sync", "--query", QUERY]) == 7
    assert f"process {first.pid}, since 20" in capsys.readouterr().err
    go_on.set()
    first.communicate(timeout=60)
    assert first.returncode == 0
    assert len(desk.studies()) == 8
