"""Which models can answer live: pipelines that look at nothing but the sound around a frame."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from skaffect.audio import AudioReader
from skaffect.features import MFSCWindower


def live_steps(model: Any, kinds: tuple[type, ...]) -> tuple[MFSCWindower, Any]:
    """Return the fitted windower and last step of a pipeline, or raise."""
    steps = [step for _, step in model.steps] if isinstance(model, Pipeline) else []
    if steps and isinstance(steps[0], AudioReader):
        del steps[0]  # floating-point samples at the model's rate pass it unchanged
    if not (
        len(steps) == 2 and isinstance(steps[0], MFSCWindower) and isinstance(steps[1], kinds)
    ):
        names = " or ".join(kind.__name__ for kind in kinds)
        raise TypeError(
            "model must be a Pipeline of an MFSCWindower (an AudioReader may stand before it) and "
            f"a {names}, as make_pipeline(MFSCWindower(...), {kinds[0].__name__}(...)) is; "
            f"{instead(model)}"
        )
    windower, last = steps
    check_is_fitted(windower)
    check_is_fitted(last)
    return windower, last


def check_live(windower: MFSCWindower, *, voting: bool) -> None:
    """Raise where a windower looks at the whole utterance, in `skip_silence` for votes alone."""
    wholes = {
        "normalize='utterance'": windower.normalize == "utterance",
        f"floor_db={windower.floor_db}": windower.floor_db is not None,
        "skip_silence=True": windower.skip_silence and voting,
    }
    if found := [name for name, looks in wholes.items() if looks]:
        raise ValueError(
            f"MFSCWindower's {', '.join(found)} would need the whole utterance, and a stream has "
            "not heard its end. Train the model with MFSCWindower(normalize='corpus', "
            "floor_db=None, skip_silence=False), as `skaffect train --live` does, which answers "
            "alike live and offline."
        )


def check_window_shape(windower: MFSCWindower, network: Any) -> None:
    """Raise unless a fitted network takes the windows that the windower makes."""
    made, taken = (windower.n_mels, windower.context), network.window_shape_in_
    if tuple(taken) != made:
        raise ValueError(
            f"The MFSCWindower makes windows of shape (n_mels, context) = {made}, but "
            f"{type(network).__name__} was fitted on {tuple(taken)}; give the windower that it "
            "was trained with."
        )


def copied_weights(network: Any, layer: str) -> list[NDArray[np.float32]]:
    """Return the weights of a network's layer as they are now."""
    return [weights.copy() for weights in network.get_layer(layer).get_weights()]


def instead(model: Any) -> str:
    """Say what was given where another model had to be, and where that one may be found."""
    if isinstance(model, str | os.PathLike):
        path = os.fspath(model)
        return f"got the path {path!r}. load_model({path!r}) reads the model in it."
    kind = type(model).__name__
    if isinstance(model, Pipeline):
        kind = f"a Pipeline of {', '.join(type(step).__name__ for _, step in model.steps)}"
    return f"got {kind}. A search holds it in best_estimator_."
