"""Writes the help of ``skaffect`` and of each command into the page that shows it.

The page holds the help itself, for who reads it where nothing is built. After a change of the
help: ``python docs/_command_line.py``.
"""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from textwrap import indent

from skaffect.cli._main import COMMANDS, build_parser

PAGE = Path(__file__).resolve().parent / "guide" / "command_line.rst"
_TITLE = "What each command says"
_HEADING = f"{_TITLE}\n{'-' * len(_TITLE)}\n"
_COLUMNS = "88"  # what a page is wide enough for


def with_help(page: str) -> str:
    """Return a page with the help, as it is now, below its last heading."""
    before, heading, _ = page.partition(_HEADING)
    if not heading:
        raise ValueError(f"The page has no heading {_TITLE!r}, below which the help stands.")
    shown = "\n".join(
        f"{name}\n{'~' * len(name)}\n\n.. code-block:: text\n\n{indent(said, '   ')}"
        for name, said in _helps().items()
    )
    return f"{before}{heading}\n{shown}"


def _helps() -> dict[str, str]:
    """Return the help of the program and of each command, ``skaffect train`` and so on."""
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = _COLUMNS  # argparse asks it for the width
    try:
        commands = ArgumentParser(prog="skaffect").add_subparsers()
        for command in COMMANDS:
            command.add_parser(commands)
        return {
            "skaffect": build_parser().format_help(),
            **{f"skaffect {name}": of.format_help() for name, of in commands.choices.items()},
        }
    finally:
        if before is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = before


if __name__ == "__main__":
    PAGE.write_text(with_help(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
