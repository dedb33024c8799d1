"""`config`: settings that hold for every run."""

from __future__ import annotations

from pathlib import Path

import pytest

from ketlit import settings
from ketlit.cli import run

KEY = "0123456789abcdef0123456789abcdef0123"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the settings are, of this test alone."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path / "ketlit"


def test_a_setting_is_set_printed_and_taken_out(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["config", "set", "email", " someone@example.org "]) == 0
    assert "email is set in" in capsys.readouterr().err
    assert run(["config", "get", "email"]) == 0
    assert capsys.readouterr().out == "someone@example.org\n"
    assert run(["config", "get"]) == 0
    assert capsys.readouterr().out == "email = someone@example.org\n"
    assert run(["config", "set", "email", ""]) == 0
    assert settings.read_settings() == {}


def test_the_key_is_never_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["config", "set", "api_key", KEY]) == 0
    assert run(["config", "get", "api_key"]) == 0
    assert run(["config", "get"]) == 0
    told = capsys.readouterr()
    assert KEY not in told.out + told.err
    assert "api_key = (set)" in told.out
    assert settings.read_settings()["api_key"] == KEY


def test_the_path_is_printed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["config", "path"]) == 0
    assert capsys.readouterr().out == f"{folder / 'settings.toml'}\n"


@pytest.mark.parametrize(
    "typed",
    [
        ("set", "nosuch", "x"),
        ("set", "email", "nobody"),
        ("set", "email", "a b@example.org"),
        ("set", "api_key", "two words"),
        ("set", "eutils_url", "http://example.org/"),
        ("set", "eutils_url", "https://eutils.ncbi.nlm.nih.gov@evil.example/"),
        ("set", "library", "a\nb"),
        ("get", "nosuch"),
    ],
)
def test_what_cannot_be_set_is_refused(
    typed: tuple[str, ...], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["config", *typed]) == 2
    assert not folder.exists()
    assert 1 <= len(capsys.readouterr().err.splitlines()) <= 2


def test_a_refused_key_is_not_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["config", "set", "api_key", f"{KEY} {KEY}"]) == 2
    told = capsys.readouterr()
    assert KEY not in told.out + told.err
