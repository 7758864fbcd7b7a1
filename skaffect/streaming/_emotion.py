"""Emotions of every frame while the sound arrives."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from skaffect._parameters import check_real
from skaffect._utterances import Frames
from skaffect._words import counted
from skaffect.emotion import DERNClassifier, leading_two
from skaffect.streaming._frames import RowWindows
from skaffect.streaming._model import check_live, live_steps
from skaffect.streaming._posteriors import FramePosteriors
from skaffect.streaming._stream import Stream, spanned
from skaffect.streaming._votes import RunningVotes


class EmotionFrames(NamedTuple):
    """The emotions of some adjacent frames.

    Parameters
    ----------
    times : ndarray of shape (n_frames,), float64
        Where the frames' centres lie, in seconds from the start of the stream.
    posteriors : ndarray of shape (n_frames, n_classes), float32
        Probabilities of the emotions in each frame, in the order of the classifier's
        ``classes_``, as :meth:`DERNClassifier.predict_frames` gives them.
    emotions : ndarray of shape (n_frames, 2)
        The two emotions with the most votes of the latest frames, this one included; of equal
        ones the first in ``classes_`` leads.
    shares : ndarray of shape (n_frames, 2), float64
        Their shares of these votes. A second emotion without any has 0.

    See Also
    --------
    EmotionStream : Answers with them.

    Examples
    --------
    >>> import numpy as np
    >>> from skaffect import EmotionFrames
    >>> frames = EmotionFrames(
    ...     times=np.array([0.0125, 0.0225]),
    ...     posteriors=np.array([[0.2, 0.8], [0.6, 0.4]], dtype=np.float32),
    ...     emotions=np.array([["sad", "angry"], ["angry", "sad"]]),
    ...     shares=np.array([[1.0, 0.0], [0.5, 0.5]]),
    ... )
    >>> frames  # at its end
    EmotionFrames(2 frames, 0.01 to 0.02 s, angry 50 %, sad 50 %)
    >>> frames.posteriors.shape
    (2, 2)
    """

    times: NDArray[np.float64]
    posteriors: NDArray[np.float32]
    emotions: NDArray[Any]
    shares: NDArray[np.float64]

    def __repr__(self) -> str:
        last = zip(self.emotions[-1:].ravel(), self.shares[-1:].ravel(), strict=True)
        leading = [f", {emotion} {100 * share:.0f} %" for emotion, share in last if share > 0]
        return f"{type(self).__name__}({spanned(self.times)}{''.join(leading)})"


class EmotionStream(Stream):
    """Emotions along time while the sound arrives, frame by frame.

    The posteriors of every frame by DERN (section II-C of [1]_), and the votes of equation 1
    counted over the latest `segment_seconds`.

    Parameters
    ----------
    model : Pipeline
        A fitted pipeline of an :class:`MFSCWindower` and a :class:`DERNClassifier`, with or
        without an :class:`AudioReader` before them. The windower must not look at the whole
        utterance: ``MFSCWindower(normalize="corpus", floor_db=None, skip_silence=False)``,
        or ``normalize=None``.
    segment_seconds : float, default=1.0
        Length of the stretch whose frames' votes are counted, in seconds, at least 0.1.

    Attributes
    ----------
    classes : ndarray of shape (n_classes,)
        The emotions, in the order of the posteriors.
    sr : int
        Sampling rate of the samples to feed, in Hz.
    delay_seconds : float
        From the last sample of a frame to the last one that its answer needs: the half of the
        window that lies ahead, 0.07 with 15 frames of context. From the centre of a frame of
        25 ms that is 0.0825.

    Raises
    ------
    TypeError
        If `model` is something else.
    NotFittedError
        If it is not fitted.
    ValueError
        If its windower looks at the whole utterance, or `segment_seconds` is too short.

    See Also
    --------
    emotion_timeline : The same votes of whole recordings, stretch by stretch.
    FaceStream : A face that moves along.

    Notes
    -----
    All answers equal the offline ones to 1e-5, whatever the lengths of the pieces that are fed
    (with a network in single precision): the posteriors :meth:`DERNClassifier.predict_frames`,
    the shares those of :func:`emotion_timeline` where its stretches end.

    A stream is one utterance; the votes before it do not count.

    References
    ----------
    .. [1] Sadiq, Asadiabadi, Erzin, "Emotion Dependent Facial Animation from Affective
       Speech", arXiv:1908.03904, 2019.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from skaffect import DERNClassifier, EmotionStream, MFSCWindower, make_affective_speech
    >>> speech = make_affective_speech(1, 1, emotions=("angry", "sad"), random_state=0)
    >>> windower = MFSCWindower(normalize="corpus", floor_db=None, skip_silence=False)
    >>> dern = DERNClassifier(filters=(4, 4), dense_units=8, epochs=1, random_state=0)
    >>> model = make_pipeline(windower, dern).fit(speech.data, speech.target)
    >>> stream = EmotionStream(model)
    >>> stream
    EmotionStream(2 emotions, sr=16000, delay_seconds=0.07)
    >>> answer = stream.feed(speech.data[0][:1600])  # 0.1 s hold 8 frames, 7 are ahead
    >>> answer.times, answer.posteriors.shape
    (array([0.0125]), (1, 2))
    >>> stream.finish()
    EmotionFrames(8 frames, 0.02 to 0.09 s, ...)
    """

    def __init__(self, model: Any, *, segment_seconds: float = 1.0) -> None:
        windower, dern = live_steps(model, (DERNClassifier,))
        check_live(windower, voting=True)
        check_real("segment_seconds", segment_seconds, within=(0.1, math.inf))
        super().__init__(windower, n_ahead=windower.context // 2)
        self.classes = dern.classes_
        self._posteriors = FramePosteriors(windower, dern)
        self._windows = RowWindows(windower.n_mels, windower.context)
        n_latest = max(1, round(segment_seconds / self._hop_seconds))
        self._votes = RunningVotes(len(dern.classes_), n_latest)

    def _answer(self, rows: Frames, *, last: bool) -> EmotionFrames:
        posteriors = self._posteriors.of(self._windows.push(rows))
        leaders, shares = leading_two(self._votes.push(posteriors))
        times = self._times(len(posteriors))
        return EmotionFrames(times, posteriors, self.classes[leaders], shares)

    def _told(self) -> str:
        return counted(len(self.classes), "emotion")
