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
TOPICS = DATA / "topics.yaml"
CUES = DATA / "cues.yaml"


def stamp() -> str:
    """A cheap fingerprint of the curated data: this release and the sizes of its files.

    Reading compares it with the library's; only where it differs are the files read and their digest taken.
    """
    from ketlit import __version__

    sizes = (str(path.stat().st_size) for path in (SEED_STUDIES, CLAIMS, TAXONOMY, CUES))
    return f"{__version__} {' '.join(sizes)}"


def digest() -> str:
    """SHA-256 over the curated data files."""
    import hashlib

    total = hashlib.sha256()
    for path in (SEED_STUDIES, CLAIMS, TAXONOMY, CUES):
        total.update(path.read_bytes())
    return total.hexdigest()


def tagging_digest() -> str:
    """What automatic tags depend on: the release's rules, its taxonomy and its cues."""
    import hashlib

    from ketlit import __version__

    total = hashlib.blake2b(__version__.encode(), digest_size=16)
    for path in (TAXONOMY, CUES):
        total.update(path.read_bytes())
    return total.hexdigest()
