"""The taxonomy: what ships is whole and agrees with the vocabulary; what breaks its rules is named with its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from ketlit import resources
from ketlit.errors import SeedError
from ketlit.tagging.patterns import derive, normalise, spellings
from ketlit.tagging.taxonomy import Name, Taxonomy, Term, load
from ketlit.vocabulary import READ_ALONE, Axis, Design, DesignFlag

SMALL = """axes:
- id: condition
  label: Condition
  terms:
  - id: pain
    label: Pain
    synonyms: [pain]
  - id: crps
    label: CRPS
    parents: [pain]
"""


def printed(taxonomy: Taxonomy, axis: Axis) -> set[str]:
    return {term.printed for term in taxonomy.terms if term.axis == axis}


def complaint(tmp_path: Path, text: str) -> str:
    path = tmp_path / "terms.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SeedError) as caught:
        load(path)
    return str(caught.value)


def test_every_axis_has_terms(taxonomy: Taxonomy) -> None:
    assert {term.axis for term in taxonomy.terms} == set(Axis) - READ_ALONE


def test_designs_and_their_flags_are_those_of_the_vocabulary(taxonomy: Taxonomy) -> None:
    designs = [term for term in taxonomy.terms if term.axis == Axis.DESIGN]
    assert {term.printed for term in designs if not term.flag} == {design.value for design in Design}
    assert {term.printed for term in designs if term.flag} == {flag.value for flag in DesignFlag}
    shown = [term for term in designs if not term.flag and not term.prints_as]
    assert len({term.rank for term in shown}) == len(shown)


@pytest.mark.parametrize(
    ("axis", "ids"),
    [
        (Axis.DRUG, "ketamine racemic esketamine arketamine metabolites"),
        (
            Axis.ROUTE,
            "intravenous intramuscular subcutaneous intranasal oral sublingual rectal topical epidural intrathecal "
            "intra-articular inhaled intraosseous local-infiltration animal-route",
        ),
        (
            Axis.COMPARATOR,
            "placebo active-placebo opioid local-anesthetic ect other-drug dose-comparison standard-care none",
        ),
        (
            Axis.CONTEXT,
            "therapeutic-pain therapeutic-psychiatric anesthesia misuse psychosis-model mechanistic veterinary other "
            "not-ketamine",
        ),
    ],
)
def test_an_axis_prints_only_its_documented_ids(taxonomy: Taxonomy, axis: Axis, ids: str) -> None:
    assert printed(taxonomy, axis) == set(ids.split())


def test_outcomes_and_harms_have_a_term_for_the_rest(taxonomy: Taxonomy) -> None:
    assert "other" in taxonomy.ids(Axis.OUTCOME)
    assert {"any", "other"} <= taxonomy.ids(Axis.ADVERSE_EFFECT)


def test_terms_for_the_rest_say_that_they_gather_unlike_things(taxonomy: Taxonomy) -> None:
    rest = [term for term in taxonomy.terms if term.id.startswith("other") or term.id.endswith("-other")]
    assert len(rest) > 8
    assert all(term.catch_all for term in rest)
    assert not any(term.catch_all for term in taxonomy.terms if term.axis in (Axis.DRUG, Axis.ROUTE))


def test_a_way_of_a_route_prints_as_the_route(taxonomy: Taxonomy) -> None:
    assert [taxonomy.printed(Axis.ROUTE, way) for way in ("pca", "iv-infusion", "iv-bolus")] == ["intravenous"] * 3
    assert taxonomy.ancestors(Axis.ROUTE, "pca") == {"intravenous"}


def test_a_term_may_lie_below_two(taxonomy: Taxonomy) -> None:
    assert {"depression", "bipolar-disorder"} <= taxonomy.ancestors(Axis.CONDITION, "bipolar-depression")


def test_of_a_lineage_the_most_specific_is_kept(taxonomy: Taxonomy) -> None:
    found = taxonomy.most_specific(Axis.CONDITION, ["pain", "crps", "crps-1", "depression"])
    assert found == ["crps-1", "depression"]


def test_an_unknown_term_is_its_own_print_and_has_nothing_above(taxonomy: Taxonomy) -> None:
    assert taxonomy.printed(Axis.DRUG, "nonsense") == "nonsense"
    assert taxonomy.ancestors(Axis.DRUG, "nonsense") == frozenset()


def test_names_for_searching_are_plain_and_say_which_are_ambiguous(taxonomy: Taxonomy) -> None:
    crps, fibromyalgia = taxonomy.get(Axis.CONDITION, "crps"), taxonomy.get(Axis.CONDITION, "fibromyalgia")
    assert crps is not None
    assert fibromyalgia is not None
    names = {name.text: name for name in taxonomy.synonyms_for_search(fibromyalgia)}
    assert names["FM"] == Name("FM", "abbreviation", ambiguous=True)
    assert names["fibrositis"] == Name("fibrositis", "synonym")
    assert Name("CRPS", "abbreviation") in taxonomy.synonyms_for_search(crps)
    texts = [name.text for term in taxonomy.terms for name in taxonomy.names(term)]
    assert not [text for text in texts if re.search(r"[\\\[|?*]", text)]


def test_the_names_of_a_term_are_each_given_once_and_start_with_its_id(taxonomy: Taxonomy) -> None:
    for term in taxonomy.terms:
        names = [name.text.casefold() for name in taxonomy.names(term)]
        assert names[0] == term.id
        assert len(names) == len(set(names))


def test_every_expression_compiles_and_repeats_nothing_without_end(taxonomy: Taxonomy) -> None:
    for where, expression in taxonomy.expressions():
        re.compile(expression)
        assert not re.search(r"(?<!\\)(?:\\[sd]|\)|\]| )[*+]", expression), where


def test_a_measure_says_what_it_measures_or_which_harm(taxonomy: Taxonomy) -> None:
    for term in taxonomy.terms:
        if term.axis == Axis.OUTCOME_MEASURE:
            assert term.outcome or term.implies, term.id
            assert term.higher_is in ("better", "worse"), term.id


def test_a_descriptor_below_ours_counts_where_tree_numbers_are_known(taxonomy: Taxonomy) -> None:
    below = {"D999991": ["C05.651.324.500"], "D999992": ["C23.888.592.612.999"]}
    headings = taxonomy.by_heading(below)
    assert [term.id for term in headings.terms("D999991", "Some Fibromyalgia")] == ["fibromyalgia"]
    assert headings.terms("D999992", "Some Pain") == []  # Pain is not exploded
    assert taxonomy.by_heading().terms("D999991", "Some Fibromyalgia") == []


def test_a_substance_without_a_verified_identifier_is_known_by_name(taxonomy: Taxonomy) -> None:
    assert [term.id for term in taxonomy.by_heading().terms("C999999", "Esketamine")] == ["esketamine"]


def test_plain_words_match_either_spelling_number_and_hyphenation() -> None:
    found = re.compile(derive("post-herpetic neuralgia"), re.IGNORECASE)
    assert all(found.search(text) for text in ("Postherpetic neuralgias", "post herpetic-neuralgia"))
    assert not found.search("postherpetic neuralgiae")
    assert re.search(derive("randomized trial"), "randomised trials")
    assert re.search(derive("meta-analysis"), "meta analyses")
    assert re.search(derive("neuropathy"), "neuropathies")
    assert re.search(derive("Sudeck's atrophy"), "Sudecks atrophy")
    assert spellings("general anesthesia") == ["general anesthesia", "general anaesthesia"]
    assert spellings("pain") == ["pain"]


def test_a_normalised_text_knows_where_its_characters_came_from() -> None:
    text = "S(+)\u2010ketamine \u00a0\n in\u200b CRPS"
    plain, origin = normalise(text)
    assert plain == "S(+)-ketamine in CRPS"
    start = plain.index("CRPS")
    assert text[origin[start] : origin[start + 3] + 1] == "CRPS"
    assert len(origin) == len(plain) + 1
    assert normalise("cafe\u0301")[0] == "café"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            SMALL.replace("[pain]\n  - id", "[pain]\n  - id", 1).replace("parents: [pain]", "parents: [pian]"),
            "did you mean pain",
        ),
        (SMALL.replace("- id: crps", "- id: pain"), "twice on its axis"),
        (SMALL.replace("    synonyms: [pain]", "    parents: [crps]"), "lies below itself"),
        (SMALL + "    prints_as: agony\n", "no such prints_as: agony"),
        (SMALL + "    mesh: [{ui: X1, name: Pain}]\n", "not a MeSH descriptor: X1"),
        (SMALL + "    mesh: [{ui: D010146, name: Pain, trees: [C5]}]\n", "not a tree number: C5"),
        (SMALL + "    qualifier: {ui: D1, name: therapy}\n", "not a MeSH qualifier"),
        (SMALL + "    abbreviations: [{text: CP, when: never}]\n", "no such when: never"),
        (SMALL + "    implies: ['condition:pian']\n", "did you mean pain"),
        (SMALL + "    outcome: relief\n", "no such outcome"),
        (SMALL + "    colour: blue\n", "cannot be read"),
        (SMALL + "    catch_all: sometimes\n", "catch_all is true or false, not 'sometimes'"),
        (SMALL.replace("- id: condition", "- id: conditions"), "did you mean condition"),
        (SMALL + "tests: [{text: pain, expect: ['condition:ache']}]\n", "no such term: condition:ache"),
        ("axes: [", "terms.yaml"),
        ("[]", "no axes"),
    ],
)
def test_what_breaks_a_rule_is_said(tmp_path: Path, text: str, said: str) -> None:
    assert said in complaint(tmp_path, text)


def test_a_problem_is_told_with_its_file_and_line(tmp_path: Path) -> None:
    assert complaint(tmp_path, SMALL.replace("parents: [pain]", "parents: [pian]")).startswith("terms.yaml:8: ")


def test_a_missing_file_is_a_seed_error(tmp_path: Path) -> None:
    with pytest.raises(SeedError, match=re.escape("terms.yaml")):
        load(tmp_path / "terms.yaml")


def test_a_term_prints_as_itself_unless_it_says_otherwise() -> None:
    assert Term(Axis.DRUG, "a", "A").printed == "a"
    assert Term(Axis.DRUG, "a", "A", prints_as="b").printed == "b"


def test_the_files_of_words_can_be_read_without_the_quick_loader() -> None:
    for path in (resources.TAXONOMY, resources.CUES):
        assert yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
