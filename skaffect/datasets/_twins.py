"""Recordings that are the same to the bit, though they are said to be of different things."""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def check_twins(sources: Sequence[Any], labels: NDArray[Any], what: str) -> None:
    """Raise if two recordings are identical though their labels differ; `what` names a label.

    Of files the bytes are compared, of those alone that have a differing one's size.
    """
    by_size: dict[Any, list[int]] = defaultdict(list)
    for i, source in enumerate(sources):
        by_size[_size(source)].append(i)
    for alike in by_size.values():
        if len(set(labels[alike].tolist())) > 1:
            _check_digests(sources, labels, what, alike)


def _check_digests(
    sources: Sequence[Any], labels: NDArray[Any], what: str, alike: list[int]
) -> None:
    first: dict[bytes, int] = {}
    for j in alike:
        i = first.setdefault(_digest(sources[j]), j)
        if labels[i] != labels[j]:
            one, other = (f"{_name(sources, k)} ({what} {labels.tolist()[k]!r})" for k in (i, j))
            raise ValueError(
                f"{one} and {other} are identical to the bit, which recordings of two {what}s "
                "never are; one was copied or labelled wrongly: remove it."
            )


def _size(source: Any) -> Any:
    if isinstance(source, str | os.PathLike):
        return os.path.getsize(source)
    samples = np.asarray(source)
    return samples.dtype.str, samples.shape


def _digest(source: Any) -> bytes:
    if not isinstance(source, str | os.PathLike):
        return hashlib.sha256(np.ascontiguousarray(source).tobytes()).digest()
    with open(source, "rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _name(sources: Sequence[Any], i: int) -> str:
    path = f" {os.fsdecode(sources[i])!r}" if isinstance(sources[i], str | os.PathLike) else ""
    return f"X[{i}]{path}"
