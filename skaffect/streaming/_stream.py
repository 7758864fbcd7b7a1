"""What all streams share: samples are fed, answers come back, and once it is finished."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from skaffect._full_scale import LOUDEST, warn_of_loud
from skaffect._utterances import Frames
from skaffect._words import counted
from skaffect.features import MFSCWindower
from skaffect.streaming._frames import FrameRows, checked_samples
from skaffect.streaming._one_thread import one_thread


class Stream:
    """Base of the streams. One stream is one utterance.

    A subclass answers rows of frames, and says how many frames it looks ahead.
    """

    def __init__(self, windower: MFSCWindower, n_ahead: int) -> None:
        plan = windower._plan()
        self._rows = FrameRows(windower)
        self._hop_seconds = plan.hop_length / windower.sr
        self._first_centre = plan.win_length / windower.sr / 2
        self._n_answered = 0
        self._finished = self._warned = False
        self.sr = windower.sr
        self.delay_seconds = n_ahead * self._hop_seconds

    def __repr__(self) -> str:
        told = f"{self._told()}, sr={self.sr}, delay_seconds={self.delay_seconds:.4g}"
        return f"{type(self).__name__}({told})"

    def feed(self, samples: ArrayLike) -> Any:
        """Take the next samples and answer the frames that they complete.

        Parameters
        ----------
        samples : array-like of shape (n_times,)
            The sound that follows what was fed before: mono, floating-point, in [-1, 1], at
            `sr` Hz. Any number of samples, also none.

        Returns
        -------
        frames : EmotionFrames or FaceFrames
            The frames that can be answered now and could not before, often none.

        Raises
        ------
        TypeError, ValueError
            If the samples are not such; the stream then goes on as if they had not come.
        RuntimeError
            If the stream is finished.

        Warns
        -----
        UserWarning
            Once a stream, if any sample lies beyond [-2, 2].
        """
        self._check_open()
        waveform, peak = checked_samples(samples, self.sr)
        if not self._warned and peak > LOUDEST:
            self._warned = True
            warn_of_loud({"What was fed": peak}, stacklevel=2)
        with one_thread():
            return self._answer(self._rows.push(waveform), last=False)

    def finish(self) -> Any:
        """End the utterance and answer the frames that were waiting for more sound.

        As offline, zeros fill up a last frame that was begun, and the last frame stands for
        those after it. A stream that was fed nothing answers nothing.

        Returns
        -------
        frames : EmotionFrames or FaceFrames
            The frames not answered yet.

        Raises
        ------
        RuntimeError
            If the stream is finished already.
        """
        self._check_open()
        self._finished = True
        with one_thread():
            return self._answer(self._rows.finish(), last=True)

    def _answer(self, rows: Frames, *, last: bool) -> Any:
        """Answer the frames that these rows complete; `last` says that no more will come."""
        raise NotImplementedError

    def _told(self) -> str:
        """Return what a frame's answer holds, in words."""
        raise NotImplementedError

    def _times(self, n_frames: int) -> NDArray[np.float64]:
        """Return where the centres of the next frames lie, in seconds."""
        numbers = np.arange(self._n_answered, self._n_answered + n_frames, dtype=np.float64)
        self._n_answered += n_frames
        return self._first_centre + self._hop_seconds * numbers

    def _check_open(self) -> None:
        if self._finished:
            raise RuntimeError(
                f"This {type(self).__name__} is finished, for a stream is one utterance; make "
                "another one for the next."
            )


def spanned(times: NDArray[np.float64]) -> str:
    """Return how many frames have these centres, and from when to when, in words."""
    if len(times) == 0:
        return "no frames"
    start, stop = f"{times[0]:.2f}", f"{times[-1]:.2f}"
    return f"{counted(len(times), 'frame')}, {start if start == stop else f'{start} to {stop}'} s"
