"""Identifiers in any usual form: made one form, or refused. For files that people or other programs made."""

from __future__ import annotations

import re
from typing import Final
from unicodedata import normalize
from urllib.parse import unquote

from ketlit.sources.items import BadRecord

# what stands where there is none
ABSENT: Final = frozenset({"", "-", "na", "n/a", "nan", "nil", "none", "null"})
_PMID: Final = re.compile(
    r"(?:pmid\s*[:=]?\s*|(?:https?://)?(?:www\.)?(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)/)?"
    r"([0-9]{1,9})(?:\.0)?/?",
    re.IGNORECASE,
)
_DOI: Final = re.compile(r"(?:doi\s*[:=]?\s*)?(10\.[0-9]{4,9}/\S+)", re.IGNORECASE)
_DOI_ADDRESS: Final = re.compile(r"(?:doi\s*[:=]?\s*)?(?:https?://)?(?:dx\.)?doi\.org/(10\.\S+)", re.IGNORECASE)
_ORCID: Final = re.compile(r"(?:https?://)?(?:www\.)?(?:orcid\.org/)?([0-9]{4}(?:-[0-9]{4}){2}-[0-9]{3}[0-9Xx])/?")


def pmid(given: object) -> int | None:
    """A PMID: 1 to 9 digits of any script, "PMID: 123" and addresses of PubMed's pages too; None where there is none.

    Raises BadRecord for what is none.
    """
    if given is None:
        return None
    text = normalize("NFKC", str(given)).strip() if isinstance(given, str | int | float) else "\0"
    if text.lower() in ABSENT:
        return None
    found = _PMID.fullmatch(text) if not isinstance(given, bool) else None
    number = int(found[1]) if found else 0
    if not number:
        raise BadRecord(f"{_shown(given)} is no PMID")
    return number


def doi(given: object) -> str:
    """A DOI without "doi:" or the address before it, "" where there is none. Raises BadRecord for what is none."""
    if given is None:
        return ""
    text = given.strip() if isinstance(given, str) else "\0"
    if text.lower() in ABSENT:
        return ""
    for form in (text, normalize("NFKC", text)):
        address = _DOI_ADDRESS.fullmatch(form)
        found = _DOI.fullmatch(unquote(address[1]) if address else form)
        if found:
            return found[1]
    raise BadRecord(f"{_shown(given)} is no DOI")


def orcid(given: str) -> str:
    """An ORCID iD without its address, "" for what is none."""
    found = _ORCID.fullmatch(given.strip())
    return found[1].upper() if found else ""


def _shown(given: object) -> str:
    return repr(given)[:60]
