"""A ready corpus: generated speech, neutral and whispered, through recording devices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len
from sklearn.utils import Bunch, check_random_state

from skaffect.datasets._affective_speech import make_affective_speech
from skaffect.datasets._device_filters import noise_spectrum
from skaffect.datasets._devices import RecordingDevice
from skaffect.datasets._five_devices import FIVE_DEVICES
from skaffect.datasets._recording import checked_devices, record_with_devices

# Of a quiet room, a stationary noise that falls with the frequency.
_ROOM_DB, _ROOM_SPREAD_DB = -58.0, 4.0
_ROOM_SLOPE_DB, _ROOM_SLOPE_SPREAD_DB = -3.0, 1.5


def make_device_recordings(
    n_speakers: int = 12,
    n_sentences: int = 4,
    *,
    devices: Sequence[RecordingDevice] = FIVE_DEVICES,
    mode: Literal["neutral", "whispered", "both"] = "both",
    sr: int = 16000,
    random_state: int | np.random.RandomState | None = None,
) -> Bunch:
    """Generate a corpus for the classification of recording devices.

    Every speaker says every sentence neutrally and whispering, and every utterance is
    recorded by all devices at once, as in wSPIRE [1]_, the second corpus of [2]_: by a
    handy recorder, a headset and three phones. Speech is generated and devices are models,
    so this is a substitute, not a likeness, of that corpus.

    Parameters
    ----------
    n_speakers : int, default=12
        Number of speakers, at least 1; folds over speakers need some.
    n_sentences : int, default=4
        Number of sentences, at least 1, each said by every speaker.
    devices : sequence of RecordingDevice, default=FIVE_DEVICES
        The devices, with names that differ.
    mode : {"neutral", "whispered", "both"}, default="both"
        Neutral (voiced) speech, whispered speech, or each utterance once in both.
    sr : int, default=16000
        Sampling rate in Hz, at least 8000.
    random_state : int, RandomState instance or None, default=None
        Seed of speech, noise, gains and places. With the same seed a device records the same,
        to the bit, whatever other devices there are.

    Returns
    -------
    Bunch
        With one entry per recording, utterance by utterance and within it device by device:

        data : list of ndarray of shape (n_times,), float32
            Waveforms in [-1, 1], most of them 1.5 to 3 s long.
        target : ndarray of str
            Names of the devices.
        speaker, sentence, mode : ndarray of str
            Who says what, and whether ``"neutral"`` or ``"whispered"``.
        phones : list of ndarray
            Phone tracks, as :func:`make_affective_speech` gives them: devices do not shift
            what they record.
        source : ndarray of int
            Number of the utterance, the same for all recordings of it.

        and also:

        sr : int
            Sampling rate in Hz.
        DESCR : str
            What this corpus is.

    Raises
    ------
    TypeError, ValueError
        If an option is not of its kind or outside its range.
    ImportError
        If a device has a codec and PyAV is not installed.

    See Also
    --------
    record_with_devices : The same devices on other speech.

    Notes
    -----
    A quiet room's noise, at -58 dB give or take 4 re full scale, is heard by all devices. The
    five default devices are set so that the task is neither trivial nor hopeless: of 12
    speakers' neutral speech, over three speaker-disjoint folds, mel-cepstral statistics with
    a support vector machine recognise 0.6 to 0.9 of the recordings (0.68, 0.68 and 0.61 with
    the seeds 0, 1 and 2), and of whispered speech too (0.75, 0.76 and 0.70). No network was
    consulted.

    References
    ----------
    .. [1] Singhal, Naini, Ghosh, "wSPIRE: A parallel multi-device corpus in neutral and
       whispered speech", O-COCOSDA, 2021.
    .. [2] Naini, Singhal, Ghosh, "Dual Attention Pooling Network for Recording Device
       Classification Using Neutral and Whispered Speech".

    Examples
    --------
    >>> from skaffect import make_device_recordings
    >>> corpus = make_device_recordings(2, 1, mode="whispered", random_state=0)
    >>> corpus.target.tolist()[:5]
    ['recorder', 'headset', 'phone1', 'phone2', 'phone3']
    >>> corpus.speaker.tolist()[4:6]
    ['speaker01', 'speaker02']
    """
    devices = checked_devices(devices)  # before speech is generated
    state = check_random_state(random_state)
    speech = make_affective_speech(
        n_speakers, n_sentences, emotions=("neutral",), mode=mode, sr=sr, random_state=state
    )
    rng = np.random.default_rng(state.randint(2**32, dtype=np.uint32))
    sound = [waveform + _room_noise(len(waveform), sr, rng) for waveform in speech.data]
    recorded = record_with_devices(sound, devices, sr=sr, random_state=state)
    source = recorded.source
    return Bunch(
        data=recorded.data,
        target=recorded.target,
        speaker=speech.speaker[source],
        sentence=speech.sentence[source],
        mode=speech.mode[source],
        phones=[speech.phones[i] for i in source],
        source=source,
        sr=sr,
        DESCR=f"Generated device recordings\n\n{recorded.DESCR}\nThe speech:\n\n{speech.DESCR}",
    )


def _room_noise(n_times: int, sr: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return what a quiet room adds: the same to all devices, of any one utterance."""
    room = RecordingDevice(
        "room",
        noise_db=_ROOM_DB + _ROOM_SPREAD_DB * rng.uniform(-1, 1),
        noise_slope_db=_ROOM_SLOPE_DB + _ROOM_SLOPE_SPREAD_DB * rng.uniform(-1, 1),
    )
    n_fft = next_fast_len(n_times, real=True)
    noise = irfft(noise_spectrum(room, n_fft, sr, rng), n_fft)[:n_times]
    return np.asarray(noise, np.float32)
