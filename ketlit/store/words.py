"""How the WORDS of a query are read.

| typed                     | the text must say                                                                 |
|---------------------------|-----------------------------------------------------------------------------------|
| pain relief               | pain and relief                                                                   |
| pain AND relief           | pain and relief                                                                   |
| "pain relief"             | pain, and relief right after it                                                   |
| "pain relief              | the same: a quotation mark that is left open closes at the end                    |
| keta*                     | a word that begins with keta                                                      |
| pain OR relief            | pain or relief                                                                    |
| burn pain OR relief       | burn, and pain or relief: OR joins its two neighbours                             |
| pain -cancer              | pain, and not cancer                                                              |
| pain NOT cancer           | the same                                                                          |
| -cancer                   | anything but cancer                                                               |
| a OR -cancer              | a, and not cancer: what is left out is left out of all                            |
| mg/kg                     | mg, and kg right after it; the same for 0.5, S(+)-ketamine, O'Brien, NEAR(x       |
| infusion                  | infusion or infusions, unless quoted or with --literal                            |
| crps                      | crps: a name that ends in s is no plural (crp is another thing)                   |
| relief of pain            | relief and pain: small words count only in quotes, with --literal, or alone       |
| fibromyalgia              | the term, or one of its names (fibrositis ...) in the text, unless --literal      |
| fm                        | the term fibromyalgia, its unambiguous names, or fm                               |
| psilocybin                | psilocybin: a term that gathers unlike things (`catch_all`) is not all meant      |
| reflex sympathetic dystrophy | the term crps-1 or one of its names: the longest run of words that names a term |
| pmid:123                  | 123 among its identifiers and other names; the same for doi:10.1/x and addresses  |

Nothing typed is an error but what holds no word at all (`"`, `-`, `*`, `AND`, `a*` with one letter) and what is
longer than 2,000 characters or 64 words; then a UsageError says what to type.
"""

from __future__ import annotations

import re
from typing import Final

from ketlit.errors import UsageError
from ketlit.store.search_index import Expression, Phrase, fold, term_token
from ketlit.store.terms import LEFT_OVER, Name, Terms, plurals

LONGEST: Final = 2_000
MOST_WORDS: Final = 64
MOST_PHRASES: Final = 300  # of one query, synonyms included
LONGEST_NAME: Final = 8  # words of a name that is looked for
SMALL: Final = frozenset(
    ("a", "an", "and", "as", "at", "by", "for", "from", "in", "is", "of", "on", "or", "the", "to", "with")
)
ADVICE: Final = 'type words, "a phrase", prefix*, one OR other, -without; for example: fibromyalgia ketamine'
_PIECE: Final = re.compile(r'(-*)"([^"]*)(?:"(\*)?|$)|([^\s"]+)')
# NUL and other controls, and halves of surrogate pairs, which no encoding takes
_UNREADABLE: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_PMID: Final = re.compile(r"(?:pmid[:=]?|https?://(?:www\.)?pubmed\.ncbi\.nlm\.nih\.gov/)(\d{1,9})/?", re.IGNORECASE)
_DOI: Final = re.compile(r"(?:doi:|(?:https?://)?(?:dx\.)?doi\.org/)(10\..+)", re.IGNORECASE)


Known = dict[int, list[Name]]  # the terms that a word names, by the word's id()


class Word:
    """One piece of a query: `name` is it folded; `exact`: a term is called just that, not its other number."""

    __slots__ = ("exact", "identifier", "name", "negated", "prefix", "quoted", "raw")

    def __init__(self, raw: str, *, quoted: bool = False, prefix: bool = False, negated: bool = False) -> None:
        pmid = None if quoted else _PMID.fullmatch(raw)
        doi = None if quoted or pmid else _DOI.fullmatch(raw)
        self.identifier = bool(pmid or doi)
        self.raw = raw = str(int(pmid[1])) if pmid else doi[1] if doi else raw
        self.name = fold(raw)
        self.quoted = quoted
        self.prefix = prefix
        self.negated = negated
        self.exact = False

    @property
    def plain(self) -> bool:
        """May be (part of) the name of a term, has another number, may be too small to count."""
        return not (self.quoted or self.prefix or self.identifier)

    def forms(self) -> list[str]:
        """The word as typed, and its other number; of a name that ends in s there is none: CRPS is not many CRP."""
        whole = not self.plain or (self.exact and self.name.endswith("s"))
        return [self.raw] if whole else [self.raw, *plurals(self.name)]

    def told(self) -> str:
        return f'"{self.raw.strip()}"' if self.quoted else self.raw + "*" * self.prefix


class Reading:
    """WORDS as read: what to ask the index, and how to tell the user.

    `single` is the whole query where it is one word, for a look at keys and identifiers; `alone` has an
    expression for each part, to find out which of them nothing says.
    """

    __slots__ = ("alone", "expression", "hints", "single", "understood")

    def __init__(self) -> None:
        self.expression = Expression([], [])
        self.understood: list[str] = []
        self.hints: list[str] = []
        self.single = ""
        self.alone: list[tuple[str, Expression]] = []


def read(typed: str, terms: Terms | None, *, literal: bool = False) -> Reading:
    """Read WORDS; without `terms`, or `literal`, nothing is looked up in the taxonomy.

    Raises UsageError where there is nothing to look for.
    """
    groups = _alternatives(_pieces(typed))
    reading = Reading()
    if "or" in _UNREADABLE.sub(" ", typed).split():
        reading.hints.append("OR is an operator only in capitals")
    known = {} if literal or terms is None else _names(groups, terms)
    if not literal:
        groups = _without_small(groups, known, reading)
    told: list[str] = []
    for group in groups:
        _add(group, known, terms, literal, reading, told)
    if told:
        reading.understood.append("words: " + " and ".join(told))
    if len(groups) == 1 and len(groups[0]) == 1:
        reading.single = groups[0][0].raw
    return reading


def clean(typed: str) -> str:
    """Typed text without what no library can be asked for."""
    return _UNREADABLE.sub(" ", typed)


def _pieces(typed: str) -> list[Word | str]:
    """Words, and the operators "OR" and "NOT" (AND says nothing that a blank does not)."""
    if len(typed) > LONGEST:
        raise UsageError(f"the query is longer than {LONGEST:,} characters", ADVICE)
    found: list[Word | str] = []
    for minus, phrase, star, bare in _PIECE.findall(clean(typed)):
        if bare in {"AND", "OR", "NOT"}:
            if bare != "AND":
                found.append(bare)
            continue
        if bare:
            raw, prefix = bare.lstrip("-+"), bare.endswith("*")
            word = Word(raw.rstrip("*"), prefix=prefix, negated=bare.startswith("-"))
        else:
            word = Word(phrase, quoted=True, prefix=bool(star), negated=bool(minus))
        if word.name:
            if word.prefix and len(word.name.rpartition(" ")[2]) < 2:
                raise UsageError(f"{word.raw}* would find nearly everything", "type two letters or more before the *")
            found.append(word)
    if not any(isinstance(piece, Word) for piece in found):
        raise UsageError(f"there is no word in {clean(typed).strip()[:80]!r}", ADVICE)
    if len(found) > MOST_WORDS:
        raise UsageError(f"the query has more than {MOST_WORDS} words", ADVICE)
    return found


def identify(typed: str) -> tuple[str, str]:
    """What an identifier is, ("pmid", "7477101"), ("doi", "10.1016/...") or ("key", ...), in any usual form."""
    raw = clean(typed).strip()
    number = _PMID.fullmatch(raw.replace(" ", ""))
    bare = number[1] if number else raw
    if bare.isdecimal():  # digits of any script: full-width ones are pasted from PDFs
        return "pmid", str(int(bare)) if len(bare) < 10 else bare
    doi = _DOI.fullmatch(re.sub(r"(?i)^doi\s*:\s*", "doi:", raw))
    if doi or raw.startswith("10."):
        return "doi", (doi[1] if doi else raw).lower()
    return "key", raw.lower()


def _alternatives(pieces: list[Word | str]) -> list[list[Word]]:
    """Groups of words of which one will do; a negated word is a group of its own."""
    groups: list[list[Word]] = []
    joining = negating = False
    for piece in pieces:
        if isinstance(piece, str):
            joining = joining or piece == "OR"
            negating = negating or piece == "NOT"
            continue
        piece.negated = piece.negated or negating
        if joining and groups and not piece.negated and not groups[-1][0].negated:
            groups[-1].append(piece)
        else:
            groups.append([piece])
        joining = negating = False
    return groups


def _names(groups: list[list[Word]], terms: Terms) -> dict[int, list[Name]]:
    """The terms that a word names, by the word's id(); runs of words that name one are merged into one word.

    The longest run wins, from the left.
    """
    runs: dict[str, None] = {}
    for start in range(len(groups)):
        for name in _run_names(groups, start):
            runs.update(dict.fromkeys([name, *plurals(name)]))
    for word in (word for group in groups if len(group) > 1 for word in group if word.plain):
        runs.update(dict.fromkeys([word.name, *plurals(word.name)]))
    found = terms.named(list(runs))
    known: Known = {}

    def of(name: str) -> list[Name]:
        names = [each for form in (name, *plurals(name)) for each in found.get(form, ())]
        return [
            each
            for each in names
            if each.term not in LEFT_OVER
            and terms.get(each.axis, each.term)
            and not terms.catches_all(each.axis, each.term)
        ]

    def name_it(word: Word, names: list[Name]) -> None:
        known[id(word)] = names
        word.exact = word.name in found

    start = 0
    while start < len(groups):
        for length, name in reversed(list(enumerate(_run_names(groups, start), 1))):
            if names := of(name):
                first = groups[start][0]
                merged = Word(" ".join(group[0].raw for group in groups[start : start + length]), negated=first.negated)
                groups[start : start + length] = [[merged]]
                name_it(merged, names)
                break
        else:
            for word in groups[start]:
                if word.plain and (names := of(word.name)):
                    name_it(word, names)
        start += 1
    return known


def _run_names(groups: list[list[Word]], start: int) -> list[str]:
    """The folded names of the runs of 1, 2, ... single plain words from `start`; a negated word stands alone."""
    found: list[str] = []
    for group in groups[start : start + LONGEST_NAME]:
        word = group[0]
        if len(group) > 1 or not word.plain or (found and (word.negated or groups[start][0].negated)):
            break
        found.append(f"{found[-1]} {word.name}" if found else word.name)
    return found


def _without_small(groups: list[list[Word]], known: Known, reading: Reading) -> list[list[Word]]:
    """The groups without single small words (of, the ...), unless there is nothing else."""

    def small(group: list[Word]) -> bool:
        word = group[0]
        return len(group) == 1 and word.plain and not word.negated and word.name in SMALL and id(word) not in known

    kept = [group for group in groups if not small(group)]
    if not kept or len(kept) == len(groups):
        return groups
    left = dict.fromkeys(group[0].name for group in groups if small(group))
    reading.understood.append("left out: " + ", ".join(left))
    return kept


def _add(
    group: list[Word], known: Known, terms: Terms | None, literal: bool, reading: Reading, told: list[str]
) -> None:
    """Put a group into the expression of `reading`, and into what is told."""
    phrases: dict[tuple[str, bool, bool], Phrase] = {}
    for word in group:
        for form in [word.raw] if literal else word.forms():
            phrases[form, word.prefix, word.identifier] = Phrase(form, word.prefix, word.identifier)
        if id(word) in known and terms is not None:
            for phrase in _meant(word, known[id(word)], terms, reading):
                phrases[phrase.raw, False, False] = phrase
    expression = reading.expression
    so_far = sum(map(len, expression.groups)) + len(expression.without)
    wanted = _needed(list(phrases.values()))[: max(len(group) * 2, MOST_PHRASES - so_far)]
    text = " or ".join(word.told() for word in group)
    if group[0].negated:
        expression.without.extend(wanted)
        if id(group[0]) not in known:
            told.append(f"not {text}")
        return
    expression.groups.append(wanted)
    reading.alone.append((text, Expression([wanted], [])))
    if any(id(word) not in known for word in group):
        told.append(f"({text})" if len(group) > 1 else text)


def _meant(word: Word, names: list[Name], terms: Terms, reading: Reading) -> list[Phrase]:
    """The terms that a word names, as tokens of the index and as their names in the text."""
    pairs = list(dict.fromkeys((name.axis, name.term) for name in names))
    printed = dict.fromkeys(f"{axis} {terms.printed(axis, term)}" for axis, term in pairs)
    without = "without " if word.negated else ""
    reading.understood.append(f"{without}{word.told()} -> {', '.join(printed)} (term or synonyms in the text)")
    return [Phrase(form) for form in [term_token(*pair) for pair in pairs] + terms.names_of(pairs)]


def _needed(phrases: list[Phrase]) -> list[Phrase]:
    """Without phrases that hold another one whole: beside "fibromyalgia", "primary fibromyalgia" adds nothing."""
    folded = [f" {fold(phrase.raw)} " for phrase in phrases]
    kept: list[Phrase] = []
    for place, phrase in enumerate(phrases):
        mine = folded[place]
        held = any(
            not (other.prefix or other.name)
            and folded[at] in mine
            and (folded[at] != mine or at < place)
            and at != place
            for at, other in enumerate(phrases)
        )
        if phrase.prefix or not held:
            kept.append(phrase)
    return kept
