"""Forest plots as pictures: whole files of their kind, the same each time, text as text."""

from __future__ import annotations

from pathlib import Path

import pytest

from ketlit.errors import UsageError
from ketlit.render import picture
from ketlit.render.forest import layout
from ketlit.synthesis.effects import Effect
from ketlit.synthesis.pooling import pool
from ketlit.vocabulary import EffectMeasure

BEGINS = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF"}


def drawn(path: Path, kind: str, *names: str) -> bytes:
    effects = [Effect(name, 0.5 + place, 0.2) for place, name in enumerate(names)]
    result = pool(effects, EffectMeasure.OR)
    picture.forest(layout(result, {}, names[:1], "better"), result, ["condition: crps", ""], str(path), kind)
    return path.read_bytes()


@pytest.mark.parametrize("kind", BEGINS)
def test_a_picture_is_of_the_kind_that_was_asked_for(kind: str, tmp_path: Path) -> None:
    assert drawn(tmp_path / "plot", kind, "one", "two", "three").startswith(BEGINS[kind])


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_the_same_data_give_the_same_picture(kind: str, tmp_path: Path) -> None:
    assert drawn(tmp_path / "one", kind, "a", "b", "c") == drawn(tmp_path / "other", kind, "a", "b", "c")


def test_names_are_drawn_as_they_are_and_never_read_as_formulas(tmp_path: Path) -> None:
    told = drawn(tmp_path / "plot.svg", "svg", r"$\frac{1}{0}$ <b>&", "\x1b[31mred", "痛み").decode()
    assert r"$\frac{1}{0}$ &lt;b&gt;&amp;" in told
    assert "\x1b" not in told
    assert "痛み" in told


def test_more_studies_than_a_page_holds_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="too many"):
        drawn(tmp_path / "plot.svg", "svg", *(f"study{number}" for number in range(301)))
    assert not (tmp_path / "plot.svg").exists()


def test_one_study_is_drawn_without_a_diamond(tmp_path: Path) -> None:
    assert "pooled" not in drawn(tmp_path / "plot.svg", "svg", "alone").decode()
