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
        "'{speaker}/{emotion}_{sentence}.wav'; * is any text",
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
    target = _TARGETS[options.job]
    if options.pattern is not None:
        if options.job == "animation" and "{emotion}" in options.pattern:
            target = "emotion"
        if target is not None and f"{{{target}}}" not in options.pattern:
            raise ValueError(
                f"--pattern {options.pattern} does not say where the {target} stands, which is to "
                f"be learnt; write {{{target}}} there."
            )
    if not os.path.isdir(os.path.expanduser(options.folder)):
        raise NotADirectoryError(
            f"there is no folder {options.folder!r}; relative paths start from {os.getcwd()!r}."
        )
    # Imported late: what is wrong with the command line is said before.
    from skaffect import datasets

    if options.corpus is not None:
        return getattr(datasets, f"load_{options.corpus}")(options.folder)
    return datasets.load_corpus(options.folder, options.pattern, target=target)
