"""record_with_devices: every stage of a device by its effect, and the seeds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import soundfile
from scipy.signal import correlate, freqz, welch

from skaffect import AudioReader
from skaffect.datasets import RecordingDevice, draw_devices, record_with_devices
from skaffect.datasets._device_filters import microphone

SR = 16000
QUIET = {"noise_db": None}


def white(seconds=4.0, level=0.01, seed=0):
    rng = np.random.default_rng(seed)
    return (level * rng.standard_normal(round(seconds * SR))).astype(np.float32)


def record(waveform, device, **options):
    return record_with_devices([waveform], [device], random_state=0, **options).data[0]


def spectrum_db(waveform, sr=SR):
    frequencies, power = welch(waveform.astype(float), sr, nperseg=1024)
    return frequencies, 10 * np.log10(power + 1e-20)


def gain_db_at(device, hz):
    """Return the gain from white noise in to sound out, at these frequencies."""
    given = white()
    frequencies, before = spectrum_db(given)
    _, after = spectrum_db(record(given, device))
    return np.interp(hz, frequencies, after - before)


@pytest.fixture(scope="module")
def speech(data_root):
    paths = sorted(data_root.glob("ravdess/Actor_0[1-3]/03-01-05-01-01-01-*.flac"))
    assert len(paths) == 3
    return paths


def test_one_entry_per_recording_and_all_hear_the_same():
    waveforms = [white(0.1), white(0.2, seed=1)]
    devices = [RecordingDevice("a"), RecordingDevice("b"), RecordingDevice("c")]
    recorded = record_with_devices(waveforms, devices, random_state=0)
    assert recorded.target.tolist() == ["a", "b", "c"] * 2
    assert recorded.source.tolist() == [0, 0, 0, 1, 1, 1]
    for waveform, source in zip(recorded.data, recorded.source, strict=True):
        assert waveform.dtype == np.float32
        assert len(waveform) == len(waveforms[source])
    assert "a, b, c" in recorded.DESCR


def test_a_perfect_device_returns_what_it_heard():
    given = white()
    heard = record(given, RecordingDevice("a", **QUIET))
    np.testing.assert_allclose(heard, np.tanh(given), atol=1e-7)  # it saturates at full scale


def test_response_is_the_gain():
    points = ((200, -6.0), (1000, 3.0), (4000, -3.0))
    gain = gain_db_at(RecordingDevice("a", response=points, **QUIET), [100, 200, 1000, 4000, 7000])
    np.testing.assert_allclose(gain, [-6, -6, 3, -3, -3], atol=0.3)


def test_one_point_is_a_gain_everywhere():
    gain = gain_db_at(RecordingDevice("a", response=((1000, -4),), **QUIET), [100, 1000, 7000])
    np.testing.assert_allclose(gain, -4, atol=0.1)


def test_band_edges_are_3_db_down():
    device = RecordingDevice("a", low_hz=300, high_hz=3400, **QUIET)
    gain = gain_db_at(device, [300, 1000, 3400])
    np.testing.assert_allclose(gain, [-3, 0, -3], atol=0.5)
    assert (gain_db_at(device, [100, 6500]) < -30).all()


@pytest.mark.parametrize("slope", [0.0, -3.0, 6.0])
def test_noise_has_its_level_and_colour(slope):
    device = RecordingDevice("a", noise_db=-50, noise_slope_db=slope)
    noise = record(np.zeros(20 * SR, np.float32), device)
    assert 20 * np.log10(noise.std()) == pytest.approx(-50, abs=0.2)
    frequencies, level = spectrum_db(noise)
    at = np.array([np.interp(hz, frequencies, level) for hz in (500, 1000, 2000, 4000)])
    np.testing.assert_allclose(np.diff(at), slope, atol=1.0)


def test_noise_stays_within_the_band():
    device = RecordingDevice("a", noise_db=-50, high_hz=3400)
    frequencies, level = spectrum_db(record(np.zeros(10 * SR, np.float32), device))
    inside, outside = frequencies < 3000, frequencies > 6500
    assert level[outside].max() < level[inside].min() - 20


def test_gain_applies_to_speech_and_noise():
    given = white(level=0.001)
    quiet, loud = (record(given, RecordingDevice("a", gain_db=g)) for g in (0, 20))
    np.testing.assert_allclose(loud, 10 * quiet, atol=2e-4)


def test_gain_spread_is_drawn_for_every_recording():
    device = RecordingDevice("a", gain_db=2, gain_spread_db=6, **QUIET)
    waveforms = [white(0.1)] * 200
    levels = [w.std() for w in record_with_devices(waveforms, [device], random_state=0).data]
    gains = 20 * np.log10(np.array(levels) / waveforms[0].std())
    assert -4.1 < gains.min() < -3
    assert 7 < gains.max() < 8.1


def test_places_are_drawn_for_every_recording_around_the_device_s_own_response():
    n_recordings, spread = 60, 2.0
    phone = RecordingDevice(
        "a", response=((500, 0), (4000, 6)), response_spread_db=spread, **QUIET
    )
    given = white(1.0)
    answers = record_with_devices([given] * n_recordings, [phone], random_state=0).data
    frequencies, before = spectrum_db(given)
    gains = np.array([spectrum_db(answer)[1] - before for answer in answers])
    at = (frequencies > 300) & (frequencies < 7000)
    assert np.sqrt(np.var(gains, axis=0)[at].mean()) == pytest.approx(spread, rel=0.15)
    # Their average is the response itself, but for the draws' own error.
    alone = record(given, replace(phone, response_spread_db=0.0))
    error = gains.mean(axis=0) - (spectrum_db(alone)[1] - before)
    assert np.abs(error[at]).max() < 4 * spread / np.sqrt(n_recordings)
    # Smooth: neighbours at a tenth of an octave agree.
    one = gains[0] - (spectrum_db(alone)[1] - before)
    octaves = np.interp(np.arange(8.3, 12.7, 0.1), np.log2(frequencies[1:]), one[1:])
    assert np.abs(np.diff(octaves)).max() < spread


def test_clipping_is_soft_and_bounded():
    tone = (0.5 * np.sin(2 * np.pi * 500 * np.arange(SR) / SR)).astype(np.float32)
    clipped = record(tone, RecordingDevice("a", gain_db=30, clip_level=0.4, **QUIET))
    assert 0.39 < np.abs(clipped).max() <= 0.4 + 1e-6
    np.testing.assert_allclose(
        record(tone, RecordingDevice("a", clip_level=0.4, **QUIET)),
        0.4 * np.tanh(tone / 0.4),
        0,
        2e-5,
    )


def test_everything_stays_within_full_scale():
    loudest = [np.ones(SR), np.tile([1.0, -1.0], SR // 2), 3 * white(1, 1.0)]
    devices = [
        *draw_devices(4, random_state=0),
        RecordingDevice("mobile", gain_db=40, amr_kbps=5.9),
    ]
    for waveform in record_with_devices(loudest, devices, random_state=0).data:
        assert np.abs(waveform).max() <= 1
        assert np.isfinite(waveform).all()


def test_nothing_wraps_around():
    click = np.zeros(SR, np.float32)
    click[-50] = 0.5
    device = RecordingDevice("a", response=((100, -20), (4000, 10)), low_hz=60, **QUIET)
    assert np.abs(record(click, device)[: SR // 2]).max() < 1e-6


def test_an_impulse_response_at_the_recordings_rate_is_convolved_in_time():
    taps = np.array([0.0, 0.0, 1.0, -0.5])
    given = white(level=1e-3)
    heard = record(given, RecordingDevice("a", impulse_response=taps, **QUIET)).astype(float)
    expected = np.convolve(given, taps)[2 : 2 + len(given)]
    np.testing.assert_allclose(heard / heard.std(), expected / expected.std(), atol=1e-3)


def test_every_measured_response_is_equally_loud_and_in_time(data_root, speech):
    paths = sorted(data_root.glob("micirp/*.flac"))
    assert len(paths) == 44
    devices = [RecordingDevice(path.stem, impulse_response=path, **QUIET) for path in paths]
    given = AudioReader().fit_transform(speech[:1])[0]
    frequencies = np.linspace(300, 3400, 500)
    for device, heard in zip(devices, record_with_devices([given], devices).data, strict=True):
        _, response = freqz(microphone(device, SR).taps, worN=frequencies, fs=SR)
        assert 10 * np.log10(np.mean(np.abs(response) ** 2)) == pytest.approx(0, abs=0.2)
        # Some of the microphones turn the sign.
        likeness = np.abs(correlate(heard, given, method="fft"))
        delay = likeness.argmax() - (len(given) - 1)
        assert abs(delay) <= 8  # 0.5 ms


def test_a_measured_response_keeps_its_shape_at_another_rate(data_root):
    path = data_root / "micirp" / "IR_BeyerM500Stock.flac"
    samples, rate = soundfile.read(path)
    frequencies = np.linspace(150, 7000, 200)
    _, before = freqz(samples, worN=frequencies, fs=rate)
    device = RecordingDevice("a", impulse_response=str(path))
    _, after = freqz(microphone(device, SR).taps, worN=frequencies, fs=SR)
    ratio = 20 * np.log10(np.abs(after) / np.abs(before))
    assert np.ptp(ratio) < 0.2


def test_real_speech_through_real_microphones_and_a_codec(data_root, speech):
    names = ("Altec_670B", "Reslo_SR1", "IR_Shure510C")
    devices = [
        RecordingDevice(
            name, impulse_response=data_root / "micirp" / f"{name}.flac", amr_kbps=12.2
        )
        for name in names
    ]
    recorded = record_with_devices(speech, devices, random_state=0)
    assert recorded.target.tolist() == list(names) * 3
    for i in range(3):
        levels = [spectrum_db(recorded.data[3 * i + j])[1] for j in range(3)]
        # The third falls above 3 kHz, the second does not; nothing is left above 4 kHz.
        assert (levels[1] - levels[2])[200:240].mean() > 2
        assert max(level[300:].max() for level in levels) < -150


def test_same_seed_same_bits_other_seed_other_bits():
    waveforms, devices = [white(0.2), white(0.3)], draw_devices(2, random_state=0)
    first, again, other = (
        record_with_devices(waveforms, devices, random_state=seed).data for seed in (0, 0, 1)
    )
    for a, b, c in zip(first, again, other, strict=True):
        np.testing.assert_array_equal(a, b)
        assert (a != c).any()


def test_a_recording_does_not_depend_on_the_others():
    waveforms, devices = [white(0.2), white(0.3)], draw_devices(5, random_state=0)
    every = record_with_devices(waveforms, devices, random_state=0)
    alone = record_with_devices(waveforms[:1], devices[3:4], random_state=0)
    np.testing.assert_array_equal(every.data[3], alone.data[0])
    last = record_with_devices(waveforms, devices[::-1], random_state=0)
    np.testing.assert_array_equal(every.data[5], last.data[9])


def test_devices_do_not_share_their_noise():
    silence = [np.zeros(SR)] * 2
    devices = [RecordingDevice("a"), RecordingDevice("b")]
    noises = record_with_devices(silence, devices, random_state=0).data
    correlation = np.corrcoef(noises) - np.eye(4)
    assert np.abs(correlation).max() < 0.05


def test_paths_and_arrays_are_read_alike(speech):
    devices = [RecordingDevice("a")]
    waveforms = AudioReader().fit_transform(speech)
    from_paths, from_arrays = (
        record_with_devices(X, devices, random_state=0).data for X in (speech, waveforms)
    )
    np.testing.assert_array_equal(from_paths[2], from_arrays[2])


@pytest.mark.parametrize(
    ("waveforms", "devices", "error", "message"),
    [
        ([white(0.1)], [], ValueError, "at least one RecordingDevice, got none"),
        ([white(0.1)], ["phone"], TypeError, r"devices\[0\] must be a RecordingDevice, got 'ph"),
        ([white(0.1)], [RecordingDevice("a")] * 2, ValueError, r"differ, got \['a', 'a'\]"),
        (white(0.1), [RecordingDevice("a")], ValueError, "wrap it in a list"),
        ([np.full(9, np.nan)], [RecordingDevice("a")], ValueError, r"X\[0\] contains NaN"),
        (["nowhere.wav"], [RecordingDevice("a")], FileNotFoundError, "'nowhere.wav'"),
        (
            [white(0.1)],
            [RecordingDevice("a", impulse_response="nowhere.flac")],
            FileNotFoundError,
            "'nowhere.flac'",
        ),
    ],
)
def test_bad_input(waveforms, devices, error, message):
    with pytest.raises(error, match=message):
        record_with_devices(waveforms, devices)


def test_errors_about_entries_name_the_parameter():
    with pytest.raises(ValueError, match="contains NaN") as caught:
        record_with_devices([np.full(9, np.nan)], [RecordingDevice("a")])
    assert caught.value.__notes__ == ["X is the parameter waveforms of record_with_devices."]


def test_an_impulse_response_that_is_no_sound(tmp_path):
    (tmp_path / "a.wav").write_bytes(b"no sound at all")
    device = RecordingDevice("desk", impulse_response=tmp_path / "a.wav")
    with pytest.raises(ValueError, match="impulse_response of the device 'desk' is .*a.wav"):
        record_with_devices([white(0.1)], [device])


def test_sr_is_checked():
    with pytest.raises(ValueError, match="sr must be at least 8000, got 4000"):
        record_with_devices([white(0.1)], sr=4000)
