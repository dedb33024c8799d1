"""The curated data against the facts they were carried over from, field by field, where these are here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ketlit.resources import CLAIMS, SEED_STUDIES

pytestmark = pytest.mark.corpus
ROOT = Path(__file__).resolve().parent.parent.parent
# what a curator of ours added to the facts, or says in words of our own
OURS = {
    "context",
    "direction",
    "n_kind",
    "relations",
    "registry_ids",
    "status_note",
    "arms_overlap",
    "trial",
    "summary",
    "notes",
    "sources",
}
VERDICTS = {"supports": "supported", "partly supports": "partly", "contradicts": "contradicted"}  # all else: unresolved
REGISTRY = re.compile(r"NCT\d{8}|ACTRN\d{14}|CRD\d{11}")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
Entries = dict[str, dict[str, Any]]


def read(path: Path) -> Any:
    with path.open(encoding="utf-8") as stream:
        return yaml.load(stream, getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@pytest.fixture(scope="module")
def facts() -> Path:
    """The folder of verified facts beside the project."""
    folder = ROOT.parent / "shared" / "facts"
    if not folder.is_dir():
        pytest.skip("the facts (../shared/facts) are not here")
    return folder


@pytest.fixture(scope="module")
def theirs(facts: Path) -> Entries:
    return {one["key"]: one for one in read(facts / "studies.yaml")["studies"]}


@pytest.fixture(scope="module")
def ours() -> Entries:
    return {one["key"]: one for one in read(SEED_STUDIES)["studies"]}


def author(name: dict[str, str]) -> str:
    """A name as the curated file writes it."""
    if "collective" in name:
        return f"group: {name['collective']}"
    return " ".join(filter(None, (name.get("family"), name.get("initials"), name.get("suffix"))))


def plain(value: Any) -> Any:
    """Without what is empty, and with the white space of folded text collapsed."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items() if one not in (None, [], {})}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return " ".join(value.split()) if isinstance(value, str) else value


def differences(one: Any, other: Any, where: str = "") -> Iterator[str]:
    """Where two values differ, in kind too: 1 is neither 1.0 nor true."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys()):
            yield from differences(one.get(key), other.get(key), f"{where}.{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for place, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from differences(left, right, f"{where}[{place}]")
    elif one != other or type(one) is not type(other):
        yield f"{where}: {one!r} became {other!r}"


def numbers(text: str) -> set[str]:
    return set(NUMBER.findall(text))


def test_the_same_studies_in_the_same_order(theirs: Entries, ours: Entries) -> None:
    assert list(ours) == list(theirs)


def test_every_field_of_every_study_is_carried_over(theirs: Entries, ours: Entries) -> None:
    found: list[str] = []
    for key, study in theirs.items():
        fact = plain(study | {"authors": [author(name) for name in study.get("authors", [])]})
        mine = plain(ours[key])
        assert mine.keys() - fact.keys() <= OURS, key
        for name in (fact.keys() | mine.keys()) - OURS:
            found += differences(fact.get(name), mine.get(name), f"{key}.{name}")
    assert found == []


def test_no_source_and_no_number_of_a_note_is_lost(theirs: Entries, ours: Entries) -> None:
    for key, fact in theirs.items():
        mine = ours[key]
        assert set(fact.get("sources") or ()) <= set(mine.get("sources") or ()), key
        assert numbers(fact.get("notes") or "") <= numbers(mine.get("notes") or ""), key
        assert len(mine.get("notes") or "") >= 0.75 * len(fact.get("notes") or ""), key


def test_a_trial_keeps_its_name_or_its_registry_number(theirs: Entries, ours: Entries) -> None:
    trials = {one["name"]: one for one in read(SEED_STUDIES)["trials"]}
    for key, fact in theirs.items():
        if not fact.get("trial"):
            continue
        mine = ours[key]
        named = {mine.get("trial"), *mine.get("registry_ids", ())}
        named.update(trials.get(mine.get("trial"), {}).get("registry_ids", ()))
        for one in REGISTRY.findall(fact["trial"]) or [fact["trial"]]:
            assert one in named, key


def test_every_claim_is_carried_over(facts: Path) -> None:
    theirs, ours = read(facts / "claims.yaml")["claims"], read(CLAIMS)["claims"]
    for fact, mine in zip(theirs, ours, strict=True):
        assert mine["id"] == fact["id"]
        assert mine["claim"] == fact["claim"].removeprefix("(new) ")
        assert mine["verdict"] == VERDICTS.get(fact["verdict"], "unresolved"), mine["id"]
        assert mine.get("studies", []) == (fact.get("rests_on") or []), mine["id"]
        assert mine["confidence"] == fact["confidence"]
        assert plain(mine.get("updates", [])) == plain(fact.get("updates") or [])
        assert numbers(fact["explanation"]) <= numbers(mine["explanation"]), mine["id"]
