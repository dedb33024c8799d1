"""How well the text tagger reads labelled abstracts, and how fast; compared with the last run.

    python benchmarks/tagging.py FILE... [--show AXIS] [--last FILE] [--speed]
    python benchmarks/tagging.py --hostile                  the longest time that a text made to be slow takes
    python benchmarks/tagging.py --smoke                    made texts, to see that it works

FILE is labelled as one of those that benchmarks/gold.py knows. Three tenths of each (by a hash of the id) are held out:
they are scored apart and not listed. `--show AXIS` lists what is wrong in the rest, with our words for it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import gold

from ketlit.record import Record, Section
from ketlit.tagging.reading import Reader, Reading
from ketlit.tagging.tagger import is_of_study
from ketlit.tagging.taxonomy import load

Scores = dict[str, float]
WORD = re.compile(r"\w+")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--show", default="", help="an axis whose wrong answers are listed")
    parser.add_argument("--limit", type=int, default=40, help="how many of them")
    parser.add_argument("--last", type=Path, help="a file with the figures of the last run, compared and written anew")
    parser.add_argument("--speed", action="store_true", help="also records a second, and the ratio to a plain pass")
    parser.add_argument(
        "--hostile", action="store_true", help="times texts of 50,000 characters that are made to be slow"
    )
    options = parser.parse_args()
    if not (options.files or options.smoke or options.hostile):
        parser.error("name a labelled file, --hostile or --smoke")
    if options.hostile or options.smoke:
        hostile(50_000 if options.hostile else 2_000)
    if options.smoke:
        with tempfile.TemporaryDirectory() as folder:
            options.files, options.speed = [made(Path(folder))], True
            run(options)
    elif options.files:
        run(options)


# pieces that many rules look at, repeated without an end
HOSTILE = (
    *("headache ", "0.2 or 0.5 mg/kg ketamine ", "control group agitation replacement ", "1,000,000 patients "),
    *(
        "safety may ",
        "depression efficacy ",
        "responders of ",
        "opioid of the ",
        "ketamine ",
        "ketamine and ",
        "in ",
        "(",
        "IV ",
        "guidelines ",
        "A rat. ",
    ),
    *(
        "0.5 mg/kg ketamine, ",
        "1 ",
        "12 patients and ",
        "n = 3, ",
        "(n = 3) ",
        "one hundred and ",
        "two groups of ",
        "1,",
    ),
    *(
        "pain with ",
        "patients with ",
        "no difference in ",
        "compared with ketamine ",
        "not only but ",
        "group received ",
        "and, ",
    ),
    *(
        "randomised ",
        "not randomised ",
        "a case of ",
        "treatment-resistant ",
        "MADRS ",
        "the the ",
        ". A",
        "α-",
        "a.b. ",
        "é ",
    ),
)


def hostile(size: int) -> None:
    """The slowest of texts that repeat one piece, as title, as one sentence and as a conclusion."""
    reader = Reader(load())
    slowest = (0.0, "")
    for piece in HOSTILE:
        text = (piece * size)[:size]
        for record in (
            Record(title=text),
            Record(title="Ketamine in depression", sections=[Section(text)]),
            Record(title="Ketamine for pain", sections=[Section(text, "METHODS"), Section(text, "CONCLUSIONS")]),
        ):
            started = time.process_time()
            reader.read(record)
            slowest = max(slowest, (time.process_time() - started, piece))
    print(f"hostile texts of {size} characters: the slowest took {slowest[0]:.2f} s ({slowest[1]!r} repeated)")


def made(folder: Path) -> Path:
    """A labelled file of two texts, forty times."""
    path = folder / "made.jsonl.gz"
    common = {"comparators": ["placebo"], "context": "therapeutic_pain", "direction": "not_reported"}
    texts = [
        ("Intravenous ketamine for fibromyalgia", "Thirty patients were randomised to ketamine or saline.", 30, "rct"),
        ("Intranasal esketamine in depression: a case report", "One patient improved.", 1, "case_report"),
    ]
    with gzip.open(path, "wt", encoding="utf-8") as lines:
        for number in range(80):
            title, abstract, n, design = texts[number % 2]
            labels = {
                "conditions": [f"condition.{'depression' if number % 2 else 'fibromyalgia'}"],
                "forms": [f"form.{'esketamine' if number % 2 else 'ketamine'}"],
                "routes": [f"route.{'intranasal' if number % 2 else 'intravenous'}"],
                "outcomes": [],
                "design": design,
                "n": n,
                **common,
            }
            entry = {"id": str(number), "title": title, "abstract": abstract, "labels": labels}
            lines.write(json.dumps(entry) + "\n")
    return path


def run(options: argparse.Namespace) -> None:
    taxonomy = load()
    reader = Reader(taxonomy)
    last: dict[str, Scores] = json.loads(options.last.read_text()) if options.last and options.last.exists() else {}
    now: dict[str, Scores] = {}
    for path in options.files:
        cases, kind = gold.read(path)
        say = {"ketamine": gold.ketamine_reading, "psynamic": gold.psynamic_reading, "pico": gold.ketamine_reading}[
            kind
        ]
        readings = [reader.read(case.record) for case in cases]
        answers = [say(reading, taxonomy) for reading in readings]
        groups: dict[str, Callable[[gold.Case], bool]] = {"": lambda case: True}
        if kind == "psynamic":
            groups = {", ketamine": gold.names_ketamine, ", all": lambda case: True}
        for group, belongs in groups.items():
            for part, held in (("dev", False), ("held out", True)):
                chosen = [
                    (case, answer)
                    for case, answer in zip(cases, answers, strict=True)
                    if case.held == held and belongs(case)
                ]
                name = f"{path.name}{group}, {part}"
                now[name] = score(chosen)
                report(name, len(chosen), now[name], last.get(name, {}))
        if options.speed:
            speed(reader, [case for case in cases if gold.names_ketamine(case)], "on ketamine")
            speed(reader, [case for case in cases if not gold.names_ketamine(case)], "on other things")
        if options.show:
            show(cases, readings, answers, options.show, options.limit)
    if options.last:
        options.last.write_text(json.dumps(now, indent=1))


def speed(reader: Reader, cases: list[gold.Case], which: str) -> None:
    """Records a second of processor time (goals: 1,200 on ketamine, 2,500 general), and how many times as long a plain
    pass takes that only cuts the same texts into words. The best of five turns, each after the other."""
    texts = [" ".join([case.record.title, *(section.text for section in case.record.sections)]) for case in cases]
    if not texts:
        return
    ours, floor = [], []
    for _ in range(5):
        started = time.process_time()
        for case in cases:
            reader.read(case.record)
        ours.append(time.process_time() - started)
        started = time.process_time()
        for text in texts:
            WORD.findall(text)
        floor.append(time.process_time() - started)
    mean = sum(map(len, texts)) / len(texts)
    rate, ratio = len(cases) / min(ours), min(ours) / min(floor)
    print(
        f"{len(cases)} records {which} of {mean:.0f} characters: {rate:.0f} records/s, {ratio:.1f} x a pass over words"
    )


def score(chosen: list[tuple[gold.Case, gold.Labels]]) -> Scores:
    """The figures of each axis: micro and macro F1, precision, recall, exact match."""
    found: Scores = {}
    axes = {axis for case, _ in chosen for axis in (*case.labels, *case.accepted)}
    for axis in sorted(axes):
        pairs = [(case.labels[axis], answer[axis]) for case, answer in chosen if axis in case.labels]
        one_of = [(case.accepted[axis], str(answer[axis])) for case, answer in chosen if axis in case.accepted]
        if one_of:
            found[f"{axis} exact"] = sum(answer in accepted for accepted, answer in one_of) / len(one_of)
        elif isinstance(pairs[0][0], frozenset):
            found |= {f"{axis} {name}": value for name, value in _sets(pairs).items()}
        else:
            found[f"{axis} exact"] = sum(wanted == answer for wanted, answer in pairs) / len(pairs)
            if axis == "n":
                right = sum(gold.class_of(wanted) == gold.class_of(answer) for wanted, answer in pairs)  # type: ignore[arg-type]
                found["n class"] = right / len(pairs)
    return found


def _sets(pairs: list[tuple[object, object]]) -> Scores:
    right: Counter[str] = Counter()
    extra: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    exact = 0
    for wanted, answer in pairs:
        assert isinstance(wanted, frozenset)
        assert isinstance(answer, frozenset)
        right.update(wanted & answer)
        extra.update(answer - wanted)
        missed.update(wanted - answer)
        exact += wanted == answer
    labels = {*right, *missed, *extra}
    tp, fp, fn = right.total(), extra.total(), missed.total()
    macro = [2 * right[one] / (2 * right[one] + extra[one] + missed[one]) for one in labels]
    return {
        "micro F1": 2 * tp / max(1, 2 * tp + fp + fn),
        "precision": tp / max(1, tp + fp),
        "recall": tp / max(1, tp + fn),
        "macro F1": sum(macro) / max(1, len(macro)),
        "exact": exact / len(pairs),
    }


def report(name: str, count: int, scores: Scores, last: Scores) -> None:
    print(f"\n{name}: {count} texts")
    for figure, value in scores.items():
        if not figure.endswith(("precision", "recall", "macro F1")):
            detail = ""
            axis, _, kind = figure.partition(" ")
            if kind == "micro F1":
                detail = "  P {:.3f}  R {:.3f}  macro {:.3f}".format(
                    *(scores[f"{axis} {one}"] for one in ("precision", "recall", "macro F1"))
                )
            change = f"  {value - last[figure]:+.3f}" if figure in last else ""
            print(f"  {figure:<22} {value:.3f}{change}{detail}")


def show(
    cases: Iterable[gold.Case], readings: Iterable[Reading], answers: Iterable[gold.Labels], axis: str, limit: int
) -> None:
    """What is wrong on an axis outside the held-out part, with the words our answer rests on."""
    for case, reading, answer in zip(cases, readings, answers, strict=True):
        wanted = case.labels.get(axis, case.accepted.get(axis))
        given = answer.get(axis)
        wrong = (
            str(given) not in case.accepted[axis] if axis in case.accepted else axis in case.labels and given != wanted
        )
        if not wrong or case.held or limit <= 0:
            continue
        limit -= 1
        if isinstance(wanted, frozenset) and isinstance(given, frozenset):
            said = f"missed {sorted(wanted - given)} extra {sorted(given - wanted)}"
        else:
            said = f"wanted {sorted(wanted) if isinstance(wanted, frozenset) else wanted} got {given}"
        words = [
            f"{tag.term}={tag.quote!r}" for tag in reading.tags if tag.axis in _AXES.get(axis, ()) and is_of_study(tag)
        ]
        quote = {"n": reading.n_place, "n class": reading.n_place, "direction": reading.direction_place}.get(axis)
        print(f"{case.id}: {said}; {' '.join(words)} {quote.quote if quote else ''}\n    {case.record.title}")


_AXES = {
    "conditions": ("condition",),
    "routes": ("route",),
    "forms": ("drug",),
    "outcomes": ("outcome", "adverse-effect"),
    "comparators": ("comparator",),
    "design": ("design",),
    "context": ("context",),
}

if __name__ == "__main__":
    main()
