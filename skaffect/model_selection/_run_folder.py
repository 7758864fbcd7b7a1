"""The folder of a run: one process at a time, and files that are whole or not there."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from skaffect._whole_files import whole_file

_LOCK = ".lock"
_RECORD = "run.json"
_PIECES = "folds"
_TIMES = "times.json"
# What whole_file calls them.
_DRAFT = "*." + 32 * "[0-9a-f]" + ".part"
_LONGEST_NAME = 80


class RunFolder:
    """Where one run keeps its record, its finished folds and its tables.

    Parameters
    ----------
    path : Path
        The folder, locked: see :func:`open_run_folder`.
    """

    def __init__(self, path: Path) -> None:
        # Absolute, so that joining one of its own paths leaves that as it is.
        self.path = path.absolute()

    def record(self) -> dict[str, Any] | None:
        """Return the record of the run that began here, or None.

        Raises
        ------
        ValueError
            If what is there is no record.
        """
        path = self.path / _RECORD
        return _read_record(path) if path.exists() else None

    def write_record(self, record: dict[str, Any]) -> None:
        """Write the record, and make room for the folds."""
        (self.path / _PIECES).mkdir(exist_ok=True)
        self.write_json(_RECORD, record)

    def remove_drafts(self) -> None:
        """Remove what a killed run was writing."""
        for folder in (self.path, self.path / _PIECES):
            for draft in folder.glob(_DRAFT):
                draft.unlink()

    def piece(self, *names: str) -> Path:
        """Return the file of a finished system, condition and fold, without a suffix."""
        # Names may hold anything, and must not meet once they are made fit for a file.
        readable = re.sub(r"[^A-Za-z0-9]+", "-", " ".join(names)).strip("-")[:_LONGEST_NAME]
        digest = hashlib.sha256(json.dumps(names).encode()).hexdigest()[:12]
        return self.path / _PIECES / f"{readable}-{digest}"

    def note(self, entry: dict[str, Any]) -> None:
        """Add to what is no part of the results: when and where.

        Raises
        ------
        ValueError
            If what is there is damaged.
        """
        path = self.path / _TIMES
        self.write_json(_TIMES, [*(_read_notes(path) if path.exists() else []), entry])

    def write_bytes(self, name: str | Path, content: bytes) -> None:
        """Write a file whole or not at all, and wait until the disk has it."""
        path = self.path / name
        with whole_file(str(path)) as draft, open(draft, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _wait_for_folder(path.parent)

    def write_json(self, name: str | Path, value: Any, indent: int | None = 1) -> None:
        """Write plain values."""
        self.write_bytes(name, (json.dumps(value, indent=indent) + "\n").encode())


def count_finished(folder: Path) -> int:
    """Return how many systems, conditions and folds are finished in the folder of a run."""
    return len([*(folder / _PIECES).glob("*.json")])


@contextmanager
def open_run_folder(folder: Any) -> Iterator[RunFolder]:
    """Make the folder if need be, and lock it for this process.

    Raises
    ------
    TypeError, ValueError, OSError
        If `folder` is no path, is not empty and holds no run, cannot be written to, or if
        another process is at work in it.
    """
    if not isinstance(folder, str | os.PathLike):
        raise TypeError(f"folder must be a str or os.PathLike, got {type(folder).__name__}.")
    path = Path(os.fsdecode(folder))
    try:
        path.mkdir(parents=True, exist_ok=True)
        _check_ours(path)
        lock = open(path / _LOCK, "ab")  # noqa: SIM115 - held until the run ends
    except OSError as error:
        raise type(error)(
            f"folder is {str(path)!r}, which cannot be made or written to: {error.strerror}."
        ) from error
    with lock:
        if not _locked(lock):
            raise BlockingIOError(
                f"folder is {str(path)!r}, where another run is at work. Wait until it has "
                "ended, or name another folder."
            )
        run_folder = RunFolder(path)
        run_folder.remove_drafts()
        yield run_folder


def _check_ours(path: Path) -> None:
    """Raise if a folder holds files, but no run."""
    if (path / _RECORD).exists():
        _read_record(path / _RECORD)
        return
    names = {entry.name for entry in path.iterdir()}
    # A run that was killed at its very start leaves its lock, and perhaps these.
    begun = {_PIECES, *(draft.name for draft in path.glob(_DRAFT))} if _LOCK in names else set()
    if others := sorted(names - begun - {_LOCK}):
        raise ValueError(
            f"folder is {str(path)!r}, which holds other files (first: {others[0]!r}) and no run. "
            "Name an empty folder, one to be made, or that of a run."
        )


def _read_record(path: Path) -> dict[str, Any]:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(record["run_protocol"], int):
            raise TypeError
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{str(path)!r} is no record of a run. Name another folder.") from error
    return dict(record)


def _read_notes(path: Path) -> list[Any]:
    try:
        return list(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise ValueError(
            f"{str(path)!r} is damaged: {error}. It says only when and where folds ran: remove "
            "it, and run again."
        ) from error


def _wait_for_folder(path: Path) -> None:
    """Wait until the disk has a folder's new names; Windows has no such call."""
    if sys.platform == "win32":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _locked(file: IO[bytes]) -> bool:
    """Lock a file, which the system undoes when the process ends, however it ends."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
