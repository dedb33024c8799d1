"""Where the library lies and what a user has set: option > environment > settings file > default."""

from __future__ import annotations

import os
from typing import NamedTuple

from ketlit.errors import LibraryError, UsageError


class Place(NamedTuple):
    """A library's path or URL; `by_hand`: a person named it, so it is not made unasked by a reading command."""

    path: str
    by_hand: bool


def library_place(option: str | None) -> Place:
    """The library to use: `--db`, else KETLIT_DB, else `library` of the settings file, else the default.

    The default is `library.db` in the platform's user data directory. Raises UsageError for a name that no
    file can have, LibraryError where there is no home directory to put the default in.
    """
    named = option if option is not None else os.environ.get("KETLIT_DB") or None
    if named is None:
        named = read_settings().get("library")
    if named is not None:
        if not named.strip() or "\0" in named:
            raise UsageError("the path of the library is empty or holds a NUL character", "give a path with --db")
        if "://" in named and not named.startswith("file:"):
            return Place(named, True)
        return Place(os.path.expanduser(named), True)
    return Place(os.path.join(_folder("data"), "library.db"), False)


def settings_file() -> str:
    """The path of the settings file, which need not exist."""
    return os.path.join(_folder("config"), "settings.toml")


def read_settings() -> dict[str, str]:
    """The settings file's text values; {} where there is none. Raises UsageError where it cannot be read."""
    path = settings_file()
    try:
        with open(path, "rb") as file:
            content = file.read(64_000)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", "mend or remove it") from error
    import tomllib

    try:
        found = tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not valid TOML: {error}", "mend or remove it") from error
    return {name: value for name, value in found.items() if isinstance(value, str)}


def _folder(kind: str) -> str:
    from platformdirs import PlatformDirs

    try:
        folders = PlatformDirs("ketlit", appauthor=False)
        return str(folders.user_data_path if kind == "data" else folders.user_config_path)
    except RuntimeError as error:
        raise LibraryError(f"there is no home directory: {error}", "name a library with --db PATH") from error
