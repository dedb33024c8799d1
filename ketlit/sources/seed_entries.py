"""Entries of the curated files -> trials, records and claims; the shape and the closed lists are checked here."""

from __future__ import annotations

import re
from typing import Final

from ketlit.record import (
    Arm,
    Author,
    Check,
    Claim,
    Comparator,
    Dose,
    Effect,
    Facts,
    Finding,
    Group,
    Record,
    RegistryId,
    Relation,
    Trial,
)
from ketlit.sources.entries import Entry, Fields, Problems, Terms, nearest
from ketlit.vocabulary import (
    TIMEPOINTS,
    Axis,
    Blinding,
    Comparison,
    Design,
    DesignFlag,
    Direction,
    DoseUnit,
    NKind,
    RelationKind,
    StatKind,
    Status,
    TimeUnit,
    Verdict,
    Verification,
)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


STUDY_KEYS: Final = _words("""
    key kind pmid doi verification title authors authors_complete year journal volume issue pages trial registry_ids
    status status_note design design_flags context conditions populations interventions comparators blinding
    n n_kind n_studies arms arms_overlap follow_up direction summary findings harms relations notes sources
""")
FINDING_KEYS: Final = _words("""
    outcome measure timepoint comparison comparator direction intervention control effect stat_kind threshold derived
    text verification
""")
DOSE_KEYS: Final = _words("value value_high unit duration duration_unit number schedule text")
# the registers whose numbers occur, named as PubMed's DataBankName names them
REGISTERS: Final = (
    ("ClinicalTrials.gov", re.compile(r"NCT\d{8}")),
    ("ANZCTR", re.compile(r"ACTRN\d{14}")),
    ("EudraCT", re.compile(r"\d{4}-\d{6}-\d{2}")),
    ("ISRCTN", re.compile(r"ISRCTN\d{8}")),
    ("UMIN-CTR", re.compile(r"UMIN\d{9}")),
    ("PROSPERO", re.compile(r"CRD\d{11}|CRD\d{8}")),
)
# "Sörensen J", "aan het Rot M", "Zarate CA Jr"; the initials as PubMed prints them
AUTHOR: Final = re.compile(r"(?P<family>\S.*?) (?P<initials>[^\W\d_a-z]{1,4})(?: (?P<suffix>Jr|Sr|2nd|3rd|II|III))?")


def trials_of(document: Entry, problems: Problems) -> list[Trial]:
    """The `trials:` of the studies' file."""
    trials = []
    for entry in Fields(document, problems, "", ("trials", "studies")).parts("trials"):
        fields = Fields(entry, problems, str(entry.get("name", "trial")), ("name", "registry_ids", "title"))
        fields.required("name", "title")
        trials.append(
            Trial(
                name=fields.text("name"),
                registry_ids=_registry_ids(fields),
                title=fields.text("title"),
                where=f"{problems.file}:{entry.line}",
            )
        )
    return trials


def studies_of(document: Entry, problems: Problems, trials: list[Trial], terms: Terms | None) -> list[Record]:
    """The `studies:` of the studies' file; a study of a trial has the trial's registry numbers too."""
    fields = Fields(document, problems, "", ("trials", "studies"))
    fields.required("studies")
    known = {trial.name: trial for trial in trials}
    return [_study(entry, problems, known, terms) for entry in fields.parts("studies")]


def _check(entry: Entry, problems: Problems, owner: str, terms: Terms | None) -> Check:
    """What a claim states that can be held against findings: one share, or one direction."""
    fields = Fields(entry, problems, owner, ("outcome", "at", "share", "direction", "condition"))
    fields.required("outcome")
    share, direction, at = fields.number("share"), fields.maybe("direction", Direction), fields.text("at")
    if (share is None) == (direction is None):
        problems.add(entry.line, f"{owner}: a check has a share or a direction, one of them")
    if share is not None and not 0 <= share <= 100:
        fields.wrong("share", f"{share:g} is no share of people in percent")
    if at and at not in TIMEPOINTS:
        fields.wrong("at", f"unknown time '{at}'{nearest(at, TIMEPOINTS)}")
    return Check(
        outcome=fields.term("outcome", Axis.OUTCOME, terms),
        at=at,
        share=share,
        direction=direction,
        condition=fields.term("condition", Axis.CONDITION, terms),
    )


def claims_of(document: Entry, problems: Problems, terms: Terms | None = None) -> list[Claim]:
    """The `claims:` of the claims' file, each with the article as its source."""
    root = Fields(document, problems, "", ("article", "claims"))
    root.required("article", "claims")
    article = Fields(root.part("article"), problems, "article", ("title", "publisher", "date", "url", "about"))
    article.required("title", "publisher", "url")
    printed = ", ".join(filter(None, (article.text("publisher"), article.text("date"))))
    source = f"{article.text('title')} ({printed}) {article.text('url')}"
    known = ("id", "claim", "verdict", "studies", "explanation", "confidence", "updates", "checks", "unchecked")
    claims = []
    for entry in root.parts("claims"):
        name = str(entry.get("id", "claim"))
        fields = Fields(entry, problems, name, known)
        fields.required("id", "claim", "verdict", "explanation", "confidence")
        claims.append(
            Claim(
                id=fields.text("id"),
                text=fields.text("claim"),
                verdict=fields.one_of("verdict", Verdict, Verdict.UNRESOLVED).value,
                explanation=fields.text("explanation"),
                confidence=fields.text("confidence"),
                studies=fields.words("studies"),
                updates=fields.words("updates"),
                checks=[_check(part, problems, name, terms) for part in fields.parts("checks")],
                unchecked=fields.text("unchecked"),
                source=source,
                where=f"{problems.file}:{entry.line}",
            )
        )
    return claims


def _study(entry: Entry, problems: Problems, trials: dict[str, Trial], terms: Terms | None) -> Record:
    fields = Fields(entry, problems, str(entry.get("key", "study")), STUDY_KEYS)
    fields.required("key", "kind", "title", "verification", "design", "context", "direction", "blinding", "summary")
    fields.required("status", "authors_complete")
    facts = _facts(fields, terms)
    trial = trials.get(facts.trial)
    return Record(
        pmid=fields.whole("pmid"),
        doi=fields.text("doi"),
        key=fields.text("key"),
        kind=fields.text("kind"),
        title=fields.text("title"),
        authors=_authors(fields),
        authors_complete=fields.flag("authors_complete", True),
        journal=fields.text("journal"),
        volume=fields.text("volume"),
        issue=fields.text("issue"),
        pages=fields.text("pages"),
        year=fields.whole("year"),
        registry_ids=[*(trial.registry_ids if trial else ()), *_registry_ids(fields)],
        relations=[_relation(fields, part) for part in fields.parts("relations")],
        status=fields.one_of("status", Status, Status.CURRENT),
        status_note=fields.text("status_note"),
        facts=facts,
    )


def _facts(fields: Fields, terms: Terms | None) -> Facts:
    verification = Fields(
        fields.part("verification"), fields.problems, f"{fields.owner}: verification", ("pmid", "doi", "numbers")
    )
    verification.required("pmid", "doi", "numbers")
    follow_up = Fields(fields.part("follow_up"), fields.problems, f"{fields.owner}: follow_up", ("value", "unit"))
    unit = follow_up.maybe("unit", TimeUnit)
    facts = Facts(
        design=fields.one_of("design", Design, Design.OTHER),
        design_flags=fields.closed_words("design_flags", DesignFlag),
        context=fields.term("context", Axis.CONTEXT, terms),
        direction=fields.one_of("direction", Direction, Direction.NOT_REPORTED),
        conditions=fields.terms("conditions", Axis.CONDITION, terms),
        populations=fields.terms("populations", Axis.POPULATION, terms),
        doses=[_dose(fields, part, terms) for part in fields.parts("interventions")],
        comparators=[_comparator(fields, part, terms) for part in fields.parts("comparators")],
        blinding=fields.one_of("blinding", Blinding, Blinding.UNKNOWN),
        n=fields.whole("n"),
        n_kind=fields.maybe("n_kind", NKind),
        n_studies=fields.whole("n_studies"),
        arms=[_arm(fields, part) for part in fields.parts("arms")],
        follow_up_value=follow_up.number("value"),
        follow_up_unit=unit.value if unit else "",
        findings=[
            *(_finding(fields, part, terms, harm=False) for part in fields.parts("findings")),
            *(_finding(fields, part, terms, harm=True) for part in fields.parts("harms")),
        ],
        trial=fields.text("trial"),
        summary=fields.text("summary"),
        notes=fields.text("notes"),
        sources=fields.words("sources"),
        pmid_verification=verification.one_of("pmid", Verification, Verification.NONE),
        doi_verification=verification.one_of("doi", Verification, Verification.NONE),
        numbers_verification=verification.one_of("numbers", Verification, Verification.NONE),
        where=f"{fields.problems.file}:{fields.entry.line}",
    )
    _check_arms(fields, facts)
    return facts


def _check_arms(fields: Fields, facts: Facts) -> None:
    """Arms fit into n: each in any case, together unless people are in several (crossover, or `arms_overlap`)."""
    sizes = [arm.n for arm in facts.arms if arm.n is not None]
    overlap = fields.flag("arms_overlap", False) or DesignFlag.CROSSOVER in facts.design_flags
    if facts.n is None or not sizes:
        return
    if max(sizes) > facts.n:
        fields.wrong("arms", f"an arm of {max(sizes)} in a study of {facts.n}")
    elif sum(sizes) > facts.n and not overlap:
        fields.wrong("arms", f"arms add up to {sum(sizes)}, n is {facts.n} (if people are in two: arms_overlap: true)")


def _authors(fields: Fields) -> list[Author]:
    authors = []
    for name in fields.words("authors"):
        if found := AUTHOR.fullmatch(name):
            authors.append(Author(found["family"], initials=found["initials"], suffix=found["suffix"] or ""))
        elif name.startswith("group: "):
            authors.append(Author(collective=name.removeprefix("group: ")))
        else:
            fields.wrong("authors", f"author '{name}' is not like 'Sörensen J' or 'group: The Study Group'")
    return authors


def _registry_ids(fields: Fields) -> list[RegistryId]:
    found = []
    for number in fields.words("registry_ids"):
        bank = next((bank for bank, form in REGISTERS if form.fullmatch(number)), "")
        if not bank:
            fields.wrong("registry_ids", f"'{number}' is not the number of a known register, like NCT01234567")
        found.append(RegistryId(bank, number))
    return found


def _relation(fields: Fields, part: Entry) -> Relation:
    inner = Fields(part, fields.problems, fields.owner, ("kind", "key", "pmid", "doi", "text"))
    inner.required("kind")
    relation = Relation(
        kind=inner.one_of("kind", RelationKind, RelationKind.ASSOCIATED),
        pmid=inner.whole("pmid"),
        doi=inner.text("doi"),
        key=inner.text("key"),
        text=inner.text("text"),
        source="seed",
    )
    if not (relation.pmid or relation.doi or relation.key or relation.text):
        inner.wrong("kind", "a relation names the other record by key, pmid, doi or text")
    return relation


def _dose(fields: Fields, part: Entry, terms: Terms | None) -> Dose:
    given = Fields(part, fields.problems, fields.owner, ("drug", "route", "dose"))
    given.required("drug")
    dose = Fields(given.part("dose"), fields.problems, f"{fields.owner}: dose", DOSE_KEYS)
    unit, duration_unit = dose.maybe("unit", DoseUnit), dose.maybe("duration_unit", TimeUnit)
    low, high = dose.number("value"), dose.number("value_high")
    if (low is not None or high is not None) and "unit" not in dose.entry:
        dose.wrong("value", "a value needs its unit")
    if low is not None and high is not None and high < low:
        dose.wrong("value_high", f"value_high {high} is below value {low}")
    if (dose.number("duration") is None) != (duration_unit is None):
        dose.wrong("duration", "duration and duration_unit go together")
    return Dose(
        drug=given.term("drug", Axis.DRUG, terms),
        route=given.term("route", Axis.ROUTE, terms),
        value=low,
        value_high=high,
        unit=unit.value if unit else "",
        duration=dose.number("duration"),
        duration_unit=duration_unit.value if duration_unit else "",
        number=dose.whole("number"),
        schedule=dose.text("schedule"),
        text=dose.text("text"),
    )


def _comparator(fields: Fields, part: Entry, terms: Terms | None) -> Comparator:
    inner = Fields(part, fields.problems, fields.owner, ("kind", "text"))
    inner.required("kind")
    return Comparator(inner.term("kind", Axis.COMPARATOR, terms), inner.text("text"))


def _arm(fields: Fields, part: Entry) -> Arm:
    inner = Fields(part, fields.problems, fields.owner, ("name", "n"))
    inner.required("name")
    return Arm(inner.text("name"), inner.whole("n"))


def _finding(study: Fields, part: Entry, terms: Terms | None, *, harm: bool) -> Finding:
    fields = Fields(part, study.problems, study.owner, FINDING_KEYS)
    fields.required("outcome", "comparison", "direction", "text", "verification")
    timepoint = Fields(fields.part("timepoint"), study.problems, study.owner, ("hours", "text"))
    effect = Fields(fields.part("effect"), study.problems, study.owner, ("measure", "value", "ci_low", "ci_high", "p"))
    stat_kind = fields.maybe("stat_kind", StatKind)
    return Finding(
        outcome=fields.term("outcome", Axis.ADVERSE_EFFECT if harm else Axis.OUTCOME, terms),
        comparison=fields.one_of("comparison", Comparison, Comparison.SINGLE_ARM),
        direction=fields.one_of("direction", Direction, Direction.NOT_REPORTED),
        harm=harm,
        measure=fields.text("measure"),
        hours=timepoint.number("hours"),
        timepoint=timepoint.text("text"),
        comparator=fields.term("comparator", Axis.COMPARATOR, terms),
        intervention=_group(study, fields.part("intervention")),
        control=_group(study, fields.part("control")),
        effect=Effect(
            effect.text("measure"),
            effect.number("value"),
            effect.number("ci_low"),
            effect.number("ci_high"),
            effect.text("p"),
        ),
        stat_kind=stat_kind.value if stat_kind else "",
        threshold=fields.text("threshold"),
        text=fields.text("text"),
        derived="; ".join(fields.words("derived")),
        verification=fields.one_of("verification", Verification, Verification.UNVERIFIED),
        where=f"{study.problems.file}:{part.line}",
    )


def _group(study: Fields, part: Entry) -> Group:
    fields = Fields(part, study.problems, study.owner, ("n", "events", "mean", "sd", "percent"))
    return Group(*(fields.number(key) for key in ("n", "events", "mean", "sd", "percent")))
