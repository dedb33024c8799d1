"""Where a text names terms of the taxonomy: an automaton finds candidates, rules run only around them.

All finite phrases of the taxonomy (synonyms with their spellings, patterns and negatives written out, short forms) and
the cue words of the rules are one Aho-Corasick automaton over the folded text; an expression that has no end is tried
only where one of its anchors stands. What a term's rules mean is told by `matcher`, the reference reading.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from ahocorasick_rs import BytesAhoCorasick, Implementation

from ketlit.tagging.abbreviations import long_forms
from ketlit.tagging.cues import CUES, ZONES
from ketlit.tagging.document import Document
from ketlit.tagging.expansion import expand
from ketlit.tagging.patterns import AFTER, BEFORE, derive, fold, phrases
from ketlit.tagging.taxonomy import Abbreviation, Pattern, Taxonomy, Term
from ketlit.vocabulary import Axis

_NEAR: Final = 60  # characters on each side of a short form in which a forbidding word counts
# whether a study is one of these is not a matter of a word: `design` and `context` weigh cues
_UNREAD: Final = frozenset({Axis.CONTEXT})


class Mention(NamedTuple):
    """A term named at characters `start` to `end` of a document; `rule` says by what."""

    start: int
    end: int
    term: Term
    rule: str


class Scan(NamedTuple):
    """What stands in a document: the terms by axis and the places of the cue words by name, both in order."""

    mentions: dict[Axis, list[Mention]]
    cues: dict[str, list[tuple[int, int]]]

    def of(self, axis: Axis) -> list[Mention]:
        """The mentions on an axis."""
        return self.mentions.get(axis, [])

    def cue(self, name: str) -> list[tuple[int, int]]:
        """The places of a cue."""
        return self.cues.get(name, [])

    def has(self, *names: str) -> bool:
        """Whether one of these cues stands anywhere."""
        return any(name in self.cues for name in names)

    def within(self, name: str, start: int, end: int) -> bool:
        """Whether a cue begins between two characters."""
        places = self.cues.get(name)
        if not places:
            return False
        at = bisect_left(places, (start, 0))
        return at < len(places) and places[at][0] < end


class _Rules:
    """What decides about the candidates of a term, compiled when it is first needed."""

    def __init__(self, term: Term) -> None:
        self.term = term
        self.synonym = (term, "synonym")
        self.open_negatives: list[tuple[int, re.Pattern[str]]] = []  # with the number of its trigger
        self.context = [re.compile(each) for each in term.requires_context]
        self._words: list[re.Pattern[str]] | None = None

    @property
    def words(self) -> list[re.Pattern[str]]:
        """The plain names, to see whether a long form is one of them."""
        if self._words is None:
            names = sorted({derive(each) for each in self.term.synonyms}, key=len, reverse=True)
            self._words = [re.compile("|".join(names), re.IGNORECASE)] if names else []
            self._words += [_pattern(each) for each in self.term.patterns]
        return self._words


def _pattern(pattern: Pattern) -> re.Pattern[str]:
    regex = pattern.regex if pattern.bare else f"{BEFORE}(?:{pattern.regex}){AFTER}"
    return re.compile(regex, 0 if pattern.case else re.IGNORECASE)


class _Short:
    def __init__(self, rule: Abbreviation) -> None:
        self.rule = rule
        self.regex = re.compile(rule.regex) if rule.regex else None
        self.requires = [re.compile(each) for each in rule.requires_any]
        self.forbids = [re.compile(each) for each in rule.forbids]


class _Builder:
    """Collects the phrases of the automaton: each with what is to be done where it stands."""

    def __init__(self) -> None:
        self.phrases: dict[str, list[tuple[str, object]]] = {}

    def add(self, phrase: str, kind: str, value: object) -> None:
        if not phrase.strip():  # of a word in another script nothing is left
            return
        owners = self.phrases.setdefault(phrase, [])
        if (kind, value) not in owners:
            owners.append((kind, value))


class Scanner:
    """Finds the terms of a taxonomy and the cues of the rules in documents. To be made once: it takes half a second."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._taxonomy = taxonomy
        self._open: list[tuple[_Rules, re.Pattern[str]]] = []
        self._foreign: list[tuple[str, _Rules]] = []
        built = _Builder()
        for term in taxonomy.terms:
            if term.axis not in _UNREAD:
                self._add(_Rules(term), built)
        for name, words in CUES.items():
            for phrase in words:
                built.add(f" {fold(phrase).decode()} ", "cue", name)
        self._owners = [tuple(owners) for owners in built.phrases.values()]
        self._find: Callable[..., list[tuple[int, int, int]]] = BytesAhoCorasick(
            [phrase.encode() for phrase in built.phrases], implementation=Implementation.ContiguousNFA
        ).find_matches_as_indexes

    def _add(self, rules: _Rules, built: _Builder) -> None:
        term = rules.term
        for words in term.synonyms:
            for phrase in phrases(words):
                built.add(f" {phrase} ", "term", rules)
        for pattern in term.patterns:
            regex, (finite, anchors) = _pattern(pattern), expand(pattern.regex)
            pad = "" if pattern.bare else " "
            for word in finite or ():
                built.add(f"{pad}{word}{pad}", "pattern", (rules, regex))
            if finite is None:
                self._open.append((rules, regex))
                for word in anchors or (" ",):
                    built.add(word, "open", len(self._open) - 1)
            self._foreign += [(word, rules) for word in pattern.words if not word.isascii()]
        for short in term.abbreviations:
            built.add(f" {fold(short.text).decode()} ", "short", (rules, _Short(short)))
        for negative in term.negatives:
            finite, anchors = expand(negative)
            for word in finite or ():
                built.add(f" {word.lstrip()}", "mask", (rules, re.compile(negative)))
            if finite is None:
                rules.open_negatives.append((len(self._open), re.compile(negative)))
                self._open.append((rules, re.compile("(?!)")))
                for word in anchors or (" ",):
                    built.add(word, "open", len(self._open) - 1)

    def scan(self, document: Document) -> Scan:
        """All that stands in a document; the zones of one without labels are guessed on the way."""
        work = _Work(document)
        owners = self._owners
        for index, start, end in self._find(document.folded, overlapping=True):
            for kind, value in owners[index]:
                if kind == "term":
                    work.terms.append((start + 1, end - 1, value, "synonym"))  # type: ignore[arg-type]
                elif kind == "cue":
                    work.cues.setdefault(value, []).append((start + 1, end - 1))  # type: ignore[arg-type]
                elif kind == "open":
                    work.opened.add(value)  # type: ignore[arg-type]
                else:
                    work.doubtful.append((kind, value, start, end))
        for number in work.opened:
            rules, regex = self._open[number]
            work.terms += [(hit.start(), hit.end(), rules, "pattern") for hit in regex.finditer(document.text)]
        if not document.text.isascii():
            for word, rules in self._foreign:
                place = document.text.find(word)
                if place >= 0:
                    work.terms.append((place, place + len(word), rules, "synonym"))
        work.settle()
        if not document.labelled:
            document.guess_zones((place, zone) for zone in ZONES for place, _ in work.cues.get(f"zone-{zone}", ()))
        return Scan(self._unhidden(work), {name: sorted(places) for name, places in work.cues.items()})

    def _unhidden(self, work: _Work) -> dict[Axis, list[Mention]]:
        """By axis, without what lies inside a longer mention of a term that is not above it."""
        by_axis: dict[Axis, list[Mention]] = {}
        for start, end, rules, rule in sorted(work.terms, key=lambda each: (each[0], -each[1])):
            if rules.term.axis is not Axis.DESIGN and work.masked(rules, start, end):
                continue
            if rules.term.axis is Axis.DESIGN and work.masked(rules, start, end):
                continue
            kept = by_axis.setdefault(rules.term.axis, [])
            if not any(self._hides(other, rules.term, start, end) for other in kept[-4:]):
                kept.append(Mention(start, end, rules.term, rule))
        return by_axis

    def _hides(self, other: Mention, term: Term, start: int, end: int) -> bool:
        if other.start > start or other.end < end or term.flag or other.term.flag:
            return False
        if other.term is term:
            return True
        return other.end - other.start > end - start and other.term.id not in self._taxonomy.ancestors(term.axis, term.id)


class _Work:
    """One scan as it goes."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.terms: list[tuple[int, int, _Rules, str]] = []
        self.cues: dict[str, list[tuple[int, int]]] = {}
        self.opened: set[int] = set()
        self.doubtful: list[tuple[str, object, int, int]] = []
        self._masks: dict[int, list[tuple[int, int]]] = {}
        self._meant: dict[int, bool] = {}

    def settle(self) -> None:
        """Try what the folded text alone does not decide: patterns, short forms, negatives."""
        text = self.document.text
        for kind, value, start, end in self.doubtful:
            if kind == "pattern":
                rules, regex = value  # type: ignore[misc]
                hit = regex.search(text, max(0, start - 3), end + 3)
                if hit and hit.end() > hit.start():
                    self.terms.append((hit.start(), hit.end(), rules, "pattern"))
            elif kind == "mask":
                rules, regex = value  # type: ignore[misc]
                self._masks.setdefault(id(rules), []).append((start, end))
            else:
                rules, short = value  # type: ignore[misc]
                self._abbreviation(rules, short, start + 1, end - 1)

    def _abbreviation(self, rules: _Rules, short: _Short, start: int, end: int) -> None:
        text = self.document.text
        if short.regex:
            hit = short.regex.search(text, max(0, start - 2), end + 12)
            if not hit or hit.start() != start:
                return
            end = hit.end()
        elif text[start:end] != short.rule.text:
            return
        if short.rule.not_in_capitals:
            sentence = self.document.sentence(start)
            if text[sentence.start : sentence.end].isupper():
                return
        if short.rule.when != "always" and not self._is_meant(rules, short):
            return
        if any(
            hit.start() < end + _NEAR and hit.end() > start - _NEAR
            for regex in short.forbids
            for hit in regex.finditer(text, max(0, start - 2 * _NEAR), end + 2 * _NEAR)
        ):
            return
        self.terms.append((start, end, rules, "abbreviation"))

    def _is_meant(self, rules: _Rules, short: _Short) -> bool:
        """Whether a short form stands for this term here. A definition decides, whichever way."""
        known = self._meant.get(id(short))
        if known is None:
            text = self.document.text
            defined = long_forms(short.rule.text, text)
            if defined:
                known = any(regex.search(long) for long in defined for regex in rules.words)
            else:
                known = short.rule.when == "context" and any(regex.search(text) for regex in short.requires)
            self._meant[id(short)] = known
        return known

    def masked(self, rules: _Rules, start: int, end: int) -> bool:
        """Whether a negative covers a candidate, or what must be in its sentence is not."""
        for low, high in self._masks.get(id(rules), ()):
            if low < end and start < high:
                return True
        if rules.open_negatives or rules.context:
            low, high, _ = self.document.sentence(start)
            text = self.document.text
            for trigger, regex in rules.open_negatives:
                if trigger in self.opened and any(
                    hit.start() < end and start < hit.end()
                    for hit in regex.finditer(text, max(low, start - 160), min(high, end + 80))
                ):
                    return True
            return bool(rules.context) and not any(regex.search(text, low, high) for regex in rules.context)
        return False
