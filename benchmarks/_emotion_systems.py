"""The systems that the emotion benchmark compares, each a plain scikit-learn pipeline."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dct
from sklearn.dummy import DummyClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC
from sklearn.utils import Bunch

from benchmarks._precision import InPrecision
from skaffect import DERNClassifier, LogFilterbank, MFSCWindower

N_CEPSTRA = 20
COUNTED, AVERAGED = "DERN, counted votes", "DERN, averaged votes"

Answer = Callable[[Any, Bunch], NDArray[Any]]


def dern(**changes: Any) -> Pipeline:
    """Return windows and DERN; `changes` are parameters such as ``emotion__epochs``."""
    pipeline = Pipeline(
        [
            ("features", MFSCWindower(short="error")),
            ("emotion", DERNClassifier(class_weight="balanced")),
        ]
    )
    return pipeline.set_params(**changes)


def votes() -> dict[str, Answer]:
    """Return the ways of answering of one network: both ways of voting."""
    return {
        COUNTED: partial(_voted, vote="hard"),
        AVERAGED: partial(_voted, vote="soft"),
    }


def _voted(model: InPrecision, rows: Bunch, vote: str) -> NDArray[Any]:
    pipeline = getattr(model.estimator_, "best_estimator_", model.estimator_)
    windows = pipeline[:-1].transform(rows.data)
    return np.asarray(pipeline[-1].set_params(vote=vote).predict(windows))


def cepstral_svm() -> Pipeline:
    """Return mel-cepstral statistics of the utterance and an RBF support vector machine."""
    return make_pipeline(
        LogFilterbank(n_mels=40, floor_db=60.0, short="error"),
        FunctionTransformer(cepstral_statistics),
        StandardScaler(),
        SVC(C=5.0, class_weight="balanced"),
    )


def majority() -> DummyClassifier:
    """Return what always names the most frequent emotion."""
    return DummyClassifier(strategy="most_frequent")


def cepstral_statistics(X: NDArray[Any]) -> NDArray[np.float32]:
    """Return mean, spread, deciles and movement of the cepstra of each utterance."""
    return np.array([_statistics(dct(frames, norm="ortho")[:, :N_CEPSTRA]) for frames in X])


def _statistics(cepstra: NDArray[np.float32]) -> NDArray[np.float32]:
    movement = np.diff(cepstra, axis=0) if len(cepstra) > 1 else np.zeros_like(cepstra)
    return np.concatenate(
        [
            cepstra.mean(axis=0),
            cepstra.std(axis=0),
            *np.percentile(cepstra, [10, 90], axis=0),
            movement.std(axis=0),
        ]
    )
