"""The walls: what a reading command may load, which modules know which, what the schema says of itself."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ketlit import __version__
from ketlit.model import APPLICATION_ID, TABLES
from ketlit.resources import MIGRATIONS
from ketlit.store import connect

ROOT = Path(__file__).resolve().parent.parent
HEAVY = {"sqlmodel", "sqlalchemy", "alembic", "pydantic", "Bio", "yaml", "numpy", "matplotlib", "rich"}
READING = [
    ["search", "fibromyalgia"],
    ["search", "-c", "crps", "-r", "iv", "--format", "json"],
    ["show", "sorensen1995"],
    ["show", "sorensen1995", "--why"],
    ["timeline", "fibromyalgia"],
    ["timeline", "-c", "depression", "-o", "response", "--measure", "OR", "--at", "24h", "--format", "json"],
    ["terms", "condition"],
    ["stats"],
    ["trials"],
    ["new"],
    ["new", "--since", "2020", "-c", "crps", "--format", "json"],
    ["findings", "-c", "depression"],
    ["pool", "-c", "depression", "-o", "response", "--measure", "OR", "--at", "24h"],
    ["judge", "list"],
    ["map"],
    ["map", "--rows", "outcome", "--cols", "design", "-c", "crps", "--format", "json"],
    ["map", "--cell", "crps", "intravenous"],
    ["claims"],
    ["claims", "C16", "--format", "json"],
    ["claims", "check"],
    ["brief", "fibromyalgia"],
    ["brief", "depression", "--for", "patient", "--format", "json"],
    ["export", "fibromyalgia", "--format", "jsonl"],
    ["export", "fibromyalgia", "--format", "csv"],
    ["db", "info"],
]
PROBE = """
import sys, runpy
sys.argv = ["ketlit", *sys.argv[1:]]
from ketlit.cli import main
try:
    main()
except SystemExit as end:
    code = end.code
else:
    code = 0
import json
print(json.dumps([code, sorted({name.partition(".")[0] for name in sys.modules})]), file=sys.stderr)
"""


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_reading_loads_nothing_heavy(command: list[str], library: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, "--db", str(library), *command], capture_output=True, text=True, check=True
    )
    code, loaded = json.loads(done.stderr.splitlines()[-1])
    assert code in (0, None), done.stderr
    assert not HEAVY & set(loaded)
    assert done.stdout


def test_a_search_loads_no_views_of_evidence(library: Path) -> None:
    """Making them takes 4 ms."""
    probe = PROBE.replace('name.partition(".")[0]', "name")
    command = [sys.executable, "-c", probe, "--db", str(library), "search", "pain"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = json.loads(done.stderr.splitlines()[-1])[1]
    assert "ketlit.views" in loaded
    assert "ketlit.evidence_views" not in loaded


def test_the_library_is_told_by_the_same_number_everywhere() -> None:
    assert connect.APPLICATION_ID == APPLICATION_ID == int.from_bytes(b"ketl", "big")


def test_the_schema_number_is_the_newest_revision() -> None:
    revisions = sorted(int(path.name[:4]) for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    assert revisions == list(range(1, connect.SCHEMA + 1))


def test_what_people_wrote_hangs_on_a_study_by_restrict() -> None:
    from ketlit.model import SQLModel

    for name in ("note", "label", "screening", "judgement", "tag", "finding", "claim_study", "change"):
        keys = [key for key in SQLModel.metadata.tables[name].foreign_keys if key.column.table.name == "study"]
        assert [key.ondelete for key in keys] == ["RESTRICT"], name


def test_the_changelog_begins_with_this_version() -> None:
    first = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert first
    assert first[1] == __version__


def test_each_table_is_in_the_description_of_the_data() -> None:
    described = (ROOT / "docs" / "data-model.md").read_text(encoding="utf-8")
    assert [table for table in sorted(TABLES) if f"### {table}\n" not in described] == []


def test_no_lock_file_and_no_folder_of_one_machine_is_tracked() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if tracked.returncode:
        pytest.skip("not a git checkout")
    names = tracked.stdout.split()
    assert not [name for name in names if re.search(r"(^|/)(uv|poetry|Pipfile|package-lock|yarn)\.(lock|json)$", name)]
