"""The recordings that a command learns from: a folder, and how its files are read."""

from __future__ import annotations

import argparse
import os
from typing import Any

# The corpora whose readers know what each job learns.
CORPORA = {
    "emotion": ("emodb", "ravdess", "savee"),
    "animation": ("grid", "savee"),
    "device": ("mobiphone", "wspire"),
}
# The field of a pattern that is learnt, and those that must be there.
_TARGETS = {"emotion": "emotion", "animation": None, "device": "device"}
# What a report looks for on both sides of a split besides speakers, where it is known.
SPLIT_COLUMNS = ("sentence", "session")


def example_pattern(job: str) -> str:
    """Return a pattern that the job learns from; of faces, by emotion."""
    return f"{{speaker}}/{{{_TARGETS[job] or 'emotion'}}}_{{sentence}}.wav"


def add_corpus_options(parser: argparse.ArgumentParser, what: str) -> None:
    """Add the job, the folder of its recordings, and how files there are read."""
    parser.add_argument("job", choices=list(CORPORA), help=what)
    parser.add_argument("folder", metavar="FOLDER", help="folder of the recordings")
    reading = parser.add_mutually_exclusive_group()
    reading.add_argument(
        "--pattern",
        help="paths below FOLDER with fields in braces, such as "
        "'{speaker}/{emotion}_{sentence}.wav'; * is any text. From left to right each takes the "
        "shortest text that fits",
    )
    published = sorted({name for names in CORPORA.values() for name in names})
    reading.add_argument(
        "--corpus",
        choices=published,
        metavar="NAME",
        help=f"FOLDER is this published corpus: {', '.join(published)}",
    )
    parser.add_argument(
        "--tracks",
        metavar="FOLDER",
        help="animation: folder of the landmark tracks, named as the sounds are below the first "
        "FOLDER (default: beside the sounds)",
    )


def read_corpus(options: argparse.Namespace) -> Any:
    """Read the recordings of a folder for a job; none of them is opened.

    Parameters
    ----------
    options : argparse.Namespace
        With `job` (a key of ``CORPORA``), `folder`, and `pattern` or `corpus`.

    Returns
    -------
    corpus : :class:`~sklearn.utils.Bunch`
        As the readers of :mod:`skaffect.datasets` return it: `data`, `target` (but for
        animation without emotions), `DESCR`, and `speaker` where it is known.

    Raises
    ------
    OSError, ValueError
        If there is no such folder, nothing in it fits, or the job cannot use the corpus.
    """
    if options.pattern is None and options.corpus is None:
        raise ValueError(
            f"say how the files in {options.folder!r} are read: --pattern "
            f"'{example_pattern(options.job)}', or --corpus {' or '.join(CORPORA[options.job])}."
        )
    if options.corpus is not None and options.corpus not in CORPORA[options.job]:
        raise ValueError(
            f"--corpus {options.corpus} cannot teach {options.job}; for that there are "
            f"{', '.join(CORPORA[options.job])}, or --pattern for your own recordings."
        )
    folder = recordings_folder(options.folder)
    # Imported late: what is wrong with the command line is said before.
    from skaffect import datasets

    if options.corpus is not None:
        return getattr(datasets, f"load_{options.corpus}")(folder)
    target = _target(options.job, options.pattern)
    return datasets.load_corpus(folder, options.pattern, target=target)


def recordings_folder(folder: str) -> str:
    """Return a folder, a leading ``~`` written out, or raise if it is none."""
    path = os.path.expanduser(folder)
    if os.path.isfile(path):
        raise NotADirectoryError(f"{folder!r} is a file; name the folder of the recordings.")
    if not os.path.isdir(path):
        raise FileNotFoundError(
            f"there is no folder {folder!r}; relative paths start from {os.getcwd()!r}."
        )
    return path


def _target(job: str, pattern: str) -> str | None:
    """Return the field that is learnt, or None for a pattern of faces without emotions."""
    from skaffect.datasets._pattern import compile_pattern

    fields = compile_pattern(pattern).groupindex
    target = _TARGETS[job]
    if target is not None and target not in fields:
        raise ValueError(
            f"--pattern {pattern} does not say where the {target} stands, which is to be learnt; "
            f"write {{{target}}} there."
        )
    return "emotion" if target is None and "emotion" in fields else target
