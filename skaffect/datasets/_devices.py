"""What a recording device does to sound, as a few numbers."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import check_random_state

from skaffect._parameters import check_integer, check_option, check_real
from skaffect.datasets._amr import AMR_KBPS
from skaffect.datasets._smooth_response import smooth_response

_DRAWN_SPREAD_DB = 4.5


@dataclass(frozen=True, eq=False)
class RecordingDevice:
    """A model of a recording device: microphone, noise, amplifier and codec.

    Sound passes the microphone (`response`, then `impulse_response`), self-noise is added,
    the band is limited, the level is set, the amplifier saturates, and the codec, if any,
    codes and decodes what is left.

    Parameters
    ----------
    name : str
        What the device is called; it labels the recordings.
    response : sequence of (float, float), default=()
        Magnitude of the microphone's response as points of frequency in Hz, ascending and
        positive, and gain in dB. Between points it is interpolated smoothly over the
        logarithm of the frequency, beyond the outermost it is constant. Without points it
        is flat.
    impulse_response : str, os.PathLike, array of shape (n_times,) or None, default=None
        A measured impulse response: the path of a sound file, which is resampled to the
        recordings' rate, or samples at that rate. Its delay is taken out, and its mean
        power gain from 300 to 3400 Hz is set to 0 dB, so that the level is `gain_db`'s.
    response_spread_db : float, default=0.0
        In every recording the microphone's magnitude departs from its own by another smooth
        one, drawn with this standard deviation in dB, 0 to 12: it lies elsewhere before the
        mouth.
    noise_db : float or None, default=-70.0
        Level of the self-noise before the gain, in dB of its root mean square re full
        scale; None is a device without noise.
    noise_slope_db : float, default=0.0
        Colour of the self-noise in dB per octave above 50 Hz: 0 is white, -3 pink.
    low_hz : float, default=0.0
        Lower edge of the band in Hz, where the gain is -3 dB.
    high_hz : float or None, default=None
        Upper edge of the band in Hz, where the gain is -3 dB; None is no edge.
    gain_db : float, default=0.0
        Gain of the amplifier in dB, -60 to 60.
    gain_spread_db : float, default=0.0
        Every recording's gain is drawn from `gain_db` give or take this many dB, 0 to 60.
    clip_level : float, default=1.0
        Level at which the amplifier saturates, softly: samples x become
        ``clip_level * tanh(x / clip_level)``. Above 0, at most 1, which is full scale.
    amr_kbps : float or None, default=None
        Bit rate of the narrow-band AMR codec in kbit/s: 4.75, 5.15, 5.9, 6.7, 7.4, 7.95,
        10.2 or 12.2; None is no codec. It works at 8 kHz, so what lies above 4 kHz is lost.

    Raises
    ------
    TypeError, ValueError
        If a value is not of its kind or outside its range.

    See Also
    --------
    record_with_devices : Recordings by such devices.
    draw_devices : Devices at random.

    Examples
    --------
    >>> from skaffect import RecordingDevice
    >>> phone = RecordingDevice("phone", low_hz=200, high_hz=3400, amr_kbps=12.2)
    >>> phone.noise_db
    -70.0
    """

    name: str
    response: Sequence[tuple[float, float]] = ()
    impulse_response: str | PathLike[str] | NDArray[np.floating] | None = None
    response_spread_db: float = 0.0
    noise_db: float | None = -70.0
    noise_slope_db: float = 0.0
    low_hz: float = 0.0
    high_hz: float | None = None
    gain_db: float = 0.0
    gain_spread_db: float = 0.0
    clip_level: float = 1.0
    amr_kbps: float | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name:
            raise TypeError(f"name must be a str that is not empty, got {self.name!r}.")
        _check_response(self.response)
        _check_impulse_response(self.impulse_response)
        check_real("response_spread_db", self.response_spread_db, within=(0, 12))
        if self.noise_db is not None:
            check_real("noise_db", self.noise_db, within=(-200, 0))
        check_real("noise_slope_db", self.noise_slope_db, within=(-24, 24))
        check_real("low_hz", self.low_hz, within=(0, 20_000))
        if self.high_hz is not None:
            check_real("high_hz", self.high_hz, above=self.low_hz)
        check_real("gain_db", self.gain_db, within=(-60, 60))
        check_real("gain_spread_db", self.gain_spread_db, within=(0, 60))
        check_real("clip_level", self.clip_level, above=0.0)
        check_real("clip_level", self.clip_level, within=(0, 1))
        if self.amr_kbps is not None:
            check_real("amr_kbps", self.amr_kbps, above=0.0)
            check_option("amr_kbps", float(self.amr_kbps), AMR_KBPS)


def draw_devices(
    n_devices: int = 21, *, random_state: int | np.random.RandomState | None = None
) -> list[RecordingDevice]:
    """Draw recording devices at random.

    Microphone responses are smooth over the logarithm of the frequency (4.5 dB of standard
    deviation, bending about once an octave); self-noise lies between -80 and -60 dB
    re full scale and falls by 0 to 6 dB per octave; bands begin between 40 and 200 Hz and
    end between 6 and 8 kHz; amplifiers differ in gain by up to 6 dB to either side, and by as
    much again from recording to recording. None of them has a codec:
    ``dataclasses.replace(device, amr_kbps=12.2)`` gives it one.

    Parameters
    ----------
    n_devices : int, default=21
        Number of devices, at least 1.
    random_state : int, RandomState instance or None, default=None
        Seed of the devices. With the same seed, the first ones of a longer list are the
        same devices.

    Returns
    -------
    devices : list of RecordingDevice
        Devices with the names ``"device01"``, ``"device02"`` and so on.

    Raises
    ------
    TypeError, ValueError
        If `n_devices` is not an integer of at least 1.

    Examples
    --------
    >>> from skaffect import draw_devices
    >>> [device.name for device in draw_devices(3, random_state=0)]
    ['device01', 'device02', 'device03']
    """
    check_integer("n_devices", n_devices, at_least=1)
    seed = int(check_random_state(random_state).randint(2**32, dtype=np.uint32))
    return [
        _draw_device(f"device{i + 1:02d}", np.random.default_rng([seed, i]))
        for i in range(n_devices)
    ]


def _draw_device(name: str, rng: np.random.Generator) -> RecordingDevice:
    return RecordingDevice(
        name,
        response=smooth_response(_DRAWN_SPREAD_DB, rng),
        noise_db=rng.uniform(-80, -60),
        noise_slope_db=rng.uniform(-6, 0),
        low_hz=rng.uniform(40, 200),
        high_hz=rng.uniform(6000, 8000),
        gain_db=rng.uniform(-6, 6),
        gain_spread_db=6.0,
        clip_level=rng.uniform(0.5, 1.0),
    )


def _check_response(response: Sequence[tuple[float, float]]) -> None:
    try:
        points = np.array(response, dtype=float).reshape(len(response), 2)
    except (TypeError, ValueError):
        raise ValueError(
            "response must be a sequence of pairs (frequency in Hz, gain in dB), such as "
            f"((100, -3), (1000, 0)); got {response!r}."
        ) from None
    frequencies, gains = points.T
    if not (frequencies > 0).all() or not (np.diff(frequencies) > 0).all():
        raise ValueError(
            f"response must have positive, ascending frequencies, got {frequencies.tolist()} Hz."
        )
    if not (np.abs(gains) <= 100).all():
        raise ValueError(f"response must have gains from -100 to 100 dB, got {gains.tolist()} dB.")


def _check_impulse_response(given: object) -> None:
    if given is None or isinstance(given, str | os.PathLike):
        return
    samples = np.asarray(given)
    if samples.dtype.kind != "f" or samples.ndim != 1 or not samples.size:
        raise ValueError(
            "impulse_response must be the path of a sound file or floating-point samples of "
            f"shape (n_times,); got dtype {samples.dtype}, shape {samples.shape}."
        )
    if not np.isfinite(samples).all() or not samples.any():
        raise ValueError(
            "impulse_response must be finite and not silent; repair it, or pass None."
        )
