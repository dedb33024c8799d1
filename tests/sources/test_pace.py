"""The pace of requests: apart, shared by processes, and never spoilt by a clock or a file."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ketlit.sources.endpoint import Key
from ketlit.sources.pace import LONGEST_HOLD, WITH_KEY, WITHOUT_KEY, Pacer, shared_pacer
from tests.eutils_caller import Time

RESERVE = """
import sys
from ketlit.sources.pace import Pacer
pacer = Pacer(0.5, sys.argv[1], lambda: 1000.0)
print("ready", flush=True)
sys.stdin.readline()
print(*[pacer.reserve() for each in range(100)])
"""


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "state" / "next-request")


def test_requests_begin_an_interval_apart() -> None:
    assert [Pacer(0.37, None, Time().clock).reserve() for each in range(2)] == [0.0, 0.0]
    pacer = Pacer(0.5, None, Time().clock)
    assert [pacer.reserve() for each in range(4)] == [0.0, 0.5, 1.0, 1.5]


def test_time_that_passed_is_not_waited_for() -> None:
    time = Time()
    pacer = Pacer(0.5, None, time.clock)
    pacer.reserve()
    time.now += 0.25
    assert pacer.reserve() == 0.25
    time.now += 60
    assert pacer.reserve() == 0.0


def test_pacers_of_one_file_share_its_slots(path: str) -> None:
    time = Time()
    one, other = Pacer(0.5, path, time.clock), Pacer(0.25, path, time.clock)
    assert [one.reserve(), other.reserve(), one.reserve(), other.reserve()] == [0.0, 0.5, 0.75, 1.25]


def test_threads_share_the_slots(path: str) -> None:
    pacer = Pacer(0.5, path, Time().clock)
    with ThreadPoolExecutor(8) as pool:
        slots = sorted(pool.map(lambda each: pacer.reserve(), range(64)))
    assert slots == [0.5 * each for each in range(64)]


def test_two_processes_never_take_the_same_slot(path: str) -> None:
    command = [sys.executable, "-c", RESERVE, path]
    both = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for each in range(2)]
    for each in both:
        assert each.stdout
        assert each.stdout.readline() == "ready\n"
    for each in both:
        assert each.stdin
        each.stdin.write("go\n")
        each.stdin.flush()
    slots = [float(slot) for each in both for slot in each.communicate(timeout=60)[0].split()]
    assert sorted(slots) == [0.5 * each for each in range(200)]


def test_a_hold_is_kept_by_all(path: str) -> None:
    time = Time()
    one, other = Pacer(0.5, path, time.clock), Pacer(0.5, path, time.clock)
    one.hold(30)
    assert [other.reserve(), one.reserve()] == [30.0, 30.5]
    one.hold(1)
    assert other.reserve() == 31.0


def test_no_hold_is_longer_than_two_minutes() -> None:
    pacer = Pacer(0.5, None, Time().clock)
    pacer.hold(9999)
    assert pacer.reserve() == LONGEST_HOLD == 120


@pytest.mark.parametrize("content", [b"", b"what?", b"nan", b"inf", b"1e300", b"9999999.0\n", b"\xff" * 100])
def test_a_slot_that_cannot_be_is_none(path: str, content: bytes) -> None:
    os.makedirs(os.path.dirname(path))
    Path(path).write_bytes(content)
    pacer = Pacer(0.5, path, Time().clock)
    assert [pacer.reserve(), pacer.reserve()] == [0.0, 0.5]


def test_a_clock_that_jumps_back_does_not_stop_requests(path: str) -> None:
    time = Time(1e9)
    pacer = Pacer(0.5, path, time.clock)
    pacer.reserve()
    time.now = 5.0
    assert [pacer.reserve(), pacer.reserve()] == [0.0, 0.5]


def test_where_no_file_can_be_kept_the_process_is_paced_alone(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    pacer = Pacer(0.5, str(tmp_path / "file" / "next-request"), Time().clock)
    assert [pacer.reserve(), pacer.reserve()] == [0.0, 0.5]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps no modes")
def test_the_file_is_the_users_own(path: str) -> None:
    Pacer(0.5, path, Time().clock).reserve()
    assert os.stat(path).st_mode & 0o777 == 0o600


def test_a_key_makes_requests_three_times_as_frequent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    time = Time()
    with_key, without = shared_pacer(Key("abc"), time.clock), shared_pacer(None, time.clock)
    assert (with_key.interval, without.interval) == (WITH_KEY, WITHOUT_KEY) == (0.11, 0.37)
    assert 1 / WITHOUT_KEY < 3
    assert 1 / WITH_KEY < 10
    assert [with_key.reserve(), without.reserve(), with_key.reserve()] == pytest.approx([0.0, 0.11, 0.48])
    assert [each.name for each in tmp_path.rglob("next-request")] == ["next-request"]
