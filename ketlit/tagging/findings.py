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
    return Found(mention.term.axis, term or mention.term.id, mention.start, mention.end, rule, role)
