"""Writes the API reference from the package's own list of public names.

A page for each name, and an index that groups them by room. Nothing is listed by hand, so no
public name can be forgotten: a room without a title stops the build.
"""

from __future__ import annotations

from pathlib import Path

import skaffect

# The rooms in the order in which data walks through them, under the headings of the index.
# Modules that start with an underscore are no public rooms: their names stand beside others.
TITLES = {
    "audio": "Sound",
    "_tone": "Sound",
    "features": "Features",
    "_utterances": "Features",
    "shape": "Faces",
    "emotion": "Emotion",
    "animation": "Animation",
    "device": "Devices",
    "nets": "Networks",
    "inspection": "What a network attends to",
    "metrics": "Metrics",
    "model_selection": "Splits and protocols",
    "datasets": "Corpora",
    "persistence": "Models that travel",
    "streaming": "Live use",
    "plotting": "Pictures and films",
    "report": "Reports, timelines and the listening test",
    "_show_versions": "The installation",
}
# What constants are: a tuple's own docstring tells of tuples.
CONSTANTS = {
    "BLENDSHAPES": "Names of the coefficients that :func:`blendshapes` gives, in its order.",
    "EMOTIONS": "The seven emotions of the first paper, in alphabetical order.",
    "FIVE_DEVICES": "A recorder, a headset and three phones, each a :class:`RecordingDevice`.",
    "LOWER_FACE": "Which of dlib's 68 landmarks the 36 of the lower face are: jaw, nose and lips.",
    "PAPER_TABLE_III": "Each emotion's recall in Table III of the first paper, in percent.",
}
INTRODUCTION = """\
API reference
=============

Every public name is importable from ``skaffect`` itself. Estimators also have what
scikit-learn gives to all of them, such as ``get_params``, ``set_params`` and, for metadata
routing, ``set_fit_request``.
"""


def write_reference(folder: Path) -> None:
    """Write ``index.rst`` into `folder`, from which autosummary makes the pages."""
    rooms = skaffect._NAMES
    if untitled := sorted(set(rooms) - set(TITLES)):
        raise ValueError(f"docs/_reference.py has no title for {untitled}; add one to TITLES.")
    sections: dict[str, list[str]] = {}
    for room, title in TITLES.items():
        sections.setdefault(title, []).extend(rooms.get(room, []))
    text = INTRODUCTION + "\n.. currentmodule:: skaffect\n"
    for title, names in sections.items():
        text += f"\n{title}\n{'-' * len(title)}\n\n.. autosummary::\n   :toctree: generated\n\n"
        text += "".join(f"   {name}\n" for name in sorted(names, key=str.lower))
    folder.mkdir(exist_ok=True)
    index = folder / "index.rst"
    if not index.exists() or index.read_text() != text:  # unchanged, it is not read again
        index.write_text(text)


def describe_constant(app, what, name, obj, options, lines):
    """Put a constant's description where its type's docstring was read."""
    if what == "data":
        lines[:] = [CONSTANTS[name.rpartition(".")[2]]]
