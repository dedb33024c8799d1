"""What is built from a checkout: data and migrations travel inside, and the main job runs from any folder."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CARRIED = ["data/seed_studies.yaml", "data/claims.yaml", "data/taxonomy.yaml", "migrations/env.py"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not all(importlib.util.find_spec(name) for name in ("build", "hatchling")):
        pytest.skip("build and hatchling are not installed (pip install '.[dev]')")
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_the_wheel_carries_data_and_migrations(built: Path) -> None:
    names = zipfile.ZipFile(next(built.glob("*.whl"))).namelist()
    assert [name for name in CARRIED if f"ketlit/_bundled/{name}" not in names] == []
    assert any(name.startswith("ketlit/_bundled/migrations/versions/0001") for name in names)
    assert "ketlit/py.typed" in names


def test_the_sdist_carries_data_migrations_and_tests(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert [name for name in [*CARRIED, "tests/conftest.py", "README.md", "LICENSE"] if name not in names] == []


def test_the_main_job_runs_from_the_wheel_in_another_folder(built: Path, tmp_path: Path) -> None:
    installed = tmp_path / "installed"
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        wheel.extractall(installed)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("KETLIT", "COV_"))}
    environment.update(PYTHONPATH=str(installed), XDG_DATA_HOME=str(tmp_path / "data"))
    environment["XDG_CONFIG_HOME"] = str(tmp_path / "config")
    program = "import ketlit, sys; print(ketlit.__file__, file=sys.stderr); from ketlit.cli import main; main()"
    command = [sys.executable, "-c", program, "search", "fibromyalgia", "--format", "jsonl"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert str(installed) in done.stderr
    assert '"key": "sorensen1995"' in done.stdout
    assert (tmp_path / "data" / "ketlit" / "library.db").exists()
