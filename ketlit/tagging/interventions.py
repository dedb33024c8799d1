"""Which form of ketamine is given, and by which route: of ketamine, not of the drug beside it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from ketlit.tagging.candidates import Mention, Scan
from ketlit.tagging.document import Document, Sentence, Zone
from ketlit.tagging.findings import BACKGROUND, COMPARATOR, STUDIED, Found, found
from ketlit.vocabulary import Axis

_EXACT: Final = frozenset({"racemic", "esketamine", "arketamine"})
# "(R,S)-ketamine (ketamine)": from there on the plain name means this form
_DEFINED: Final = re.compile(r" ?[(\[](?:hereafter |henceforth |referred to as |further )?\"?ketamine\"?[)\]]", re.I)
_OR: Final = re.compile(r" ?(?:,? ?or|and|and/or|/|,)? ?", re.I)
FORMS: Final = ("ketamine", "racemic", "esketamine", "arketamine", "metabolites")
_TOLD: Final = frozenset({Zone.AIM, Zone.METHODS, Zone.RESULTS, Zone.CONCLUSION})
_BETWEEN: Final = re.compile(r"\b(?:and|or|plus|with|versus|vs|than|followed by|whereas|while|compared)\b|[;,(]")
# a dose given over minutes or hours runs into a vein unless another route is named
_OVER: Final = re.compile(
    r"(?:mg|[uμm]c?g) ?(?:/|·| per | )? ?(?:kg|h)[^.;]{0,60}?\b(?:over|for|during|in|within|per|"
    r"/) ?(?:about |approximately |a period of )?"
    r"(?:\d+(?:\.\d+)?|forty|sixty|thirty|one|two)[ -]?(?:min|h\b|hour)|"
    r"(?:mg|[uμm]c?g) ?(?:/|·| per )? ?kg(?:-1)? ?(?:/|·| per | )? ?(?:h|min)\b|"
    r"\d+[ -]min(?:ute)? (?:\w+ ){0,2}infusion",
    re.I,
)
# ketamine given for the induction of anaesthesia, not before or after it
_INDUCED: Final = re.compile(
    r"(?<!before )(?<!before general )(?<!prior to )(?<!prior to general )"
    r"(?:\ban[a]?esthe(?:sia|tic) induction|\binduction agent|\brapid[- ]sequence|"
    r"\binduction\b[^.;]{0,30}\ban[a]?esth)",
    re.I,
)
_MOST: Final = 100  # drugs of a sentence that are looked at: no sentence has as many
_BESIDE: Final = 20  # characters between a route and its drug that leave no doubt
_VEIN: Final = re.compile(r"venous|\bi\.? ?v\b|PCA|controlled", re.I)
_INTO_VEIN: Final = re.compile(
    r"\b(?:(?:post|pre)?infusions?|infus(?:ed|ing)|bolus(?:es)?|target[- ]controlled|drip|(?:drugs?|solutions?|"
    r"ketamine|dose|group) (?:\w+ ){0,2}?pumped)\b",
    re.I,
)
# an anaesthetic technique that patients have anyway: "under spinal anaesthesia", "labour epidural analgesia"
_TECHNIQUE: Final = re.compile(
    r"\b(?:under|undergo\w*|receiv\w+|requir\w+|request\w+|during|scheduled|combined|having|after|following|labou?r|"
    r"using|spinal|general)[- ](?:[\w/-]+ ){0,2}$"
)
_TECHNICAL: Final = re.compile(r"(?:[-/ ](?:spinal|epidural))? (?:an[a]?esth\w+|analgesia|blocks?|labou?r)\b", re.I)
_MIXED: Final = re.compile(
    r"\b(?:with|of|using|by|plus|containing|adding) (?:[\w.,/%+-]+ ){0,5}\(?(?:S\S{0,4}-|es)?ketamine", re.I
)
_BY_OTHERS: Final = frozenset({"epidural", "intrathecal", "local-infiltration"})
# a part of the study in people beside one in animals
_PEOPLE: Final = re.compile(r"\b(?:patients?|participants?|volunteers?|people|humans?|women|men|individuals)\b", re.I)


def forms(document: Document, scan: Scan) -> list[Found]:
    """The forms that are studied, the rest as background.

    What the title names is studied; a plain "ketamine" there is made more precise by the form that methods and results
    name instead. Without a title that names one: what aim, methods and results name.
    """
    mentions = [one for one in scan.of(Axis.DRUG) if one.term.id != "subanesthetic" or _says_which(document, one)]
    mentions = mentions or scan.of(Axis.DRUG)
    if mentions and len({one.term.printed for one in mentions}) == 1:
        first = mentions[0]
        if document.zone(first.start) is not Zone.TITLE:
            first = min(mentions, key=lambda one: _ORDER[document.zone(one.start)])
        return [found(first, "the one form named", STUDIED, first.term.printed)]
    named: dict[str, list[tuple[Mention, Zone]]] = {}
    for mention in mentions:
        named.setdefault(mention.term.printed, []).append((mention, document.zone(mention.start)))
    studied = _studied(named)
    if "racemic" in named and any(_DEFINED.match(document.text, one.end) for one, _ in named["racemic"]):
        studied = {"racemic" if form == "ketamine" else form for form in studied}
    if studied == {"ketamine"}:
        studied |= _beside(document, mentions)
    result = []
    for form in FORMS:
        if form in named:
            first = min(named[form], key=lambda each: _ORDER[each[1]])[0]
            role = STUDIED if form in studied else BACKGROUND
            result.append(found(first, "form named in the title or in what was done", role, form))
    return result


def _says_which(document: Document, mention: Mention) -> bool:
    """Whether a "subanaesthetic dose" is said of ketamine: of another form, that form's own name tells."""
    return "ketamine" in document.text[mention.start : mention.end].lower()


def _beside(document: Document, mentions: list[Mention]) -> set[str]:
    """The exact forms that are named in one breath with ketamine: "ketamine or esketamine"."""
    return {
        later.term.id if later.term.id in _EXACT else one.term.id
        for one, later in pairwise(mentions)
        if (one.term.id in _EXACT) != (later.term.id in _EXACT)
        and "metabolites" not in (one.term.id, later.term.id)
        and later.start - one.end < 12
        and document.zone(one.start) is not Zone.BACKGROUND
        and _OR.fullmatch(document.text, one.end, later.start)
    }


_ORDER: Final = {
    zone: number
    for number, zone in enumerate(
        (Zone.TITLE, Zone.METHODS, Zone.AIM, Zone.RESULTS, Zone.CONCLUSION, Zone.BACKGROUND, Zone.OTHER)
    )
}


def _studied(named: dict[str, list[tuple[Mention, Zone]]]) -> set[str]:
    zones = {form: Counter(zone for _, zone in mentions) for form, mentions in named.items()}
    told = {form: sum(zones[form][zone] for zone in _TOLD) for form in zones}
    done = {form: zones[form][Zone.METHODS] + zones[form][Zone.RESULTS] + zones[form][Zone.AIM] for form in zones}
    chosen = {form for form in zones if zones[form][Zone.TITLE] and form != "metabolites"}
    if not chosen:
        chosen = {form for form in zones if told[form] and form != "metabolites"}
        chosen = chosen or {form for form in zones if form != "metabolites"}
        if "ketamine" in chosen and len(chosen) > 1:
            exact = max((form for form in chosen if form != "ketamine"), key=lambda form: told[form])
            if told["ketamine"] < told[exact]:
                chosen.discard("ketamine")
    for form in ("racemic", "esketamine", "arketamine"):
        if form not in chosen and done.get(form):
            as_often = form == "racemic" or done[form] >= max(1, done.get("ketamine", 0) // 2)
            chosen |= {form} if (as_often if "ketamine" in chosen else done[form] > 1) else set()
    if "racemic" in chosen or ("ketamine" in chosen and _only_exact(zones, done, chosen)):
        chosen.discard("ketamine")
    if not chosen and "metabolites" in zones:
        chosen.add("metabolites")
    if zones.get("metabolites") and (zones["metabolites"][Zone.TITLE] or zones["metabolites"][Zone.AIM]):
        chosen.add("metabolites")
    return chosen


def _only_exact(zones: dict[str, Counter[Zone]], done: dict[str, int], chosen: set[str]) -> bool:
    """Whether a "ketamine" of the title is the exact form that methods and results speak of alone."""
    exact = [form for form in chosen if form in ("esketamine", "arketamine")]
    if len(exact) != 1 or any(zones[form][Zone.TITLE] for form in exact):
        return False
    return done.get("ketamine", 0) < sum(done[form] for form in exact)


def routes(document: Document, scan: Scan, *, animal: bool, review: bool) -> list[Found]:
    """The routes by which ketamine is given. A route belongs to the drug it stands nearest to in its sentence.

    A review is about a route where its title or aim names it, not where one of its studies used it.
    """
    ketamine = [mention for mention in scan.of(Axis.DRUG)]
    others = [mention for mention in scan.of(Axis.COMPARATOR) if mention.term.id != "placebo"]
    result: list[Found] = []
    for mention in scan.of(Axis.ROUTE)[:_MOST]:
        sentence = document.sentence(mention.start)
        owner = _owner(document, sentence, mention, ketamine, others, scan)
        if review and owner == STUDIED and sentence.zone not in (Zone.TITLE, Zone.AIM):
            owner = BACKGROUND
        if owner != STUDIED:
            result.append(found(mention, "route of another drug, or in passing", owner, mention.term.printed))
        else:
            result.append(found(mention, "route beside ketamine", term=mention.term.printed))
    if ketamine and not review and not any(each.role == STUDIED for each in result):
        result += _in_passing(document, result, ketamine, others)
    if animal:
        return _in_animals(document, result)
    studied = {each.term for each in result if each.role == STUDIED}
    if ketamine and not review and not studied:
        result += _running(document, scan, ketamine, others) or _shared(document, result, ketamine)
    if studied - {"intravenous"}:
        keep = _named_vein(document, result)
        result = [
            each if keep or each.term != "intravenous" or each.role != STUDIED else each._replace(role=BACKGROUND)
            for each in result
        ]
    return result


def _in_animals(document: Document, result: list[Found]) -> list[Found]:
    """In animals the way in is one term; which one it is stays as background. People beside them have their own."""
    in_people = [each for each in result if each.role == STUDIED and _is_of_people(document, each)]
    rest = [each for each in result if each not in in_people]
    first = next((each for each in rest if each.role == STUDIED), None) or next(
        (each for each in rest if each.role == COMPARATOR and not in_people), None
    )
    rest = [each._replace(role=BACKGROUND) for each in rest if each.term != "animal-route"]
    return in_people + rest + ([first._replace(term="animal-route", role=STUDIED)] if first else [])


def _is_of_people(document: Document, route: Found) -> bool:
    start, end, zone = document.sentence(route.start)
    told = zone in (Zone.METHODS, Zone.RESULTS) and route.term != "animal-route"
    return told and bool(_PEOPLE.search(document.text, start, end))


def _shared(document: Document, result: list[Found], ketamine: list[Mention]) -> list[Found]:
    """A route of another drug in a sentence that names ketamine too: groups are given their drugs alike."""
    for each in result:
        start, end, zone = document.sentence(each.start)
        if (
            each.role == COMPARATOR
            and zone is not Zone.BACKGROUND
            and any(start <= one.start < end for one in ketamine)
        ):
            return [each._replace(role=STUDIED, rule="route of the drugs compared")]
    return []


def _in_passing(document: Document, result: list[Found], ketamine: list[Mention], others: list[Mention]) -> list[Found]:
    """The one route beside ketamine that the background names, where no other sentence names any."""
    near = [each for each in result if each.role == BACKGROUND and _is_beside(document, each, ketamine, others)]
    if len({each.term for each in near}) != 1:
        return []
    return [near[0]._replace(role=STUDIED, rule="the only route named beside ketamine")]


def _is_beside(document: Document, route: Found, ketamine: list[Mention], others: list[Mention]) -> bool:
    start, end, zone = document.sentence(route.start)
    place = Mention(route.start, route.end, ketamine[0].term, "") if ketamine else None
    if not place or zone is Zone.OTHER:
        return False
    ours = distance(document.text, place, [one for one in ketamine if start <= one.start < end])
    theirs = distance(document.text, place, [one for one in others if start <= one.start < end])
    if ours is None or (route.term in _BY_OTHERS and ours > _BESIDE):
        return False
    return theirs is None or (ours <= _BESIDE and ours < theirs)


def _named_vein(document: Document, result: list[Found]) -> bool:
    """Whether a vein itself is named beside another route: a bare "infusion" may run under the skin."""
    veins = (each for each in result if each.role == STUDIED and each.term == "intravenous")
    return any(_VEIN.search(document.text, each.start, each.end) for each in veins)


def _owner(
    document: Document, sentence: Sentence, route: Mention, ketamine: list[Mention], others: list[Mention], scan: Scan
) -> str:
    text, (start, end, zone) = document.text, sentence
    if zone is Zone.OTHER:
        return BACKGROUND
    if "ketamine" in text[route.start : route.end].lower():
        return STUDIED if zone is not Zone.BACKGROUND else BACKGROUND
    ours = distance(text, route, [one for one in ketamine if start <= one.start < end])
    theirs = distance(text, route, [one for one in others if start <= one.start < end])
    if zone is Zone.BACKGROUND or (route.term.printed in _BY_OTHERS and _is_technique(text, sentence, route)):
        return BACKGROUND
    if ours is None:
        if theirs is not None:
            return COMPARATOR
        return STUDIED if zone in (Zone.METHODS, Zone.AIM, Zone.TITLE) and ketamine else BACKGROUND
    if theirs is not None and theirs < ours:
        return STUDIED if _shared_by(text, route, ketamine, others, end) else COMPARATOR
    return STUDIED


def _is_technique(text: str, sentence: Sentence, route: Mention) -> bool:
    """Whether a route is that of the anaesthesia which patients have: "under epidural anaesthesia"."""
    if not _TECHNICAL.match(text, route.end, min(sentence.end, route.end + 30)):
        return False
    if not _TECHNIQUE.search(text, max(sentence.start, route.start - 40), route.start):
        return False
    return not _MIXED.search(text, route.end, min(sentence.end, route.end + 60))


_COORDINATED: Final = re.compile(
    r" ?(?:-|/|,|,? and|,? or|plus|combined with|with|versus|vs\.?|\+)? ?(?:low-dose |S-|S\(\+\)-)?$", re.I
)


def _shared_by(text: str, route: Mention, ketamine: list[Mention], others: list[Mention], end: int) -> bool:
    """Whether a route before two drugs that stand together is that of both: "intranasal midazolam or ketamine"."""
    first = next((one for one in others if route.end <= one.start < route.end + 12), None)
    if first is None:
        return False
    ours = next((one for one in ketamine if first.end <= one.start < min(end, first.end + 30)), None)
    return ours is not None and bool(_COORDINATED.match(text, first.end, ours.start))


def sentences_with(document: Document, scan: Scan, cue: str) -> Iterator[Sentence]:
    """The sentences in which a cue stands, each once."""
    done = -1
    for start, _ in scan.cue(cue):
        if start >= done:
            sentence = document.sentence(start)
            done = sentence.end
            yield sentence


def distance(text: str, place: Mention, drugs: list[Mention]) -> float | None:
    """Characters from a route or dose to the nearest drug; each word that joins or divides counts as ten more."""
    best: float | None = None
    for drug in drugs[:_MOST]:
        low, high = (drug.end, place.start) if drug.end <= place.start else (place.end, drug.start)
        if best is None or high - low < best:
            gap = max(0, high - low) + 10.0 * len(_BETWEEN.findall(text, low, max(low, min(high, low + 400))))
            best = gap if best is None else min(best, gap)
    return best


def _running(document: Document, scan: Scan, ketamine: list[Mention], others: list[Mention]) -> list[Found]:
    """A vein that no word names: an infusion or bolus of ketamine, or a dose over minutes."""
    text = document.text
    for sentence in sentences_with(document, scan, "vein"):
        if sentence.zone in (Zone.BACKGROUND, Zone.OTHER):
            continue
        ours = [one for one in ketamine if sentence.start <= one.start < sentence.end]
        for regex, rule in (
            (_INTO_VEIN, "infusion or bolus of ketamine"),
            (_OVER, "dose over a time"),
            (_INDUCED, "induction of anaesthesia"),
        ):
            hit = regex.search(text, sentence.start, sentence.end)
            if not hit:
                continue
            mention = Mention(hit.start(), hit.end(), ketamine[0].term, rule)
            mine = distance(text, mention, ours)
            theirs = distance(text, mention, [one for one in others if sentence.start <= one.start < sentence.end])
            if (mine is not None and (theirs is None or mine <= theirs + 20)) or (
                mine is None and theirs is None and regex is _INTO_VEIN
            ):
                return [Found(Axis.ROUTE, "intravenous", hit.start(), hit.end(), rule)]
    return []
