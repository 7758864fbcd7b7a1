"""Model files: whether one does what a command needs, and loading it."""

from __future__ import annotations

import os
from typing import Any

from skaffect._quiet import quiet_tensorflow

# What tells a model's job, in this order: a cascade holds a classifier of emotions too.
_SIGNS = {
    "animation": {"ShapeTargetRegressor", "DSRNRegressor", "EmotionConditionedRegressor"},
    "device": {
        "DFTCNNBaseline",
        "DualAttentionDeviceClassifier",
        "SingleAttentionDeviceClassifier",
    },
    "emotion": {"DERNClassifier"},
}
_READERS = {"AudioReader", "LogFilterbank", "MFSCWindower"}
_ANSWERS = {"animation": "faces", "device": "devices", "emotion": "emotions"}
_COMMANDS = {"animation": "animate", "device": "identify", "emotion": "predict"}


def check_model(path: str, job: str) -> str:
    """Read what a model file says of itself, before networks are imported and built.

    Parameters
    ----------
    path : str
        The file.
    job : {"animation", "device", "emotion"}
        What the model is to do.

    Returns
    -------
    path : str
        The file, a leading ``~`` written out.

    Raises
    ------
    OSError, ValueError
        If there is no such file, or it is none of ours, does another job, or does not start at
        sound files.
    """
    path = os.path.expanduser(path)
    if os.path.isdir(path):
        raise IsADirectoryError(
            f"{path!r} is a folder, not a model file; name the file that `skaffect train {job}` "
            "saved."
        )
    if not os.path.exists(path):
        raise FileNotFoundError(
            f"there is no model file {path!r}; relative paths start from {os.getcwd()!r}, and "
            f"`skaffect train {job}` makes one."
        )
    from skaffect.persistence import read_model_card

    parts = set(read_model_card(path)["estimators"])
    found = next((name for name, signs in _SIGNS.items() if signs & parts), None)
    if found is None:
        raise ValueError(
            f"{path!r} holds no network that tells {_ANSWERS[job]}, only "
            f"{', '.join(sorted(parts))}; `skaffect train {job}` makes one."
        )
    if found != job:
        raise ValueError(
            f"{path!r} tells {_ANSWERS[found]}, not {_ANSWERS[job]}: give it to `skaffect "
            f"{_COMMANDS[found]}`, or make another with `skaffect train {job}`."
        )
    if not _READERS & parts:
        raise ValueError(
            f"{path!r} does not start at sound files; save it as a pipeline whose first step is "
            "AudioReader(), as `skaffect train` does."
        )
    return path


def load_checked(path: str) -> Any:
    """Load a model that `check_model` has passed, without TensorFlow's chatter."""
    quiet_tensorflow()
    from skaffect.persistence import load_model

    return load_model(path)
