"""A hostile or broken curated file is refused at its line, by the fast parser and by the pure one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from ketlit.errors import SeedError
from ketlit.sources import seed

BOMB = "a: &a [x, x]\n" + "".join(
    f"{new}: &{new} [*{old}, *{old}, *{old}, *{old}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
BAD = {
    "a list": ("- a\n- b\n", "seed_studies.yaml:1: a mapping is expected, not items"),
    "a word": ("studies\n", "a mapping is expected, not str"),
    "nothing": ("", "a mapping is expected, not nonetype"),
    "only a comment": ("# nothing\n", "a mapping is expected"),
    "an open bracket": ("trials: [\n", "not YAML"),
    "a tab": ("trials:\n\t- a\n", "seed_studies.yaml:2: not YAML"),
    "a control character": ("trials: \x00\n", "not YAML"),
    "a tag that builds objects": ("trials: !!python/object/apply:os.system ['true']\n", "seed_studies.yaml:1: the tag"),
    "a tag of its own": ("trials: !x []\n", "the tag '!x' is not accepted"),
    "an anchor": ("trials: &t []\n", "the anchor '&t' is not accepted"),
    "an alias": ("trials: *t\n", "the alias '*t' is not accepted"),
    "a bomb of aliases": (BOMB, "seed_studies.yaml:1: the anchor '&a'"),
    "a merge key": ("trials: []\n<<: {studies: []}\n", "seed_studies.yaml:2: '<<' without quotes"),
    "a key twice": ("trials: []\ntrials: []\n", "seed_studies.yaml:2: the key 'trials' a second time"),
    "a number as key": ("1: a\n", "a key that is no plain word"),
    "a list as key": ("? [a]\n: b\n", "a key that is no plain word"),
    "two documents": ("trials: []\n---\nstudies: []\n", "seed_studies.yaml:2: a second document"),
    "a depth of 13": ("trials: " + "[" * 13 + "]" * 13 + "\n", "a depth of more than 12"),
    "a depth of 50,000": ("trials: " + "[" * 50_000 + "]" * 50_000 + "\n", "seed_studies.yaml:1: "),
    "blocks nested 5,000 deep": ("".join(" " * i + "a:\n" for i in range(1000)), "seed_studies.yaml:"),
    "an impossible date": ("trials: 2025-13-45\n", "'2025-13-45' without quotes"),
    "a number of 5,000 digits": ("trials: " + "1" * 5000 + "\n", "without quotes"),
    "no studies": ("trials: []\n", "'studies' is missing"),
    "a foreign key": (
        "studies: []\nstudys: []\n",
        "seed_studies.yaml:2: unknown key 'studys'; did you mean 'studies'?",
    ),
    "studies as a mapping": ("studies: {a: b}\n", "'studies' is to be a list, not a mapping"),
    "a study that is a word": ("studies: [a]\n", "each of 'studies' is to be a mapping, not 'a'"),
}
Refusal = Callable[[str | bytes], str]


@pytest.fixture
def refusal(tmp_path: Path) -> Refusal:
    """What the loader says to a studies' file with this content."""

    def load(content: str | bytes) -> str:
        path = tmp_path / "seed_studies.yaml"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        with pytest.raises(SeedError) as caught:
            seed.load_studies(path)
        return str(caught.value)

    return load


@pytest.mark.parametrize(("text", "message"), BAD.values(), ids=list(BAD))
def test_a_hostile_or_broken_file_is_refused(refusal: Refusal, text: str, message: str) -> None:
    assert message in refusal(text)


def test_a_file_over_the_size_cap_is_not_even_read(refusal: Refusal) -> None:
    said = refusal("#" * (seed.MAX_BYTES + 1))
    assert "seed_studies.yaml: 8,000,001 bytes; a curated file has at most 8,000,000" in said


def test_a_file_that_is_not_utf_8_is_refused(refusal: Refusal) -> None:
    assert "seed_studies.yaml: not UTF-8: " in refusal("trials: Sörensen".encode("latin-1"))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SeedError, match=r"nowhere\.yaml: cannot be read: "):
        seed.load_studies(tmp_path / "nowhere.yaml")


@pytest.mark.parametrize("text", [text for text, _ in BAD.values()], ids=list(BAD))
def test_the_pure_parser_refuses_the_same(refusal: Refusal, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(seed, "_LOADER", yaml.SafeLoader)
    assert refusal(text)
