"""Which words a regular expression can match, so that an automaton finds the places where it is worth trying.

Only what a taxonomy needs is understood: literals, groups, alternatives, small classes, bounded repetition. Anything
else (`\\w+`, `.`, back references) makes that piece *open*. The words are folded (see `patterns.fold`).
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from ketlit.tagging.patterns import fold

MOST: Final = 600  # words of one expression; beyond, a piece counts as open
_SHORTEST: Final = 3  # an anchor of fewer characters would be everywhere
_FLAGS: Final = re.compile(r"\(\?[a-zA-Z]+\)")
_GROUP: Final = re.compile(r"\(\?(?:[a-zA-Z]*:|P<\w+>)|\((?!\?)")
_AROUND: Final = re.compile(r"\(\?<?[=!]")
_QUANTIFIER: Final = re.compile(r"\?|\*|\+|\{(\d+)(?:,(\d*))?\}")

Words = frozenset[str]


class Expansion(NamedTuple):
    """All words of an expression (`words`), or those of which one is in every match (`anchors`); None if unknown."""

    words: Words | None
    anchors: Words | None


def expand(regex: str) -> Expansion:
    """What an expression can match. Zero-width pieces are left out, so a hit has to be tried with the expression."""
    reader = _Reader(regex)
    branches = reader.alternatives()
    whole = _union([_product(branch) for branch in branches])
    if whole is not None and all(word.strip() for word in whole):
        return Expansion(whole, whole)
    anchors = _union([_anchor(branch) for branch in branches])
    return Expansion(None, anchors and frozenset(word.strip() for word in anchors))


class _Reader:
    """Reads an expression from left to right into branches of pieces; an open piece is None."""

    def __init__(self, regex: str) -> None:
        self.regex = regex
        self.place = 0

    def alternatives(self) -> list[list[Words | None]]:
        branches: list[list[Words | None]] = [[]]
        while self.place < len(self.regex) and self.regex[self.place] != ")":
            if self.regex[self.place] == "|":
                self.place += 1
                branches.append([])
            else:
                piece = self._piece()
                branches[-1].extend(self._repeated(piece) if isinstance(piece, frozenset) or piece is None else piece)
        return branches

    def _piece(self) -> Words | list[Words | None] | None:
        """The next piece; a group that is open as a whole comes as its own pieces, if it has one branch."""
        char = self.regex[self.place]
        if (found := _FLAGS.match(self.regex, self.place)) or char in "^$":
            self.place = found.end() if found else self.place + 1
            return frozenset({""})
        if found := _AROUND.match(self.regex, self.place):
            self.place = found.end()
            self.alternatives()
            self.place += 1
            return frozenset({""})
        if found := _GROUP.match(self.regex, self.place):
            self.place = found.end()
            branches = self.alternatives()
            self.place += 1
            whole = _union([_product(branch) for branch in branches])
            once = self.place >= len(self.regex) or self.regex[self.place] not in "?*+{"
            return branches[0] if whole is None and len(branches) == 1 and once else whole
        if char == "[":
            return self._class()
        self.place += 1
        if char == ".":
            return None
        if char != "\\":
            return frozenset({fold(char).decode()})
        escaped = self.regex[self.place]
        self.place += 1
        if escaped in "bB":
            return frozenset({""})
        return None if escaped.isalnum() else frozenset({fold(escaped).decode()})

    def _class(self) -> Words | None:
        end = self.regex.index("]", self.place + 2)
        inside = self.regex[self.place + 1 : end].replace("\\", "")
        self.place = end + 1
        if inside[0] == "^" or re.search(r"\w-\w", inside) or len(inside) > 6:
            return None
        return frozenset(fold(char).decode() for char in inside)

    def _repeated(self, piece: Words | None) -> list[Words | None]:
        found = _QUANTIFIER.match(self.regex, self.place)
        if not found:
            return [piece]
        self.place = found.end()
        if self.place < len(self.regex) and self.regex[self.place] == "?":
            self.place += 1
        low, high = _bounds(found)
        if piece is None or high is None or high > 3:
            return [None]
        if piece == {" "}:
            high = max(low, min(high, 2))  # more blanks in a row are not written
        return [_union([_product([piece] * times) for times in range(low, high + 1)])]


def _bounds(found: re.Match[str]) -> tuple[int, int | None]:
    if found[0] in "?*+":
        return {"?": (0, 1), "*": (0, None), "+": (1, None)}[found[0]]
    low = int(found[1])
    return low, int(found[2]) if found[2] else (None if "," in found[0] else low)


def _union(parts: list[Words | None]) -> Words | None:
    found: set[str] = set()
    for part in parts:
        if part is None:
            return None
        found |= part
    return frozenset(found) if len(found) <= MOST else None


def _product(pieces: list[Words | None]) -> Words | None:
    found: Words = frozenset({""})
    for piece in pieces:
        if piece is None or len(found) * len(piece) > MOST:
            return None
        found = frozenset(before + after for before in found for after in piece)
    return found


def _anchor(pieces: list[Words | None]) -> Words | None:
    """Of the runs of closed pieces the one whose shortest word is longest."""
    best: Words | None = None
    run: Words = frozenset({""})
    for piece in [*pieces, None]:
        longer = _product([run, piece])
        if longer is not None:
            run = longer
            continue
        if _shortest(run) >= max(_SHORTEST, 1 + _shortest(best)):
            best = run
        run = piece or frozenset({""})
    return best


def _shortest(words: Words | None) -> int:
    return min(len(word.strip()) for word in words) if words else 0
