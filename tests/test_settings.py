"""Where the library lies: option before environment before settings file before default."""

from __future__ import annotations

from pathlib import Path

import pytest

from ketlit.errors import LibraryError, UsageError
from ketlit.settings import library_place, read_settings, settings_file


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("KETLIT_DB", raising=False)
    return tmp_path


def write_settings(content: bytes) -> None:
    path = Path(settings_file())
    path.parent.mkdir(parents=True)
    path.write_bytes(content)


def test_the_default_is_in_the_users_data_folder(home: Path) -> None:
    assert library_place(None) == (str(home / "data" / "ketlit" / "library.db"), False)


def test_option_beats_environment_beats_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    write_settings(b'library = "/from/settings.db"')
    assert library_place(None) == ("/from/settings.db", True)
    monkeypatch.setenv("KETLIT_DB", "/from/environment.db")
    assert library_place(None) == ("/from/environment.db", True)
    assert library_place("/from/option.db") == ("/from/option.db", True)


def test_an_empty_variable_is_none(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KETLIT_DB", "")
    assert not library_place(None).by_hand


def test_a_tilde_is_the_home_folder(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setenv("HOME", str(home))
    assert library_place("~/k.db").path == str(home / "k.db")


@pytest.mark.parametrize("content", [b"library = ", b"\xff\xfe", b"library == 1"])
def test_a_settings_file_that_is_no_toml_is_named(content: bytes) -> None:
    write_settings(content)
    with pytest.raises(UsageError, match=r"settings\.toml"):
        read_settings()


def test_no_home_folder_asks_for_a_path(monkeypatch: pytest.MonkeyPatch) -> None:
    import platformdirs

    def homeless(*_: object, **__: object) -> None:
        raise RuntimeError("no home")

    monkeypatch.setattr(platformdirs, "PlatformDirs", homeless)
    with pytest.raises(LibraryError, match="home"):
        library_place(None)
