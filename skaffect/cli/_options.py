"""How a command is added to the parser, and the options that several of them share."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Sequence
from typing import Any

from skaffect.cli._result import Result

Commands = Any  # argparse's own type for it is private


def add_command(
    commands: Commands,
    name: str,
    run: Callable[[argparse.Namespace], Result],
    *,
    summary: str,
    description: str,
    examples: Sequence[str],
) -> argparse.ArgumentParser:
    """Add a command with ``--json``, whose help ends in examples.

    Parameters
    ----------
    commands : argparse subparsers
        What `add_parser` of each command is given.
    name : str
        The word after ``skaffect``.
    run : callable
        Called with the parsed options; returns a :class:`Result`.
    summary : str
        Its line in ``skaffect --help``.
    description : str
        What ``skaffect NAME --help`` says above the options.
    examples : sequence of str
        Command lines that run where the files that they name are.

    Returns
    -------
    parser : argparse.ArgumentParser
        The command's own, for its arguments.
    """
    heading = "examples" if len(examples) > 1 else "example"
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=description,
        epilog="\n  ".join([f"{heading}:", *examples]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--json", action="store_true", help="print the result as one JSON object, nothing else"
    )
    parser.set_defaults(run=run, parser=parser, too_many="unrecognized arguments")
    return parser


def add_training_options(parser: argparse.ArgumentParser) -> None:
    """Add what decides how networks are trained."""
    parser.add_argument(
        "--epochs",
        type=positive,
        metavar="N",
        help="passes over the training recordings (default: each network's own)",
    )
    parser.add_argument(
        "--random-state",
        type=natural,
        default=0,
        metavar="SEED",
        help="seed of weights, order and dropout (default: 0); the same seed makes the same model",
    )
    parser.add_argument(
        "--live",
        action="store_true",
        help="emotion, animation: a model that can answer while the sound arrives, whose features "
        "do not look at the whole recording (EmotionStream, FaceStream in Python)",
    )


def add_jobs(parser: argparse.ArgumentParser, what: str) -> None:
    """Add how many processes do the work side by side."""
    parser.add_argument(
        "--jobs",
        type=positive,
        default=1,
        metavar="N",
        help=f"{what} side by side in N processes (default: 1)",
    )


def positive(text: str) -> int:
    """Return an integer from 1 on; argparse names the option."""
    return _integer(text, 1)


def natural(text: str) -> int:
    """Return an integer from 0 on; argparse names the option."""
    return _integer(text, 0)


def seconds(text: str) -> float:
    """Return a time of 0 s or more; argparse names the option."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number < math.inf:
        raise argparse.ArgumentTypeError(f"must be a number of seconds, 0 or more, got {text!r}")
    return number


def _integer(text: str, at_least: int) -> int:
    try:
        number = int(text)
    except ValueError:
        number = at_least - 1
    if number < at_least:
        raise argparse.ArgumentTypeError(
            f"must be a whole number, at least {at_least}, got {text!r}"
        )
    return number
