"""Text in a cell of csv or tsv, and back: quoting, formulas, escapes. Whoever writes and whoever reads share it."""

from __future__ import annotations

import re
from typing import Final

# a spreadsheet takes text that begins so for a formula (OWASP, "CSV injection")
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_GUARDED: Final = re.compile(r"'+[=+\-@\t\r]")
_QUOTED: Final = re.compile('[,"\r\n]')
_SPECIAL: Final = re.compile('[\\\\\t\n\r]|^"')
_ESCAPES: Final = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", '"': '\\"'}
_ESCAPED: Final = re.compile(r'\\([\\tnr"])')
_ORIGINALS: Final = {escape[1]: original for original, escape in _ESCAPES.items()}


def guarded(text: str, *, raw: bool = False) -> str:
    """Text with a "'" before what a spreadsheet would take for a formula; `raw` leaves formulas as they are.

    Text that itself begins with "'" and then a formula gets one more either way, so that `unguarded` gives back
    exactly what there was.
    """
    if (not raw and text.startswith(FORMULA)) or (text.startswith("'") and _GUARDED.match(text)):
        return "'" + text
    return text


def unguarded(text: str) -> str:
    """Text without the "'" that `guarded` put before it."""
    return text[1:] if text.startswith("'") and _GUARDED.match(text) else text


def quoted(text: str) -> str:
    """A csv cell as RFC 4180 has it. The csv module leaves a lone CR bare unless lines end in CRLF (Python 3.11)."""
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


def escaped(text: str) -> str:
    r"""Text in a tsv cell, nothing lost: backslash, tab and line breaks as \\, \t, \n, \r; a " at its start as \".

    So no cell begins with a quotation mark, and where one does, another program has quoted it.
    """
    return _SPECIAL.sub(lambda found: _ESCAPES[found[0]], text)


def unescaped(text: str) -> str:
    """The text that `escaped` was given."""
    return _ESCAPED.sub(lambda found: _ORIGINALS[found[1]], text) if "\\" in text else text
