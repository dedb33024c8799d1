"""What one sentence says of a treatment: that it helps, makes no difference, or does worse; clause by clause."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import Final

from ketlit.tagging.axes import DRUGS
from ketlit.tagging.candidates import Scan
from ketlit.tagging.judged import (
    BEARS,
    BORNE,
    RELATED,
    UNDECIDED,
    doubted,
    is_left_open,
    is_without,
    nothing_between,
    only_some,
    rival_praised,
    states_nothing,
)
from ketlit.tagging.starts import by_letter, seeker
from ketlit.tagging.whose_work import Heed, of_others
from ketlit.vocabulary import Direction

# the first word of another statement; the clause before it ends with a blank, and often a comma
_TURN: Final = seeker(
    r"\b(?:(?:but|although|though|whereas|while|however|nevertheless|yet|despite|albeit)\b|"
    r"and (?=(?:(?:is|was|are|were) )?absent\b|(?:did|does|do|was|were|is|are|had|has) (?:not|no)\b|"
    r"no (?:[\w-]+ ){0,3}differences?|neither\b))"
)
# a concession or reason before the main clause ends with the first comma
_LEAD: Final = re.compile(
    r"(?:[A-Z][A-Za-z ]{2,40}: ?)?(?:however,? )?(?:even )?(?:although|though|while|whereas|despite|given|because|"
    r"since|if|as)\b[^,;]{5,200}(?=,)",
    re.I,
)
_NOT: Final = r"(?:cannot|(?:did|does|do|could|can|was|were|is|are|has|have|had|may|might|would) (?:[a-z]+ly )?not)"
# said of what is as good as not there
_SCARCELY: Final = (
    r"(?:hardly|scarcely|barely|by no means|in no way|anything but|far from(?: being)?|(?:non-?|in)significantly)"
)
_BENEFIT: Final = "(?:{}|{})".format(
    by_letter(
        r"reduc|improv|decreas|alleviat|attenuat|reliev|ameliorat|prevent|prolong|lower|diminish|resol|enhanc|shorten|"
        r"suppress|respon|remi|abat|potentiat|differ|superior|effect|effic|benefi|affect|confer|provide|show|demonstrate|"
        r"result|produce|prove|change|influence|increase|alter|support|add|lead|find|appear|seem|better|associated|"
        r"significant|mitigat|lessen|help|extend|augment|outperform|reach|meet|met\b|recommend(?!ed outside)|"
        r"advocat|advis|endors|depend|separat|diverge|vary|discriminat|distinguish|hasten|speed|spare|outlast|gain|ease|calm|relax|"
        r"delay|enlarge|deepen|abolish|modif|succeed|detect|identif|discern|establish|document|"
        r"confirm|replicat|reproduc|corroborat|verif|substantiat|bear out|"
        r"great|higher|longer|shorter|faster|achieve|translate|sustain|maintain|persist|yield|offer|more|less|useful|clinical|impact|favou?r|"
        r"promising|inferior"
    ),
    r"a (?:useful|effective|viable)",
)
# to do no harm is not to do no good
_HARM: Final = r"(?:worsen|exacerbat|aggravat|impair|compromis|harm|deteriorat|interfer|jeopardi)"
# what is denied twice is said
_UNDENIED: Final = seeker(
    r"\b(?:not|never|nor|no) (?:\w+ )?(?:fail(?:ed|s)?\b|lack(?:ed|s|ing)?\b|ineffective|useless|"
    r"without (?:benefit|effect|efficacy|merit)|doubt)"
)
_NOT_WORSE: Final = re.compile(r"(?:not|no|nor) (?:\w+ly )?(?:worse|poorer|inferior|less)\b", re.I)
# another treatment is said to do less than ketamine
_BEATEN: Final = seeker(
    r"\b(?:(?<!not )(?<!no )(?<!non-)(?<!non )(?:inferior|less (?:effective|efficacious)|worse|poorer))\b[^.;]{0,60}?"
    r"\b(?:to|than) (?:[\w.()/-]+ ){0,4}?(?:es|ar)?ketamine"
)
# what is missing, and in what treatments are alike
_MISSED: Final = by_letter(
    "differences?|effects?|benefits?|advantages?|improvements?|reductions?|evidence|superiority|efficacy|changes?|"
    "associations?|impact|influence|support|better|more effective|superior"
)
_ALIKE_IN: Final = by_letter(
    "to|with|between|effects?|efficacy|both|effective|as|results?|groups?|outcomes?|conditions?|analgesia|relief|"
    "scores?|rates?|levels?|quality|duration|incidences?|pain|improvements?|reductions?|sedation|recovery|responses?|"
    "remission|benefits?|symptoms?|extent|degree|either|whichever"
)
_NONE: Final = seeker(
    rf"\b(?:{_NOT}|{_SCARCELY}) (?!only\b|just\b|merely\b|{_HARM})(?:(?!and\b)[\w-]+ ){{0,3}}?{_BENEFIT}|"
    r"\b(?:not|no|nor) (?:\w+ly )?(?:worse\b|poorer\b|inferior\b|less (?:effective|efficacious|potent|useful|good)\b)|"
    r"\b(?:it|this|they|(?:es|ar)?ketamine) (?:did|does|do|was|were|is) not(?=[.,;]|$)|"
    r"\b(?:contradict|refut|disprov)(?:s|es|ed|ing)?\b|"
    r"\bshould not be (?:used|given|offered|administered|considered)|"
    rf"\b(?:no|without|lack of|lack(?:s|ed|ing)?|absence of|little|negligible|minimal) (?:[\w-]+ ){{0,4}}?"
    rf"(?:{_MISSED}|"
    rf"(?:(?<=no )|(?<=little ))(?:(?:clinical|practical|real|additional|added|extra|further|clear|therapeutic) )?"
    rf"(?:signal|gain|merit|value|use|usefulness|utility|indication|hint|sign|suggestion|worth|avail|"
    rf"contribution|role|trace|"
    rf"case|justification|separation|distinction|contrast) (?:of|that|for|in|to|between|from)\b|"
    rf"different (?:from|to|than|between))|"
    r"\b(?:did|does|do|has done|have done) (?:very )?little (?:to|for)\b|"
    r"\b(?:is|was|are|were|and) absent (?:in|on|for|against|at|after)\b|"
    r"\bless (?:favou?rabl[ey]|promising|encouraging|convincing(?:ly)?)\b(?! (?:than|to)\b)|"
    r"\bfail(?:ed|s|ure|ing)? to|\bun(?:changed|affected|altered)\b|\bineffective|"
    r"\bnot superior|\bneither\b|\bnot differ|\bbut not (?:\w+ly )?significant|"
    r"\bno (?:more|better)\b(?! than (?:\d|half\b|(?:one|two|three|four|five|ten)\b))|"
    r"\b(?:in|on|at|for) (?:none of|no (?:single )?(?:outcomes?|measures?|scales?|patients?|cases?|domains?|"
    r"end-?points?|subgroups?|subscales?|time ?points?|trials?|studies|study|comparisons?))\b|"
    r"\b(?:similar|comparable|equal(?:ly)?|equivalent|identical|same|non-?inferior\w*|on par)\b"
    r"(?! (?:to|with|as) (?:the |our |those )?(?:(?:seen |reported |observed )?(?:of |in |from ))?(?:findings|results|"
    r"previous|prior|earlier|other stud|other trial|reports|studies|published|literature|clinical|randomi|"
    r"controlled|trials))[^.;]{0,50}\b(?:"
    rf"{_ALIKE_IN})\b|\bas (?:effective|efficacious|good|potent) as\b|"
    r"\binsufficient evidence\b|\bunlikely to be\b|"
    r"\bbut not (?!\d+(?:\.\d+)? ?(?:m|micro|µ|u|n|mc)?(?:g|mol)\w*)"
    r"(?=(?:at|after|on|during|beyond|for|long|in (?:the|ours?|this)\b|later|with|versus|compared|\d+)\b)|"
    r"\bnot (?:a|an) (?:useful|effective|viable)"
)
# what is denied, or better, is no effect on what is treated
_ADVERSE: Final = seeker(
    r"adverse|side[- ]effect|toler|safe|impair|hemodynamic|haemodynamic|complication|dissociat|"
    r"psychotomimetic|nausea|toxicity|abuse|reflex|airway|respirat|cardiovasc|intracranial|hallucinat|\bsex\b|gender|"
    r"(?:increased|elevated|higher|greater|additional|excess) (?:risk|incidence|odds)|"
    r"without (?:increas|caus|delay|significant side|major|serious|affect|compromis|prolong|produc|"
    r"evidence of harm)"
)
_WORSE: Final = seeker(
    r"\b(?:better|(?<!not )superior|greater(?! than)|more [\w-]+|lower|higher|longer|decreased|"
    r"reduced|reduces|preferable|preferred|advantages?|fewer(?! than)|faster|outperform\w*)\b[^.;]{0,120}?\b(?:than|"
    r"comparing with|compared (?:with|to)|relative to) (?:[\w.()/-]+ ){0,7}?(?:es|ar)?ketamine|"
    r"\b(?:(?<!not )superior\w*|preferable|preferred|advantages?|better)\b[^.;]{0,80}?\b(?:to|over) "
    r"(?:[\w.()/-]+ ){0,4}?(?:es|ar)?ketamine|"
    r"\b(?:compared (?:with|to)|relative to|unlike|in contrast to) (?:[\w-]+ ){0,2}?(?:es|ar)?ketamine"
    r"(?: \w+)?, (?:(?!\w*ketamine)[\w-]+,? ){1,8}?(?:better|superior|more effective|greater|lower|higher|fewer|less|"
    r"reduced|faster)\b|"
    r"\boutperform\w* (?:[\w-]+ ){0,3}?(?:es|ar)?ketamine|"
    r"\b(?:worsen(?:ed|s|ing)|exacerbated|aggravated|deteriorat\w+)\b[^.;]{0,60}\b(?:es|ar)?ketamine|"
    r"\b(?:support|favou?r|prefer|recommend)(?:s|ed|ing|red)? (?:(?!\w*ketamine)[\w-]+ ){1,6}over (?:[\w-]+ ){0,3}"
    r"(?:es)?ketamine|"
    r"\b(?:es|ar)?ketamine\b[^.;]{0,80}?\b(?:(?<!non-)(?<!non )(?<!not )inferior|less effective|worse\w*|poorer|"
    r"(?:increase[sd]?|higher|more|greater|raise[sd]?|elevate[sd]?|enhance[sd]?) (?:[\w-]+ ){0,3}?(?:incidence|risk|"
    r"delirium|agitation|anxiety|relapses?|pain(?! (?:relief|reduction|control|thresh|toler|manag|free)))|"
    r"cause harm|harmful|prolonged recovery|not (?:be )?recommended|exacerbat\w+)"
)
_DENIED: Final = seeker(r"\b(?:without|not|no|nor|limited|outside)\b")
_KETAMINE_BETTER: Final = re.compile(
    r"(?:\b|es|ar)ketamine\b[^.;]{0,100}?\b(?:better|superior|more effective(?:ly)?|lower|greater|reduced|decreased|"
    r"more efficacious|higher|longer)\b[^.;]{0,120}?\b(?:than|to|compared)",
    re.I,
)
# somebody says that it is there
_ASSERTED: Final = seeker(
    r"\b(?:there (?:is|was)|show|demonstrat|confirm|support|ha[sd]\b|have|having|provid|evidence|exert|retain|produc|"
    r"elicit|promis|potential|significant|robust|rapid|great|better|superior|strong|good|high|clear|maintain|"
    r"possess|indicat|suggest|result|leads?\b|led\b|offer|achiev|preserv|establish|reveal|proven|enhanc|sustain|yield|best|positive|"
    r"favou?rable|"
    r"beneficial|therapeutic|clinically|reinforc|underscor|corroborat|replicat|strengthen|"
    r"excellent|marked|substantial|considerable|complete|increas|report|prolong)"
)
_IS_THERE: Final = seeker(
    r"\b(?:was|were|is|are|been|lasted|persisted|occurred|appears?|seems?)\b"
    r"(?! (?:\w+ly )?(?:not|un\w+|absent|lacking|similar|comparable|limited)\b)"
)
_FAR: Final = 100  # characters to where it is said
_STOP: Final = re.compile(r"[.;]")
# what makes an effect one on what is treated
_WANTED: Final = re.compile(
    r"(?:anti[- ]?\w+(?:-like)?|\w*analgesic|\w+lytic|therapeutic|beneficial|positive|favou?rable|protective|sparing|"
    r"treatment|sustained|prophylactic|preventive|preventative|hypnotic|sedative|amnesic|clinical|curative|"
    r"desired|durable|robust) "
    r"(?:and \w+ )?$",
    re.I,
)
_ON: Final = re.compile(r"\w+ (?:of (?:[\w-]+ ){1,4}?)?(?:on|for|against) ", re.I)
_PLAIN: Final = re.compile(r"(?:effects?|actions?|properties|potential|impact|responses?)\b", re.I)
_AGAINST_CONTROL: Final = seeker(
    r"compared (?:with|to)|\bplacebo|\bthan\b|\bcontrols?\b|\bversus\b|"
    r"between[ -](?:(?:the )?\w* ?groups?|them|these|both)\b|"
    r"\bprimary (?:end|out)|"
    r"\b(?:the|two|2|both|three|3|all|treatment|study) (?:groups|arms|treatments|regimens|drugs)\b"
)
# how many there were is no result
_COUNT: Final = re.compile(r"fewer than (?:\d|half\b|(?:one|two|three|four|five|ten)\b)", re.I)
_AMOUNT: Final = re.compile(r"(?:great|higher|longer|shorter|faster)$", re.I)
# good nowhere
_NOWHERE: Final = re.compile(r"(?:in|on|at|for) no(?:ne of)?\b", re.I)
# each treatment is good, and none is better
_LEVEL: Final = seeker(r"\bdiffer|\b(?:similar|comparable|equal|equivalent)")
_LEVEL_WITH: Final = seeker(
    r"\b(?:similar|comparable|equal|equivalent)\w* (?:to|with|as|between)\b|\b(?:depend|separat|distinguish|"
    r"indistinguish|interchangeabl|alike\b|identical\b|(?:equally|as) well\b|same (?:with|in|for|extent|"
    r"degree)\b|nothing to choose|on (?:a )?par\b)"
)
_ALIKE: Final = seeker(
    r"\b(?:no|not|nor) (?:[\w-]+ ){0,4}?differ\w* (?:[\w-]+ ){0,8}?(?:between|among|across) (?:[\w-]+ ){0,4}?"
    r"(?:groups|arms)|\b(?:groups|arms) (?:did|were|was) not (?:\w+ ){0,2}differ|"
    r"\b(?:was|were) (?:\w+ )?(?:similar|comparable|equal|the same) (?:between|among|across|in) (?:[\w-]+ ){0,3}?"
    r"(?:groups|arms)"
)
# said of whatever was done, that what came of it was good
_CAME_WELL: Final = seeker(
    r"\b(?:good|satisfactory|acceptable|favou?rable|better) (?:[\w-]+ ){0,4}?(?:results?|outcomes?|function|"
    r"control|rates?)"
)
# measured of more than one ailment
_ANY_AILMENT: Final = re.compile(r"scores?|severity|symptoms?|vas|nrs|episodes?|use|disorder|burden|complaints")
# "rapid, if short-lived, relief" asks nothing
_CONCEDED: Final = re.compile(r"if (?!so|not,)(?:[\w-]+ ?){1,3},", re.I)
# cues one of which is in each clause that has a verdict
_TELLING: Final = ("good", "negation", "level-words", "topic", "lessens", "raises", "betters", "comparison")
_AFTER: Final = 90
_BEFORE: Final = 70


def said(
    text: str, scan: Scan, start: int, end: int, *, named: bool = False, unknown: bool = False, heed: Heed = Heed.ALL
) -> Direction | None:
    """What a sentence says of the treatment (`named` before it); mixed where its clauses differ.

    `heed`: whether what others found counts too.
    """
    if not (named or unknown or scan.within("drug-word", start, end) or names_drug(scan, start, end)):
        alike = scan.within("negation", start, end) and _ALIKE.search(text, start, end)
        return Direction.NO_DIFFERENCE if alike and not _ADVERSE.search(text, start, end) else None
    if not unknown:
        for name in _TELLING:
            if name in scan.cues and _spans(scan, name, start, end):
                break
        else:
            return None
    verdicts: list[Direction] = []
    clauses = _clauses(text, start, end)
    if others := of_others(text, scan, start, end, heed):
        clauses = _without(clauses, others)
    for low, high in clauses:
        verdict = _verdict(text, scan, low, high, unknown=unknown)
        beside = verdicts == [Direction.NO_DIFFERENCE] and verdict is Direction.FAVOURS_INTERVENTION
        if verdict and not (beside and _is_beside_title(text, scan, low, high)):
            verdicts.append(verdict)
    if not verdicts or states_nothing(text, start, end):
        return None
    praised = Direction.FAVOURS_INTERVENTION in verdicts
    if verdicts[0] is Direction.FAVOURS_COMPARATOR and not praised:
        return verdicts[0]
    if len(set(verdicts)) > 1 or (praised and not named and UNDECIDED.search(text, start, end)):
        return Direction.MIXED
    return verdicts[0]


def names_drug(scan: Scan, start: int, end: int) -> bool:
    """Whether ketamine is named between two characters."""
    for one in scan.of(DRUGS):
        if one.start >= start:
            return one.start < end  # they are in order
    return False


def _is_beside_title(text: str, scan: Scan, start: int, end: int) -> bool:
    """Whether a clause speaks of ailments none of which the title names, and the title names another."""
    named = [text[low:high].lower() for low, high in _spans(scan, "ill-thing", start, end)]
    named = [word for word in named if not _ANY_AILMENT.fullmatch(word)]
    title = text[: max(0, text.find("\n", 1))].lower()
    return bool(named) and scan.within("ill-thing", 0, len(title)) and not any(word in title for word in named)


def _clauses(text: str, start: int, end: int) -> list[tuple[int, int]]:
    cuts = []
    for hit in _TURN.finditer(text, start, end):
        at = hit.start()
        before = text[at - 2]
        cut = at - 2 if before == "," or (before == ":" and hit[0][-1] != " ") else at - 1
        if cut > start and text[at - 1] == " " and text[at - 9 : at].lower() != "anything ":
            cuts.append(cut)
    at = text.find(";", start + 1, end)
    while at > 0:
        cuts.append(at)
        at = text.find(";", at + 1, end)
    cuts.sort()
    lead = _LEAD.match(text, start, end)
    if lead:
        cuts = sorted({*cuts, lead.end()})
    if not cuts:
        return [(start, end)]
    return list(zip([start, *cuts], [*cuts, end], strict=True))


def _without(clauses: list[tuple[int, int]], others: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """What is left of clauses without the parts that tell no finding."""
    left = clauses
    for low, high in others:
        left = [
            piece
            for start, end in left
            for piece in ((start, min(end, low)), (max(start, high), end))
            if piece[0] < piece[1]
        ]
    return left


def _verdict(text: str, scan: Scan, start: int, end: int, *, unknown: bool) -> Direction | None:
    benefits = _benefits(text, scan, start, end, unknown=unknown)
    asides = _places(scan, "beside", start, end) if "beside" in scan.cues else ()
    aside = asides[0] if asides else None
    doubt = doubted(text, start, end) if "doubt" in scan.cues and scan.within("doubt", start, end) else None
    if doubt and not (benefits and benefits[0] < doubt.start()):
        denied = _NONE.search(text, doubt.end(), end) if scan.within("negation", doubt.end(), end) else None
        return None if not benefits or denied or is_left_open(doubt) else Direction.NO_DIFFERENCE
    if aside is not None and text.startswith("if ", aside) and _CONCEDED.match(text, aside):
        aside = asides[1] if len(asides) > 1 else None
    if aside is None and scan.within("comparison", start, end):
        worse = _worse(text, start, end)
        if worse and not (benefits and benefits[0] < worse and _ADVERSE.search(text, worse - 20, min(end, worse + 40))):
            return Direction.FAVOURS_COMPARATOR
        if benefits and not unknown and rival_praised(text, start, end, benefits):
            return Direction.FAVOURS_COMPARATOR
        if benefits and only_some(text, start, end):
            return Direction.MIXED
        beaten = _BEATEN.search(text, start, end)
        if beaten and "ketamine" not in text[start : beaten.start()].lower():
            benefits = sorted([*benefits, beaten.start()])
    none: re.Match[str] | None = None
    if scan.within("negation", start, end):
        undenied = _UNDENIED.search(text, start, end)
        if undenied:
            benefits = sorted([*benefits, undenied.start()])
        none = _NONE.search(text, undenied.end() if undenied else start, end)
    if "level-words" in scan.cues and scan.within("level-words", start, end):
        level = nothing_between(text, start, end)
        none = min((one for one in (none, level) if one), key=re.Match.start, default=None)
    if none and _AMOUNT.search(none[0]) and _ADVERSE.search(text, start, none.start()):
        none = None  # that harms are not more is no lack of effect
    if none is None:
        stated = benefits and (aside is None or aside > benefits[0])
        return Direction.FAVOURS_INTERVENTION if stated and not is_without(text, start, end) else None
    apart = text.find(", and ", none.end(), end)  # what is told beside it
    harmless = _ADVERSE.search(text, none.start(), min(apart if apart > 0 else end, none.end() + 80))
    before = bool(benefits) and benefits[0] < none.start() and (aside is None or aside > benefits[0])
    if before and not harmless and _is_level(text, none, start, end):
        return Direction.NO_DIFFERENCE
    if before and _NOWHERE.match(none[0]) and not harmless and "," not in text[benefits[0] : none.start()]:
        return Direction.NO_DIFFERENCE
    if before or (harmless and benefits and benefits[-1] > harmless.end()):
        return Direction.FAVOURS_INTERVENTION
    if aside is not None and 0 < apart < aside:
        aside = None
    if harmless or (aside is not None and not _AGAINST_CONTROL.search(text, none.start(), max(aside, none.start()))):
        return None
    return Direction.NO_DIFFERENCE


def _is_level(text: str, none: re.Match[str], start: int, end: int) -> bool:
    """Whether each treatment is good, and none is better."""
    if text[none.start() - 1] == "(":
        return False  # set beside something else in passing
    compared = (_LEVEL.search(none[0]) or _AMOUNT.search(none[0])) and _AGAINST_CONTROL.search(text, start, end)
    return bool(compared or _LEVEL_WITH.search(none[0]) or _NOT_WORSE.match(none[0]))


def _worse(text: str, start: int, end: int) -> int:
    """Where something was said to be better than ketamine, or ketamine to do harm; 0 where nothing was."""
    worse = _WORSE.search(text, start, end)
    if worse is None or _DENIED.search(text, start, worse.end()):
        return 0
    return 0 if _KETAMINE_BETTER.search(text, start, worse.end()) else worse.end()


def _benefits(text: str, scan: Scan, start: int, end: int, *, unknown: bool) -> list[int]:
    """Where a clause says that a treatment is good, has an effect, lessens an ailment or raises what is wanted.

    What is lessened or raised is the place: "no less pain" says nothing before "no".
    """
    found = [place for place in _places(scan, "good", start, end) if not BORNE.match(text, place)]
    found += _places(scan, "betters", start, end)
    found += [place for place in _places(scan, "topic", start, end) if _is_there(text, scan, start, place, end)]
    for verbs, wanted in (("lessens", "ill-thing"), ("raises", "good-thing")):
        for place in _places(scan, verbs, start, end) if verbs in scan.cues else ():
            if _COUNT.match(text, place):
                continue
            thing, at = _thing(text, scan, place, start, end)
            if thing == wanted or (unknown and verbs == "lessens" and not thing):
                found.append(max(place, at))
    if unknown:
        found += [hit.start() for hit in _CAME_WELL.finditer(text, start, end)]
    if not found:
        return found
    found = [one for one in found if not BEARS.search(text, max(start, one - 80), one)]
    if found and (related := RELATED.search(text, start, end)):
        comma = text.rfind(",", start, related.start())
        found = [one for one in found if one > related.start() or one <= comma]
    return sorted(found)


def _is_there(text: str, scan: Scan, start: int, place: int, end: int) -> bool:
    """Whether an effect is said to be there, and is one on what is treated."""
    if BORNE.match(text, place):
        return False
    if not _ASSERTED.search(text, max(start, place - 60), place):
        said = _IS_THERE.search(text, place, min(end, place + 2 * _FAR))
        if not said or said.start() > place + _FAR or _STOP.search(text, place, said.start()):
            return False
    if not _PLAIN.match(text, place):
        return True
    low = max(start, place - 60)
    words = text[low:place].rsplit(" ", 5)  # it stands in the last four
    if _WANTED.search(text, low + len(words[0]) if len(words) > 5 else low, place):
        return True
    on = _ON.match(text, place, min(end, place + 60))
    return on is not None and _thing(text, scan, on.end() - 1, start, min(end, on.end() + 40))[0] == "ill-thing"


def _thing(text: str, scan: Scan, place: int, start: int, end: int) -> tuple[str, int]:
    """What is lessened or raised, and where it stands: the ailment or the good that is named next, else the last."""
    after = [
        (*span, name)
        for name in ("ill-thing", "good-thing")
        if (span := _next(scan, name, place, min(end, place + _AFTER)))
    ]
    if after:
        at, _, name = min(after)
        return name, at
    before = [
        (spans[-1], name)
        for name in ("ill-thing", "good-thing")
        if (spans := [one for one in _spans(scan, name, max(start, place - _BEFORE), place) if one[1] <= place])
    ]
    if before:
        (at, _), name = max(before)
        return name, at
    return "", 0


def _next(scan: Scan, name: str, start: int, end: int) -> tuple[int, int] | None:
    """The first place of a cue after one, and its length below zero: the longest phrase that begins there."""
    places = scan.cue(name)
    at = bisect_left(places, (start + 1, 0))
    if at == len(places) or places[at][0] >= end:
        return None
    begin = places[at][0]
    return begin, begin - max(high for low, high in places[at : at + 4] if low == begin)


def _spans(scan: Scan, name: str, start: int, end: int) -> list[tuple[int, int]]:
    """As `Scan.places`, found by halving: a sentence may have as many clauses as words."""
    places = scan.cues.get(name)
    if not places:
        return []
    at = bisect_left(places, (start, 0))
    if at == len(places) or places[at][0] >= end:
        return []
    return places[at : bisect_left(places, (end, 0), at)]


def _places(scan: Scan, name: str, start: int, end: int) -> list[int]:
    return [place for place, _ in _spans(scan, name, start, end)]
