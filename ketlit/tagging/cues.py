"""The words around which the rules look, by name: read from data/cues.yaml, searched beside the taxonomy's phrases."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ketlit import resources
from ketlit.errors import SeedError
from ketlit.tagging.document import Zone

# cues that tell what a sentence is there for, the first named counting first
ZONES: Final = (Zone.CONCLUSION, Zone.AIM, Zone.METHODS, Zone.RESULTS)
# who is counted in a study; also a cue
# fmt: off
PEOPLE: Final = (
    "patients", "participants", "subjects", "volunteers", "women", "men", "children", "adults", "individuals",
    "people", "persons", "veterans", "inpatients", "outpatients", "students", "users", "adolescents", "mothers",
    "parturients", "infants", "respondents", "survivors", "controls", "males", "females", "girls", "boys", "recruits",
    "soldiers", "caregivers", "donors", "couples", "cases", "members", "recipients", "neonates", "smokers",
    "probands", "humans", "civilians", "consumers", "attendees", "practitioners", "employees", "workers", "pts",
    "Latinas", "parents", "nurses", "physicians", "abusers", "drinkers", "patient", "participant", "subject",
    "volunteer", "man", "woman", "child", "infant", "boy", "girl", "case", "personnel", "families", "dyads",
    "partners", "abstainers", "responders", "injectors", "clubbers", "polydrug-users", "non-users", "nonusers",
    "seniors", "elders", "teenagers", "youths", "residents",
)
# fmt: on


def load(path: Path | None = None) -> dict[str, tuple[str, ...]]:
    """The cue words by name. Raises SeedError where the file is not names with lists of words."""
    import yaml

    path = path or resources.CUES
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SeedError(f"{path.name}: {' '.join(str(error).split())}") from error
    if not isinstance(data, dict):
        raise SeedError(f"{path.name}: no names with words")
    for name, words in data.items():
        if not isinstance(words, list) or not all(isinstance(word, str) and word.strip() for word in words):
            raise SeedError(f"{path.name}: {name}: a list of words is needed")
    return {"people": PEOPLE, **{str(name): tuple(words) for name, words in data.items()}}
