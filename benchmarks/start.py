"""How long a whole `ketlit search fibromyalgia` takes, as a ratio to a bare interpreter and to peers.

    python benchmarks/start.py [--runs 15] [--smoke]

Floor: `python -c pass` = 1. Goals: piped <= 7.5 (7 is the goal), on a terminal <= 12 (10 is the goal), and at least
2.5 times as fast as `papis list` over 100 documents and as `sqlite-utils search` over the same rows. The runs of all
commands are interleaved, so that a busy machine slows them alike; the median of each is compared.
"""

from __future__ import annotations

import argparse
import os
import pty
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

SCRIPTS = Path(sys.executable).parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--smoke", action="store_true", help="two runs of each, to see that it works")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), 2 if options.smoke else options.runs)


def measure(folder: Path, runs: int) -> None:
    environment = {**os.environ, "XDG_CONFIG_HOME": str(folder / "config"), "XDG_CACHE_HOME": str(folder / "cache")}
    environment["XDG_DATA_HOME"] = str(folder / "data")
    environment.update(KETLIT_DB="", COLUMNS="120", TERM="xterm-256color")
    # an installed ketlit is compiled once; with this set, one in a checkout is compiled at every start
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    search = [str(SCRIPTS / "ketlit"), "search", "fibromyalgia"]
    started = time.perf_counter()
    subprocess.run(search, env=environment, check=True, capture_output=True)
    first = time.perf_counter() - started
    library = folder / "data" / "ketlit" / "library.db"
    commands: dict[str, tuple[list[str], bool]] = {
        "python -c pass": ([sys.executable, "-c", "pass"], False),
        "import typer": ([sys.executable, "-c", "import typer"], False),
        "ketlit search, piped": (search, False),
        "ketlit search, terminal": (search, True),
    }
    if shutil.which("papis", path=str(SCRIPTS)):
        documents(folder)
        commands["papis list, 100 documents"] = ([str(SCRIPTS / "papis"), "list"], False)
        commands["papis list --all, 100 documents"] = ([str(SCRIPTS / "papis"), "list", "--all"], False)
    if shutil.which("sqlite-utils", path=str(SCRIPTS)):
        rows = same_rows(library, folder / "rows.db")
        peer = [str(SCRIPTS / "sqlite-utils"), "search", str(folder / "rows.db"), "rows", "fibromyalgia"]
        commands[f"sqlite-utils search, {rows} rows"] = (peer, False)
    times: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(runs + 1):
        for name, (command, terminal) in commands.items():
            took = on_terminal(command, environment) if terminal else piped(command, environment)
            if turn:  # the first turn fills caches
                times[name].append(took)
    report({name: median(found) for name, found in times.items()}, first)


def piped(command: list[str], environment: dict[str, str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, env=environment, check=True, capture_output=True)
    return time.perf_counter() - started


def on_terminal(command: list[str], environment: dict[str, str]) -> float:
    """Seconds until the command has written all it has to a terminal and ended."""
    ours, theirs = pty.openpty()
    started = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    try:
        while os.read(ours, 65536):
            pass
    except OSError:  # the other end is closed: done
        pass
    process.wait()
    took = time.perf_counter() - started
    os.close(ours)
    if process.returncode:
        raise SystemExit(f"{command} exited {process.returncode}")
    return took


def documents(folder: Path) -> None:
    """A papis library of 100 documents."""
    config = folder / "config" / "papis"
    config.mkdir(parents=True)
    (config / "config").write_text(f"[settings]\ndefault-library = bench\n[bench]\ndir = {folder / 'papers'}\n")
    for number in range(100):
        place = folder / "papers" / f"paper{number}"
        place.mkdir(parents=True)
        (place / "info.yaml").write_text(
            f"author: Author {number}\ntitle: Ketamine study {number}\nyear: {1990 + number % 30}\n"
            f"ref: ref{number}\ntype: article\npapis_id: {number:032x}\n"
        )


def same_rows(library: Path, to: Path) -> int:
    """The texts of our library as a table of sqlite-utils, with its full-text index."""
    source = sqlite3.connect(library)
    found = source.execute("SELECT title, terms, abstract, summary, names FROM study_text").fetchall()
    source.close()
    target = sqlite3.connect(to)
    target.execute("CREATE TABLE rows (title TEXT, terms TEXT, abstract TEXT, summary TEXT, names TEXT)")
    target.executemany("INSERT INTO rows VALUES (?, ?, ?, ?, ?)", found)
    target.commit()
    target.close()
    columns = ["title", "terms", "abstract", "summary", "names"]
    subprocess.run([str(SCRIPTS / "sqlite-utils"), "enable-fts", str(to), "rows", *columns], check=True)
    return len(found)


def report(medians: dict[str, float], first: float) -> None:
    floor = medians["python -c pass"]
    print(f"{'command':<34} {'ms':>7} {'x python -c pass':>17}")
    for name, took in medians.items():
        print(f"{name:<34} {took * 1000:>7.1f} {took / floor:>17.2f}")
    ours = medians["ketlit search, piped"]
    for name, took in medians.items():
        if name.startswith(("papis", "sqlite-utils")):
            print(f"{name} takes {took / ours:.2f} x as long as ketlit search (goal >= 2.5)")
    print(f"first start, with making and seeding the library: {first:.2f} s (goal <= 5)")


if __name__ == "__main__":
    main()
