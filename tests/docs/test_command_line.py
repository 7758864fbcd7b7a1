"""The page of the command line holds each command's help as it is."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from skaffect.cli._main import COMMANDS, build_parser

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture
def writer(monkeypatch):
    monkeypatch.syspath_prepend(str(DOCS))
    import _command_line

    yield _command_line
    sys.modules.pop("_command_line", None)


def test_the_page_says_what_the_commands_say(writer):
    page = writer.PAGE.read_text(encoding="utf-8")
    # Words, for versions of Python break lines differently.
    assert page.split() == writer.with_help(page).split(), (
        "run `python docs/_command_line.py`, which writes the commands' help into the page"
    )


def test_every_option_is_readable_without_a_build(writer):
    page = writer.PAGE.read_text(encoding="utf-8")
    assert ".. include::" not in page
    for words in (
        "skaffect demo\n~~~",
        "skaffect landmarks\n~~~",
        "--predictor FILE",
        "--epochs N",
    ):
        assert words in page
    assert page.count("\n~~~") == 1 + len(COMMANDS)


def test_a_changed_help_is_written_below_the_text(writer):
    before = dict(os.environ)
    page = writer.with_help(f"Title\n=====\n\nMine.\n\n{writer._HEADING}\nold help\n")
    assert page.startswith("Title\n=====\n\nMine.\n")
    assert "old help" not in page
    assert "".join(build_parser().format_help().split()) in "".join(page.split())
    assert dict(os.environ) == before
    with pytest.raises(ValueError, match="no heading 'What each command says'"):
        writer.with_help("Title\n=====\n")
