"""Progress on the standard error stream, which leaves the standard output to the results."""

from __future__ import annotations

import sys


def say(text: str) -> None:
    """Write a line that shows how far the work has come."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
