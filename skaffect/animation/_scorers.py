"""A scorer that tells a cascade the true emotions."""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike
from sklearn.utils.metadata_routing import MetadataRequest


class OracleScorer:
    """Score a fitted cascade with the true emotions: ``scoring={"true": oracle_scorer}``.

    It asks scikit-learn's metadata routing for `emotion`, which must be switched on.
    """

    def __call__(
        self, estimator: Any, X: Any, y: Any, *, emotion: ArrayLike | None = None
    ) -> float:
        """Return ``estimator.score(X, y, emotion=emotion)``."""
        if emotion is None:
            raise ValueError(
                "oracle_scorer needs the true emotions: switch on metadata routing "
                "(sklearn.set_config(enable_metadata_routing=True)) and pass "
                'params={"emotion": labels} to cross_validate.'
            )
        return float(estimator.score(X, y, emotion=emotion))

    def get_metadata_routing(self) -> MetadataRequest:
        """Ask for `emotion`."""
        request = MetadataRequest(owner="oracle_scorer")
        request.score.add_request(param="emotion", alias=True)
        return request


oracle_scorer = OracleScorer()
