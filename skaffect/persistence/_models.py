"""Save a fitted model as one file that anybody may load, and load it."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from typing import Any

from skaffect._whole_files import check_target
from skaffect.persistence._card import check_card, check_card_is_kept, describe, remember_card
from skaffect.persistence._container import read_container, read_document, write_container

_SUFFIX = ".safetensors"


def save_model(
    model: Any, path: str | os.PathLike[str], *, card: Mapping[str, Any] | None = None
) -> None:
    """Save a fitted model, or a whole pipeline, as one file.

    The file holds numbers and plain text only, so that loading it runs no code, whoever
    wrote it: weights as arrays, and all else as JSON. The loaded model answers with the
    same bits, on a machine with the same packages. A file that is there is replaced once
    the new one is complete.

    Parameters
    ----------
    model : estimator
        A fitted estimator of skaffect, or a `Pipeline` of such and of `StandardScaler`.
    path : str or os.PathLike
        The file to write, ending in ``.safetensors``. Its folder must exist.
    card : mapping of str to object, default=None
        What should be known about the model wherever it goes: the data it was trained on
        and their licence, the splits, metrics, notes. Plain JSON: text, numbers, lists
        and mappings. A loaded model does not carry its own: give it again, as below.

    Raises
    ------
    TypeError
        If a part of the model or of `card` cannot travel. It is named.
    ValueError
        If `path` has another suffix, a fitted attribute is not what `fit` sets, or `path` is the
        file with a card from which the model was loaded, and `card` is None.
    OSError
        If `path` is a folder, or its folder is missing or may not be written to.
    sklearn.exceptions.NotFittedError
        If the model is not fitted.

    Warns
    -----
    UserWarning
        If a parameter is left behind and will be None in the loaded model: `callbacks` and
        a pipeline's `memory`, which are code or lead to it, the `cache` of features, a folder
        of this machine, and a `random_state` that is a generator. Also if the model was loaded
        with a card and `card` is None; of a copy or a part of it that is not known.

    See Also
    --------
    load_model : Read the file.
    read_model_card : Read what the file says about its model.

    Notes
    -----
    The optimiser's state stays behind, which is two thirds of what a pickle holds. A loaded
    model can go on training (`warm_start`, `partial_fit`), but the optimiser starts anew;
    for training that goes on to the bit, pickle the estimator.

    Of a :class:`LandmarkExtractor` the predictor's path travels, not the predictor.

    The file is a safetensors file, whose arrays other tools can show. A model may be a
    personal datum of those whose voices it learnt, and the data's terms may hold for it;
    `card` is the place to say so.

    Examples
    --------
    >>> import os, tempfile
    >>> import numpy as np
    >>> from skaffect import LogFilterbank, load_model, read_model_card, save_model
    >>> noise = np.random.RandomState(0).uniform(-1, 1, 8000)
    >>> model = LogFilterbank(normalize="corpus").fit([noise])
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = os.path.join(folder.name, "bands.safetensors")
    >>> save_model(model, path, card={"data": "white noise", "licence": "CC0"})
    >>> loaded = load_model(path)
    >>> bool((loaded.transform([noise])[0] == model.transform([noise])[0]).all())
    True

    Training a loaded model anew may make its card untrue, so it is kept only where asked for:

    >>> other = os.path.join(folder.name, "other.safetensors")
    >>> save_model(loaded, other, card=read_model_card(path)["card"])
    >>> read_model_card(other)["card"]
    {'data': 'white noise', 'licence': 'CC0'}
    >>> folder.cleanup()
    """
    # Imported late: reading a card must not cost TensorFlow's import.
    from sklearn.utils.validation import check_is_fitted

    from skaffect.persistence._estimators import ModelWriter, check_traveller

    path, _ = check_target(path, (_SUFFIX,))
    told = check_card(card)
    check_traveller(model, "model")
    check_is_fitted(model)
    writer = ModelWriter()
    description = writer.value(model, "model")
    if writer.left_behind:
        warnings.warn(
            f"Left behind, and None in the loaded model: {', '.join(writer.left_behind)}. Its "
            "answers are the same.",
            UserWarning,
            stacklevel=2,
        )
    check_card_is_kept(model, card, path, stacklevel=2)
    document = {"card": describe(writer.classes, told), "model": description}
    write_container(path, document, writer.arrays)


def load_model(path: str | os.PathLike[str]) -> Any:
    """Load a model that :func:`save_model` wrote.

    Nothing in the file is run: it is read as numbers and JSON, each class is looked up in
    a list of those that are known, and networks are built by skaffect itself, once the
    sizes that the file claims agree with what it holds.

    Parameters
    ----------
    path : str or os.PathLike
        The file.

    Returns
    -------
    model : estimator
        The fitted model. Its card is not in it; :func:`read_model_card` reads it.

    Raises
    ------
    ValueError
        If the file is not a model file, damaged, cut short, written by a newer skaffect,
        or describes what cannot be built.
    OSError
        If the file is missing, a folder or not readable.

    See Also
    --------
    save_model : Write the file, with an example.

    Notes
    -----
    The checksum tells damage; it does not tell who wrote the file. A file from a stranger
    cannot run code, but its model may answer anything.

    Examples
    --------
    >>> import os, tempfile
    >>> from skaffect import AudioReader, load_model, save_model
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "reader.safetensors")
    ...     save_model(AudioReader(sr=8000), path)
    ...     load_model(path)
    AudioReader(sr=8000)
    """
    from skaffect.persistence._estimators import ModelReader, check_traveller

    path = _checked_source(path)
    document, arrays = read_container(path)
    reader = ModelReader(arrays)
    try:
        model = reader.value(document.get("model"), "model")
        check_traveller(model, "model")
        if reader.arrays:
            raise ValueError(f"nothing uses its array {min(reader.arrays)!r}.")
    except (OverflowError, RecursionError, TypeError, ValueError) as error:
        raise ValueError(
            f"{path!r} describes no model that this skaffect can build: {error} Get the file "
            "again from who made it, or upgrade skaffect."
        ) from error
    remember_card(model, document.get("card"), path)
    return model


def read_model_card(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read what a model file says about its model, without building it.

    Parameters
    ----------
    path : str or os.PathLike
        A file that :func:`save_model` wrote.

    Returns
    -------
    card : dict
        With

        estimators : list of str
            The classes that the model is made of.
        created : str
            When the file was written, in UTC (ISO 8601).
        python : str
            Version of Python.
        packages : dict of str to str
            Versions of skaffect and of what it stands on.
        card : dict
            What was given to `save_model` as `card`.

    Raises
    ------
    ValueError
        If the file is not a model file, damaged, cut short or written by a newer skaffect.
    OSError
        If the file is missing, a folder or not readable.

    Examples
    --------
    >>> import os, tempfile
    >>> from skaffect import AudioReader, read_model_card, save_model
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "reader.safetensors")
    ...     save_model(AudioReader(), path, card={"notes": "reads at 16 kHz"})
    ...     card = read_model_card(path)
    >>> card["estimators"], card["card"]
    (['AudioReader'], {'notes': 'reads at 16 kHz'})
    """
    path = _checked_source(path)
    card = read_document(path).get("card")
    if not isinstance(card, dict):
        raise ValueError(f"{path!r} has no model card; get the file again from who made it.")
    return card


def _checked_source(path: Any) -> str:
    """Return the path of a file that is there and can be read, or raise what is wrong."""
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"path must be a str or os.PathLike, got {type(path).__name__}.")
    path = os.fsdecode(path)
    if os.path.isdir(path):
        raise IsADirectoryError(f"path is {path!r}, a folder; give the model file in it.")
    if not os.path.exists(path):
        raise FileNotFoundError(
            f"path is {path!r}, which does not exist; relative paths start from {os.getcwd()!r}."
        )
    if not os.access(path, os.R_OK):
        raise PermissionError(f"path is {path!r}, which may not be read; check its permissions.")
    if os.path.getsize(path) == 0:
        raise ValueError(
            f"{path!r} is an empty file (0 bytes); copy or download it again, or save the model "
            "anew."
        )
    return path
