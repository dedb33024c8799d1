"""A file is known by how it begins, whatever it is called."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from ketlit.sources.detect import HEAD, kind

EXAMPLES = {
    "pubmed": [
        '<?xml version="1.0"?>\n<!DOCTYPE PubmedArticleSet PUBLIC "x" "y">\n<PubmedArticleSet>',
        "<PubmedArticleSet></PubmedArticleSet>",
        "<PubmedArticle>",
        "<DeleteCitation><PMID>1</PMID>",
    ],
    "export-jsonl": [
        '{"key": "a2020", "pmid": 1}\n{"key": "b2020"}\n',
        '{"title": "one alone"}',
        '{"key": "broken", "ti\n{"key": "b2020"}\n',
        '{"key": "long", "title": "' + "x" * HEAD,
    ],
    "export-json": [
        '[\n{"key": "a2020", "pmid": 1}\n]',
        '[{"pmid": 1, "title": "' + "x" * HEAD,
        '{\n  "key": "a2020",\n  "pmid": 1\n}\n',
        '{\n  "title": "cut short',
    ],
    "export-csv": ["key,pmid,title\na,1,b\n", "PMID;Title\n1;x\n", '"Title","Authors"\n', "doi\n10.1000/x\n"],
    "export-tsv": ["key\tpmid\ttitle\n", "Pubmed ID\tYear\n"],
    "nbib": ["\nPMID- 123\nOWN - NLM\n", "PMID- 9\r\n"],
    "ris": ["TY  - JOUR\nTI  - x\nER  - \n", "1.\nTY  - JOUR\n"],
    "bibtex": ["@article{a,\n title={x}\n}", "% Encoding: UTF-8\n\n@Article {a,", "Record #1 of 2\n@article{a,"],
    "csl": [
        '[{"id": "a", "type": "article-journal", "title": "x", "DOI": "10.1000/x"}]',
        '[{"id": "a", "type": "book", "author": [{"family": "' + "x" * HEAD,
    ],
    "retraction-watch": [
        "Record ID,Title,Subject,RetractionNature,OriginalPaperDOI,Reason\n1,x,,,,\n",
        "Title;Author;RetractionDOI;RetractionPubMedID\n",
    ],
    "": [
        *("", " \n", "plain words", "<html><title>x</title>", '{"error": "API rate limit exceeded"}', "[1, 2]", "[]"),
        *("study,events1,n1,events2,n2\na,1,2,3,4\n", "\x00\x01\x02", "%PDF-1.7", '{"claims": []}', "{", "[" * 100_000),
    ],
}


@pytest.mark.parametrize(("wanted", "text"), [(name, text) for name, texts in EXAMPLES.items() for text in texts])
def test_each_kind_is_known_by_its_beginning(wanted: str, text: str) -> None:
    head = text.encode()
    for dressed in (head, b"\xef\xbb\xbf" + head, b"\n" + head):
        assert kind(dressed[:HEAD]) == wanted
    assert kind(gzip.compress(head)[:HEAD]) == wanted


def test_a_head_that_was_cut_within_the_gzip_data_is_enough() -> None:
    whole = "".join(json.dumps({"key": f"a{number}", "title": str(number**9)}) + "\n" for number in range(20_000))
    packed = gzip.compress(whole.encode())
    assert len(packed) > HEAD
    assert kind(packed[:HEAD]) == "export-jsonl"
    assert kind(b"\x1f\x8b and no gzip") == ""


def test_utf_16_is_known_too_so_that_its_reader_can_say_what_to_do() -> None:
    for encoding, mark in (("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")):
        assert kind(mark + "pmid,title\n1,x\n".encode(encoding)) == "export-csv"


# what a name does not tell, or tells wrongly, in the corpus
NAMED = {".ris": "ris", ".bib": "bibtex", ".nbib": "nbib", ".xml": "pubmed", ".xml.gz": "pubmed", ".bib.gz": "bibtex"}
OTHERWISE = {
    "no_pubmedarticleset.xml": "",
    "LICENSE": "",
    "generic.vec": "",
    "generic_labels_no_title.csv": "",
    "generic_tab.csv": "export-tsv",
    "generic_tab.tab": "export-tsv",
    "generic_tab.tsv": "export-tsv",
    "pubmed_result_13_medline.csv": "",
    "pubmed_result_45_medline.csv": "",
    "pubmed_endnote.txt": "ris",
    "web_of_science.txt": "ris",
    "ris_issue_992.txt": "ris",
    "ris_issue_1099.txt": "ris",
    "README.md": "",
}


@pytest.mark.corpus
@pytest.mark.parametrize("folder", ["pubmed", "citations", "eutils"])
def test_real_files_are_what_they_are(corpus: Path, folder: str) -> None:
    files = [path for path in sorted((corpus / folder).rglob("*")) if path.is_file()]
    assert files
    for path in files:
        with path.open("rb") as file:
            found = kind(file.read(HEAD))
        ending = "".join(path.suffixes[-2:]) if path.suffix == ".gz" else path.suffix
        if folder == "eutils":
            assert found == ("pubmed" if path.name.startswith("pubmed") and ending == ".xml" else ""), path.name
        else:
            by_ending = NAMED.get(ending) or {".csv": "export-csv", ".txt": "nbib"}.get(ending)
            assert found == OTHERWISE.get(path.name, by_ending), path.name
