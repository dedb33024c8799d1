"""What the rules hand back: a term, the words it rests on, the rule, and the role it has in the study."""

from __future__ import annotations

from typing import Final, NamedTuple

from ketlit.tagging.candidates import Mention
from ketlit.vocabulary import Axis

STUDIED: Final = "studied"
COMPARATOR: Final = "comparator"
BACKGROUND: Final = "background"


class Found(NamedTuple):
    """A term of an axis at characters `start` to `end` of a document."""

    axis: Axis
    term: str
    start: int
    end: int
    rule: str
    role: str = STUDIED


def found(mention: Mention, rule: str, role: str = STUDIED, term: str = "") -> Found:
    """A mention as a finding; `term` where it is another one than it names."""
    start, end, of, _, _ = mention
    # as Found(...), without the function a named tuple has between
    return tuple.__new__(Found, (of.axis, term or of.id, start, end, rule, role))
