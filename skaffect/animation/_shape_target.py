"""Landmarks as targets: learnt and answered through a shape model."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn import get_config
from sklearn.base import BaseEstimator, MetaEstimatorMixin, RegressorMixin, clone
from sklearn.utils import Bunch
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping, process_routing
from sklearn.utils.validation import _num_samples, check_is_fitted

from skaffect._entries import object_array
from skaffect._regression import score_frames
from skaffect._targets import observed_tracks
from skaffect._utterances import check_one_each
from skaffect.shape import ProcrustesPCAShape


class ShapeTargetRegressor(RegressorMixin, MetaEstimatorMixin, BaseEstimator):
    """Learn from landmarks and answer with landmarks, by way of shape parameters.

    What scikit-learn's ``TransformedTargetRegressor`` is to arrays. In `fit` the shape model
    learns from the training landmarks, and the regressor from their parameters; in `predict`
    the regressor's parameters become landmarks again (section II-B.2 of [1]_).

    Parameters
    ----------
    regressor : estimator
        A regressor of utterances: :class:`DSRNRegressor`,
        :class:`EmotionConditionedRegressor` or another.
    shape : estimator, default=None
        The shape model. None means ``ProcrustesPCAShape()``.

    Attributes
    ----------
    regressor_ : estimator
        The fitted regressor; its own `predict` answers in shape parameters.
    shape_ : estimator
        The fitted shape model. Its `pose` and `inverse_transform` put faces back in a video.
    n_features_in_ : int
        Number of bands seen in `fit`.

    See Also
    --------
    resample_track : Moves a video's landmarks to audio frames.

    Notes
    -----
    Landmarks must have one frame for each frame of `X`. Those that are NaN throughout are
    not observed: they train neither the shape model nor the regressor, and are not scored.

    What the regressor's `fit` and `predict` take besides (`emotion`, `groups`) is passed on,
    through metadata routing where that is switched on.

    References
    ----------
    .. [1] Sadiq, Asadiabadi, Erzin, "Emotion Dependent Facial Animation from Affective
       Speech", arXiv:1908.03904, 2019.

    Examples
    --------
    >>> import numpy as np
    >>> from skaffect import DSRNRegressor, ProcrustesPCAShape, ShapeTargetRegressor, Windows
    >>> rng = np.random.RandomState(0)
    >>> X = [Windows(rng.randn(30, 8)) for _ in range(2)]
    >>> tracks = [100 * rng.rand(30, 6, 2) for _ in range(2)]
    >>> dsrn = DSRNRegressor(filters=(2,), dense_units=(4,), epochs=1, random_state=0)
    >>> model = ShapeTargetRegressor(dsrn, ProcrustesPCAShape(n_components=3)).fit(X, tracks)
    >>> model.predict(X)[0].shape
    (30, 6, 2)
    """

    def __init__(self, regressor: Any, shape: Any = None) -> None:
        self.regressor = regressor
        self.shape = shape

    def fit(self, X: Any, y: Any, **fit_params: Any) -> ShapeTargetRegressor:
        """Fit the shape model, then the regressor on its parameters.

        Parameters
        ----------
        X : sequence of length n, or array
            The utterances.
        y : sequence of n arrays of shape (n_frames, n_points, 2), or array
            Landmarks of every frame in pixels.
        **fit_params : dict
            What the regressor's `fit` takes besides.

        Returns
        -------
        self : ShapeTargetRegressor
            The fitted model.

        Raises
        ------
        ValueError
            If `y` is not landmarks, or X and `y` differ in number or length.
        """
        if y is None:
            raise ValueError(
                "ShapeTargetRegressor requires y to be passed, but the target y is None."
            )
        check_one_each(_num_samples(X), y=y)
        routed = self._routed("fit", fit_params)
        shape = ProcrustesPCAShape() if self.shape is None else clone(self.shape)
        shape = fit_observed(shape, y)
        regressor = clone(self.regressor).fit(X, observed_parameters(shape, y), **routed)
        self.shape_, self.regressor_ = shape, regressor
        return self

    def predict(self, X: Any, **predict_params: Any) -> NDArray[Any]:
        """Answer every frame with landmarks in the aligned frame.

        Parameters
        ----------
        X : sequence of length n, or array
            The utterances.
        **predict_params : dict
            What the regressor's `predict` takes besides.

        Returns
        -------
        landmarks : ndarray of shape (n,) of object, or numeric
            An array ``(n_frames, n_points, 2)`` float32 in pixels for each utterance,
            centred, upright and of the training faces' mean size. For a numeric `X`, one
            array (n, n_frames, n_points, 2); of rows (n, n_bands), one array
            (n, n_points, 2), or (n, 2 * n_points) where `fit` was given landmarks so.
        """
        check_is_fitted(self, "regressor_")
        routed = self._routed("predict", predict_params)
        return self.shape_.inverse_transform(self.regressor_.predict(X, **routed))

    def score(
        self, X: Any, y: Any, sample_weight: ArrayLike | None = None, **predict_params: Any
    ) -> float:
        """Return the coefficient of determination of the shape parameters.

        Parameters
        ----------
        X : sequence of length n, or array
            The utterances.
        y : sequence of n arrays of shape (n_frames, n_points, 2), or array
            Landmarks of every frame in pixels; frames that are NaN are left out.
        sample_weight : array-like of shape (n,), default=None
            Weight of each utterance.
        **predict_params : dict
            What the regressor's `predict` takes besides.

        Returns
        -------
        score : float
            At most 1.
        """
        check_is_fitted(self, "regressor_")
        routed = self._routed("score", predict_params, callee="predict")
        answers = self.regressor_.predict(X, **routed)
        return score_frames(self.shape_parameters(y), answers, sample_weight)

    def shape_parameters(self, y: Any) -> NDArray[Any]:
        """Turn landmarks into the shape parameters that the regressor learns.

        Parameters
        ----------
        y : sequence of n arrays of shape (n_frames, n_points, 2), or array
            Landmarks of every frame in pixels, NaN where they are not observed.

        Returns
        -------
        parameters : ndarray of shape (n,) of object, or numeric
            An array ``(n_frames, n_components)`` for each utterance, NaN in the frames
            that are not observed.
        """
        check_is_fitted(self, "shape_")
        return observed_parameters(self.shape_, y)

    def get_metadata_routing(self) -> MetadataRouter:
        """Say where metadata goes, for scikit-learn.

        Returns
        -------
        routing : sklearn.utils.metadata_routing.MetadataRouter
            The regressor's requests.
        """
        return (
            MetadataRouter(owner=self)
            .add_self_request(self)
            .add(
                regressor=self.regressor,
                method_mapping=MethodMapping()
                .add(caller="fit", callee="fit")
                .add(caller="predict", callee="predict")
                .add(caller="score", callee="predict"),
            )
        )

    @property
    def n_features_in_(self) -> int:
        """Number of bands seen in `fit`."""
        check_is_fitted(self, "regressor_")
        return int(self.regressor_.n_features_in_)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def _routed(
        self, method: str, given: dict[str, Any], callee: str | None = None
    ) -> dict[str, Any]:
        """Return what of the given metadata the regressor's method gets."""
        if not given or not get_config()["enable_metadata_routing"]:
            return given
        routed: Bunch = process_routing(self, method, **given)
        return dict(routed.regressor[callee or method])


def fit_observed(shape: Any, y: Any) -> Any:
    """Fit a shape model to the landmarks that are observed."""
    observed = observed_tracks(y)
    return shape.fit(y if observed is None else observed.shown)


def observed_parameters(shape: Any, y: Any) -> NDArray[Any]:
    """Return the shape parameters of landmarks, NaN where those are not observed."""
    observed = observed_tracks(y)
    if observed is None:
        return shape.transform(y)
    parameters = []
    for shown, known in zip(shape.transform(observed.shown), observed.known, strict=True):
        whole = np.full((len(known), shown.shape[1]), np.nan, np.float32)
        whole[known] = shown
        parameters.append(whole)
    return object_array(parameters)
