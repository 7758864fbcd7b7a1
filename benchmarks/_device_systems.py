"""The systems that the device benchmark compares, and the recordings that they hear."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.utils import Bunch

from benchmarks._emotion_systems import cepstral_svm
from skaffect import (
    AudioReader,
    DFTCNNBaseline,
    DualAttentionDeviceClassifier,
    LogFilterbank,
    RecordingDevice,
    SingleAttentionDeviceClassifier,
    ToneTrimmer,
    load_mobiphone,
    load_ravdess,
    load_wspire,
    make_device_recordings,
    record_with_devices,
)

BASELINE, SINGLE, DUAL, SVM = "baseline", "SA-CNN", "DA-CNN", "cepstral SVM"
# The paper's number of devices in Ex-1, of speakers in no experiment: a thinner corpus.
N_MICROPHONES, N_UTTERANCES = 21, 15
N_SPEAKERS, N_SENTENCES = 24, 5
_SPEECH_DB = -26.0


def system(name: str, epochs: int, random_state: int, **changes: Any) -> Pipeline:
    """Return one of the systems, from waveforms to devices; `changes` are its network's."""
    training = {"epochs": epochs, "random_state": random_state, **changes}
    if name == BASELINE:
        return make_pipeline(DFTCNNBaseline(dropout=0.5, **training))
    if name == SVM:
        # Without a floor, below which the self-noise lies, and devices are equally frequent.
        return cepstral_svm().set_params(logfilterbank__floor_db=None, svc__class_weight=None)
    kind = SingleAttentionDeviceClassifier if name == SINGLE else DualAttentionDeviceClassifier
    return make_pipeline(LogFilterbank(normalize="corpus", short="error"), kind(**training))


def read_ravdess_through_microphones(
    ravdess: Path, micirp: Path, *, amr_kbps: float | None, random_state: int
) -> Bunch:
    """Return Ex-1's substitute: real speech through measured microphones.

    As many utterances of each speaker, drawn by the seed, their digital silence at both
    ends cut off; microphones drawn likewise, with self-noise 40 dB below speech and a gain
    that differs from recording to recording.
    """
    speech = load_ravdess(ravdess)
    rng = np.random.default_rng(random_state)
    chosen = np.concatenate(
        [
            np.sort(rng.choice(np.flatnonzero(speech.speaker == speaker), N_UTTERANCES, False))
            for speaker in np.unique(speech.speaker)
        ]
    )
    waveforms = [
        at_level(np.trim_zeros(waveform))
        for waveform in AudioReader().fit_transform([speech.data[i] for i in chosen])
    ]
    responses = sorted(micirp.glob("*.flac"))
    if len(responses) < N_MICROPHONES:
        raise SystemExit(f"{micirp.name} must hold {N_MICROPHONES} impulse responses as .flac.")
    devices = [
        RecordingDevice(
            responses[i].stem,
            impulse_response=responses[i],
            noise_db=_SPEECH_DB - 40.0,
            gain_spread_db=6.0,
            amr_kbps=amr_kbps,
        )
        for i in np.sort(rng.choice(len(responses), N_MICROPHONES, False))
    ]
    recorded = record_with_devices(waveforms, devices, random_state=random_state)
    speaker = speech.speaker[chosen][recorded.source]
    return Bunch(
        data=recorded.data,
        target=recorded.target,
        speaker=speaker,
    )


def at_level(waveform: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scale to one level: neither a speaker's loudness nor a gain that is set is a device."""
    level = np.sqrt(np.mean(np.square(waveform, dtype=np.float64)))
    return (waveform * (10 ** (_SPEECH_DB / 20) / level)).astype(np.float32)


def read_generated(random_state: int) -> Bunch:
    """Return Ex-2's substitute: generated speech of both modes through five devices."""
    return make_device_recordings(N_SPEAKERS, N_SENTENCES, random_state=random_state)


def read_mobiphone(root: Path) -> Bunch:
    """Return the original corpus of Ex-1."""
    corpus = load_mobiphone(root)
    corpus.data = list(AudioReader().fit_transform(corpus.data))
    return corpus


def read_wspire(root: Path) -> Bunch:
    """Return the original corpus of Ex-2, without its opening tones."""
    corpus = load_wspire(root)
    corpus.data = list(make_pipeline(AudioReader(), ToneTrimmer()).fit_transform(corpus.data))
    return corpus
