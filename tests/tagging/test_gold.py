"""How well labelled abstracts are read: figures of benchmarks/tagging.py that must not fall. Needs ../shared."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.readings import READER, TAXONOMY

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


def module(name: str) -> ModuleType:
    """A script of benchmarks/, which is no package."""
    spec = importlib.util.spec_from_file_location(name, BENCHMARKS / f"{name}.py")
    assert spec
    assert spec.loader
    made = importlib.util.module_from_spec(spec)
    sys.modules[name] = made
    spec.loader.exec_module(made)
    return made


@pytest.fixture(scope="module")
def scored(corpus: Path) -> Any:
    """Scores a file of ../shared/gold: the figures by axis, of all its texts."""
    gold, tagging = module("gold"), module("tagging")

    def score(name: str) -> dict[str, float]:
        path = corpus.parent / "gold" / name
        if not path.exists():
            pytest.skip(f"no {path.name} beside the corpora")
        cases, kind = gold.read(path)
        cases = cases[::3] if kind == "pico" else cases  # a number alone is scored there: a third says as much
        say = gold.psynamic_reading if kind == "psynamic" else gold.ketamine_reading
        found: dict[str, float] = tagging.score([(case, say(READER.read(case.record), TAXONOMY)) for case in cases])
        return found

    return score


FLOORS = {
    "ketamine_dev.jsonl.gz": {
        "conditions micro F1": 0.90,
        "routes micro F1": 0.88,
        "forms micro F1": 0.95,
        "outcomes micro F1": 0.88,
        "comparators micro F1": 0.85,
        "design exact": 0.86,
        "n exact": 0.90,
        "context exact": 0.93,
        "direction exact": 0.84,
    },
    "psynamic_dev.csv.gz": {
        "conditions micro F1": 0.90,
        "routes micro F1": 0.88,
        "forms micro F1": 0.93,
        "design exact": 0.84,
        "n class exact": 0.86,
        "direction exact": 0.81,
    },
    "pico_corpus.tar.gz": {"n exact": 0.87},
}


@pytest.mark.corpus
@pytest.mark.parametrize("name", FLOORS)
def test_no_axis_falls_below_its_floor(scored: Any, name: str) -> None:
    figures = scored(name)
    assert {axis: figures[axis] for axis, floor in FLOORS[name].items() if figures[axis] < floor} == {}
