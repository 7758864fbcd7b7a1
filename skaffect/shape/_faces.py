"""Faces and their points in one grey image, by dlib."""

from __future__ import annotations

import importlib.util
import os
import shlex
import threading
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from skaffect.shape._video import Image

if TYPE_CHECKING:
    import dlib

Points = NDArray[np.float32]

_BZIP2 = b"BZh"
INSTALL_DLIB = 'install dlib: pip install "skaffect[face]"'

_OF_THREAD = threading.local()


def check_dlib() -> None:
    """Raise unless dlib can be imported; it is not imported here."""
    if importlib.util.find_spec("dlib") is None:
        raise ImportError(f"Faces are found by dlib, which is missing; {INSTALL_DLIB}.")


def load_predictor(path: Any) -> dlib.shape_predictor:
    """Load a shape predictor file, raising errors that say what it is instead."""
    check_dlib()
    import dlib

    if not isinstance(path, str | os.PathLike):
        raise TypeError(
            "predictor must be the path of a shape predictor file (str or os.PathLike), got "
            f"{type(path).__name__}."
        )
    path = os.fsdecode(path)
    if os.path.isdir(path):
        raise IsADirectoryError(f"predictor is {path!r}, a folder; give a shape predictor file.")
    if not os.path.exists(path):
        raise FileNotFoundError(
            f"predictor is {path!r}, which does not exist; relative paths start from "
            f"{os.getcwd()!r}. train_landmark_predictor makes such files."
        )
    _check_unpacked(path)
    try:
        return dlib.shape_predictor(path)
    except RuntimeError as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise ValueError(
            f"predictor is {path!r}, which is no dlib shape predictor, or cut short ({reason}); "
            "unpack, copy or download it again, or make one with train_landmark_predictor."
        ) from error


def _check_unpacked(path: str) -> None:
    """Raise if a file is packed, as dlib's are published."""
    with open(path, "rb") as stream:
        packed = stream.read(len(_BZIP2)) == _BZIP2
    if packed:
        raise ValueError(
            f"predictor is {path!r}, which is packed by bzip2; unpack it, `bunzip2 "
            f"{shlex.quote(path)}`, and give the file that this leaves."
        )


def count_points(predictor: dlib.shape_predictor) -> int:
    """Return how many points a predictor places."""
    import dlib

    blank = np.zeros((8, 8), np.uint8)
    return int(predictor(blank, dlib.rectangle(0, 0, 7, 7)).num_parts)


def face_detector() -> dlib.fhog_object_detector:
    """Return this thread's detector: making one takes half a second, and none can be shared."""
    import dlib

    if not hasattr(_OF_THREAD, "detector"):
        _OF_THREAD.detector = dlib.get_frontal_face_detector()
    return _OF_THREAD.detector


def find_faces(detector: dlib.fhog_object_detector, image: Image) -> list[dlib.rectangle]:
    """Return the faces in an image, looked for at twice its scale if there seem to be none."""
    return list(detector(image, 0) or detector(image, 1))


def place_points(predictor: dlib.shape_predictor, image: Image, face: dlib.rectangle) -> Points:
    """Return all of a predictor's points on a face, in pixels, ``(n_points, 2)``."""
    return np.array([(p.x, p.y) for p in predictor(image, face).parts()], dtype=np.float32)
