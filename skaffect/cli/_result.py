"""What a command hands back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple


class Result(NamedTuple):
    """What a command has found out or made, for programs and for people.

    Parameters
    ----------
    values : dict
        What ``--json`` prints: plain JSON, without NaN and infinity.
    text : str
        What is printed otherwise.
    failures : sequence of str
        A line for each part of the input that could not be used, where the others could. If
        there are any, the exit code is 2.
    """

    values: dict[str, Any]
    text: str
    failures: Sequence[str] = ()
