"""What every test stands on: no network but this machine, and the real corpora where they are."""

from __future__ import annotations

import shutil
import signal
import socket
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from ketlit.tagging.taxonomy import Taxonomy

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files of tests/golden anew")


# a law that does not hold shows within fifty examples or by chance some day; the suite has five minutes
settings.register_profile("ketlit", max_examples=35, deadline=None)
settings.load_profile("ketlit")


def pytest_configure() -> None:
    """What a shell starts in the background ignores Ctrl-C, and so do its children: here they must not."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_report_header() -> str:
    return f"sqlite {sqlite3.sqlite_version}"


@pytest.fixture(autouse=True)
def only_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection to anywhere but loopback or a local socket is a failed test."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in {"127.0.0.1", "::1", "localhost"}:
            raise AssertionError(f"a test tried to reach {address!r}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session", autouse=True)
def made_once() -> Iterator[None]:
    """Commands in this process share the taxonomy of a file, and its reader: they take most of a second to make."""
    from tests.readings import reader_of, taxonomy_of

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ketlit.tagging.taxonomy.load", taxonomy_of)
        patch.setattr("ketlit.tagging.reading.Reader", reader_of)
        yield


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compares a text with a file of tests/golden; `pytest --update-golden` writes it, for review."""

    def compare(name: str, text: str) -> None:
        path = ROOT / "tests" / "golden" / name
        if request.config.getoption("--update-golden"):
            path.write_text(text, encoding="utf-8", newline="\n")
        assert text == path.read_text(encoding="utf-8"), f"{name} differs; --update-golden if it should"

    return compare


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real PubMed data beside the project."""
    folder = SHARED / "corpus"
    if not folder.is_dir():
        pytest.skip("the real corpora (../shared/corpus) are not here")
    return folder


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library as the first command makes it. Not to be written to: `library` is a copy of it."""
    from ketlit.cli.opening import make

    path = tmp_path_factory.mktemp("seeded") / "library.db"
    make(str(path))
    return path


@pytest.fixture(scope="session")
def made_empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library without studies. Not to be written to."""
    from ketlit.cli.opening import make

    path = tmp_path_factory.mktemp("empty") / "empty.db"
    make(str(path), seed=False)
    return path


@pytest.fixture(scope="session")
def taxonomy() -> Taxonomy:
    """The taxonomy that ships."""
    from tests.readings import TAXONOMY

    return TAXONOMY


@pytest.fixture
def library(seeded: Path, tmp_path: Path) -> Path:
    """A fresh library with the curated studies, to read and to write."""
    path = tmp_path / "library.db"
    shutil.copyfile(seeded, path)
    return path
