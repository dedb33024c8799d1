"""Where the library lies and what a user has set: option > environment > settings file > default."""

from __future__ import annotations

import os
import stat
from typing import Any, Final, NamedTuple

from ketlit.errors import LibraryError, UsageError

LARGEST: Final = 64_000  # bytes of a settings file: four short lines are what belongs there


class Place(NamedTuple):
    """A library's path or URL; `by_hand`: a person named it, so it is not made unasked by a reading command."""

    path: str
    by_hand: bool


def library_place(option: str | None) -> Place:
    """The library to use: `--db`, else KETLIT_DB, else `library` of the settings file, else the default.

    The default is `library.db` in the platform's user data directory. Raises UsageError for a name that no
    file can have and for a file: URI, LibraryError where there is no home directory to put the default in.
    """
    named = option if option is not None else os.environ.get("KETLIT_DB") or None
    if named is None:
        named = read_settings().get("library")
    if named is not None:
        if not named.strip() or "\0" in named:
            raise UsageError("the path of the library is empty or holds a NUL character", "give a path with --db")
        if named.startswith("file:"):  # of SQLite's URIs the options would be lost, or become part of a name
            raise UsageError(
                f"a library is named by its path, not by a URI such as {named}",
                "give the path alone; for a file of that very name: ./file:...",
            )
        if "://" in named:
            return Place(named, True)
        return Place(os.path.expanduser(named), True)
    return Place(os.path.join(_folder("data"), "library.db"), False)


def settings_file() -> str:
    """The path of the settings file, which need not exist."""
    return os.path.join(_folder("config"), "settings.toml")


def read_settings() -> dict[str, str]:
    """The settings file's text values; {} where there is none. Raises UsageError where it cannot be read."""
    return {name: value for name, value in _parsed(_content()).items() if isinstance(value, str)}


def _content() -> str:
    """What stands in the settings file, "" where there is none. Raises UsageError.

    A pipe or a device is refused before it is opened: reading it could wait, or go on, for ever.
    """
    path = settings_file()
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise UsageError(f"{path} is not a file", "remove it")
        with open(path, "rb") as file:
            content = file.read(LARGEST + 1)
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", "mend or remove it") from error
    if len(content) > LARGEST:
        raise UsageError(f"{path} is larger than {LARGEST:,} bytes", "mend or remove it")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not valid TOML: it is not UTF-8", "mend or remove it") from error


def _parsed(text: str) -> dict[str, Any]:
    """All values of the settings file. Raises UsageError."""
    import tomllib

    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise UsageError(f"{settings_file()} is nested too deeply", "mend or remove it") from error
    except ValueError as error:  # not TOML; or a number of more than 4,300 digits, which Python does not read
        raise UsageError(f"{settings_file()} is not valid TOML: {error}", "mend or remove it") from error


# what a person may set, and what it is
SETTINGS: Final = {
    "library": "the library to use where none is named: a path",
    "email": "your e-mail address, which PubMed asks for: it writes to it before it shuts anyone out",
    "api_key": "your own key for PubMed's E-utilities: ten requests a second instead of three",
    "eutils_url": "a mirror of the E-utilities",
}


def write_setting(name: str, value: str) -> None:
    """Set one value in the settings file ("" takes it out); what else stands there stays. Only its owner can read it.

    Raises UsageError for a name that is none or a value of several lines, and where the change would touch what else
    stands in the file; LibraryError where it cannot be written.
    """
    if name not in SETTINGS:
        raise UsageError(f"no setting is called {name[:40]!r}", f"one of: {', '.join(SETTINGS)}")
    if not value.isprintable():
        raise UsageError(f"the value of {name} has characters that cannot be seen", "type it anew")
    path = settings_file()
    before = _content()
    text = _with(before, name, value)
    wanted = {each: old for each, old in _parsed(before).items() if each != name} | ({name: value} if value else {})
    try:
        safe = _parsed(text) == wanted
    except UsageError:
        safe = False
    if not safe:  # such as a line of a longer text, or of a list, that looks like a setting
        raise UsageError(f"{name} cannot be set in {path} without touching what else it says", "edit the file by hand")
    beside = f"{path}.part{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        with os.fdopen(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(beside, path)
    except OSError as error:
        raise LibraryError(f"{path} cannot be written: {error.strerror}", "check its folder") from error


def _with(text: str, name: str, value: str) -> str:
    """The settings file's text with this value in place of what it says of it."""
    import json
    import re

    lines = text.splitlines()
    # only above the first table: below it the name would be another one's
    top = next((place for place, line in enumerate(lines) if line.lstrip().startswith("[")), len(lines))
    ours = re.compile(rf"""\s*["']?{name}["']?\s*=""")
    kept = [line for line in lines[:top] if not ours.match(line)]
    kept += [f"{name} = {json.dumps(value, ensure_ascii=False)}"] if value else []
    return "\n".join([*kept, *lines[top:], ""])


def checked_email(typed: str) -> str:
    """An e-mail address, as far as it can be told from one. Raises UsageError."""
    name, at, host = typed.strip().rpartition("@")
    if not (name and at and "." in host) or not typed.isprintable() or " " in typed.strip():
        raise UsageError(f"{typed[:60]!r} is no e-mail address", "such as you@example.org")
    return typed.strip()


def _folder(kind: str) -> str:
    from platformdirs import PlatformDirs

    try:
        folders = PlatformDirs("ketlit", appauthor=False)
        return str(folders.user_data_path if kind == "data" else folders.user_config_path)
    except RuntimeError as error:
        raise LibraryError(f"there is no home directory: {error}", "name a library with --db PATH") from error
