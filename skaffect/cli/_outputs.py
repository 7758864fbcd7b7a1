"""Where results go: one file, or one in a folder for each input."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from contextlib import suppress
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
    _check_folder(_nearest(str(path)))
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
    """Name a file in a folder for each input, and make what folders are not there.

    Parameters
    ----------
    folder : str
        The folder, which may be new; the one that holds it is there.
    inputs : sequence of str
        Paths whose names, without their suffixes, name the files. Where names repeat, all inputs
        keep their folders, below the one that they have in common.
    suffix : str
        That of the files.

    Returns
    -------
    outputs : list of str
        The files.

    Raises
    ------
    ValueError
        If two inputs would be written to one file nonetheless.
    OSError
        If a folder cannot be made or written to.
    """
    folder = os.path.expanduser(folder)
    parent = os.path.dirname(os.path.abspath(folder))
    names = _names(inputs, suffix)
    if not os.path.isdir(parent):
        raise FileNotFoundError(
            f"--output: {folder!r} cannot be made, for there is no folder {parent!r}; make it."
        )
    outputs = [os.path.join(folder, name) for name in names]
    folders = sorted({os.path.dirname(output) for output in outputs})
    for path in folders:
        _check_folder(_nearest(path))
    for path in folders:
        os.makedirs(path, exist_ok=True)
    return outputs


def _names(inputs: Sequence[str], suffix: str) -> list[str]:
    """Return a name of each input's own, with its folders where it needs them."""
    names = [os.path.basename(path) for path in inputs]
    if len({os.path.splitext(name)[0] for name in names}) < len(names):
        paths = [os.path.abspath(path) for path in inputs]
        with suppress(ValueError):  # two drives of Windows have no folder in common
            common = os.path.commonpath([os.path.dirname(path) for path in paths])
            names = [os.path.relpath(path, common) for path in paths]
    owners: dict[str, str] = {}
    for path, named in zip(inputs, names, strict=True):
        name = os.path.splitext(named)[0] + suffix
        if name in owners:
            raise ValueError(
                f"--output: {owners[name]!r} and {path!r} would both be written to {name!r}; run "
                "them apart, each into a folder of its own."
            )
        owners[name] = path
    return list(owners)


def _nearest(path: str) -> str:
    """Return the path, or of the folders above it the nearest that is there."""
    there = Path(path).absolute()
    return path if there.exists() else str(next(up for up in there.parents if up.exists()))


def _check_folder(folder: str) -> None:
    if not os.path.isdir(folder):
        raise NotADirectoryError(f"--output: {folder!r} is a file; name a folder.")
    if not os.access(folder, os.W_OK):
        raise PermissionError(f"--output: the folder {folder!r} cannot be written to.")
