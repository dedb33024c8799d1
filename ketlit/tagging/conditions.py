"""Which conditions are studied: not every disease that is mentioned. The most specific wins."""

from __future__ import annotations

import re
from typing import Final

from ketlit.tagging.candidates import Mention, Scan
from ketlit.tagging.document import Document, Zone
from ketlit.tagging.findings import BACKGROUND, STUDIED, Found, found
from ketlit.tagging.number_words import WORD
from ketlit.tagging.taxonomy import Taxonomy
from ketlit.vocabulary import Axis

_WHO: Final = (
    r"(?:patients?|participants?|subjects?|individuals?|people|persons?|adults?|children|adolescents|"
    r"women|men|veterans|mothers|cases|inpatients|outpatients|parturients|sample|those|cohort|"
    r"population|users)"
)
_OF_PATIENTS: Final = re.compile(rf"\b{_WHO} (?:\w+ ){{0,3}}?(?:with|who)[^|]*\||\|[ -](?:\w+ )?{_WHO}\b", re.I)
# in a title: what some of the people have besides, or what foretells their response
_ASIDE_IN_TITLE: Final = re.compile(
    r"\bwith(?:,| and| or|/)+ ?without (?:\w+ )?$|\bimplications? for (?:[\w-]+ ){0,4}$", re.I
)
_FORETELLS: Final = re.compile(
    r"(?: risk| symptoms| status| history)?,?(?: but not [^.:;]{0,60}?,?)? (?:predicts?|moderates?|mediates?)\b", re.I
)
_COMPARED: Final = re.compile(
    r"\b(?:matched|compared (?:with|to)|than|versus|vs\.?|from|relative to|comparable)\b[^.;]{0,25}$|"
    r" controls?\b| \(HCs?\)",
    re.I,
)
_COUNTED: Final = re.compile(rf"(?:\b\d{{1,4}}|\b{WORD}) (?:[\w-]+,? ){{0,4}}$", re.I)
_RECEIVED: Final = re.compile(
    r"(?: \([^()]{1,40}\))? (?:(?:who|that) )?(?:received|were (?:randomi[sz]ed|given|administered|enrolled|"
    r"scanned|tested|"
    r"measured|infused|included|studied)|underwent|participated|completed|given|receiving)\b",
    re.I,
)
# a title that says that people have something, which the taxonomy does not know
_ILL: Final = re.compile(rf"\b{_WHO} (?:with|suffering|diagnosed)\b", re.I)
# two groups of patients, not one that is a part of the other
_BOTH: Final = re.compile(
    r"(?:\bMDD\)?|depressi(?:on|ve disorder)(?: \(MDD\))?)(?:,? (?:or|and) |/)(?:treatment|TRD\b)|"
    r"(?:\bTRD\)?|(?:resistant|refractory) depression),? (?:or|and) (?:MDD\b|major depress)",
    re.I,
)
_MEASURED: Final = re.compile(
    r" (?:\w+ )?(?:scores?|intensity|intensities|ratings?|scales?|severity|levels?|inventory|questionnaires?|items?|"
    r"visual|VAS|NRS|thresholds?)\b",
    re.I,
)
_AIMS: Final = re.compile(
    r"\b(?:aim|aims|aimed|objectives?|purpose|goal|hypothes\w+|sought|we \w+ed|"
    r"to (?:investigate|evaluate|assess|examine|determine|compare|explore|study|test|estimate|identify))\b",
    re.I,
)
_IS: Final = re.compile(r"\b(?:is|are|has|have|can|may|leads?|increas\w+|remains?|cannot)\b", re.I)
# a bare word, what stands in its sentence, and what it then means
_BESIDE: Final = {
    "pain": ("operated", "postoperative-pain"),
    "depression": ("childbirth", "postpartum-depression"),
}
# terms for people in whom no disease is studied
_LAST: Final = frozenset({"healthy-volunteers", "perioperative-other"})
_UNSPECIFIED: Final = "psychiatric-unspecified"
_MANY: Final = 3  # disorders that say what "psychiatric disorders" are
_OUTCOME: Final = 0.5  # weight of what is read on a scale now and then
_LEAST: Final = 1.6  # weight below which a condition is not studied
_LEAST_REVIEW: Final = 0.8
_SHARE: Final = 0.3  # of the heaviest condition's weight
_SHARE_REVIEW: Final = 0.02  # a review lists what it is about


def conditions(document: Document, scan: Scan, taxonomy: Taxonomy, *, animal: bool, review: bool) -> list[Found]:
    """The conditions studied, the others as background; healthy people and surgical patients where no other is."""
    mentions = _meant(document, scan, taxonomy)
    named = [one for one in mentions if one.term.id not in _LAST]
    healthy = [one for one in mentions if one.term.id == "healthy-volunteers" and _themselves(document, one)]
    modelled = bool(healthy) or (not review and scan.has("psychosis"))
    weights = _weights(document, scan, named, animal=animal, modelled=modelled)
    told = {one.term.id for one in named if document.zone(one.start) is not Zone.BACKGROUND}
    if told and review:
        weights = {term: weight for term, weight in weights.items() if term in told}
    weights = weights if review else _without_aside(document, named, weights)
    if not review and not animal and scan.within("operated", 0, document.sentences[0].end):
        # whoever is operated on has, of what only the results name, no more than an outcome
        own = [one for one in named if document.zone(one.start) in (Zone.TITLE, Zone.AIM, Zone.METHODS)]
        said = _weights(document, scan, own, animal=animal, modelled=bool(healthy))
        weights = {term: weight for term, weight in weights.items() if said.get(term, 0.0) > _OUTCOME}
    several = _leave_unspecified(weights, taxonomy, _title_names(document, named, taxonomy), review=review)
    studied = _studied(weights, taxonomy, review=review) | several
    if "trd" in studied and "mdd" in weights and _BOTH.search(document.text):
        studied |= {"mdd"}
    if _tell_of_use(document, scan) and not scan.has("patients"):
        # what the users were asked is not what they have, unless the title says that they have it
        having = {one.term.id for one in named if _had_in_title(document, scan, one)}
        studied = {one for one in studied if one == "substance-use-disorder" or one in having}
    elif any(document.zone(one.start) is Zone.TITLE for one in (*healthy, *mentions) if one.term.id in _LAST):
        studied = {
            one.term.id
            for one in named
            if one.term.id in studied and (document.zone(one.start) is Zone.TITLE or _of_patients(document, one))
        }
    given = [one for one in healthy if _are_given(document, one)]
    if given:
        treated = {one.term.id for one in named if _of_patients(document, one)}
        entitled = {one.term.id for one in named if document.zone(one.start) is Zone.TITLE}
        studied = {one for one in studied if one in treated or (one in entitled and one != "other-psychiatric")}
    last = _last(document, scan, mentions, healthy, studied, animal=animal, review=review)
    if not studied and last is None and not animal:
        studied = set(taxonomy.most_specific(Axis.CONDITION, _indicated(document, scan, named)))
    if last is None and given and not animal:
        last = found(given[0], "healthy people given the drug")
    result, seen = [], set()
    for mention in sorted(mentions, key=lambda one: _ORDER[document.zone(one.start)]):
        term = mention.term.id
        if term not in seen and not (last and last.term == term):
            seen.add(term)
            role = STUDIED if term in studied else BACKGROUND
            result.append(found(mention, "condition of the title or the people studied", role))
    return result + ([last] if last else [])


_ORDER: Final = {
    zone: number
    for number, zone in enumerate(
        (Zone.TITLE, Zone.AIM, Zone.METHODS, Zone.CONCLUSION, Zone.RESULTS, Zone.BACKGROUND, Zone.OTHER)
    )
}
_BASE: Final = {
    Zone.TITLE: 4.0,
    Zone.AIM: 1.2,
    Zone.METHODS: 1.0,
    Zone.RESULTS: 0.4,
    Zone.CONCLUSION: 1.0,
    Zone.BACKGROUND: 0.3,
    Zone.OTHER: 0.0,
}


def _weights(
    document: Document, scan: Scan, mentions: list[Mention], *, animal: bool, modelled: bool
) -> dict[str, float]:
    """How much the text says that a condition is the one studied: where it stands, and in what phrase."""
    weights: dict[str, float] = {}
    for mention in mentions:
        if document.zone(mention.start) is Zone.TITLE:
            weight = _in_title(document, scan, mention)
        else:
            weight = _in_text(document, scan, mention, animal=animal)
        # healthy people in whom ketamine models schizophrenia; animals in whom it is modelled stand for the ill
        if (
            modelled
            and not animal
            and mention.term.id == "other-psychiatric"
            and not _names_patients(document, mention)
        ):
            weight *= 0.1
        weights[mention.term.id] = weights.get(mention.term.id, 0.0) + weight
    return weights


def _meant(document: Document, scan: Scan, taxonomy: Taxonomy) -> list[Mention]:
    """The conditions named, as they are meant: pain beside an operation, depression beside a birth.

    What is resistant where bipolar depression is resistant is not the depression of one pole.
    """
    mentions = scan.of(Axis.CONDITION)
    bipolar = [(one.start, one.end) for one in mentions if one.term.id == "bipolar-depression"]
    meant = []
    for one in mentions:
        if one.term.id == "trd" and any(start < one.end and one.start < end for start, end in bipolar):
            continue
        beside, becomes = _BESIDE.get(one.term.id, ("", ""))
        if beside and scan.has(beside) and (term := taxonomy.get(Axis.CONDITION, becomes)):
            start, end, zone = document.sentence(one.start)
            asked = zone is Zone.TITLE or (zone is Zone.AIM and scan.within("zone-aim", start, end))
            if asked and scan.within(beside, start, end):
                one = one._replace(term=term)
        meant.append(one)
    return meant


def _in_title(document: Document, scan: Scan, mention: Mention) -> float:
    start, end, zone = document.sentence(mention.start)
    low = max(start, mention.start - 30)
    if _ASIDE_IN_TITLE.search(document.text, low, mention.start) or _FORETELLS.match(document.text, mention.end, end):
        return _BASE[zone] * 0.15
    return _BASE[zone] * (0.5 if scan.within("aside", low, mention.start) else 1.0)


def _in_text(document: Document, scan: Scan, mention: Mention, *, animal: bool) -> float:
    """The weight of a mention in the abstract: doubled of those treated, little of what is measured or searched for."""
    start, end, zone = document.sentence(mention.start)
    at, after = mention.start, min(end, mention.end + 40)
    weight = _BASE[zone]
    if (
        zone is Zone.AIM
        and document.labelled
        and not scan.within("zone-aim", start, end)
        and _IS.search(document.text, start, end)
    ):
        weight = _BASE[Zone.BACKGROUND]  # what is known, under the label of the aim
    if (
        scan.within("people", max(start, at - 70), at)
        or scan.within("people", mention.end, min(end, mention.end + 20))
        or scan.within("treating", max(start, at - 60), at)
    ):
        weight *= 2
    if scan.within("aside", max(start, at - 30), at) or (
        not animal and scan.within("modelled", max(start, at - 30), at)
    ):
        weight *= 0.15
    if scan.within("search-words", start, at):
        weight *= 0.1
    if document.text.startswith(("antidepress", "Antidepress", "anti-depress"), at):
        weight *= 0.4  # what the drug does, whoever is given it
    if _MEASURED.match(document.text, mention.end, after) or (
        zone in (Zone.METHODS, Zone.RESULTS, Zone.AIM)
        and scan.within("measuring", max(start, at - 90), at)
        and not (zone is Zone.AIM and _AIMS.search(document.text, start, at))
        and not _names_patients(document, mention)
    ):
        weight *= 0.2  # what is measured in people who are studied for something else
    return weight


def _names_patients(document: Document, mention: Mention) -> bool:
    """Whether the words around are "patients with ...", "... patients"."""
    start, end, _ = document.sentence(mention.start)
    around = document.text[max(start, mention.start - 30) : mention.start] + "|"
    return bool(_OF_PATIENTS.search(around + document.text[mention.end : min(end, mention.end + 40)]))


def _are_given(document: Document, mention: Mention) -> bool:
    """Whether healthy people are counted or given the drug, and not only compared with patients."""
    start, end, zone = document.sentence(mention.start)
    if zone not in (Zone.AIM, Zone.METHODS, Zone.TITLE, Zone.RESULTS):
        return False
    before = document.text[max(start, mention.start - 45) : mention.start]
    after = document.text[mention.end : min(end, mention.end + 45)]
    if _COMPARED.search(before) or _COMPARED.match(after):
        return False
    return bool(_COUNTED.search(before) or _RECEIVED.match(after))


def _of_patients(document: Document, mention: Mention) -> bool:
    own = document.zone(mention.start) in (Zone.TITLE, Zone.AIM, Zone.METHODS)
    return own and _names_patients(document, mention)


def _without_aside(document: Document, named: list[Mention], weights: dict[str, float]) -> dict[str, float]:
    """Without what a title says to foretell the response, and thoughts of suicide that neither title nor aim names."""
    _start, end, _ = document.sentences[0]
    foretell = {one.term.id for one in named if one.start < end and _FORETELLS.match(document.text, one.end, end)}
    if any(one.term.id == "suicidality" for one in named) and any(
        document.zone(one.start) is Zone.TITLE and one.term.id != "suicidality" for one in named
    ):
        asked = any(
            one.term.id == "suicidality" and document.zone(one.start) in (Zone.TITLE, Zone.AIM) for one in named
        )
        foretell |= set() if asked else {"suicidality"}
    left = {term: weight for term, weight in weights.items() if term not in foretell}
    return left or weights


def _title_names(document: Document, named: list[Mention], taxonomy: Taxonomy) -> set[str]:
    """The mental disorders that the title names."""
    entitled = {one.term.id for one in named if document.zone(one.start) is Zone.TITLE}
    return {one for one in entitled if "mental-disorder" in taxonomy.ancestors(Axis.CONDITION, one)}


def _leave_unspecified(weights: dict[str, float], taxonomy: Taxonomy, entitled: set[str], *, review: bool) -> set[str]:
    """Take "psychiatric disorders" out where one is named, which gets its weight; give it back to a wide review."""
    weight = weights.pop(_UNSPECIFIED, 0.0)
    mental = [one for one in weights if "mental-disorder" in taxonomy.ancestors(Axis.CONDITION, one)]
    best = max(mental, key=lambda one: (weights[one], one), default="")
    if weight and best and weights[best] >= 1.0:
        weights[best] += 0.7 * weight
        return {_UNSPECIFIED} if review and entitled == {_UNSPECIFIED} and len(mental) < _MANY else set()
    return {_UNSPECIFIED} if entitled == {_UNSPECIFIED} else set()


def _studied(weights: dict[str, float], taxonomy: Taxonomy, *, review: bool) -> set[str]:
    """The conditions above a threshold; a general one gives its weight to the strongest below it."""
    total = dict(weights)
    for term in sorted(weights, key=lambda one: len(taxonomy.ancestors(Axis.CONDITION, one))):
        below = [one for one in weights if term in taxonomy.ancestors(Axis.CONDITION, one)]
        if below:
            best = max(below, key=lambda one: (total[one], one))
            if total[best] >= 1.0 or total[best] >= 0.25 * total[term]:
                total[best] += 0.7 * total[term]
                total[term] = 0.0
    top = max(total.values(), default=0.0)
    share = _SHARE_REVIEW if review else _SHARE
    if total.get("suicidality", 0.0) == top:
        share = min(share, _SHARE_REVIEW)  # suicidal ideation is treated in people with a mood disorder
    least = _LEAST_REVIEW if review else _LEAST
    chosen = {term for term, weight in total.items() if weight >= max(least, share * top)}
    return set(taxonomy.most_specific(Axis.CONDITION, chosen))


def _themselves(document: Document, mention: Mention) -> bool:
    """Whether healthy people are studied themselves, not only as the controls of patients."""
    text = document.text[mention.start : mention.end].lower()
    return document.zone(mention.start) not in (Zone.BACKGROUND, Zone.OTHER) and "control" not in text


def _last(
    document: Document,
    scan: Scan,
    mentions: list[Mention],
    healthy: list[Mention],
    studied: set[str],
    *,
    animal: bool,
    review: bool,
) -> Found | None:
    """Who is studied where no disease is: healthy people, or patients who have surgery or are sedated."""
    title = next((one for one in healthy if document.zone(one.start) is Zone.TITLE), None)
    controls = [one for one in mentions if one.term.id == "healthy-volunteers" and one not in healthy]
    both = next((one for one in controls if document.zone(one.start) in (Zone.AIM, Zone.METHODS)), None)
    if studied and both and scan.has("imaging"):
        return found(both, "healthy people given the drug beside the patients")
    if title or (healthy and not studied - {"experimental-pain"}):
        return found(title or healthy[0], "healthy people studied")
    if studied or animal:
        return None
    surgical = [one for one in mentions if one.term.id == "perioperative-other"]
    surgical = [one for one in surgical if document.zone(one.start) in (Zone.TITLE, Zone.AIM, Zone.METHODS)]
    patients = _first(document, scan, "patients")
    place = surgical[0][:2] if surgical else _first(document, scan, "surgery")
    alone = not document.has_abstract and place is not None and document.zone(place[0]) is Zone.TITLE
    asked = review and place is not None and document.zone(place[0]) in (Zone.TITLE, Zone.AIM)
    if place and (patients or scan.has("children") or asked or alone):
        if sought := _sought(document, scan):
            return Found(Axis.CONDITION, "postoperative-pain", *sought, "pain relief sought in patients in surgery")
        rule = "patients in surgery or sedation, no other condition"
        return Found(Axis.CONDITION, "perioperative-other", *place, rule)
    # who takes ketamine by himself, or is asked about it, need not be healthy
    ours = any(document.zone(one.start) is Zone.TITLE for one in scan.of(Axis.DRUG))
    surveyed = (ours and (not document.has_abstract or scan.has("observed"))) or (review and bool(scan.of(Axis.DRUG)))
    if (
        not patients
        and not surveyed
        and not _ILL.search(document.text, 0, document.sentences[0].end)
        and (place := _first(document, scan, "not-patients"))
    ):
        return Found(Axis.CONDITION, "healthy-volunteers", *place, "people without a disease that is named")
    return None


def _indicated(document: Document, scan: Scan, named: list[Mention]) -> set[str]:
    """What the drug is said to be for, where patients are studied and no more is said of them: its safety, its cost."""
    if not scan.has("patients", "observed") or scan.has("misuse", "misuse-of-ketamine", "drug-use", "assay"):
        return set()
    drugs = scan.of(Axis.DRUG)
    found_in = set()
    for one in named:
        start, end, _ = document.sentence(one.start)
        if scan.within("indicated", max(start, one.start - 150), one.start) and any(
            start <= drug.start < end for drug in drugs
        ):
            found_in.add(one.term.id)
    return found_in - {"suicidality", _UNSPECIFIED} or found_in


def _sought(document: Document, scan: Scan) -> tuple[int, int] | None:
    """Where title, aim or main outcome says that what is sought is relief of pain: fewer opioids, longer analgesia."""
    for place in scan.cue("relief-sought"):
        start, end, zone = document.sentence(place[0])
        if zone in (Zone.TITLE, Zone.AIM) or (
            zone is Zone.METHODS and scan.within("main-outcome", max(start, place[0] - 60), end)
        ):
            return place
    return None


def _had_in_title(document: Document, scan: Scan, mention: Mention) -> bool:
    """Whether a title speaks of people with a condition: "in adults with ..."."""
    start = document.sentences[0].start
    is_title = document.zone(mention.start) is Zone.TITLE
    return is_title and scan.within("people", max(start, mention.start - 40), mention.start)


def _tell_of_use(document: Document, scan: Scan) -> bool:
    """Whether the title says that users of a drug are studied."""
    title = document.sentences[0]
    told = scan.within("drug-users", title.start, title.end) or scan.within("drug-use", title.start, title.end)
    return told and not scan.within("treating-title", title.start, title.end)


def _first(document: Document, scan: Scan, cue: str) -> tuple[int, int] | None:
    own = (Zone.TITLE, Zone.AIM, Zone.METHODS, Zone.RESULTS)
    return next(
        (
            place
            for place in scan.cue(cue)
            if document.zone(place[0]) in own and not document.text.startswith(("sub-", "Sub-"), place[0] - 4)
        ),
        None,
    )
