"""Whether a network's answers hang on what it attends to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import wilcoxon
from sklearn.utils import Bunch, check_random_state

from skaffect._entries import list_entries, numeric_block
from skaffect._parameters import check_integer, check_real
from skaffect._utterances import Frames, check_one_each
from skaffect.inspection._attended import (
    FRAMES_PER_STEP,
    Attended,
    attended,
    fitted_classifier,
    step_weights,
)

# What Keras's cross-entropy, on which the network was trained, takes for zero.
_LEAST_PROBABILITY = 1e-7

Chooser = Callable[[int, int, int], NDArray[np.intp]]


def deletion_test(
    model: Any,
    X: Any,
    y: ArrayLike,
    speakers: ArrayLike,
    fractions: Sequence[float] = (0.1, 0.2, 0.4),
    n_random: int = 20,
    random_state: int | np.random.RandomState | None = None,
) -> Bunch:
    """Compare removing the most attended frames of utterances with removing random ones.

    Where the network uses what it attends to, the log-probability of the true device falls
    further without the most attended frames than without as many others. Falls are
    averaged within each speaker, and both kinds compared in pairs, speaker by speaker.

    Parameters
    ----------
    model : attention classifier, or Pipeline that ends in one
        The fitted model, a :class:`DualAttentionDeviceClassifier` or a
        :class:`SingleAttentionDeviceClassifier`. A pipeline's earlier steps transform `X`
        once, before anything is removed.
    X : sequence of length n, or array
        Utterances that the model has not learnt from, as it takes them, of 8 frames or
        more.
    y : array-like of shape (n,)
        Their true devices, of those that the model knows.
    speakers : array-like of shape (n,)
        Who speaks each; at least two speakers.
    fractions : sequence of float in (0, 1), default=(0.1, 0.2, 0.4)
        Shares of an utterance's frames to remove.
    n_random : int, default=20
        Random draws for each share, over which their falls are averaged.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws, and of the choice among steps of equal weight.

    Returns
    -------
    Bunch
        With

        fractions : ndarray of shape (n_fractions,)
            As given.
        removed : ndarray of shape (n_fractions,)
            Mean share of the frames that were removed indeed, see the notes.
        speakers : ndarray of shape (n_speakers,)
            Names of the speakers, sorted.
        log_probability : ndarray of shape (n_speakers,)
            Each speaker's mean log-probability of the true device, nothing removed
            (natural logarithm).
        attended, random : ndarray of shape (n_fractions, n_speakers)
            By how much that falls without the most attended frames, and without random
            ones. Negative falls are rises.
        attended_mean, random_mean : ndarray of shape (n_fractions,)
            Means over the speakers.
        p_value : ndarray of shape (n_fractions,)
            Of Wilcoxon's signed-rank test of the paired differences, two-sided; 1 where
            none differ. See the notes.

    Raises
    ------
    TypeError, ValueError
        If `model` is no fitted attention classifier, `X` is a single utterance, an utterance
        is too short, a label is not among the model's, there is one speaker, or a parameter
        is outside its range.

    See Also
    --------
    frame_weights : The weights that say what is attended to most.

    Notes
    -----
    The network has one weight for each step of four frames, so whole steps are removed,
    the random ones too: scattered single frames would mix what the network pools and cut
    the utterance at four times as many places, and seem to matter more than they do. A
    last step of fewer frames always stays. So both ways remove equally many frames of each
    utterance, and the others keep their places in the steps. A share is rounded to whole
    steps, at least one and not all, which for short utterances may be far from it: see
    ``removed``.

    What remains is put together without a gap. The most attended steps often lie side by
    side, and random ones leave more joints, which by themselves disturb the network: joints
    inflate the random fall. So a larger attended fall is the safe finding, and a smaller
    one, or one as large, is no evidence that what is attended to does not matter.

    Where weights are equal, as those of bfloat16 often are, the most attended steps are
    drawn from them at random, once for all shares.

    Probabilities below 1e-7 count as 1e-7, as in Keras's cross-entropy, so that all
    log-probabilities are finite.

    Wilcoxon's test needs speakers: its least p-value for n of them is ``2 / 2 ** n``, so
    with five or fewer none is below 0.05. Utterances of one speaker are not independent,
    which is why they are averaged first; several shares are several tests.

    Examples
    --------
    >>> import numpy as np
    >>> from skaffect import SingleAttentionDeviceClassifier, deletion_test
    >>> rng = np.random.default_rng(0)
    >>> frames = [rng.normal(size=(n, 24)) for n in (40, 37, 39, 38)]
    >>> device = ["phone", "recorder", "phone", "recorder"]
    >>> model = SingleAttentionDeviceClassifier(filters=(4, 4, 4), epochs=1, random_state=0)
    >>> result = deletion_test(
    ...     model.fit(frames, device), frames, device, ["ann", "ann", "bob", "bob"], n_random=2
    ... )
    >>> result.attended.shape, result.speakers.tolist()
    ((3, 2), ['ann', 'bob'])
    >>> result.removed.round(2).tolist()
    [0.1, 0.21, 0.42]
    """
    classifier = fitted_classifier(model)
    _check_sequence(X)
    shares = _checked_fractions(fractions)
    check_integer("n_random", n_random, at_least=1)
    state = check_random_state(random_state)
    check_one_each(len(X), y=y, speakers=speakers)
    codes = _checked_codes(classifier, y)
    names, owners = _checked_speakers(speakers)
    utterances = attended(model, X)
    _check_lengths(utterances.entries)
    test = _Test(classifier, utterances.entries, codes)
    ranks = [_ranked(weights, state) for weights in _whole(utterances)]
    before = test.log_probabilities(test.entries)

    def most_attended(i: int, n_steps: int, n_removed: int) -> NDArray[np.intp]:
        return ranks[i][:n_removed]

    def drawn(i: int, n_steps: int, n_removed: int) -> NDArray[np.intp]:
        return state.permutation(n_steps)[:n_removed]

    def by_speaker(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.bincount(owners, values) / np.bincount(owners)

    falls = np.empty((2, len(shares), len(names)))
    for k, share in enumerate(shares):
        falls[0, k] = by_speaker(before - test.without(share, most_attended))
        draws = [test.without(share, drawn) for _ in range(n_random)]
        falls[1, k] = by_speaker(before - np.mean(draws, axis=0))
    return Bunch(
        fractions=shares,
        removed=np.array([test.removed(share) for share in shares]),
        speakers=names,
        log_probability=by_speaker(before),
        attended=falls[0],
        random=falls[1],
        attended_mean=falls[0].mean(axis=1),
        random_mean=falls[1].mean(axis=1),
        p_value=np.array([_p_value(a - b) for a, b in zip(*falls, strict=True)]),
    )


class _Test(NamedTuple):
    """The utterances of one test, and what the classifier says of them and of parts of them."""

    classifier: Any
    entries: list[Frames]
    codes: NDArray[np.intp]

    def log_probabilities(self, entries: list[Frames]) -> NDArray[np.float64]:
        """Return the log-probability of each utterance's true device."""
        posteriors = self.classifier.predict_proba(entries)
        true = posteriors[np.arange(len(entries)), self.codes]
        return np.log(np.maximum(true, _LEAST_PROBABILITY))

    def without(self, share: float, choose: Chooser) -> NDArray[np.float64]:
        """Return the log-probabilities once the chosen steps are removed."""
        parts = []
        for i, entry in enumerate(self.entries):
            n_steps = len(entry) // FRAMES_PER_STEP
            chosen = choose(i, n_steps, _n_removed(n_steps, share))
            parts.append(_without_steps(entry, chosen))
        return self.log_probabilities(parts)

    def removed(self, share: float) -> float:
        """Return the mean share of frames that `without` removes."""
        return float(
            np.mean(
                [
                    FRAMES_PER_STEP * _n_removed(len(entry) // FRAMES_PER_STEP, share) / len(entry)
                    for entry in self.entries
                ]
            )
        )


def _whole(utterances: Attended) -> list[NDArray[np.float64]]:
    """Return the weights of the steps that have all their frames."""
    return [
        weights[: len(entry) // FRAMES_PER_STEP]
        for weights, entry in zip(step_weights(utterances), utterances.entries, strict=True)
    ]


def _ranked(weights: NDArray[np.float64], state: np.random.RandomState) -> NDArray[np.intp]:
    """Return the steps from the most attended on, those of equal weight in random order."""
    # By position, ties would lie side by side and leave fewer joints than a random choice.
    return np.lexsort((state.permutation(len(weights)), -weights))


def _n_removed(n_steps: int, share: float) -> int:
    return min(max(1, round(share * n_steps)), n_steps - 1)


def _without_steps(entry: Frames, steps: NDArray[np.intp]) -> Frames:
    removed = (steps[:, np.newaxis] * FRAMES_PER_STEP + np.arange(FRAMES_PER_STEP)).ravel()
    return np.delete(entry, removed, axis=0)


def _p_value(differences: NDArray[np.float64]) -> float:
    # Pairs without a difference say nothing; SciPy's ways with them differ between versions.
    differing = differences[differences != 0]
    return float(wilcoxon(differing).pvalue) if len(differing) else 1.0


def _check_sequence(X: Any) -> None:
    """Raise unless `X` holds utterances, before its length is taken for their number."""
    block = numeric_block(X)
    list_entries(X if block is None else block)


def _checked_fractions(fractions: Sequence[float]) -> NDArray[np.float64]:
    if np.ndim(fractions) != 1 or len(fractions) == 0:
        raise TypeError(
            f"fractions must be a sequence of numbers between 0 and 1, got {fractions!r}."
        )
    for k, fraction in enumerate(fractions):
        check_real(f"fractions[{k}]", fraction, above=0.0)
        if fraction >= 1:
            raise ValueError(
                f"fractions[{k}] must be below 1, got {fraction}: something has to remain."
            )
    return np.array(fractions, dtype=np.float64)


def _checked_codes(classifier: Any, y: ArrayLike) -> NDArray[np.intp]:
    """Return the number of each true device among the classifier's."""
    labels = np.asarray(y)
    if labels.ndim != 1:
        raise ValueError(f"y must have shape (n,), got {labels.shape}.")
    if unknown := sorted(set(labels.tolist()) - set(classifier.classes_.tolist())):
        raise ValueError(
            f"y holds {unknown}, which is not among the classes {classifier.classes_.tolist()} "
            "that the model knows."
        )
    return np.searchsorted(classifier.classes_, labels)


def _checked_speakers(speakers: ArrayLike) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """Return the speakers' names, and the number of each utterance's among them."""
    given = np.asarray(speakers)
    if given.ndim != 1:
        raise ValueError(f"speakers must have shape (n,), got {given.shape}.")
    names, owners = np.unique(given, return_inverse=True)
    if len(names) < 2:
        raise ValueError(
            f"speakers holds one speaker, {names.tolist()[0]!r}; pairs of falls need at least two."
        )
    return names, owners


def _check_lengths(entries: list[Frames]) -> None:
    for i, entry in enumerate(entries):
        if len(entry) < 2 * FRAMES_PER_STEP:
            raise ValueError(
                f"X[{i}] has {len(entry)} frames, but {2 * FRAMES_PER_STEP} are needed: whole "
                f"steps of {FRAMES_PER_STEP} are removed and one must stay. Leave it out."
            )
