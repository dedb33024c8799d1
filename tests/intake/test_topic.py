"""What `import --only` lets through: by bytes too many, never too few; then by the record itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from ketlit.errors import UsageError
from ketlit.intake.topic import Topic
from ketlit.record import Keyword, MeshHeading, Record, Section
from ketlit.sources import pubmed
from ketlit.sources.cutting import cut
from ketlit.sources.unpacking import Unpacking
from ketlit.tagging.tagger import mesh_tags
from ketlit.tagging.taxonomy import Taxonomy

ARTICLE = (
    "<PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>{}</ArticleTitle><AuthorList><Author>"
    "<LastName>Ketamine</LastName></Author></AuthorList></Article></MedlineCitation><PubmedData><ReferenceList>"
    "<Reference><Citation>Ketamine</Citation></Reference></ReferenceList></PubmedData></PubmedArticle>"
)


@pytest.mark.parametrize(
    "title",
    [
        "Ketamine.",
        "KETAMINE",
        "<i>S</i>-<b>Keta</b>mine",
        "S(+)-ketamine",
        "K&#xe9;tamine",
        "Kétamine",
        "ｋｅｔａｍｉｎｅ",
        "CI-581 in man",
        "氯胺酮",
        "Spravato ±",
        "R &lt; 107",
    ],
)
def test_a_name_in_any_guise_is_let_through(title: str, taxonomy: Taxonomy) -> None:
    assert Topic("ketamine", taxonomy).may_be(ARTICLE.format(title).encode())


@pytest.mark.parametrize(
    "title", ["Morphine ± lidocaine", "Schmerz: Größe und Maß", "Pain &amp; <i>fear</i>", "p. 581"]
)
def test_authors_references_and_other_words_are_not(title: str, taxonomy: Taxonomy) -> None:
    assert not Topic("ketamine", taxonomy).may_be(ARTICLE.format(title).encode())


def test_narrower_terms_and_headings_count_and_our_own_ids_do_not(taxonomy: Taxonomy) -> None:
    topic = Topic("ketamine", taxonomy)
    assert topic.is_in(Record(title="Esketamine nasal spray"), [])
    assert topic.is_in(Record(keywords=[Keyword("S-Ketamine")]), [])
    assert topic.is_in(Record(mesh=[MeshHeading("D007649", "Ketamine")]), [])
    assert not topic.is_in(Record(title="Extended-release morphine", sections=[Section("Ketaminelike.")]), [])
    assert topic.understood == "drug:ketamine"


def test_words_that_name_no_term_are_looked_for_as_they_are(taxonomy: Taxonomy) -> None:
    topic = Topic("Itch-scratch cycle", taxonomy)
    assert topic.understood == '"itch scratch cycle"'
    assert topic.is_in(Record(title="The itch–scratch cycle."), [])
    assert not topic.is_in(Record(title="Scratch the itch cycle."), [])


def test_a_word_for_one_of_many_unlike_things_takes_no_others(taxonomy: Taxonomy) -> None:
    topic = Topic("psilocybin", taxonomy)
    assert topic.understood == '"psilocybin"'
    assert topic.is_in(Record(title="Psilocybin in sailors"), [])
    assert not topic.is_in(Record(title="Haloperidol in sailors"), [])
    assert Topic("other-drug", taxonomy).understood == "comparator:other-drug"


def test_no_words_are_refused(taxonomy: Taxonomy) -> None:
    with pytest.raises(UsageError, match="has no words"):
        Topic(" - ", taxonomy)


@pytest.fixture(scope="module")
def real(corpus: Path) -> list[tuple[bytes, Record]]:
    """Real records, as bytes and read."""
    found = []
    for name in ("real_pubmed.xml.gz", "ketamine_from_csv.xml.gz"):
        with (corpus / "pubmed" / name).open("rb") as stream:
            found += [(one, pubmed.parse(one)) for one in cut(Unpacking(stream)) if isinstance(one, bytes)]
    return found


@pytest.mark.corpus
@pytest.mark.parametrize("asked", ["ketamine", "depression", "iv", "crps", "anesthesia", "opioid"])
def test_no_real_record_that_is_about_it_is_passed_over(
    asked: str, real: list[tuple[bytes, Record]], taxonomy: Taxonomy
) -> None:
    topic, headings = Topic(asked, taxonomy), taxonomy.by_heading()
    about = [one for one in real if topic.is_in(one[1], mesh_tags(one[1], taxonomy, headings))]
    assert about
    assert [record.pmid for data, record in about if not topic.may_be(data)] == []
