"""What the pages show is true: their Python runs, their commands exist."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

import pytest

from skaffect.cli._main import build_parser

DOCS = Path(__file__).resolve().parents[2] / "docs"
README = DOCS.parent / "README.md"
RESULTS = DOCS.parent / "benchmarks/results"
PAGES = sorted(
    path
    for path in DOCS.rglob("*.rst")
    if path.relative_to(DOCS).parts[0] not in ("_build", "_templates", "gallery", "reference")
)
WITH_PYTHON = [path for path in PAGES if ">>> " in path.read_text()]
CONSOLE = re.compile(r"^ +\$ ((?:.+\\\n)*.+)$", flags=re.MULTILINE)
COMMANDS = sorted(
    {line for path in PAGES for line in CONSOLE.findall(path.read_text()) if "skaffect " in line}
    | set(re.findall(r"^skaffect (?:.+\\\n)*.+$", README.read_text(), flags=re.MULTILINE))
)


def named(path: Path) -> str:
    return path.relative_to(DOCS).as_posix()


# Dask warns when the machine is busy, which says nothing about the page.
@pytest.mark.filterwarnings("ignore:.*surprisingly long")
@pytest.mark.parametrize("page", WITH_PYTHON, ids=named)
def test_python_of_a_page_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    failed, tried = doctest.testfile(
        str(page),
        module_relative=False,
        optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE,
        encoding="utf-8",
    )
    assert tried > 0
    assert failed == 0


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_no_python_of_a_page_goes_untested(page):
    assert ".. code-block:: python" not in page.read_text()


@pytest.mark.parametrize("line", COMMANDS)
def test_command_of_a_page_exists(line):
    program, *words = shlex.split(line.replace("\\\n", ""))
    if program == "skaffect":
        assert build_parser().parse_args(words).command == words[0]
    else:
        assert (program, words[0]) == ("pip", "install")


def test_benchmark_commands_name_files_that_exist():
    scripts = {
        script for page in PAGES for script in re.findall(r"benchmarks/\S+\.py", page.read_text())
    }
    assert [script for script in scripts if not (DOCS.parent / script).exists()] == []


def test_every_committed_table_is_on_one_page():
    shown = [
        stem for page in PAGES for stem in re.findall(r"results/(\w+)\.md\n", page.read_text())
    ]
    assert sorted(shown) == sorted(path.stem for path in RESULTS.glob("*.md"))
