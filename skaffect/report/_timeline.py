"""Which emotions a recording holds along its time."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from skaffect._parameters import check_real
from skaffect._windows import active_frames
from skaffect.emotion import DERNClassifier, hard_vote, leading_two
from skaffect.features import MFSCWindower
from skaffect.streaming._model import instead


class EmotionSegment(NamedTuple):
    """A stretch of a recording, and the two emotions with the most of its frames' votes.

    Parameters
    ----------
    start, stop : float
        Where it begins and ends, in seconds.
    emotion : str or None
        The emotion that most frames voted for; None where nothing but silence is.
    share : float in [0, 1]
        Its share of the votes; 0 where there is none.
    second : str or None
        The emotion with the second most votes; None where all frames agree.
    second_share : float in [0, 1]
        Its share of the votes.
    voted_seconds : float or None, default=None
        How many seconds of the stretch voted: a share of 1 of 0.03 s says less than one of
        0.9 s. 0 where nothing but silence is; None where it is not known.

    See Also
    --------
    emotion_timeline : Makes them.

    Examples
    --------
    >>> from skaffect import EmotionSegment
    >>> segment = EmotionSegment(0.0, 1.0, "sad", 0.8, "neutral", 0.2, 0.65)
    >>> print(segment)
    0.00 to 1.00 s: sad 80 %, neutral 20 %; 0.65 s voted
    >>> segment.emotion
    'sad'
    """

    start: float
    stop: float
    emotion: str | None
    share: float
    second: str | None
    second_share: float
    voted_seconds: float | None = None

    def __str__(self) -> str:
        words = f"{self.start:.2f} to {self.stop:.2f} s: {in_words(self)}"
        if self.emotion is None or self.voted_seconds is None:
            return words
        return f"{words}; {self.voted_seconds:.2f} s voted"


def in_words(segment: EmotionSegment) -> str:
    """Return the emotions of a stretch and their shares."""
    if segment.emotion is None:
        return "silence"
    words = f"{segment.emotion} {100 * segment.share:.0f} %"
    if segment.second is None:
        return words
    return f"{words}, {segment.second} {100 * segment.second_share:.0f} %"


def check_segments(timeline: Iterable[Any]) -> None:
    """Raise unless these are all stretches, as of several recordings they are not."""
    for i, segment in enumerate(timeline):
        if not isinstance(segment, EmotionSegment):
            raise TypeError(
                f"timeline[{i}] must be an EmotionSegment, got {type(segment).__name__}; give the "
                "timeline of one recording, emotion_timeline(...)[0]."
            )


def emotion_timeline(
    model: Any, X: Any, *, segment_seconds: float = 1.0
) -> list[list[EmotionSegment]]:
    """Tell the two most likely emotions of each stretch of recordings.

    The votes of equation 1 of [1]_, counted over the frames of each stretch instead of those
    of the whole recording.

    Parameters
    ----------
    model : Pipeline
        A fitted pipeline that ends in an :class:`MFSCWindower` and a :class:`DERNClassifier`.
    X : sequence of length n, or array
        The recordings, as `model` takes them.
    segment_seconds : float, default=1.0
        Length of a stretch in seconds, at least 0.1. What is left at the end joins the
        stretch before it if it is shorter than half of that.

    Returns
    -------
    timelines : list of list of EmotionSegment
        The stretches of each recording, from its start to its end, without gaps.

    Raises
    ------
    TypeError
        If `model` is something else.
    NotFittedError
        If it is not fitted.
    ValueError
        If `segment_seconds` is too short, or a recording cannot be used.

    See Also
    --------
    write_timeline : Writes one as a table, subtitles or labels.

    Notes
    -----
    A frame belongs to the stretch in which its centre lies. Its window reaches further, by
    half the context to both sides (75 ms with the default of 15 frames), and features that
    are normalised by the utterance have seen all of it: short stretches are no less
    context-bound than these.

    Frames that the windower takes for silence do not vote (`silence_db` of
    :class:`MFSCWindower`), so a stretch may rest on few votes: its `voted_seconds` says so.

    References
    ----------
    .. [1] Sadiq, Asadiabadi, Erzin, "Emotion Dependent Facial Animation from Affective
       Speech", arXiv:1908.03904, 2019, section II-C.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from skaffect import DERNClassifier, MFSCWindower, emotion_timeline, make_affective_speech
    >>> corpus = make_affective_speech(2, 1, emotions=("angry", "sad"), random_state=0)
    >>> dern = DERNClassifier(filters=(4, 4), dense_units=8, epochs=4, random_state=0)
    >>> model = make_pipeline(MFSCWindower(), dern).fit(corpus.data, corpus.target)
    >>> timeline = emotion_timeline(model, corpus.data[:1])[0]
    >>> timeline[0].start, timeline[0].stop, timeline[0].emotion in ("angry", "sad")
    (0.0, 1.0, True)
    """
    return [timeline for timeline, _ in heard_emotions(model, X, segment_seconds)]


def heard_emotions(
    model: Any, X: Any, segment_seconds: float = 1.0
) -> list[tuple[list[EmotionSegment], NDArray[np.float64]]]:
    """Return each recording's timeline and what ``predict_proba`` says of it, heard once."""
    windower, dern = _last_steps(model)
    check_real("segment_seconds", segment_seconds, within=(0.1, np.inf))
    windows = model[:-1].transform(X)
    plan = windower._plan()
    step = plan.hop_length / windower.sr
    heard = []
    for entry, posteriors in zip(windows, dern.predict_frames(windows), strict=True):
        starts = np.arange(len(entry)) * step
        width = plan.win_length / windower.sr
        edges = _edges(starts[-1] + width, segment_seconds)
        chosen = active_frames(entry)
        numbers = np.searchsorted(edges, starts[chosen] + width / 2, side="right") - 1
        timeline = [
            _segment(start, stop, posteriors[chosen[numbers == i]], dern.classes_, step)
            for i, (start, stop) in enumerate(pairwise(edges))
        ]
        heard.append((timeline, dern._voted(posteriors[chosen])))
    return heard


def _last_steps(model: Any) -> tuple[MFSCWindower, DERNClassifier]:
    steps = [step for _, step in model.steps] if isinstance(model, Pipeline) else []
    kinds = (MFSCWindower, DERNClassifier)
    if len(steps) < 2 or not all(map(isinstance, steps[-2:], kinds)):
        raise TypeError(
            "model must be a Pipeline that ends in an MFSCWindower and a DERNClassifier, as "
            f"make_pipeline(AudioReader(), MFSCWindower(), DERNClassifier()) is; {instead(model)}"
        )
    check_is_fitted(steps[-1], "model_")
    return steps[-2], steps[-1]


def _edges(duration: float, segment_seconds: float) -> NDArray[np.float64]:
    """Return where stretches begin and end; of a short rest the last one is longer."""
    number = max(1, int(duration / segment_seconds + 0.5))
    return np.append(np.arange(number) * segment_seconds, duration)


def _segment(
    start: float,
    stop: float,
    posteriors: NDArray[np.float32],
    classes: NDArray[Any],
    step: float,
) -> EmotionSegment:
    """Return a stretch and its emotions; of equal ones the first in `classes` leads.

    `step` is the time from one frame to the next, in seconds.
    """
    shares = hard_vote(posteriors) if len(posteriors) else np.zeros(len(classes))
    leaders, tops = leading_two(shares[np.newaxis])
    named = [
        (str(classes[i]), float(top)) if top > 0 else (None, 0.0)
        for i, top in zip(leaders[0], tops[0], strict=True)
    ]
    (first, share), (second, second_share) = (*named, (None, 0.0))[:2]
    # Where frames lie close to both edges, their steps reach beyond the stretch.
    voted_seconds = min(len(posteriors) * step, float(stop - start))
    return EmotionSegment(
        float(start), float(stop), first, share, second, second_share, voted_seconds
    )
