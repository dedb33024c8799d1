"""What was measured: outcomes, by name or by their scales; adverse effects.

A term counts where the text says of this study that it was measured or found. What stands in the background, describes
the people studied, divides them into groups, is a limitation, or is only hoped for is not an outcome.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from operator import attrgetter
from typing import Final

from ketlit.tagging.axes import CONDITIONS
from ketlit.tagging.candidates import Mention, Scan
from ketlit.tagging.design_evidence import (
    EDITORIAL_LETTER,
    NARRATIVE_REVIEW,
    PRECLINICAL,
)
from ketlit.tagging.document import IN_AIM, IN_BACKGROUND, IN_RESULTS, IN_TITLE, Document, Sentence
from ketlit.tagging.findings import BACKGROUND, STUDIED, Found, found
from ketlit.tagging.measured import ASKED, DONE, LEVELS, MEASURED, UNTOLD, Text, is_had, was_absent
from ketlit.tagging.starts import seeker
from ketlit.tagging.taxonomy import Taxonomy
from ketlit.vocabulary import Axis, Design

_OUTCOME: Final = Axis.OUTCOME
_SCALE: Final = Axis.OUTCOME_MEASURE
_HARM: Final = Axis.ADVERSE_EFFECT
# what is measured where a condition studied is said to change, to be rated or to be treated with success
_OF_CONDITION: Final = {"depression": "depressive-symptoms", "pain": "pain-intensity", "ptsd": "ptsd-symptoms"}
_SYMPTOMS: Final = frozenset({*_OF_CONDITION.values(), "suicidal-ideation"})
# contexts in which a symptom is the effect looked for, and harm only where the text says harm
_SOUGHT: Final = frozenset({"psychosis-model", "mechanistic", "misuse"})
# what ketamine does to organs, which is looked for in animals
_DAMAGE: Final = frozenset({"neurotoxicity", "urotoxicity", "hepatotoxicity"})
# of whom a harm is told: "in five subjects", "reported by all", "were more frequent"
_HAPPENED: Final = seeker(
    r"\b(?:(?:in|by|of|for|to) (?:only )?(?:all|most|both|none|no|some|several|\w+teen|\d{1,3}|one|two|three|four|five|"
    r"six|seven|eight|nine|ten|eleven|twelve|the (?:subjects|volunteers|participants|men|women|majority))|occur\w*|"
    r"(?:was|were) (?:\w+ )?(?:reported|noted|admitted|complained|recalled|related|described|common|frequent|"
    r"experienced|mentioned|troublesome)|experienced|complained|reported|described|suffered|had)\b"
)
# contexts in which a line to be marked is seldom of pain
_OF_MIND: Final = _SOUGHT | {"therapeutic-psychiatric"}
# contexts in which sedation is what is wanted
_ASLEEP: Final = frozenset({"anesthesia", "veterinary"})
_OF_THE_ILL: Final = frozenset({"response", "remission"})
# what patients reach is not what they have: "patients with remission"
_REACHED: Final = _OF_THE_ILL | {"relapse"}
# what a model of costs reckons with is not what it measures
_RECKONED: Final = frozenset({"healthcare-use", "quality-of-life"})

# how many responded, or what counted as response
_COUNTED: Final = re.compile(
    r"[%≥⩾]|\b(?:rates?\b|percent|defin|proportion|number of|odds\b|likel|achiev|criteri|more often|"
    r"\d+ ?/ ?\d+|predict|moderat|associat)",
    re.I,
)
_SURVEYED: Final = seeker(
    r"\b(?:survey|questionnaires?|respondents|invit\w+|e-?mails?|lever|correct|errors?|hits?|"
    r"startle|button|trials? per)\b"
)
# in a list of adverse events: "side effects were nausea, fatigue"
_ALSO_HARM: Final = frozenset({"fatigue", "anxiety", "sleep", "cognition", "suicidal-ideation", "pain-intensity"})
_HARMS_ARE: Final = seeker(
    r"\b(?:(?:adverse|side|untoward|unwanted|undesirable)[ -](?:events?|effects?|reactions?)|complications|(?:TE)?AEs)"
    r"\b(?: \([^)]{0,30}\))?[^.;()]{0,40}?(?:\b(?:were|was|includ\w+|such as|like|of)\b|:|\((?!n\b))[^.;]{0,140}$"
)
# words by which a condition is a symptom that changes or is rated, not what people have
_CHANGES: Final = seeker(
    r"\b(?:severity|scores?|scales?|symptom|rat(?:ed|ing|ings)|inciden\w+|improv|reduc|decreas|declin|alleviat|reliev|"
    r"relief|ameliorat|mitigat|prevent|antidepress|effic|effective|effects? (?:on|in|of)|levels? of|lower|less|"
    r"worsen|increas|chang|risk of|risk for|occurrence|intensity|assess|measur|outcome|respon)"
)
_EFFICACY: Final = seeker(
    r"\b(?:efficac|effective(?!ness (?:study|trial|research|analysis))|(?:therapeutic|clinical|treatment) effects? )"
)
_MEASURE: Final = seeker(
    r"\b(?:outcomes?|end-?points?|measure[sd]?|assess(?:ed|ment|ments|ing)|evaluat(?:ed|ion|ing)|monitored|recorded|"
    r"scores? (?:for|of|on)|ratings? of)\b(?! (?:with|for|whether|if)\b)[^.;:]{0,220}$"
)
# amounts of what is given against pain: "morphine use", "PCA bolus frequency", "consumption of rescue analgesics"
_AMOUNT_AFTER: Final = re.compile(
    r"[ -](?:(?:medications?|drugs?|agents?|pump|button|bolus|rescue|equivalents?|dose|daily) ){0,2}(?:consum\w+|"
    r"requirements?|usage|demands?|needs?|intake|frequenc(?:y|ies)|press(?:es|ings?)|bolus(?:es)?|dosages?|sparing|"
    r"requests?|use(?! (?:disorder|of|in|for|is)\b))\b",
    re.I,
)
_AMOUNT_BEFORE: Final = seeker(
    r"\b(?:consum(?:ption|ed)|requirements?|usage|amounts?|needs?|demands?|intake|requests?|(?:decreas|reduc)\w+ in"
    r"(?: the)?(?: use| dose)?|total doses?|cumulative doses?|time to (?:first )?) ?(?:of|for|in)? ?(?:(?:the|total|"
    r"rescue|additional|supplemental|first|further|extra|postoperative|intraoperative|perioperative|intravenous|more|daily|use|of|"
    r"their) ){0,3}$"
)
# what some of the patients took beside it: "fewer children needed paracetamol"
_NEEDED: Final = seeker(
    r"\b(?:needed|required|requested|demanded|(?:asked|called) for|(?:demands?|calls?) for) (?:(?:the|any|no|less|more|"
    r"fewer|another|further|additional|supplementary|postoperative|iv|oral|single|doses?|of|a) ){0,4}$"
)
# "serum BDNF levels"
_LEVEL_AFTER: Final = re.compile(
    r"[ -](?!pressure)(?:(?:[\w-]+ ){1,3}(?:levels?|concentrations?)\b|"
    r"(?:levels?|concentrations?) of (?:[\w-]+ ){0,2}[\w-]+)",
    re.I,
)
_OF_DRUG: Final = seeker(
    r"ket|metabolite|drug|propofol|morphine|fentan|lidocaine|midazolam|an[a]?esthetic|pcp|phencyclidine"
)
# scales that are a line or numbers, of whatever is asked; and items of a scale, which do not measure what it measures
_LINES: Final = frozenset({"vas", "nrs"})
_OF_PAIN: Final = seeker(r"pain|ache\b|analges|discomfort|nocicept|hyperalges|allodyn|soreness|myalgia")
_ELSE: Final = seeker(
    r"\b(?:happi|high\b|mood|anxi|craving|urge|fatigue|tired|sedat|drows|alert|satisf|itch|prurit|nausea|dissociat|liking|"
    r"euphor|intoxicat|stress|sad|suicid|sleep|percept|altered|subjective)"
)
_ITEM_AFTER: Final = re.compile(r"(?: ?\([\w -]{2,12}\)|\))?(?:'s)?[ -](?:\w+[ -])?items? (?:\d|on|of|for)", re.I)
_ITEM_BEFORE: Final = seeker(r"\bitems?(?: \d{1,2})? (?:of|in|from) (?:the )?(?:\S{1,12} )?$")
_SYMPTOM: Final = "symptom of the condition studied"
# an amount that was aimed at is no result: "a serum concentration of 30 ng/ml"
_AMOUNT: Final = seeker(r"\d ?(?:n|m|u|µ)g ?/ ?(?:m|d)?l\b")
_START: Final = attrgetter("start")
_OWN: Final = ASKED | DONE


def outcomes(
    document: Document, scan: Scan, taxonomy: Taxonomy, studied: set[str], *, context: str, design: Design
) -> list[Found]:
    """Outcomes, scales and adverse effects: measured where aim, methods or results name them, else background."""
    review = design is NARRATIVE_REVIEW
    asked = review or context == "misuse"
    named, cues = scan.mentions, scan.cues
    economic = "economic" in cues
    text = Text(document, scan, every=asked or economic)
    result = _scales(text, context) if _SCALE in named else []
    if _OUTCOME in named:
        result += _named(text)
    if "analgesic" in cues:
        result += _amounts(text)
    if "fluid" in cues:
        result += _levels(text)
    if _HARM in named:
        result += _harms(text, context, design)
    if design is EDITORIAL_LETTER:
        return [one if _is_subject(text, one) else one._replace(role=BACKGROUND) for one in result]
    if context == "mechanistic" and scan.has("laboratory-animal"):
        result += _functions(text)
    if not studied or (context in _SOUGHT and scan.has("laboratory-animal")):  # of animals it is a task's
        result = [one._replace(role=BACKGROUND) if one.term in _OF_THE_ILL else one for one in result]
    if economic:
        return [one if _is_reckoned(text, one) else one._replace(role=BACKGROUND) for one in result]
    if asked:
        explains = review and context == "mechanistic"
        result = [one._replace(role=_told_of(text, one, review=review, explains=explains)) for one in result]
    if context in _SOUGHT and not review:
        return result
    known = {term for _, term, _, _, _, role in result if role == STUDIED}
    return result + _of_conditions(text, taxonomy, studied, known, review)


def _scales(text: Text, context: str) -> list[Found]:
    """Scales, and what they measure."""
    result = []
    for mention in text.named(_SCALE):
        role = STUDIED if text.read(mention.sentence).zone in MEASURED else BACKGROUND
        if not text.tells(mention, role):
            continue
        result.append(found(mention, "scale", role))
        if _is_of_something_else(text, mention, context):
            continue
        given = [(_OUTCOME, mention.term.outcome)] if mention.term.outcome else []
        for axis, term in (*given, *mention.term.implies):
            sought = axis is _HARM and context in _SOUGHT
            of = BACKGROUND if sought else role
            result.append(Found(axis, term, mention.start, mention.end, "measured by its scale", of))
    return result


def _is_of_something_else(text: Text, mention: Mention, context: str) -> bool:
    """Whether a line to be marked is not of pain, or only items of a scale are meant."""
    if mention.term.id not in _LINES:
        return mention.term.outcome == "depressive-symptoms" and _is_item(text, mention)
    whole = text.document.text
    start, end, _ = mention.sentence
    if _OF_PAIN.search(whole, max(start, mention.start - 120), min(end, mention.end + 60)):
        return False
    if context in _OF_MIND and not text.scan.has("analgesic"):
        return True
    return _ELSE.search(whole, max(start, mention.start - 30), min(end, mention.end + 30)) is not None


def _is_item(text: Text, mention: Mention) -> bool:
    """Whether only items of a scale are meant, which do not measure what it measures."""
    whole = text.document.text
    start, end, _ = mention.sentence
    return bool(
        _ITEM_AFTER.match(whole, mention.end, end)
        or _ITEM_BEFORE.search(whole, max(start, mention.start - 40), mention.start)
    )


def _named(text: Text) -> list[Found]:
    """Outcomes by their names."""
    result = []
    for mention in text.named(_OUTCOME):
        start, end, of, _, sentence = mention
        term = of.id
        if text.moved:
            sentence = text.read(sentence)
        role = text.role(sentence, start, end)
        if role == STUDIED and (
            (term not in _REACHED and is_had(text, mention))
            or (term == "response" and _is_group(text, mention))
            or (term == "depressive-symptoms" and text.scan.has("item") and _is_item(text, mention))
            or (term in _ALSO_HARM and _is_harm(text, mention))
            or (term in LEVELS and _is_aimed_at(text, mention))
        ):
            role = BACKGROUND
        if text.tells(mention, role):
            result.append(found(mention, "outcome named", role))
    return result


def _amounts(text: Text) -> list[Found]:
    """How much is taken against pain, whatever the drug and the order of the words."""
    whole = text.document.text
    for start, end in text.scan.cue("analgesic"):
        sentence = text.sentence(start)
        if sentence.zone not in MEASURED:
            continue
        after = _AMOUNT_AFTER.match(whole, end, sentence.end)
        low = max(sentence.start, start - 60)
        needed = sentence.zone is IN_RESULTS and _NEEDED.search(whole, low, start)
        if needed or after or _AMOUNT_BEFORE.search(whole, low, start):
            end = after.end() if after else end
            if needed or text.role(sentence, start, end) == STUDIED:
                return [Found(_OUTCOME, "analgesic-consumption", start, end, "amount of an analgesic")]
    return []


def _levels(text: Text) -> list[Found]:
    """How much of something is in a fluid of the body: of a drug its kinetics, of anything else a marker."""
    result: dict[str, Found] = {}
    whole = text.document.text
    for start, end in text.scan.cue("fluid"):
        sentence = text.sentence(start)
        after = _LEVEL_AFTER.match(whole, end, sentence.end) if sentence.zone in MEASURED else None
        if not after or _AMOUNT.search(whole, max(sentence.start, start - 30), after.end() + 30):
            continue
        term = "pharmacokinetic-outcome" if _OF_DRUG.search(whole, start, after.end()) else "biomarker"
        if term not in result and text.role(sentence, start, after.end()) == STUDIED:
            result[term] = Found(_OUTCOME, term, start, after.end(), "level in a fluid of the body")
    return list(result.values())


def _functions(text: Text) -> list[Found]:
    """What organs and cells of animals do under the drug: a marker of its mechanism."""
    for place in text.scan.cue("physiology"):
        if text.role(text.sentence(place[0]), *place) == STUDIED:
            return [Found(_OUTCOME, "biomarker", *place, "function of an organ")]
    return []


def _harms(text: Text, context: str, design: Design) -> list[Found]:
    harms = []
    for mention in text.named(_HARM):
        start, end, of, _, sentence = mention
        if text.moved:
            sentence = text.read(sentence)
        role = text.role(sentence, start, end, harm=True)
        if role == STUDIED and of.id != "any" and is_had(text, mention):
            role = BACKGROUND
        if role == BACKGROUND and sentence[2] is IN_BACKGROUND and was_absent(text, sentence):
            role = STUDIED
        if text.tells(mention, role):
            harms.append(found(mention, "adverse effect named", role))
    sought = context in _SOUGHT or (design is PRECLINICAL and context != "veterinary")
    if sought and not any(one.term == "any" and one.role == STUDIED for one in harms):
        entitled = context == "misuse"  # harm of what is misused is what the study is about where its title says so
        told = context == "mechanistic" and design is not PRECLINICAL
        harms = [
            one
            if (entitled and _is_asked(text, one))
            or (told and _has_happened(text, one))
            or (design is PRECLINICAL and one.term in _DAMAGE)
            else one._replace(role=BACKGROUND)
            for one in harms
        ]
    if context in _ASLEEP:
        harms = [one._replace(role=BACKGROUND) if one.term == "sedation" else one for one in harms]
    return harms


def _has_happened(text: Text, one: Found) -> bool:
    """Whether results tell in whom a harm was seen."""
    start, end, zone = text.sentence(one.start)
    if zone not in DONE:
        return False
    low, high = max(start, one.start - 60), min(end, one.end + 60)
    return bool(_HAPPENED.search(text.document.text, low, high))


def _is_subject(text: Text, one: Found) -> bool:
    """Whether a letter is about it, which measures nothing: what the title names besides efficacy and harm."""
    return one.axis is _OUTCOME and text.sentence(one.start).zone is IN_TITLE


def _is_reckoned(text: Text, one: Found) -> bool:
    """Whether a model of costs is about it: costs, and what its results give."""
    return one.term in _RECKONED or (one.axis is _OUTCOME and text.sentence(one.start).zone is IN_RESULTS)


def _is_asked(text: Text, one: Found) -> bool:
    return text.sentence(one.start).zone in ASKED


def _is_group(text: Text, mention: Mention) -> bool:
    """Whether response names a group, the drug's effect in general, or answers to a survey: no rate of response."""
    document = text.document
    start, end, zone = text.read(mention.sentence)
    if document.has_abstract and zone not in DONE:
        return True
    said = text.said(mention)
    if "rate" in said and _SURVEYED.search(document.text, max(start, mention.start - 60), min(end, mention.end + 60)):
        return True
    if "responder" not in said:
        return False
    return not _COUNTED.search(document.text, max(start, mention.start - 60), min(end, mention.end + 60))


def _is_harm(text: Text, mention: Mention) -> bool:
    """Whether it stands in a list of adverse events: after their name, or among others."""
    start, _, zone = mention.sentence
    if zone is IN_RESULTS and len(text.harmed.get(start, ())) > 1:
        return True
    low = max(start, mention.start - 200)
    return text.scan.within("harm-word", low, mention.start) and bool(
        _HARMS_ARE.search(text.document.text, low, mention.start)
    )


def _is_aimed_at(text: Text, mention: Mention) -> bool:
    return bool(_AMOUNT.search(text.document.text, max(0, mention.start - 30), mention.end + 30))


def _family(taxonomy: Taxonomy, condition: str) -> str:
    """The condition whose symptoms are those of another, or "" where that is none of ours."""
    above = taxonomy.ancestors(CONDITIONS, condition)
    if condition not in _OF_CONDITION and above.isdisjoint(_OF_CONDITION):
        return ""
    for one in _OF_CONDITION:
        if one == condition or one in above:
            return one
    return ""


def _of_conditions(text: Text, taxonomy: Taxonomy, studied: set[str], known: set[str], review: bool) -> list[Found]:
    """Symptoms of the condition studied, where the text says of the condition that it changes or is rated."""
    result: list[Found] = []
    mentions = text.scan.of(CONDITIONS)
    if not (mentions or studied):
        return result
    families = {}
    for term in studied.union([one[2].id for one in mentions]):
        if family := _family(taxonomy, term):
            families[term] = family
    if not families:
        return result
    about = {families[term] for term in studied if term in families}
    zones = _OWN
    if known & _OF_THE_ILL and not review:  # "efficacy" in title or aim is how many responded
        zones = DONE
    for mention in mentions:
        condition = families.get(mention.term.id)
        if condition is None or (outcome := _OF_CONDITION[condition]) in known:
            continue
        sentence = text.read(mention.sentence) if text.moved else mention.sentence
        if not review and sentence.zone not in zones:
            continue
        if not _is_symptom(text, sentence, mention, condition in about, review):
            continue
        known.add(outcome)
        result.append(Found(_OUTCOME, outcome, mention.start, mention.end, _SYMPTOM))
    if not review:  # symptoms that are not named are those of the conditions studied
        unnamed = {_OF_CONDITION[one] for one in about} - known
        places = text.scan.cue("symptoms-changed") if unnamed else []
        changed = next((place for place in places if text.sentence(place[0]).zone in DONE), None)
        if changed:
            result += [Found(_OUTCOME, one, *changed, _SYMPTOM) for one in sorted(unnamed)]
    return result


def _is_symptom(text: Text, sentence: Sentence, mention: Mention, about: bool, review: bool) -> bool:
    """Whether a condition is said to change, to be rated or, in title or aim, to be what efficacy is asked for in."""
    if review:
        told = about and text.is_of_drug(sentence) and _changes(text, sentence, mention, _EFFICACY)
    elif sentence.zone in ASKED:
        told = about and _is_effect_on(text, sentence, mention)
    else:
        told = (about and _changes(text, sentence, mention, _CHANGES)) or _is_measured(text, sentence, mention)
    return told and not is_had(text, mention) and not _is_in_scale(text, mention)


def _is_in_scale(text: Text, mention: Mention) -> bool:
    """Whether it is only part of the name of a scale."""
    return any(one.start <= mention.start < one.end for one in text.scan.of(_SCALE))


def _changes(text: Text, sentence: Sentence, mention: Mention, words: re.Pattern[str]) -> bool:
    low, high = max(sentence.start, mention.start - 60), min(sentence.end, mention.end + 60)
    return bool(words.search(text.document.text, low, high))


def _is_effect_on(text: Text, sentence: Sentence, mention: Mention) -> bool:
    """Whether title or aim asks for the efficacy of a treatment in a condition, and on nothing named before it."""
    hit = _EFFICACY.search(text.document.text, max(sentence.start, mention.start - 160), mention.start)
    if hit is None:
        return False
    named = text.scan.of(_OUTCOME)
    at = bisect_left(named, hit.end(), key=_START)
    between = named[at : bisect_left(named, mention.start, lo=at, key=_START)]
    return all(one.term.id == "participant-disposition" for one in between)


def _is_measured(text: Text, sentence: Sentence, mention: Mention) -> bool:
    """Whether it stands in a list of what was measured."""
    low = max(sentence.start, mention.start - 260)
    return bool(_MEASURE.search(text.document.text, low, mention.start))


def _told_of(text: Text, one: Found, *, review: bool, explains: bool) -> str:
    """Whether a review or a report of misuse is about it.

    A review tells of many outcomes, and scores describe people who misuse drugs: title or aim must name it. Markers
    are measured in people who misuse drugs, and a review that `explains` how a drug acts is about them. Harm is a
    review's own only where its title names the drug. A review of ketamine by its title is about what it says of
    ketamine's effect on symptoms and of its harms, and about what it gives figures of.
    """
    sentence = text.sentence(one.start)
    if one.term in LEVELS and (explains or not review):
        return BACKGROUND if sentence.zone in UNTOLD else STUDIED
    harm = one.axis is _HARM
    if sentence.zone in ASKED:
        return BACKGROUND if review and harm and sentence.zone is IN_AIM and not text.titled else one.role
    if not review or explains or not text.is_of_drug(sentence):
        return BACKGROUND
    told = (harm or one.term in _SYMPTOMS) and sentence.zone not in UNTOLD
    return STUDIED if told or "%" in text.document.text[sentence.start : sentence.end] else BACKGROUND
