"""Text from outside, made safe to look at: no control, escape or bidi character reaches an eye or a terminal."""

from __future__ import annotations

import re
from typing import Final

# C0, DEL, C1 (8-bit escape sequences), bidi marks, embeddings, overrides and isolates, halves of surrogate pairs
_UNSAFE: Final = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_BREAKS: Final = str.maketrans({"\n": " ", "\t": " ", "\r": " ", "\v": " ", "\f": " ", "\u2028": " ", "\u2029": " "})
_CRLF: Final = re.compile("\r\n")


def safe_text(text: str) -> str:
    """`text` on one line, each unsafe character shown as U+FFFD. For eyes only: exports carry the exact text."""
    if text.isprintable():  # most are, and this costs nothing
        return text
    return _UNSAFE.sub("\ufffd", _CRLF.sub(" ", text).translate(_BREAKS))
