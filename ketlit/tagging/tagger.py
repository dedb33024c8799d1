"""Tags for a record: from its MeSH headings, from curated facts, and which of several origins' tags count."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from ketlit.record import Facts, Record, Tag
from ketlit.tagging.patterns import LONGEST
from ketlit.tagging.taxonomy import Headings, Taxonomy, Term
from ketlit.vocabulary import Axis, Design, Origin

KETAMINE_UIS: Final = frozenset({"D007649", "C000629870"})
# what these axes say, they say of ketamine: a record that does not name it gets no tag on them
OF_KETAMINE: Final = frozenset({Axis.DRUG, Axis.ROUTE, Axis.COMPARATOR, Axis.REGIMEN, Axis.CONTEXT})
# of several terms on these axes one counts
SINGLE: Final = frozenset({Axis.DESIGN, Axis.CONTEXT})
STRENGTH: Final = {Origin.USER: 0, Origin.CURATED: 1, Origin.MESH: 2, Origin.TEXT: 3}

_CHINESE: Final = "氯胺酮"
_NAMES_KETAMINE: Final = ("ketamin", "kétamin", "cetamina", _CHINESE)
_PART: Final = b"tamin"  # of all its names in Latin letters


def mesh_tags(record: Record, taxonomy: Taxonomy, headings: Headings | None = None) -> list[Tag]:
    """The tags that a record's MeSH headings, substances and publication types give, by the taxonomy's MeSH rules.

    One tag a term, with the heading as printed; a major topic is named before a minor one. Terms are printed ids.
    A heading that only supports a term gives none. Route, comparator, drug, regimen and context speak of ketamine,
    so only a record that names ketamine gets them; a record that does not is *not* tagged `not-ketamine`, for MeSH
    that is silent proves nothing. `headings` is `taxonomy.by_heading()`, to be made once for many records.
    """
    headings = headings or taxonomy.by_heading()
    uis = {heading.ui for heading in record.mesh}
    about_ketamine = names_ketamine(record)
    found: dict[tuple[Axis, str], Tag] = {}
    for term, tag in (*_from_headings(record, headings), *_from_qualifiers(record, headings)):
        if term.grouping or uis.intersection(term.mesh_unless):
            continue
        for axis, named in ((term.axis, term.id), *term.implies):
            if axis in OF_KETAMINE and not about_ketamine:
                continue
            printed = taxonomy.printed(axis, named)
            rule = tag.rule if axis == term.axis and named == term.id else f"{tag.rule}, implied by {term.id}"
            found.setdefault(
                (axis, printed), Tag(axis, printed, Origin.MESH, section=tag.section, quote=tag.quote, rule=rule)
            )
    return list(found.values())


def names_ketamine(record: Record, folded: bytes | None = None) -> bool:
    """Whether ketamine stands in a record's headings, substances, title, abstract or keywords.

    `folded`: title and abstract in small letters, where they are at hand: they need not be lowered again.
    """
    texts = [record.vernacular_title]
    if record.mesh or record.chemicals:
        uis = [heading.ui for heading in record.mesh] + [chemical.ui for chemical in record.chemicals]
        if not KETAMINE_UIS.isdisjoint(uis):
            return True
        texts += [chemical.name for chemical in record.chemicals]
    texts += [keyword.text for keyword in record.keywords]
    told = [record.title]
    for section in record.sections:
        (told if section.kind == "abstract" else texts).append(section.text)
    if folded is None or _may_name(folded) or sum(map(len, told)) > LONGEST:
        texts += told
    else:
        for text in told:
            if _CHINESE in text:
                return True
    whole = "\n".join(texts)
    if not whole:
        return False
    if _PART not in whole.encode("utf-8", "surrogatepass").lower():
        return _CHINESE in whole
    whole = whole.lower()
    return any(name in whole for name in _NAMES_KETAMINE)


def _may_name(folded: bytes) -> bool:
    return b"etamin" in folded and (b"ketamin" in folded or b"cetamin" in folded)


def _from_headings(record: Record, headings: Headings) -> Iterator[tuple[Term, Tag]]:
    """Each term that a heading gives by itself: major topics, then minor ones, substances, publication types."""
    for heading in sorted(record.mesh, key=lambda each: not each.major):
        topic = "major topic" if heading.major else "minor topic"
        for term in headings.terms(heading.ui, heading.name):
            if not term.mesh_only_supports:
                yield term, _found(term, "mesh", heading.name, f"MeSH {heading.ui}, {topic}")
    for chemical in record.chemicals:
        for term in headings.terms(chemical.ui, chemical.name):
            if not term.mesh_only_supports:
                yield term, _found(term, "chemical", chemical.name, f"substance {chemical.ui}".rstrip())
    for kind in record.publication_types:
        for term in headings.terms(kind.ui, kind.name):
            if not term.mesh_only_supports:
                yield term, _found(term, "publication-type", kind.name, f"publication type {kind.ui}".rstrip())


def _from_qualifiers(record: Record, headings: Headings) -> Iterator[tuple[Term, Tag]]:
    for heading in record.mesh:
        for qualifier in heading.qualifiers:
            for wanted, term in headings.qualified:
                if qualifier.ui == wanted.ui and (not wanted.on or heading.ui in wanted.on):
                    quote = f"{heading.name}/{qualifier.name}"
                    yield term, _found(term, "mesh", quote, f"MeSH {heading.ui}, qualifier {qualifier.ui}")


def _found(term: Term, section: str, quote: str, rule: str) -> Tag:
    return Tag(term.axis, term.id, Origin.MESH, section=section, quote=quote, rule=rule)


def facts_tags(facts: Facts, taxonomy: Taxonomy) -> list[Tag]:
    """What a curator read out of a study, as tags: one a term, printed ids, each saying which fact it comes from.

    Findings give outcomes; findings of harm give adverse effects and `any`. A measure that names a scale gives it.
    """
    given: list[tuple[Axis, str, str]] = [(Axis.DESIGN, facts.design.value, "design")]
    given += [(Axis.DESIGN, flag, "design flag") for flag in facts.design_flags]
    given += [(Axis.CONTEXT, facts.context, "context")]
    given += [(Axis.CONDITION, term, "condition") for term in facts.conditions]
    given += [(Axis.POPULATION, term, "population") for term in facts.populations]
    for dose in facts.doses:
        given += [(Axis.DRUG, dose.drug, "dose"), (Axis.ROUTE, dose.route, "dose")]
    given += [(Axis.COMPARATOR, comparator.kind, "comparator") for comparator in facts.comparators]
    scales = _scales(taxonomy)
    for finding in facts.findings:
        axis = Axis.ADVERSE_EFFECT if finding.harm else Axis.OUTCOME
        given.append((axis, finding.outcome, "finding"))
        if finding.harm:
            given.append((axis, "any", "finding"))
        first = re.split("[ ,(]", finding.measure)[0]
        scale = scales.get(finding.measure.casefold()) or scales.get(first.casefold(), "")
        given.append((Axis.OUTCOME_MEASURE, scale, "finding"))
    found: dict[tuple[Axis, str], Tag] = {}
    for axis, term, fact in given:
        if term:
            printed = taxonomy.printed(axis, term)
            found.setdefault((axis, printed), Tag(axis, printed, Origin.CURATED, section="seed", rule=fact))
    return list(found.values())


def _scales(taxonomy: Taxonomy) -> dict[str, str]:
    """The outcome measures by their names in lower case; short forms count, for a measure says what it is."""
    measures = [term for term in taxonomy.terms if term.axis == Axis.OUTCOME_MEASURE]
    names = {name.text.casefold(): term.id for term in reversed(measures) for name in taxonomy.names(term)}
    return names | {name.replace("-", ""): term for name, term in names.items() if name.replace("-", "") not in names}


def merge_tags(tags: Sequence[Tag], taxonomy: Taxonomy) -> list[tuple[Tag, bool]]:
    """Which tags of a study are *active*, that is, count in filters and are shown. All are kept, in their order.

    - What is named in passing (role `background`), or of the comparator alone, is never active.
    - What a person added is always active; what a person denied (`negated`) makes that term inactive on its axis,
      whoever gave it. Of an added and a denied tag on one term the later one (`at`) holds.
    - Where a curator gave tags on an axis, those of MeSH and text on it are inactive; elsewhere MeSH and text add up.
    - Of the active ones only the most specific of a lineage stay: with `crps-1` no `crps` (a person's own stays).
    - Design: one main design is active besides the flags; context: one. The stronger origin gives it
      (user, curated, mesh, text); within an origin the lowest `rank` of the taxonomy.
    """
    denied = _denied(tags)
    curated = {tag.axis for tag in tags if tag.origin == Origin.CURATED}
    active = [
        not tag.negated
        and is_of_study(tag)
        and (tag.axis, tag.term) not in denied
        and (tag.origin in (Origin.USER, Origin.CURATED) or tag.axis not in curated)
        for tag in tags
    ]
    for axis in dict.fromkeys(tag.axis for tag in tags):
        places = [place for place, tag in enumerate(tags) if active[place] and tag.axis == axis]
        plain = [place for place in places if not _is_flag(tags[place], taxonomy)]
        if axis in SINGLE and plain:
            chosen = _chosen([tags[place] for place in plain], taxonomy).term
            kept = {place for place in plain if tags[place].term == chosen}
        else:
            specific = set(taxonomy.most_specific(axis, (tags[place].term for place in plain)))
            kept = {place for place in plain if tags[place].term in specific or tags[place].origin == Origin.USER}
        for place in plain:
            active[place] = place in kept
    return list(zip(tags, active, strict=True))


def is_of_study(tag: Tag) -> bool:
    """Whether a tag says what the study is about: not in passing, and of a comparator only that it is one."""
    return tag.role in ("", "studied") or (tag.role == "comparator" and tag.axis == Axis.COMPARATOR)


def _denied(tags: Iterable[Tag]) -> set[tuple[Axis, str]]:
    """The terms of which a person's last word is that they do not apply."""
    last: dict[tuple[Axis, str], Tag] = {}
    for tag in tags:
        if tag.origin == Origin.USER:
            before = last.get((tag.axis, tag.term))
            if before is None or tag.at >= before.at:
                last[tag.axis, tag.term] = tag
    return {key for key, tag in last.items() if tag.negated}


def _is_flag(tag: Tag, taxonomy: Taxonomy) -> bool:
    term = taxonomy.get(tag.axis, tag.term)
    return bool(term and term.flag)


def _chosen(tags: Sequence[Tag], taxonomy: Taxonomy) -> Tag:
    """The one tag of the strongest origin: what a person said last, else the term of the lowest rank."""
    strongest = min(STRENGTH[tag.origin] for tag in tags)
    among = [tag for tag in tags if STRENGTH[tag.origin] == strongest]
    if strongest == STRENGTH[Origin.USER]:
        return max(among, key=lambda tag: tag.at)
    return min(among, key=lambda tag: _rank(tag, taxonomy))


def _rank(tag: Tag, taxonomy: Taxonomy) -> int:
    term = taxonomy.get(tag.axis, tag.term)
    return term.rank if term and term.rank is not None else len(taxonomy.terms)


def design_of(tags: Sequence[Tag], taxonomy: Taxonomy) -> Design | None:
    """The main design among a study's tags; None where none of them says one."""
    named = [
        tag.term
        for tag, active in merge_tags(tags, taxonomy)
        if active and tag.axis == Axis.DESIGN and not _is_flag(tag, taxonomy)
    ]
    return Design(named[0]) if named else None


def flags_of(tags: Sequence[Tag], taxonomy: Taxonomy) -> list[str]:
    """What the design is besides, in the taxonomy's order: crossover, double-blind ..."""
    merged = merge_tags(tags, taxonomy)
    given = {tag.term for tag, active in merged if active and tag.axis == Axis.DESIGN and _is_flag(tag, taxonomy)}
    return taxonomy.most_specific(Axis.DESIGN, given)


def context_of(tags: Sequence[Tag], taxonomy: Taxonomy) -> str:
    """Why ketamine is in a study, as its tags say; "" where none does."""
    named = [tag.term for tag, active in merge_tags(tags, taxonomy) if active and tag.axis == Axis.CONTEXT]
    return named[0] if named else ""
