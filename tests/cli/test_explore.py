"""The commands that read, on the library as the first command makes it."""

from __future__ import annotations

import csv
import json
import os
import pty
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from ketlit.cli import run

PROGRAM = [sys.executable, "-c", "from ketlit.cli import main; main()"]
ODD = ["S(+)-ketamine", "0.5 mg/kg", "CRPS-1", "O'Brien", "50%", '"', "AND", "a OR", "-", "*", "NEAR(", "pmid:1"]
FIBROMYALGIA = {"sorensen1995", "sorensen1997", "gravennielsen2000", "henriksson2002", "noppers2011"}
CONTRACT = [
    *("key", "pmid", "doi", "title", "authors", "year", "journal", "design", "n", "conditions", "routes", "outcomes"),
    *("harms", "drugs", "comparators", "context", "direction", "status", "source", "curated", "verification", "score"),
    "url",
]


@pytest.fixture
def ask(seeded: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a command on the seeded library: exit code, stdout, stderr."""

    def asked(*arguments: str) -> tuple[int, str, str]:
        code = run(["--db", str(seeded), *arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    return asked


def test_the_readme_s_words_to_leave_out_are_left_out(ask: Any) -> None:
    code, out, _ = ask("search", "pain", "-crps", "--limit", "0", "--format", "jsonl")
    found = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert found
    assert not [row["key"] for row in found if {"crps", "crps-1"} & set(row["conditions"])]


def test_with_an_outcome_asked_for_a_table_shows_the_result_on_it(seeded: Path) -> None:
    shown = on_terminal(seeded, "search", "-c", "fibromyalgia", "-o", "hyperalgesia-allodynia", width=100)
    assert "= no diff." in next(line for line in shown.splitlines() if "gravennielsen2000" in line)
    assert "the result shown is that" in shown
    by = on_terminal(seeded, "timeline", "gravennielsen2000", "--by", "outcome", width=100)
    group = by[by.index("hyperalgesia-allodynia") :]
    assert "= no diff." in group


@pytest.fixture
def objects(ask: Any) -> Any:
    """What a command answers in JSON."""

    def found(command: str, *arguments: str) -> Any:
        code, out, err = ask(command, "--format", "json", *arguments)
        assert code == 0, err
        return json.loads(out)

    return found


def on_terminal(library: Path, *arguments: str, width: int = 80, **environment: str) -> str:
    """What a terminal of this width is shown."""
    ours, theirs = pty.openpty()
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS")}
    kept |= {"TERM": "xterm-256color", "COLUMNS": str(width), "KETLIT_DB": str(library), **environment}
    process = subprocess.Popen([*PROGRAM, *arguments], env=kept, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    parts = []
    try:
        while part := os.read(ours, 65536):
            parts.append(part)
    except OSError:  # Linux says so that the other end is closed
        pass
    os.close(ours)
    assert process.wait() == 0
    return b"".join(parts).decode("utf-8")


def test_a_search_in_json_has_the_keys_of_the_contract(objects: Any) -> None:
    found = objects("search", "fibromyalgia")
    assert {study["key"] for study in found} >= FIBROMYALGIA
    assert all(set(CONTRACT) <= set(study) for study in found)
    scores = [study["score"] for study in found]
    assert scores == sorted(scores, reverse=True)


def test_the_studies_of_fibromyalgia_show_route_design_n_outcome_and_direction(objects: Any) -> None:
    found = {study["key"]: study for study in objects("search", "fibromyalgia", "--until", "2011")}
    for key in FIBROMYALGIA:
        study = found[key]
        assert study["routes"] == ["intravenous"]
        assert study["outcomes"]
        assert study["direction"]
        assert study["n"] or study["design"] == "narrative-review"


def test_piped_output_is_tsv_with_the_keys_as_a_header(ask: Any) -> None:
    code, out, _ = ask("search", "-c", "crps", "-r", "iv")
    lines = out.splitlines()
    assert code == 0
    assert lines[0].split("\t")[: len(CONTRACT)] == CONTRACT
    assert len({line.count("\t") for line in lines}) == 1


def test_csv_and_jsonl_hold_the_same_studies(ask: Any) -> None:
    keys = [row["key"] for row in csv.DictReader(StringIO(ask("search", "crps", "--format", "csv")[1]))]
    assert keys == [json.loads(line)["key"] for line in ask("search", "crps", "--format", "jsonl")[1].splitlines()]
    assert keys


def test_a_limit_is_told_and_zero_means_all(ask: Any, objects: Any) -> None:
    code, out, err = ask("search", "-c", "depression", "--limit", "3")
    assert code == 0
    assert len(out.splitlines()) == 4
    assert "--limit 0 shows all" in err
    every = objects("search", "-c", "depression", "--limit", "0")
    assert f"3 of {len(every)} shown" in err


def test_v_explains_on_stderr_what_a_pipe_does_not_show(ask: Any) -> None:
    _, out, err = ask("search", "-v", "-c", "fm")
    assert "reading " in err
    assert "condition: fibromyalgia" in err
    assert "understood" not in out


def test_an_empty_result_is_done(ask: Any) -> None:
    code, out, err = ask("search", "zzzzzz", "--format", "json")
    assert (code, out) == (0, "[]\n")
    assert "zzzzzz" in err


@pytest.mark.parametrize("words", ODD)
@pytest.mark.parametrize("command", ["search", "timeline"])
def test_anything_typed_gives_results_or_says_how_to_ask(command: str, words: str, ask: Any) -> None:
    code, out, err = ask(command, words, "--format", "json")
    assert code in (0, 2)
    assert "internal error" not in err
    assert (code == 0) == bool(out)
    if code == 2:
        assert len(err.splitlines()) <= 2


def test_an_unknown_term_names_the_nearest(ask: Any) -> None:
    code, _, err = ask("search", "-c", "fibromyalgai")
    assert code == 2
    assert "did you mean fibromyalgia" in err


def test_words_to_leave_out_can_stand_after_two_dashes(objects: Any) -> None:
    every = {study["key"] for study in objects("search", "ketamine", "depression", "--limit", "0")}
    fewer = {study["key"] for study in objects("search", "--limit", "0", "--", "ketamine", "depression", "-bipolar")}
    assert fewer < every


def test_a_terminal_is_shown_how_the_query_was_understood_and_what_was_found(seeded: Path) -> None:
    text = on_terminal(seeded, "search", "fibromyalgia", "--until", "2011", "--sort", "year")
    assert "fibromyalgia" in text.splitlines()[0]
    for key in FIBROMYALGIA:
        assert key in text
    assert "\x1b[32m▲ better" in text
    assert "ketlit show" in text


def test_colours_can_be_turned_off_in_three_ways(seeded: Path) -> None:
    for arguments, environment in ((("--no-color",), {}), ((), {"NO_COLOR": "1"}), ((), {"TERM": "dumb"})):
        text = on_terminal(seeded, "search", "sorensen1995", *arguments, **environment)
        assert "▲ better" in text
        assert "\x1b[3" not in text.replace("\x1b[39m", "")


def test_rich_is_loaded_for_a_terminal_only(seeded: Path) -> None:
    probe = "import sys\nfrom ketlit.cli import run\nrun(sys.argv[1:])\nprint('rich' in sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", probe, "--db", str(seeded), "search", "crps"], capture_output=True, encoding="utf-8"
    )
    assert done.stderr.splitlines()[-1] == "False"


@pytest.mark.parametrize("ident", ["sorensen1995", "8610220", "PMID: 8610220", "10.3109/03009749509095181"])
def test_a_study_is_shown_by_key_pmid_or_doi(ident: str, objects: Any) -> None:
    found = objects("show", ident)
    assert found["key"] == "sorensen1995"
    assert found["findings"]
    assert found["history"] is not None
    assert {"axis", "term", "origin"} <= set(found["tags"][0])


def test_an_unknown_study_exits_3_and_names_those_like_it(ask: Any) -> None:
    code, out, err = ask("show", "sorenson1995")
    assert (code, out) == (3, "")
    assert "did you mean sorensen1995" in err


def test_the_retracted_meta_analysis_is_marked_everywhere(ask: Any, objects: Any) -> None:
    [study] = objects("search", "--status", "retracted")
    assert study["status"] == "retracted"
    key = study["key"]
    for command in (["search", key], ["show", key], ["timeline", key]):
        assert "RETRACTED" in ask(*command, "--format", "table")[1]
        assert "retracted" in ask(*command)[1]


def test_the_timeline_is_by_year_with_those_without_one_last(objects: Any) -> None:
    years = [entry["year"] for entry in objects("timeline")]
    dated = [year for year in years if year is not None]
    assert years == sorted(dated) + [None] * (len(years) - len(dated))


def test_the_timeline_carries_the_claims_of_the_article(ask: Any, objects: Any) -> None:
    found = {entry["key"]: entry for entry in objects("timeline", "fibromyalgia")}
    [landmark] = found["sorensen1995"]["landmarks"]
    assert set(landmark) == {"claim", "verdict", "text"}
    text = ask("timeline", "fibromyalgia", "--format", "table")[1]
    assert f"└ {landmark['claim']} " in text
    assert "without a study" in text


def test_a_timeline_by_outcome_names_each_group(objects: Any, ask: Any) -> None:
    groups = {entry["group"] for entry in objects("timeline", "-c", "crps", "--by", "outcome")}
    assert "pain-intensity" in groups
    assert ask("timeline", "-c", "crps", "--by", "outcome")[1].startswith("group\tkey\t")


def test_terms_of_an_axis_can_be_named_as_people_know_it(objects: Any) -> None:
    for name in ("adverse-effect", "harm", "harms"):
        assert {row["axis"] for row in objects("terms", name)} == {"adverse-effect"}
    assert len({row["axis"] for row in objects("terms")}) >= 9


def test_terms_can_be_those_that_no_study_has_or_with_names_that_others_share(objects: Any) -> None:
    assert {row["k_with_children"] for row in objects("terms", "--unused")} == {0}
    shared = {row["term"]: row["synonyms"] for row in objects("terms", "--ambiguous")}
    assert "FM" in shared["fibromyalgia"]
    assert "fibromyalgia" not in shared["fibromyalgia"]


def test_what_else_a_name_may_mean_is_told_in_every_format(ask: Any, objects: Any) -> None:
    also = {row["term"]: row["also"] for row in objects("terms", "condition", "--ambiguous")}
    (fm,) = [each for each in also["fibromyalgia"] if each.startswith("FM = ")]
    assert "frequency modulation / " in fm
    code, out, _ = ask("terms", "condition", "--ambiguous", "--format", "table")
    assert code == 0
    lines = out.splitlines()
    place = next(place for place, line in enumerate(lines) if line.startswith("  fibromyalgia "))
    assert any(line.startswith("    FM ") and "frequency modulation" in line for line in lines[place : place + 4])


def test_an_error_on_a_terminal_breaks_no_word(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    piped = ask("terms", "CPSP")[2]
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    shown = ask("terms", "CPSP")[2]
    assert len(piped.splitlines()) == 2
    assert max(map(len, shown.splitlines())) <= 60
    assert shown.split() == piped.split()
    told = ask("timeline", "fibromyalgia", "--limit", "3")[2] + ask("search", "--limit", "1", "--format", "table")[2]
    assert max(map(len, told.splitlines())) <= 60


def test_terms_that_no_study_has_stand_in_no_tree(ask: Any, objects: Any) -> None:
    code, out, _ = ask("terms", "--unused", "--format", "table")
    assert code == 0
    heads = [line for line in out.splitlines() if line and not line.startswith(" ")]
    assert all(line.endswith(" that no study has") for line in heads)
    terms = [line[2:].split()[0] for line in out.splitlines() if line.startswith("  ") and line[2] != " "]
    assert terms == [row["term"] for row in objects("terms", "--unused")]


def test_trials_count_their_studies(objects: Any) -> None:
    found = {row["name"]: row for row in objects("trials")}
    assert len(found["KADS"]["studies"]) == 2
    some = {row["name"] for row in objects("trials", "-c", "trd")}
    assert "KADS" in some
    assert some < set(found)


def test_the_counts_add_up(objects: Any, ask: Any) -> None:
    found = objects("stats")
    assert found["studies"] == found["curated"] + found["synced"] + found["imported"]
    assert found["studies"] == sum(count["k"] for count in found["by_status"])
    pairs = dict(line.split("\t") for line in ask("stats")[1].splitlines())
    assert pairs["studies"] == str(found["studies"])
    assert pairs["by_status.retracted"] == "1"


def test_a_closed_pipe_ends_quietly(seeded: Path) -> None:
    environment = {**os.environ, "KETLIT_DB": str(seeded)}
    arguments = ["timeline", "--format", "json"]
    process = subprocess.Popen(
        [*PROGRAM, *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    )
    assert process.stdout
    assert process.stderr
    process.stdout.read(10)
    process.stdout.close()
    told = process.stderr.read()
    process.stderr.close()
    assert process.wait() == 0
    assert told == ""


def test_a_pipe_of_another_encoding_gets_utf_8(seeded: Path) -> None:
    environment = {**os.environ, "KETLIT_DB": str(seeded), "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}
    done = subprocess.run([*PROGRAM, "search", "sorensen1995"], env=environment, capture_output=True)
    assert done.returncode == 0
    assert "Sörensen" in done.stdout.decode("utf-8")


def test_the_shell_is_told_keys_terms_and_trials(seeded: Path) -> None:
    environment = {**os.environ, "KETLIT_DB": str(seeded), "_KETLIT_COMPLETE": "complete_bash"}
    for line, expected in (
        ("ketlit show sorensen199", ["sorensen1995", "sorensen1997"]),
        ("ketlit search -c fibro", ["fibromyalgia"]),
        ("ketlit search --trial KA", ["KADS"]),
    ):
        environment |= {"COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
        done = subprocess.run(PROGRAM, env=environment, capture_output=True, encoding="utf-8")
        assert done.stdout.split() == expected
