"""The same speech through many recording devices."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft
from sklearn.utils import Bunch, check_random_state

from skaffect._parameters import check_integer
from skaffect.audio import AudioReader
from skaffect.datasets._amr import check_amr_available, through_amr
from skaffect.datasets._device_filters import Microphone, microphone, noise_spectrum, placed
from skaffect.datasets._devices import RecordingDevice
from skaffect.datasets._five_devices import FIVE_DEVICES

Waveform = NDArray[np.float32]


def record_with_devices(
    waveforms: Any,
    devices: Sequence[RecordingDevice] = FIVE_DEVICES,
    *,
    sr: int = 16000,
    random_state: int | np.random.RandomState | None = None,
) -> Bunch:
    """Record the same speech with every device.

    Parameters
    ----------
    waveforms : sequence of paths or arrays, or array of shape (n_utterances, n_times)
        The speech, in any form that :class:`AudioReader` takes: files, or samples in
        [-1, 1] at `sr`.
    devices : sequence of RecordingDevice, default=FIVE_DEVICES
        The devices, with names that differ.
    sr : int, default=16000
        Sampling rate of the recordings in Hz, at least 8000.
    random_state : int, RandomState instance or None, default=None
        Seed of the self-noise, the gains and the places. With the same seed, what a device makes
        of the i-th waveform is the same to the bit, whatever other devices and waveforms
        there are: its noise depends on its name and on i.

    Returns
    -------
    Bunch
        With one entry per recording, waveform by waveform and within it device by device:

        data : list of ndarray of shape (n_times,), float32
            Recordings in [-1, 1], each of its waveform's length and in time with it.
        target : ndarray of str
            Names of the devices.
        source : ndarray of int
            Which of `waveforms` was recorded: ``speaker[source]`` are the recordings'
            speakers.

        and also:

        sr : int
            Sampling rate in Hz.
        DESCR : str
            What was done.

    Raises
    ------
    TypeError
        If `waveforms` are not paths or waveforms, or `devices` not devices.
    ValueError
        If a waveform or an impulse response cannot be used, or names are not distinct.
    OSError
        If a file is missing or may not be read.
    ImportError
        If a device has a codec and PyAV is not installed.

    See Also
    --------
    make_device_recordings : A ready corpus of generated speech.
    draw_devices : Devices at random.

    Notes
    -----
    A response given in dB becomes the minimum-phase filter of that magnitude. Filters are
    applied by FFT, without wrapping around.

    Examples
    --------
    >>> from skaffect import RecordingDevice, make_affective_speech, record_with_devices
    >>> speech = make_affective_speech(2, 1, emotions=("neutral",), random_state=0)
    >>> devices = [RecordingDevice("studio"), RecordingDevice("desk", noise_db=-40)]
    >>> recorded = record_with_devices(speech.data, devices, random_state=0)
    >>> recorded.target.tolist()
    ['studio', 'desk', 'studio', 'desk']
    >>> speech.speaker[recorded.source].tolist()
    ['speaker01', 'speaker01', 'speaker02', 'speaker02']
    """
    check_integer("sr", sr, at_least=8000)
    devices = checked_devices(devices)
    microphones = [microphone(device, sr) for device in devices]
    sources = _read(waveforms, sr)
    seed = int(check_random_state(random_state).randint(2**32, dtype=np.uint32))
    data = [
        _record(source, device, filter_, sr, _stream(seed, device, i))
        for i, source in enumerate(sources)
        for device, filter_ in zip(devices, microphones, strict=True)
    ]
    names = [device.name for device in devices]
    return Bunch(
        data=data,
        target=np.tile(names, len(sources)),
        source=np.repeat(np.arange(len(sources)), len(devices)),
        sr=sr,
        DESCR=(
            f"{len(sources)} utterances through {len(devices)} simulated recording devices "
            f"({', '.join(names)}) by skaffect.record_with_devices, at {sr} Hz.\n"
        ),
    )


def checked_devices(devices: Sequence[RecordingDevice]) -> list[RecordingDevice]:
    """Return the devices as a list, or raise when they cannot record side by side."""
    devices = [devices] if isinstance(devices, RecordingDevice) else list(devices)
    for i, device in enumerate(devices):
        if not isinstance(device, RecordingDevice):
            raise TypeError(f"devices[{i}] must be a RecordingDevice, got {device!r}.")
    names = [device.name for device in devices]
    if not names:
        raise ValueError("devices must hold at least one RecordingDevice, got none.")
    if len(set(names)) < len(names):
        raise ValueError(
            f"devices must have names that differ, got {names}; rename one with "
            "dataclasses.replace(device, name=...)."
        )
    if any(device.amr_kbps is not None for device in devices):
        check_amr_available()
    return devices


def _read(waveforms: Any, sr: int) -> list[Waveform]:
    try:
        return list(AudioReader(sr=sr).fit_transform(waveforms))
    except Exception as error:
        error.add_note("X is the parameter waveforms of record_with_devices.")
        raise


def _stream(seed: int, device: RecordingDevice, i: int) -> np.random.Generator:
    """Return the random numbers of one recording."""
    name = int.from_bytes(hashlib.sha256(device.name.encode()).digest()[:8], "little")
    return np.random.default_rng([seed, name, i])


def _record(
    source: Waveform,
    device: RecordingDevice,
    filter_: Microphone,
    sr: int,
    rng: np.random.Generator,
) -> Waveform:
    """Return one waveform as one device records it."""
    gain_db = device.gain_db + device.gain_spread_db * rng.uniform(-1, 1)
    filter_ = placed(filter_, device, sr, rng)
    n_fft = next_fast_len(len(source) + len(filter_.taps) - 1, real=True)
    spectrum = rfft(source.astype(np.float64), n_fft) * rfft(filter_.taps, n_fft)
    spectrum += noise_spectrum(device, n_fft, sr, rng)
    heard = irfft(spectrum, n_fft)[filter_.delay : filter_.delay + len(source)]
    loud = heard * 10 ** (gain_db / 20)
    recorded = (device.clip_level * np.tanh(loud / device.clip_level)).astype(np.float32)
    if device.amr_kbps is not None:
        recorded = through_amr(recorded, sr, device.amr_kbps)
    return np.clip(recorded, -1, 1)
