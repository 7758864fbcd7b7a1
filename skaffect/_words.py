"""Numbers of things, in the words of messages."""

from __future__ import annotations


def counted(n: int, noun: str) -> str:
    """Return a number and what is counted, with an s unless it is one."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def and_others(n: int) -> str:
    """Return what follows the first of `n` things that a message names: nothing if it is alone."""
    return f", and {counted(n - 1, 'other')} too" if n > 1 else ""
