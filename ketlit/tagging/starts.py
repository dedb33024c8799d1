"""Expressions compiled so that `re` skips to where they may begin.

`re` tries an expression at each character, unless it begins with a set of characters: then it runs over all others ten
times as fast. Most of ours begin with the edge of a word and one of several words. `seeker` writes the first letters of
these in front: ``\\b(?:two|ten|few)`` ignoring case becomes ``[tTfF](?<!\\w.)(?i:(?<=[tT])(?:wo|en)|(?<=[fF])(?:ew))``,
which finds the same. It is for what is searched for; `match` at a known place gains nothing.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

# the edge of a word as it is written, and behind the first character of what follows it
_BREAK: Final = r"(?<!\w.)"
_EDGES: Final = {r"\b": _BREAK, "(?<![A-Za-z0-9])": "(?<![A-Za-z0-9].)"}
_BEHIND: Final = re.compile(r"\(\?<([=!])([^()\\]*(?:\[[^\]]*\][^()\\]*)*)\)")
_DIGITS: Final = re.compile(r"(\\d|\[\d-\d\]|\d)(?:\{1,(\d{1,2})\}|(\+)|(?![*?{]))")
_SET: Final = re.compile(r"\[([A-Za-z +;:,%/≥≤⩾-]{1,5})\](?![*?{+])")
_OPTIONAL: Final = re.compile(r"([A-Za-z])\?(?![?+])")
_SIGNS: Final = frozenset(",;:%&'/-<>=\"≥≤⩾±@#~+.()")
_ESCAPED: Final = frozenset(".()[]+*?|$^")
_REPEATS: Final = ("?", "*", "+", "{")
_DIGIT: Final = "0-9"


class _Start(NamedTuple):
    """One way to begin: a letter, a sign or `_DIGIT`; what must stand before it; what follows."""

    first: str
    behind: str
    rest: str


def seeker(regex: str, *, case: bool = False) -> re.Pattern[str]:
    """The expression, compiled to ignore case unless `case`; quick where the characters it may begin with are known."""
    starts, tail = _parted(regex)
    if not starts or (
        len(starts) > 1 and any(_captures(one.rest) for one in starts)
    ):  # they would change their numbers
        return re.compile(regex, 0 if case else re.IGNORECASE)
    edge = next((edge for edge in _EDGES.values() if all(one.behind.startswith(edge) for one in starts)), "")
    by_first: dict[str, dict[str, None]] = {}
    for one in starts:
        first = one.first if case else one.first.lower()
        by_first.setdefault(first, {})[one.behind[len(edge) :] + one.rest] = None
    sets = {first: _either(first, case) for first in by_first}
    if len(by_first) == 1:
        ways = "|".join(*by_first.values())
    else:
        ways = "|".join(f"(?<=[{sets[first]}])(?:{'|'.join(rests)})" for first, rests in by_first.items())
    ways = f"(?:{ways}){tail}" if tail else ways
    return re.compile(f"[{''.join(sets.values())}]{edge}(?{'' if case else 'i'}:{ways})")


def by_letter(words: str) -> str:
    """Words as alternatives, those with the same first letter together: a search passes over all others at once.

    It finds the same, and of two that begin alike the same one first. None of them may hold alternatives.
    """
    groups: dict[str, list[str]] = {}
    for word in words.split("|"):
        groups.setdefault(word[0], []).append(word[1:])
    return "|".join(f"{first}(?:{'|'.join(rests)})" for first, rests in groups.items())


def _either(first: str, case: bool) -> str:
    if first.isalpha():
        return first if case else first + first.upper()
    return first if first == _DIGIT else re.escape(first)


def _parted(regex: str) -> tuple[list[_Start], str]:
    """How an expression may begin, and what follows all of these; none where that is not known."""
    if len(_ways(regex)) == 1:
        behind, way = _behind(regex)
        if way.startswith("(?:"):
            end = _closing(way, 0)
            tail = way[end + 1 :]
            if not tail.startswith(_REPEATS):
                inside, more = _parted(way[3:end])
                return _after(behind, inside), more + tail
    return _starts(regex), ""


def _starts(regex: str) -> list[_Start]:
    """How an expression may begin, in its order; none where that is not known."""
    found: list[_Start] = []
    for way in _ways(regex):
        begun = _begun(way)
        if not begun:
            return []
        found += begun
    return found


def _begun(way: str) -> list[_Start]:
    """How one way without alternatives begins; none where that is not known."""
    behind, way = _behind(way)
    return _after(behind, _opened(way) if way.startswith("(?:") else _first(way))


def _behind(way: str) -> tuple[str, str]:
    """What must stand before a way, to be asked behind its first character, and the way itself."""
    behind = ""
    while True:
        edge = next((edge for edge in _EDGES if way.startswith(edge)), None)
        if edge:
            behind, way = behind + _EDGES[edge], way[len(edge) :]
        elif hit := _BEHIND.match(way):
            behind, way = f"{behind}(?<{hit[1]}(?:{hit[2]}).)", way[hit.end() :]
        else:
            return behind, way


def _after(behind: str, starts: list[_Start]) -> list[_Start]:
    """These starts after what must stand before them; none where a sign is taken for the edge of a word."""
    if _BREAK in behind and not all(one.first.isalpha() or one.first == _DIGIT for one in starts):
        return []
    return [_Start(one.first, behind + one.behind, one.rest) for one in starts]


def _opened(way: str) -> list[_Start]:
    """How a way begins that opens with a group."""
    end = _closing(way, 0)
    inner, tail = way[3:end], way[end + 1 :]
    optional = tail.startswith("?") and not tail.startswith(("??", "?+"))
    tail = tail[optional:]
    if tail.startswith(_REPEATS):
        return []
    inside, without = _starts(inner), _starts(tail) if optional else []
    if not inside or (optional and not without) or (len(inside) + optional > 1 and _captures(tail)):
        return []
    return [_Start(one.first, one.behind, one.rest + tail) for one in inside] + without


def _first(way: str) -> list[_Start]:
    """How a way begins that opens with no group: with a digit, one of some letters, a letter or a sign."""
    if hit := _DIGITS.match(way):
        digit, most, more = hit.groups()
        left = r"\d*" if more else rf"\d{{0,{int(most) - 1}}}" if most else ""
        if left and digit != r"\d":
            return []
        return [_Start(_DIGIT, "" if digit == r"\d" else f"(?<={digit})", left + way[hit.end() :])]
    if hit := _SET.match(way):
        return [] if _captures(way) else [_Start(one, "", way[hit.end() :]) for one in _in_set(hit[1])]
    if hit := _OPTIONAL.match(way):
        rest = way[hit.end() :]
        without = [] if _captures(rest) else _begun(rest)
        return [_Start(hit[1], "", rest), *without] if without else []
    escaped = way[:1] == "\\" and way[1:2] in _ESCAPED
    first, rest = (way[1:2], way[2:]) if escaped else (way[:1], way[1:])
    plain = (first.isalpha() and first.isascii()) or (first in _SIGNS and (escaped or first not in _ESCAPED))
    return [_Start(first, "", rest)] if first and plain and not rest.startswith(_REPEATS) else []


def _captures(regex: str) -> bool:
    """Whether it has a group to be asked for, which cannot be written twice."""
    return re.compile(regex).groups > 0


def _in_set(letters: str) -> list[str]:
    """The characters of a set; none where a blank is among them, with which every second word begins."""
    if " " in letters or "-" in letters[1:-1]:
        return []
    return list(letters)


def _ways(regex: str) -> list[str]:
    """The alternatives that are not inside brackets."""
    found, depth, begin, place = [], 0, 0, 0
    while place < len(regex):
        char = regex[place]
        if char == "\\":
            place += 1
        elif char == "[":
            place = _after_set(regex, place) - 1
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
        elif char == "|" and depth == 0:
            found.append(regex[begin:place])
            begin = place + 1
        place += 1
    return [*found, regex[begin:]]


def _closing(regex: str, place: int) -> int:
    """Where the bracket that opens at `place` closes."""
    depth = 0
    while True:
        char = regex[place]
        if char == "\\":
            place += 1
        elif char == "[":
            place = _after_set(regex, place) - 1
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if not depth:
                return place
        place += 1


def _after_set(regex: str, place: int) -> int:
    """Behind the set of characters that opens at `place`."""
    place += 1 + regex.startswith("^", place + 1)
    place += regex[place] == "]"
    while regex[place] != "]":
        place += 1 + (regex[place] == "\\")
    return place + 1
