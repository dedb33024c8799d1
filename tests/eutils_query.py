"""PubMed's query language: words, phrases, tags, ranges and operators, answered from a world of records.

| typed | read as |
|---|---|
| `a OR b AND c` | `(a OR b) AND c`: from left to right; NOT too |
| `a b` | both; a MeSH heading of that name is searched as well (automatic term mapping) |
| `a b[tiab]` | the phrase; where no record has it, both words, leaving out unknown ones (PhraseNotFound) |
| `"a b"[tiab]` | the phrase; where no record has it, both words, and QuotedPhraseNotFound says so |
| `a[nosuch]` | `a` in all fields, and FieldNotFound says so |
| `ketam*[ti]` | words that begin so |
| `Pain[mh]`, `Pain[mh:noexp]` | with, without narrower headings |
| `1:500[UID]`, `"2024/01"[CRDT] : "3000"[CRDT]`, `2020[dp]`, `"last 90 days"[edat]` | ranges, ends included |
| `the`, a lone `AND` | left out, PhraseIgnored says so |
| `(a OR b`, `a) OR b` | as if the missing parenthesis stood at the end, or the other one nowhere |
| `#1` | an earlier answer in the same WebEnv |

Which of unknown words PubMed drops and which leave nothing is not written down anywhere: here a word alone between
operators leaves nothing, and a word among others is dropped, which is what public threads show.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import reduce
from typing import Final, NamedTuple

from tests.eutils_fields import BY_TAG, EDGE, PARTS, Field, fold
from tests.eutils_world import World

_TOKEN: Final = re.compile(r'\s*(?:([():])|"([^"]*)"?|\[([^\]]*)\]?|([^\s()\[\]":]+))')
_OPERATORS: Final = {"AND", "OR", "NOT"}
# of the stop words in PubMed's help; operators in lower case are such words too
_STOP_WORDS: Final = frozenset(
    fold("a an and are as at be by for from had has in is it of on or than that the then these to with").split()
)
_LAST: Final = re.compile(r"last (\d+) (day|month|year)s?")
_DAYS: Final = {"day": 1, "month": 30, "year": 365}


@dataclass
class Answer:
    """What a query found, how it was read, and what of it could not be followed (ESearch's ErrorList, WarningList)."""

    pmids: frozenset[int] = frozenset()
    translation: str = ""
    translations: list[tuple[str, str]] = field(default_factory=list)
    phrases_not_found: list[str] = field(default_factory=list)
    fields_not_found: list[str] = field(default_factory=list)
    phrases_ignored: list[str] = field(default_factory=list)
    quoted_not_found: list[str] = field(default_factory=list)


class _Part(NamedTuple):
    """A set, and the translation of what gave it; `operator` is its outermost one ("" if none)."""

    pmids: frozenset[int]
    text: str
    operator: str = ""

    def inside(self, operator: str) -> str:
        return f"({self.text})" if self.operator not in ("", operator) else self.text


def join(left: _Part, operator: str, right: _Part) -> _Part:
    found = {"AND": left.pmids & right.pmids, "OR": left.pmids | right.pmids, "NOT": left.pmids - right.pmids}[operator]
    # b in "a NOT b" is bracketed whatever its operator: NOT is not associative
    after = right.inside("" if operator == "NOT" else operator)
    return _Part(found, f"{left.inside(operator)} {operator} {after}", operator)


class Lookup:
    """Finds which records hold something in a field. What was found is kept until the world changes."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._seen = 0
        self._found: dict[tuple[str, str], frozenset[int]] = {}
        self._columns: dict[str, dict[int, str]] = {}
        self._days: dict[str, list[tuple[date, int]]] = {}
        self._numbers: list[int] = []
        self._headings: frozenset[str] | None = None

    def renew(self) -> None:
        """Forget what was found before the world changed; read again only the records that did."""
        changed = self.world.changed[self._seen :]
        if not changed:
            return
        self._seen += len(changed)
        self._found, self._days, self._headings = {}, {}, None
        self._numbers = sorted(self.world.pmids)
        for name, column in self._columns.items():
            for pmid in changed:
                column.pop(pmid, None)
                if pmid in self.world and name in self.world[pmid].indexed.texts:
                    column[pmid] = self.world[pmid].indexed.texts[name]

    @property
    def all(self) -> frozenset[int]:
        return frozenset(self._numbers)

    def text(self, name: str, needle: str) -> frozenset[int]:
        """Records whose field holds `needle` (folded, with its blanks or edges) as it stands."""
        if name in PARTS:
            return frozenset[int]().union(*(self.text(part, needle) for part in PARTS[name]))
        found = self._found.get((name, needle))
        if found is None:
            if name not in self._columns:
                entries = ((pmid, self.world[pmid].indexed.texts) for pmid in self._numbers)
                self._columns[name] = {pmid: texts[name] for pmid, texts in entries if name in texts}
            found = frozenset(pmid for pmid, text in self._columns[name].items() if needle in text)
            self._found[name, needle] = found
        return found

    def numbers(self, low: int, high: int) -> frozenset[int]:
        return frozenset(self._numbers[bisect_left(self._numbers, low) : bisect_right(self._numbers, high)])

    def days(self, name: str, low: date, high: date) -> frozenset[int]:
        if name not in self._days:
            self._days[name] = sorted((self.world[pmid].dates[name], pmid) for pmid in self._numbers)
        days = self._days[name]
        start = bisect_left(days, low, key=lambda each: each[0])
        return frozenset(pmid for _, pmid in days[start : bisect_right(days, high, key=lambda each: each[0])])

    @property
    def headings(self) -> frozenset[str]:
        """All MeSH headings in use, folded."""
        if self._headings is None:
            self.text("MESH", "")
            texts = "".join(self._columns["MESH"].values())
            self._headings = frozenset(map(str.strip, texts.split(EDGE))) - {""}
        return self._headings | {fold(each) for each in self.world.narrower}

    def narrower(self, heading: str) -> set[str]:
        """A folded heading and all below it."""
        below = {fold(above): names for above, names in self.world.narrower.items()}
        found, ahead = {heading}, [heading]
        while ahead:
            for name in map(fold, below.get(ahead.pop(), ())):
                if name not in found:
                    found.add(name)
                    ahead.append(name)
        return found


class Search:
    """Answers queries about a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.lookup = Lookup(world)

    def ask(self, term: str, tag: str = "", history: Callable[[int], Iterable[int]] | None = None) -> Answer:
        """Answer a query; `tag` is the field of words without one, `history` gives the set of `#N`."""
        with self.world.lock:
            self.lookup.renew()
            reading = _Reading(self.lookup, self.world.today, tag, history)
            return reading.answer(term)

    def dated(self, name: str, low: str, high: str) -> _Part:
        """The records of a date range, as ESearch's mindate and maxdate mean it."""
        with self.world.lock:
            self.lookup.renew()
            return _dated(self.lookup, BY_TAG[name.casefold()], low, high) or _Part(frozenset(), "")


class _Reading:
    """One query being read, from left to right."""

    def __init__(self, lookup: Lookup, today: date, tag: str, history: Callable[[int], Iterable[int]] | None) -> None:
        self.lookup = lookup
        self.today = today
        self.tag = tag
        self.history = history
        self.said = Answer()
        self.tokens: list[tuple[str, str]] = []
        self.at = 0

    def answer(self, term: str) -> Answer:
        names = ("mark", "quoted", "tag", "word")
        self.tokens = [
            (names[(found.lastindex or 1) - 1], found[found.lastindex or 1]) for found in _TOKEN.finditer(term)
        ]
        part = self.expression(depth=0) or _Part(frozenset(), "")
        self.said.pmids = part.pmids
        self.said.translation = part.text
        return self.said

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def take(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1][1]

    def expression(self, depth: int) -> _Part | None:
        part: _Part | None = None
        operator = ""
        while (token := self.peek())[0] != "end":
            if token == ("mark", ")"):
                self.take()
                if depth:
                    break
            elif token[0] == "word" and token[1] in _OPERATORS:
                if operator or part is None:
                    self.said.phrases_ignored.append(operator or token[1])
                operator = token[1] if part is not None else ""
                self.take()
            else:
                right = self.operand(depth)
                if right is not None:
                    part = right if part is None else join(part, operator or "AND", right)
                    operator = ""
        if operator:
            self.said.phrases_ignored.append(operator)
        return part

    def operand(self, depth: int) -> _Part | None:
        kind, text = self.peek()
        if (kind, text) == ("mark", "("):
            self.take()
            return self.expression(depth + 1)
        if kind in ("tag", "mark"):  # a tag or a colon with nothing before it
            self.said.phrases_ignored.append(self.take())
            return None
        words = [self.take()]
        while kind == "word" and self.peek()[0] == "word" and self.peek()[1] not in _OPERATORS:
            words.append(self.take())
        tag = self.take() if self.peek()[0] == "tag" else None
        if self.peek() == ("mark", ":"):
            return self.span(words, tag)
        return self.term(words, kind == "quoted", tag)

    def span(self, words: list[str], tag: str | None) -> _Part | None:
        """`low : high`, each with or without its tag; words before `low` are a term of their own."""
        self.take()
        high = self.take() if self.peek()[0] in ("word", "quoted") else ""
        named = (self.take() if self.peek()[0] == "tag" else None) or tag or self.tag or None
        *before, low = words
        left = self.term(before, False, None) if before else None
        meant = self.field_of(named)
        right = None
        if meant is not None and meant.kind == "number" and low.isdigit() and high.isdigit():
            right = _Part(self.lookup.numbers(int(low), int(high)), f"{low}:{high}[{meant.full}]")
        elif meant is not None and meant.kind == "date":
            right = _dated(self.lookup, meant, low, high)
        if right is None:
            right = self.term([f"{low}:{high}"], True, named)
        return join(left, "AND", right) if left and right else right

    def field_of(self, tag: str | None) -> Field | None:
        return BY_TAG.get((tag or "").casefold().removesuffix(":noexp").strip())

    def term(self, words: list[str], quoted: bool, tag: str | None) -> _Part | None:
        named = tag if tag is not None else self.tag or None
        meant = self.field_of(named)
        if named is not None and meant is None:
            self.said.fields_not_found.append(named)
        if not quoted and len(words) == 1 and words[0].startswith("#") and words[0][1:].isdigit() and self.history:
            return _Part(frozenset(self.history(int(words[0][1:]))) & self.lookup.all, words[0])
        if meant is not None and meant.kind == "date":
            return self.date_of(meant, " ".join(words))
        if (meant is not None and meant.kind == "number") or (meant is None and all(word.isdigit() for word in words)):
            return self.numbers_of(words)
        if meant is None:
            return self.mapped(words, quoted)
        exploded = meant.explodes and not (named or "").casefold().endswith(":noexp")
        return self.searched(meant, words, quoted, exploded)

    def date_of(self, meant: Field, text: str) -> _Part:
        last = _LAST.fullmatch(text.strip().casefold())
        if last:
            start = self.today - timedelta(days=int(last[1]) * _DAYS[last[2]])
            return _dated(self.lookup, meant, f"{start:%Y/%m/%d}", "3000") or _Part(frozenset(), "")
        return _dated(self.lookup, meant, text, text) or self.nothing(text, meant)

    def numbers_of(self, words: list[str]) -> _Part | None:
        numbers = [int(word) for word in " ".join(words).split() if word.isdigit()]
        parts = [_Part(self.lookup.numbers(number, number), f"{number}[UID]") for number in numbers]
        return reduce(lambda left, right: join(left, "OR", right), parts) if parts else None

    def nothing(self, text: str, meant: Field | None) -> _Part:
        self.said.phrases_not_found.append(text)
        return _Part(frozenset(), f"{text}[{meant.full if meant else 'All Fields'}]")

    def searched(self, meant: Field, words: list[str], quoted: bool, exploded: bool) -> _Part | None:
        """A phrase in one field; where none has it, its words."""
        phrase = " ".join(words)
        found = self.found(meant, phrase, quoted, exploded)
        shown = f'"{phrase.casefold()}"[{meant.full}{":noexp" if meant.explodes and not exploded else ""}]'
        if found:
            return _Part(found, shown)
        if meant.name == "FILT":
            return _Part(found, shown)
        each = fold(phrase).split()
        if quoted:
            self.said.quoted_not_found.append(f'"{phrase}"')
            return self.both(meant, each, exploded) if len(each) > 1 and meant.kind == "text" else _Part(found, shown)
        return self.both(meant, each, exploded) if len(each) > 1 else self.nothing(phrase, meant)

    def both(self, meant: Field, words: list[str], exploded: bool) -> _Part:
        """All of the words that are known; the others are named and left out. Nothing where none is."""
        parts = []
        for word in words:
            if word in _STOP_WORDS:
                self.said.phrases_ignored.append(word)
                continue
            found = self.found(meant, word, False, exploded)
            if found:
                parts.append(_Part(found, f'"{word}"[{meant.full}]'))
            else:
                self.said.phrases_not_found.append(word)
        nothing = _Part(frozenset(), f"{' '.join(words)}[{meant.full}]")
        return reduce(lambda left, right: join(left, "AND", right), parts) if parts else nothing

    def found(self, meant: Field, phrase: str, quoted: bool, exploded: bool) -> frozenset[int]:
        folded, cut = fold(phrase), phrase.rstrip().endswith("*")
        if not folded:
            return frozenset()
        if meant.kind == "text":
            return self.lookup.text(meant.name, f" {folded}" if cut else f" {folded} ")
        if cut or (meant.name in ("FULL", "FAU", "FAUT", "LAUT") and not quoted):
            # a name without quotes also finds those with more initials, and is looked for among full names
            needle = f"{EDGE} {folded}" if cut or " " in folded else f"{EDGE} {folded} "
            found = self.lookup.text(meant.name, needle)
            return found or (self.lookup.text("FAU", needle) if meant.name == "FULL" else found)
        names = self.lookup.narrower(folded) if exploded else {folded}
        return frozenset[int]().union(*(self.lookup.text(meant.name, f"{EDGE} {name} {EDGE}") for name in names))

    def mapped(self, words: list[str], quoted: bool) -> _Part | None:
        """Words without a field: MeSH headings among them, and all fields (automatic term mapping)."""
        everywhere = BY_TAG["all"]
        parts: list[_Part] = []
        if quoted:
            return self.searched(everywhere, words, True, False)
        if words == ["hasabstract"]:
            return _Part(self.lookup.text("FILT", f"{EDGE} hasabstract {EDGE}"), "hasabstract[All Fields]")
        while words:
            length = next((n for n in range(len(words), 0, -1) if fold(" ".join(words[:n])) in self.lookup.headings), 0)
            part = self.heading(words[:length]) if length else self.anywhere(words[0], len(words) + len(parts) > 1)
            parts += [part] if part else []
            words = words[length or 1 :]
        return reduce(lambda left, right: join(left, "AND", right), parts) if parts else None

    def heading(self, words: list[str]) -> _Part:
        phrase = " ".join(words).casefold()
        part = _Part(self.found(BY_TAG["mesh"], phrase, False, True), f'"{phrase}"[MeSH Terms]')
        if len(words) > 1:
            part = join(part, "OR", self.both(BY_TAG["all"], [fold(word) for word in words], False))
        part = join(part, "OR", _Part(self.found(BY_TAG["all"], phrase, False, False), f'"{phrase}"[All Fields]'))
        self.said.translations.append((" ".join(words), part.text))
        return part

    def anywhere(self, word: str, among_others: bool) -> _Part | None:
        if word.casefold() in _STOP_WORDS:
            self.said.phrases_ignored.append(word)
            return None
        found = self.found(BY_TAG["all"], word, False, False)
        if found:
            return _Part(found, f'"{word.casefold()}"[All Fields]')
        part = self.nothing(word, None)
        return None if among_others else part._replace(text=f"({part.text})")


def _dated(lookup: Lookup, meant: Field, low: str, high: str) -> _Part | None:
    first, last = day_of(low, last=False), day_of(high, last=True)
    if first is None or last is None:
        return None
    shown = f"{first:%Y/%m/%d}:{last:%Y/%m/%d}[{meant.full}]"
    return _Part(lookup.days(meant.name, first, last), shown)


def day_of(text: str, *, last: bool) -> date | None:
    """The first or last day of YYYY, YYYY/MM or YYYY/MM/DD; None for anything else."""
    found = re.fullmatch(r"(\d{4})(?:[/-](\d{1,2})(?:[/-](\d{1,2}))?)?", text.strip())
    if found is None:
        return None
    year, month, day = int(found[1]), int(found[2] or (12 if last else 1)), int(found[3] or 1)
    try:
        start = date(year, month, day)
    except ValueError:
        return None
    if found[3] or not last:
        return start
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
