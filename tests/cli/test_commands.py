"""The program as a whole: names, help, errors, exit codes, streams, completion. Needs no library."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ketlit import __version__
from ketlit.cli import catalogue, command_names, options, run
from ketlit.errors import UsageError
from ketlit.views import Filters

PROGRAM = [sys.executable, "-c", "from ketlit.cli import main; main()"]


def program(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KETLIT", "_KETLIT"))}
    return subprocess.run(
        [*PROGRAM, *arguments], capture_output=True, encoding="utf-8", env={**kept, **environment}, timeout=60
    )


@pytest.mark.parametrize("name", command_names())
def test_each_command_has_help_with_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    below = getattr(catalogue.load(name), "commands", {})
    for command in [[name, each] for each in below] or [[name]]:
        assert run([*command, "--help"]) == 0
        text = " ".join(capsys.readouterr().out.split())
        assert text.startswith(f"Usage: ketlit {' '.join(command)} ")
        assert re.search(rf"Example: .*ketlit {' '.join(command)}\b", text), command


def test_the_help_names_every_command_and_imports_none(capsys: pytest.CaptureFixture[str]) -> None:
    probe = "import sys; from ketlit.cli import run; run(['--help']); print('ketlit.cli.explore' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.splitlines()[-1] == "False"
    for name in command_names():
        assert f"\n  {name} " in done.stdout


def test_the_help_of_a_command_is_the_same_with_a_short_h(capsys: pytest.CaptureFixture[str]) -> None:
    run(["search", "-h"])
    short = capsys.readouterr().out
    run(["search", "--help"])
    assert short == capsys.readouterr().out


@pytest.mark.parametrize("command", [[], ["search"], ["note", "add"]], ids=" ".join)
def test_help_is_also_a_word(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["help", *command]) == 0
    word = capsys.readouterr().out
    assert run([*command, "--help"]) == 0
    assert word == capsys.readouterr().out


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_the_version_is_told(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([option]) == 0
    assert capsys.readouterr().out == f"ketlit {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["serch", "pain"], "did you mean ketlit search?"),
        (["search", "--sinc", "2000"], "did you mean --since?"),
        (["search", "--format", "jsn"], "did you mean json"),
        (["search", "--sort", "pmid; drop table study"], "one of: relevance, year, n, added"),
        (["search", "--since", "x"], "'--since'"),
        (["search", "--since", "0"], "--since 0 is no year"),
        (["search", "--since", "2010", "--until", "2000"], "after --until"),
        (["search", "--min-n", "-1"], "--min-n -1"),
        (["search", "--limit", "-1"], "0 for all"),
        (["search", "-q"], "has no option -q"),
        (["timeline", "--by", "rout"], "did you mean route"),
        (["show"], "missing argument"),
        (["search", "crps", "-c"], "how it is used: ketlit search --help"),
        (["note", "list", "--format"], "how it is used: ketlit note list --help"),
        (["terms", "rute"], "did you mean route"),
        (["db", "bakup"], "did you mean ketlit db backup?"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_mistake_in_usage_is_two_lines_with_the_nearest_and_exits_2(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--db", "nowhere.db", *arguments]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("ketlit: ")
    assert said in told.err
    assert len(told.err.splitlines()) <= 2


def test_no_command_shows_the_help_and_exits_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 2
    assert "Usage: ketlit" in capsys.readouterr().err


def test_a_missing_library_exits_4_and_names_the_way_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gone = tmp_path / "none.db"
    assert run(["search", "pain", "--db", str(gone)]) == 4
    told = capsys.readouterr().err
    assert f"ketlit db create {gone}" in told
    assert not gone.exists()


def test_an_option_of_the_program_is_taken_before_and_after_the_command(tmp_path: Path) -> None:
    one, two = str(tmp_path / "one.db"), str(tmp_path / "two.db")
    assert one in program("--db", one, "stats").stderr
    assert two in program("--db", one, "stats", "--db", two).stderr


def test_an_unexpected_error_is_one_line_and_a_traceback_only_when_asked_for() -> None:
    fail = "import ketlit.cli.opening as e\ndef f(*a): raise ZeroDivisionError('\\x1b[31mx')\ne.for_reading = f\n"
    code = fail + "from ketlit.cli import main\nmain()"
    for debug in ("", "1"):
        done = subprocess.run(
            [sys.executable, "-c", code, "stats"],
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, "KETLIT_DEBUG": debug},
        )
        assert done.returncode == 1
        assert ("Traceback" in done.stderr) is bool(debug)
        if not debug:
            assert done.stderr.startswith("ketlit: internal error: ZeroDivisionError: \ufffd[31mx")


def test_an_interrupt_exits_130_without_a_traceback() -> None:
    code = "import ketlit.cli.opening as e\ndef f(*a): raise KeyboardInterrupt\ne.for_reading = f\n"
    code += "from ketlit.cli import main\nmain()"
    done = subprocess.run([sys.executable, "-c", code, "stats"], capture_output=True, encoding="utf-8")
    assert done.returncode == 130
    assert done.stderr == "ketlit: interrupted\n"


@pytest.mark.parametrize("module", ["typer", "ketlit.cli.program", "ketlit.cli.options", "ketlit.cli.explore"])
def test_an_interrupt_while_it_starts_exits_130_without_a_traceback(module: str) -> None:
    code = f"""
import os, signal, sys
class Interrupts:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupts())
from ketlit.cli import main
main()
"""
    done = subprocess.run([sys.executable, "-c", code, "stats"], capture_output=True, encoding="utf-8")
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr in ("", "ketlit: interrupted\n")


def test_an_interrupt_that_is_ignored_stays_so() -> None:
    code = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nfrom ketlit.cli import main\n"
    code += "try: main()\nfinally: print(signal.getsignal(signal.SIGINT) is signal.SIG_IGN)"
    done = subprocess.run([sys.executable, "-c", code, "--version"], capture_output=True, encoding="utf-8")
    assert done.stdout.splitlines()[1:] == ["True"]


FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="no device here is always full")


@needs_full
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("typed", ["--version", "--help", "stats --help", "stats", "export", "search --format json"])
def test_a_full_disk_behind_stdout_is_told_and_exits_4(seeded: Path, typed: str, unbuffered: str) -> None:
    environment = {**os.environ, "KETLIT_DB": str(seeded), "PYTHONUNBUFFERED": unbuffered}
    with FULL.open("w") as full:
        done = subprocess.run([*PROGRAM, *typed.split()], stdout=full, stderr=-1, encoding="utf-8", env=environment)
    assert done.returncode == 4
    assert done.stderr.startswith("ketlit: the output could not be written: No space left on device\n")
    assert len(done.stderr.splitlines()) == 2


@needs_full
@pytest.mark.parametrize(("line", "code"), [('{"title": "One", "year": 2020}', 4), ('{"year": 2020}', 6)])
def test_what_is_stored_is_said_to_be_though_its_report_is_lost(library: Path, line: str, code: int) -> None:
    environment = {**os.environ, "KETLIT_DB": str(library), "PYTHONUNBUFFERED": ""}
    with FULL.open("w") as full:
        done = subprocess.run(
            [*PROGRAM, "import", "-"], input=line, stdout=full, stderr=-1, encoding="utf-8", env=environment
        )
    assert done.returncode == code
    assert "what was asked for is done" in done.stderr


@needs_full
def test_a_full_disk_behind_stderr_does_not_hide_the_exit_code() -> None:
    with FULL.open("w") as full:
        assert subprocess.run([*PROGRAM, "nosuch"], stdout=-1, stderr=full).returncode == 2


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize(("typed", "code"), [("--version", 0), ("stats", 0), ("nosuch", 2), ("import -", 6)])
def test_a_closed_stream_is_one_to_nowhere(library: Path, closed: str, typed: str, code: int) -> None:
    shell = f'exec "$0" -c "from ketlit.cli import main; main()" {typed} {closed}'
    done = subprocess.run(
        ["sh", "-c", shell, sys.executable],
        input="",
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "KETLIT_DB": str(library)},
    )
    assert done.returncode == code
    assert "rror" not in done.stderr
    assert len(done.stderr.splitlines()) <= 2


def test_help_can_be_written_where_utf_8_is_not_the_encoding() -> None:
    done = program("terms", "--help", PYTHONIOENCODING="ascii")
    assert done.returncode == 0


def test_filters_are_lists_and_numbers() -> None:
    found = options.filters(words=["a", "b"], literal=True, condition=["crps", "fm"], since=2000, as_of="", route=None)
    assert found == Filters(words="a b", literal=True, condition=("crps", "fm"), since=2000)
    assert options.filters() == Filters()


def test_every_filter_of_the_views_is_an_option() -> None:
    assert {*options.FILTER_PARAMETERS, "words", "literal"} == set(Filters._fields)


@pytest.mark.parametrize(
    ("typed", "words", "rest"),
    [
        (["pain", "-rats"], ["pain", "-rats"], []),
        (["-crps", "pain", "-c", "fm"], ["-crps", "pain"], ["-c", "fm"]),
        (["-r=iv", "-vv", "pain"], ["pain"], ["-r", "iv", "-vv"]),
        (["--since", "-1", "a", "OR", "b"], ["a", "OR", "b"], ["--since", "-1"]),
        (["a", "--", "-c", "b"], ["a", "-c", "b"], []),
        (["-o", "remission", "--format=csv"], [], ["-o", "remission", "--format=csv"]),
        (["-"], ["-"], []),
        (["-c"], [], ["-c"]),
        (["-c", "fm", "-"], ["-"], ["-c", "fm"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_word_with_a_dash_is_left_out_and_never_taken_for_an_option(
    typed: list[str], words: list[str], rest: list[str]
) -> None:
    parameters = catalogue.load("search").params
    assert options._words_apart(typed, parameters) == [*rest, *(["--", *words] if words else [])]


def test_a_format_is_chosen_by_where_it_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert options.chosen_format("") == "table"
    monkeypatch.setattr("sys.stdout.isatty", lambda: False, raising=False)
    assert options.chosen_format("") == "tsv"
    assert options.chosen_format(" JSON ") == "json"
    with pytest.raises(UsageError):
        options.chosen_format("bibtex")


def completed(line: str, **environment: str) -> list[str]:
    """What bash is told may come next at the end of `line`."""
    words = line.split(" ")
    return program(
        _KETLIT_COMPLETE="complete_bash", COMP_WORDS=line, COMP_CWORD=str(len(words) - 1), **environment
    ).stdout.split()


def test_the_shell_is_told_commands_options_and_formats() -> None:
    assert completed("ketlit ti") == ["timeline"]
    assert completed("ketlit search --for") == ["--format"]
    assert completed("ketlit search --format js") == ["json", "jsonl"]
    assert completed("ketlit search --direction fav") == ["favours_intervention", "favours_comparator"]
    assert completed("ketlit db ba") == ["backup"]


def test_completion_loads_nothing_heavy() -> None:
    probe = "import sys\nfrom ketlit.cli import run\nrun([])\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", probe],
        env={**os.environ, "_KETLIT_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": "ketlit sea"},
        capture_output=True,
        encoding="utf-8",
    )
    suggested, loaded = done.stdout.splitlines()
    assert '"search":"Find studies' in suggested
    heavy = {"rich.console", "sqlmodel", "sqlalchemy", "yaml", "pydantic", "alembic", "numpy"}
    assert not heavy & set(loaded.split())


@pytest.mark.parametrize(
    "environment",
    [
        {"_KETLIT_COMPLETE": "nonsense"},
        {"_KETLIT_COMPLETE": "complete_nosuch"},
        {"_KETLIT_COMPLETE": "complete_bash"},
        {"_KETLIT_COMPLETE": "complete_bash", "COMP_WORDS": "ketlit se", "COMP_CWORD": "one"},
    ],
    ids=lambda environment: " ".join(environment.values()),
)
def test_a_completion_that_makes_no_sense_is_one_of_usage(environment: dict[str, str]) -> None:
    done = program(**environment)
    assert (done.returncode, done.stdout) == (2, "")
    assert "internal" not in done.stderr
    assert len(done.stderr.splitlines()) <= 2


def test_the_shell_is_told_nothing_of_what_is_no_text(library: Path) -> None:
    done = program(
        KETLIT_DB=str(library),
        _KETLIT_COMPLETE="complete_bash",
        COMP_WORDS="ketlit show " + os.fsdecode(b"\xff"),
        COMP_CWORD="2",
    )
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", "")


def test_an_empty_variable_of_completion_is_none() -> None:
    assert program("--version", _KETLIT_COMPLETE="").stdout.startswith("ketlit ")


def test_the_shell_is_told_nothing_where_there_is_no_library(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    assert completed("ketlit show s", KETLIT_DB=str(path)) == []
    assert not path.exists()
