import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaffect.datasets._phones import (
    CODAS,
    ONSETS,
    PHONES,
    SILENCE,
    TRACK_DTYPE,
    VOWELS,
    blend_weights,
    source_parts,
    targets,
    trace,
)


def track_of(*phones, seconds=0.2):
    ends = seconds * np.arange(1, len(phones) + 1)
    return np.array(list(zip(phones, ends - seconds, ends, strict=True)), TRACK_DTYPE)


@pytest.mark.parametrize("name", PHONES)
def test_targets_are_possible(name):
    phone = PHONES[name]
    assert 150 <= phone.formants[0] < phone.formants[1] < phone.formants[2] < 3500
    assert 0.05 <= phone.seconds <= 0.2
    for amplitude in (phone.voicing, phone.aspiration, phone.frication, phone.nasality):
        assert 0 <= amplitude <= 1
    assert 0 <= phone.jaw <= 1
    assert 0 <= phone.lips <= 1
    assert -1 <= phone.width <= 1
    assert 0 <= phone.rounding <= 1


def test_inventory():
    assert {SILENCE, *VOWELS, *ONSETS} == set(PHONES)
    assert set(CODAS) < set(ONSETS)
    assert all(len(name) <= TRACK_DTYPE["phone"].itemsize // 4 for name in PHONES)
    # Every phone but silence makes a sound, and no two sound the same.
    audible = [phone for name, phone in PHONES.items() if name != SILENCE]
    assert all(p.voicing + p.aspiration + p.frication > 0 for p in audible)
    assert len(set(audible)) == len(audible)


@pytest.mark.parametrize(("wide", "narrow"), [("aa", "iy"), ("ae", "uw"), ("aa", "p")])
def test_open_phones_lower_the_jaw(wide, narrow):
    jaw, lips = targets([wide, narrow], "jaw"), targets([wide, narrow], "lips")
    assert jaw[0] > jaw[1]
    assert lips[0] > lips[1]


def test_lips_close_round_and_spread():
    assert (targets(["m", "b", "p"], "lips") == 0).all()
    assert targets(["uw", "w"], "rounding").min() > targets(["iy", "aa"], "rounding").max()
    assert targets(["iy"], "width") > targets(["aa"], "width") > targets(["uw"], "width")


@given(
    st.lists(st.floats(0.01, 0.5), min_size=1, max_size=12),
    st.floats(0.005, 0.3),
    st.lists(st.floats(-1, 7), min_size=1, max_size=20),
)
def test_blend_weights_share_out_one(lengths, seconds, times):
    starts = np.cumsum(lengths) - lengths[0]
    weights = blend_weights(starts, times, seconds)
    assert weights.shape == (len(times), len(lengths))
    assert weights.min() >= -1e-12
    np.testing.assert_allclose(weights.sum(axis=1), 1)


def test_blend_is_half_way_at_a_border_and_complete_beyond_it():
    weights = blend_weights([0.0, 1.0], [-5.0, 0.94, 1.0, 1.06, 5.0], 0.1)
    np.testing.assert_allclose(weights[:, 1], [0, 0, 0.5, 1, 1], atol=1e-12)


def test_trace_does_not_depend_on_the_frame_rate():
    track = track_of(SILENCE, "b", "aa", "w", SILENCE)
    fine = trace(track, "jaw", np.arange(100) / 100, 0.12)
    coarse = trace(track, "jaw", np.arange(25) / 25, 0.12)
    np.testing.assert_array_equal(fine[::4], coarse)


def test_short_phones_undershoot():
    times = np.linspace(0, 1, 500)
    long = trace(track_of("b", "aa", "b", seconds=0.2), "jaw", times, 0.12)
    short = trace(track_of("b", "aa", "b", seconds=0.05), "jaw", times, 0.12)
    assert long.max() == pytest.approx(PHONES["aa"].jaw)
    assert PHONES["b"].jaw < short.max() < 0.8 * PHONES["aa"].jaw


def test_formants_trace_together():
    formants = trace(track_of("iy", "aa"), "formants", [0.0, 0.2, 0.4], 0.05)
    expected = [PHONES["iy"].formants, PHONES["aa"].formants]
    np.testing.assert_allclose(formants[[0, 2]], expected)
    np.testing.assert_allclose(formants[1], np.mean(expected, axis=0))


def test_a_stop_is_silent_then_bursts_then_breathes():
    parts = source_parts(track_of("aa", "t", "aa"))
    assert len(parts.starts) == 5
    np.testing.assert_array_equal(parts.starts[1:], parts.ends[:-1])
    assert parts.ends[-1] == pytest.approx(0.6)
    closure, burst, release = parts.amplitudes[1:4]
    assert closure.sum() == 0
    assert burst[2] == PHONES["t"].frication
    assert release[1] == PHONES["t"].aspiration
