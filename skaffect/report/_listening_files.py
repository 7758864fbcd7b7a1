"""Files that belong to a listening test: its key, and what its participants saved."""

from __future__ import annotations

import json
import os
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from skaffect.report._listening_format import (
    FORMAT_VERSION,
    KEY_FORMAT,
    RATINGS_FORMAT,
    SCALE,
    clip_order,
    is_participant,
)


class Key(NamedTuple):
    """What each clip of a test shows: `places` are condition and system, by position."""

    test: str
    manifest: str
    seed: int
    systems: list[str]
    conditions: list[str]
    places: dict[str, tuple[int, int]]


class Session(NamedTuple):
    """One participant's ratings, of shape (n_conditions, 2)."""

    participant: str
    ratings: NDArray[np.int64]


def read_key(path: str) -> Key:
    """Read the key that `make_listening_test` wrote, or raise a ValueError that says what it is.

    Parameters
    ----------
    path : str
        The key's file.

    Returns
    -------
    key : Key
        What each clip shows.
    """
    try:
        found = _read_object(path)
        _check_format(found, KEY_FORMAT)
        return _as_key(found)
    except ValueError as error:
        raise ValueError(
            f"key must be the file that make_listening_test wrote beside the page; {path!r} "
            f"{error}."
        ) from error


def read_session(path: str, key: Key) -> Session:
    """Read what a participant saved, or raise a ValueError that says why it cannot count.

    Parameters
    ----------
    path : str
        The participant's file.
    key : Key
        The key of the test.

    Returns
    -------
    session : Session
        The participant's ratings.
    """
    try:
        found = _read_object(path)
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from error
    _check_format(found, RATINGS_FORMAT)
    if found.get("test") != key.test:
        raise ValueError(f"is of another test, {found.get('test')!r}; the key is of {key.test!r}")
    if found.get("manifest") != key.manifest:
        raise ValueError("is of another version of this test: the hash of its manifest differs")
    participant = found.get("participant")
    if not isinstance(participant, str) or not is_participant(participant):
        raise ValueError(f"names its participant {participant!r}, which the page does not take")
    if found.get("order") != clip_order(key.seed, participant, key.places):
        raise ValueError(f"has an order of clips that is not that of participant {participant!r}")
    return Session(participant, _checked_ratings(found.get("ratings"), key))


def _read_object(path: str) -> dict[str, Any]:
    with open(path, "rb") as stream:
        content = stream.read()
    if not content:
        raise ValueError("is empty")
    try:
        found = json.loads(content, object_pairs_hook=_without_repeats)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"is not JSON, or cut off: {error}") from error
    if not isinstance(found, dict):
        raise ValueError(f"holds a {type(found).__name__}, not a JSON object")
    return found


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make a dict, for JSON's reader would keep the last of two values without a word."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for i, name in enumerate(names) if name in names[:i])
        raise ValueError(f"has two values for {twice!r}")
    return found


def _check_format(found: dict[str, Any], expected: str) -> None:
    if found.get("format") != expected:
        raise ValueError(f"has the format {found.get('format')!r}, not {expected!r}")
    version = found.get("version")
    if version != FORMAT_VERSION or isinstance(version, bool):
        raise ValueError(
            f"has version {version!r} of its format, but this skaffect reads {FORMAT_VERSION}"
        )


def _as_key(found: dict[str, Any]) -> Key:
    try:
        systems, conditions = list(found["systems"]), list(found["conditions"])
        places = {
            clip: (conditions.index(shows["condition"]), systems.index(shows["system"]))
            for clip, shows in found["clips"].items()
        }
        key = Key(
            str(found["test"]),
            str(found["manifest"]),
            int(found["seed"]),
            systems,
            conditions,
            places,
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"lacks or mistakes a part: {error!r}") from error
    every = {(i, j) for i in range(len(conditions)) for j in range(2)}
    if len(systems) != 2 or len(places) != len(every) or set(places.values()) != every:
        raise ValueError("does not hold one clip for every condition of two systems")
    return key


def _checked_ratings(given: Any, key: Key) -> NDArray[np.int64]:
    """Return ratings in the order of conditions and systems."""
    if not isinstance(given, dict):
        raise ValueError("has no ratings")
    foreign = [clip for clip in given if clip not in key.places]
    if foreign:
        raise ValueError(f"rates clips that the test does not have: {foreign}")
    missing = [clip for clip in key.places if given.get(clip) is None]
    if missing:
        raise ValueError(
            f"lacks the ratings of {len(missing)} of the {len(key.places)} clips: {missing}"
        )
    ratings = np.empty((len(key.conditions), 2), np.int64)
    for clip, rating in given.items():
        if type(rating) is not int or rating not in SCALE:
            raise ValueError(f"rates clip {clip!r} with {rating!r}, not an integer from 1 to 5")
        ratings[key.places[clip]] = rating
    return ratings


def checked_path(name: str, path: Any) -> str:
    """Return a path as text, or raise."""
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"{name} must be a str or os.PathLike, got {type(path).__name__}.")
    return os.fsdecode(path)
