"""Where data/ and migrations/ are: inside the wheel (`_bundled`), else the checkout around the package."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent
_ROOT = _PACKAGE / "_bundled" if (_PACKAGE / "_bundled").is_dir() else _PACKAGE.parent

DATA = _ROOT / "data"
MIGRATIONS = _ROOT / "migrations"
SEED_STUDIES = DATA / "seed_studies.yaml"
CLAIMS = DATA / "claims.yaml"
TAXONOMY = DATA / "taxonomy.yaml"
