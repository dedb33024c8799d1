"""How long a sync takes, how much it asks and holds, and what it survives, against a stand-in of PubMed here.

    python benchmarks/sync.py                       30,000 records, 300 ms before each answer, a key
    python benchmarks/sync.py --memory              1,000 and 100,000 records, without latency
    python benchmarks/sync.py --kills 50            killed at 50 random moments
    python benchmarks/sync.py --smoke               all of it small, to see that it works

Goals: wall time <= 1.2 x the floor; nothing new <= 3 requests, 3 changed records <= 5; the most memory ever held <=
150 MB, whatever the number of records; a kill costs two batches at most.

Floor of the wall time, in the same run: the larger of requests x pace (0.11 s with a key) and requests x latency /
requests under way at once. That is one: the next batch is asked for while this one is parsed and stored, and nothing
beyond it, so that a kill costs no more than these two. The stand-in runs as a process of its own; the time that it
needs itself for an answer comes on top of the latency, and is printed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ketlit.cli.opening import make  # noqa: E402
from ketlit.sources.pace import WITH_KEY  # noqa: E402
from ketlit.sync.fetching import AHEAD  # noqa: E402
from tests.ncbi import Server, World, serve  # noqa: E402

KEY = "0123456789abcdef0123456789abcdef0123"
EVERYTHING = "patients[tiab]"  # is in each abstract that the stand-in makes up
UNPACED = "import ketlit.sources.pace as pace; pace.shared_pacer = lambda key: pace.Pacer(0.0)\n"
PROGRAM = "from ketlit.cli import main; main()"


class Ran(NamedTuple):
    """A sync that ran: its summary, seconds on the wall and of the processor, and the most memory it held in MB."""

    summary: dict[str, Any]
    wall: float
    cpu: float
    memory: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=30_000)
    parser.add_argument("--latency", type=int, default=300, help="milliseconds")
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--smoke", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.smoke:
            speed(folder, 1_000, 20)
            requests(folder, 200)
            kills(folder, 2, 600)
        elif options.memory:
            memory(folder, (1_000, 100_000))
        elif options.kills:
            kills(folder, options.kills, 10_000)
        else:
            requests(folder, 2_000)
            speed(folder, options.records, options.latency)


def environment(folder: Path, url: str) -> dict[str, str]:
    return {
        **os.environ,
        "KETLIT_EUTILS_URL": url,
        "NCBI_API_KEY": KEY,
        "NCBI_EMAIL": "someone@example.org",
        "XDG_STATE_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
    }


@contextmanager
def stand_in(records: int, latency: int = 0) -> Iterator[str]:
    """The address of a stand-in in a process of its own."""
    command = [sys.executable, str(ROOT / "tests" / "ncbi.py"), "--records", str(records), "--key", KEY]
    process = subprocess.Popen([*command, "--latency", str(latency)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        process.stdout.readline()
        yield url
    finally:
        process.terminate()  # SIGINT is ignored by what a shell started in the background
        process.communicate()


def library(folder: Path) -> Path:
    """A new library without studies."""
    path = folder / f"library{time.monotonic_ns()}.db"
    make(str(path), seed=False)
    return path


def synced(path: Path, url: str, *options: str, prepared: str = "") -> Ran:
    """A sync as a process of its own."""
    arguments = ["--db", str(path), "sync", "--query", EVERYTHING, "--format", "json", *options]
    started = time.perf_counter()
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", prepared + PROGRAM, *arguments], stdout=out, env=environment(path.parent, url)
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - started
        if process.returncode:
            raise SystemExit(f"the sync exited {process.returncode}")
        out.seek(0)
        summary = json.load(out)
    scale = 1 if sys.platform == "darwin" else 1024
    return Ran(summary, wall, used.ru_utime + used.ru_stime, used.ru_maxrss * scale / 1e6)


def speed(folder: Path, records: int, latency: int) -> None:
    """The first sync of so many records."""
    path = library(folder)
    with stand_in(records, latency) as url:
        ran = synced(path, url)
    asked, took = ran.summary["requests"], ran.summary["seconds"]
    assert ran.summary["added"] == records
    pace, wait = asked * WITH_KEY, asked * latency / 1000 / AHEAD
    print(f"{records:,} records, {asked} requests, {latency} ms before each answer, a key, {os.cpu_count()} processors")
    print(f"wall {took:.1f} s (process {ran.wall:.1f} s, its processor time {ran.cpu:.1f} s), {records / took:,.0f}/s")
    print(f"floors: pace {pace:.1f} s, latency {wait:.1f} s; load of the machine {os.getloadavg()[0]:.1f}")
    print(f"wall / floor {took / max(pace, wait):.2f} (goal <= 1.2); most memory {ran.memory:.0f} MB (goal <= 150)")


def requests(folder: Path, records: int) -> None:
    """What later syncs ask."""
    path, world = library(folder), aged(records)
    with serve(world, keys=[KEY]) as server:
        synced(path, server.url, prepared=UNPACED)
        for changed, most in ((0, 3), (3, 5)):
            world.move(days=3)
            for place in range(changed):
                world.revise(sorted(world.pmids)[place], title=f"We gave patients another title, {place}.")
            summary = synced(path, server.url, prepared=UNPACED).summary
            assert summary["fetched"] == changed
            print(f"{changed} of {records:,} records changed: {summary['requests']} requests (goal <= {most})")


def memory(folder: Path, sizes: tuple[int, ...]) -> None:
    """The most memory that a first sync holds."""
    for records in sizes:
        with stand_in(records) as url:
            ran = synced(library(folder), url, prepared=UNPACED)
        assert ran.summary["added"] == records
        took = ran.summary["seconds"]
        print(f"{records:,} records: most memory {ran.memory:.0f} MB (goal <= 150), {took:.0f} s, cpu {ran.cpu:.0f} s")


def aged(records: int) -> World:
    """Records that came a month ago."""
    world = World()
    for number in range(records):
        world.new(10_000_001 + number, abstract=f"We treated patients, {number}.", created=world.days_ago(30))
    return world


def kills(folder: Path, count: int, records: int) -> None:
    """First syncs killed at random moments until they are done, in one library after another until that many hit."""
    chance, batch, world = random.Random(1), 20, aged(records)
    survived = again = most = 0
    with serve(world, keys=[KEY]) as server:
        while survived < count:
            path, before, hits = library(folder), len(server.log), 0
            while killed(path, server, batch, chance.uniform(0.3, 3.0)):
                hits += 1
                if survived + hits >= count:
                    synced(path, server.url, "--batch", str(batch), prepared=UNPACED)
                    break
            asked = [int(pmid) for each in server.log[before:] for pmid in each.ids if each.utility == "efetch"]
            with closing(sqlite3.connect(path)) as connection:
                stored = [row[0] for row in connection.execute("SELECT pmid FROM study ORDER BY pmid")]
                sound = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert stored == sorted(world.pmids), "something is lost, or there twice"
            assert sound
            extra = len(asked) - records
            assert 0 <= extra <= 2 * batch * hits, f"{extra} records fetched again after {hits} kills"
            survived, again, most = survived + hits, again + extra, max(most, hits)
    print(f"{survived} kills, at most {most} a library, {records:,} records: nothing lost or twice, libraries sound;")
    print(f"{again / batch / max(survived, 1):.2f} batches fetched again a kill (goal <= 2)")


def killed(path: Path, server: Server, batch: int, after: float) -> bool:
    """Start a sync and kill it after so many seconds; False if it was done before."""
    arguments = ["--db", str(path), "sync", "--query", EVERYTHING, "--batch", str(batch)]
    process = subprocess.Popen(
        [sys.executable, "-c", UNPACED + PROGRAM, *arguments],
        env=environment(path.parent, server.url),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait() == -signal.SIGKILL
    if process.returncode:
        raise SystemExit(f"the sync exited {process.returncode}")
    return False


if __name__ == "__main__":
    main()
