"""Whose work a sentence speaks of: what others found, was expected, might have been or is advised is no finding."""

from __future__ import annotations

import re
from enum import IntEnum
from typing import Final

from ketlit.tagging.candidates import Scan
from ketlit.tagging.starts import seeker


class Heed(IntEnum):
    """How much of a sentence counts: the study's own findings; what is held to be shown as well; whatever is said."""

    OWN = 0
    SHOWN = 1
    ALL = 2


# what others have done or written
_THEIRS: Final = (
    r"(?:(?:previous|prior|earlier|past|preceding|former|other|published|most|many|several|some|numerous|various|recent|"
    r"historical) (?:[\w-]+,? ){0,4}?"
    r"(?:studies|study|trials?|reports?|research|literature|investigations?|investigators|authors|works?|findings?|"
    r"results?|observations?|data|evidence|reviews?|meta-analys[ei]s|experiments?|experience|series|cohorts?|"
    r"publications|claims?|suggestions?)|the literature|(?:et al\.?|and (?:colleagues|co-?workers)))"
)
_SAY: Final = (
    r"(?:show|demonstrat|report|f(?:ou|i)nd|suggest|indicat|observ|claim|propos|establish|conclud|reveal|describ|"
    r"argu|document|prov|identif)\w*"
)
# how a statement of what others found, of what was expected or of what is advised begins
_BEGINS: Final = seeker(
    rf"\b(?:unlike|contrary to|in contrast (?:to|with)|as opposed to|despite|in spite of|at odds with|"
    rf"differ(?:s|ed|ent)? from)\b[^,;.]{{0,60}}?\b(?:{_THEIRS}|(?:preliminary|pilot|preclinical|animal|promising) "
    r"(?:[\w-]+ ){0,2}?(?:studies|data|results|findings|evidence|reports))|"
    r"\b(?:despite|in spite of) (?:being|having|(?:its|their|the) (?:[\w-]+ ){0,2}?(?:known|established|proven|"
    r"reported|documented|theoretical|supposed|presumed|widespread|common|frequent|growing|increasing))\b|"
    rf"\b{_THEIRS} (?:(?:have|has|had) )?(?:\w+ )?{_SAY}\b|"
    r"\b(?:is|are|was|were|been) (?:\w+ly )?(?:known|thought|believed|expected|assumed|supposed|hypothesi[sz]ed|"
    r"anticipated|presumed|claimed) (?:to|that)\b|"
    r"\bwe (?:had |have )?(?:\w+ly )?(?:hypothesi[sz]|expect|anticipat|postulat|assum|speculat)e?d?\b|"
    r"\b(?:our|the|this) (?:(?:initial|primary|main|original|study|a priori) )?(?:hypothes[ei]s|expectation|"
    r"assumption)\b|"
    r"\b(?:was|were|is|are) (?:designed|intended|planned|powered|undertaken|conducted|performed) to\b|"
    r"\b(?:should (?!not |be (?:considered|regarded|seen|viewed) (?:as )?(?:an?|the) )|must |ought to |"
    r"(?:important|essential|necessary|crucial|vital) (?:to|that|for) )|"
    r"\b(?:may|might|could|would)\b[^,;.]{0,60}?\b(?:higher|larger|lower|other|different|longer|more frequent) "
    r"(?:doses?|dosages?|dosing|populations?|settings?|samples?|courses?|treatments?|regimens?|conditions|indications|subgroups?)\b|"
    r"\b(?:lower|lowest|smaller|smallest|subthreshold) doses? (?:cannot|(?:can|did|do|does|was|were|is|are) not|had no|"
    r"has no|failed|lacked|(?:was|were|is|are) (?:without|ineffective|insufficient))\b|"
    r"\b(?:had|if) [^,;.]{3,80}, [^,;.]{0,60}?\b(?:might|would|could|may) have \w+(?:ed|en)\b"
)
# said to be shown: by whom is left open
_SHOWN: Final = seeker(rf"\b(?:has|have|had) (?:\w+ )?been (?:\w+ly |well )?{_SAY} (?:to|that|as)\b")
# the authors' own results bear out what others found or what was expected
_AGREES: Final = seeker(
    r"\b(?:confirm|corroborat|extend|support|replicat|strengthen|reinforc|agree|consistent|line|accord|keeping|"
    r"similar|comparable|compatible)\w*\b[^,;.]*$"
)
_NOT: Final = seeker(r"\b(?:not|no|cannot|nor|fail\w*|unable|neither)\b")
# where what others found ends, and what the authors say of it begins
_JUDGED: Final = r"\b(?:was|were|is|are|has been|could|can) (?:\w+ly )?(?:(?:not|neither) )?(?:be )?(?:\w+ly )?"
_ACCEPTED: Final = r"(?:confirmed|supported|borne out|correct|verified|accepted|met|replicated)\b"
_STOP: Final = re.compile(
    rf"[,;:]|\b(?:but|although|though|whereas|while|however|nevertheless|yet)\b|{_JUDGED}(?:{_ACCEPTED}|rejected|refuted)",
    re.I,
)
_RELATIVE: Final = re.compile(r", (?:(?:in|of|by|for|from|with) )?(?:which|who|whose|where)\b[^,;.]{0,160},?", re.I)
# a finding that is said to be theirs, not one that is set beside theirs
_IN_THEIRS: Final = seeker(rf"\b(?:in|by|from) (?:(?:an?|the|one|two|three|our) )?{_THEIRS}\b")
_BESIDE: Final = seeker(r"\b(?:than|as|like|our|this|these|we|present|current)\b")
_BREAK: Final = re.compile(r"[,;:.] |\b(?:but|although|though|whereas|while|however)\b", re.I)
_ENDS_WELL: Final = re.compile(rf"[^,;.]{{0,160}}?\b(?:was|were|is|are|has been) (?:\w+ly )?{_ACCEPTED}", re.I)

_MOST: Final = 8  # no sentence that people write has more


def of_others(text: str, scan: Scan, start: int, end: int, heed: Heed) -> list[tuple[int, int]]:
    """The parts of a sentence, in order, that tell no finding of the study itself."""
    if heed is Heed.ALL or not scan.within("not-found-here", start, end):
        return []
    begins = list(_BEGINS.finditer(text, start, end))
    if heed is Heed.OWN:
        begins = sorted([*begins, *_SHOWN.finditer(text, start, end)], key=re.Match.start)
    parts: list[tuple[int, int]] = []
    for begin in begins[:_MOST]:
        low, past = begin.span()
        before = text[max(start, low - 60) : low]
        agrees = _AGREES.search(before) and not _NOT.search(before)
        if agrees or _ENDS_WELL.match(text, past, end) or (parts and low < parts[-1][1]):
            continue
        stop = _STOP.search(text, past, end)
        high = stop.start() if stop else end
        more = _RELATIVE.match(text, high, end)
        parts.append((low, more.end() if more else high))
    return parts + _in_theirs(text, start, end, parts)


def _in_theirs(text: str, start: int, end: int, parts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The clause before or after "in earlier trials", where it stands in none of these parts."""
    theirs = _IN_THEIRS.search(text, start, end)
    if theirs is None or any(low <= theirs.start() < high for low, high in parts):
        return []
    low = start
    for cut in _BREAK.finditer(text, start, theirs.start()):
        low = cut.end()
    near = text[low : theirs.start()]
    if not near.strip() and text.startswith(",", theirs.end()):
        stop = _STOP.search(text, theirs.end() + 1, end)
        return [(low, stop.start() if stop else end)]
    return [] if _BESIDE.search(near) or _AGREES.search(near) else [(low, theirs.end())]
