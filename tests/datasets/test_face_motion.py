import numpy as np
import pytest

from skaffect.datasets import EMOTIONS, make_affective_speech
from skaffect.datasets._face_model import place_points
from skaffect.datasets._face_motion import (
    EMOTION_EXPRESSIONS,
    FPS,
    Expression,
    articulate,
    draw_expression,
    draw_head,
    draw_landmarks,
    draw_talker,
    head_poses,
    in_picture,
)
from skaffect.datasets._phones import PHONES, TRACK_DTYPE
from skaffect.features import LogFilterbank
from skaffect.shape import LOWER_FACE, ProcrustesPCAShape, resample_track

INDEX = {point: i for i, point in enumerate(LOWER_FACE)}
NEUTRAL = Expression(*len(Expression._fields) * (0.0,))


@pytest.fixture(scope="module")
def corpus():
    # With this seed there are both closed lips and open vowels in the sentences.
    return make_affective_speech(4, 2, mode="both", landmarks=True, random_state=4)


@pytest.fixture(scope="module")
def aligned(corpus):
    """Every utterance's landmarks without the head's pose, a list of tracks."""
    return list(ProcrustesPCAShape().fit(corpus.landmarks).align(corpus.landmarks))


def talker(seed=0):
    return draw_talker(np.random.default_rng(seed))


def track_of(*phones, seconds=0.2):
    ends = seconds * np.arange(1, len(phones) + 1)
    return np.array(list(zip(phones, ends - seconds, ends, strict=True)), TRACK_DTYPE)


def opening(points):
    return points[:, INDEX[66], 1] - points[:, INDEX[62], 1]


def chin(points):
    return points[:, INDEX[8], 1] - points[:, INDEX[33], 1]


def corners(points):
    """Return how high the mouth's corners are above its middle."""
    middle = points[:, [INDEX[51], INDEX[57]], 1].mean(axis=1)
    return middle - points[:, [INDEX[48], INDEX[54]], 1].mean(axis=1)


def of_emotion(corpus, tracks, emotion, measure):
    """Return a measure's values in all frames of an emotion, one array for each speaker."""
    return [
        np.concatenate(
            [
                measure(track)
                for track, e, s in zip(tracks, corpus.target, corpus.speaker, strict=True)
                if (e, s) == (emotion, speaker)
            ]
        )
        for speaker in np.unique(corpus.speaker)
    ]


def test_one_track_per_utterance(corpus):
    assert corpus.fps == FPS == 25.0
    assert len(corpus.landmarks) == len(corpus.data)
    for track, waveform in zip(corpus.landmarks, corpus.data, strict=True):
        assert track.dtype == np.float32
        assert track.shape[1:] == (len(LOWER_FACE), 2)
        assert (track > 0).all()
        assert (track < (360, 288)).all()
        last = (len(track) - 1) / corpus.fps
        assert 0 <= last - (len(waveform) - 1) / corpus.sr < 1 / corpus.fps + 1 / corpus.sr


def test_the_sound_is_the_same_without_faces(corpus):
    without = make_affective_speech(4, 2, mode="both", random_state=4)
    assert set(corpus) - set(without) == {"landmarks", "fps"}
    for heard, also_seen in zip(without.data, corpus.data, strict=True):
        np.testing.assert_array_equal(heard, also_seen)
    for name in ("target", "speaker", "sentence", "mode"):
        np.testing.assert_array_equal(without[name], corpus[name])


@pytest.mark.parametrize("sr", [8000, 16000])
def test_tracks_can_be_moved_to_the_sound_without_holding_frames(sr):
    made = make_affective_speech(2, 2, emotions=("sad",), sr=sr, landmarks=True, random_state=3)
    frames = LogFilterbank(sr=sr).fit_transform(made.data)
    for track, sound in zip(made.landmarks, frames, strict=True):
        moved, inside = resample_track(track, len(sound), fps=made.fps)
        assert moved.shape == (len(sound), len(LOWER_FACE), 2)
        # Only windows beyond the last sample, padded with zeros, may lie outside.
        assert inside[:-2].all()


def test_lips_close_for_bilabials_and_silence_and_open_for_vowels(corpus, aligned):
    measured = {name: [] for name in PHONES}
    for points, track in zip(aligned, corpus.phones, strict=True):
        for name, start, end in track:
            # The one frame that is nearest to the middle, if it is near at all.
            frame = round(0.5 * (start + end) * FPS)
            if abs(frame / FPS - 0.5 * (start + end)) < 0.01:
                measured[name].append(opening(points)[frame])
    closed = np.concatenate([measured[name] for name in ("m", "b", "p") if measured[name]])
    wide = np.array(measured["aa"])
    assert len(closed) > 20
    assert len(wide) > 5
    assert closed.max() < 2.0
    assert np.mean(measured["sil"]) < 2.0
    assert wide.min() > 5.0
    assert wide.mean() > 10.0


def test_faces_do_not_lag_behind_the_phones():
    track = track_of("sil", "m", "aa", "m", "sil")
    times = np.arange(0, 1, 0.001)
    points = place_points(talker().face, articulate(track, 1.0, NEUTRAL, times))
    assert times[opening(points).argmax()] == pytest.approx(0.5, abs=0.03)
    assert times[chin(points).argmax()] == pytest.approx(0.5, abs=0.03)
    assert opening(points)[[300, 700]].max() < 0.5


@pytest.mark.parametrize("strength", [0.0, 1.0, 2.0])
def test_bilabials_close_between_open_vowels_however_fast_and_expressive(strength):
    track = track_of("aa", "p", "aa", seconds=0.06)
    for seed, emotion in enumerate(EMOTIONS):
        who = talker(seed)
        expression = draw_expression(who, emotion, strength, np.random.default_rng(seed))
        movement = articulate(track, who.gain, expression, np.array([0.03, 0.09, 0.15]))
        assert movement.opening[1] < min(0.05, 0.25 * movement.opening[[0, 2]].min())


def test_movement_does_not_depend_on_the_frame_rate():
    track = track_of("sil", "b", "iy", "w", "aa", "sil")
    fine = articulate(track, 1.0, NEUTRAL, np.arange(120) / 100)
    coarse = articulate(track, 1.0, NEUTRAL, np.arange(30) / 25)
    for many, few in zip(fine, coarse, strict=True):
        np.testing.assert_array_equal(many[::4], few)


def test_without_strength_emotions_leave_no_trace():
    who, track = talker(), track_of("sil", "b", "aa", "sil")
    faces = [draw_landmarks(who, track, e, 0.0, np.random.default_rng(5)) for e in EMOTIONS]
    for face in faces[1:]:
        np.testing.assert_array_equal(face, faces[0])


def test_strength_scales_the_expression_and_nothing_else():
    who = talker()

    def drawn(strength):
        rng = np.random.default_rng(5)
        return np.array(draw_expression(who, "happy", strength, rng)), draw_head(rng)

    (none, head), (half, _), (full, other_head) = map(drawn, (0.0, 0.5, 1.0))
    np.testing.assert_allclose(full - none, 2 * (half - none))
    np.testing.assert_allclose(full - none, who.reach[EMOTIONS.index("happy")])
    for one, other in zip(head, other_head, strict=True):
        np.testing.assert_array_equal(one, other)


def test_neutral_is_the_reference():
    assert set(EMOTION_EXPRESSIONS) == set(EMOTIONS)
    assert not any(EMOTION_EXPRESSIONS["neutral"])


@pytest.mark.parametrize(
    ("emotion", "least", "most"),
    [("angry", 1.25, 1.6), ("happy", 1.2, 1.6), ("surprise", 1.2, 1.65), ("sad", 0.55, 0.8)],
)
def test_emotions_change_how_far_the_jaw_moves(corpus, aligned, emotion, least, most):
    def reach(which):
        return np.mean([values.std() for values in of_emotion(corpus, aligned, which, chin)])

    assert least < reach(emotion) / reach("neutral") < most


def test_emotions_change_the_face_at_rest(corpus, aligned):
    def mean(emotion, measure):
        return np.mean([v.mean() for v in of_emotion(corpus, aligned, emotion, measure)])

    assert mean("happy", corners) > mean("neutral", corners) + 2
    assert mean("sad", corners) < mean("neutral", corners) - 2
    assert mean("surprise", opening) > mean("neutral", opening) + 2

    def lip_height(points):
        return points[:, INDEX[57], 1] - points[:, INDEX[51], 1] - opening(points)

    def mouth_width(points):
        return points[:, INDEX[54], 0] - points[:, INDEX[48], 0]

    def crookedness(points):
        return points[:, INDEX[52], 1] - points[:, INDEX[50], 1]

    assert mean("angry", lip_height) < mean("neutral", lip_height) - 2
    assert mean("fear", mouth_width) > mean("neutral", mouth_width) + 2
    assert mean("disgust", crookedness) > mean("neutral", crookedness) + 0.4


def variance_shares(corpus, aligned):
    """Return the shares of the variance between speakers' and between emotions' means."""
    frames = np.concatenate(aligned).reshape(-1, 2 * len(LOWER_FACE)).astype(float)
    lengths = [len(track) for track in aligned]
    shares = []
    for labels in (corpus.speaker, corpus.target):
        labels = np.repeat(labels, lengths)
        means = np.zeros_like(frames)
        for label in np.unique(labels):
            means[labels == label] = frames[labels == label].mean(axis=0)
        shares.append(means.var(axis=0).sum() / frames.var(axis=0).sum())
    return shares


def test_neither_speakers_nor_emotions_drown_what_is_said(corpus, aligned):
    speakers, emotions = variance_shares(corpus, aligned)
    assert 0.05 < speakers < 0.25
    assert 0.15 < emotions < 0.35


def test_a_whisper_moves_the_face_as_well(corpus, aligned):
    def reach(mode):
        return np.mean(
            [chin(t).std() for t, m in zip(aligned, corpus.mode, strict=True) if m == mode]
        )

    assert reach("whispered") == pytest.approx(reach("neutral"), rel=0.1)


def test_poses_are_similarity_transforms_that_procrustes_removes():
    who, times = talker(), np.arange(0, 1.2, 0.04)
    still = place_points(who.face, articulate(track_of("m", "aa", "sil"), 1.0, NEUTRAL, times))
    poses = head_poses(draw_head(np.random.default_rng(1)), times)
    turned = in_picture(still, poses)
    log_size, rotation = poses[0, :2]
    turn = [[np.cos(rotation), -np.sin(rotation)], [np.sin(rotation), np.cos(rotation)]]
    expected = np.exp(log_size) * still[0] @ np.transpose(turn) + poses[0, 2:]
    np.testing.assert_allclose(turned[0], expected)
    shape = ProcrustesPCAShape(n_components=0.99).fit([still])
    np.testing.assert_allclose(
        shape.transform([turned])[0], shape.transform([still])[0], atol=1e-3
    )


def test_heads_move_slowly_but_enough_to_matter(corpus):
    poses = list(ProcrustesPCAShape().fit(corpus.landmarks).pose(corpus.landmarks))
    spread = np.concatenate(poses).std(axis=0)
    assert 0.01 < spread[0] < 0.1
    assert 1 < np.degrees(spread[1]) < 8
    assert (spread[2:] > 4).all()
    within = np.mean([pose.std(axis=0) for pose in poses], axis=0)
    assert np.degrees(within[1]) > 0.5
    waves = draw_head(np.random.default_rng(0))
    velocity = np.abs(np.diff(head_poses(waves, np.arange(0, 5, 0.04)), axis=0)).max(axis=0) * FPS
    assert (velocity < [0.3, 0.4, 60, 50]).all()


def test_the_tracker_errs_by_a_fifth_of_a_pixel():
    """Noise is what differs between two trackers of the same movement."""
    who, track = talker(), track_of("sil", "aa", "sil", seconds=2.0)
    seen = draw_landmarks(who, track, "sad", 1.0, np.random.default_rng(2))
    third = np.diff(seen[:45].astype(float), n=3, axis=0) / np.sqrt(20)
    assert third.std() == pytest.approx(0.2, rel=0.1)


def test_a_face_does_not_depend_on_the_others(corpus):
    alone = make_affective_speech(
        2, 1, emotions=("sad",), mode="whispered", sr=8000, landmarks=True, random_state=4
    )
    there = (corpus.target == "sad") & (corpus.mode == "whispered")
    there &= (corpus.speaker == "speaker02") & (corpus.sentence == "sentence01")
    np.testing.assert_array_equal(alone.landmarks[1], corpus.landmarks[np.flatnonzero(there)[0]])


def test_same_seed_same_face_other_seed_other_face():
    first, again, other = (
        make_affective_speech(1, 1, emotions=("happy",), landmarks=True, random_state=seed)
        for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first.landmarks[0], again.landmarks[0])
    assert not np.array_equal(first.landmarks[0][:20], other.landmarks[0][:20])


def test_description_tells_of_the_faces(corpus):
    assert "Nobody was filmed" in corpus.DESCR
    without = make_affective_speech(1, 1, emotions=("sad",), random_state=0)
    assert "filmed" not in without.DESCR


def test_bad_option():
    with pytest.raises(ValueError, match="landmarks must be one of True, False; got 'yes'"):
        make_affective_speech(1, 1, landmarks="yes")
