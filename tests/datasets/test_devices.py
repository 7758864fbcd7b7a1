"""Devices: what they may be, and which are drawn."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, asdict, replace

import numpy as np
import pytest

from skaffect.datasets import FIVE_DEVICES, RecordingDevice, draw_devices


def test_a_device_cannot_be_changed_but_replaced():
    device = RecordingDevice("phone")
    with pytest.raises(FrozenInstanceError):
        device.gain_db = 3.0
    assert replace(device, gain_db=3.0).gain_db == 3.0


@pytest.mark.parametrize(
    ("field", "value", "error", "message"),
    [
        ("name", "", TypeError, "name must be a str that is not empty, got ''"),
        ("name", 3, TypeError, "name must be a str"),
        ("response", ((100,),), ValueError, "response must be a sequence of pairs"),
        ("response", ((200, 0), (100, 0)), ValueError, "positive, ascending frequencies"),
        ("response", ((0, 0),), ValueError, "positive, ascending frequencies"),
        ("response", ((100, np.nan),), ValueError, "gains from -100 to 100 dB"),
        ("impulse_response", np.zeros(4), ValueError, "must be finite and not silent"),
        ("impulse_response", np.array([1.0, np.inf]), ValueError, "must be finite"),
        ("impulse_response", np.ones((2, 2)), ValueError, "shape (2, 2)"),
        ("impulse_response", np.ones(2, int), ValueError, "got dtype int64"),
        ("response_spread_db", 13, ValueError, "response_spread_db must lie in [0, 12], got 13"),
        ("noise_db", 3, ValueError, "noise_db must lie in [-200, 0], got 3"),
        ("noise_slope_db", "pink", TypeError, "noise_slope_db must be a real number"),
        ("low_hz", -1, ValueError, "low_hz must lie in [0, 20000]"),
        ("high_hz", 0, ValueError, "high_hz must be above 0"),
        ("gain_db", 100, ValueError, "gain_db must lie in [-60, 60]"),
        ("gain_spread_db", -1, ValueError, "gain_spread_db must lie in [0, 60]"),
        ("clip_level", 0, ValueError, "clip_level must be above 0"),
        ("clip_level", 1.1, ValueError, "clip_level must lie in [0, 1]"),
        ("amr_kbps", "12.2", TypeError, "amr_kbps must be a real number"),
        ("amr_kbps", 8, ValueError, "amr_kbps must be one of 4.75, 5.15, "),
    ],
)
def test_bad_fields(field, value, error, message):
    with pytest.raises(error) as caught:
        RecordingDevice(**{"name": "phone", field: value})
    assert message in str(caught.value)


def test_edges_in_order():
    with pytest.raises(ValueError, match="high_hz must be above 3400"):
        RecordingDevice("phone", low_hz=3400, high_hz=300)


def test_same_seed_same_devices_whatever_their_number():
    few, many, others = (draw_devices(n, random_state=s) for n, s in ((2, 0), (21, 0), (2, 1)))
    assert [asdict(device) for device in few] == [asdict(device) for device in many[:2]]
    assert asdict(few[0]) != asdict(others[0])
    assert len({device.name for device in many}) == 21


def test_drawn_responses_are_smooth_and_differ():
    gains = np.array(
        [[gain for _, gain in device.response] for device in draw_devices(200, random_state=0)]
    )
    assert 2.5 < gains.std() < 7
    assert np.abs(np.diff(gains, axis=1)).mean() < 0.5 * gains.std()
    assert abs(gains.mean()) < 0.5


def test_bad_number():
    with pytest.raises(ValueError, match="n_devices must be at least 1, got 0"):
        draw_devices(0)


def test_five_devices():
    assert len({device.name for device in FIVE_DEVICES}) == 5
    assert all(device.amr_kbps is None for device in FIVE_DEVICES)
