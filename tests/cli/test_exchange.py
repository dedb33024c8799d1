"""`import` and `export` as they are typed: summaries, failures, exit codes, files."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ketlit.cli import run

Command = Callable[..., tuple[int, str, str]]
SUMMARY = ["files", "added", "revised", "unchanged", "deleted", "skipped", "failed", "seconds"]


def article(pmid: int, title: str, extra: str = "") -> str:
    return (
        f'<PubmedArticle><MedlineCitation><PMID Version="1">{pmid}</PMID>{extra}<Article><ArticleTitle>{title}'
        "</ArticleTitle><AuthorList><Author><LastName>Pereira</LastName><Initials>A</Initials></Author></AuthorList>"
        "</Article></MedlineCitation></PubmedArticle>"
    )


@pytest.fixture
def pubmed_file(tmp_path: Path) -> Callable[..., str]:
    """Writes a PubMed file of these parts; its path."""

    def written(*parts: str, name: str = "some.xml", whole: bool = True) -> str:
        text = "<?xml version='1.0'?>\n<PubmedArticleSet>" + "".join(parts) + "</PubmedArticleSet>" * whole
        path = tmp_path / name
        path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
        return str(path)

    return written


def test_a_file_goes_in_once_and_its_summary_has_the_keys_of_the_contract(
    answer: Any, pubmed_file: Callable[..., str]
) -> None:
    path = pubmed_file(article(90000001, "Ketamine <i>in</i> vivo"), article(90000002, "Else"), name="a.xml.gz")
    first = answer("import", path)
    assert list(first) == SUMMARY
    assert (first["files"], first["added"], first["failed"]) == (1, 2, [])
    again = answer("import", path, path)
    assert (again["files"], again["added"], again["unchanged"]) == (2, 0, 4)
    found = answer("search", "vivo")
    assert [(row["pmid"], row["title"], row["source"]) for row in found] == [(90000001, "Ketamine in vivo", "imported")]


def test_studies_that_only_mention_ketamine_are_counted(
    command: Command, pubmed_file: Callable[..., str], answer: Any
) -> None:
    path = pubmed_file(
        article(90000001, "Intravenous ketamine for shoulder pain: a randomized trial"),
        article(90000002, "Psilocybin for low mood in sailors: a randomized trial"),
        article(90000003, "MDMA for low mood in sailors: a randomized trial"),
    )
    code, out, err = command("import", path, "--format", "table")
    assert (code, out[:17]) == (0, "1 file: 3 added (")
    assert "ketlit: 2 of the 3 added only mention ketamine" in err
    assert len(answer("search", "--context", "not-ketamine", "--source", "imported")) == 2
    assert "only mention" not in command("import", path)[2]


def test_only_what_is_about_a_term_is_taken(command: Command, pubmed_file: Callable[..., str]) -> None:
    path = pubmed_file(article(90000001, "S-ketamine"), article(90000002, "Morphine"))
    code, out, err = command("import", path, "--only", "ketamine", "--format", "json")
    assert code == 0
    assert "only drug:ketamine" in err
    assert (json.loads(out)["added"], json.loads(out)["skipped"]) == (1, 1)


def test_a_dry_run_counts_and_changes_nothing(
    command: Command, answer: Any, pubmed_file: Callable[..., str], library: Path
) -> None:
    before = library.read_bytes()
    assert answer("import", pubmed_file(article(90000001, "One")), "--dry-run")["added"] == 1
    assert library.read_bytes() == before


def test_a_dry_run_makes_no_library(pubmed_file: Callable[..., str], tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    assert run(["--db", str(path), "import", "--dry-run", pubmed_file(article(90000001, "One"))]) == 4
    assert not path.exists()


def test_an_import_makes_the_library_that_was_named(pubmed_file: Callable[..., str], tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    assert run(["--db", str(path), "import", pubmed_file(article(90000001, "One"))]) == 0
    assert path.exists()


def test_a_broken_record_is_named_and_the_rest_goes_in(command: Command, pubmed_file: Callable[..., str]) -> None:
    path = pubmed_file(article(90000001, "One"), article(90000002, "<b>Two"), article(90000003, "Three"))
    code, out, err = command("import", path, "--format", "json")
    assert code == 6
    found = json.loads(out)
    assert found["added"] == 2
    assert [(one["file"], one["place"]) for one in found["failed"]] == [(path, "record 2 (PMID 90000002)")]
    assert "1 of what was given could not be taken" in err


def test_of_a_file_cut_short_nothing_half_goes_in(command: Command, pubmed_file: Callable[..., str]) -> None:
    path = pubmed_file(article(90000001, "One"), article(90000002, "Two")[:-40], whole=False)
    code, out, _ = command("import", path, "--format", "json")
    assert code == 6
    found = json.loads(out)
    assert found["added"] == 0
    assert "ends inside a record" in found["failed"][0]["reason"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"<html><body>PubMed is down</body></html>", "no PubMed records"),
        (b"PMID- 1234\nTI  - A title\n", "MEDLINE (nbib) file cannot be read yet"),
        (b"TY  - JOUR\nER  - \n", "RIS file cannot be read yet"),
        (b"\x7fELF\x00\x01", "neither PubMed XML nor an export"),
    ],
    ids=["empty", "html", "nbib", "ris", "binary"],
)
def test_a_file_of_another_kind_is_told_for_what_it_is(
    command: Command, tmp_path: Path, content: bytes, said: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    code, out, err = command("import", str(path), "--format", "json")
    assert code == 6
    assert said in json.loads(out)["failed"][0]["reason"]
    assert "Traceback" not in err


def test_a_missing_file_and_a_directory_are_named_and_other_files_go_in(
    command: Command, pubmed_file: Callable[..., str], tmp_path: Path
) -> None:
    code, out, _ = command(
        "import", str(tmp_path / "none.xml"), str(tmp_path), pubmed_file(article(90000001, "One")), "--format", "json"
    )
    assert code == 6
    found = json.loads(out)
    assert (found["files"], found["added"]) == (3, 1)
    assert [one["reason"].split(":")[0] for one in found["failed"]] == ["cannot be read"] * 2


def test_what_is_piped_in_is_imported(library: Path, pubmed_file: Callable[..., str]) -> None:
    with Path(pubmed_file(article(90000001, "One"), name="a.xml.gz")).open("rb") as stream:
        done = subprocess.run(
            [sys.executable, "-c", "from ketlit.cli import main; main()", "--db", str(library), "import", "-"],
            stdin=stream,
            capture_output=True,
            encoding="utf-8",
        )
    assert done.returncode == 0, done.stderr
    assert "added\t1" in done.stdout


def test_what_people_wrote_stays_across_an_import(
    command: Command, answer: Any, pubmed_file: Callable[..., str]
) -> None:
    answer("import", pubmed_file(article(90000001, "One")))
    key = answer("search", "pmid:90000001")[0]["key"]
    command("note", "add", key, "mine")
    command("label", "add", key, "mine")
    command("tag", "add", key, "condition:crps")
    revised = "<DateRevised><Year>2030</Year><Month>01</Month><Day>02</Day></DateRevised>"
    assert answer("import", pubmed_file(article(90000001, "Two", revised)))["revised"] == 1
    found = answer("show", key)
    assert (found["title"], found["conditions"], found["labels"]) == ("Two", ["crps"], ["mine"])
    assert [note["text"] for note in found["notes"]] == ["mine"]
    gone = "<DeleteCitation><PMID Version='1'>90000001</PMID></DeleteCitation>"
    assert answer("import", pubmed_file(gone))["deleted"] == 1
    found = answer("show", key)
    assert (found["status"], found["labels"]) == ("deleted", ["mine"])


def test_the_retraction_watch_table_marks_what_is_here_and_adds_nothing(
    command: Command, answer: Any, pubmed_file: Callable[..., str], tmp_path: Path
) -> None:
    answer("import", pubmed_file(article(90000001, "One"), article(90000002, "Two")))
    path = tmp_path / "some.csv"
    lines = [
        "Record ID,Title,RetractionDate,RetractionDOI,RetractionPubMedID,OriginalPaperDOI,OriginalPaperPubMedID,"
        "RetractionNature,Reason,Notes",
        "1,One,3/9/2011 0:00,10.1000/N1,5,unavailable,90000001,Retraction,+Fake Data;+Doubt;,",
        '2,Two,3/9/2012 0:00,Unavailable,0,10.1000/none,90000002,Correction,+Error;,"two\r\nlines"',
        "3,Three,3/9/2013 0:00,,0,10.1000/three,90000003,Retraction,+Error;,",
        "4,Caf\xe9,3/9/2013 0:00,,0",
    ]
    path.write_bytes("\ufeff".encode() + "\r\n".join([*lines, ""]).encode("cp1252"))
    code, out, _ = command("import", str(path), "--format", "json")
    found = json.loads(out)
    assert list(found) == SUMMARY
    assert (code, found["added"], found["revised"], found["skipped"]) == (6, 0, 2, 1)
    assert [(one["place"], one["reason"]) for one in found["failed"]] == [
        ("line 6", "it has 5 cells, the first line 10")
    ]
    shown = answer("show", "90000001")
    said = "Retraction, 2011-03-09: Fake Data; Doubt (Retraction Watch record 1)"
    assert (shown["status"], shown["status_note"]) == ("retracted", said)
    (relation,) = shown["relations"]
    assert [relation[name] for name in ("kind", "pmid", "doi", "text", "date", "source")] == [
        *("retracted_by", 5, "10.1000/n1", said, "2011-03-09", "retraction-watch")
    ]
    assert answer("show", "90000002")["status"] == "corrected"
    assert [row["pmid"] for row in answer("search", "--status", "retracted", "--source", "imported")] == [90000001]
    assert json.loads(command("import", str(path), "--format", "json")[1])["unchanged"] == 2
    exported = command("export")[1]
    (tmp_path / "all.jsonl").write_text(exported, encoding="utf-8")
    assert answer("import", str(tmp_path / "all.jsonl"))["unchanged"] == len(exported.splitlines())
    assert command("export")[1] == exported


@pytest.mark.parametrize("format", ["jsonl", "json", "csv", "tsv"])
def test_an_export_gives_the_same_library_back(
    command: Command, library: Path, tmp_path: Path, format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command("note", "add", "sorensen1995", "=1+1\tand\n'two'")
    command("label", "add", "sorensen1995", "mine")
    command("tag", "remove", "sorensen1995", "condition:fibromyalgia")
    command("study", "exclude", "noppers2011", "--why", "mine")
    path, other = tmp_path / f"all.{format}", str(tmp_path / "other.db")
    assert command("export", "--output", str(path))[0] == 0
    assert run(["--db", other, "db", "create", "--empty"]) == 0
    assert run(["--db", other, "import", str(path)]) == 0
    capsys.readouterr()
    assert run(["--db", other, "export"]) == 0
    there = capsys.readouterr().out
    assert there == command("export")[1]
    code, out, _ = command("import", str(path), "--format", "json")
    assert (code, json.loads(out)["unchanged"]) == (0, len(there.splitlines()))


def test_an_export_honours_filters_and_limits(command: Command) -> None:
    lines = command("export", "-c", "crps", "-r", "iv", "--limit", "3")[1].splitlines()
    assert len(lines) == 3
    assert all("intravenous" in json.loads(line)["routes"] for line in lines)
    assert command("export", "fibromyalgia", "--format", "json")[1].startswith("[")
    assert command("export", "--limit", "-1")[0] == 2
    assert command("export", "--format", "bibtx")[0] == 2


def test_an_existing_file_is_only_overwritten_when_forced(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("mine")
    code, _, err = command("export", "--output", str(path))
    assert code == 4
    assert "--force" in err
    assert path.read_text() == "mine"
    assert command("export", "--output", str(path), "--force")[0] == 0
    assert path.read_text(encoding="utf-8").startswith("key,")
    assert sorted(each.name for each in tmp_path.iterdir() if "part" in each.name) == []


def test_a_closed_pipe_ends_quietly(library: Path) -> None:
    program = [sys.executable, "-c", "from ketlit.cli import main; main()", "--db", str(library), "export"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


def test_failures_are_shown_safely(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "evil\x1b[31m.xml"
    path.write_bytes(b"<html>")
    _, _, err = command("import", str(path))
    assert "\x1b" not in err
    assert "\ufffd[31m" in err


@pytest.mark.corpus
def test_all_real_records_go_in_with_titles_abstracts_and_authors(answer: Any, corpus: Path) -> None:
    found = answer("import", str(corpus / "pubmed" / "real_pubmed.xml.gz"))
    assert (found["added"] + found["revised"], found["failed"]) == (1019, [])
    assert answer("import", str(corpus / "pubmed" / "real_pubmed.xml.gz"))["unchanged"] == 1019
    # of four records as they were years before, three bear the same date of revision as now: there the last word holds
    older = answer("import", str(corpus / "pubmed" / "real_pubmed_older_versions.xml.gz"))
    assert (older["skipped"], older["revised"]) == (1, 3)


def test_stdin_that_is_empty_is_told(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BufferedReader(io.BytesIO(b""))  # type: ignore[arg-type]

    monkeypatch.setattr("sys.stdin", Stdin)
    code, out, _ = command("import", "-", "--format", "json")
    assert code == 6
    assert json.loads(out)["failed"] == [{"file": "stdin", "place": "", "reason": "the file is empty"}]


NAMELESS = """title,authors,year,journal
Ketamine eases pain,"Smith, J.; Doe, A.",2019,Pain
Ketamine eases pain,"Doe, A.",2019,Pain
Ketamine eases pain,"Smith, J.",2020,Pain
Ketamine eases other pain,,,
KETAMINE eases  pain.,"Smith, J.; Doe, A.",2019,Pain
"""


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_what_has_no_identifier_goes_in_once_and_different_papers_stay_apart(
    answer: Any, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / f"nameless.{kind}"
    given = [dict(row) for row in csv.DictReader(io.StringIO(NAMELESS))]
    path.write_text(NAMELESS if kind == "csv" else "".join(f"{json.dumps(row)}\n" for row in given), encoding="utf-8")
    first = answer("import", str(path))
    assert (first["added"], first["unchanged"], first["failed"]) == (4, 1, [])
    again = answer("import", str(path))
    assert (again["added"], again["revised"], again["unchanged"]) == (0, 0, 5)


def test_a_pipe_that_gives_one_byte_at_a_time_is_read_whole(
    monkeypatch: pytest.MonkeyPatch, answer: Any, pubmed_file: Callable[..., str]
) -> None:
    data = Path(pubmed_file(article(90000001, "One"), name="a.xml.gz")).read_bytes()

    class Slow(io.RawIOBase):
        def __init__(self) -> None:
            self.left = data

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            given, self.left = self.left[:1], self.left[1:]
            return given

    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=Slow()))
    assert answer("import", "-")["added"] == 1


def test_a_named_pipe_is_read_whole(library: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    line = json.dumps({"title": "Ketamine through a pipe", "year": 2020})
    slowly = "import os, sys\npipe = os.open(sys.argv[1], os.O_WRONLY)\n"
    slowly += "for each in sys.argv[2]: os.write(pipe, each.encode())"
    with subprocess.Popen([sys.executable, "-c", slowly, str(pipe), line]):
        assert run(["--db", str(library), "import", str(pipe)]) == 0


def test_a_file_whose_name_is_not_utf_8_is_read_and_named_safely(command: Command, tmp_path: Path) -> None:
    path = os.path.join(str(tmp_path), os.fsdecode(b"a\xffb.jsonl"))
    with open(path, "w", encoding="utf-8") as file:
        file.write('{"title": "Ketamine in an odd place", "year": 2020}\n{"year": 2020}\n')
    code, out, err = command("import", path, "--format", "json")
    assert code == 6, err
    assert json.loads(out)["added"] == 1
    assert "a\ufffdb.jsonl: line 2: it has no title" in err or "a\ufffdb.jsonl" in out


def test_rows_before_a_quotation_that_never_ends_are_stored(command: Command, answer: Any, tmp_path: Path) -> None:
    path = tmp_path / "open.csv"
    path.write_text('pmid,title,year\n90000001,One,2020\n90000002,"Two,2021\n90000003,Three,2022\n', encoding="utf-8")
    code, out, err = command("import", str(path), "--format", "json")
    found = json.loads(out)
    assert (code, found["added"]) == (6, 1), err
    assert [one["place"] for one in found["failed"]] == ["line 3"]
    assert answer("show", "90000001")
