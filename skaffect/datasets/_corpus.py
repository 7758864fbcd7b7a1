"""Corpora as folders: which files are there, what their names say, and one Bunch for all."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.utils import Bunch

from skaffect._words import counted
from skaffect.datasets._pattern import (
    compile_pattern,
    has_open_end,
    other_readings,
    repeated_fields,
)

_SUFFIXES = {
    "audio": {".3gp", ".aac", ".aif", ".aiff", ".amr", ".flac", ".m4a", ".mp3", ".ogg", ".opus"}
    | {".wav", ".wma"},
    "video": {".avi", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".webm", ".wmv"},
}

Fields = dict[str, Any]


def load_corpus(root: str | PathLike[str], pattern: str, *, target: str | None = None) -> Bunch:
    """Read a folder of recordings whose paths say who speaks what.

    A pattern such as ``"{speaker}/{sentence}_{device}.wav"`` names the fields.

    Parameters
    ----------
    root : str or os.PathLike
        Folder of the recordings.
    pattern : str
        Path of a recording relative to `root`, with ``/`` between folders on every system:

        - ``{name}`` is a field: one or more characters within one folder or file name;
        - a field that is used twice must have the same text in both places;
        - ``*`` is any text, also none, within one folder or file name;
        - ``{{`` and ``}}`` are braces, and everything else is itself, upper and lower case
          told apart.

        From left to right each field and ``*`` takes the shortest text with which the whole
        path fits, so ``{a}_{b}.wav`` reads ``x_y_z.wav`` as ``a="x"``, ``b="y_z"``. Between
        two of them there must be some text, for nothing else says where one ends. Where the
        pattern leaves the end of the name open (``{sentence}.*``), only audio files fit.
    target : str, default=None
        Field of the pattern that is to be learnt; it is returned as `target` too.

    Returns
    -------
    bunch : :class:`~sklearn.utils.Bunch`
        Dictionary-like object; all but DESCR have one element per recording:

        data : list of str
            Paths of the recordings, sorted.
        target : ndarray of str, shape (n_utterances,)
            The field that `target` names; only there if one is named.
        <field> : ndarray of str, shape (n_utterances,)
            Text of each field in the pattern, under the field's name.
        DESCR : str
            What was read.

    Raises
    ------
    FileNotFoundError, NotADirectoryError
        If `root` does not exist, or is not a folder.
    ValueError
        If the pattern cannot be read, `target` is not among its fields, or no file fits it.

    Warns
    -----
    UserWarning
        If there are audio files that do not fit the pattern, or videos where it ends as they
        do (``.mp4``); they are left out. If a path fits with other texts of the fields as well.

    See Also
    --------
    load_ravdess, load_savee, load_emodb, load_grid : Readers that know their corpus.

    Notes
    -----
    Files and folders whose names start with a dot are passed over. Links are followed; a
    folder that can be reached twice is read once. No file is opened.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from skaffect.datasets import load_corpus
    >>> with TemporaryDirectory() as root:
    ...     for name in ("anna_01_phone.wav", "anna_01_tablet.wav", "ben_01_phone.wav"):
    ...         Path(root, name).touch()
    ...     bunch = load_corpus(root, "{speaker}_{sentence}_{device}.wav", target="device")
    >>> len(bunch.data)
    3
    >>> bunch.target.tolist()
    ['phone', 'tablet', 'phone']
    >>> bunch.speaker.tolist()
    ['anna', 'anna', 'ben']
    """
    expression = compile_pattern(pattern)
    names = list(expression.groupindex)
    if target is not None and target not in names:
        raise ValueError(
            f"target={target!r} is not a field of the pattern {pattern!r}; its fields are {names}"
        )
    folder = check_folder(root)
    files = list_files(folder)
    audio = _of_kind(files, "audio")
    # A pattern with an open end would take a.wav, a.txt and a.mpg for three recordings.
    candidates = audio if has_open_end(pattern) else files

    matches = {file: match for file in candidates if (match := expression.fullmatch(file))}
    # Where the pattern asks for videos, the sounds beside them are not what it misses.
    kind = "video" if _of_kind([pattern], "video") else "audio"
    missed = [file for file in _of_kind(files, kind) if file not in matches]
    if not matches:
        raise ValueError(
            f"no file in {str(folder)!r} fits the pattern {pattern!r}: "
            f"{_what_is_there(files)}{_depth_hint(pattern, audio)}{_repeated_hint(pattern)}"
        )
    _warn_missed(missed, f"not fitting the pattern {pattern!r}", kind=kind, stacklevel=3)
    _warn_read_otherwise(expression, matches.values(), pattern)
    description = (
        f"{counted(len(matches), 'recording')} fitting the pattern {pattern!r}.\n\n"
        f"Fields: {', '.join(names)}.\n\n"
        "Read from the names of the files only; their source and licence are not known."
    )
    rows = [match.groupdict() for match in matches.values()]
    if target is not None:
        rows = [{"target": row[target], **row} for row in rows]
    return _make_bunch(folder, list(matches), rows, description)


def read_corpus(
    root: str | PathLike[str],
    parse: Callable[[str], Fields | None],
    *,
    name: str,
    layout: str,
    description: str,
    video_key: Sequence[str] = (),
) -> Bunch:
    """Bunch of a corpus whose paths `parse` understands.

    `parse` gets paths that start with the root's own name, so that a root may be one
    speaker's folder. It returns the fields; {} for a file of the corpus that is not
    wanted; None for a stranger. With `video_key`, each utterance gets the path of the
    first video whose fields of these names equal its own, or "".
    """
    folder = check_folder(root)
    prefix = folder.resolve().name
    files = list_files(folder)
    audio = _of_kind(files, "audio")
    parsed = {file: parse(f"{prefix}/{file}") for file in audio}
    utterances = {file: fields for file, fields in parsed.items() if fields}
    if not utterances:
        known = [file for file, fields in parsed.items() if fields is not None]
        found = (
            f"{counted(len(known), 'file')} of {name} not among these, for example {known[0]!r}"
            if known
            else _what_is_there(files)
        )
        raise ValueError(
            f"{str(folder)!r} is not a folder of {name}: expected {layout}; found {found}"
        )
    _check_no_twins(utterances, name)
    strangers = [file for file, fields in parsed.items() if fields is None]
    _warn_missed(strangers, f"not of {name} (expected {layout})", stacklevel=4)
    rows = list(utterances.values())
    if video_key:
        videos = _videos_by_key(files, lambda file: parse(f"{prefix}/{file}"), video_key)
        for row in rows:
            video = videos.get(tuple(row[key] for key in video_key))
            row["video"] = "" if video is None else str(folder / video)
    return _make_bunch(folder, list(utterances), rows, description)


def check_folder(root: str | PathLike[str]) -> Path:
    """Path of an existing folder, or an error that names it."""
    if not isinstance(root, (str, PathLike)) or not os.fspath(root):
        raise TypeError(f"root must be the path of a folder (str or os.PathLike), got {root!r}")
    folder = Path(root).expanduser()
    if not folder.exists():
        raise FileNotFoundError(
            f"root does not exist: {str(folder)!r}; relative paths start from {os.getcwd()!r}."
        )
    if not folder.is_dir():
        raise NotADirectoryError(f"root must be a folder, got the file {str(folder)!r}")
    return folder


def list_files(folder: Path) -> list[str]:
    """Sorted relative paths, with "/", of the files that are not hidden."""
    return sorted(_walk(folder))


def _make_bunch(
    folder: Path, files: Sequence[str], rows: Sequence[Fields], description: str
) -> Bunch:
    """Bunch of the paths, one array for each field, and DESCR."""
    return Bunch(
        data=[str(folder / file) for file in files],
        **{field: np.array([row[field] for row in rows]) for field in rows[0]},
        DESCR=description,
    )


def _walk(folder: Path) -> Iterator[str]:
    def stop(error: OSError) -> None:
        raise error

    visited = set()
    for current, subfolders, files in os.walk(folder, followlinks=True, onerror=stop):
        # Links may lead in a circle, or to a folder that is reached otherwise as well.
        real = os.path.realpath(current)
        if real in visited:
            subfolders.clear()
            continue
        visited.add(real)
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        relative = Path(current).relative_to(folder)
        for name in files:
            if not name.startswith("."):
                yield (relative / name).as_posix()


def _videos_by_key(
    files: Sequence[str], parse: Callable[[str], Fields | None], key: Sequence[str]
) -> dict[tuple[Any, ...], str]:
    videos: dict[tuple[Any, ...], str] = {}
    for file in _of_kind(files, "video"):
        if fields := parse(file):
            videos.setdefault(tuple(fields[name] for name in key), file)
    return videos


def _check_no_twins(utterances: Mapping[str, Fields], name: str) -> None:
    """Two copies of an utterance would fall on both sides of a split."""
    first: dict[tuple[Any, ...], str] = {}
    for file, fields in utterances.items():
        twin = first.setdefault(tuple(fields.values()), file)
        if twin != file:
            raise ValueError(
                f"{twin!r} and {file!r} are the same utterance of {name}; root must hold one "
                "copy of the corpus: pass the folder of one copy"
            )


def _warn_missed(missed: Sequence[str], why: str, *, kind: str = "audio", stacklevel: int) -> None:
    if missed:
        warnings.warn(
            f"Left out {counted(len(missed), f'{kind} file')} {why}, for example {missed[0]!r}",
            stacklevel=stacklevel,
        )


def _warn_read_otherwise(
    expression: re.Pattern[str], read: Collection[re.Match[str]], pattern: str
) -> None:
    """Warn `load_corpus`'s caller of names in which a field may end at another place."""
    found = list(other_readings(expression, read))
    if not found:
        return
    match, other = found[0]
    differing = [name for name, text in match.groupdict().items() if text != other[name]]
    was, could_be = (
        ", ".join(f"{name}={of[name]!r}" for name in differing) for of in (match, other)
    )
    warnings.warn(
        f"The pattern {pattern!r} divides the names of {len(found)} of "
        f"{counted(len(read), 'recording')} in more than one way: {match.string!r} was read as "
        f"{was}, and could be {could_be}. If that is wrong, give each part of such names a field "
        f"or * in the pattern, rename the files, or give each {differing[0]} a folder.",
        stacklevel=3,
    )


def _of_kind(files: Sequence[str], kind: str) -> list[str]:
    """Return the audio or video files, by what their names end with, in capitals or not."""
    return [file for file in files if os.path.splitext(file)[1].lower() in _SUFFIXES[kind]]


def _what_is_there(files: Sequence[str]) -> str:
    for kind in _SUFFIXES:
        if found := _of_kind(files, kind):
            others = "no audio files and " if kind == "video" else ""
            return f"{others}{counted(len(found), f'{kind} file')}, for example {found[0]!r}"
    if files:
        return f"no audio files, only {counted(len(files), 'other')}, for example {files[0]!r}"
    return "no files"


def _depth_hint(pattern: str, audio: Sequence[str]) -> str:
    if not audio or (have := audio[0].count("/")) == (want := pattern.count("/")):
        return ""
    return f" (it lies {counted(have, 'folder')} deep, the pattern {want})"


def _repeated_hint(pattern: str) -> str:
    if not (repeated := repeated_fields(pattern)):
        return ""
    return (
        f"; a field that is used twice, here {', '.join(repeated)}, must have the same text in "
        "both places: give one of them another name, or write * there"
    )
