"""check_device_recordings: what spoils recordings is named, and nothing else is."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
import soundfile

from skaffect.datasets import check_device_recordings, make_device_recordings

DEVICES = ["phone", "tablet"] * 2
SPEAKERS = ["anna", "anna", "ben", "ben"]


@pytest.fixture
def files(tmp_path):
    """Four recordings at 16 kHz, of equal length and unlike."""
    return [write(tmp_path / f"{i}.wav", seed=i) for i in range(4)]


def write(path, sr=16000, seed=0):
    soundfile.write(path, np.random.default_rng(seed).uniform(-0.5, 0.5, 8000), sr)
    return str(path)


def test_good_recordings_pass_without_a_word(files):
    check_device_recordings(files, DEVICES, SPEAKERS)
    check_device_recordings(files, np.array(DEVICES))


def test_generated_recordings_pass():
    made = make_device_recordings(2, 1, mode="neutral", random_state=0)
    check_device_recordings(made.data, made.target, made.speaker)


def test_one_device(files):
    with pytest.raises(ValueError, match=r"at least two devices to tell apart, got \['phone'\]"):
        check_device_recordings(files, ["phone"] * 4)


def test_a_device_with_one_speaker(files):
    with pytest.raises(ValueError, match="of the device 'tablet' are of the speaker 'ben'"):
        check_device_recordings(files, DEVICES, ["anna", "ben", "ben", "ben"])
    check_device_recordings(files, DEVICES)  # folds are not over speakers


def test_a_recording_without_a_label(files):
    with pytest.raises(ValueError, match=r"devices\[1\] is None; every recording needs"):
        check_device_recordings(files, ["phone", None, "phone", "tablet"])
    with pytest.raises(ValueError, match=r"speakers\[3\] is nan"):
        check_device_recordings(files, DEVICES, np.array([1.0, 1.0, 2.0, np.nan]))


def test_rates_that_give_the_device_away(files, tmp_path):
    files[1], files[3] = write(tmp_path / "b.wav", 44100, 5), write(tmp_path / "d.flac", 44100, 6)
    with pytest.warns(
        UserWarning, match=r"'phone' \[16000\], 'tablet' \[44100\].*AudioReader\(sr=16000\)"
    ) as caught:
        check_device_recordings(files, DEVICES)
    assert caught[0].filename == __file__


def test_rates_that_all_devices_share(files, tmp_path):
    files[2], files[3] = write(tmp_path / "c.wav", 44100, 5), write(tmp_path / "d.wav", 44100, 6)
    check_device_recordings(files, DEVICES)


def test_copies_under_two_devices(files, tmp_path):
    files[3] = str(shutil.copy(files[0], tmp_path / "copy.wav"))
    with pytest.raises(ValueError, match="are identical to the bit") as caught:
        check_device_recordings(files, DEVICES)
    for part in ("X[0] ", "0.wav' (device 'phone')", "X[3] ", "copy.wav' (device 'tablet')"):
        assert part in str(caught.value)


def test_copies_under_one_device_are_not_its_business(files, tmp_path):
    files[2] = str(shutil.copy(files[0], tmp_path / "copy.wav"))
    check_device_recordings(files, DEVICES)


def test_equal_arrays_under_two_devices():
    X = np.random.default_rng(0).uniform(-1, 1, (4, 100))
    check_device_recordings(X, DEVICES)
    X[2] = X[1]
    with pytest.raises(ValueError, match=r"X\[1\] \(device 'tablet'\) and X\[2\] \(device 'phon"):
        check_device_recordings(X, DEVICES)


def test_no_file_is_decoded(files, monkeypatch):
    def decode(*args, **kwargs):
        raise AssertionError

    monkeypatch.setattr("skaffect.audio.read_sound", decode)
    check_device_recordings(files, DEVICES, SPEAKERS)


def test_rates_of_compressed_files(files, tmp_path):
    import av

    with av.open(str(tmp_path / "b.amr"), "w") as container:
        stream = container.add_stream("libopencore_amrnb", rate=8000, layout="mono")
        stream.bit_rate = 12200
        for i in range(10):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 160), np.int16), "s16", "mono")
            frame.sample_rate, frame.pts = 8000, 160 * i
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    files[1] = str(tmp_path / "b.amr")
    with pytest.warns(UserWarning, match=r"'tablet' \[8000, 16000\]"):
        check_device_recordings(files, DEVICES)


@pytest.mark.parametrize(
    ("devices", "speakers", "message"),
    [
        (["phone", "tablet"], None, r"devices must hold one label for each of the 4 recordings"),
        (DEVICES, ["anna"], r"speakers must hold one label for each of the 4 .* shape \(1,\)"),
    ],
)
def test_lengths(files, devices, speakers, message):
    with pytest.raises(ValueError, match=message):
        check_device_recordings(files, devices, speakers)


def test_missing_and_broken_files(files, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"X\[1\] is 'nowhere.wav'"):
        check_device_recordings([files[0], "nowhere.wav"], DEVICES[:2])
    (tmp_path / "broken.wav").write_bytes(b"no sound at all")
    broken = [
        files[0],
        *[shutil.copy(tmp_path / "broken.wav", tmp_path / f"{i}.wav") for i in "57"],
    ]
    with pytest.raises(
        ValueError,
        match=r"^X\[1\] is .*5.wav', which is no sound that .* can read; remove it. "
        r"1 other file cannot be used either: '.*7.wav'.$",
    ):
        check_device_recordings(broken, [*DEVICES[:2], "phone"])
