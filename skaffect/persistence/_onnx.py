"""Export a fitted model as an ONNX file, which answers without skaffect and without Python."""

from __future__ import annotations

import importlib.util
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from skaffect._version import __version__
from skaffect._whole_files import check_target, whole_file
from skaffect.persistence._card import check_card, check_card_is_kept

_SUFFIX = ".onnx"


def export_onnx(
    model: Any, path: str | os.PathLike[str], *, card: Mapping[str, Any] | None = None
) -> None:
    """Export a fitted model as an ONNX file: features of one utterance in, answers out.

    Programs in many languages run such a file, on phones and in browsers as well, with ONNX
    Runtime or another runtime and without skaffect, Keras or Python. Everything after the
    features is in it: windows, network, votes, the average of what overlaps. Its answers are
    those of `predict_proba` or `predict` about one utterance of any length, to 1e-4 or better.

    Parameters
    ----------
    model : estimator
        A fitted estimator of the table below, or a `Pipeline` that ends in one: the last step
        is exported, and the steps before are described in the file.
    path : str or os.PathLike
        The file to write, ending in ``.onnx``. Its folder must exist; a file that is there is
        replaced once the new one is complete.
    card : mapping of str to object, default=None
        What should be known about the model wherever it goes, as :func:`save_model` takes it:
        data, licence, metrics, notes. Of a loaded model give it again.

    Raises
    ------
    ImportError
        If the package onnx is missing.
    TypeError
        If the model or a part of it has no ONNX graph, a step before it cannot be described,
        or `card` is not plain JSON. It is named.
    ValueError
        If `path` has another suffix, or a parameter is not valid.
    OSError
        If `path` is a folder, or its folder is missing or may not be written to.
    sklearn.exceptions.NotFittedError
        If the model is not fitted.

    Warns
    -----
    UserWarning
        If the model was loaded with a card and `card` is None.

    See Also
    --------
    save_model : One file for skaffect itself, pipeline included.

    Notes
    -----
    One run answers one utterance, so that there is neither a batch axis nor padding. All
    numbers are float32, but for ``active``, which is bool.

    ====================================  ====================  =================================
    last step                             inputs                outputs, the answer first
    ====================================  ====================  =================================
    ``DERNClassifier``                    ``frames, active``    ``probabilities, posteriors``
    ``SingleAttentionDeviceClassifier``   ``frames``            ``probabilities, frame_weights``
    ``DualAttentionDeviceClassifier``     ``frames``            the same and ``band_weights``
    ``DFTCNNBaseline``                    ``waveform``          ``probabilities, posteriors``
    ``DSRNRegressor``                     ``frames``            ``shape_parameters``
    ``EmotionConditionedRegressor``       ``frames, active``    ``shape_parameters,
                                                                emotion_weights``
    ``ShapeTargetRegressor``              those of its          ``landmarks`` and those of its
                                          regressor             regressor
    ====================================  ====================  =================================

    ``frames`` ``(n_frames, n_bands)`` are the frames of :class:`LogFilterbank`, or `frames` of
    the :class:`Windows` that :class:`MFSCWindower` answers, whose `active` tells the frames
    that are not silent; only these vote, or all where none is. ``waveform`` ``(n_times,)`` is
    in [-1, 1], at the sampling rate of the estimator. A DERN or DSRN takes each frame in its
    context as :class:`Windows` shows it, whatever windows it was trained on.

    The file's metadata hold text in JSON: ``skaffect_version``, ``estimator``, ``inputs`` and
    ``outputs`` (what each means), ``classes`` (in the order of the answers), ``card`` and, from
    a pipeline, ``preprocessing``: for each step before the last its class, its parameters and
    the band means and scales that it has learnt.

    The graph has ONNX operators of version 17 (2022), in format 8, which ONNX Runtime reads
    from 1.12 on; it is tested with 1.20 and newer. It computes in single precision even what
    was trained in less, but for votes and DFT values, which are in double precision. The same
    model exported twice is the same bytes. A cascade's universal regressor is not in its graph:
    export `universal_` by itself.

    Examples
    --------
    >>> import os, tempfile
    >>> import numpy as np
    >>> import onnxruntime
    >>> from skaffect import DERNClassifier, Windows, export_onnx
    >>> rng = np.random.RandomState(0)
    >>> X = [Windows(rng.randn(n, 8), context=5) for n in (20, 30)]
    >>> dern = DERNClassifier(filters=(4,), dense_units=8, epochs=1, random_state=0)
    >>> dern = dern.fit(X, ["happy", "sad"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "emotion.onnx")
    ...     export_onnx(dern, path)
    ...     session = onnxruntime.InferenceSession(path)
    >>> utterance = {"frames": X[0].frames, "active": X[0].active}
    >>> probabilities, posteriors = session.run(None, utterance)
    >>> probabilities.shape, posteriors.shape
    ((2,), (20, 2))
    >>> bool(np.allclose(probabilities, dern.predict_proba(X[:1])[0], atol=1e-6))
    True
    """
    path, _ = check_target(path, (_SUFFIX,))
    told = check_card(card)
    if importlib.util.find_spec("onnx") is None:
        raise ImportError(
            "ONNX files are written with the package onnx, which is missing; "
            'pip install "skaffect[onnx]".'
        )
    # Imported late: reading a model's card must cost neither ONNX's import nor TensorFlow's.
    from sklearn.utils.validation import check_is_fitted

    from skaffect.persistence._onnx_answers import build_graph, check_class, check_parts, labels_of
    from skaffect.persistence._onnx_preprocessing import describe_steps, split_pipeline

    steps, last, place = split_pipeline(model)
    check_class(last, place)
    check_is_fitted(last)
    check_parts(last, place)
    check_card_is_kept(model, card, path, stacklevel=2)
    graph = build_graph(last)
    metadata = {
        "skaffect_version": __version__,
        "estimator": type(last).__name__,
        "classes": labels_of(last),
        "inputs": {port.name: port.meaning for port in graph.inputs},
        "outputs": {port.name: port.meaning for port in graph.outputs},
        "preprocessing": None if last is model else describe_steps(steps),
        "card": told,
    }
    texts = {name: json.dumps(value) for name, value in metadata.items() if value is not None}
    content = graph.serialize(type(last).__name__, texts)
    with whole_file(path) as draft:
        Path(draft).write_bytes(content)
