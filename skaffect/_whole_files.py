"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import uuid4


def check_target(path: Any, suffixes: Collection[str]) -> tuple[str, str]:
    """Return a path that can be written to and its suffix, or raise what stands in the way."""
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"path must be a str or os.PathLike, got {type(path).__name__}.")
    path = os.fsdecode(path)
    suffix = os.path.splitext(path)[1].lower()
    if suffix not in suffixes:
        raise ValueError(
            f"path must end in {' or '.join(suffixes)}, which says what to write; got {path!r}."
        )
    folder = os.path.dirname(path) or "."
    if os.path.isdir(path):
        raise IsADirectoryError(f"path is {path!r}, a folder; name a file in it.")
    if not os.path.isdir(folder):
        raise FileNotFoundError(f"path is {path!r}, but there is no folder {folder!r}; make it.")
    if not os.access(folder, os.W_OK):
        raise PermissionError(f"path is {path!r}, but the folder {folder!r} cannot be written to.")
    return path, suffix


@contextmanager
def whole_file(path: str) -> Iterator[str]:
    """Give the name of a draft beside `path`, which takes its place when all went well."""
    draft = f"{path}.{uuid4().hex}.part"
    try:
        yield draft
        os.replace(draft, path)
    finally:
        with suppress(FileNotFoundError):
            os.remove(draft)


def write_text(path: str, text: str) -> None:
    """Write UTF-8 with the line ends that are there, and names of files as the system has them."""
    with open(path, "w", encoding="utf-8", newline="", errors="surrogateescape") as stream:
        stream.write(text)
