"""What ketamine is compared with.

A drug that is named is no comparator for that: it stands against ketamine where words set the two against each other,
where a group is given it without ketamine, or where a title names both as equals.
"""

from __future__ import annotations

import re
from typing import Final

from ketlit.tagging.arms import INERT, VERSUS, Arms, arms, is_denied, own_comparison
from ketlit.tagging.axes import COMPARATORS, DRUGS
from ketlit.tagging.candidates import Mention, Scan
from ketlit.tagging.comparator_words import (
    ANAESTHETISED,
    ASLEEP_WORDS,
    BLOCKS,
    BOTH_WAYS,
    CLASS,
    FOR_ECT,
    JOINED,
    KIN,
    OWN_USE,
    SAID_OF,
    TOGETHER,
    given,
    is_against,
    is_lacked,
    is_said,
)
from ketlit.tagging.controls import (
    CONTROLS,
    as_control,
    calls_control,
    is_called_control,
    says_active,
    unless_design,
)
from ketlit.tagging.document import (
    IN_AIM,
    IN_BACKGROUND,
    IN_CONCLUSION,
    IN_METHODS,
    IN_RESULTS,
    IN_TITLE,
    Document,
    Sentence,
    Zone,
)
from ketlit.tagging.factors import crossed, may_cross
from ketlit.tagging.findings import BACKGROUND, COMPARATOR, Found, found
from ketlit.tagging.interventions import by_sentence, distance, zone
from ketlit.tagging.starts import seeker

_GROUP: Final = re.compile(
    r"(?:[- ](?:\([^()]{1,25}\) )?(?:groups?|arms?|controlled|alone|treated)\b|"
    r" ?[(\[][nN] ?=| (?:versus|vs\.?|compared|followed|(?P<both>or|and)) (?:[\w(),/+.-]+ ){0,4}?"
    r"\(?(?:S|es|R|S\(\+\))?-?ketamine)",
    re.I,
)
_SET_APART: Final = seeker(
    r"\b(?:versus|vs\.?|v|or|compared (?:with|to)|comparison (?:with|to)|than|over|relative to|against|inferior to|"
    r"superior to|whereas|in place of|in lieu of|instead of|contrast(?:ed)? (?:with|to)|opposed to|equivalent to|"
    r"as (?:effective|good|efficacious|well) as|comparable (?:to|with)|outperformed|similar to|replaced)\b"
)
_COMPARING_WORDS: Final = (
    *(b" versus ", b" vs ", b" v ", b"compar", b" than ", b" groups ", b"group ", b" either ", b"random", b"superior"),
    *(b"inferior", b"differen", b" alternative"),
)
# a word of which one is in every hit of the expression before: quicker to ask for, and mostly not there
_APART_WORDS: Final = frozenset(
    b"versus vs v or compared comparison than over relative against inferior superior whereas place lieu instead "
    b"contrast contrasted opposed equivalent effective good efficacious well comparable outperformed similar "
    b"replaced".split()
)
# what placebos do, and what trials to come should have
_WITH_PLACEBO: Final = re.compile(r"[- ](?:respon|effects?\b|component)", re.I)
_WISHED: Final = seeker(r"\b(?:future|further|warranted|must|should)\b")
_WISH_WORDS: Final = (b"future", b"further", b"warranted", b"must", b"should")
# a treatment that goes on beside ketamine, or the anaesthetic that all are given
_ADDED_TO: Final = re.compile(
    r"\b(?:add\w*|adjun?\w*|plus|augment\w*|combin\w+|concomitant|continu\w+|along\w*|fail\w*|resist\w*|"
    r"refractory|despite|under|inadequate\w*)\b"
    r"(?: to| with| of| response to| respond to)?(?: the| their| ongoing| all| other)?$|\+$",
    re.I,
)
_ALONE: Final = re.compile(r" (?:alone|only|monotherapy)\b", re.I)
_ALONE_WORDS: Final = (b" alone", b" only", b" monotherapy")
# a title that asks what a drug does to ketamine's effects, or ketamine to those of a drug
_ACTS_ON: Final = seeker(
    r"ketamine[- ](?:induced|evoked)|induced by|"
    r"\b(?:attenuat|revers|antagoni|potentiat|interact|pre-?treat|premedic)\w+"
)
_WITH_OR: Final = re.compile(r"\bwith(?: or |/| and |,? versus |,? vs\.? )$", re.I)
_MIXTURE: Final = re.compile(r"[-+] ?ketamine ?[-+]|^.?ketamine ?[-+] ?\w+ ?[-+]|[-+] ?\w+ ?[-+] ?ketamine.?$")
_SETTING: Final = seeker(r"\b(?:in|for|during|under|before|after|of)(?: modified)? $")
_UNTREATED: Final = seeker(
    r"ketamine|exposed|wait|untreated|control|delayed|deferred|nothing|no (?:treatment|additional|study|drug|active)"
)
# the group that a control group stands beside, by a short name or by its part in the study
_WITH_DRUG: Final = re.compile(r"\bintervention|\b(?:E?S?K(?:ET)?|treatment|study|experimental|observation) group")
_REVIEW: Final = seeker(r"\breview|meta-?analy")
_NETWORK: Final = re.compile(r"network meta-?analy", re.I)
# what is asked, whatever the design, is asked of what the question compares
_ASKED: Final = (Zone.TITLE, Zone.AIM)
_DONE: Final = (Zone.METHODS, Zone.RESULTS)
_MOST: Final = 150  # mentions that are weighed: no text has as many
_TREATED: Final = frozenset({"therapeutic-pain", "therapeutic-psychiatric", "anesthesia"})


def comparators(
    document: Document, scan: Scan, forms: list[Found], *, controlled: bool, review: bool, context: str
) -> list[Found]:
    """The drugs and treatments that stand against ketamine, and the others that are named as background.

    A sedative is an active placebo where the mind is treated, else another drug. Two exact forms of ketamine that are
    both studied are compared with each other, and so are two doses. A systematic review (`review`) compares what its
    title or aim names.
    """
    mentions = scan.of(COMPARATORS)[:_MOST]
    if not controlled and not any(one.sentence.zone in _ASKED for one in mentions):
        return [found(one, "named", BACKGROUND, one.term.printed) for one in mentions]
    groups, ours = arms(document, scan), by_sentence(scan.of(DRUGS)[:_MOST])
    reader = _Against(document, scan, groups, ours, (controlled, review))
    result: dict[tuple[str, str], Found] = {}  # by term and word: the first mention that stands against ketamine
    done = _DONE if controlled and not review else ()
    active: bool | None = None  # not known yet
    before: set[str] = set()  # what the conclusion alone compares was not compared
    for mention in mentions:
        start, end, of, _, sentence = mention
        term, where = of.prints_as or of.id, sentence[2]
        if where is IN_BACKGROUND:
            where = zone(document, scan, sentence)
        told = where in _ASKED or (where in done and (context != "misuse" or term == "placebo"))
        if told:
            before.add(term)
        elif where is IN_CONCLUSION and done and context != "misuse":
            told = term in before
        elif review and where in _DONE and term != "placebo":  # "placebo-controlled" tells what kind of trials
            told = calls_control(document.text, mention, sentence)
        if context == "misuse" and term == "standard-care":
            told = False  # who never took the drug was not treated otherwise
        if told and term in CONTROLS:
            if active is None:
                active = says_active(document)
            term = as_control(document, mention, context, active=active)
        key = (term, document.text[start:end].lower())
        known = result.get(key)
        if known and (not told or known.role == COMPARATOR):
            continue
        if told and where is not sentence[2]:
            sentence = Sentence(sentence.start, sentence.end, where)
        role = COMPARATOR if told and reader.stands(mention, term, sentence) else BACKGROUND
        if not known or role == COMPARATOR:
            result[key] = found(mention, "compared with ketamine", role, term)
    against = list(result.values()) if reader.network else _without_absence(document, mentions, result, reader)
    if not reader.is_review:
        opposed = {one.term for one in against if one.role == COMPARATOR}
        if not opposed and context in _TREATED:
            against += _control_group(document, scan, ours)
        if "active-placebo" in opposed:
            against = [unless_design(document, one) for one in against]
    own = own_comparison(document, scan, forms, groups, ours, review=review) if controlled else None
    return [*against, own] if own else against


def _control_group(document: Document, scan: Scan, ours: dict[int, list[Mention]]) -> list[Found]:
    """A control group beside one with ketamine, of which no more is said."""
    beside: dict[int, bool] = {}
    for start, end in scan.cue("control-group"):
        sentence = document.sentence(start)
        low = sentence.start
        if low not in beside:
            beside[low] = low in ours or _WITH_DRUG.search(document.text, low, sentence.end) is not None
        if sentence.zone in _DONE and beside[low] and not is_lacked(document, max(low, start - 40), start):
            return [Found(COMPARATORS, "standard-care", start, end, "control group", COMPARATOR)]
    return []


def _without_absence(
    document: Document, mentions: list[Mention], result: dict[tuple[str, str], Found], reader: _Against
) -> list[Found]:
    """Where a placebo is named: without those who had no ketamine, and without the drug "alone" that all had."""
    if not any(one.term == "placebo" and one.role == COMPARATOR for one in result.values()):
        return list(result.values())
    alone = {
        document.text[one.start : one.end].lower()
        for one in mentions
        if document.folded.startswith(_ALONE_WORDS, one[1])
        and _ALONE.match(document.text, one[1], one[1] + 25)
        and one.term.printed in ("other-drug", "opioid")
    }
    if alone:
        alone = alone.difference(*[reader.factors(one.sentence) for one in mentions])
    return [
        one._replace(role=BACKGROUND) if word in alone or (one.term == "standard-care" and "ketamine" in word) else one
        for (_, word), one in result.items()
    ]


class _Against:
    """Weighs the mentions of one document."""

    def __init__(
        self, document: Document, scan: Scan, groups: Arms, ours: dict[int, list[Mention]], kind: tuple[bool, bool]
    ) -> None:
        self._controlled, review = kind
        self._document = document
        self._scan = scan
        self._groups = groups
        self._ours = ours
        self.network = scan.has("network") and any(
            _NETWORK.match(document.text, place) for place, _ in scan.cue("network")
        )
        # a review that names two drugs is about both
        title = document.folded[: document.sentences[0].end]
        self.is_review = (
            review
            or not self._controlled
            or ((b"review" in title or b"analy" in title) and bool(_REVIEW.search(document.text, 0, len(title))))
        )
        self._factors: dict[int, frozenset[str]] = {}  # the drugs given with and without ketamine, by sentence
        self._equal: dict[int, bool] = {}  # whether a title names its drugs as equals, by sentence
        self._asleep: dict[int, bool] = {}  # whether convulsions are induced under ketamine, by where they are named
        self._anaesthetised: bool | None = None

    def stands(self, mention: Mention, term: str, sentence: Sentence) -> bool:
        """Whether this mention stands against ketamine."""
        text = self._document.text
        if term == "placebo":
            if not self._controlled and sentence.zone is not IN_TITLE:
                return False
            start, end = mention.start, mention.end
            if _WITH_PLACEBO.match(text, end, end + 12):
                return False
            if is_lacked(self._document, max(sentence.start, start - 40), start):
                return False
            low = max(sentence.start, start - 200)
            wished = any(map(self._document.folded[low:start].__contains__, _WISH_WORDS))
            return not (wished and _WISHED.search(text, low, start))
        if term == "standard-care":
            return self._care(mention, sentence)
        if term == "ect":
            return self._instead(mention, sentence)
        if term == "dose-comparison":
            found_after = sentence.zone is IN_RESULTS and "response" in text[mention.start : mention.end].lower()
            return not found_after and self._of_ketamine(mention, sentence)
        if term == "active-placebo":
            return True
        return self._drug(mention, sentence)

    def _drug(self, mention: Mention, sentence: Sentence) -> bool:
        text = self._document.text
        word = text[mention.start : mention.end].lower()
        later = text[mention.end : min(sentence.end, mention.end + 60)]
        joins = later[:1] in " -"  # else no word follows that says more of it
        if (joins and KIN.match(later)) or self._is_joined(mention):
            return False
        if word in self._groups.against or word in self.factors(sentence):
            return True
        if "without" in later and BOTH_WAYS.match(later):
            return True
        if is_called_control(self._document, mention, sentence):
            return True
        if word in self._groups.beside:
            return False
        if joins and OWN_USE.match(later):
            return False
        is_class, said_of = CLASS.fullmatch(word), joins and SAID_OF.match(later)
        if is_class and said_of:
            return False
        if said_of and FOR_ECT.search(text, max(sentence.start, mention.start - 90), mention.start):
            return False
        if self._set_apart(mention, sentence):
            return True
        if said_of:
            return False
        if self._in_network(sentence):
            return True
        if is_class:
            return sentence.zone is not IN_TITLE and bool(_GROUP.match(later))
        if sentence.zone is IN_TITLE and self._equals(sentence):
            return True
        return self._in_group(mention, sentence, later)

    def _is_joined(self, mention: Mention) -> bool:
        """Whether a drug is one of three or more in a mixture with ketamine; one of two is often also given alone."""
        start, end = mention[:2]
        around = self._document.text[max(0, start - 10) : end + 10]
        return ("-" in around or "+" in around) and _MIXTURE.search(around.lower()) is not None

    def factors(self, sentence: Sentence) -> frozenset[str]:
        """Drugs that some have alone, others with ketamine, where yet others have ketamine alone."""
        start, end, _ = sentence
        known = self._factors.get(start)
        if known is None:
            known, ours = frozenset(), self._in(sentence)
            if ours and may_cross(self._document.folded[start:end], ours):
                others = [one for one in self._scan.of(COMPARATORS) if start <= one.start < end]
                known = crossed(self._document.text, sentence, ours, others)
            self._factors[start] = known
        return known

    def _in_network(self, sentence: Sentence) -> bool:
        return self.network and sentence.zone in (IN_AIM, IN_RESULTS, IN_CONCLUSION)

    def _care(self, mention: Mention, sentence: Sentence) -> bool:
        """Whether a group has the usual care alone; it is also what failed before, or what all have besides."""
        text = self._document.text
        low, high = max(sentence.start, mention.start - 70), mention.start
        named = any(one.start == mention.end + 2 for one in self._scan.of(COMPARATORS))  # "usual care (morphine)"
        if named or _ADDED_TO.search(text[low:high].rstrip()):
            return False
        if _UNTREATED.search(text, mention.start, mention.end):
            return not self._is_beside_drug(mention)
        if given(self._document, low, high) or is_against(self._document, low, high):
            return True
        later = text[mention.end : min(sentence.end, mention.end + 60)]
        return bool(_GROUP.match(later)) or self._set_apart(mention, sentence)

    def _is_beside_drug(self, mention: Mention) -> bool:
        """Whether a drug is given to all: "midazolam with or without ketamine" compares with that drug alone."""
        hit = _WITH_OR.search(self._document.text, max(0, mention.start - 20), mention.start)
        return hit is not None and any(0 <= hit.start() - one.end < 25 for one in self._scan.of(COMPARATORS))

    def _of_ketamine(self, mention: Mention, sentence: Sentence) -> bool:
        """Whether doses that are compared are those of ketamine, not of a drug that stands nearer."""
        ours = distance(self._document.text, mention, self._in(sentence))
        others = [one for one in self._scan.of(COMPARATORS) if sentence.start <= one.start < sentence.end]
        theirs = distance(self._document.text, mention, [one for one in others if one.term.printed not in INERT])
        return theirs is None or (ours is not None and ours <= theirs)

    def _in_group(self, mention: Mention, sentence: Sentence, later: str) -> bool:
        """Whether a group has the drug, or words of comparison stand before it, in a sentence on ketamine or groups."""
        start = max(sentence.start, mention.start - 70)
        ours = self._in(sentence)
        told = given(self._document, start, mention.start) if sentence.zone is IN_METHODS else None
        if told and not any(start + told.start() <= one.start < mention.start for one in ours):
            return True
        near = ours and any(abs(one.start - mention.start) < 140 for one in ours)
        if not near and not self._scan.within("arm", sentence.start, sentence.end):
            return False
        group = _GROUP.match(later)
        together = self.is_review or (sentence.zone is IN_TITLE and not self._compares())
        if group and not (group["both"] and together):
            return True
        return is_against(self._document, start, mention.start)

    def _in(self, sentence: Sentence) -> list[Mention]:
        return self._ours.get(sentence.start, [])

    def _set_apart(self, mention: Mention, sentence: Sentence) -> bool:
        """Whether only words that set two drugs apart lie between this one and ketamine."""
        text = self._document.text
        start, end = mention.start, mention.end
        for one in self._in(sentence):
            low, high = (one.end, start) if one.end <= start else (end, one.start)
            if 0 < high - low < 70 and is_said(self._document, _APART_WORDS, low, high) and not is_denied(text, one):
                hit = _SET_APART.search(text, low, high)
                if not hit or (hit[0] == "or" and self.is_review and sentence.zone is not IN_TITLE):
                    continue
                if hit[0].lower() == "whereas" and BLOCKS.match(text, end, min(sentence.end, end + 60)):
                    continue
                if "ketamine" not in text[low:high].lower() and not JOINED.search(text, low, high):
                    return True
        return False

    def _equals(self, sentence: Sentence) -> bool:
        """Whether a title names its drugs as equals: none is added to the other or acts on it."""
        text, (start, end, _) = self._document.text, sentence
        known = self._equal.get(start)
        if known is None:
            known = bool(self._in(sentence)) and not TOGETHER.search(text, start, end)
            if known and not VERSUS.search(text, start, end):
                known = self._compares() and not _ACTS_ON.search(text, start, end)
            self._equal[start] = known
        return known

    def _compares(self) -> bool:
        """Whether any word of an abstract compares: a title's "X and ketamine" may name what is given together."""
        if not self._document.has_abstract:
            return True
        return any(map(self._document.folded.__contains__, _COMPARING_WORDS))

    def _instead(self, mention: Mention, sentence: Sentence) -> bool:
        """Whether convulsions are induced instead of giving ketamine, not under it."""
        text = self._document.text
        setting = _SETTING.search(text, max(sentence.start, mention.start - 20), mention.start)
        if setting or self._is_asleep(mention):
            return False
        if self._set_apart(mention, sentence):
            return True
        if self._anaesthetised is None:
            every = [one for one in self._scan.of(COMPARATORS) if one.term is mention.term]
            self._anaesthetised = any(self._is_asleep(one) for one in every)
        if self._anaesthetised:
            return False
        if self._in_network(sentence) or (sentence.zone is IN_TITLE and self._equals(sentence)):
            return True
        if _GROUP.match(text[mention.end : min(sentence.end, mention.end + 60)]):
            return True
        return is_against(self._document, max(sentence.start, mention.start - 70), mention.start)

    def _is_asleep(self, mention: Mention) -> bool:
        """Whether convulsions are said to be induced under ketamine; asked of a mention more than once."""
        known = self._asleep.get(mention.start)
        if known is None:
            low, high, _ = mention.sentence
            low, high = max(low, mention.start - 60), min(high, mention.end + 40)
            near = self._document.text[low:high].lower()
            said = any(map(near.__contains__, ASLEEP_WORDS))
            known = said and bool(ANAESTHETISED.search(self._document.text, low, high))
            self._asleep[mention.start] = known
        return known
