"""Opinion scores of a listening test: Table V of arXiv:1908.03904."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import Bunch

from skaffect.report._listening_files import (
    Key,
    Session,
    checked_path,
    read_key,
    read_session,
)
from skaffect.report._tables import markdown_table


def analyse_ratings(files: Sequence[str | os.PathLike[str]], key: str | os.PathLike[str]) -> Bunch:
    """Read participants' files to mean opinion scores and a paired test.

    As in Table V of [1]_. Files that cannot count are left out and named with the reason:
    those that cannot be read, are not JSON, are of another test, lack a rating or have one
    outside 1 to 5, and those of a participant who has several that differ.

    Parameters
    ----------
    files : sequence of path
        What the participants of one test saved, a file each.
    key : str or os.PathLike
        The key that :func:`make_listening_test` wrote beside the page.

    Returns
    -------
    Bunch
        With

        systems : list of str, length 2
            The systems, in the order in which they were given.
        conditions : list of str
            The conditions, likewise.
        participants : list of str
            The participants that count, in the order of their files.
        ratings : ndarray of shape (n_participants, n_conditions, 2), int
            Every rating, from 1 to 5.
        mean, std : ndarray of shape (n_conditions, 2)
            Mean opinion scores, and the standard deviations over the participants
            (population).
        overall_mean, overall_std : ndarray of shape (2,)
            The same over all ratings of a system, as in Table V.
        difference : float
            By how much the first system's mean is above the second's.
        p_value : float
            Of the paired test that it is 0, two-sided; see the notes.
        table : str
            All these as a Markdown table, a row for each condition, then that of all;
            ``n`` counts the ratings of each system.
        left_out : list of (str, str)
            Files that do not count, and why.

    Raises
    ------
    TypeError
        If `files` is a single path, or holds what is no path.
    ValueError
        If no file counts; all are named with their reasons. If `key` is no key.
    OSError
        If `key` cannot be read.

    Warns
    -----
    UserWarning
        If files are left out.

    See Also
    --------
    make_listening_test : Makes the page that participants rate on.
    plot_opinion_scores : Plots the scores (Figure 5).

    Notes
    -----
    The test is Fisher's randomisation test on the participants' mean differences: if the
    systems were alike, each difference could as well have the other sign, so the p-value is
    the share of all ``2 ** n`` choices of signs that give a total as far from 0 or farther.
    Ratings of one participant depend on each other, which is why they are averaged first, as
    :func:`deletion_test` does for speakers. It is exact for however few participants, with
    ties and zeros, which means of seven ratings are full of; Wilcoxon's test, which ranks
    them, has no exact table then, and Student's assumes normal differences. With ``n``
    participants no p-value is below ``2 / 2 ** n``, so with five or fewer none is below 0.05.

    It speaks for other listeners, not for other utterances: each condition is one clip.

    Two files of one participant with the same ratings count once. Where ratings differ,
    neither counts, for nothing tells which was meant.

    References
    ----------
    .. [1] Sadiq, Asadiabadi, Erzin, "Emotion Dependent Facial Animation from Affective
       Speech", arXiv:1908.03904, 2019.

    Examples
    --------
    A test of a single condition, and the file of one of two participants:

    >>> import json
    >>> import warnings
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from skaffect import analyse_ratings
    >>> test = {"version": 1, "test": "4f0c", "manifest": "9d2e"}
    >>> key = {
    ...     "format": "skaffect-listening-key", **test, "seed": 0,
    ...     "systems": ["emotion dependent", "all combined"], "conditions": ["sad"],
    ...     "clips": {
    ...         "a1": {"system": "emotion dependent", "condition": "sad"},
    ...         "b2": {"system": "all combined", "condition": "sad"},
    ...     },
    ... }
    >>> ratings = {
    ...     "format": "skaffect-listening-ratings", **test, "participant": "p01",
    ...     "order": ["b2", "a1"], "ratings": {"b2": 2, "a1": 4},
    ... }
    >>> with TemporaryDirectory() as folder:
    ...     for name, content in (("key", key), ("p01", ratings), ("p02", {})):
    ...         _ = Path(folder, f"{name}.json").write_text(json.dumps(content))
    ...     with warnings.catch_warnings(action="ignore"):
    ...         result = analyse_ratings(
    ...             [f"{folder}/p01.json", f"{folder}/p02.json"], f"{folder}/key.json"
    ...         )
    >>> result.overall_mean.tolist(), result.difference, result.p_value
    ([4.0, 2.0], 2.0, 1.0)
    >>> [reason for _, reason in result.left_out]
    ["has the format None, not 'skaffect-listening-ratings'"]
    """
    paths = _checked_files(files)
    test = read_key(checked_path("key", key))
    sessions, left_out = _read_sessions(paths, test)
    if not sessions:
        raise ValueError(f"None of the {len(paths)} files counts:\n{_listed(left_out)}")
    if left_out:
        warnings.warn(
            f"{len(left_out)} of {len(paths)} files are left out:\n{_listed(left_out)}",
            UserWarning,
            stacklevel=2,
        )
    ratings = np.stack([session.ratings for session in sessions])
    sums = ratings.sum(axis=1)
    result = Bunch(
        systems=test.systems,
        conditions=test.conditions,
        participants=[session.participant for session in sessions],
        ratings=ratings,
        mean=ratings.mean(axis=0),
        std=ratings.std(axis=0),
        overall_mean=ratings.mean(axis=(0, 1)),
        overall_std=ratings.std(axis=(0, 1)),
        difference=float((ratings[..., 0] - ratings[..., 1]).mean()),
        p_value=_sign_p_value(sums[:, 0] - sums[:, 1]),
        left_out=left_out,
    )
    result.table = _table(result)
    return result


def _checked_files(files: Any) -> list[str]:
    if isinstance(files, str | os.PathLike):
        raise TypeError(
            f"files must be a sequence of paths, got {files!r}: wrap it in a list, or give "
            "sorted(Path(folder).glob('*.json'))."
        )
    paths = [checked_path(f"files[{i}]", path) for i, path in enumerate(files)]
    if not paths:
        raise ValueError("files is empty; give the files that the participants saved.")
    return paths


def _read_sessions(paths: list[str], key: Key) -> tuple[list[Session], list[tuple[str, str]]]:
    """Return the sessions that count, and the other files with the reasons."""
    read: dict[int, Session] = {}
    reasons: dict[int, str] = {}
    for i, path in enumerate(paths):
        try:
            read[i] = read_session(path, key)
        except ValueError as error:
            reasons[i] = str(error)
    for i, session in read.items():
        twins = [j for j, other in read.items() if other.participant == session.participant]
        differing = [j for j in twins if np.any(read[j].ratings != session.ratings)]
        if differing:
            reasons[i] = (
                f"is of participant {session.participant!r}, who rated otherwise in "
                f"{paths[differing[0]]!r}"
            )
        elif twins[0] < i:
            reasons[i] = (
                f"is of participant {session.participant!r}, as {paths[twins[0]]!r} is, with the "
                "same ratings"
            )
    counting = [session for i, session in read.items() if i not in reasons]
    return counting, [(paths[i], reasons[i]) for i in sorted(reasons)]


def _listed(left_out: list[tuple[str, str]]) -> str:
    return "\n".join(f"{path!r} {reason}." for path, reason in left_out)


def _sign_p_value(differences: NDArray[np.int64]) -> float:
    """Return the share of choices of signs whose sum is as far from 0 or farther.

    Sums of integers are few, so their distribution is found whole, one difference after the
    other, and no choice is left out or drawn at random.
    """
    reach = int(np.abs(differences).sum())
    shares = np.zeros(2 * reach + 1)
    shares[reach] = 1.0  # a sum of 0
    for difference in differences.tolist():
        shares = (np.roll(shares, difference) + np.roll(shares, -difference)) / 2
    sums = np.arange(-reach, reach + 1)
    return min(1.0, float(shares[np.abs(sums) >= abs(int(differences.sum()))].sum()))


def _table(result: Bunch) -> str:
    means = [*result.mean, result.overall_mean]
    stds = [*result.std, result.overall_std]
    n_participants = len(result.participants)
    counts = [n_participants] * len(result.conditions) + [result.ratings[..., 0].size]
    rows = [
        [name, mean[0], std[0], mean[1], std[1], mean[0] - mean[1], n]
        for name, mean, std, n in zip(
            [*result.conditions, "all"], means, stds, counts, strict=True
        )
    ]
    first, second = result.systems
    return markdown_table(
        ["condition", first, f"std of {first}", second, f"std of {second}", "difference", "n"],
        rows,
    )
