"""Landmarks to shape parameters and back."""

from __future__ import annotations

import warnings
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from skaffect._parameters import check_integer, check_real
from skaffect._words import counted
from skaffect.shape._layout import Layout, stack_landmarks, stack_parameters
from skaffect.shape._procrustes import (
    Complex,
    Floats,
    are_degenerate,
    as_complex,
    as_points,
    centred,
    procrustes_mean,
    transforms_to,
)

# An eigenvalue this far below the largest is rounding.
_LEAST_RATIO = 1e-13


class ProcrustesPCAShape(TransformerMixin, BaseEstimator):
    """Face shapes as a few uncorrelated numbers, whatever the head's pose.

    Section II-B.2 of [1]_: Generalized Procrustes Analysis [2]_ removes the position,
    rotation and size of every frame's landmarks, never reflecting them, and principal
    component analysis of the aligned frames leaves `n_components` parameters.

    The aligned frame is centred at the origin, upright as the training frames are on
    average and of their mean size in pixels, so errors there are in pixels. With the
    poses of :meth:`pose`, :meth:`inverse_transform` puts shapes back in the video.

    Parameters
    ----------
    n_components : int or float, default=18
        Number of shape parameters, at least 1; [1]_ uses 18. Where the training frames
        have fewer degrees of freedom, all of those are kept with a warning. Between 0
        and 1, exclusive: the least number that explains this fraction of the variance.

    Attributes
    ----------
    mean_shape_ : ndarray of shape (n_points, 2), float64
        Mean of the aligned training frames, in pixels.
    reference_shape_ : ndarray of shape (n_points, 2), float64
        The Procrustes mean, to which frames are aligned. It differs from `mean_shape_`
        in the second order of the deformations only.
    components_ : ndarray of shape (n_components, 2 * n_points), float64
        Orthonormal directions of deformation, in order of variance; each row is
        x0, y0, x1, y1 and so on.
    explained_variance_ : ndarray of shape (n_components,), float64
        Variance of each parameter over the training frames, in square pixels.
    explained_variance_ratio_ : ndarray of shape (n_components,), float64
        The same as a fraction of the aligned frames' whole variance.
    n_components_ : int
        Number of parameters kept.
    n_features_in_ : int
        Twice the number of points.
    feature_names_in_ : ndarray of shape (n_features_in,)
        Column names, when a data frame with string column names was given to `fit`.

    See Also
    --------
    LandmarkExtractor : Landmarks from video files.

    Notes
    -----
    A frame's rotation is the least-squares one. Its scale makes the aligned frame differ
    from the reference only by what is orthogonal to it (the tangent space), so that
    parameters, turned into a shape and analysed again, come out exactly as they went in.

    Each component's sign is such that its parameter of largest size in training is
    positive; it does not depend on how the heads were turned.

    References
    ----------
    .. [1] Sadiq, Asadiabadi, Erzin, "Emotion Dependent Facial Animation from Affective
       Speech", arXiv:1908.03904, 2019.
    .. [2] Goodall, "Procrustes methods in the statistical analysis of shape", Journal of
       the Royal Statistical Society B 53(2), 1991.

    Examples
    --------
    Squares that open and close, each in a pose of its own:

    >>> import numpy as np
    >>> from skaffect import ProcrustesPCAShape
    >>> rng = np.random.RandomState(0)
    >>> opening, angle = rng.rand(20), rng.rand(20)
    >>> x, y = np.array([0, 100, 100, 0]), np.array([0, 0, 1, 1])
    >>> track = np.stack(np.broadcast_arrays(x, y * (50 + 20 * opening[:, None])), axis=-1)
    >>> turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    >>> shape = ProcrustesPCAShape(n_components=0.99)
    >>> parameters = shape.fit_transform([track @ turn.transpose(2, 0, 1)])
    >>> parameters[0].shape
    (20, 1)
    >>> bool(abs(np.corrcoef(parameters[0][:, 0], opening)[0, 1]) > 0.999)
    True
    """

    def __init__(self, n_components: int | float = 18) -> None:
        self.n_components = n_components

    def fit(self, X: Any, y: Any = None) -> ProcrustesPCAShape:
        """Learn the mean shape and the components.

        Parameters
        ----------
        X : sequence of arrays of shape (n_frames, n_points, 2), or array
            Landmarks in pixels. An array may have shape (n, n_points, 2), (n, 2 * n_points)
            or (n_utterances, n_frames, n_points, 2).
        y : None
            Ignored.

        Returns
        -------
        self : ProcrustesPCAShape
            The fitted model.

        Raises
        ------
        ValueError
            If there are fewer than two frames or three points, if all points of a frame
            are equal, or if no two frames differ in shape.

        Warns
        -----
        UserWarning
            If the training frames have fewer degrees of freedom than `n_components`.
        """
        self._check_n_components()
        frames, layout = stack_landmarks(self, X, reset=True)
        _check_amount(*frames.shape[:2])
        shapes, _ = _centred(frames, layout)
        reference = procrustes_mean(shapes)
        shapes *= transforms_to(reference, shapes)
        self._flat = layout.flat
        self.reference_shape_ = as_points(reference)
        self._learn(_rows(shapes), rounding=8 * np.finfo(frames.dtype).eps * np.abs(frames).max())
        return self

    def transform(self, X: Any) -> NDArray[Any]:
        """Compute the shape parameters of every frame.

        Parameters
        ----------
        X : sequence of arrays of shape (n_frames, n_points, 2), or array
            Landmarks in pixels, as in `fit`.

        Returns
        -------
        parameters : ndarray of shape (n_utterances,), object, or numeric
            One float32 array of shape (n_frames, n_components) for each utterance, in
            pixels of the aligned frame; for an array, one array of shape
            (n, n_components) or (n_utterances, n_frames, n_components).
        """
        shapes, factors, _, layout = self._fitted_to(X)
        deviations = _rows(shapes * factors) - self.mean_shape_.ravel()
        return layout.answer((deviations @ self.components_.T).astype(np.float32))

    def inverse_transform(self, X: Any, pose: Any = None) -> NDArray[Any]:
        """Turn shape parameters into landmarks.

        Parameters
        ----------
        X : sequence of arrays of shape (n_frames, n_components), or array
            Shape parameters. An array may have shape (n, n_components) or
            (n_utterances, n_frames, n_components).
        pose : None, sequence of arrays of shape (n_frames, 4), or array, default=None
            Where to put every frame, as `pose` answers; None leaves it in the aligned
            frame.

        Returns
        -------
        landmarks : ndarray of shape (n_utterances,), object, or numeric
            One float32 array of shape (n_frames, n_points, 2) for each utterance, in
            pixels; for an array, one array of shape (n, n_points, 2), or (n, 2 * n_points)
            if `fit` was given such, or (n_utterances, n_frames, n_points, 2).
        """
        check_is_fitted(self)
        parameters, layout = stack_parameters(
            X,
            self.n_components_,
            name="X",
            expected=f"the parameters that this {type(self).__name__} keeps",
        )
        shapes = as_complex(_points(parameters @ self.components_ + self.mean_shape_.ravel()))
        if pose is not None:
            shapes = _put_back(shapes, pose, layout)
        return self._landmarks(shapes, layout, flat=self._flat and layout.flat)

    def align(self, X: Any) -> NDArray[Any]:
        """Remove the pose of every frame.

        Parameters
        ----------
        X : sequence of arrays of shape (n_frames, n_points, 2), or array
            Landmarks in pixels, as in `fit`.

        Returns
        -------
        aligned : ndarray of shape (n_utterances,), object, or numeric
            The same landmarks in the aligned frame, float32, in the form of `X`.
        """
        shapes, factors, _, layout = self._fitted_to(X)
        return self._landmarks(shapes * factors, layout, flat=layout.flat)

    def pose(self, X: Any) -> NDArray[Any]:
        """Compute the pose of every frame, which the aligned frame lacks.

        Parameters
        ----------
        X : sequence of arrays of shape (n_frames, n_points, 2), or array
            Landmarks in pixels, as in `fit`.

        Returns
        -------
        pose : ndarray of shape (n_utterances,), object, or numeric
            One float64 array of shape (n_frames, 4) for each utterance: the factor of the
            size, the rotation in radians from the x-axis towards the y-axis, and the x and
            y of the centroid in pixels. For an array, one array of shape (n, 4) or
            (n_utterances, n_frames, 4). A frame is its aligned points turned, then
            multiplied by the factor, then moved by the centroid.
        """
        _, factors, centroids, layout = self._fitted_to(X)
        back = 1 / factors
        columns = (np.abs(back), np.angle(back), centroids.real, centroids.imag)
        return layout.answer(np.concatenate(columns, axis=1))

    def _check_n_components(self) -> None:
        if isinstance(self.n_components, Integral):
            check_integer("n_components", self.n_components, at_least=1)
            return
        check_real("n_components", self.n_components, above=0.0)
        if self.n_components >= 1:
            raise ValueError(
                "n_components must be an integer, or a fraction of the variance between 0 and "
                f"1, exclusive; got {self.n_components}."
            )

    def _fitted_to(self, X: Any) -> tuple[Complex, Complex, Complex, Layout]:
        """Return centred shapes, the factors that align them, and the centroids."""
        check_is_fitted(self)
        frames, layout = stack_landmarks(self, X, reset=False)
        shapes, centroids = _centred(frames, layout)
        factors = transforms_to(as_complex(self.reference_shape_), shapes)
        return shapes, factors, centroids, layout

    def _learn(self, aligned: Floats, *, rounding: float) -> None:
        """Set the mean and the principal components of aligned frames, one in a row."""
        mean = aligned.mean(axis=0)
        deviations = aligned - mean
        variances, directions = np.linalg.eigh(deviations.T @ deviations / (len(aligned) - 1))
        variances, directions = variances[::-1], directions[:, ::-1]
        rank = int(np.sum(variances > max(rounding**2, _LEAST_RATIO * variances[0])))
        if rank == 0:
            raise ValueError("All shapes in X are equal once aligned; give frames that differ.")
        ratios = variances / np.maximum(variances, 0).sum()
        n_kept = self._n_kept(rank, ratios)
        scores = deviations @ directions[:, :n_kept]
        extremes = scores[np.abs(scores).argmax(axis=0), np.arange(n_kept)]
        self.mean_shape_ = _points(mean)
        self.components_ = (directions[:, :n_kept] * np.sign(extremes)).T
        self.explained_variance_ = variances[:n_kept]
        self.explained_variance_ratio_ = ratios[:n_kept]
        self.n_components_ = n_kept

    def _n_kept(self, rank: int, ratios: Floats) -> int:
        if not isinstance(self.n_components, Integral):
            explained = np.cumsum(ratios[:rank])
            return min(rank, 1 + int(np.searchsorted(explained, self.n_components)))
        if self.n_components > rank:
            warnings.warn(
                f"The shapes in X have {rank} degrees of freedom, fewer than n_components="
                f"{self.n_components}; all {rank} are kept. Give more frames or points, or set "
                f"n_components={rank}.",
                UserWarning,
                stacklevel=4,
            )
        return min(rank, int(self.n_components))

    def _landmarks(self, shapes: Complex, layout: Layout, *, flat: bool) -> NDArray[Any]:
        points = as_points(shapes).astype(np.float32)
        return layout.answer(points.reshape(len(points), -1) if flat else points)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags


def _check_amount(n_frames: int, n_points: int) -> None:
    if n_frames < 2:
        raise ValueError("Found 1 sample of one frame in X; at least two shapes are needed.")
    if n_points < 3:
        raise ValueError(
            f"X has {counted(n_points, 'point')} in a frame (n_features = {2 * n_points}); at "
            "least three are needed, for two points have no shape."
        )


def _centred(frames: NDArray[Any], layout: Layout) -> tuple[Complex, Complex]:
    shapes, centroids = centred(frames)
    degenerate = are_degenerate(shapes, centroids)
    if degenerate.any():
        raise ValueError(
            f"{layout.name(int(degenerate.argmax()))} is degenerate: all its points are equal, so "
            "it has no shape; repair or remove it."
        )
    return shapes, centroids


def _put_back(shapes: Complex, pose: Any, layout: Layout) -> Complex:
    poses, given = stack_parameters(
        pose, 4, name="pose", expected="size factor, rotation and the centroid's x and y"
    )
    if not np.array_equal(given.n_frames, layout.n_frames):
        raise ValueError(
            "pose must have the frames of X, one row for each; got "
            f"{_counts(given)} for {_counts(layout)}."
        )
    scale, rotation, x, y = poses.T[..., np.newaxis]
    return scale * np.exp(1j * rotation) * shapes + (x + 1j * y)


def _counts(layout: Layout) -> str:
    return f"{layout.n_frames.sum()} frames in {len(layout.n_frames)} entries"


def _rows(shapes: Complex) -> Floats:
    return as_points(shapes).reshape(len(shapes), -1)


def _points(rows: Floats) -> Floats:
    return rows.reshape(*rows.shape[:-1], -1, 2)
