import numpy as np
import pytest
from scipy.signal import correlate

from skaffect.datasets import EMOTIONS
from skaffect.datasets._affective_speech import make_affective_speech
from skaffect.datasets._phones import PHONES, SILENCE, VOWELS
from skaffect.datasets._speaking import controls, draw_sentence, draw_utterance, pitch_contour
from skaffect.datasets._voices import EMOTION_CUES, draw_prosody, draw_voice


@pytest.fixture(scope="module")
def corpus():
    return make_affective_speech(4, 2, mode="both", random_state=0)


def level_db(waveform):
    return 10 * np.log10(np.mean(waveform.astype(float) ** 2))


def periodicity(waveform, sr):
    """Return the height of the autocorrelation's peak between 60 and 500 Hz."""
    waveform = waveform - waveform.mean(dtype=float)
    correlation = correlate(waveform, waveform, method="fft")[len(waveform) - 1 :]
    return (correlation / correlation[0])[round(sr / 500) : round(sr / 60)].max()


def vowels(corpus, mode):
    for waveform, track, which in zip(corpus.data, corpus.phones, corpus.mode, strict=True):
        for name, start, end in track:
            if which == mode and name in VOWELS and end - start > 0.1:
                yield waveform[round(start * corpus.sr) : round(end * corpus.sr)]


def test_one_entry_per_utterance(corpus):
    n_utterances = 4 * 2 * len(EMOTIONS) * 2
    for field in ("data", "target", "speaker", "sentence", "mode", "phones"):
        assert len(corpus[field]) == n_utterances
    rows = set(zip(corpus.target, corpus.speaker, corpus.sentence, corpus.mode, strict=True))
    assert len(rows) == n_utterances
    assert set(corpus.target) == set(EMOTIONS)
    assert set(corpus.mode) == {"neutral", "whispered"}
    assert len(set(corpus.speaker)) == 4
    assert len(set(corpus.sentence)) == 2


def test_waveforms_are_good_audio(corpus):
    for waveform in corpus.data:
        assert waveform.dtype == np.float32
        assert waveform.ndim == 1
        assert np.isfinite(waveform).all()
        assert np.abs(waveform).max() <= 1
        assert abs(waveform.mean(dtype=float)) < 1e-3
    seconds = np.array([len(waveform) for waveform in corpus.data]) / corpus.sr
    assert seconds.min() > 1.2
    assert seconds.max() < 4.0
    assert 1.5 < np.median(seconds) < 3.0


def test_phone_tracks_cover_the_utterances(corpus):
    for waveform, track in zip(corpus.data, corpus.phones, strict=True):
        assert set(track["phone"]) <= set(PHONES)
        assert track["phone"][0] == track["phone"][-1] == SILENCE
        assert track["start"][0] == 0
        np.testing.assert_array_equal(track["start"][1:], track["end"][:-1])
        assert (track["end"] > track["start"]).all()
        duration = len(waveform) / corpus.sr
        assert duration - 1 / corpus.sr < track["end"][-1] <= duration


def test_silences_are_quiet_and_phones_are_heard(corpus):
    for waveform, track in zip(corpus.data, corpus.phones, strict=True):
        start, end = (round(float(t) * corpus.sr) for t in track[0][["start", "end"]])
        assert level_db(waveform[start : end - corpus.sr // 50]) < -65
        assert level_db(waveform[end:]) > -60


def test_speakers_say_the_same_sentences(corpus):
    for sentence in set(corpus.sentence):
        said = {
            tuple(track["phone"])
            for track, which in zip(corpus.phones, corpus.sentence, strict=True)
            if which == sentence
        }
        assert len(said) == 1


def test_a_whisper_has_no_periodicity_and_is_quieter(corpus):
    voiced = np.median([periodicity(v, corpus.sr) for v in vowels(corpus, "neutral")])
    whispered = np.median([periodicity(v, corpus.sr) for v in vowels(corpus, "whispered")])
    assert voiced > 0.7
    assert whispered < 0.4
    level = np.array([level_db(waveform) for waveform in corpus.data])
    neutral = corpus.mode == "neutral"
    assert level[neutral].mean() - level[~neutral].mean() > 8


def test_angry_is_louder_than_sad_and_higher(corpus):
    def mean_level(emotion):
        chosen = (corpus.target == emotion) & (corpus.mode == "neutral")
        return np.mean([level_db(corpus.data[i]) for i in np.flatnonzero(chosen)])

    assert mean_level("angry") > mean_level("sad") + 6
    voice = draw_voice(low=True, rng=np.random.default_rng(0))
    angry, sad = (
        np.mean([draw_prosody(voice, emotion, 1.0, np.random.default_rng(i)).f0 for i in range(9)])
        for emotion in ("angry", "sad")
    )
    assert angry > 1.15 * sad


def test_without_strength_emotions_are_spoken_alike():
    voice = draw_voice(low=False, rng=np.random.default_rng(3))
    spoken = {draw_prosody(voice, e, 0.0, np.random.default_rng(7)) for e in EMOTIONS}
    assert len(spoken) == 1
    assert len({draw_prosody(voice, e, 0.5, np.random.default_rng(7)) for e in EMOTIONS}) == 7


def test_strength_scales_what_emotions_change():
    voice = draw_voice(low=False, rng=np.random.default_rng(3))

    def semitones(strength):
        f0 = draw_prosody(voice, "happy", strength, np.random.default_rng(7)).f0
        return 12 * np.log2(f0 / draw_prosody(voice, "happy", 0.0, np.random.default_rng(7)).f0)

    assert semitones(1.0) > 1.5
    assert semitones(0.5) == pytest.approx(0.5 * semitones(1.0))


def test_neutral_is_the_reference():
    assert set(EMOTION_CUES) == set(EMOTIONS)
    assert not any(EMOTION_CUES["neutral"])


def test_voices_stay_human_and_come_in_two_clusters():
    low, high = (
        [draw_voice(low=low, rng=np.random.default_rng(i)) for i in range(200)]
        for low in (True, False)
    )
    for voice in low + high:
        assert 0.85 <= voice.formant_scale <= 1.2
        assert 80 < voice.f0 < 270
    assert max(v.f0 for v in low) < min(v.f0 for v in high)
    assert np.std([v.level_db for v in low]) > 1


@pytest.mark.parametrize("emotion", EMOTIONS)
@pytest.mark.parametrize("whispered", [False, True])
def test_controls_follow_the_prosody(emotion, whispered):
    rng = np.random.default_rng(1)
    prosody = draw_prosody(draw_voice(low=False, rng=rng), emotion, 2.0, rng)
    utterance = draw_utterance(draw_sentence(rng), prosody, whispered, rng)
    times = np.arange(0, utterance.track["end"][-1], 0.005)
    told = controls(utterance, times, 16000)
    onset, offset = utterance.speech_seconds
    spoken = (times > onset) & (times < offset)
    assert abs(pitch_contour(utterance, times)[spoken].mean()) < 0.25
    assert np.log2(np.median(told.f0[spoken]) / prosody.f0) == pytest.approx(0, abs=0.35)
    assert (np.diff(told.formants, axis=1) > 0).all()
    assert (told.amplitudes >= 0).all()
    assert told.amplitudes[:, 0].any() != whispered
    assert told.amplitudes[times < onset - 0.02].max() == 0


def test_same_seed_same_bits_other_seed_other_bits():
    first, again, other = (
        make_affective_speech(1, 1, emotions=("happy",), random_state=seed) for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first.data[0], again.data[0])
    np.testing.assert_array_equal(first.phones[0], again.phones[0])
    assert tuple(first.phones[0]["phone"]) != tuple(other.phones[0]["phone"])


def test_a_random_state_advances_and_the_global_one_stays():
    state = np.random.RandomState(0)
    first, second = (
        make_affective_speech(1, 1, emotions=("sad",), random_state=state) for _ in range(2)
    )
    assert len(first.data[0]) != len(second.data[0])
    np.random.seed(5)  # noqa: NPY002, the global state is what this is about
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    make_affective_speech(1, 1, emotions=("sad",), random_state=0)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_an_utterance_does_not_depend_on_the_others(corpus):
    alone = make_affective_speech(2, 1, emotions=("sad",), mode="whispered", random_state=0)
    there = (corpus.target == "sad") & (corpus.mode == "whispered")
    there &= (corpus.speaker == "speaker02") & (corpus.sentence == "sentence01")
    np.testing.assert_array_equal(alone.data[1], corpus.data[np.flatnonzero(there)[0]])


def test_another_rate_is_the_same_reading():
    low, high = (
        make_affective_speech(1, 1, emotions=("angry",), sr=sr, random_state=0)
        for sr in (8000, 44100)
    )
    np.testing.assert_array_equal(low.phones[0], high.phones[0])
    assert len(low.data[0]) / 8000 == pytest.approx(len(high.data[0]) / 44100, abs=1e-3)
    assert level_db(low.data[0]) == pytest.approx(level_db(high.data[0]), abs=2)


def nearest_mean_accuracy(strength):
    """Recognise emotions from level, brightness and tempo, for speakers never heard before."""
    made = make_affective_speech(
        6, 2, emotions=("angry", "neutral", "sad"), emotion_strength=strength, random_state=1
    )
    features = []
    for waveform, track in zip(made.data, made.phones, strict=True):
        power = np.abs(np.fft.rfft(waveform)) ** 2
        treble = power[len(power) // 4 :].sum() / power.sum()
        features.append([level_db(waveform), 10 * np.log10(treble), 9 * track["end"][-1]])
    features = np.array(features)
    train = made.speaker < "speaker05"
    emotions = np.unique(made.target)
    means = np.array([features[train & (made.target == e)].mean(axis=0) for e in emotions])
    distance = np.linalg.norm(features[~train][:, np.newaxis] - means, axis=2)
    return np.mean(emotions[distance.argmin(axis=1)] == made.target[~train])


def test_emotions_are_recognised_across_speakers_if_they_have_strength():
    assert nearest_mean_accuracy(1.0) > 0.7
    assert nearest_mean_accuracy(0.0) < 0.6


def test_description_says_what_it_is(corpus):
    assert "synthetic" in corpus.DESCR
    assert "112 utterances" in corpus.DESCR


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"n_speakers": 0}, ValueError, "n_speakers must be at least 1, got 0"),
        ({"n_speakers": 1.5}, TypeError, "n_speakers must be an integer, got 1.5"),
        ({"n_sentences": -1}, ValueError, "n_sentences must be at least 1, got -1"),
        ({"emotions": "sad"}, TypeError, "emotions must be a sequence of names; write ['sad']"),
        ({"emotions": ()}, ValueError, "emotions must be one or more of 'angry'"),
        ({"emotions": ("calm",)}, ValueError, "got ('calm',)"),
        ({"emotions": ("sad", "sad")}, ValueError, "each at most once"),
        ({"mode": "shouted"}, ValueError, "mode must be one of 'neutral', 'whispered', 'both'"),
        ({"emotion_strength": -0.1}, ValueError, "emotion_strength must lie in [0, 2]"),
        ({"emotion_strength": float("nan")}, ValueError, "emotion_strength must be finite"),
        ({"emotion_strength": "much"}, TypeError, "emotion_strength must be a real number"),
        ({"sr": 4000}, ValueError, "sr must be at least 8000, got 4000"),
        ({"random_state": "seed"}, ValueError, "cannot be used to seed"),
    ],
)
def test_bad_options(options, error, message):
    with pytest.raises(error) as caught:
        make_affective_speech(**options)
    assert message in str(caught.value)
