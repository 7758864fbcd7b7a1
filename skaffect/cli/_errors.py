"""Which errors speak of the input, and how they read on a command line."""

from __future__ import annotations

import linecache
import re
import traceback
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from pydoc import locate
from typing import NamedTuple

_CHECKING_PACKAGES = ("skaffect", "sklearn")
# How Python writes a traceback, which is all that comes back of one from another process.
_CAUSED = "\nThe above exception was the direct cause of the following exception:\n"
_LAST_FRAME = re.compile(r'.*^  File "(.+?)", line (\d+).*?^([\w.]+)', re.DOTALL | re.MULTILINE)


class _Raised(NamedTuple):
    """What was raised, and the line that did."""

    kind: type
    file: str
    line: int

    def is_on_purpose(self) -> bool:
        """Tell what a line of skaffect's or scikit-learn's says from what one runs into."""
        code = linecache.getline(self.file, self.line)
        return code.lstrip().startswith("raise") and any(map(self._is_in, _CHECKING_PACKAGES))

    def _is_in(self, package: str) -> bool:
        spec = find_spec(package)
        return (
            spec is not None
            and spec.origin is not None
            and Path(self.file).is_relative_to(Path(spec.origin).parent)
        )


def is_about_input(error: BaseException) -> bool:
    """Tell what somebody wrote down to say of the input from what went wrong in the code.

    Missing or unwritable files are the former. So is what skaffect or scikit-learn raises by
    a ``raise`` of its own, and not what an expression in them runs into. Of a RuntimeError that
    says where something failed, as :func:`run_protocol` raises it, its cause is asked, and of
    what another process raised, the place there.
    """
    for raised in _with_causes(error):
        if issubclass(raised.kind, OSError):
            return True
        if issubclass(raised.kind, ImportError | TypeError | ValueError):
            return raised.is_on_purpose()
        if not (issubclass(raised.kind, RuntimeError) and raised.is_on_purpose()):
            return False
    return False


def _with_causes(error: BaseException) -> Iterator[_Raised]:
    """Yield an error and what it was raised from, as far back as that goes."""
    cause = error.__cause__
    if type(cause).__name__ == "_RemoteTraceback":  # joblib's, of another process
        yield from _read_traceback(str(cause))
        return
    frames = traceback.extract_tb(error.__traceback__)
    if frames:
        yield _Raised(type(error), frames[-1].filename, frames[-1].lineno or 0)
    elif isinstance(error, OSError):
        yield _Raised(type(error), "", 0)
    if cause is not None:
        yield from _with_causes(cause)


def _read_traceback(text: str) -> Iterator[_Raised]:
    """Yield what a traceback as text tells, the last first."""
    for part in reversed(text.split(_CAUSED)):
        found = _LAST_FRAME.match(part)
        kind = locate(found[3]) if found else None
        if found is None or not isinstance(kind, type):
            return
        yield _Raised(kind, found[1], int(found[2]))


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
