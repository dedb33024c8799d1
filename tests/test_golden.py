"""Every golden file is compared by some test."""

from __future__ import annotations

from pathlib import Path

TESTS = Path(__file__).resolve().parent


def test_each_golden_file_is_named_by_a_test() -> None:
    sources = "\n".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py"))
    files = sorted(path.name for path in (TESTS / "golden").iterdir())
    assert files
    assert [name for name in files if f'"{name}"' not in sources] == []
