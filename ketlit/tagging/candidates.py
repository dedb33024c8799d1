"""Where a text names terms of the taxonomy: an automaton finds candidates, rules run only around them.

All finite phrases of the taxonomy (synonyms with their spellings, patterns and negatives written out, short forms) and
the cue words of the rules are one Aho-Corasick automaton over the folded text; an expression that has no end is tried
only where one of its anchors stands. What a term's rules mean is told by `matcher`, the reference reading.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable
from operator import itemgetter
from typing import Final, NamedTuple

from ahocorasick_rs import BytesAhoCorasick, Implementation

from ketlit.tagging import cues
from ketlit.tagging.abbreviations import long_forms
from ketlit.tagging.cues import ZONES
from ketlit.tagging.document import Document, Sentence, Zone
from ketlit.tagging.expansion import expand
from ketlit.tagging.lexicon import ALSO_WORDS, Doubt, Lexicon, Owner, Rules, Short, any_case, compiled, encoded
from ketlit.tagging.patterns import fold, phrases, standing
from ketlit.tagging.taxonomy import Pattern, Taxonomy, Term
from ketlit.vocabulary import Axis

_NEAR: Final = 60  # characters on each side of a short form in which a forbidding word counts
# whether a study is one of these is not a matter of a word: `design` and `context` weigh cues
_UNREAD: Final = frozenset({Axis.CONTEXT})


_NOWHERE: Final = Sentence(0, 0, Zone.OTHER)


class Mention(NamedTuple):
    """A term named at characters `start` to `end` of a document; `rule` says by what. `sentence`: where it stands."""

    start: int
    end: int
    term: Term
    rule: str
    sentence: Sentence = _NOWHERE

    @property
    def zone(self) -> Zone:
        """What its sentence is there for."""
        return self.sentence.zone


class Scan:
    """What stands in a document: the terms by axis and the places of the cue words by name, both in order."""

    __slots__ = ("cues", "mentions")

    def __init__(self, mentions: dict[Axis, list[Mention]], cues: dict[str, list[tuple[int, int]]]) -> None:
        self.mentions = mentions
        self.cues = cues

    def of(self, axis: Axis) -> list[Mention]:
        """The mentions on an axis."""
        return self.mentions.get(axis, [])

    def cue(self, name: str) -> list[tuple[int, int]]:
        """The places of a cue."""
        return self.cues.get(name, [])

    def has(self, *names: str) -> bool:
        """Whether one of these cues stands anywhere."""
        return not self.cues.keys().isdisjoint(names)

    def places(self, name: str, start: int, end: int) -> list[int]:
        """Where a cue begins between two characters."""
        return [place for place, _ in self.cues.get(name, ()) if start <= place < end]

    def within(self, name: str, start: int, end: int) -> bool:
        """Whether a cue begins between two characters."""
        for place, _ in self.cues.get(name, ()):  # most have one or two
            if place >= start:
                return place < end
        return False


class Scanner:
    """Finds the terms of a taxonomy and the cues of the rules in documents. To be made once: it takes 0.1 s."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._taxonomy = taxonomy
        self._open: list[tuple[Rules, re.Pattern[str] | None]] = []  # None: only says that a negative may apply
        self._foreign: list[tuple[str, str, Rules]] = []  # with its first letter that is not Latin: quick to look for
        self._signed: list[tuple[tuple[str, ...], list[bytes], re.Pattern[str], Rules]] = []
        self._capitals: list[tuple[str, Doubt]] = []
        built = Lexicon()
        for term in taxonomy.terms:
            if term.axis not in _UNREAD:
                self._add(Rules(term), built)
        for name, words in cues.load().items():
            for phrase in words:
                named = built.at(f" {fold(phrase).decode()} ").cues
                if name not in named:
                    named.append(name)
        meant = {phrase: owner for phrase, owner in built.phrases.items() if any(owner)}
        self._owners = list(meant.values())
        self._split = [owner.split() for owner in self._owners]
        self._find: Callable[..., list[tuple[int, int, int]]] = BytesAhoCorasick(
            [phrase.encode() for phrase in meant], implementation=Implementation.ContiguousNFA
        ).find_matches_as_indexes

    def _add(self, rules: Rules, built: Lexicon) -> None:
        term = rules.term
        for words in term.synonyms:
            for phrase in phrases(words):
                owners = built.at(f" {phrase} ").terms
                if rules not in owners:
                    owners.append(rules)
        for pattern in term.patterns:
            self._add_pattern(rules, pattern, built)
        for short in term.abbreviations:
            doubt = Doubt("short", rules, short=Short(short))
            if short.text in ALSO_WORDS:
                self._capitals.append((short.text, doubt))
            else:
                built.at(f" {fold(short.text).decode()} ").doubts.append(doubt)
        for negative in term.negatives:
            finite, anchors = expand(negative)
            for word in finite or ():
                built.at(f" {word.lstrip()}").doubts.append(Doubt("mask", rules))
            if finite is None:
                rules.open_negatives.append((len(self._open) if anchors else -1, any_case(negative)))
                self._watch(rules, None, anchors or (), built)

    def _add_pattern(self, rules: Rules, pattern: Pattern, built: Lexicon) -> None:
        regex, (finite, anchors) = compiled(pattern), expand(pattern.regex)
        pad = "" if pattern.bare else " "
        for word in pattern.words:
            if not word.isascii():
                self._foreign.append((next(one for one in word if not one.isascii()), word, rules))
        if pattern.signs:
            self._signed.append((pattern.signs, encoded(anchors), regex, rules))
            return
        for word in finite or ():
            owner = built.at(f"{pad}{word}{pad}")
            if rules not in built.at(f" {word.strip()} ").terms:
                owner.doubts.append(Doubt("pattern", rules, regex))
        if finite is None and pattern.regex.isascii():
            self._watch(rules, regex, anchors, built)

    def _watch(
        self, rules: Rules, regex: re.Pattern[str] | None, anchors: Iterable[str] | None, built: Lexicon
    ) -> None:
        for word in (" a",) if anchors is None else anchors:  # of an expression without anchors every "a" is one
            built.at(word).opens.append(len(self._open))
        self._open.append((rules, regex))

    def scan(self, document: Document) -> Scan:
        """All that stands in a document; the zones of one without labels are guessed on the way."""
        work = _Work(document, self._named)
        owners, terms, places, doubtful, opened = self._split, work.terms, work.cues, work.doubtful, work.opened
        for index, start, end in self._find(document.folded, overlapping=True):
            cue, others, more = owners[index]
            if cue:
                span = (start + 1, end - 1)
                places[cue].append(span)
                for other in others:
                    places[other].append(span)
            if more:
                named, opens, doubts = more
                for rules in named:
                    terms.append((start + 1, 1 - end, rules, "synonym"))
                for number in opens:
                    opened[number].append(start)
                for doubt in doubts:
                    doubtful.append((doubt, start, end))
        self._try_open(work)
        self._try_text(work, document.text)
        if doubtful:
            work.settle()
        if not document.labelled:
            document.guess_zones([(place, zone) for name, zone in _ZONE_CUES for place, _ in places.get(name, ())])
        return Scan(self._unhidden(work), places)

    def _try_text(self, work: _Work, text: str) -> None:
        """What the folded text does not tell: words in other scripts, signs, short forms that are words."""
        terms = work.terms
        if not text.isascii():
            for letter, word, rules in self._foreign:
                if letter in text and (place := text.find(word)) >= 0:
                    terms.append((place, -place - len(word), rules, "synonym"))
        for signs, anchors, regex, rules in self._signed:
            if anchors and not any(map(work.document.folded.__contains__, anchors)):
                continue
            for sign in signs:
                if sign in text:
                    terms += [(hit.start(), -hit.end(), rules, "pattern") for hit in regex.finditer(text)]
                    break
        for word, doubt in self._capitals:
            if word in text:
                work.doubtful += [(doubt, place - 1, place + len(word) + 1) for place in standing(word, text)]

    def _named(self, long: str) -> list[Owner]:
        """The phrases in a long form."""
        return [self._owners[index] for index, _, _ in self._find(fold(f" {long} "), overlapping=True)]

    def _try_open(self, work: _Work) -> None:
        """Expressions without end, in the sentences in which one of their anchors stands."""
        document = work.document
        for number, places in work.opened.items():
            rules, regex = self._open[number]
            if regex is None:
                continue
            done = -1
            for place in places:
                if place < done:
                    continue
                low, done, _ = document.sentence(place)
                for hit in regex.finditer(document.text, low, done):
                    work.terms.append((hit.start(), -hit.end(), rules, "pattern"))

    def _unhidden(self, work: _Work) -> dict[Axis, list[Mention]]:
        """By axis, without what lies inside a longer mention of a term that is not above it."""
        by_axis: dict[Axis, list[Mention]] = {}
        reach: dict[Axis, int] = {}
        sentences = iter(work.document.sentences)
        sentence, last = next(sentences), work.document.sentences[-1]
        sentence_end, masks = sentence.end, work.masks
        work.terms.sort(key=_ORDER)
        for start, minus, rules, rule in work.terms:
            while start >= sentence_end and sentence is not last:
                sentence = next(sentences)
                sentence_end = sentence.end
            term, end = rules.term, -minus
            if rules.doubted and (masks or rules.open_negatives or rules.context) and work.masked(rules, start, end):
                continue
            axis = term.axis
            reached = reach.get(axis, -1)
            if reached < 0:
                by_axis[axis] = []
            elif reached > start and self._is_hidden(by_axis[axis][-4:], term, start, end):
                continue
            # as Mention(...), without the function a named tuple has between
            by_axis[axis].append(tuple.__new__(Mention, (start, end, term, rule, sentence)))
            if end > reached:
                reach[axis] = end
        return by_axis

    def _is_hidden(self, others: list[Mention], term: Term, start: int, end: int) -> bool:
        for low, high, other, _, _ in others:
            if high > start and high >= end:
                if other is term:
                    return True
                if term.flag or other.flag or high - low <= end - start:
                    continue
                if other.id not in self._taxonomy.ancestors(term.axis, term.id):
                    return True
        return False


_ORDER: Final = itemgetter(0, 1)
_ZONE_CUES: Final = [(f"zone-{zone}", zone) for zone in ZONES]


def _one_within(places: list[int] | None, low: int, high: int) -> bool:
    """Whether one of some places, which are in order, lies between two characters."""
    if not places:
        return False
    at = bisect_left(places, low)
    return at < len(places) and places[at] < high


class _Work:
    """One scan as it goes."""

    def __init__(self, document: Document, named: Callable[[str], list[Owner]]) -> None:
        self.document = document
        self._named = named
        self.terms: list[tuple[int, int, Rules, str]] = []  # start, and the end below zero: the longest sorts first
        self.cues: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self.opened: dict[int, list[int]] = defaultdict(list)
        self.doubtful: list[tuple[Doubt, int, int]] = []
        self.masks: dict[Rules, list[tuple[int, int]]] = defaultdict(list)
        self._fits: dict[tuple[Rules, int], bool] = {}  # whether a sentence has what a term requires beside it
        self._meant: dict[int, bool] = {}
        self._capitals: dict[int, bool] = {}  # by where a sentence begins

    def settle(self) -> None:
        """Try what the folded text alone does not decide: patterns, short forms, negatives."""
        text = self.document.text
        for (kind, rules, regex, short), start, end in self.doubtful:
            if regex:
                hit = regex.search(text, max(0, start - 3), end + 3)
                if hit and hit.end() > hit.start():
                    self.terms.append((hit.start(), -hit.end(), rules, "pattern"))
            elif short:
                if short.regex or text.startswith(short.text, start + 1):
                    self._abbreviation(rules, short, start + 1, end - 1)
            elif kind == "mask":
                self.masks[rules].append((start, end))

    def _abbreviation(self, rules: Rules, short: Short, start: int, end: int) -> None:
        text = self.document.text
        if short.regex:
            hit = short.regex.search(text, max(0, start - 2), end + 12)
            if not hit or hit.start() != start:
                return
            end = hit.end()
        if short.rule.not_in_capitals and self._in_capitals(start):
            return
        if short.rule.when != "always" and not self._is_meant(rules, short):
            return
        if short.forbids and self._is_forbidden(short, start, end):
            return
        self.terms.append((start, -end, rules, "abbreviation"))

    def _is_forbidden(self, short: Short, start: int, end: int) -> bool:
        low, high = max(0, start - 2 * _NEAR), end + 2 * _NEAR
        around = self.document.folded[low:high].__contains__  # asked too often for a generator
        for regex, anchors in short.forbids:
            if not anchors or any(map(around, anchors)):
                for hit in regex.finditer(self.document.text, low, high):
                    if hit.start() < end + _NEAR and hit.end() > start - _NEAR:
                        return True
        return False

    def _in_capitals(self, place: int) -> bool:
        low, high, _ = self.document.sentence(place)
        if low not in self._capitals:
            self._capitals[low] = self.document.text[low:high].isupper()
        return self._capitals[low]

    def _is_meant(self, rules: Rules, short: Short) -> bool:
        """Whether a short form stands for this term here. A definition decides, whichever way."""
        known = self._meant.get(id(short))
        if known is None:
            text = self.document.text
            defined = long_forms(short.rule.text, text)
            if defined:
                known = any(rules.is_named(self._named(long)) for long in defined)
            else:
                known = short.rule.when == "context" and self._is_in_context(short)
            self._meant[id(short)] = known
        return known

    def _is_in_context(self, short: Short) -> bool:
        stands = self.document.folded.__contains__
        if any(map(stands, short.words)):
            return True
        text = self.document.text
        return any(regex.search(text) for regex, anchors in short.requires if not anchors or any(map(stands, anchors)))

    def masked(self, rules: Rules, start: int, end: int) -> bool:
        """Whether a negative covers a candidate, or what must be in its sentence is not."""
        for low, high in self.masks.get(rules, ()):
            if low < end and start < high:
                return True
        if rules.open_negatives or rules.context:
            low, high, _ = self.document.sentence(start)
            text = self.document.text
            for trigger, regex in rules.open_negatives:
                if trigger < 0 or _one_within(self.opened.get(trigger), start - 160, end + 80):
                    for hit in regex.finditer(text, max(low, start - 160), min(high, end + 80)):
                        if hit.start() < end and start < hit.end():
                            return True
            if rules.context and (rules, low) not in self._fits:
                self._fits[rules, low] = any(regex.search(text, low, high) for regex in rules.context)
            return bool(rules.context) and not self._fits[rules, low]
        return False
