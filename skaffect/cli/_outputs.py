"""Where results go: one file, or one in a folder for each input."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from pathlib import Path

from skaffect._whole_files import check_target

_RUNS = ("run", "runs")  # what evaluate and demo call them


def check_output(path: str, suffixes: Collection[str]) -> tuple[str, str]:
    """Return the file to write and its suffix, or raise what stands in the way."""
    try:
        return check_target(os.path.expanduser(path), suffixes)
    except OSError as error:
        raise type(error)(f"--output: {error}") from error
    except ValueError as error:
        raise ValueError(f"--output: {error}") from error


def report_in(folder: str) -> tuple[Path, str]:
    """Return the folder of a report and its runs, which may be new, and the page to write.

    A page without the runs that evaluate and demo leave beside theirs is somebody else's.
    """
    path = Path(os.path.expanduser(folder))
    there = next(above for above in (path, *path.absolute().parents) if above.exists())
    _check_folder(str(there))
    page = path / "index.html"
    if page.is_dir():
        raise IsADirectoryError(f"--output: {str(page)!r}, the report to write, is a folder.")
    if page.exists() and not any((path / runs).is_dir() for runs in _RUNS):
        raise FileExistsError(
            f"--output: {str(page)!r}, where the report is to be written, is there already, and "
            "no run of skaffect lies beside it; name another folder, or move that page."
        )
    return path, str(page)


def outputs_in_folder(folder: str, inputs: Sequence[str], suffix: str) -> list[str]:
    """Name a file in a folder for each input, and make the folder if it is not there.

    Parameters
    ----------
    folder : str
        The folder, which may be new; the one that holds it is there.
    inputs : sequence of str
        Paths whose names, without their suffixes, name the files.
    suffix : str
        That of the files.

    Returns
    -------
    outputs : list of str
        The files.

    Raises
    ------
    ValueError
        If two inputs would be written to one file.
    OSError
        If the folder cannot be made or written to.
    """
    folder = os.path.expanduser(folder)
    owners: dict[str, str] = {}
    for path in inputs:
        name = os.path.splitext(os.path.basename(path))[0] + suffix
        if name in owners:
            raise ValueError(
                f"--output: {owners[name]!r} and {path!r} would both be written to {name!r}; run "
                "them apart, each into a folder of its own."
            )
        owners[name] = path
    parent = os.path.dirname(os.path.abspath(folder))
    if not os.path.isdir(parent):
        raise FileNotFoundError(
            f"--output: {folder!r} cannot be made, for there is no folder {parent!r}; make it."
        )
    _check_folder(folder if os.path.exists(folder) else parent)
    os.makedirs(folder, exist_ok=True)
    return [os.path.join(folder, name) for name in owners]


def _check_folder(folder: str) -> None:
    if not os.path.isdir(folder):
        raise NotADirectoryError(f"--output: {folder!r} is a file; name a folder.")
    if not os.access(folder, os.W_OK):
        raise PermissionError(f"--output: the folder {folder!r} cannot be written to.")
