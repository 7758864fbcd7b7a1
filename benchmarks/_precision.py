"""The arithmetic of a benchmark's networks."""

from __future__ import annotations

import argparse
from typing import Any, Self

from sklearn.base import BaseEstimator, clone


def add_precision(parser: argparse.ArgumentParser) -> None:
    """Add the option ``--precision``."""
    parser.add_argument(
        "--precision",
        choices=["float32", "mixed_bfloat16"],
        default="float32",
        help="of the networks' arithmetic; bfloat16 is faster where the processor has it",
    )


def set_precision(precision: str) -> None:
    """Set Keras's arithmetic in this process."""
    # Not at the top: a worker is to import skaffect first, which keeps TensorFlow quiet.
    import keras

    keras.config.set_dtype_policy(precision)


class InPrecision(BaseEstimator):
    """An estimator whose networks are built with one arithmetic, in any process.

    Parameters
    ----------
    estimator : estimator
        The estimator or pipeline.
    precision : {"float32", "mixed_bfloat16"}
        The arithmetic.
    """

    def __init__(self, estimator: Any, precision: str) -> None:
        self.estimator = estimator
        self.precision = precision

    def fit(self, X: Any, y: Any, **fit_params: Any) -> Self:
        """Fit a clone of the estimator."""
        set_precision(self.precision)
        self.estimator_ = clone(self.estimator).fit(X, y, **fit_params)
        return self

    def predict(self, X: Any, **params: Any) -> Any:
        """Return the estimator's answers."""
        return self.estimator_.predict(X, **params)

    def score(self, X: Any, y: Any) -> float:
        """Return the estimator's score."""
        return float(self.estimator_.score(X, y))
