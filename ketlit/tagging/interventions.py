"""Which form of ketamine is given, and by which route: of ketamine, not of the drug beside it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

from ketlit.tagging.axes import COMPARATORS, DRUGS, ROUTES
from ketlit.tagging.candidates import Mention, Scan
from ketlit.tagging.document import (
    ELSEWHERE,
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
from ketlit.tagging.findings import BACKGROUND, COMPARATOR, STUDIED, Found, found
from ketlit.tagging.starts import seeker

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
_INDUCED: Final = seeker(
    r"(?<!before )(?<!before general )(?<!prior to )(?<!prior to general )"
    r"(?:\ban[a]?esthe(?:sia|tic) induction|\binduction agent|\brapid[- ]sequence|"
    r"\binduction\b[^.;]{0,30}\ban[a]?esth)"
)
_MOST: Final = 100  # drugs of a sentence that are looked at: no sentence has as many
_BESIDE: Final = 20  # characters between a route and its drug that leave no doubt
_VERSUS: Final = re.compile(r"(?:versus|vs\.?|compared (?:with|to)|or) ", re.I)  # before a route that is one of two
_FAR: Final = 60  # from an infusion to a drug that stands beside ketamine: both were infused
_TOUCHING: Final = 5  # characters between two routes in one breath: "oral or nasal"
_VEIN: Final = seeker(r"venous|\bvein|\bi\.? ?v\b|PCA|controlled")
_INTO_VEIN: Final = seeker(
    r"\b(?:(?:post|pre)?infusions?|infus(?:ed|ing)|bolus(?:es)?|target[- ]controlled|drip|(?:drugs?|solutions?|"
    r"ketamine|dose|group) (?:\w+ ){0,2}?pumped)\b"
)
# with folded words of which one is in every hit: they are asked for first
_RUNNING: Final = (
    (_INTO_VEIN, "infusion or bolus of ketamine", (b"infus", b"bolus", b"drip", b"target controlled", b"pumped")),
    (_OVER, "dose over a time", (b"min", b"hour", b"h ")),
    (_INDUCED, "induction of anaesthesia", (b"induction", b"rapid sequence")),
)
# an anaesthetic technique that patients have anyway: "under spinal anaesthesia", "labour epidural analgesia"
_TECHNIQUE: Final = re.compile(
    r"\b(?:under|undergo\w*|receiv\w+|requir\w+|request\w+|during|scheduled|combined|having|after|following|labou?r|"
    r"using|spinal|general)[- ](?:[\w/-]+ ){0,2}$"
)
_TECHNICAL: Final = re.compile(r"(?:[-/ ](?:spinal|epidural))? (?:an[a]?esth\w+|analgesia|blocks?|labou?r)\b", re.I)
_MIXED: Final = seeker(
    r"\b(?:with|of|using|by|plus|containing|adding) (?:[\w.,/%+-]+ ){0,5}\(?(?:S\S{0,4}-|es)?ketamine"
)
# how a drug is taken without a prescription: said of nothing else in a text on ketamine
_TAKEN: Final = re.compile(r"snort|sniff|insufflat|nostril|into (?:the |a )?(?:muscle|vein)", re.I)
# drugs that are needed less: no route in the sentence is theirs
_SPARED: Final = re.compile(
    r"[- ](?:sparing|consumption|requirements?|refractory|resistant|tolerant|tolerance|dependen\w+)\b", re.I
)
# comparators that have no route of their own
_NO_DRUG: Final = frozenset({"placebo", "ect", "standard-care", "dose-comparison"})
_BY_OTHERS: Final = frozenset({"epidural", "intrathecal", "local-infiltration"})
# what was done, told before any other word says so: how many were given something, or that they were given it
_DONE: Final = re.compile(
    r"\d (?:\w+ ){0,3}(?:receiv|given|treated with|assigned|randomi[sz]ed)|\([nN] ?= ?\d|"
    r"\b(?:was|were) (?:[\w-]+ ){0,4}(?:given|infused|injected|premedicated|pretreated|administered|dosed|darted|"
    r"an[a]?estheti[sz]ed|sedated|immobili[sz]ed|exposed to|assigned|allocated|randomi[sz]ed|divided|induced with)\b|"
    r"\breceived\b"
)
_DONE_WORDS: Final = (b" were ", b" was ", b"receiv", b"given", b"treated", b"assigned", b"randomi", b" n ")
_OF_OTHERS: Final = re.compile(
    r"\b(?:previous|earlier|recent|prior|published|other)\w*\b|\b(?:has|have|had) been\b", re.I
)
# a part of the study in people beside one in animals
_PEOPLE: Final = seeker(r"\b(?:patients?|participants?|volunteers?|people|humans?|women|men|individuals)\b")


def forms(document: Document, scan: Scan, *, review: bool = False) -> list[Found]:
    """The forms that are studied, the rest as background.

    What the title names is studied; a plain "ketamine" there is made more precise by the form that methods and results
    name instead. Without a title that names one: what aim, methods and results name.
    """
    drugs = scan.of(DRUGS)
    mentions = [one for one in drugs if one.term.id != "subanesthetic" or _says_which(document, one)] or drugs
    if len({one.term.printed for one in mentions}) == 1:
        first = mentions[0]
        if first.sentence.zone is not IN_TITLE:
            first = min(mentions, key=lambda one: _ORDER[one.sentence.zone])
        return [found(first, "the one form named", STUDIED, first.term.printed)]
    named: dict[str, list[tuple[Mention, Zone]]] = {}
    for mention in mentions:
        named.setdefault(mention.term.printed, []).append((mention, mention.sentence.zone))
    studied = _studied(named, review=review)
    if "racemic" in named and any(_DEFINED.match(document.text, one.end) for one, _ in named["racemic"]):
        studied = {"racemic" if form == "ketamine" else form for form in studied}
    untitled = review and not any(one.zone is IN_TITLE for one in mentions)
    if studied == {"ketamine"} or untitled:
        studied |= _beside(document, mentions, anywhere=untitled)
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


def _beside(document: Document, mentions: list[Mention], *, anywhere: bool) -> set[str]:
    """The forms that are named in one breath: "ketamine or esketamine"."""
    return {
        form
        for one, later in pairwise(mentions)
        if one.term.printed != later.term.printed
        and "metabolites" not in (one.term.id, later.term.id)
        and later.start - one.end < 12
        and (anywhere or one.zone is not IN_BACKGROUND)
        and _OR.fullmatch(document.text, one.end, later.start)
        for form in (one.term.printed, later.term.printed)
    }


_ORDER: Final = {
    zone: number
    for number, zone in enumerate(
        (Zone.TITLE, Zone.METHODS, Zone.AIM, Zone.RESULTS, Zone.CONCLUSION, Zone.BACKGROUND, Zone.OTHER)
    )
}


def _studied(named: dict[str, list[tuple[Mention, Zone]]], *, review: bool) -> set[str]:
    zones = {form: Counter([zone for _, zone in mentions]) for form, mentions in named.items()}
    told = {form: sum(zones[form][zone] for zone in _TOLD) for form in zones}
    done = {form: zones[form][IN_METHODS] + zones[form][IN_RESULTS] + zones[form][IN_AIM] for form in zones}
    chosen = {form for form in zones if zones[form][IN_TITLE] and form != "metabolites"}
    if not chosen:
        chosen = {form for form in zones if told[form] and form != "metabolites"}
        chosen = chosen or {form for form in zones if form != "metabolites"}
        if "ketamine" in chosen and len(chosen) > 1:
            exact = max((form for form in chosen if form != "ketamine"), key=lambda form: told[form])
            if told["ketamine"] < told[exact]:
                chosen.discard("ketamine")
    for form in ("racemic", "esketamine", "arketamine"):
        if form not in chosen and done.get(form):
            as_often = review or form == "racemic" or done[form] >= max(1, done.get("ketamine", 0) // 2)
            chosen |= {form} if (as_often if "ketamine" in chosen else done[form] > 1) else set()
    if not review and chosen == {"ketamine"} and "racemic" in zones:  # what its ketamine is may be said in passing
        chosen = {"racemic"}
    if "racemic" in chosen or ("ketamine" in chosen and _only_exact(zones, done, chosen)):
        chosen.discard("ketamine")
    if not chosen and "metabolites" in zones:
        chosen.add("metabolites")
    if zones.get("metabolites") and (zones["metabolites"][IN_TITLE] or zones["metabolites"][IN_AIM]):
        chosen.add("metabolites")
    return chosen


def _only_exact(zones: dict[str, Counter[Zone]], done: dict[str, int], chosen: set[str]) -> bool:
    """Whether a "ketamine" of the title is the exact form that methods and results speak of alone."""
    exact = [form for form in chosen if form in ("esketamine", "arketamine")]
    if len(exact) != 1 or any(zones[form][IN_TITLE] for form in exact):
        return False
    return done.get("ketamine", 0) < sum(done[form] for form in exact)


def zone(document: Document, scan: Scan, sentence: Sentence) -> Zone:
    """What a sentence is there for; the aim may stand under the heading of the background, methods under none."""
    start, end, given = sentence
    if given is not IN_BACKGROUND:
        return given
    if document.labelled:
        return IN_AIM if scan.within("zone-aim", start, end) else given
    if not any(map(document.folded[start : end + 1].__contains__, _DONE_WORDS)):
        return given
    done = _DONE.search(document.text, start, end) and not _OF_OTHERS.search(document.text, start, end)
    return IN_METHODS if done else given


def routes(document: Document, scan: Scan, *, animal: bool, review: bool) -> list[Found]:
    """The routes by which ketamine is given. A route belongs to the drug it stands nearest to in its sentence.

    A review is about the routes of what it reviews as a study is about its own. What a study tells of beforehand counts
    where no other sentence names a route; so it does in a review without headings, which all tells of others' work.
    """
    if not (animal or scan.of(ROUTES) or "vein" in scan.cues):
        return []
    given = _Given(document.text, scan)
    result: list[Found] = []
    for mention in scan.of(ROUTES)[:_MOST]:
        owner = _owner(mention, given, _zone(document, scan, mention.sentence), review=review)
        if review and owner == STUDIED and mention.zone is IN_CONCLUSION:
            owner = BACKGROUND
        rule = "route beside ketamine" if owner == STUDIED else "route of another drug, or in passing"
        result.append(found(mention, rule, owner, mention.term.printed))
    told = any(each.role == STUDIED for each in result)
    if not (review and document.labelled) and (review or not told):
        result += _in_passing(scan, given, review=review)
    if animal:
        return _in_animals(document, scan, given, result)
    studied = {each.term for each in result if each.role == STUDIED}
    if not studied:
        result += _running(document, scan, given, review=review) or _shared(document, result, given)
    if studied - {"intravenous"}:
        keep = _named_vein(document, result)
        result = [
            each if keep or each.term != "intravenous" or each.role != STUDIED else each._replace(role=BACKGROUND)
            for each in result
        ]
    return result


def _in_animals(document: Document, scan: Scan, given: _Given, result: list[Found]) -> list[Found]:
    """In animals the way in is one term; which one it is stays as background. People beside them have their own."""
    if not any(each.role == STUDIED for each in result):
        result += _injected(scan, given) or _running(document, scan, given, review=False)
    in_people = [each for each in result if each.role == STUDIED and _is_of_people(document, each)]
    rest = [each for each in result if each not in in_people]
    first = next((each for each in rest if each.role == STUDIED), None) or next(
        (each for each in rest if each.role == COMPARATOR and not in_people), None
    )
    rest = [each._replace(role=BACKGROUND) for each in rest if each.term != "animal-route"]
    return in_people + rest + ([first._replace(term="animal-route", role=STUDIED)] if first else [])


def _is_of_people(document: Document, route: Found) -> bool:
    start, end, zone = document.sentence(route.start)
    told = zone in (IN_METHODS, IN_RESULTS) and route.term != "animal-route"
    return told and bool(_PEOPLE.search(document.text, start, end))


def _injected(scan: Scan, given: _Given) -> list[Found]:
    """An injection of ketamine, of which no word says where it goes: one way or the other, it is one of animals."""
    for mention in scan.of(DRUGS)[:_MOST]:
        start, end, zone = mention.sentence
        if zone is not IN_BACKGROUND and (places := scan.places("injection", start, end)):
            place = min(places, key=lambda one: abs(one - mention.start))
            return [Found(ROUTES, "animal-route", place, place + len("inject"), "injection of ketamine")]
    return []


def _shared(document: Document, result: list[Found], given: _Given) -> list[Found]:
    """A route of another drug in a sentence that names ketamine too: groups are given their drugs alike."""
    for each in result:
        if each.role == COMPARATOR:
            start, _, zone = document.sentence(each.start)
            if zone is not IN_BACKGROUND and given.ours.get(start):
                return [each._replace(role=STUDIED, rule="route of the drugs compared")]
    return []


def _in_passing(scan: Scan, given: _Given, *, review: bool) -> list[Found]:
    """The route beside ketamine that the background names, where no other sentence names any; of a study but one."""
    about = review and scan.of(DRUGS)[0].zone is IN_TITLE
    near = {one.term.printed: one for one in scan.of(ROUTES)[:_MOST] if _is_beside(one, given, about=about)}
    if not review and any(later.start - one.end > _TOUCHING for one, later in pairwise(near.values())):
        return []
    return [found(one, "the only route named beside ketamine", term=term) for term, one in near.items()]


def _is_beside(route: Mention, given: _Given, *, about: bool) -> bool:
    ours, theirs = given.near(route)
    if ours is None and theirs is None and about and route.term.printed not in _BY_OTHERS:
        return route.zone is not ELSEWHERE  # a review of ketamine speaks of no other drug
    if ours is None or route.zone is ELSEWHERE or (route.term.printed in _BY_OTHERS and ours > _BESIDE):
        return False
    return theirs is None or (ours <= _BESIDE and ours < theirs)


def _named_vein(document: Document, result: list[Found]) -> bool:
    """Whether a vein itself is named beside another route: a bare "infusion" may run under the skin."""
    veins = (each for each in result if each.role == STUDIED and each.term == "intravenous")
    return any(_VEIN.search(document.text, each.start, each.end) for each in veins)


def _zone(document: Document, scan: Scan, sentence: Sentence) -> Zone:
    """What a sentence is there for, where the text has no headings."""
    return sentence.zone if document.labelled else zone(document, scan, sentence)


def _owner(route: Mention, given: _Given, where: Zone, *, review: bool) -> str:
    text, (start, end, _) = given.text, route.sentence
    if where in (ELSEWHERE, IN_BACKGROUND):
        return BACKGROUND
    if "ketamine" in text[route.start : route.end].lower():
        return STUDIED
    if route.term.printed in _BY_OTHERS and _is_technique(text, route.sentence, route):
        return BACKGROUND
    if start not in given.ours:
        if start in given.theirs:
            return COMPARATOR
        # what a review finds, it finds of ketamine
        told = where in (IN_METHODS, IN_AIM, IN_TITLE) or (review and where is IN_RESULTS)
        return STUDIED if told or _TAKEN.match(text, route.start) else BACKGROUND
    if start in given.theirs and given.nearer(route) == COMPARATOR:
        return STUDIED if _shared_by(text, route, given.ours[start], given.theirs[start], end) else COMPARATOR
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
    start, end = place[:2]
    gaps = [(start - drug[1], drug[1], start) if drug[1] <= start else (drug[0] - end, end, drug[0]) for drug in drugs]
    if len(gaps) > 1:
        gaps = sorted(gaps[:_MOST])
    best: float | None = None
    for apart, low, high in gaps:  # the nearest first
        if best is not None and apart >= best:
            break
        gap = 0.0  # where they overlap
        if apart > 0:
            gap = apart + 10.0 * len(_BETWEEN.findall(text, low, min(high, low + 400)))
        best = gap if best is None or gap < best else best
    return best


def is_nearer(text: str, place: Mention, ours: list[Mention], theirs: list[Mention]) -> bool:
    """Whether ketamine stands at least as near to a place as any other drug of its sentence."""
    far = distance(text, place, theirs)
    if far is None:
        return True
    near = distance(text, place, ours)
    return near is not None and near <= far


def by_sentence(mentions: Iterable[Mention]) -> dict[int, list[Mention]]:
    """Mentions by where their sentence begins."""
    found: dict[int, list[Mention]] = {}
    for one in mentions:
        start = one.sentence.start
        if start in found:
            found[start].append(one)
        else:
            found[start] = [one]
    return found


class _Given:
    """What is given in each sentence: ketamine, and the drugs beside it."""

    def __init__(self, text: str, scan: Scan) -> None:
        self.text = text
        self.ours = by_sentence(scan.of(DRUGS))
        others = [one for one in scan.of(COMPARATORS) if (one[2].prints_as or one[2].id) not in _NO_DRUG]
        self.theirs = by_sentence(
            [one for one in others if text[one[1]] not in " -" or not _SPARED.match(text, one[1])]
        )

    def near(self, place: Mention) -> tuple[float | None, float | None]:
        """How far ketamine is from a place in its sentence, and how far another drug."""
        start = place.sentence.start
        ours, theirs = self.ours.get(start), self.theirs.get(start)
        if ours and theirs and (hit := _VERSUS.match(self.text, place.start)):
            place = place._replace(start=hit.end())
        return (
            distance(self.text, place, ours) if ours else None,
            distance(self.text, place, theirs) if theirs else None,
        )

    def nearer(self, place: Mention) -> str:
        """Whose a place is."""
        ours, theirs = self.near(place)
        return COMPARATOR if theirs is not None and (ours is None or theirs < ours) else STUDIED


def _running(document: Document, scan: Scan, given: _Given, *, review: bool) -> list[Found]:
    """A vein that no word names: an infusion or bolus of ketamine, or a dose over minutes."""
    text = document.text
    untold = (ELSEWHERE,) if review and not document.labelled else (IN_BACKGROUND, ELSEWHERE)
    for sentence in sentences_with(document, scan, "vein"):
        start, end, _ = sentence
        where = _zone(document, scan, sentence)
        if where in untold:
            continue
        stands = document.folded[start : end + 1].__contains__
        for regex, rule, words in _RUNNING if start in given.ours else _RUNNING[:1]:
            if (review and regex is _INDUCED) or not any(map(stands, words)):
                continue
            hit = regex.search(text, start, end)
            if not hit:
                continue
            mine, theirs = given.near(Mention(hit.start(), hit.end(), scan.of(DRUGS)[0].term, rule, sentence))
            if (mine is not None and (theirs is None or mine <= theirs + 20 or theirs > _FAR)) or (
                mine is None and theirs is None and regex is _INTO_VEIN and where is not IN_CONCLUSION
            ):
                return [Found(ROUTES, "intravenous", hit.start(), hit.end(), rule)]
    return []
