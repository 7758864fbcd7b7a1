"""What ``python -m benchmarks`` runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks.__main__ import HEAR_FILES, HERE, PIECES

# The papers' experiments.
APART = {"animation", "device", "emotion"}


def test_every_script_is_a_piece_or_an_experiment() -> None:
    scripts = {path.stem for path in HERE.glob("[!_]*.py")}
    assert set(PIECES) | APART == scripts
    assert set(PIECES) & APART == set()
    assert set(HEAR_FILES) <= set(PIECES)


@pytest.mark.parametrize("name", PIECES)
def test_a_piece_has_the_options_that_it_is_given(name: str) -> None:
    code = Path(HERE, f"{name}.py").read_text()
    given = {word for words in PIECES[name] for word in re.findall(r"--[a-z-]+", words)}
    given |= {"--root"} if name in HEAR_FILES else set()
    assert given <= set(re.findall(r'add_argument\("(--[a-z-]+)"', code))


def test_tables_that_are_to_come_name_their_piece() -> None:
    for path in (HERE / "results").glob("*.md"):
        for name in re.findall(r"--only (\w+)[^`]*` writes the table", path.read_text()):
            assert name in PIECES, path.name
