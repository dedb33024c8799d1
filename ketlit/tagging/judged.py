"""What authors judge in set words: which treatment stays the first choice, that none is better, what a title claims."""

from __future__ import annotations

import re
from typing import Final

from ketlit.tagging.starts import seeker

# what is said of the treatment that came out on top; no drug that it is set above need be named
_KEEPS: Final = r"(?:should |must |may |can |will |would |ought to )?(?:still |therefore |thus )?"
_FIRST: Final = (
    r"(?:(?:the|a|an|our|their) )?(?:[\w-]+ ){0,2}?(?:preferred|preferable|favou?red|first[- ](?:choice|line|option)|"
    r"mainstay|cornerstone|(?:treatment|drug|agent|method|technique|therapy|analgesic|an(?:a|)esthetic|sedative|"
    r"induction agent|choice) of choice|gold standard|reference (?:treatment|standard)|"
    r"(?:more|most) (?:powerful|effective|efficacious|reliable|dependable|potent|useful|suitable|satisfactory|"
    r"appropriate|predictable|consistent)|better|superior|best)\b"
)
_DOES: Final = (
    r"(?:terminat|provid|produc|g[ai]v|offer|reliev|controll?|act|work|perform|reduc|suppress|abolish|"
    r"prevent|afford|yield|"
    r"achiev|ensur|sedat|attenuat|treat|secur|resulted|led|bring|brought|end|stop|relax|obtund)\w*"
)
_MORE: Final = (
    r"(?:more (?:reliabl|effective|efficient|rapid|quick|complete|prolong|durabl|consistent|predictabl|powerful|"
    r"satisfactor|profound|successful|stabl|uniform|thorough)\w*|better|superior|longer|faster|sooner|quicker|smoother|"
    r"deeper)\b"
)
_AHEAD: Final = seeker(
    rf"\b(?:{_KEEPS}(?:remains?|remained|continues? to be (?:offered as |used as |regarded as )?|stays?|"
    rf"proved(?: to be)?|proves|emerged as|is|are|was|"
    rf"were|be (?:regarded as |considered |kept as |offered as |preferred as )?) ?{_FIRST}|"
    rf"{_KEEPS}be (?:preferred|given preference)\b|{_DOES} (?:[\w-]+ ){{0,4}}?{_MORE})"
)
_ITS_OWN: Final = re.compile(r"ket[ao]|\besk|\b(?:it|this|these|both|combin\w*|mixtures?|add\w*|plus|with)\b", re.I)
_WORD: Final = re.compile(r"[a-z]{5,}|\bECT\b", re.I)
_NO_DRUGS: Final = frozenset(
    {"treatment", "therapy", "anaesthesia", "anesthesia", "analgesia", "induction", "sedation", "patients"}
)
_BESIDES: Final = re.compile(r"\b(?:not|no|nor|neither|if|whether|when|where)\b", re.I)
# a drug that is too short, weak or risky to be used, and what speaks against it
_TOO: Final = seeker(
    r"\btoo (?:[\w-]+ ){1,5}?(?:to (?:be (?:of|recommended|used|useful|advised|adopted|clinically|practicable|relied)|"
    r"(?:allow|justify|warrant|recommend|permit|serve|replace))|for (?:routine|general|clinical|regular|this))\b|"
    r"\bargu(?:es?|ed|ing) against (?:the |its |their |any )?(?:[\w-]+ ){0,2}?(?:use|administration|choice|giving|"
    r"adoption|addition|routine)\b|"
    r"\b(?:(?:fell|falls) short of(?! expect| signif| statist| target)|(?:outperformed|surpassed|bettered|outdone) by|"
    r"(?:poor|not an? (?:suitable|adequate|satisfactory|good)) (?:substitute|alternative|"
    r"replacement)(?: (?:for|to))?)\b"
    r"(?! (?:[\w./-]+ ){0,4}?(?:es|ar)?ketamine)|"
    r"\b(?:pain|scores?|symptoms?|analgesia|relief|recovery|quality|conditions|mood) (?:was|were|is|are) (?:\w+ly )?"
    r"(?:worse|poorer) (?:with|after|in|under) (?:the )?(?:\w+ )?(?:es|ar)?ketamine\b|"
    r"\bspeaks? against (?:the |its )?(?:[\w-]+ ){0,2}?(?:use|administration|choice)\b|"
    r"\b(?:is|are|was|were) (?:therefore |thus )?contra-?indicated\b|"
    r"\b(?:should|must|ought to|is best|are best) (?:therefore |thus |probably |rather )?(?:to )?be "
    r"(?:avoided|abandoned|discouraged)\b"
)

# nothing sets treatments apart, or one has little worth
_NOTHING: Final = seeker(
    r"\b(?:indistinguishable|interchangeabl[ey]|could not be (?:separated|distinguished|told apart)|"
    r"(?:virtually|almost|practically|nearly|essentially|broadly|largely|quite|much) "
    r"(?:identical|alike|the same|equal|equivalent)|"
    r"(?:was|were|are|is|proved|proven|behaved|fared|performed) (?:\w+ly )?alike|"
    r"(?:perform|work|d[io]|act|serve|far|fare)(?:ed|s|es|d)? (?:just |equally )?"
    r"(?:as well as|as well with|equally well)|"
    r"(?:unable|not able) to (?:\w+ )?(?:detect|show|demonstrate|find|identify|discern|establish|see|document|confirm|"
    r"substantiate)\b|"
    r"(?:little|limited|doubtful|questionable|negligible|marginal|minimal|dubious|scant) (?:[\w-]+ ){0,2}?"
    r"(?:value|merit|gain|utility|usefulness|worth|use|advantage|contribution|benefit)\b|"
    r"little to choose|no (?:avail|reason to (?:add|use|give|prefer|combine))\b|nothing (?:to choose|separat|"
    r"in favou?r|is gained|was gained|to commend|to recommend)\w*|"
    r"(?:not borne out|on (?:a )?par|(?:offer|add)(?:s|ed)? nothing|nor was (?:there|an?y?))\b|"
    r"evidence [^.;]{0,80}?\b(?:is|was|are) (?:\w+ly )?(?:wanting|lacking|absent|missing)\b|"
    r"(?:was|were|is|are|proved|been) (?:\w+ly )?(?:unimproved|unhelpful|useless|unsuccessful|disappointing)\b)"
)

# a title that claims: ketamine does something, or something goes away with ketamine
_ACTS: Final = re.compile(
    r"ketamine\b\)?[^.:;?]{0,80}?\b(?:(?:reduc|improv|decreas|alleviat|attenuat|reliev|ameliorat|prolong|"
    r"enhanc|suppress|"
    r"induc|produc|potentiat|eliminat|accelerat|facilitat|mitigat|minimi[sz]|rescu|revers|resolv|diminish|"
    r"abolish|prevent|"
    r"inhibit|shorten|lower|lessen|hasten|restor|protect|block|treat|outperform|normali[sz]|blunt|provid|exert|elicit|"
    r"confer|fail|prov|yield|offer|augment|eas|boost|reinstat|counteract|disrupt|extend|increas|abort|terminat|"
    r"sustain|maintain|preserv)(?:e?s|ies)|does not|did not|is (?:[\w-]+ ){0,2}?(?:superior|effective|"
    r"ineffective|inferior|better|as effective|more effective|non-?inferior)) ",
    re.I,
)
_GOES: Final = re.compile(
    r"\W*(?:(?:[\w-]+,? ){0,3}?(?:resolution|disappearance|remission|reversal|cessation|alleviation|abolition|relief|"
    r"amelioration|attenuation|suppression|respite|recovery|response|reduction|improvement)\b|(?:successful|dramatic|"
    r"effective)(?:ly)? )[^.:;?]{0,120}?\b(?:after|following|with|by|using|under|to|from|through) "
    r"[^.:;?]{0,60}?ketamine",
    re.I,
)

# good to know, which does not make a treatment good
_WORTH_KNOWING: Final = (
    r"(?:valuable|useful|helpful|promising|beneficial|robust|encouraging|best|ideal) (?:(?:and|new|clinical|"
    r"additional) (?:[a-z]+ )?)?"
    r"(?:insights?|data|information|knowledge|guidance|references?|resources?|groundwork|lessons|hypothes[ei]s|"
    r"candidates?|directions?|starting points?|questions?|frameworks?|evidence base)\b"
)
# good to bear, or good only to be studied
BORNE: Final = re.compile(
    rf"{_WORTH_KNOWING}|"
    r"(?:(?<=any )|(?<=no )|(?<=other ))alternative|better (?:\w+ ){0,2}?(?:accept|tolera)|"
    r"(?<=risk[-/ ])benefits?\b|benefits?[-/ ](?:risk|harm)|"
    r"effic\w+ (?:and safety )?(?:testing|trials?|studies|data|outcome|measure|remain|is un|was un|conclusion)|"
    r"(?:effic\w+|effectiveness|benefits?) (?:can(?:not)?|could|must|should|needs?|ha[sd] yet|has still) "
    r"(?:\w+ )?(?:to )?(?:only )?be "
    r"(?:judg|assess|establish|evaluat|determin|confirm|test|examin|prov|shown)\w*|"
    r"effectiveness (?:conclusions?|data|studies|trials?|remain)|"
    r"(?:may |can |could )?help\w* (?:\w+ )?(?:to )?(?:guide|inform|identif|understand|clinicians|researchers|"
    r"explain|predict|optimi|elucid|defin|determin|clarif|develop|design|select)",
    re.I,
)
# what bears on an effect, or would be good for it
BEARS: Final = seeker(
    r"\b(?:(?:a|in)ffect|influenc|modulat|moderat(?!e )|mediat|determin|impact|underl|explain|predict|account)\w* "
    r"(?:on |for |upon )?(?:the )?(?:[\w-]+ ){0,3}$|\b(?:roles?|importance|involvement|contributions?|need) "
    r"(?:\w+ ){0,6}(?:in|to|for) (?:\w+ ){1,3}$|\btrends? (?:towards?|to|for|in) (?:[\w-]+ ){0,3}$|"
    r"\b(?:models?|theor(?:y|ies)|accounts?|explanations?|underpinnings?|basis|understanding) (?:of|for|behind) "
    r"(?:the |its |their |\w*ketamine['’]s )(?:[\w-]+ ){0,2}$|"
    r"\bhow (?:best )?(?:to|\w*ketamine)\b[^,;.]{0,80}$|"
    r"\b(?:further|future|more|additional|larger|longer) (?:[\w-]+,? ){0,3}?(?:investigat|research|stud|trial|evaluat|"
    r"explor)\w* (?:regarding|on|into|about|of|concerning)\b[^,;:.]{0,60}$"
)
# what came out is good and bad
UNDECIDED: Final = seeker(
    r"\b(?:mixed|inconsistent|conflicting|inconclusive|contradictory)\b|\bat the cost\b|"
    r"\bwith (?:an )?increased (?:risk|incidence)|"
    r"\bboth (?:(?:increase|raise|elevate)[sd]?|higher|positive|beneficial) and (?:(?:decrease|reduce|lower)[sd]?|"
    r"negative|"
    r"harmful)\b|\bboth (?:(?:decrease|reduce|lower)[sd]?|negative|harmful) and (?:(?:increase|raise|elevate)[sd]?|"
    r"higher|"
    r"positive|beneficial)\b"
)
# a benefit named only to say what it goes with is none that is stated, unless it goes with the drug
RELATED: Final = seeker(
    r"\b(?:is|are|was|were|be|may be)(?: \w+ly)? (?:not )?(?:related|associated|mediated|correlated|driven|linked|due|"
    r"attributable|dependent|independent|predicted|explained|influenced|moderated)\b"
    r"(?!(?: [\w-]+){1,6}?[ -](?:es|ar)?ketamine)"
)
# a claim that the authors doubt, deny or leave open, before it or after it
_CLAIM: Final = (
    r"(?:claim|notion|idea|view|belief|assertion|suggestion|assumption|hypothesis|contention|conclusion|statement)"
)
_FALSE: Final = (
    r"(?:wrong|false|incorrect|mistaken|misleading|erroneous|untrue|untenable|unfounded|unproven|unproved|unsupported|"
    r"unjustified|unwarranted|refuted|rejected|disproved|disproven|contradicted|falsified|overturned|discredited)"
)
_FALSELY: Final = r"(?:falsely|wrongly|incorrectly|mistakenly|erroneously)"
_DOUBTS: Final = seeker(
    r"\b(?:cannot|(?:can|could|should|may|must|did|do|does) not|never) (?:\w+ly )?(?:be )?(?:concluded?|claim(?:ed)?|"
    r"believed?|inferr?(?:ed)?|assumed?|maintain(?:ed)?|asserted?|affirm(?:ed)?|argued?|said|say|stated?) "
    r"(?:from [^,;.]{3,40} )?that\b|"
    rf"\b(?:would be|is|was|be|seems|remains|appears|it) (?:\w+ly )?(?:{_FALSE}|doubtful|questionable|unlikely|"
    r"implausible|not true|not the case|not clear|not certain|not proven|not proved|uncertain|premature|"
    r"too early|too soon) (?:to (?:conclude|claim|say|infer|assume|believe|state|assert|suggest) )?that\b|"
    rf"\b{_FALSELY} (?:\w+ )?(?:claim|conclud|report|stat|assert|suggest|believ|assum|infer|thought|held|"
    r"describ|regard)\w*|"
    r"\b(?:alleged|supposed|purported|reputed|ostensib)ly\b|"
    r"\b(?:no one|nobody|none|nothing) (?:can|could|should|would|may|will) (?:\w+ )?(?:claim|conclude|say|maintain|"
    r"argue|assert) that\b|"
    r"\b(?:reasons? to doubt|(?:we|authors|data|results|findings) (?:\w+ly )?(?:doubt|question|dispute|"
    r"reject)(?:ed)?|doubts?(?: remains?)?) that\b|"
    rf"\b(?:{_FALSE}|doubtful|questionable|unsupported) {_CLAIM}s? (?:that|of)\b|"
    rf"\b{_CLAIM}s? that\b[^;.]{{3,160}}?\b(?:was|were|is|are|be|been|proved|remains?) (?:\w+ly )?(?:to be )?"
    rf"(?:{_FALSE}|not (?:true|tenable|supported|confirmed|borne out|justified|upheld|sustained))\b"
)
_NO_DOUBT: Final = re.compile(r"\b(?:no|little|not|without|hardly|never|cannot) (?:\w+ )?$", re.I)
_LEFT_OPEN: Final = re.compile(r"premature|ly$|too (?:early|soon)|uncertain|not c", re.I)
# said of what would be if ketamine were something
_UNREAL: Final = re.compile(
    r"(?:[A-Z][A-Za-z ]{2,40}[,:] ?)?(?:(?:were|had) (?:the )?(?:[\w-]+ ){0,4}?(?:es|ar)?ketamine\b|"
    r"if [^,;.]{3,100}?\b(?:were|had)\b)[^,;.]{0,120}, [^.]*?\b(?:would|could|might)\b",
    re.I,
)
# those who had another treatment, or none
_RIVAL: Final = (
    r"(?:placebo|saline|sham|controls?|comparator|vehicle|untreated|midazolam|morphine|fentanyl|propofol|lidocaine|ect)"
)
_ONLY_RIVAL: Final = seeker(
    rf"\bonly (?:(?:the|those|patients|people|participants|subjects|children|women|given|on|receiving|with|in|who|"
    rf"received|had|treated|randomi[sz]ed|assigned|allocated|to|active) ){{0,6}}{_RIVAL}\b(?! (?:and|or|plus|with) )"
)
_MORE_THAN: Final = seeker(
    r"\b(?:more|further) than (?:(?:did|with|after|in|by|the|on|under|for|that|those|of) ){0,3}(?:es|ar)?ketamine\b"
)
# those of the patients whom it helped; not those who were given something
_ONLY_SOME: Final = seeker(
    r"\bonly (?:(?:in|for|among|the|those|female|male|older|younger) ){0,3}(?:patients|people|participants|subjects|"
    r"those|women|men|"
    r"adults|children|individuals) (?:with(?:out)?|whose|aged|who (?:had|were not|did)) (?!(?:the )?(?:es|"
    r"ar)?ketamine|placebo|"
    r"saline|active|combin)|"
    r"\bonly (?:in|for|among) (?:the )?(?:women|men|females?|males?|girls|boys|older|younger|elderly|a subgroup|"
    r"a subset)\b"
)
_LESS_THAN: Final = seeker(
    r"\b(?:improv|reduc|reliev|lower|alleviat|decreas|ameliorat|attenuat)\w* (?:(?!was|were|is|"
    r"are)[\w-]+ ){0,4}?less than "
    rf"(?:(?:did|with|after|the|on) ){{0,2}}{_RIVAL}\b"
)
_BEREFT: Final = seeker(r"\b(?:without|in the absence of) (?:the |any |added |additional )?(?:(?:es|ar)?ketamine)\b")


def doubted(text: str, start: int, end: int) -> re.Match[str] | None:
    """Where a claim is said to be wrong, doubtful or not yet to be made."""
    doubt = _DOUBTS.search(text, start, end)
    return None if doubt and _NO_DOUBT.search(text, max(start, doubt.start() - 20), doubt.start()) else doubt


def is_left_open(doubt: re.Match[str]) -> bool:
    """Whether a claim is only said to come too early."""
    return _LEFT_OPEN.search(doubt[0]) is not None


def states_nothing(text: str, start: int, end: int) -> bool:
    """Whether a sentence asks, or says what would be if ketamine were something that it is not."""
    return text[max(start, end - 2) : end].rstrip().endswith("?") or _UNREAL.match(text, start, end) is not None


def rival_praised(text: str, start: int, end: int, benefits: list[int]) -> bool:
    """Whether what is good is said of another treatment alone, or to be more than with ketamine."""
    only = _ONLY_RIVAL.search(text, start, end)
    if only and text[max(start, only.start() - 4) : only.start()].lower() != "not ":
        return "ketamine" not in text[start : max(only.end(), benefits[-1])].lower()
    less = _LESS_THAN.search(text, start, end)
    if less and "ketamine" in text[start : less.start()].lower():
        return True
    more = _MORE_THAN.search(text, start, end)
    return more is not None and benefits[0] < more.start() and "ketamine" not in text[start : more.start()].lower()


def only_some(text: str, start: int, end: int) -> bool:
    """Whether some of the patients are said to be the only ones of whom a clause is true."""
    only = _ONLY_SOME.search(text, start, end)
    return only is not None and text[max(start, only.start() - 4) : only.start()].lower() != "not "


def is_without(text: str, start: int, end: int) -> bool:
    """Whether ketamine is named only as what was not given."""
    if not _BEREFT.search(text, start, end):
        return False
    rest = _BEREFT.sub("", text[start:end])
    return not _ITS_OWN.search(rest)


def nothing_between(text: str, start: int, end: int) -> re.Match[str] | None:
    """Where treatments are said to be alike, or to be of little worth, in words without "not" or "no"."""
    return _NOTHING.search(text, start, end)


def rival_ahead(text: str, start: int, end: int, title: str) -> bool:
    """Whether a sentence puts a treatment of the title (lower case) that is not ketamine above the others."""
    hit = _AHEAD.search(text, start, end)
    if hit is None or _BESIDES.search(text, start, hit.end()):
        return False
    who = text[max(start, text.rfind(", ", start, hit.start()), text.rfind(": ", start, hit.start())) : hit.start()]
    if len(who) > 100 or _ITS_OWN.search(who):
        return False
    named = {word.lower() for word in _WORD.findall(who)} - _NO_DRUGS
    return any(word in title or (word == "ect" and "electroconvulsive" in title) for word in named)


def speaks_against(text: str, start: int, end: int) -> bool:
    """Whether a sentence says that a treatment is not to be used."""
    hit = _TOO.search(text, start, end)
    return hit is not None and not _BESIDES.search(text, start, hit.start())


def claims_effect(text: str, start: int, end: int) -> bool:
    """Whether a title claims that ketamine does something, and does not ask."""
    title = text[start:end].lower()
    at = title.find("ketamine")
    if at < 0 or "?" in title:
        return False
    return bool(_ACTS.match(text, start + at, end) or _GOES.match(text, start, end))
