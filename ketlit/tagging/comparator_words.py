"""Words around the name of a drug that say whether it may stand against ketamine."""

from __future__ import annotations

import re
from typing import Final

from ketlit.tagging.document import Document
from ketlit.tagging.starts import seeker

TOGETHER: Final = re.compile(
    r"\b(?:plus|combin\w+|(?:co)?admix\w+|compounded|cocktail|fixed-dose|co-?induction|co-?infus\w+|blend|gel of|"
    r"cream of|multimodal|added|adding|addition|adjuvant|adjunct\w*|mixture|with|co-administ\w+)\b|"
    r"ketamine ?[-+/] ?(?!(?:induced|assisted|based|treated|related|enhanced|associated)\b)\w|\w[-+/] ?(?:S-)?ketamine",
    re.I,
)
# what joins two drugs that are given in one syringe, or side by side to the same people
JOINED: Final = re.compile(
    r"[+;:]|\b(?:plus|(?<!compared )(?<!comparison )with|combined|added|adding|addition|together|and then|followed by|"
    r"before|after|prior to|during|under|following|stable|ongoing|maintain\w*|continu\w+)\b",
    re.I,
)
# opioids that people take, need or save are not what ketamine is compared with
OWN_USE: Final = re.compile(
    r"[- ](?:(?:mis|ab)?use(?:rs?)?|consumption|requirements?|sparing|dependen\w+|toleran\w+|withdrawal|exposure|"
    r"addict\w+|therapy|doses?|induced|free|administration|rescue|equivalents?|(?:milligram |mg )?equivalen\w+|intake|"
    r"usage|demands?|needs?|needed|tapering|boluses|refractory|naive|overdoses?|consumed|required)\b",
    re.I,
)
# a word for a class of drugs that says what kind of effect or anaesthesia is meant
SAID_OF: Final = re.compile(
    r"[- ](?:like )?(?:effects?|respon\w+|efficacy|activity|actions?|propert\w+|benefits?|mechanisms?|resist\w+|"
    r"trials?|augment\w+|an[a]?esthe\w+|sedation|based|induction|receptors?|\w*agonis\w+)\b",
    re.I,
)
CLASS: Final = re.compile(
    r"antidepress\w+|opioids?|opiates?|narcotics?|benzodiazepines?|psychotherap\w+|cognitive[- ]behaviou?ral[- ]"
    r"therap\w+|motivational\b.*|S[SN]RIs?|selective serotonin\b.*|.*antidepressants?|barbiturates?|antipsychotics?",
    re.I,
)
# what is only akin to a drug
KIN: Final = re.compile(r"[ -](?:analog(?:ue)?s?|derivatives?|congeners?|-?like|related|type)\b", re.I)
# what a drug does that is given to block the effects of ketamine
BLOCKS: Final = re.compile(
    r" (?:[\w-]+[ ,]+){0,6}?(?:block|abolish|prevent|revers|antagoni[sz]|occlud|inhibit|negat|attenuat|counteract)"
    r"\w*\b",
    re.I,
)
# the anaesthetic under which convulsions are induced
FOR_ECT: Final = re.compile(r"(?:ECT|electro\w+)\b.{0,60}\b(?:under|with|using|during) (?:[\w-]+ )?$", re.I)
# a drug given to all: "midazolam with or without ketamine"
BOTH_WAYS: Final = re.compile(r"[^.;,]{0,25}? with(?:/| or | and )without (?:[\w-]+ )?(?:S\S{0,4}-|es)?ketamine", re.I)
# convulsions under ketamine, where it is the anaesthetic, and convulsions instead of it
ANAESTHETISED: Final = seeker(
    r"(?:ketamine[- ](?:assisted|based|augmented) |(?<=[\w])-)(?:ECT|electro)|"
    r"an[a]?esth\w+ (?:\+ |for |in |during |of |with |plus )?"
    r"(?:\w+ ){0,2}(?:ECT|electro)|(?:undergo\w+|during|course of|plus|\+|receiving|induction (?:of|for)) "
    r"(?:\w+ ){0,2}?(?:ECT|electro)|(?:ECT|therapy)\)? (?:an[a]?esth|sessions?|under|with (?:\w+ )?\w{0,2}ketamine)"
)
ASLEEP_WORDS: Final = (
    *("esth", "with", "during", "under", "plus", "receiving", "session", "induction", "course of", "-ect", "-electro"),
    *("+", "assisted", "based", "augmented"),
)
_AGAINST: Final = seeker(
    r"\b(?:versus|vs\.?|compar(?:ed?|ing|ison|isons)(?: [\w()+-]+){0,3}? (?:with|to|of|between|and)|than|or|either|"
    r"in relation to|alternative to|instead of|rather than|in place of|in lieu of|contrast(?:ed)? (?:with|to)|against|"
    r"relative to|inferior(?:ity)?(?: of [\w-]+)? to|superior(?:ity)? to|equivalent to|opposed to|v)"
    r"(?: [\w/.()+-]+){0,5}? ?\(?$"
)
# a word of which one is in every hit of the expression before: quicker to ask for, and mostly not there
_AGAINST_WORDS: Final = frozenset(
    b"versus vs compare compared comparing comparison comparisons than or either relation alternative instead "
    b"rather place lieu contrast contrasted against relative inferior inferiority superior superiority equivalent "
    b"opposed v".split()
)
# a comparator that a study lacks
_LACKED: Final = seeker(
    r"\b(?:lack|absence|lacked|lacking|without|no|not|missing|need|needed|future|inclusion|necessity)\b(?: of)?"
    r"(?: an?| any)? (?:[\w-]+ ){0,2}$"
)
_LACK_WORDS: Final = frozenset(
    b"lack absence lacked lacking without no not missing need needed future inclusion necessity".split()
)
# in the methods: what another group was given
_GROUP_GIVEN: Final = seeker(
    r"\b(?:groups?|arm|controls|the others|the rest|remaining \w+)\b[^.;:]{0,30}?(?:received|receiving|given|"
    r"were administered|got|[:=(])[^.;:]{0,25}$"
)
_GIVEN_WORDS: Final = frozenset(b"group groups arm controls others rest remaining".split())


def is_said(document: Document, words: frozenset[bytes], low: int, high: int) -> bool:
    """Whether one of these words stands between two characters."""
    return not words.isdisjoint(document.folded[low:high].split())


def is_lacked(document: Document, low: int, high: int) -> bool:
    """Whether what follows is said to be lacking."""
    return is_said(document, _LACK_WORDS, low, high) and bool(_LACKED.search(document.text[low:high]))


def is_against(document: Document, low: int, high: int) -> bool:
    """Whether words of comparison lead to what follows."""
    return is_said(document, _AGAINST_WORDS, low, high) and bool(_AGAINST.search(document.text[low:high]))


def given(document: Document, low: int, high: int) -> re.Match[str] | None:
    """The words that say that another group was given what follows."""
    return _GROUP_GIVEN.search(document.text[low:high]) if is_said(document, _GIVEN_WORDS, low, high) else None
