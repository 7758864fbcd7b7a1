"""The ready corpus of devices: its fields, and how hard it is."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import correlate
from sklearn.model_selection import GroupKFold, cross_val_score

from benchmarks._emotion_systems import cepstral_svm
from skaffect.datasets import FIVE_DEVICES, RecordingDevice, make_device_recordings


@pytest.fixture(scope="module")
def corpus():
    return make_device_recordings(3, 2, random_state=0)


def test_everybody_says_everything_to_every_device_in_both_modes(corpus):
    fields = ("target", "speaker", "sentence", "mode")
    rows = set(zip(*(corpus[field] for field in fields), strict=True))
    assert len(rows) == len(corpus.data) == 3 * 2 * 2 * 5
    assert corpus.target[:5].tolist() == [device.name for device in FIVE_DEVICES]
    assert set(corpus.mode) == {"neutral", "whispered"}
    for field in ("data", "phones", "source"):
        assert len(corpus[field]) == 60
    assert corpus.sr == 16000
    assert "synthetic" in corpus.DESCR
    assert "phone3" in corpus.DESCR


def test_recordings_of_an_utterance_share_all_but_the_device(corpus):
    for source in set(corpus.source.tolist()):
        same = np.flatnonzero(corpus.source == source)
        assert len(same) == 5
        assert len({(corpus.speaker[i], corpus.sentence[i], corpus.mode[i]) for i in same}) == 1
        assert len({len(corpus.data[i]) for i in same}) == 1
        assert all(corpus.phones[i] is corpus.phones[same[0]] for i in same)


def test_recordings_are_in_time_with_each_other_and_their_phones(corpus):
    for start in range(0, 60, 5):
        reference = corpus.data[start]
        for other in corpus.data[start + 1 : start + 5]:
            lag = correlate(other, reference, method="fft").argmax() - (len(reference) - 1)
            assert abs(lag) <= 8  # 0.5 ms
        track = corpus.phones[start]
        spoken = reference[round(float(track["end"][0]) * corpus.sr) :]
        before = reference[: round(float(track["end"][0]) * corpus.sr) - corpus.sr // 50]
        assert spoken.std() > 3 * before.std()


def test_modes_and_devices_are_chosen():
    devices = [RecordingDevice("near"), RecordingDevice("far", gain_db=-20)]
    made = make_device_recordings(1, 1, devices=devices, mode="whispered", random_state=0)
    assert made.target.tolist() == ["near", "far"]
    assert set(made.mode) == {"whispered"}


def test_same_seed_same_bits_other_seed_other_bits():
    first, again, other = (
        make_device_recordings(1, 1, mode="neutral", random_state=seed) for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first.data[4], again.data[4])
    assert len(first.data[4]) != len(other.data[4])


def test_bad_options_are_named():
    with pytest.raises(ValueError, match="n_speakers must be at least 1, got 0"):
        make_device_recordings(0)
    with pytest.raises(ValueError, match="mode must be one of"):
        make_device_recordings(mode="shouted")


def test_bad_devices_are_named_before_any_speech(monkeypatch):
    monkeypatch.setattr(
        "skaffect.datasets._device_recordings.make_affective_speech",
        lambda *given, **options: pytest.fail("generated"),
    )
    with pytest.raises(TypeError, match=r"devices\[0\] must be a RecordingDevice"):
        make_device_recordings(devices=["phone"])


def test_all_devices_hear_the_same_room():
    quiet = [RecordingDevice(name, noise_db=None) for name in ("one", "other")]
    made = make_device_recordings(1, 1, devices=quiet, mode="neutral", random_state=0)
    np.testing.assert_array_equal(made.data[0], made.data[1])
    label, start, stop = made.phones[0][0]
    assert label == "sil"
    pause = made.data[0][round(start * made.sr) : round(stop * made.sr)]
    # -58 dB give or take 4, the gain of the amplifiers being 0.
    assert -64 < 20 * np.log10(np.std(pause)) < -52


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["neutral", "whispered"])
def test_the_task_is_neither_trivial_nor_hopeless(mode):
    # The devices were set by these figures before any network was run.
    made = make_device_recordings(mode=mode, random_state=0)
    scores = cross_val_score(
        cepstral_svm(),
        made.data,
        made.target,
        groups=made.speaker,
        cv=GroupKFold(3, shuffle=True, random_state=0),
    )
    assert 0.6 < scores.mean() < 0.9
