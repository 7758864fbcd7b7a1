"""Parse the command line, run a command, print its result, return an exit code."""

from __future__ import annotations

import argparse
import json
import re
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from skaffect._version import __version__
from skaffect.cli import _animate, _demo, _evaluate, _identify, _landmarks, _predict, _train
from skaffect.cli._corpora import example_pattern
from skaffect.cli._errors import in_one_line, is_about_input
from skaffect.cli._result import Result

# In the order of `skaffect --help`. Each module has `add_parser(commands)`, which sets `run` as
# the parser's default, and `run(options)`, which returns a Result.
COMMANDS = (_demo, _evaluate, _train, _predict, _animate, _identify, _landmarks)

DONE, WRONG_INPUT, INTERRUPTED = 0, 2, 130
_MOST_SHOWN = 3

_EPILOG = """\
exit codes:
  0    done
  1    an error of skaffect itself, with its traceback
  2    the command line or what it names is wrong, or some of the files could not be used
  130  interrupted by Ctrl-C; no file is left half-written

`skaffect COMMAND --help` shows each command's options and an example.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``skaffect`` with its arguments.

    Parameters
    ----------
    arguments : sequence of str or None, default=None
        The words after ``skaffect``; None takes the process's own.

    Returns
    -------
    code : int
        0 when done, 2 when the input is wrong, 130 when interrupted. Errors of the code
        itself are raised.

    Raises
    ------
    SystemExit
        After ``--help`` and ``--version``, and with code 2 when the command line cannot be
        parsed.

    Examples
    --------
    >>> from skaffect.cli import main
    >>> main(["train", "emotion", "no_such_folder", "--corpus", "savee", "--output", "a.b"])
    2
    """
    options = _parsed(arguments)
    name = f"skaffect {options.command}"
    try:
        with _warnings_in_lines(name, of_a_folder=_reads_a_folder(options)):
            result = options.run(options)
            _print(result, options)
    except KeyboardInterrupt as interrupt:
        # Who was interrupted may know how to go on.
        how = f" {interrupt}" if interrupt.args else ""
        _complain(f"{name}: interrupted; no file is left half-written.{how}")
        return INTERRUPTED
    except Exception as error:
        if not is_about_input(error):
            raise
        _complain(f"{name}: {in_one_line(error)}")
        return WRONG_INPUT
    for failure in result.failures:
        _complain(f"{name}: {failure}")
    return WRONG_INPUT if result.failures else DONE


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="skaffect",
        description="Speech emotion, talking faces and recording devices.",
        epilog=_EPILOG,
        # Indented less, so that every command fits beside its line.
        formatter_class=partial(argparse.RawDescriptionHelpFormatter, indent_increment=1),
    )
    parser.add_argument("--version", action="version", version=f"skaffect {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add_parser(commands)
    return parser


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the options; of what is left over the command complains, not the parser of all."""
    options, left_over = build_parser().parse_known_args(arguments)
    if left_over:
        options.parser.error(_what_is_left_over(left_over, options))
    return options


def _what_is_left_over(words: list[str], options: argparse.Namespace) -> str:
    if any(word.startswith("-") for word in words):
        return f"unrecognized arguments: {' '.join(words)}"
    n_more = len(words) - _MOST_SHOWN
    more = f" and {n_more} more" if n_more > 0 else ""
    pattern = getattr(options, "pattern", None)
    # A shell puts the names of files in the place of a * that stands in no quotes.
    is_a_name = pattern is not None and "{" not in pattern
    hint = f"; write --pattern in quotes, as '{example_pattern(options.job)}'" if is_a_name else ""
    return f"{options.too_many}: {' '.join(words[:_MOST_SHOWN])}{more}{hint}"


def _print(result: Result, options: argparse.Namespace) -> None:
    """Print a result to whatever the standard output is: what it cannot write is escaped."""
    text = json.dumps(result.values, allow_nan=False) if options.json else result.text
    encoding = sys.stdout.encoding or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding), flush=True)


@contextmanager
def _warnings_in_lines(name: str, *, of_a_folder: bool) -> Iterator[None]:
    """Show warnings as single lines, without the place in the code that warned.

    Where a folder's recordings are read, no number of one says anything: it may be counted in
    a fold. Which of them are silent has been said by then.
    """

    def show(message: Warning | str, *place: Any) -> None:
        text = str(message)
        if of_a_folder:
            text = re.sub(r"\bX\[\d+\]", "a recording", text)
        _complain(f"{name}: warning: {in_one_line(text)}")

    with warnings.catch_warnings():
        if of_a_folder:
            warnings.filterwarnings("ignore", r"X\[\d+\] is silent throughout", UserWarning)
        warnings.showwarning = show  # type: ignore[assignment]
        yield


def _reads_a_folder(options: argparse.Namespace) -> bool:
    return any(getattr(options, name, None) is not None for name in ("folder", "data"))


def _complain(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
