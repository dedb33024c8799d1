"""The field's closed word lists and units. Terms of the taxonomy (conditions, outcomes, ...) are data, not here."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final


class Axis(StrEnum):
    """What a term says about a study. `flag`, `key` and `plural` below give its faces in the CLI and in JSON."""

    CONDITION = "condition"
    DRUG = "drug"
    ROUTE = "route"
    OUTCOME = "outcome"
    ADVERSE_EFFECT = "adverse-effect"
    DESIGN = "design"
    COMPARATOR = "comparator"
    POPULATION = "population"
    CONTEXT = "context"
    # shown in cards, doses and findings, and searched as words; no filter of their own
    REGIMEN = "regimen"
    OUTCOME_MEASURE = "outcome-measure"
    MECHANISM = "mechanism"
    # what else is read from a text, each with its words: how many took part, whom the conclusion favours
    PARTICIPANTS = "participants"
    DIRECTION = "direction"


FILTER_AXES: Final = (
    Axis.CONDITION,
    Axis.DRUG,
    Axis.ROUTE,
    Axis.OUTCOME,
    Axis.ADVERSE_EFFECT,
    Axis.DESIGN,
    Axis.COMPARATOR,
    Axis.POPULATION,
    Axis.CONTEXT,
)
# axes without terms in the taxonomy: a number, a direction
READ_ALONE: Final = frozenset({Axis.PARTICIPANTS, Axis.DIRECTION})
# the context of a text that names ketamine in passing or not at all: what it found, it found of something else
YOURS: Final = "you"  # in a study's history: what a person says of a term, beside the kinds of change
NOT_KETAMINE: Final = "not-ketamine"
MOST_PEOPLE: Final = 10**9  # that a study can have
# the long option of each filter axis, and the key of a study's terms in JSON
AXIS_FLAG: Final = {
    Axis.CONDITION: "--condition",
    Axis.DRUG: "--drug",
    Axis.ROUTE: "--route",
    Axis.OUTCOME: "--outcome",
    Axis.ADVERSE_EFFECT: "--harm",
    Axis.DESIGN: "--design",
    Axis.COMPARATOR: "--comparator",
    Axis.POPULATION: "--population",
    Axis.CONTEXT: "--context",
}
AXIS_KEY: Final = {
    Axis.CONDITION: "conditions",
    Axis.DRUG: "drugs",
    Axis.ROUTE: "routes",
    Axis.OUTCOME: "outcomes",
    Axis.ADVERSE_EFFECT: "harms",
    Axis.DESIGN: "design",
    Axis.COMPARATOR: "comparators",
    Axis.POPULATION: "populations",
    Axis.CONTEXT: "context",
    Axis.REGIMEN: "regimens",
    Axis.OUTCOME_MEASURE: "outcome_measures",
    Axis.MECHANISM: "mechanisms",
    Axis.PARTICIPANTS: "participants",
    Axis.DIRECTION: "directions",
}


class Source(StrEnum):
    """Where a study came from."""

    CURATED = "curated"
    SYNCED = "synced"
    IMPORTED = "imported"


class Origin(StrEnum):
    """Who gave a tag. Strongest first: user > curated > mesh > text."""

    USER = "user"
    CURATED = "curated"
    MESH = "mesh"
    TEXT = "text"


class Status(StrEnum):
    CURRENT = "current"
    CORRECTED = "corrected"
    EXPRESSION_OF_CONCERN = "expression_of_concern"
    RETRACTED = "retracted"
    WITHDRAWN = "withdrawn"
    DELETED = "deleted"


class Direction(StrEnum):
    """Whom a result favours; the intervention is ketamine or esketamine."""

    FAVOURS_INTERVENTION = "favours_intervention"
    FAVOURS_COMPARATOR = "favours_comparator"
    NO_DIFFERENCE = "no_difference"
    MIXED = "mixed"
    NOT_REPORTED = "not_reported"


def is_value(axis: Axis, term: str) -> bool:
    """Whether `term` is a number of people, or a direction, as a tag on one of the axes `READ_ALONE` has it."""
    if axis is Axis.DIRECTION:
        return term in set(Direction)
    whole = term.isascii() and term.isdigit() and len(term) < 20 and not term.startswith("0")
    return whole and int(term) <= MOST_PEOPLE


def together(directions: Iterable[str]) -> str:
    """One direction for several: theirs if they agree, mixed if not; those that are not reported say nothing."""
    said = {one for one in directions if one != Direction.NOT_REPORTED}
    return said.pop() if len(said) == 1 else Direction.MIXED if said else Direction.NOT_REPORTED


class Design(StrEnum):
    """One of these per study; what a trial is besides (crossover, double-blind ...) is a `DesignFlag`."""

    META_ANALYSIS = "meta-analysis"
    SYSTEMATIC_REVIEW = "systematic-review"
    GUIDELINE = "guideline"
    RCT = "rct"
    NON_RANDOMIZED_TRIAL = "non-randomized-trial"
    SINGLE_ARM_TRIAL = "single-arm-trial"
    OBSERVATIONAL = "observational"
    CASE_SERIES = "case-series"
    CASE_REPORT = "case-report"
    NARRATIVE_REVIEW = "narrative-review"
    PROTOCOL = "protocol"
    SECONDARY_ANALYSIS = "secondary-analysis"
    PRECLINICAL = "preclinical"
    EDITORIAL_LETTER = "editorial-letter"
    REGISTRATION = "registration"
    OTHER = "other"


class DesignFlag(StrEnum):
    CROSSOVER = "crossover"
    PARALLEL = "parallel"
    DOUBLE_BLIND = "double-blind"
    SINGLE_BLIND = "single-blind"
    OPEN_LABEL = "open-label"
    PLACEBO_CONTROLLED = "placebo-controlled"
    ACTIVE_PLACEBO = "active-placebo"
    MULTICENTRE = "multicentre"
    NON_INFERIORITY = "non-inferiority"
    ENRICHED = "enriched"
    DOSE_FINDING = "dose-finding"
    RETROSPECTIVE = "retrospective"
    PROSPECTIVE = "prospective"
    COCHRANE = "cochrane"
    PILOT = "pilot"
    WITHDRAWAL = "withdrawal"
    PREPRINT = "preprint"


class Comparison(StrEnum):
    """What a finding compares."""

    BETWEEN = "between"
    BEFORE_AFTER = "before-after"
    SINGLE_ARM = "single-arm"
    POOLED = "pooled"
    WITHIN_REVIEW = "within-review"


class Blinding(StrEnum):
    DOUBLE = "double"
    SINGLE = "single"
    OPEN = "open"
    UNKNOWN = "unknown"


class Verification(StrEnum):
    """Of a PMID, a DOI or the numbers: seen in a listed source, or not."""

    VERIFIED = "verified"
    PARTLY = "partly"
    UNVERIFIED = "unverified"
    NONE = "none"


class Verdict(StrEnum):
    """Of a claim."""

    SUPPORTED = "supported"
    PARTLY = "partly"
    CONTRADICTED = "contradicted"
    UNRESOLVED = "unresolved"


class RelationKind(StrEnum):
    """How a study relates to another record; read as "this study is/has ..."."""

    RETRACTED_BY = "retracted_by"
    RETRACTION_OF = "retraction_of"
    CORRECTED_BY = "corrected_by"
    CORRECTION_OF = "correction_of"
    CONCERN_IN = "concern_in"
    CONCERN_ABOUT = "concern_about"
    COMMENT_IN = "comment_in"
    COMMENT_ON = "comment_on"
    UPDATED_BY = "updated_by"
    UPDATE_OF = "update_of"
    REPUBLISHED_IN = "republished_in"
    REPUBLISHED_FROM = "republished_from"
    REINSTATED_BY = "reinstated_by"
    SUMMARY_IN = "summary_in"
    ORIGINAL_REPORT_IN = "original_report_in"
    CITES = "cites"
    SAME_TRIAL = "same_trial"
    INCLUDES = "includes"
    INCLUDED_IN = "included_in"
    PROTOCOL_OF = "protocol_of"
    PROTOCOL_IN = "protocol_in"
    ASSOCIATED = "associated"


class NKind(StrEnum):
    """What a study's n counts."""

    RANDOMISED = "randomised"
    ENROLLED = "enrolled"
    ANALYSED = "analysed"
    PLANNED = "planned"


class DoseUnit(StrEnum):
    MG = "mg"
    MG_KG = "mg/kg"
    MG_H = "mg/h"
    MG_KG_H = "mg/kg/h"
    UG_KG_MIN = "ug/kg/min"
    MG_DAY = "mg/day"
    MG_H_70KG = "mg/h/70 kg"
    PERCENT = "%"


class TimeUnit(StrEnum):
    MIN = "min"
    H = "h"
    D = "d"
    WK = "wk"
    MO = "mo"
    Y = "y"


# a named time after the (last) infusion, and the window around it that a pooled set takes, all in hours
TIMEPOINTS: Final = {
    "40min": (2 / 3, 0.0, 2.0),
    "4h": (4.0, 2.0, 8.0),
    "24h": (24.0, 12.0, 36.0),
    "72h": (72.0, 36.0, 96.0),
    "7d": (168.0, 120.0, 240.0),
    "14d": (336.0, 264.0, 480.0),
    "28d": (672.0, 504.0, 1008.0),
    "3mo": (2190.0, 1440.0, 2928.0),
}


class StatKind(StrEnum):
    """What the mean and SD of a finding describe."""

    FINAL = "final"
    CHANGE = "change"
    UNKNOWN = "unknown"


class SearchSort(StrEnum):
    RELEVANCE = "relevance"
    YEAR = "year"
    N = "n"
    ADDED = "added"


class ChangeKind(StrEnum):
    """What happened to a study, gravest first; a change of status has the name of the new one."""

    RETRACTED = "retracted"
    WITHDRAWN = "withdrawn"
    EXPRESSION_OF_CONCERN = "expression_of_concern"
    DELETED = "deleted"
    MISMATCH = "mismatch"  # a curated identifier is another paper's
    CORRECTED = "corrected"
    REINSTATED = "reinstated"
    ADDED = "added"
    REVISED = "revised"
    CURATED = "curated"  # a release changed what is curated
    VERIFIED = "verified"


class EffectMeasure(StrEnum):
    """What effects are pooled as. OR and RR are pooled on the log scale."""

    OR = "OR"
    RR = "RR"
    RD = "RD"
    MD = "MD"
    SMD = "SMD"


class SmdForm(StrEnum):
    """Whose formulas a standardised mean difference follows."""

    METAFOR = "metafor"
    REVMAN = "revman"


class Tau2Method(StrEnum):
    """How the variance between studies is estimated; EE assumes that there is none."""

    REML = "REML"
    DL = "DL"
    PM = "PM"
    EE = "EE"


class IntervalMethod(StrEnum):
    """The confidence interval of a pooled estimate: t with a floored scale, or normal."""

    HKSJ = "hksj"
    WALD = "wald"


class Scheme(StrEnum):
    """How a person judges a study: RoB 2 the risk of bias of a trial, GRADE the certainty on an outcome."""

    ROB2 = "rob2"
    GRADE = "grade"


class Rob2Domain(StrEnum):
    """The five domains of RoB 2, and what a person says of all together."""

    RANDOMISATION = "d1"
    DEVIATIONS = "d2"
    MISSING = "d3"
    MEASUREMENT = "d4"
    REPORTING = "d5"
    OVERALL = "overall"


class Rob2Judgement(StrEnum):
    LOW = "low"
    SOME_CONCERNS = "some concerns"
    HIGH = "high"


class GradeFactor(StrEnum):
    """The certainty of evidence, and the five factors that lower it."""

    CERTAINTY = "certainty"
    RISK_OF_BIAS = "risk-of-bias"
    INCONSISTENCY = "inconsistency"
    INDIRECTNESS = "indirectness"
    IMPRECISION = "imprecision"
    PUBLICATION_BIAS = "publication-bias"


class Certainty(StrEnum):
    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"
    VERY_LOW = "very low"


class Seriousness(StrEnum):
    NOT_SERIOUS = "not serious"
    SERIOUS = "serious"
    VERY_SERIOUS = "very serious"


# what can be judged in each scheme, and as what
JUDGED: Final[dict[Scheme, dict[str, tuple[str, ...]]]] = {
    Scheme.ROB2: {domain.value: tuple(Rob2Judgement) for domain in Rob2Domain},
    Scheme.GRADE: {
        factor.value: tuple(Certainty if factor is GradeFactor.CERTAINTY else Seriousness) for factor in GradeFactor
    },
}
