"""Labelled abstracts, as records with the labels that our terms are compared with. For benchmarks/tagging.py."""

from __future__ import annotations

import csv
import gzip
import json
import re
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from ketlit.record import Record, Section
from ketlit.tagging.reading import Reading
from ketlit.tagging.tagger import is_of_study
from ketlit.tagging.taxonomy import Taxonomy
from ketlit.vocabulary import Axis

CONDITIONS = frozenset(
    [
        "pain",
        "chronic-pain",
        "fibromyalgia",
        "crps",
        "neuropathic-pain",
        "postherpetic-neuralgia",
        "diabetic-neuropathy",
        "cipn",
        "trigeminal-neuralgia",
        "radiculopathy",
        "phantom-limb-pain",
        "central-neuropathic-pain",
        "sci-pain",
        "ischemic-pain",
        "visceral-pain",
        "pelvic-pain",
        "bladder-pain",
        "low-back-pain",
        "myofascial-pain",
        "osteoarthritis-pain",
        "headache",
        "migraine",
        "cluster-headache",
        "cancer-pain",
        "acute-pain",
        "postoperative-pain",
        "chronic-postsurgical-pain",
        "burn-pain",
        "renal-colic",
        "sickle-cell-pain",
        "labor-pain",
        "opioid-induced-hyperalgesia",
        "perioperative-other",
        "experimental-pain",
        "depression",
        "mdd",
        "trd",
        "bipolar-disorder",
        "bipolar-depression",
        "postpartum-depression",
        "late-life-depression",
        "suicidality",
        "ptsd",
        "ocd",
        "anxiety-disorder",
        "substance-use-disorder",
        "eating-disorder",
        "other-psychiatric",
        "me-cfs",
        "long-covid",
        "neurological-other",
        "respiratory-other",
        "agitation",
        "healthy-volunteers",
    ]
)
OUTCOMES = frozenset(
    [
        "pain-intensity",
        "pain-response",
        "analgesic-consumption",
        "hyperalgesia-allodynia",
        "tenderness",
        "physical-function",
        "quality-of-life",
        "global-impression",
        "fatigue",
        "sleep",
        "depressive-symptoms",
        "response",
        "remission",
        "relapse",
        "suicidal-ideation",
        "anhedonia",
        "anxiety",
        "ptsd-symptoms",
        "cognition",
        "participant-disposition",
        "healthcare-use",
        "mortality",
        "pharmacokinetic-outcome",
        "biomarker",
        "any",
    ]
)
MOVED = {
    "mood-disorder": "depression",
    "mental-disorder": "other-psychiatric",
    "chronic-widespread-pain": "chronic-pain",
    "chronic-primary-pain": "chronic-pain",
    "ms-pain": "central-neuropathic-pain",
    "burning-mouth": "chronic-pain",
    "rare-connective": "chronic-pain",
}
OTHER_DESIGNS = {"editorial-letter": "other", "registration": "other"}
RANDOMISED = {"rct-parallel": "rct", "rct-crossover": "rct", "rct-unclear": "rct", "single-arm": "single-arm-trial"}
CLASSES = (20, 40, 60, 80, 100, 199, 499, 999)
NAMES = ("1-20", "21-40", "41-60", "61-80", "81-100", "100-199", "200-499", "500-999", "≥1000")

Labels = dict[str, frozenset[str] | str | int | None]


class Case(NamedTuple):
    """A labelled text: `labels` are scored as sets or exactly, an axis without a label not at all."""

    id: str
    record: Record
    labels: Labels
    accepted: dict[str, frozenset[str]]  # axes on which one of several labels is right

    @property
    def held(self) -> bool:
        """Whether it is in the three tenths that are scored apart."""
        return crc32(self.id.encode()) % 10 < 3


def roll_up(taxonomy: Taxonomy, axis: Axis, term: str, wanted: frozenset[str]) -> str:
    """The nearest of the wanted ids: the term, what it is moved to, or what lies above it; "" where there is none."""
    level = [term]
    while level:
        for one in level:
            if (found := one if one in wanted else MOVED.get(one, "")) in wanted:
                return found
        entries = [entry for one in level if (entry := taxonomy.get(axis, one))]
        level = [up for entry in entries for up in (*entry.parents, *([entry.prints_as] if entry.prints_as else []))]
    return ""


def terms(reading: Reading, axis: Axis) -> list[str]:
    """The active terms of an axis."""
    return [tag.term for tag in reading.tags if tag.axis == axis and is_of_study(tag)]


def names_ketamine(case: Case) -> bool:
    return "ketamine" in (case.record.title + case.record.sections[0].text if case.record.sections else "").lower()


# --- the two readers and an adjudicator


def ketamine_cases(path: Path) -> Iterator[Case]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            labels = {key: _plain(value) for key, value in entry["labels"].items()}
            labels["comparators"] -= {"none"}
            labels["design"] = RANDOMISED.get(labels["design"], labels["design"])
            labels["direction"] = (
                labels["direction"].replace("favours-ketamine", "favours-intervention").replace("-", "_")
            )
            if labels["context"] == "not-ketamine":
                labels = {"context": "not-ketamine"}
            yield Case(entry["id"], _record(entry["title"], entry["abstract"]), labels, {})


def _plain(value: list[str] | str | int | None) -> frozenset[str] | str | int | None:
    if isinstance(value, list):
        return frozenset(one.split(".")[-1].replace("_", "-") for one in value)
    return value.replace("_", "-") if isinstance(value, str) else value


def _record(title: str, text: str) -> Record:
    """A full text cut short begins with TITLE and ABSTRACT.LABEL; of it title and abstract are read."""
    if not re.match(r"\s*TITLE", text):
        return Record(title=title, sections=[Section(text)] if text.strip() else [])
    head, *pieces = re.split(r"\n*ABSTRACT\.? ?", text.partition("\nBODY")[0])
    sections = []
    for piece in pieces:
        label, _, rest = piece.partition("\n")
        sections.append(Section(rest.strip(), label.strip(" :.")))
    return Record(title=" ".join(re.sub(r"^\s*TITLE\W+", "", head).split()), sections=sections)


def ketamine_reading(reading: Reading, taxonomy: Taxonomy) -> Labels:
    """What we read, in the words of these labels."""
    conditions = {roll_up(taxonomy, Axis.CONDITION, term, CONDITIONS) for term in terms(reading, Axis.CONDITION)}
    outcomes = {roll_up(taxonomy, Axis.OUTCOME, term, OUTCOMES) for term in terms(reading, Axis.OUTCOME)}
    outcomes |= {"any"} if terms(reading, Axis.ADVERSE_EFFECT) else set()
    comparators = {"other-drug" if one == "local-anesthetic" else one for one in terms(reading, Axis.COMPARATOR)}
    return {
        "conditions": frozenset(conditions - {""}),
        "forms": frozenset(terms(reading, Axis.DRUG)),
        "routes": frozenset(terms(reading, Axis.ROUTE)),
        "outcomes": frozenset(outcomes - {""}),
        "comparators": frozenset(comparators - {"none"}),
        "design": OTHER_DESIGNS.get(reading.design, reading.design),
        "n": reading.n,
        "direction": reading.direction.value,
        "context": reading.context,
    }


# --- PsyNamic

DEPRESSION = frozenset({"depression", "mood-disorder"})
STUDY_TYPES = {
    "rct": "Randomized-controlled trial (RCT)",
    "protocol": "Study protocol",
    "systematic-review": "Systematic review/meta-analysis",
    "meta-analysis": "Systematic review/meta-analysis",
    "case-report": "Case report",
    "case-series": "Case series",
    "observational": "Observational",
}
FORMS = {
    "intravenous": "Intravenous",
    "intranasal": "Nasal",
    "oral": "Oral",
    "sublingual": "Oral",
    "inhaled": "Smoking",
}
CONCLUSIONS = {
    "Positive": "favours_intervention",
    "Negative": "favours_comparator",
    "Neutral": "no_difference",
    "Mixed": "mixed",
}
DESIGNS = {"Qualitative Study": "Other", "Real-world study": "Observational", "Cohort study": "Observational"}
SUBSTANCES = {"Ketamine": "ketamine", "S-Ketamine": "esketamine", "R-Ketamine": "arketamine"}
TASKS = {
    "Depression": "Depression",
    "Healthy Participants": "Healthy Participants",
    "Post-traumatic stress disorder (PTSD)": "PTSD",
    "Anxiety": "Anxiety",
    "(Chronic) Pain": "Pain",
    "Alcoholism": "Substance",
    "Other addictions (e.g. smoking)": "Substance",
    "Substance abuse": "Substance",
}


def psynamic_cases(path: Path) -> Iterator[Case]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            title, _, abstract = row["text"].partition("^\\n")
            ketamine = "ketamine" in row["text"].lower()
            labels: Labels = {}
            accepted: dict[str, frozenset[str]] = {}
            if row["condition"]:
                labels["conditions"] = frozenset(TASKS[one] for one in row["condition"].split(";") if one in TASKS)
            if row["application_form"] and ketamine:
                labels["routes"] = frozenset(row["application_form"].split(";")) - {"Unknown", "Not applicable"}
            if row["substances"] and ketamine:
                labels["forms"] = frozenset(
                    SUBSTANCES[one] for one in row["substances"].split(";") if one in SUBSTANCES
                )
            if row["study_type"]:
                accepted["design"] = frozenset(DESIGNS.get(one, one) for one in row["study_type"].split(";"))
            if row["number_of_participants"]:
                one = row["number_of_participants"]
                labels["n class"] = None if one in ("Unknown", "Not applicable") else one
            if row["study_conclusion"]:
                accepted["direction"] = frozenset(
                    CONCLUSIONS.get(one, "not_reported") for one in row["study_conclusion"].split(";")
                )
            yield Case(row["id"], _record(title, abstract), labels, accepted)


def psynamic_reading(reading: Reading, taxonomy: Taxonomy) -> Labels:
    conditions = set()
    for term in terms(reading, Axis.CONDITION):
        above = {term, *taxonomy.ancestors(Axis.CONDITION, term)}
        named = {
            "Depression": above & DEPRESSION,
            "Healthy Participants": above & {"healthy-volunteers"},
            "PTSD": above & {"ptsd"},
            "Anxiety": above & {"anxiety-disorder"},
            "Pain": above & {"pain"},
            "Substance": above & {"substance-use-disorder"},
        }
        conditions |= {name for name, found in named.items() if found}
    routes = {
        "Subcutaneous" if one == "subcutaneous" else FORMS.get(one, "Other") for one in terms(reading, Axis.ROUTE)
    }
    forms = {"ketamine" if one == "racemic" else one for one in terms(reading, Axis.DRUG)} & set(SUBSTANCES.values())
    return {
        "conditions": frozenset(conditions),
        "routes": frozenset(routes),
        "forms": frozenset(forms),
        "design": STUDY_TYPES.get(reading.design, "Other"),
        "n class": class_of(reading.n),
        "direction": reading.direction.value,
    }


def class_of(n: int | None) -> str | None:
    """The size class a number falls into; 100 is in "81-100"."""
    if n is None or n < 1:
        return None
    return NAMES[next((place for place, top in enumerate(CLASSES) if n <= top), len(CLASSES))]


# --- the PICO corpus


def pico_cases(path: Path) -> Iterator[Case]:
    """Trials with one total as printed; the first line's sentence up to the stop is the title."""
    with tarfile.open(path) as archive:
        names = sorted(name for name in archive.getnames() if name.endswith(".txt") and "pico" in name)
        for name in names:
            text = _read(archive, name)
            totals = {
                _number(line.split("\t")[2])
                for line in _read(archive, name.removesuffix(".txt") + ".ann").splitlines()
                if "\ttotal-participants " in line
            }
            if totals - {None}:
                title, _, abstract = text.partition(". ")
                yield Case(Path(name).stem, _record(title + ".", abstract), {}, {"n": frozenset(map(str, totals))})


def _read(archive: tarfile.TarFile, name: str) -> str:
    file = archive.extractfile(name)
    return file.read().decode("utf-8", "replace") if file else ""


def _number(text: str) -> int | None:
    from ketlit.tagging.number_words import value

    found = value(text.strip())
    return found


def read(path: Path) -> tuple[list[Case], str]:
    """The cases of a labelled file, told by its name, and which reading they are compared with."""
    kinds: dict[str, Iterable[Case]] = {}
    if path.name.endswith(".jsonl.gz"):
        return list(ketamine_cases(path)), "ketamine"
    if path.name.endswith(".csv.gz"):
        return list(psynamic_cases(path)), "psynamic"
    if path.name.endswith(".tar.gz"):
        return list(pico_cases(path)), "pico"
    raise SystemExit(f"{path}: not a labelled file I know ({', '.join(kinds) or '.jsonl.gz, .csv.gz, .tar.gz'})")
