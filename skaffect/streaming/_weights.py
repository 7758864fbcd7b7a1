"""What the networks of a face weigh in every frame."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from skaffect._utterances import Frames
from skaffect.emotion import DERNClassifier, fusion_weights, leading_two
from skaffect.features import MFSCWindower
from skaffect.streaming._posteriors import FramePosteriors
from skaffect.streaming._votes import RunningVotes


class FixedWeights:
    """The same weights in every frame."""

    def __init__(self, weights: Sequence[float]) -> None:
        self._weights = np.asarray(weights)

    def of(self, windows: Frames) -> NDArray[np.float64]:
        """Return the weights of the frames with these windows, ``(n_frames, n_networks)``."""
        return np.tile(self._weights, (len(windows), 1))


class HeardWeights:
    """Weights by the votes of all frames so far, equations 1 to 4 of arXiv:1908.03904."""

    def __init__(
        self, windower: MFSCWindower, classifier: DERNClassifier, confident: float
    ) -> None:
        self._posteriors = FramePosteriors(windower, classifier)
        self._votes = RunningVotes(len(classifier.classes_))
        self._confident = confident

    def of(self, windows: Frames) -> NDArray[np.float64]:
        """Return the weights of the next frames, ``(n_frames, n_emotions)``."""
        shares = self._votes.push(self._posteriors.of(windows))
        leaders, top = leading_two(shares)
        weights = np.zeros_like(shares)
        np.put_along_axis(weights, leaders, fusion_weights(top, self._confident), axis=1)
        return weights
