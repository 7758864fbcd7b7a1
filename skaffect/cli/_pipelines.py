"""The default pipelines of the three jobs, which ``train`` saves and ``evaluate`` compares.

All start at sound files, so that a saved one answers files.
"""

from __future__ import annotations

from typing import Any

from sklearn.pipeline import Pipeline

from skaffect._tone import ToneTrimmer
from skaffect.animation import DSRNRegressor, EmotionConditionedRegressor, ShapeTargetRegressor
from skaffect.audio import AudioReader
from skaffect.device import DualAttentionDeviceClassifier
from skaffect.emotion import DERNClassifier
from skaffect.features import LogFilterbank, MFSCWindower


def emotion_pipeline(
    *, epochs: int | None = None, live: bool = False, **training: Any
) -> Pipeline:
    """Return files to emotions.

    Parameters
    ----------
    epochs : int or None
        Passes over the training frames; None leaves the network's default.
    live : bool
        Whether an :class:`~skaffect.EmotionStream` must accept it.
    **training : dict
        Other parameters of the network: `random_state`, `callbacks`.

    Returns
    -------
    pipeline : Pipeline
        Steps ``audio``, ``features`` and ``emotion``; not fitted.
    """
    dern = DERNClassifier(**_given(epochs, training))
    return Pipeline([("audio", AudioReader()), ("features", _windower(live)), ("emotion", dern)])


def device_pipeline(*, epochs: int | None = None, tone: bool = False, **training: Any) -> Pipeline:
    """Return files to devices.

    Parameters
    ----------
    epochs : int or None
        Passes over the training recordings; None leaves the network's default.
    tone : bool
        Whether recordings open with a tone that must not be learnt, as wSPIRE's do.
    **training : dict
        Other parameters of the network: `random_state`, `callbacks`.

    Returns
    -------
    pipeline : Pipeline
        Steps ``audio``, ``tone`` (if wanted), ``features`` and ``device``; not fitted.
    """
    network = DualAttentionDeviceClassifier(**_given(epochs, training))
    return Pipeline(
        [
            ("audio", AudioReader()),
            *([("tone", ToneTrimmer())] if tone else []),
            ("features", LogFilterbank(normalize="corpus")),
            ("device", network),
        ]
    )


def animation_pipeline(
    *,
    by_emotion: bool,
    universal: bool = False,
    epochs: int | None = None,
    live: bool = False,
    n_jobs: int | None = None,
    **training: Any,
) -> Pipeline:
    """Return files to landmarks of the lower face.

    Its targets have a frame for each audio frame, so they are made (`resample_track`) between
    its features and its last step.

    Parameters
    ----------
    by_emotion : bool
        Whether to train the cascade, one network for each emotion; else one for all.
    universal : bool
        Whether the cascade has the one network for all beside it.
    epochs : int or None
        Passes over the training frames of each network; None leaves the networks' defaults.
    live : bool
        Whether a :class:`~skaffect.FaceStream` must accept it.
    n_jobs : int or None
        Processes that train the cascade's networks.
    **training : dict
        Other parameters of the networks: `random_state`, `callbacks`.

    Returns
    -------
    pipeline : Pipeline
        Steps ``audio``, ``features`` and ``face``; not fitted.
    """
    given = _given(epochs, training)
    regressor: Any = DSRNRegressor(**given)
    if by_emotion:
        regressor = EmotionConditionedRegressor(
            DERNClassifier(**given), regressor, universal=universal, n_jobs=n_jobs
        )
    return Pipeline(
        [
            ("audio", AudioReader()),
            ("features", _windower(live)),
            ("face", ShapeTargetRegressor(regressor)),
        ]
    )


def _windower(live: bool) -> MFSCWindower:
    """Return the default windower, or one that looks at nothing but the sound around a frame."""
    if live:
        return MFSCWindower(normalize="corpus", floor_db=None, skip_silence=False)
    return MFSCWindower()


def _given(epochs: int | None, training: dict[str, Any]) -> dict[str, Any]:
    return training if epochs is None else {"epochs": epochs, **training}
