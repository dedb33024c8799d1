"""The phrases by which a text names terms and cues, and what is to be done where one of them stands."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from ketlit.tagging.expansion import expand
from ketlit.tagging.patterns import AFTER, BEFORE, quick
from ketlit.tagging.starts import seeker
from ketlit.tagging.taxonomy import Abbreviation, Pattern, Term


class Rules:
    """What decides about the candidates of a term, compiled when it is first needed."""

    __slots__ = ("context", "doubted", "open_negatives", "term")

    def __init__(self, term: Term) -> None:
        self.term = term
        self.open_negatives: list[tuple[int, re.Pattern[str]]] = []  # with the number of its trigger, -1: always
        self.context = [re.compile(each) for each in term.requires_context]
        self.doubted = bool(term.negatives or term.requires_context)

    def is_named(self, owners: Iterable[Owner]) -> bool:
        """Whether one of these phrases is a name of the term."""
        return any(
            self in one.terms or any(doubt.rules is self and doubt.regex for doubt in one.doubts) for one in owners
        )


def compiled(pattern: Pattern) -> re.Pattern[str]:
    """The expression of a pattern, with the edges of words around it unless it is bare."""
    regex = pattern.regex if pattern.bare else f"{BEFORE}(?:{pattern.regex}){AFTER}"
    return seeker(regex, case=pattern.case)


def any_case(regex: str) -> re.Pattern[str]:
    """An expression compiled; one that ignores case all through skips to where it may begin."""
    return seeker(regex[4:]) if regex.startswith("(?i)") else quick(regex)


def encoded(words: frozenset[str] | None) -> list[bytes]:
    """The words to look for, without those that hold another one: where they stand it does."""
    least: list[str] = []
    for word in sorted(words or (), key=lambda each: (len(each), each)):
        if not any(each in word for each in least):
            least.append(word)
    return [word.encode() for word in least]


_ANY_CASE: Final = re.compile(r"\(\?i:[^()]+\)")


# short forms that stand in every sentence in small letters: they are sought in the text itself
ALSO_WORDS: Final = frozenset({"IN", "IT", "SO", "AS", "OR", "AM", "IS", "NO", "TO", "ON", "AT", "AN"})


class Short:
    """A short form, with what must and what may not stand near it compiled."""

    def __init__(self, rule: Abbreviation) -> None:
        self.rule, self.text = rule, rule.text
        self.regex = seeker(rule.regex, case=True) if rule.regex else None
        # plain words in any case are looked up in the folded text: an expression takes ten times as long
        self.words: list[bytes] = []
        self.requires: list[tuple[re.Pattern[str], list[bytes]]] = []
        for each in rule.requires_any:
            parts = each[4:-1].split("|") if _ANY_CASE.fullmatch(each) else []
            plain = {one: expand(one).words for one in parts if "\\" not in one}
            self.words += [word for words in plain.values() for word in encoded(words)]
            left = [one for one in parts if not plain.get(one)]
            if left or not parts:
                wanted = f"(?i:{'|'.join(left)})" if left else each
                self.requires.append((seeker(wanted, case=True), encoded(expand(wanted).anchors)))
        # these too with the words of which one is in every hit; none where there are no such words
        self.forbids = [(quick(each), encoded(expand(each).anchors)) for each in rule.forbids]


class Doubt(NamedTuple):
    """A phrase that does not decide by itself: a pattern to try, a short form to weigh, a negative that masks."""

    kind: str  # pattern, short, mask
    rules: Rules
    regex: re.Pattern[str] | None = None
    short: Short | None = None


class Owner(NamedTuple):
    """What is to be done where a phrase stands."""

    terms: list[Rules]
    cues: list[str]
    opens: list[int]
    doubts: list[Doubt]

    def split(self) -> tuple[str, tuple[str, ...], More | None]:
        """The first cue, which most phrases are alone, the other ones, and the rest where there is any."""
        more = (tuple(self.terms), tuple(self.opens), tuple(self.doubts))
        return self.cues[0] if self.cues else "", tuple(self.cues[1:]), more if any(more) else None


More = tuple[tuple[Rules, ...], tuple[int, ...], tuple[Doubt, ...]]  # terms, numbers of expressions, doubts


class Lexicon:
    """Collects the phrases of the automaton."""

    def __init__(self) -> None:
        self.phrases: dict[str, Owner] = {}

    def at(self, phrase: str) -> Owner:
        """Where to note what a phrase means; of a word in another script nothing is left to note."""
        return self.phrases.setdefault(phrase, Owner([], [], [], [])) if phrase.strip() else Owner([], [], [], [])
