"""Which short forms a text defines: "long form (ABBR)", after Schwartz and Hearst (Pac Symp Biocomput 2003:451)."""

from __future__ import annotations

import re

_BRACKETS = re.compile(r"\(([^()]{2,40})\)")
_STOP = re.compile(r"[.;:!?] ")
_REVERSED = re.compile(r"(?<![A-Za-z0-9])([A-Z][A-Za-z0-9/-]{1,9}) \(([^()]{5,120})\)")


def definitions(text: str) -> dict[str, list[str]]:
    """The long forms that a normalised text gives for each short form, in the order they stand."""
    found: dict[str, list[str]] = {}
    for match in _BRACKETS.finditer(text):
        short = re.split("[;,]", match[1])[0].strip()
        if not _is_short(short):
            continue
        before = text[max(0, match.start() - 200) : match.start()].rstrip()
        words = _STOP.split(before)[-1].split(" ")
        long = _long_form(short, " ".join(words[-min(len(short) + 5, len(short) * 2) :]))
        if long:
            found.setdefault(short, []).append(long)
    for match in _REVERSED.finditer(text):
        long = _long_form(match[1], match[2])
        if long and _is_short(match[1]) and len(match[2].split()) > 1:
            found.setdefault(match[1], []).append(long)
    return found


def long_forms(short: str, text: str) -> list[str]:
    """What a normalised text defines one short form to mean: as `definitions`, for this one only."""
    found = []
    place = text.find(f"({short}")
    while place >= 0:
        after = place + 1 + len(short)
        if text[after : after + 1] in (")", ";", ","):
            words = _STOP.split(text[max(0, place - 200) : place].rstrip())[-1].split(" ")
            long = _long_form(short, " ".join(words[-min(len(short) + 5, len(short) * 2) :]))
            found += [long] if long else []
        place = text.find(f"({short}", after)
    place = text.find(f"{short} (")
    while place >= 0:
        after = place + len(short) + 2
        end = text.find(")", after, after + 120)
        if end > 0 and not text[place - 1 : place].isalnum() and " " in text[after:end]:
            long = _long_form(short, text[after:end])
            found += [long] if long else []
        place = text.find(f"{short} (", after)
    return found


def _is_short(short: str) -> bool:
    return 2 <= len(short) <= 10 and len(short.split()) <= 2 and short[0].isalnum() and any(c.isupper() for c in short)


def _long_form(short: str, candidate: str) -> str:
    """The shortest end of `candidate` that has the letters of `short` in order, the first one beginning a word."""
    small = candidate.lower()
    if not small.isascii():  # letter by letter: it keeps its length, and no letter depends on the next
        small = "".join([low if len(low := char.lower()) == 1 else " " for char in candidate])
    place = len(small)  # where what is found begins
    for number in range(len(short) - 1, -1, -1):
        letter = short[number].lower()
        if not letter.isalnum():
            continue
        place = small.rfind(letter, 0, place)
        while number == 0 and place > 0 and candidate[place - 1].isalnum():
            place = small.rfind(letter, 0, place)
        if place < 0:
            return ""
    start = candidate.rfind(" ", 0, place) + 1
    long = candidate[start:]
    return long if len(long) > len(short) else ""
