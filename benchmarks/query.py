"""How long a question takes over 30,000 real records, in process, as milliseconds and as ratios to a named floor.

    python benchmarks/query.py FILE.xml.gz ... [--runs 15]     PubMed XML, such as pubmed20n0014.xml.gz
    python benchmarks/query.py --library PATH                  a library that is there
    python benchmarks/query.py --smoke                         2,000 made records, to see that it works

Goals over 30,000 records: search with filters, the median of all questions <= 10 ms; counts for a map <= 15 ms.
Floor: sqlite counting all rows of `study` that have a year, without an index, in the same run. The questions are asked
in turns, so that a busy machine slows them alike.
"""

from __future__ import annotations

import argparse
import gzip
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median

from ketlit.store.connect import open_reader
from ketlit.store.reader import Reader
from ketlit.views import Filters

QUESTIONS = {
    "one rare word": Filters(words="ketamine"),
    "one word": Filters(words="infusion"),
    "a word of every fourth record": Filters(words="patients"),
    "two words": Filters(words="chronic pain"),
    "a phrase": Filters(words='"double blind"'),
    "a prefix": Filters(words="anesth*"),
    "either of two": Filters(words="morphine OR lidocaine"),
    "one without the other": Filters(words="pain -rats"),
    "a term with its synonyms": Filters(words="depression"),
    "a word and a term": Filters(words="pain", condition=("depression",)),
    "a word, a design and years": Filters(words="pain", design=("rct",), since=1970, until=1990),
    "filters alone": Filters(condition=("depression",), design=("rct",)),
    "years alone": Filters(since=1976, until=1976),
    "an author": Filters(words="smith"),
    "nothing found": Filters(words="xylofragmentosis"),
}
# what a map asks: studies in the cells of two axes
MAP = (
    "SELECT a.term, b.term, COUNT(*) FROM tag a JOIN tag b ON b.study_id = a.study_id AND b.axis = :cols AND b.active "
    "WHERE a.axis = :rows AND a.active GROUP BY a.term, b.term ORDER BY a.term, b.term"
)
FLOOR = "SELECT COUNT(*) FROM study NOT INDEXED WHERE year > 0"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*")
    parser.add_argument("--library", default="")
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--smoke", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files = [str(made(Path(folder)))] if options.smoke else options.files
        path = options.library or filled(Path(folder) / "library.db", files)
        measure(path, 2 if options.smoke else options.runs)


def filled(path: Path, files: list[str]) -> str:
    """A new library with the curated studies and these files."""
    from ketlit.cli import run

    code = run(["--db", str(path), "import", *files])
    if code:
        raise SystemExit(f"the import exited {code}")
    return str(path)


def made(folder: Path) -> Path:
    """PubMed XML of 2,000 records of random words."""
    words = ["pain", "ketamine", "infusion", "patients", "chronic", "blind", "double", "rats", "depression"]
    chance = random.Random(1)
    records = []
    for number in range(2_000):
        title, text = (" ".join(chance.choices(words, k=count)) for count in (8, 80))
        records.append(
            f'<PubmedArticle><MedlineCitation><PMID Version="1">{number + 1}</PMID><Article><Journal><JournalIssue>'
            f"<PubDate><Year>{1970 + number % 50}</Year></PubDate></JournalIssue></Journal><ArticleTitle>{title}"
            f"</ArticleTitle><Abstract><AbstractText>{text}</AbstractText></Abstract></Article></MedlineCitation>"
            "</PubmedArticle>"
        )
    path = folder / "made.xml.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.write(f"<PubmedArticleSet>{''.join(records)}</PubmedArticleSet>")
    return path


def measure(path: str, runs: int) -> None:
    with closing(open_reader(path)) as library, closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as plain:
        count = plain.execute("SELECT COUNT(*) FROM study").fetchone()[0]
        asked: dict[str, Callable[[], object]] = {"floor: counting rows": lambda: plain.execute(FLOOR).fetchone()}
        for name, filters in QUESTIONS.items():
            asked[name] = lambda filters=filters: Reader(library).search(filters)  # type: ignore[misc]
        for rows, cols in (("condition", "design"), ("design", "population"), ("condition", "drug")):
            params = {"rows": rows, "cols": cols}
            asked[f"map: {rows} by {cols}"] = lambda params=params: library.rows(MAP, params)  # type: ignore[misc]
        times: dict[str, list[float]] = {name: [] for name in asked}
        for turn in range(runs + 1):
            for name, ask in asked.items():
                started = time.perf_counter()
                ask()
                if turn:
                    times[name].append(time.perf_counter() - started)
    report(count, {name: median(found) * 1000 for name, found in times.items()})


def report(count: int, medians: dict[str, float]) -> None:
    floor = medians["floor: counting rows"]
    print(f"{count:,} studies\n{'question':<32} {'ms':>7} {'x floor':>8}")
    for name, took in medians.items():
        print(f"{name:<32} {took:>7.2f} {took / floor:>8.2f}")
    search = [medians[name] for name in QUESTIONS]
    maps = [took for name, took in medians.items() if name.startswith("map")]
    print(f"search and filters: median {median(search):.2f} ms, slowest {max(search):.2f} ms (goal: median <= 10)")
    print(f"counts for a map: median {median(maps):.2f} ms, slowest {max(maps):.2f} ms (goal <= 15)")


if __name__ == "__main__":
    main()
