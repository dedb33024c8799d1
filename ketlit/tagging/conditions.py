"""Which conditions are studied: not every disease that is mentioned. The most specific wins."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from ketlit.tagging.candidates import Mention, Scan
from ketlit.tagging.document import Document, Zone
from ketlit.tagging.findings import BACKGROUND, STUDIED, Found, found
from ketlit.tagging.taxonomy import Taxonomy
from ketlit.vocabulary import Axis

_WHO: Final = r"(?:patients?|participants?|subjects?|individuals?|people|persons?|adults?|children|adolescents|women|men|veterans|mothers|cases|inpatients|outpatients|parturients|sample|those|cohort|population|users)"
# what stands before a condition that people have, or that is treated
_BEFORE: Final = re.compile(
    rf"\b{_WHO} (?:\w+ ){{0,6}}?(?:with|diagnosed with|suffering from|having|who (?:had|have|met)(?: [\w-]+){{0,4}}?|experiencing|meeting(?: [\w-]+){{0,4}}|for|affected by|admitted for|hospitali[sz]ed for)"
    rf"(?: [\w/,()-]+){{0,7}}? $|"
    r"\b(?:treat(?:ment|ing|ed)?|therapy|manag(?:ement|ing)|relie(?:f|ve|ving)|prevent(?:ion|ing|s|ed)?|reduc(?:e|es|ed|ing|tion)|alleviat\w+|attenuat\w+|intervention|efficacy|effective(?:ness)?|improv\w+|control(?:ling)?|option|options|useful|promising|benefi\w+|incidence|severity|effects?|impact|role|use of \w+|ketamine)"
    r" (?:of|for|in|on|to|against|the)?(?: [\w-]+){0,6}? ?$|"
    r"\b(?:diagnos(?:is|ed)|suffer\w*|criteria)(?: [\w-]+){0,5} $|\b(?:in|for|with) (?:\w+[ -]){0,3}$",
    re.I,
)
_AFTER: Final = re.compile(rf"^[ -]?(?:\([^()]{{1,20}}\) )?(?:\w+ ){{0,2}}?(?:{_WHO}|diagnosis|treatment|therapy|management|relief|symptoms|disorder|trials?)\b", re.I)  # fmt: skip
# a condition that these words speak of is not that of the people studied
_ASIDE: Final = re.compile(
    r"\b(?:history of|no|without|exclud\w+|absence of|free of|risk of|family|lifetime|model(?:s|ing)? of|unlike|including|such as|e\.g\.,?|comorbid|features of|implicated in|relevan\w+ (?:to|for)|similar to|resembl\w+|seen in|observed in|pathophysiology of|understanding of|development of)"
    r"(?: [\w-]+){0,3}? ?$",
    re.I,
)
_HEALTHY: Final = re.compile(r"healthy(?: [\w-]+,?){0,5} controls?", re.I)


def conditions(document: Document, scan: Scan, taxonomy: Taxonomy) -> list[Found]:
    """The conditions studied, the others as background, and healthy people where no condition is studied."""
    mentions = scan.of(Axis.CONDITION)
    weights = _weights(document, scan, [one for one in mentions if one.term.id != "healthy-volunteers"])
    studied = _studied(weights, taxonomy)
    result, seen = [], set()
    for mention in sorted(mentions, key=lambda one: _ORDER[document.zone(one.start)]):
        term = mention.term.id
        if term == "healthy-volunteers" or term in seen:
            continue
        seen.add(term)
        role = STUDIED if term in studied else BACKGROUND
        result.append(found(mention, "condition of the title or the people studied", role))
    healthy = _healthy(document, scan, mentions, studied)
    return result + ([healthy] if healthy else [])


_ORDER: Final = {zone: number for number, zone in enumerate((Zone.TITLE, Zone.AIM, Zone.METHODS, Zone.CONCLUSION, Zone.RESULTS, Zone.BACKGROUND, Zone.OTHER))}  # fmt: skip
_BASE: Final = {Zone.TITLE: 4.0, Zone.AIM: 1.2, Zone.METHODS: 1.0, Zone.RESULTS: 0.4, Zone.CONCLUSION: 1.0, Zone.BACKGROUND: 0.3, Zone.OTHER: 0.0}  # fmt: skip


def _weights(document: Document, scan: Scan, mentions: list[Mention]) -> Counter[str]:
    """How much the text says that a condition is the one studied: where it stands, and in what phrase."""
    weights: Counter[str] = Counter()
    text = document.text
    for mention in mentions:
        sentence = document.sentence(mention.start)
        before = text[max(sentence.start, mention.start - 90) : mention.start]
        after = text[mention.end : min(sentence.end, mention.end + 40)]
        weight = _BASE[sentence.zone]
        if sentence.zone is not Zone.TITLE:
            if _BEFORE.search(before) or _AFTER.search(after):
                weight *= 2
            if _ASIDE.search(before):
                weight *= 0.15
        elif _ASIDE.search(before):
            weight *= 0.5
        weights[mention.term.id] += weight  # type: ignore[assignment]
    return weights


def _studied(weights: Counter[str], taxonomy: Taxonomy) -> set[str]:
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
    chosen = {term for term, weight in total.items() if weight >= max(1.6, 0.4 * top)}
    return set(taxonomy.most_specific(Axis.CONDITION, chosen))


def _healthy(document: Document, scan: Scan, mentions: list[Mention], studied: set[str]) -> Found | None:
    """Healthy people who are studied themselves, not as the controls of patients."""
    for mention in sorted(mentions, key=lambda one: _ORDER[document.zone(one.start)]):
        if mention.term.id == "healthy-volunteers" and document.zone(mention.start) is not Zone.BACKGROUND:
            role = BACKGROUND if studied and document.zone(mention.start) is not Zone.TITLE else STUDIED
            return found(mention, "healthy people studied", role)
    return None
