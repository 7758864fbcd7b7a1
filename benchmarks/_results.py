"""What a benchmark leaves behind: a table and the same numbers as JSON, with their origin.

Nothing here names a place on the machine that ran it: a folder given on the command line
is written down by its last part alone.
"""

from __future__ import annotations

import json
import os
import platform
import shlex
import subprocess
import sys
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePath
from typing import Any

import numpy as np

from skaffect._whole_files import whole_file
from skaffect.report import markdown_table

RESULTS = Path(__file__).resolve().parent / "results"
_PACKAGES = ("numpy", "scipy", "scikit-learn", "keras", "tensorflow", "soxr")
# What a run's speed depends on besides the machine, as far as it is set.
_VARIABLES = (
    "KERAS_BACKEND",
    "OMP_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_ENABLE_ONEDNN_OPTS",
)


def write_results(
    stem: str,
    *,
    title: str,
    headers: Sequence[str],
    rows: Iterable[Sequence[Any]],
    notes: Iterable[str] = (),
    packages: Iterable[str] = (),
) -> Path:
    """Write ``results/<stem>.md`` and ``results/<stem>.json``, whole or not at all.

    Parameters
    ----------
    stem : str
        Name of both files.
    title : str
        Heading of the table.
    headers : sequence of str
        Names of the columns.
    rows : iterable of sequences
        Numbers or text, one value for each column; None leaves a cell empty.
    notes : iterable of str, default=()
        Sentences below the table, each its own point of a list.
    packages : iterable of str, default=()
        Installed packages whose versions matter here, besides the usual ones.

    Returns
    -------
    path : Path
        The Markdown file.

    Raises
    ------
    ValueError
        If two columns have the same name.
    """
    if len(set(headers)) < len(headers):
        raise ValueError(f"headers must differ, got {list(headers)}.")
    rows, notes = [list(row) for row in rows], list(notes)
    origin = provenance(packages)
    parts = [f"# {title}", markdown_table(headers, rows)]
    if notes:
        parts.append("\n".join(f"- {note}" for note in notes))
    versions = ", ".join(f"{name} {number}" for name, number in origin["versions"].items())
    parts.append(
        f"Command: `{origin['command']}`  \nCommit: {origin['commit']}  \n"
        f"Machine: {origin['machine']}  \nVersions: {versions}"
    )
    record = {
        "title": title,
        "rows": [dict(zip(headers, row, strict=True)) for row in rows],
        "notes": notes,
        **origin,
    }
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{stem}.md"
    write_whole(path.with_suffix(".json"), json.dumps(record, indent=2, default=_plain) + "\n")
    write_whole(path, "\n\n".join(parts) + "\n")
    return path


def provenance(packages: Iterable[str] = ()) -> dict[str, Any]:
    """Return the command line, the commit, the machine and the versions behind a result."""
    versions = {"python": platform.python_version()}
    versions |= {name: _version(name) for name in (*_PACKAGES, *packages)}
    return {
        "command": _command(),
        "commit": _commit(),
        "machine": f"{_processor()}, {os.cpu_count()} cores",
        "versions": {name: number for name, number in versions.items() if number is not None},
    }


def spread(values: Any, digits: int) -> str:
    """Return mean and standard deviation as text."""
    return f"{np.mean(values):.{digits}f} ± {np.std(values):.{digits}f}"


def minutes_of(folder: Path) -> dict[str, float]:
    """Return how many minutes each system of a run took, all conditions and folds together."""
    minutes: dict[str, float] = {}
    for piece in json.loads((folder / "times.json").read_text()):
        minutes[piece["system"]] = minutes.get(piece["system"], 0.0) + piece["seconds"] / 60
    return minutes


def _command() -> str:
    variables = [f"{name}={os.environ[name]}" for name in _VARIABLES if name in os.environ]
    script = Path(sys.argv[0]).resolve()
    root = RESULTS.parents[1]
    name = script.relative_to(root) if script.is_relative_to(root) else script.name
    arguments = [_without_folders(argument) for argument in sys.argv[1:]]
    return shlex.join([*variables, "python", str(name), *arguments])


def _without_folders(argument: str) -> str:
    """Keep the last part of a path that leads out of the working directory."""
    option, equals, value = argument.rpartition("=")
    path = PurePath(value)
    if path.is_absolute() or ".." in path.parts:
        value = Path(value).resolve().name
    return option + equals + value


def _commit() -> str:
    commit = _git("rev-parse", "--short", "HEAD")
    if commit is None:
        return "unknown"
    # The results themselves, written last time, change nothing about what is measured.
    changed = _git("status", "--porcelain", "--", ".", ":!benchmarks/results")
    return f"{commit}+changes" if changed else commit


def _git(*arguments: str) -> str | None:
    try:
        answer = subprocess.run(
            ["git", *arguments],
            cwd=RESULTS.parents[1],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return answer.stdout.strip()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _plain(value: Any) -> Any:
    """Turn NumPy's scalars and arrays into JSON's types."""
    return value.tolist()


def write_whole(path: Path, text: str) -> None:
    """Write a file at once: a stopped run leaves it whole or not at all."""
    with whole_file(str(path)) as draft:
        Path(draft).write_text(text, encoding="utf-8")
