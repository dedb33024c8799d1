"""Rules that curated facts keep among themselves: numbers that can be true, and names that exist."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from itertools import chain
from typing import Final

from ketlit.record import Claim, Facts, Finding, Group, Record, Relation, Trial
from ketlit.sources.entries import Problems, nearest
from ketlit.vocabulary import Design, NKind, Status, Verification

KEY: Final = re.compile(r"[a-z][a-z0-9_]*")
CLAIM_ID: Final = re.compile(r"C\d\d")
DOI: Final = re.compile(r"10\.\d{4,9}/[!-~]+")  # printable ASCII; the handbook's form of modern DOIs
URL: Final = re.compile(r"https?://[^\s/]+\.[^\s/]+(/\S*)?")
P_VALUE: Final = re.compile(r"[<>=]?0?\.\d+|ns|1\.0+")
KINDS: Final = ("publication", "book", "registration")
YEARS: Final = (1960, 2100)  # ketamine was made in 1962; the end only catches slips like 20015
MAX_PMID: Final = 99_999_999
RATIOS: Final = ("OR", "RR", "HR")  # these are never negative
OF_STUDIES: Final = (Design.META_ANALYSIS, Design.SYSTEMATIC_REVIEW, Design.GUIDELINE, Design.NARRATIVE_REVIEW)


def check_studies(studies: Sequence[Record], trials: Sequence[Trial], problems: Problems) -> None:
    """Note what breaks a rule within a study, between studies, and between studies and trials."""
    keys = [study.key for study in studies]
    names = [trial.name for trial in trials]
    for study in studies:
        checker = _Study(study, problems)
        checker.identity()
        checker.size()
        checker.names(keys, names)
        for finding in checker.facts.findings:
            checker.finding(finding)
    _once(problems, "key", ((study.key, _line(study)) for study in studies))
    _once(problems, "pmid", ((str(study.pmid or ""), _line(study)) for study in studies))
    _once(problems, "doi", ((study.doi.lower(), _line(study)) for study in studies))
    _once(problems, "trial", ((trial.name, _number(trial.where)) for trial in trials))
    in_trials = chain.from_iterable(((one.accession, _number(t.where)) for one in t.registry_ids) for t in trials)
    _once(problems, "registry number", in_trials)
    used = {study.facts.trial for study in studies if study.facts}
    for trial in trials:
        if trial.name not in used:
            problems.add(_number(trial.where), f"trial '{trial.name}': no study belongs to it")


def check_claims(claims: Sequence[Claim], keys: Collection[str], problems: Problems) -> None:
    """Note claims whose id is malformed or given twice, and those that rest on a study that is not among `keys`."""
    for claim in claims:
        line = _number(claim.where)
        if not CLAIM_ID.fullmatch(claim.id):
            problems.add(line, f"'{claim.id}' is no claim id, like C01")
        for key in claim.studies:
            if key not in keys:
                problems.add(line, f"{claim.id}: unknown study '{key}'{nearest(key, keys)}")
        if len(set(claim.studies)) < len(claim.studies):
            problems.add(line, f"{claim.id}: a study is named twice")
        if claim.checks and claim.unchecked:
            problems.add(line, f"{claim.id}: has checks, and says why it has none")
    _once(problems, "claim", ((claim.id, _number(claim.where)) for claim in claims))


def _number(where: str) -> int:
    """The line of "seed_studies.yaml:123"."""
    return int(where.rpartition(":")[2])


def _line(study: Record) -> int:
    return _number(study.facts.where) if study.facts else 1


def _once(problems: Problems, named: str, values: Iterable[tuple[str, int]]) -> None:
    """Each value but "" occurs once."""
    first: dict[str, int] = {}
    for value, line in values:
        if value and first.setdefault(value, line) != line:
            problems.add(line, f"{named} '{value}' stands at line {first[value]} already")


class _Study:
    """The rules of one study; problems are noted at its line, those of a finding at the finding's."""

    def __init__(self, study: Record, problems: Problems) -> None:
        self.study = study
        self.facts = study.facts or Facts()
        self._problems = problems

    def wrong(self, message: str, where: str = "") -> None:
        self._problems.add(_number(where or self.facts.where), f"{self.study.key}: {message}")

    def identity(self) -> None:
        """Key, identifiers and their verification, year, status."""
        study, facts = self.study, self.facts
        if not KEY.fullmatch(study.key):
            self.wrong("a key is lower-case letters, digits and _, a letter first")
        if study.kind not in KINDS:
            self.wrong(f"unknown kind '{study.kind}'{nearest(study.kind, KINDS)}")
        if study.pmid is not None and not 0 < study.pmid <= MAX_PMID:
            self.wrong(f"{study.pmid} is no PMID")
        if study.doi and not DOI.fullmatch(study.doi):
            self.wrong(f"'{study.doi}' is no DOI")
        if study.year is not None and not YEARS[0] <= study.year <= YEARS[1]:
            self.wrong(f"year {study.year} is not within {YEARS[0]}-{YEARS[1]}")
        for named, value, verification in (
            ("pmid", study.pmid, facts.pmid_verification),
            ("doi", study.doi, facts.doi_verification),
        ):
            given = value not in (None, "")
            if given == (verification is Verification.NONE):
                self.wrong(
                    f"verification of {named} is '{verification}', and {named} is {value if given else 'not given'}"
                )
        if study.status is Status.RETRACTED and not study.status_note:
            self.wrong("a retracted study needs a status_note that says how that is known")
        for url in facts.sources:
            if not URL.fullmatch(url):
                self.wrong(f"source '{url}' is no web address")

    def size(self) -> None:
        """n and what it counts."""
        facts = self.facts
        if (facts.n is None) != (facts.n_kind is None):
            self.wrong("n and n_kind go together")
        if facts.n is not None and facts.n < 1:
            self.wrong(f"n is {facts.n}")
        if facts.n_kind is NKind.PLANNED and facts.design not in (Design.PROTOCOL, Design.REGISTRATION, Design.RCT):
            self.wrong(f"a planned n in a {facts.design}")
        if facts.n is not None and facts.design in OF_STUDIES:
            self.wrong(f"a {facts.design} has n_studies and no n")

    def names(self, keys: Sequence[str], trials: Sequence[str]) -> None:
        """The trial and the related studies exist."""
        if self.facts.trial and self.facts.trial not in trials:
            self.wrong(f"unknown trial '{self.facts.trial}'{nearest(self.facts.trial, trials)}")
        for relation in self.study.relations:
            self._relation(relation, keys)

    def _relation(self, relation: Relation, keys: Sequence[str]) -> None:
        if relation.key and relation.key not in keys:
            self.wrong(f"{relation.kind} unknown study '{relation.key}'{nearest(relation.key, keys)}")
        if relation.key == self.study.key:
            self.wrong(f"{relation.kind} itself")
        if relation.pmid is not None and not 0 < relation.pmid <= MAX_PMID:
            self.wrong(f"{relation.kind} {relation.pmid}, which is no PMID")
        if relation.doi and not DOI.fullmatch(relation.doi):
            self.wrong(f"{relation.kind} '{relation.doi}', which is no DOI")

    def finding(self, finding: Finding) -> None:
        """The numbers of a finding can be true."""

        def wrong(message: str) -> None:
            self.wrong(f"{finding.outcome}: {message}", finding.where)

        if finding.hours is not None and finding.hours < 0:
            wrong(f"{finding.hours} hours")
        for named, group in (("intervention", finding.intervention), ("control", finding.control)):
            for message in _impossible(group):
                wrong(f"{named}: {message}")
        effect = finding.effect
        estimates = [value for value in (effect.ci_low, effect.value, effect.ci_high) if value is not None]
        if estimates != sorted(estimates):
            wrong(f"{effect.value} is not within its interval {effect.ci_low} to {effect.ci_high}")
        if effect.measure in RATIOS and estimates and estimates[0] < 0:
            wrong(f"a negative {effect.measure}")
        if estimates and not effect.measure:
            wrong("an estimate needs its measure")
        if effect.p and not P_VALUE.fullmatch(effect.p):
            wrong(f"p '{effect.p}' is not like 0.03, <0.05 or ns")


def _impossible(group: Group) -> list[str]:
    """What cannot be true of a group's numbers."""
    found = []
    if group.n is not None and group.n < 1:
        found.append(f"n is {group.n}")
    if group.events is not None and group.events < 0:
        found.append(f"{group.events} events")
    if group.n is not None and group.events is not None and group.events > group.n:
        found.append(f"{group.events} events among {group.n}")
    if group.percent is not None and not 0 <= group.percent <= 100:
        found.append(f"{group.percent} % (a change is a mean, with its measure)")
    if group.sd is not None and group.sd < 0:
        found.append(f"an SD of {group.sd}")
    return found
