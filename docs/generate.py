"""What the generated documents print: cog runs these functions (`make docs`, checked by `make check`)."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
import tempfile
from pathlib import Path

WIDTH = "100"


def run(command: str, library: Path | None = None, width: str = WIDTH) -> str:
    """What `ketlit COMMAND` prints at a fixed width without colours, stderr left out."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KETLIT")}
    environment.update(COLUMNS=width, NO_COLOR="1", TERM="dumb", LC_ALL="C.UTF-8", TERMINAL_WIDTH=width)
    if library:
        environment["KETLIT_DB"] = str(library)
    program = [sys.executable, "-c", "from ketlit.cli import main; main()", *command.split()]
    done = subprocess.run(program, env=environment, capture_output=True, encoding="utf-8")
    if done.returncode:
        raise SystemExit(f"ketlit {command} exited {done.returncode}: {done.stderr}")
    return "\n".join(line.rstrip() for line in done.stdout.strip("\n").splitlines())


def example(*commands: str, width: str = WIDTH, lines: int = 0) -> None:
    """Commands and their real output, from a library that is made for it; of a long one the first `lines`."""
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "library.db"
        run(f"db create {library}")
        for command in commands:
            printed = run(command + " --format table", library, width).splitlines()
            more = [f"... {len(printed) - lines} more lines"] if 0 < lines < len(printed) else []
            print("\n".join([f"```console\n$ ketlit {command}", *printed[: lines or None], *more, "```"]))


def cli() -> None:
    """Every command with its help."""
    from ketlit.cli import command_names

    print("```text\n" + run("--help").replace(sys.executable, "ketlit") + "\n```")
    for name in command_names():
        print(f"\n## ketlit {name}\n\n```text\n{run(name + ' --help')}\n```")


def tables() -> None:
    """Every table with its columns, from ketlit/model.py."""
    from ketlit import model

    found = [
        value
        for value in vars(model).values()
        if inspect.isclass(value) and getattr(value, "__table__", None) is not None
    ]
    for kind in found:
        table = kind.__table__
        own = kind.__dict__.get("__doc__") or ""
        print(f"\n### {table.name}\n\n{inspect.cleandoc(own)}\n")
        print("| column | type | null | key |\n|---|---|---|---|")
        for column in sorted(table.columns, key=lambda column: not column.primary_key):
            keys = ["primary"] if column.primary_key else []
            keys += ["unique"] if column.unique else []
            keys += [f"→ {key.target_fullname} ({key.ondelete or 'NO ACTION'})" for key in column.foreign_keys]
            kind_name = {"AutoString": "text"}.get(type(column.type).__name__, type(column.type).__name__.lower())
            print(f"| {column.name} | {kind_name} | {'yes' if column.nullable else ''} | {', '.join(keys)} |")
        for index in sorted(table.indexes, key=lambda index: index.name):
            print(f"\nIndex on {', '.join(column.name for column in index.columns)}.")
