"""Which conditions are studied: not every disease that is mentioned. The most specific wins."""

from __future__ import annotations

import re
from typing import Final

from ketlit.tagging.axes import CONDITIONS, DRUGS
from ketlit.tagging.candidates import Mention, Scan
from ketlit.tagging.condition_weights import DONE, LEAST, OWN, Meant, is_feared, names_patients, weighed
from ketlit.tagging.document import (
    ELSEWHERE,
    IN_AIM,
    IN_BACKGROUND,
    IN_CONCLUSION,
    IN_METHODS,
    IN_RESULTS,
    IN_TITLE,
    Document,
    Zone,
)
from ketlit.tagging.findings import BACKGROUND, STUDIED, Found, found
from ketlit.tagging.number_words import WORD
from ketlit.tagging.starts import seeker
from ketlit.tagging.taxonomy import Taxonomy
from ketlit.vocabulary import Axis

_COMPARATOR: Final = Axis.COMPARATOR
_COUNTED: Final = seeker(rf"\b(?:\d{{1,4}}|{WORD}) (?:[\w-]+,? ){{0,4}}$")
# two groups of patients, not one that is a part of the other: what follows the one and the other of them
_OR_RESISTANT: Final = re.compile(
    r"\)?(?: \(MDD\))?(?: (?:patients|participants|individuals|adults))?"
    r"(?:,? (?:or|and) |/|, |,? (?:particularly|notably|especially|including|\w+ of whom)[^.;,]{0,25} )"
    r"\(?(?:treatment|TRD\b)",
    re.I,
)
_OR_BIPOLAR: Final = seeker(r"\b(?:unipolar|major|MDD|disorder)\b[^.;,]{0,20}(?: (?:or|and|versus|vs) |/)$")
_INDICATED: Final = seeker(
    r"\b(?:approv\w+|indicat(?:ed|ions?)|licen[sc]ed|authori[sz]ed|used to treat|(?:used?|using|utili[sz]ing|"
    r"prescrib\w+|treatments?|therap(?:y|ies)|options?|effective|effectiveness|efficacy) "
    r"(?:of|for|in|\w*ketamine for))\b"
)
_PUT_TO_SLEEP: Final = re.compile(r"(?is)(?!.{0,300}?(?:\bpain|analges)).{0,300}?\b(?:an(?:a)?esth|sedat)")
# a bare word, what stands in its sentence, and what it then means
_BESIDE: Final = {
    "pain": (("operated", "postoperative-pain"), ("cancer", "cancer-pain")),
    "chronic-pain": (("cancer", "cancer-pain"),),
    "depression": (("childbirth", "postpartum-depression"),),
}
# terms for people in whom no disease is studied
_LAST: Final = frozenset({"healthy-volunteers", "perioperative-other"})
# pain that is made in volunteers
_OF_VOLUNTEERS: Final = frozenset({"experimental-pain", "opioid-induced-hyperalgesia"})
_BIPOLAR: Final = "bipolar-depression"
_DEPRESSED: Final = frozenset({"depression", "mdd", "trd"})
_ADDICTION: Final = "substance-use-disorder"
_MODELLED: Final = "other-psychiatric"  # in animals by ketamine, to test what is given against it
_UNSPECIFIED: Final = "psychiatric-unspecified"
# titles of reviews that say no more than this leave it to the abstract what they are about
_GENERAL: Final = frozenset({_UNSPECIFIED, "mental-disorder", "mood-disorder", "pain"})
_MANY: Final = 3  # disorders that say what "psychiatric disorders" are
_LEAST_REVIEW: Final = 0.55
_SHARE: Final = 0.3  # of the heaviest condition's weight
_SHARE_SUICIDAL: Final = 0.2
_SHARE_REVIEW: Final = 0.02  # a review lists what it is about


def conditions(document: Document, scan: Scan, taxonomy: Taxonomy, *, animal: bool, review: bool) -> list[Found]:
    """The conditions studied, the others as background; healthy people and surgical patients where no other is."""
    mentions = _meant(document, scan, taxonomy)
    if not mentions:
        last = _last(document, scan, mentions, [], set(), animal=animal, review=review)
        return [last] if last else []
    named, healthy = list[Meant](), list[Meant]()
    studied, entitled = set[str](), set[str]()
    last_titled = False  # whether the title names people in whom no disease is studied
    for one in mentions:
        term, titled = one[0], one[5] is IN_TITLE
        if term not in _LAST:
            named.append(one)
            if titled:
                entitled.add(term)
            continue
        last_titled |= titled
        if term == "healthy-volunteers" and (
            one.zone not in _UNTOLD or (not animal and _are_volunteers(document, one))
        ):
            healthy.append(one)
    if named:
        weights = _weighed(
            document, scan, named, taxonomy, entitled, healthy=bool(healthy), animal=animal, review=review
        )
        several = _leave_unspecified(weights, taxonomy, entitled, review=review)
        studied = _studied(weights, taxonomy, review=review) | several
        if not studied.isdisjoint(_DEPRESSED):
            studied |= _also_depressed(document, named, weights, studied)
    if animal and not studied and scan.has("psychosis") and any(one.id == _MODELLED for one in named):
        studied = {_MODELLED}
    if studied:
        if "patients" not in scan.cues and _tell_of_use(document, scan):
            # what the users were asked is not what they have
            studied &= {_ADDICTION}
        elif last_titled:
            treated = {one.id for one in named if one.id in studied and _of_patients(document, one)}
            studied &= entitled | treated
    # where nothing is studied but the healthy, they are the last anyway
    given = next((one for one in healthy if _are_given(document, one)), None) if studied else None
    if given:
        treated = {one.id for one in named if one.id in studied and _of_patients(document, one)}
        studied &= treated | (entitled - {"other-psychiatric"})
    last = _last(document, scan, mentions, healthy, studied, animal=animal, review=review)
    if not studied and last is None and not animal:
        studied = set(taxonomy.most_specific(CONDITIONS, _indicated(document, scan, named)))
    if last is None and given and not animal:
        last = found(given.mention, "healthy people given the drug")
    result, seen = [], {last.term} if last else set()
    for one in sorted(mentions, key=_order) if len(mentions) > 1 else mentions:
        term = one[0]
        if term not in seen:
            seen.add(term)
            role = STUDIED if term in studied else BACKGROUND
            result.append(found(one[6], "condition of the title or the people studied", role))
    if last:
        result.append(last)
    return result


def _order(one: Meant) -> int:
    return _ORDER[one[5]]


def _also_depressed(document: Document, named: list[Meant], weights: dict[str, float], studied: set[str]) -> set[str]:
    """Who else is studied beside people with a depression: those in whom it is not resistant, and the bipolar."""
    also = set[str]()
    if "trd" in studied and "mdd" in weights:
        depressed = [one for one in named if one.id in ("mdd", "depression")]
        if any(_OR_RESISTANT.match(document.text, one.end, one.high) for one in depressed):
            also.add("mdd")
    if any(one.id == _BIPOLAR and _is_part(document, one.mention) for one in named):
        also.add(_BIPOLAR)  # some of the depressed people
    return also


def _meant(document: Document, scan: Scan, taxonomy: Taxonomy) -> list[Meant]:
    """The conditions named, as they are meant: pain beside an operation, depression beside a birth.

    What is resistant where bipolar depression is resistant is not the depression of one pole.
    """
    mentions, cues = scan.of(CONDITIONS), scan.cues
    meant = []
    for one in mentions:
        start, end, of, _, (low, high, zone) = one
        term = of.id
        if term == "bipolar-disorder" and zone in OWN and any(each.term.id in _DEPRESSED for each in mentions):
            if (poles := taxonomy.get(CONDITIONS, _BIPOLAR)) and _is_part(document, one):
                term, one = _BIPOLAR, one._replace(term=poles)
        elif term == "neurological-other":
            if document.text.startswith(("seiz", "Seiz"), start) and _shock(scan):
                continue  # the seizure of electroconvulsive therapy is no disease
            if document.folded.startswith((b"spinal", b"sci"), start) and any(
                each.term.id == "sci-pain" for each in mentions
            ):
                continue  # the injury from which the pain comes
        elif term == "burn-pain" and _is_anesthesia(document):
            last = taxonomy.get(CONDITIONS, "perioperative-other")
            term, one = "perioperative-other", one._replace(term=last or of)
        elif term == "trd" and any(
            each.term.id == _BIPOLAR and each.start < end and start < each.end for each in mentions
        ):
            continue
        for beside, becomes in _BESIDE.get(term, ()):
            if (
                beside in cues
                and scan.within(beside, low, high)
                and (zone is IN_TITLE or scan.within("zone-aim", low, high) or beside == "cancer")
            ):
                entry = taxonomy.get(CONDITIONS, becomes)
                term, one = becomes, one._replace(term=entry or of)
                break
        # as Meant(...), without the function a named tuple has between
        meant.append(tuple.__new__(Meant, (term, start, end, low, high, zone, one)))
    return meant


def _is_anesthesia(document: Document) -> bool:
    """Whether the title says that people are put to sleep, and nothing of their pain."""
    return _PUT_TO_SLEEP.match(document.text, 0, document.sentences[0].end) is not None


def _shock(scan: Scan, zones: frozenset[Zone] = frozenset(Zone)) -> Mention | None:
    """The first mention of electroconvulsive therapy in these zones."""
    for one in scan.mentions.get(_COMPARATOR, ()):
        if one.term.id == "ect" and one.sentence.zone in zones:
            return one
    return None


def _is_part(document: Document, one: Mention) -> bool:
    """Whether the text says how many of those studied have the bipolar kind, or that they have the one or the other."""
    start, _, zone = one.sentence
    if zone not in OWN:
        return False
    low = max(start, one.start - 45)
    return bool(_COUNTED.search(document.text, low, one.start) or _OR_BIPOLAR.search(document.text, low, one.start))


_ORDER: Final = {
    zone: number
    for number, zone in enumerate((IN_TITLE, IN_AIM, IN_METHODS, IN_CONCLUSION, IN_RESULTS, IN_BACKGROUND, ELSEWHERE))
}
_TITLE: Final = frozenset({IN_TITLE})
_UNTOLD: Final = frozenset({IN_BACKGROUND, ELSEWHERE})
_ASKED: Final = frozenset({IN_TITLE, IN_AIM})


def _weighed(
    document: Document,
    scan: Scan,
    named: list[Meant],
    taxonomy: Taxonomy,
    entitled: set[str],
    *,
    healthy: bool,
    animal: bool,
    review: bool,
) -> dict[str, float]:
    """The weights of the conditions, without those that title, aim and methods leave to the background or results."""
    modelled = not animal and (healthy or (not review and scan.has("psychosis")))
    weights, beside = weighed(document, scan, named, animal=animal, review=review, modelled=modelled)
    if (
        len(entitled) > 1
        and _ADDICTION in entitled
        and any(one.id == _ADDICTION and one.zone is IN_TITLE and is_feared(document, one) for one in named)
    ):
        weights.pop(_ADDICTION, None)
        entitled = entitled - {_ADDICTION}
    if review:
        told = above = {one.id for one in named if one.zone is not IN_BACKGROUND}
        if entitled and not entitled & _GENERAL:
            told, above = {one.id for one in named if one.zone in _ASKED}, entitled
        return {
            term: weight
            for term, weight in weights.items()
            if not told or term in told or above.intersection(taxonomy.ancestors(CONDITIONS, term))
        }
    if entitled:
        weights = _without_aside(named, weights, beside)
    if animal or _operates(document, scan):
        # animals do not stand for what is only hoped for, who is operated on does not have what only the results name
        zones = DONE if animal else OWN
        told = {one.id for one in named if one.zone in zones}
        treated = set(weights)
    else:
        if not entitled:
            return weights
        treated = {one.id for one in named if one.zone is IN_AIM or one.zone is IN_METHODS} & entitled
        if not treated:
            return weights
        told = {one.id for one in named if one.zone not in _UNTOLD}
    return {
        term: weight
        for term, weight in weights.items()
        if term in told or not (term in treated or treated.intersection(taxonomy.ancestors(CONDITIONS, term)))
    }


def _are_given(document: Document, one: Meant) -> bool:
    """Whether the text says of its own work how many healthy people there are."""
    return one.zone in DONE and _is_counted(document, one)


def _are_volunteers(document: Document, one: Meant) -> bool:
    """Whether a report that has no other parts counts its volunteers where it begins."""
    return document.folded.find(b"volunteer", one.start, one.end + 12) > 0 and _is_counted(document, one)


def _is_counted(document: Document, one: Meant) -> bool:
    """Whether the text says how many healthy people there are."""
    return bool(_COUNTED.search(document.text, max(one.low, one.start - 45), one.start))


def _of_patients(document: Document, one: Meant) -> bool:
    return one.zone in OWN and names_patients(document, one)


def _without_aside(named: list[Meant], weights: dict[str, float], beside: set[str]) -> dict[str, float]:
    """Without what a title names `beside`, and thoughts of suicide that neither title nor aim names."""
    if "suicidality" in weights and any(one.zone is IN_TITLE and one.id != "suicidality" for one in named):
        asked = any(one.id == "suicidality" and one.zone in _ASKED for one in named)
        beside = beside if asked else beside | {"suicidality"}
    if not beside:
        return weights
    left = {term: weight for term, weight in weights.items() if term not in beside}
    return left or weights


def _leave_unspecified(weights: dict[str, float], taxonomy: Taxonomy, entitled: set[str], *, review: bool) -> set[str]:
    """Take "psychiatric disorders" out where one is named, which gets its weight; give it back to a wide review."""
    weight = weights.pop(_UNSPECIFIED, 0.0) if _UNSPECIFIED in weights else 0.0
    if not weight:
        return set()
    mental = [one for one in weights if "mental-disorder" in taxonomy.ancestors(CONDITIONS, one)]
    alone = (_UNSPECIFIED in entitled and not entitled.intersection(mental)) or (review and not weights)
    best = max(mental, key=lambda one: (weights[one], one), default="")
    if best and weights[best] >= 1.0:
        weights[best] += 0.7 * weight
        alone = alone and review
    return {_UNSPECIFIED} if alone and len(mental) < _MANY else set()


def _studied(weights: dict[str, float], taxonomy: Taxonomy, *, review: bool) -> set[str]:
    """The conditions above a threshold; a general one gives its weight to the strongest below it."""
    least, share = (_LEAST_REVIEW, _SHARE_REVIEW) if review else (LEAST, _SHARE)
    if len(weights) < 2:  # nothing to compare it with
        return {term for term, weight in weights.items() if weight >= least}
    total = dict(weights)
    ancestors = {term: taxonomy.ancestors(CONDITIONS, term) for term in weights}
    above_any = set().union(*ancestors.values())
    general = [term for term in weights if term in above_any]
    for term in sorted(general, key=lambda one: len(ancestors[one])) if general else ():
        below = [one for one, above in ancestors.items() if term in above]
        best = max(below, key=lambda one: (total[one], one))
        if total[best] >= 1.0 or total[best] >= 0.2 * total[term]:
            total[best] += 0.7 * total[term]
            total[term] = 0.0
    top = max(total.values())
    if total.get("suicidality", 0.0) == top:
        share = min(share, _SHARE_SUICIDAL)  # suicidal ideation is treated in people with a mood disorder
    least = max(least, share * top)
    chosen = {term for term, weight in total.items() if weight >= least}
    return chosen if len(chosen) < 2 else set(taxonomy.most_specific(CONDITIONS, chosen))


def _last(
    document: Document,
    scan: Scan,
    mentions: list[Meant],
    healthy: list[Meant],
    studied: set[str],
    *,
    animal: bool,
    review: bool,
) -> Found | None:
    """Who is studied where no disease is: healthy people, or patients who have surgery or are sedated."""
    if healthy:
        title = next((one for one in healthy if one.zone is IN_TITLE), None)
        operated = not title and _are_operated(document, scan, healthy)
        if not (animal or review or operated) and (both := next((one for one in healthy if one.zone in DONE), None)):
            return found(both.mention, "healthy people measured beside the patients")
        if title or not (studied - _OF_VOLUNTEERS or operated):
            return found((title or healthy[0]).mention, "healthy people studied")
    if studied or animal:
        return None
    if shock := _shock(scan, _TITLE):
        return Found(CONDITIONS, _UNSPECIFIED, shock.start, shock.end, "people who have electroconvulsive therapy")
    surgical = [one for one in mentions if one.id == "perioperative-other" and one.zone in OWN]
    place = surgical[0].mention[:2] if surgical else _first(document, scan, "surgery", "procedure", zones=OWN)
    patients = _first(document, scan, "patients")
    if place and (patients or _is_of_surgery(document, scan, place[0], review=review)):
        if sought := _sought(document, scan):
            return Found(CONDITIONS, "postoperative-pain", *sought, "pain relief sought in patients in surgery")
        rule = "patients in surgery or sedation, no other condition"
        return Found(CONDITIONS, "perioperative-other", *place, rule)
    if (
        not patients
        and scan.has("not-patients")
        and not _surveyed(document, scan, review=review)
        and not any(one.id not in _LAST and _of_patients(document, one) for one in mentions)
        and (place := _first(document, scan, "not-patients"))
    ):
        return Found(CONDITIONS, "healthy-volunteers", *place, "people without a disease that is named")
    return None


def _operates(document: Document, scan: Scan) -> bool:
    """Whether the title names an operation."""
    return "operated" in scan.cues and scan.within("operated", 0, document.sentences[0].end)


def _is_of_surgery(document: Document, scan: Scan, place: int, *, review: bool) -> bool:
    """Whether surgery that is named at a place is what a text is about that names no patients."""
    if scan.has("children") or (_operates(document, scan) and "volunteer" not in document.text):
        return True
    zone = document.sentence(place).zone
    if review and (zone is IN_TITLE or zone is IN_AIM):
        return True
    return zone is IN_TITLE and not document.has_abstract


def _are_operated(document: Document, scan: Scan, healthy: list[Meant]) -> bool:
    """Whether the healthy are patients: women at term, children in for an operation that the title names."""
    if not _operates(document, scan):
        return False
    text = document.folded
    return all(text.find(b"volunteer", one.start, one.end + 12) < 0 for one in healthy)


def _surveyed(document: Document, scan: Scan, *, review: bool) -> bool:
    """Whether people are asked about ketamine that they take by themselves: they need not be healthy."""
    drugs, low = scan.of(DRUGS), document.sentences[0].end
    if not drugs or review:
        return bool(drugs)
    ours = drugs[0].start < low or not scan.within("other-agents", 0, low)
    return ours and (not document.has_abstract or scan.has("observed"))


def _indicated(document: Document, scan: Scan, named: list[Meant]) -> set[str]:
    """Who the patients are that a sentence names in passing; else what the drug is for: of its safety, its cost."""
    if scan.has("misuse", "misuse-of-ketamine", "drug-use", "assay"):
        return set()
    told = {one.id for one in named if one.zone is not IN_RESULTS and names_patients(document, one)}
    if not told and scan.has("patients", "observed", "economic"):
        drugs = scan.of(DRUGS)
        told = {
            one.id
            for one in named
            if _INDICATED.search(document.text, max(one.low, one.start - 150), one.start)
            and any(one.low <= drug.start < one.high for drug in drugs)
        }
    return told - {"suicidality", _UNSPECIFIED} or told


def _sought(document: Document, scan: Scan) -> tuple[int, int] | None:
    """Where title, aim or main outcome says that what is sought is relief of pain: fewer opioids, longer analgesia."""
    for place in scan.cue("relief-sought"):
        start, end, zone = document.sentence(place[0])
        if zone in (IN_TITLE, IN_AIM) or (
            zone is IN_METHODS and scan.within("main-outcome", max(start, place[0] - 60), end)
        ):
            return place
    return None


def _tell_of_use(document: Document, scan: Scan) -> bool:
    """Whether the title says that users of a drug are studied."""
    title = document.sentences[0]
    return scan.within("drug-users", title.start, title.end) or scan.within("drug-use", title.start, title.end)


def _first(document: Document, scan: Scan, *cues: str, zones: frozenset[Zone] = DONE) -> tuple[int, int] | None:
    """Where the first of these cues stands that the title or the study's own work names."""
    text, sentence, firsts = document.text, document.sentence, []
    for cue in cues:
        for place in scan.cues.get(cue, ()):
            if sentence(place[0])[2] in zones and not text.startswith(("sub-", "Sub-"), place[0] - 4):
                firsts.append(place)
                break
    return min(firsts) if firsts else None
