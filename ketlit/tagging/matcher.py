"""Which terms the words of a text name, and where: the reference reading of the taxonomy's rules.

In this order: definitions of short forms; negatives; synonyms and patterns, the longest first; short forms. It says
what is mentioned, not what is so: "no dissociation was seen" mentions dissociation.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ketlit.tagging.abbreviations import definitions
from ketlit.tagging.patterns import AFTER, BEFORE, derive, normalise
from ketlit.tagging.taxonomy import Abbreviation, Taxonomy, Term
from ketlit.vocabulary import Axis

NEAR = 60  # characters on each side of a short form in which a forbidding word counts
_MASK = "\0"  # matches no pattern of words, and keeps offsets


class Match(NamedTuple):
    """A term named in part number `part` of a document, at characters `start` to `end` of it."""

    axis: Axis
    term: str
    start: int
    end: int
    part: int = 0


class Part(NamedTuple):
    """A piece of a document: its field ("title", "abstract" ...) and its text."""

    field: str
    text: str


class _Rules:
    """The compiled expressions of one term."""

    def __init__(self, term: Term) -> None:
        self.term = term
        words = sorted({derive(each) for each in term.synonyms}, key=len, reverse=True)
        self.synonyms = [re.compile("|".join(words), re.IGNORECASE)] if words else []
        for pattern in term.patterns:
            regex = pattern.regex if pattern.bare else f"{BEFORE}(?:{pattern.regex}){AFTER}"
            self.synonyms.append(re.compile(regex, 0 if pattern.case else re.IGNORECASE))
        self.abbreviations = [_Short(each) for each in term.abbreviations]
        self.negatives = [re.compile(each) for each in term.negatives]
        self.context = [re.compile(each) for each in term.requires_context]


class _Short:
    def __init__(self, rule: Abbreviation) -> None:
        self.rule = rule
        self.regex = re.compile(rule.regex or f"{BEFORE}{re.escape(rule.text)}{AFTER}")
        self.requires = [re.compile(each) for each in rule.requires_any]
        self.forbids = [re.compile(each) for each in rule.forbids]


class _Span(NamedTuple):
    start: int
    end: int
    rules: _Rules


class Matcher:
    """Reads texts by a taxonomy. The expressions of a term are compiled when the first text is read."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._taxonomy = taxonomy
        self._rules: list[_Rules] = []

    def match(self, text: str, field: str = "title") -> list[Match]:
        """The terms that a text names, each with the characters it rests on, in the order of the text."""
        return self.read([Part(field, text)])

    def read(self, parts: Sequence[Part]) -> list[Match]:
        """The same for a document of several parts: what one part defines holds in all of them."""
        self._rules = self._rules or [_Rules(term) for term in self._taxonomy.terms]
        texts = [normalise(part.text) for part in parts]
        whole = "\n".join(text for text, _ in texts)
        defined = definitions(whole)
        found: list[Match] = []
        for number, (part, (text, origin)) in enumerate(zip(parts, texts, strict=True)):
            spans = self._unhidden(
                [span for rules in self._rules for span in _spans(rules, part, text, whole, defined)]
            )
            for start, end, rules in spans:
                term = rules.term
                for axis, named in ((term.axis, term.id), *term.implies):
                    found.append(Match(axis, named, origin[start], origin[end - 1] + 1, number))
        return sorted(set(found), key=lambda each: (each.part, each.start, -each.end, each.axis, each.term))

    def _unhidden(self, spans: list[_Span]) -> list[_Span]:
        """Without those that lie inside a longer one of another term on the axis, unless that term is above.

        Flags of a design are said besides it: they neither hide nor are hidden.
        """
        kept = []
        for span in spans:
            term = span.rules.term
            hidden = any(
                not (term.flag or other.rules.term.flag)
                and other.start <= span.start
                and span.end <= other.end
                and other.end - other.start > span.end - span.start
                and other.rules.term.axis == term.axis
                and other.rules.term.id != term.id
                and other.rules.term.id not in self._taxonomy.ancestors(term.axis, term.id)
                for other in spans
            )
            if not hidden:
                kept.append(span)
        return kept


def _spans(rules: _Rules, part: Part, text: str, whole: str, defined: dict[str, list[str]]) -> Iterator[_Span]:
    if rules.term.text_fields and part.field not in rules.term.text_fields:
        return
    masked = text
    for negative in rules.negatives:
        for hit in negative.finditer(text):
            masked = masked[: hit.start()] + _MASK * (hit.end() - hit.start()) + masked[hit.end() :]
    for regex in rules.synonyms:
        for hit in regex.finditer(masked):
            if hit.end() > hit.start() and (not rules.context or _in_context(rules, text, hit.start())):
                yield _Span(hit.start(), hit.end(), rules)
    for short in rules.abbreviations:
        hits = list(short.regex.finditer(masked))
        if hits and _counts(short, rules, whole, defined):
            yield from (
                _Span(hit.start(), hit.end(), rules)
                for hit in hits
                if not _forbidden(short, text, hit.start(), hit.end())
            )


def _counts(short: _Short, rules: _Rules, whole: str, defined: dict[str, list[str]]) -> bool:
    """Whether a short form stands for this term in this document. A definition decides, whichever way."""
    if short.rule.when == "always":
        return True
    if short.rule.text in defined:
        return any(regex.search(long) for long in defined[short.rule.text] for regex in rules.synonyms)
    return short.rule.when == "context" and any(regex.search(whole) for regex in short.requires)


def _forbidden(short: _Short, text: str, start: int, end: int) -> bool:
    """Whether a word near by says that it means something else. A neighbourhood never holds half a match only:
    it is searched in the text, and a hit counts if it touches the window."""
    if short.rule.not_in_capitals and not any(char.islower() for char in _sentence(text, start)):
        return True
    low, high = max(0, start - NEAR), end + NEAR
    return any(hit.start() < high and hit.end() > low for regex in short.forbids for hit in regex.finditer(text))


def _in_context(rules: _Rules, text: str, place: int) -> bool:
    sentence = _sentence(text, place)
    return any(regex.search(sentence) for regex in rules.context)


def _sentence(text: str, place: int) -> str:
    """The sentence around a place: from stop to stop followed by a blank."""
    ends = [hit.end() for hit in re.finditer(r"[.!?] ", text)]
    which = bisect_right(ends, place)
    return text[ends[which - 1] if which else 0 : ends[which] if which < len(ends) else len(text)]
