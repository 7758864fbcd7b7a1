"""Writes the help of ``skaffect`` and of each command, for the page that shows it."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from textwrap import indent

from skaffect.cli._main import COMMANDS, build_parser

_COLUMNS = "88"  # what a page is wide enough for


def write_help(path: Path) -> None:
    """Write a section for the program and one for each command, as text to include."""
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = _COLUMNS  # argparse asks it for the width
    try:
        shown = {"skaffect": build_parser().format_help(), **command_helps()}
    finally:
        if before is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = before
    text = "".join(
        f"{name}\n{'~' * len(name)}\n\n.. code-block:: text\n\n{indent(said, '   ')}\n"
        for name, said in shown.items()
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def command_helps() -> dict[str, str]:
    """Return each command's help by its name, ``skaffect train`` and so on."""
    commands = ArgumentParser(prog="skaffect").add_subparsers()
    for command in COMMANDS:
        command.add_parser(commands)
    return {f"skaffect {name}": parser.format_help() for name, parser in commands.choices.items()}
