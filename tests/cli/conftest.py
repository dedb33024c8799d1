"""Commands run in this process on a library of their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ketlit.cli import run

Told = tuple[int, str, str]


@pytest.fixture
def command(library: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Told]:
    """Runs a command on a fresh library with the curated studies: exit code, stdout, stderr."""

    def ran(*arguments: str) -> Told:
        capsys.readouterr()
        code = run(["--db", str(library), *arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    return ran


@pytest.fixture
def answer(command: Callable[..., Told]) -> Callable[..., Any]:
    """What a command answers in JSON."""

    def found(*arguments: str) -> Any:
        code, out, err = command(*arguments, "--format", "json")
        assert code == 0, err
        return json.loads(out)

    return found
