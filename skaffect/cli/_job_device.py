"""Devices that recorded unheard speakers: what is compared, and what attention weighs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.metrics import accuracy_score
from sklearn.pipeline import Pipeline
from sklearn.utils import Bunch

from skaffect.audio import AudioReader
from skaffect.cli._job import Job, history, numbered
from skaffect.device import DFTCNNBaseline, SingleAttentionDeviceClassifier
from skaffect.inspection import band_weights, frame_weights, phone_classes, weight_histogram
from skaffect.model_selection import System

DUAL, SINGLE, BASELINE = "dual attention", "single attention", "DFT-CNN"
# The paper's Table 3, percent: MOBIPHONE, and neutral speech of wSPIRE.
EX_1 = {DUAL: 94.56, SINGLE: 86.64, BASELINE: 92.21}
EX_2_NEUTRAL = {DUAL: 99.12, SINGLE: 97.82, BASELINE: 93.8}
# Of each mode of speech, so many utterances at most say what attention weighs.
_MOST_ATTENDED = 100
_DIGITS = 5


def device_job(
    corpus: Mapping[str, Any],
    condition: str,
    pipeline: Pipeline,
    *,
    baseline_epochs: int | None = None,
    published: Mapping[str, float] | None = None,
) -> Job:
    """Return dual attention beside single attention, the network on DFT magnitudes and chance.

    Parameters
    ----------
    corpus : mapping
        With `data`, `target` (the devices) and `speaker`; `mode` and `phones` if they are
        known.
    condition : str
        Name of the corpus.
    pipeline : Pipeline
        The default pipeline of the job.
    baseline_epochs : int or None
        Passes of the baseline; None leaves its default. The other attention network is
        trained as long as that of the pipeline, in steps of the same size.
    published : dict of str to float, or None
        The paper's accuracy of each system, percent.
    """
    alike = {name: getattr(pipeline["device"], name) for name in ("epochs", "batch_size")}
    single = clone(pipeline).set_params(device=SingleAttentionDeviceClassifier(**alike))
    baseline = Pipeline([("audio", AudioReader()), ("device", DFTCNNBaseline())])
    if "tone" in pipeline.named_steps:
        baseline = Pipeline([*clone(pipeline).steps[:2], *baseline.steps[1:]])
    if baseline_epochs is not None:
        baseline.set_params(device__epochs=baseline_epochs)
    return Job(
        name="device",
        title="Devices that recorded unheard speakers",
        condition=condition,
        corpus=numbered(corpus),
        systems={
            DUAL: System(pipeline, observations={**_curves(DUAL), "attention": _attention}),
            SINGLE: System(single, observations=_curves(SINGLE)),
            BASELINE: System(baseline, observations=_curves(BASELINE)),
            "commonest device": System(DummyClassifier(strategy="most_frequent")),
        },
        metrics={"accuracy": accuracy_score},
        published={"accuracy": {name: of / 100 for name, of in (published or {}).items()}},
        note="The published figures are the paper's Table 3, of other recordings and devices: not "
        "a comparison.",
        about="Dual attention weighs frames and bands, single attention frames alone; the DFT-CNN "
        "reads the Fourier transforms of a recording's pieces; the commonest device is always the "
        "one that was met most often in training.",
        loss="cross-entropy",
    )


def _curves(network: str) -> dict[str, Any]:
    return {"histories": partial(history, network=network)}


def _attention(model: Any, trained: Bunch, parts: Mapping[str, Bunch]) -> Any:
    """Return by mode of speech what bands and frames of unheard speakers weigh."""
    test = parts["test"]
    modes = test.mode if "mode" in test else np.full(len(test.target), "speech")
    observed = {}
    for mode in np.unique(modes):
        # As many of each speaker and device, as far as they lie side by side.
        own = np.flatnonzero(modes == mode)
        own = own[:: -(-len(own) // _MOST_ATTENDED)]
        data = [test.data[i] for i in own]
        observed[str(mode)] = {
            "bands": np.round(band_weights(model, data), _DIGITS).tolist(),
            "frames": _frames(model, data, test, own) if "phones" in test else None,
        }
    return observed


def _frames(model: Any, data: list[Any], test: Bunch, own: Any) -> Any:
    weights = frame_weights(model, data)
    classes = phone_classes([test.phones[i] for i in own], [len(entry) for entry in weights])
    return {
        name: of.tolist() for name, of in weight_histogram(list(weights), list(classes)).items()
    }
