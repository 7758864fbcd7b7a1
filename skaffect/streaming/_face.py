"""A face that moves while the sound arrives."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from skaffect._utterances import Frames
from skaffect._words import counted
from skaffect.animation import DSRNRegressor, EmotionConditionedRegressor, ShapeTargetRegressor
from skaffect.emotion import DERNClassifier
from skaffect.features import MFSCWindower
from skaffect.streaming._frames import RowWindows
from skaffect.streaming._mixture import RunningMixture
from skaffect.streaming._model import check_live, check_window_shape, live_steps
from skaffect.streaming._stream import Stream, spanned
from skaffect.streaming._weights import FixedWeights, HeardWeights


class FaceFrames(NamedTuple):
    """The faces of some adjacent frames.

    Parameters
    ----------
    times : ndarray of shape (n_frames,), float64
        Where the frames' centres lie, in seconds from the start of the stream.
    faces : ndarray of shape (n_frames, n_points, 2) or (n_frames, n_outputs), float32
        Landmarks in pixels where the model answers with landmarks
        (:class:`ShapeTargetRegressor`), else shape parameters.

    See Also
    --------
    FaceStream : Answers with them.

    Examples
    --------
    >>> import numpy as np
    >>> from skaffect import FaceFrames
    >>> frames = FaceFrames(times=np.array([0.0125]), faces=np.zeros((1, 36, 2), np.float32))
    >>> frames
    FaceFrames(1 frame, 0.01 s, 36 landmarks)
    >>> frames.faces.shape
    (1, 36, 2)
    """

    times: NDArray[np.float64]
    faces: NDArray[np.float32]

    def __repr__(self) -> str:
        what = _outputs(self.faces.shape[1:])
        return f"{type(self).__name__}({spanned(self.times)}, {what})"


class FaceStream(Stream):
    """A face moved by speech while it arrives, frame by frame.

    DSRN with its average over overlapping estimates (section II-D and equation 6 of [1]_), or
    the cascade of such networks by emotion.

    Parameters
    ----------
    model : Pipeline
        A fitted pipeline of an :class:`MFSCWindower` and a :class:`DSRNRegressor` or an
        :class:`EmotionConditionedRegressor` of such, or a :class:`ShapeTargetRegressor` around
        either; with or without an :class:`AudioReader` before them. The windower must not look
        at the whole utterance: ``MFSCWindower(normalize="corpus", floor_db=None)``, or
        ``normalize=None``, and where a cascade hears emotions ``skip_silence=False``.
    emotion : object, default=None
        The speaker's emotion, one of the cascade's, as in
        :meth:`EmotionConditionedRegressor.predict`. None means that the cascade hears it.

    Attributes
    ----------
    sr : int
        Sampling rate of the samples to feed, in Hz.
    delay_seconds : float
        From the last sample of a frame to the last one that its answer needs: the half of the
        window that lies ahead and the frames whose windows estimate this one too, 0.09 with 15
        frames of context and 5 frames of output. From the centre of a frame of 25 ms that is
        0.1025; with ``output_context=3`` both are 0.01 less.

    Raises
    ------
    TypeError
        If `model` is something else.
    NotFittedError
        If it is not fitted.
    ValueError
        If its windower looks at the whole utterance, or `emotion` is none of the cascade's.

    See Also
    --------
    EmotionStream : The emotions alone.

    Notes
    -----
    Without emotions, or with a given one, all answers equal the offline ones of ``predict`` to
    1e-5 of their spread, whatever the lengths of the pieces that are fed (with networks in
    single precision).

    Offline a cascade takes its two emotions and their weights (equations 2 to 4) from the votes
    of the whole utterance. Live, those of a frame are from the votes of all frames up to it, the
    frame itself included: at the utterance's end they are the offline ones. A stream is one
    utterance; make another one for the next, or the votes of the first still count.

    References
    ----------
    .. [1] Sadiq, Asadiabadi, Erzin, "Emotion Dependent Facial Animation from Affective
       Speech", arXiv:1908.03904, 2019.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.pipeline import make_pipeline
    >>> from skaffect import DSRNRegressor, FaceStream, MFSCWindower
    >>> rng = np.random.default_rng(0)
    >>> speech = [rng.uniform(-0.5, 0.5, 8000) for _ in range(2)]  # 49 frames
    >>> shapes = [rng.standard_normal((49, 3)) for _ in speech]
    >>> windower = MFSCWindower(normalize="corpus", floor_db=None)
    >>> dsrn = DSRNRegressor(filters=(2,), dense_units=(4,), epochs=1, random_state=0)
    >>> model = make_pipeline(windower, dsrn).fit(speech, shapes)
    >>> stream = FaceStream(model)
    >>> stream
    FaceStream(3 shape parameters, sr=16000, delay_seconds=0.09)
    >>> answer = stream.feed(speech[0][:1920])  # 0.12 s hold 10 frames, 9 are ahead
    >>> answer.times, answer.faces.shape
    (array([0.0125]), (1, 3))
    >>> rest = stream.feed(speech[0][1920:]).faces, stream.finish().faces
    >>> whole = np.concatenate([answer.faces, *rest])
    >>> bool(np.allclose(whole, model.predict(speech[:1])[0], atol=1e-5))
    True
    """

    def __init__(self, model: Any, *, emotion: Any = None) -> None:
        kinds = (DSRNRegressor, EmotionConditionedRegressor, ShapeTargetRegressor)
        windower, regressor = live_steps(model, kinds)
        self._shape = None
        if isinstance(regressor, ShapeTargetRegressor):
            self._shape, regressor = regressor.shape_, regressor.regressor_
        networks, self._weights = _networks(windower, regressor, emotion)
        for network in networks:
            check_window_shape(windower, network)
        self._n_later = networks[0].architecture_["output_context"] // 2
        super().__init__(windower, n_ahead=windower.context // 2 + self._n_later)
        self._mixture = RunningMixture(networks)
        self._windows = RowWindows(windower.n_mels, windower.context)
        # Of frames that wait for the windows after theirs.
        self._waiting = np.empty((0, len(networks)))
        example = np.zeros((1, len(networks[0].target_mean_)), np.float32)
        self._face_shape = self._landmarks(example).shape[1:]

    def _answer(self, rows: Frames, *, last: bool) -> FaceFrames:
        weights = self._weights.of(self._windows.push(rows))
        weights = np.concatenate([self._waiting, weights])
        n_complete = max(0, len(weights) - self._n_later)
        self._waiting = weights[n_complete:]
        answers = self._mixture.push(rows, weights[:n_complete])
        if last:
            answers = np.concatenate([answers, self._mixture.finish(self._waiting)])
        return FaceFrames(self._times(len(answers)), self._landmarks(answers))

    def _told(self) -> str:
        return _outputs(self._face_shape)

    def _landmarks(self, parameters: Frames) -> NDArray[np.float32]:
        """Return shape parameters as the model answers with them."""
        if self._shape is None:
            return parameters
        if len(parameters) == 0:
            return np.empty((0, *self._face_shape), np.float32)
        landmarks: NDArray[np.float32] = self._shape.inverse_transform([parameters])[0]
        return landmarks


def _outputs(face_shape: tuple[int, ...]) -> str:
    """Return what a face of this shape is made of, in words."""
    kind = "landmark" if len(face_shape) == 2 else "shape parameter"
    return counted(face_shape[0], kind)


def _networks(
    windower: MFSCWindower, regressor: Any, emotion: Any
) -> tuple[list[DSRNRegressor], FixedWeights | HeardWeights]:
    """Return the networks that may answer, and what weighs them."""
    cascade = isinstance(regressor, EmotionConditionedRegressor)
    check_live(windower, voting=cascade and emotion is None)
    if not cascade:
        if emotion is not None:
            raise ValueError(
                f"emotion={emotion!r} is for a model of an EmotionConditionedRegressor; this one "
                "has one network for all emotions."
            )
        _check_kind("The regressor", regressor, DSRNRegressor)
        return [regressor], FixedWeights([1.0])
    classifier, by_emotion = regressor.classifier_, regressor.regressors_
    for label, network in by_emotion.items():
        _check_kind(f"The regressor of emotion {label!r}", network, DSRNRegressor)
    if emotion is not None:
        if emotion not in by_emotion:
            raise ValueError(f"emotion must be one of {list(by_emotion)}, got {emotion!r}.")
        return [by_emotion[emotion]], FixedWeights([1.0])
    _check_kind("The classifier", classifier, DERNClassifier)
    networks = [by_emotion[label] for label in classifier.classes_.tolist()]
    return networks, HeardWeights(windower, classifier, regressor.confident)


def _check_kind(name: str, estimator: Any, kind: type) -> None:
    if not isinstance(estimator, kind):
        raise TypeError(
            f"{name} must be a {kind.__name__} to answer live, got {type(estimator).__name__}."
        )
