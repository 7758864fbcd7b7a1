"""Which errors speak of the input, and how they read on a command line."""

from __future__ import annotations

import linecache
import re

_CHECKING_PACKAGES = ("skaffect", "sklearn")


def is_about_input(error: BaseException) -> bool:
    """Tell what somebody wrote down to say of the input from what went wrong in the code.

    Missing or unwritable files are the former. So is what skaffect or scikit-learn raises by
    a ``raise`` of its own, and not what an expression in them runs into.
    """
    if isinstance(error, OSError):
        return True
    if not isinstance(error, ImportError | TypeError | ValueError):
        return False
    place = error.__traceback__
    if place is None:
        return False
    while place.tb_next is not None:
        place = place.tb_next
    frame = place.tb_frame
    package = str(frame.f_globals.get("__name__", "")).partition(".")[0]
    line = linecache.getline(frame.f_code.co_filename, place.tb_lineno)
    return package in _CHECKING_PACKAGES and line.lstrip().startswith("raise")


def in_one_line(error: BaseException | str, first: int = 0) -> str:
    """Return a message in the words of a command line: ``X[2]`` is its third file.

    Parameters
    ----------
    error : Exception or str
        What the library says.
    first : int
        Which of the command's files, counted from 0, the library saw as ``X[0]``.

    Returns
    -------
    message : str
        A single line.
    """
    message = re.sub(
        r"\bX\[(\d+)\]", lambda found: f"file {int(found[1]) + first + 1}", str(error)
    )
    return " ".join(message.split()) or type(error).__name__
