"""Where the library lies: option before environment before settings file before default."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ketlit import settings
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


@pytest.mark.parametrize(
    "content",
    [
        *(b"library = ", b"\xff\xfe", b"library == 1"),
        b"x = " + b"[" * 30_000,
        b"x = " + b"1" * 5_001,
        b'email = "a@example.org"\n' + b"#" * 64_000,
    ],
    ids=lambda content: content[:12].decode("latin-1"),
)
def test_a_settings_file_that_is_no_toml_is_named(content: bytes) -> None:
    write_settings(content)
    with pytest.raises(UsageError, match=r"settings\.toml"):
        read_settings()


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: os.symlink("/dev/zero", path)])
def test_what_is_no_file_in_place_of_the_settings_is_refused_and_not_opened(make: Callable[[str], None]) -> None:
    path = Path(settings_file())
    path.parent.mkdir(parents=True)
    make(str(path))
    with pytest.raises(UsageError, match=r"settings\.toml is not a file"):
        read_settings()


def test_no_home_folder_asks_for_a_path(monkeypatch: pytest.MonkeyPatch) -> None:
    import platformdirs

    def homeless(*_: object, **__: object) -> None:
        raise RuntimeError("no home")

    monkeypatch.setattr(platformdirs, "PlatformDirs", homeless)
    with pytest.raises(LibraryError, match="home"):
        library_place(None)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the settings of this test are to be."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path / "ketlit" / "settings.toml"


def test_what_is_written_is_read_again_and_only_its_owner_may(file: Path) -> None:
    value = 'C:\\Users\\"Jan"\\bücher.db'
    settings.write_setting("library", value)
    settings.write_setting("email", "someone@example.org")
    settings.write_setting("email", "else@example.org")
    assert settings.read_settings() == {"library": value, "email": "else@example.org"}
    assert os.stat(file).st_mode & 0o777 == 0o600


def test_what_else_stands_in_the_file_stays(file: Path) -> None:
    file.parent.mkdir()
    theirs = '# mine\n"email" = "old@example.org"\nother = "kept"\n\n[more]\nemail = "not this"\n'
    file.write_text(theirs, encoding="utf-8")
    settings.write_setting("email", "")
    assert file.read_text(encoding="utf-8") == theirs.replace('"email" = "old@example.org"\n', "")
    settings.write_setting("api_key", "abc")
    text = file.read_text(encoding="utf-8")
    assert text.index("api_key") < text.index("[more]")
    assert settings.read_settings() == {"other": "kept", "api_key": "abc"}


HOLDS_A_LINE = 'motto = """\nemail = "not this"\n"""\nemail = "a@example.org"\n'


@pytest.mark.parametrize(
    "theirs",
    [
        HOLDS_A_LINE,
        'list = [\n  "a",\n[1],\n]\nemail = "a@example.org"\n',
        'email = """\na@example.org"""\n',
        '"e\\u006dail" = "a@example.org"\n',
        'email.work = "a@example.org"\n',
    ],
)
def test_a_change_that_would_touch_more_is_refused_and_nothing_written(file: Path, theirs: str) -> None:
    file.parent.mkdir()
    file.write_text(theirs, encoding="utf-8")
    with pytest.raises(UsageError, match="cannot be set") as refused:
        settings.write_setting("email", "new@example.org")
    assert refused.value.hint == "edit the file by hand"
    assert file.read_text(encoding="utf-8") == theirs
    assert [each.name for each in file.parent.iterdir()] == ["settings.toml"]


def test_a_list_of_several_lines_and_other_names_stay_as_they_are(file: Path) -> None:
    file.parent.mkdir()
    theirs = 'colours = [\n  "red",\n  "blue",\n]\n"a b" = 1\n'
    file.write_text(theirs, encoding="utf-8")
    settings.write_setting("email", "new@example.org")
    assert file.read_text(encoding="utf-8") == theirs + 'email = "new@example.org"\n'


def test_a_file_that_cannot_be_read_is_not_written_over(file: Path) -> None:
    file.parent.mkdir()
    file.write_text("no [ toml", encoding="utf-8")
    with pytest.raises(UsageError, match="not valid TOML"):
        settings.write_setting("email", "someone@example.org")
    assert file.read_text(encoding="utf-8") == "no [ toml"
    assert [each.name for each in file.parent.iterdir()] == ["settings.toml"]


def test_a_folder_that_cannot_be_made_is_told(file: Path) -> None:
    file.parent.write_text("a file where the folder should be")
    with pytest.raises(LibraryError, match="cannot be written"):
        settings.write_setting("email", "someone@example.org")


@pytest.mark.parametrize("typed", ["", "nobody", "@example.org", "a@b", "a b@example.org", "a@example.org\n;x", "a@@"])
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(UsageError, match="no e-mail address"):
        settings.checked_email(typed)
    assert settings.checked_email(" jan.sørensen@example.org ") == "jan.sørensen@example.org"
