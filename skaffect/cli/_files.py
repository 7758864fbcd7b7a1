"""Sound files, answered one after the other: a bad one does not lose the others' answers."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from skaffect.cli._errors import in_one_line, is_about_input
from skaffect.cli._progress import say


class Answers(NamedTuple):
    """What was said of the files that could be used, and why the others could not.

    Parameters
    ----------
    files : list of dict
        The answers.
    failed : list of dict
        ``file`` and ``reason`` of each of the others.
    """

    files: list[dict[str, Any]]
    failed: list[dict[str, str]]

    @property
    def failures(self) -> list[str]:
        """The reasons, a line each."""
        return [failure["reason"] for failure in self.failed]


def check_files(paths: Sequence[str]) -> list[str]:
    """Return the sound files that were named, or raise why none of them can be used."""
    from skaffect.audio import AudioReader

    files = [os.path.expanduser(path) for path in paths]
    if not any(_is_usable(file) for file in files):
        AudioReader().fit(files)  # names the first and the others; none is decoded
    return files


def answer_files(files: Sequence[str], answer: Callable[[int, str], dict[str, Any]]) -> Answers:
    """Ask about every file.

    Parameters
    ----------
    files : sequence of str
        The files.
    answer : callable
        Takes the number of a file, from 0 on, and its path; returns what is to be said of it
        beside its name.

    Returns
    -------
    answers : Answers
        In the order of the files.
    """
    from skaffect._sound_files import is_silent
    from skaffect.audio import check_path

    answers = Answers([], [])
    for i, path in enumerate(files):
        outcome = ""
        try:
            check_path(path, 0)
            if is_silent(path):
                raise ValueError(
                    f"X[0] is {path!r}, which is silent throughout: it tells nothing."
                )
            answers.files.append({"file": path, **answer(i, path)})
        except Exception as error:
            if not is_about_input(error):
                raise
            answers.failed.append({"file": path, "reason": in_one_line(error, first=i)})
            outcome = ", failed"
        if len(files) > 1:
            say(f"{i + 1} of {len(files)}: {path}{outcome}")
    return answers


def _is_usable(path: str) -> bool:
    """Tell if a file is there and may hold sound; it is not decoded."""
    from skaffect.audio import check_path

    try:
        check_path(path, 0)
    except (ImportError, OSError, ValueError):
        return False
    return True
