"""Text from outside is made safe to look at."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ketlit.render.safe import safe_text

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def test_ordinary_text_is_left_as_it_is() -> None:
    for text in ("", "pain", "Sörensen – ≥50 %", "痛み", "عربي", "e\u0301", "👩‍⚕️", "[corrected] :smile: [/]"):
        assert safe_text(text) == text


def test_escape_control_and_bidi_characters_are_shown_as_replaced() -> None:
    for unsafe in ("\x1b", "\x07", "\x00", "\x7f", "\x9b", "\x85", *BIDI, "\ud800"):
        assert safe_text(f"a{unsafe}b") == "a\ufffdb"


def test_line_breaks_become_blanks() -> None:
    assert safe_text("a\nb\tc\r\nd\u2028e") == "a b c d e"


@given(st.text(st.characters(), max_size=60))
def test_nothing_that_moves_a_cursor_is_left(text: str) -> None:
    shown = safe_text(text)
    assert not [each for each in shown if ord(each) < 32 or 127 <= ord(each) < 160 or each in BIDI]
    assert len(shown.splitlines()) <= 1
    shown.encode("utf-8")
