"""The attention network of a model, and the frames that reach it."""

from __future__ import annotations

from typing import Any, NamedTuple

import keras
import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from skaffect._utterances import Frames, check_frames
from skaffect.device._attention import AttentionDeviceClassifier, answer_by_length
from skaffect.nets._attention_blocks import FRAMES_PER_STEP as FRAMES_PER_STEP


class Attended(NamedTuple):
    """A fitted attention classifier and the frames of utterances, checked against it."""

    classifier: Any
    entries: list[Frames]


def fitted_classifier(model: Any) -> Any:
    """Return the attention classifier that `model` is, or ends in; raise if there is none."""
    classifier = model.steps[-1][1] if isinstance(model, Pipeline) else model
    if not isinstance(classifier, AttentionDeviceClassifier):
        raise TypeError(
            "model must be a DualAttentionDeviceClassifier, a SingleAttentionDeviceClassifier or "
            f"a Pipeline that ends in one, got {_description(model, classifier)}. A search holds "
            "it in best_estimator_."
        )
    check_is_fitted(classifier, "model_")
    return classifier


def attended(model: Any, X: Any) -> Attended:
    """Send utterances through the steps before the classifier and check what comes out."""
    classifier = fitted_classifier(model)
    if isinstance(model, Pipeline) and len(model.steps) > 1:
        X = model[:-1].transform(X)
    return Attended(classifier, check_frames(classifier, X, reset=False).entries)


def layer_answers(utterances: Attended, layer: str) -> list[NDArray[np.float64]]:
    """Return what a named layer of the network answers to each utterance."""
    network = utterances.classifier.model_
    part = keras.Model(network.input, network.get_layer(layer).output)
    return answer_by_length(part, utterances.entries)


def step_weights(utterances: Attended) -> list[NDArray[np.float64]]:
    """Return attention-1's weights w_t of each utterance's own steps, which sum to one."""
    rows = layer_answers(utterances, "frame_weights")
    weights = []
    for row, entry in zip(rows, utterances.entries, strict=True):
        own = row[: -(-len(entry) // FRAMES_PER_STEP)]
        # float32 weights add up to one only nearly.
        weights.append(own / own.sum())
    return weights


def _description(model: Any, classifier: Any) -> str:
    if model is classifier:
        return repr(type(model).__name__)
    return f"a Pipeline that ends in {type(classifier).__name__!r}"
