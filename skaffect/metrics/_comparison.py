"""Whether two systems that answered the same utterances differ."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import permutation_test
from sklearn.utils import check_random_state

from skaffect._entries import object_array
from skaffect.metrics._grouped import Grouped, Metric, Rows, checked_groups, score, warn_of_few
from skaffect.metrics._intervals import (
    MetricInterval,
    check_metric,
    check_resampling,
    interval_of,
)

# So many groups have 4096 ways of swapping, which are few enough to try them all.
_EXACT_GROUPS = 12


class SystemComparison(NamedTuple):
    """What two systems score on the same utterances, and how far they differ.

    Parameters
    ----------
    names : tuple of two str
        Names of the systems.
    estimates : tuple of two float
        The metric of each over all utterances.
    difference : MetricInterval
        The first's metric minus the second's, and its interval.
    p_value : float
        Of the permutation test that the systems do not differ, two-sided, in (0, 1].

    Examples
    --------
    >>> from skaffect import MetricInterval, SystemComparison
    >>> difference = MetricInterval(0.1, 0.02, 0.19, 0.95, n_groups=16, n_resamples=2000)
    >>> print(SystemComparison(("DERN", "SVM"), (0.56, 0.46), difference, 0.0312))
    DERN 0.56 - SVM 0.46 = 0.1 [0.02, 0.19] (95 %, 16 groups), p = 0.031
    """

    names: tuple[str, str]
    estimates: tuple[float, float]
    difference: MetricInterval
    p_value: float

    def __str__(self) -> str:
        first, second = (
            f"{name} {estimate:.3g}"
            for name, estimate in zip(self.names, self.estimates, strict=True)
        )
        return f"{first} - {second} = {self.difference}, p = {self.p_value:.2g}"


def compare_systems(
    metric: Metric,
    y_true: Any,
    answers: Mapping[str, Any],
    *,
    groups: Any,
    confidence: float = 0.95,
    n_resamples: int = 2000,
    random_state: int | np.random.RandomState | None = None,
) -> SystemComparison:
    """Compare two systems that answered the same utterances, speaker by speaker.

    The difference of their metrics gets an interval by drawing the same speakers for both,
    and a p-value by swapping the two systems' answers for whole speakers.

    Parameters
    ----------
    metric : callable
        ``metric(y_true, y_pred)`` returns one number for any utterances, in any order.
    y_true : sequence of length n, or array
        True label, number or array of each utterance.
    answers : mapping of two names to sequences of length n, or arrays
        What each of the two systems predicted for each utterance, trained in the same folds.
    groups : array-like of shape (n,)
        Who speaks each utterance; at least two speakers.
    confidence : float in (0, 1), default=0.95
        How often such intervals are meant to hold the truth.
    n_resamples : int, default=2000
        Number of draws for the interval, at least 100; and for the test, where there are
        more than 12 groups.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws.

    Returns
    -------
    comparison : SystemComparison
        Both metrics, the first minus the second with its interval, and the p-value.

    Raises
    ------
    TypeError, ValueError
        As :func:`bootstrap_interval`; and if `answers` is no mapping of two names, or if the
        metric of a swap is not finite.

    Warns
    -----
    UserWarning
        As :func:`bootstrap_interval`.

    See Also
    --------
    bootstrap_interval : The interval of one system's metric, with more on few speakers.

    Notes
    -----
    The null hypothesis is that for each speaker it does not matter which system gave which
    answers: their joint distribution stays as it is when they are swapped. Then each of the
    ``2 ** n_groups`` ways of swapping was as likely as what came. The p-value is the share of
    them whose difference is as large in size or larger. Up to 12 groups all are tried, so
    it is exact, and at least ``2 / 2 ** n_groups``: with five groups none is below 0.05.
    With more groups `n_resamples` of them are drawn, and one is added to what is counted and
    to what is drawn, so that it is never 0 [1]_.

    Speakers of one fold were answered by the same trained network, and networks of
    different folds learnt from the same speakers. Both interval and test take speakers for
    independent and so are optimistic: the variance of cross-validation has no
    unbiased estimate, and naive ones may be far too small [2]_. They speak of these trained
    networks before other speakers; whether another training would turn out alike, only
    other seeds can show.

    References
    ----------
    .. [1] Phipson, Smyth, "Permutation P-values Should Never Be Zero: Calculating Exact
       P-values When Permutations Are Randomly Drawn", arXiv:1603.05766, 2010.
    .. [2] Bengio, Grandvalet, "No Unbiased Estimator of the Variance of K-Fold
       Cross-Validation", Journal of Machine Learning Research 5, 1089-1105, 2004.

    Examples
    --------
    One system errs in half of each of eight speakers' utterances, the other in a quarter:

    >>> import numpy as np
    >>> from sklearn.metrics import accuracy_score
    >>> from skaffect import compare_systems
    >>> y_true = np.tile(["angry", "angry", "sad", "sad"], 8)
    >>> answers = {
    ...     "new": np.tile(["angry", "sad", "sad", "sad"], 8),
    ...     "old": np.tile(["sad", "sad", "sad", "sad"], 8),
    ... }
    >>> comparison = compare_systems(
    ...     accuracy_score, y_true, answers, groups=np.repeat(np.arange(8), 4), random_state=0
    ... )
    >>> print(comparison)
    new 0.75 - old 0.5 = 0.25 [0.25, 0.25] (95 %, 8 groups), p = 0.0078
    """
    check_metric(metric)
    check_resampling(confidence, n_resamples)
    _check_two(answers)
    state = check_random_state(random_state)
    given = {f"answers[{name!r}]": predicted for name, predicted in answers.items()}
    data = checked_groups(y_true, given, groups)
    first, second = data.answers
    of_first, of_second = (score(metric, data.y_true, answer) for answer in data.answers)
    warn_of_few(len(data.groups))

    def difference(rows: Rows) -> float:
        true = data.y_true[rows]
        return float(metric(true, first[rows])) - float(metric(true, second[rows]))

    interval = interval_of(difference, data, of_first - of_second, confidence, n_resamples, state)
    name, other = map(str, answers)
    p_value = _p_value(metric, data, n_resamples, state)
    return SystemComparison((name, other), (of_first, of_second), interval, p_value)


class _Swaps:
    """The metric of answers that come from the one system or the other, group by group."""

    def __init__(self, metric: Metric, data: Grouped) -> None:
        self.metric = metric
        self.y_true = data.y_true
        self.both = _joined(*data.answers)
        self.owners = np.empty(len(data.y_true), dtype=np.intp)
        for group, rows in enumerate(data.groups):
            self.owners[rows] = group
        self.scores: dict[bytes, float] = {}
        self.scale = max(abs(score(metric, data.y_true, answer)) for answer in data.answers) or 1.0

    def differences(
        self, first: NDArray[np.int8], second: NDArray[np.int8], axis: int
    ) -> NDArray[np.float64]:
        """Return by how much mixed answers score above their counterpart, in whole metrics."""
        mixed = np.moveaxis(np.stack([first, second]), axis, -1)
        scores = np.apply_along_axis(self._score, -1, mixed)
        # Rounded, so that what ties in exact arithmetic ties here.
        return np.round((scores[0] - scores[1]) / self.scale, 12)

    def _score(self, systems: NDArray[np.int8]) -> float:
        # Each mixture is the counterpart of another one, so that it is asked for twice.
        key = systems.tobytes()
        if key not in self.scores:
            n = len(self.y_true)
            rows = np.arange(n) + np.where(systems[self.owners], n, 0)
            self.scores[key] = score(self.metric, self.y_true, self.both[rows])
        return self.scores[key]


def _p_value(
    metric: Metric, data: Grouped, n_resamples: int, state: np.random.RandomState
) -> float:
    n_groups = len(data.groups)
    systems = np.zeros(n_groups, dtype=np.int8), np.ones(n_groups, dtype=np.int8)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the metric warns of was seen once
        test = permutation_test(
            systems,
            _Swaps(metric, data).differences,
            permutation_type="samples",
            vectorized=True,
            n_resamples=2**n_groups if n_groups <= _EXACT_GROUPS else n_resamples,
            random_state=state,
        )
    return float(test.pvalue)


def _joined(first: NDArray[Any], second: NDArray[Any]) -> NDArray[Any]:
    """Return both systems' entries in one array, whatever form each came in."""
    if first.shape != second.shape or object in (first.dtype, second.dtype):
        return object_array([*first, *second])
    return np.concatenate([first, second])


def _check_two(answers: Any) -> None:
    if not isinstance(answers, Mapping):
        raise TypeError(
            "answers must map two systems' names to their predictions, as in "
            f"{{'DERN': ..., 'SVM': ...}}; got {type(answers).__name__}."
        )
    if len(answers) != 2:
        raise ValueError(f"answers must hold two systems, got {len(answers)}: {list(answers)}.")
