"""The error tree. A class carries its exit code; its message names the thing, its hint the way out.

KetlitError (1)
├── UsageError (2)            an option, filter value or query that cannot be used
├── NotFound (3)              no such study, claim, note or trial
├── LibraryError (4)          the library cannot be used
│   ├── NoLibrary             a path given by hand where nothing is
│   ├── NotALibrary           a directory, an HTML page, another program's database
│   ├── NewerLibrary          written by a newer ketlit
│   ├── CorruptLibrary        damaged pages or a stale index
│   ├── ReadOnlyLibrary       it, or its folder, cannot be written
│   └── DiskFull
├── SourceError (5)           PubMed could not be reached or answered wrongly
├── PartlyFailed (6)          finished, but some items failed; they are named
├── OutputError (4)           what was found cannot be written: a full disk behind stdout
├── LibraryBusy (7)           another writer is at work
└── SeedError (4)             curated data that break their own rules: file, line, nearest valid value
"""

from __future__ import annotations

__all__ = [
    "CorruptLibrary",
    "DiskFull",
    "KetlitError",
    "LibraryBusy",
    "LibraryError",
    "NewerLibrary",
    "NoLibrary",
    "NotALibrary",
    "NotFound",
    "OutputError",
    "PartlyFailed",
    "ReadOnlyLibrary",
    "SeedError",
    "SourceError",
    "UsageError",
]


class KetlitError(Exception):
    """Anything ketlit tells a user. `str(error)` is one line; `hint` (may be empty) is a second."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(KetlitError):
    exit_code = 2


class NotFound(KetlitError):
    exit_code = 3


class LibraryError(KetlitError):
    exit_code = 4


class NoLibrary(LibraryError):
    pass


class NotALibrary(LibraryError):
    pass


class NewerLibrary(LibraryError):
    pass


class CorruptLibrary(LibraryError):
    pass


class ReadOnlyLibrary(LibraryError):
    pass


class DiskFull(LibraryError):
    pass


class SourceError(KetlitError):
    exit_code = 5


class PartlyFailed(KetlitError):
    exit_code = 6


class OutputError(KetlitError):
    exit_code = 4


class LibraryBusy(KetlitError):
    exit_code = 7


class SeedError(LibraryError):
    pass
