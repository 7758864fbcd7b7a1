"""Export a fitted model as an ONNX file, which answers without Python."""

from __future__ import annotations

import importlib.util
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from skaffect._version import __version__
from skaffect._whole_files import check_target, whole_file
from skaffect.persistence._card import check_card

_SUFFIX = ".onnx"


def export_onnx(
    model: Any, path: str | os.PathLike[str], *, card: Mapping[str, Any] | None = None
) -> None:
    """Export.
    """
    from sklearn.utils.validation import check_is_fitted

    from skaffect.persistence._onnx_preprocessing import describe_transformer, split_pipeline

    path, _ = check_target(path, (_SUFFIX,))
    told = check_card(card)
    if importlib.util.find_spec("onnx") is None:
        raise ImportError(
            'ONNX files are written by the onnx package, which is missing; pip install '
            '"skaffect[onnx]".'
        )
    from skaffect.persistence._onnx_answers import EXPORTABLE, build_graph

    transformers, last = split_pipeline(model)
    check_is_fitted(model)
    graph = build_graph(last)
    metadata = {
        "skaffect_version": __version__,
        "estimator": type(last).__name__,
        "preprocessing": [describe_transformer(step, place) for place, step in transformers],
        "card": told,
    }
    content = graph.serialize(type(last).__name__, {k: json.dumps(v) for k, v in metadata.items()})
    with whole_file(path) as draft:
        Path(draft).write_bytes(content)
