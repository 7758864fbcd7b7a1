"""The five devices of the generated corpus, after those of wSPIRE."""

from __future__ import annotations

from skaffect.datasets._devices import RecordingDevice

# A handy recorder, a headset and three phones. Two phones of the same kind differ by little
# more than a decibel, which is what makes the task hard. Set with nothing but mel-cepstral
# statistics and a support vector machine; see make_device_recordings.
FIVE_DEVICES = (
    RecordingDevice(
        "recorder",
        response=((80, 0.0), (1000, 0.0), (5000, 1.0), (7500, 0.5)),
        noise_db=-84.0,
        noise_slope_db=-3.0,
        low_hz=50.0,
        gain_spread_db=6.0,
        response_spread_db=1.2,
    ),
    RecordingDevice(
        "headset",
        response=((100, 2.5), (400, 1.0), (1500, -1.0), (3500, 1.5), (7000, -2.5)),
        noise_db=-80.0,
        noise_slope_db=-3.0,
        low_hz=70.0,
        gain_spread_db=6.0,
        response_spread_db=1.2,
    ),
    RecordingDevice(
        "phone1",
        response=((150, -1.5), (600, 0.0), (2500, 2.5), (5000, 0.0), (7500, 1.0)),
        noise_db=-80.0,
        noise_slope_db=-1.5,
        low_hz=90.0,
        gain_spread_db=6.0,
        response_spread_db=1.2,
    ),
    RecordingDevice(
        "phone2",
        response=((150, -1.5), (600, 1.0), (2500, 0.5), (5000, 2.0), (7500, 0.0)),
        noise_db=-82.0,
        noise_slope_db=-1.5,
        low_hz=100.0,
        gain_spread_db=6.0,
        response_spread_db=1.2,
    ),
    RecordingDevice(
        "phone3",
        response=((150, -0.5), (600, -0.5), (2500, 1.5), (5000, 1.0), (7500, -2.0)),
        noise_db=-80.0,
        noise_slope_db=-2.5,
        low_hz=80.0,
        gain_spread_db=6.0,
        response_spread_db=1.2,
    ),
)
