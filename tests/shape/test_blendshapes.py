"""Blendshapes: each answers to its own movement, none to the head's, all move in real speech."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaffect import BLENDSHAPES, LOWER_FACE, blendshapes, make_affective_speech

# Inner and outer lower lip.
LOWER_LIP = (56, 57, 58, 65, 66, 67)


def _ellipse(center: tuple[float, float], radii: tuple[float, float], degrees: np.ndarray):
    angle = np.radians(degrees)
    return np.stack(
        [center[0] + radii[0] * np.cos(angle), center[1] + radii[1] * np.sin(angle)], axis=1
    )


def make_face() -> np.ndarray:
    """A face at rest, its mouth 50 pixels wide."""
    jaw = _ellipse((100, 80), (60, 70), np.linspace(180, 0, 11))
    nose = np.stack([np.linspace(88, 112, 5), [80, 82, 83, 82, 80]], axis=1)
    outer = _ellipse((100, 110), (25, 9), 180 + np.arange(0, 360, 30))
    inner = _ellipse((100, 110), (20, 1), 180 + np.arange(0, 360, 45))
    return np.concatenate([jaw, nose, outer, inner])


def moved(points: tuple[int, ...], by: tuple[float, float]) -> np.ndarray:
    face = make_face()
    face[[LOWER_FACE.index(point) for point in points]] += by
    return face


def named(face: np.ndarray) -> dict[str, float]:
    """Return the coefficients of one face that are not zero."""
    row = blendshapes(face[np.newaxis], rest=make_face())[0]
    return {name: float(value) for name, value in zip(BLENDSHAPES, row, strict=True) if value > 0}


def test_rest_is_zero():
    assert named(make_face()) == {}


def test_an_open_jaw_opens_and_does_not_close():
    face = moved((8, *LOWER_LIP), (0, 10))
    assert named(face)["jawOpen"] == pytest.approx(0.4)
    assert named(face).get("mouthClose", 0) == pytest.approx(0, abs=1e-6)


def test_lips_closed_over_an_open_jaw_close():
    assert named(moved((8,), (0, 10))) == pytest.approx({"jawOpen": 0.4, "mouthClose": 0.4})


@pytest.mark.parametrize(
    ("point", "by", "name"),
    [
        (54, (0, -5), "mouthSmileLeft"),
        (48, (0, -5), "mouthSmileRight"),
        (54, (0, 5), "mouthFrownLeft"),
        (48, (0, 5), "mouthFrownRight"),
        (54, (5, 0), "mouthStretchLeft"),
        (48, (-5, 0), "mouthStretchRight"),
    ],
)
def test_each_corner_moves_its_own(point, by, name):
    """Left is the person's own: point 54, on the right of the image."""
    assert named(moved((point,), by)) == pytest.approx({name: 0.5})


def test_narrow_lips_pucker_when_closed_and_funnel_when_open():
    narrow = moved((48,), (3.75, 0))
    narrow[LOWER_FACE.index(54), 0] -= 3.75
    assert named(narrow) == pytest.approx({"mouthPucker": 0.5})
    narrow[[LOWER_FACE.index(point) for point in LOWER_LIP], 1] += 12.5
    coefficients = named(narrow)
    assert coefficients["mouthFunnel"] == pytest.approx(0.5)
    assert coefficients.get("mouthPucker", 0) == pytest.approx(0, abs=1e-6)


def test_what_goes_too_far_is_one():
    assert max(named(moved((8, *LOWER_LIP), (0, 100))).values()) == 1


@given(st.floats(0.2, 5), st.floats(-3, 3), st.floats(-500, 500), st.integers(0, 2**31 - 1))
def test_heads_may_be_anywhere(scale, angle, shift, seed):
    """Another similarity transform of every frame, and of the face at rest, changes nothing."""
    rng = np.random.RandomState(seed)
    track = make_face() + rng.randn(12, 36, 2)
    scales = scale * rng.uniform(0.5, 2, (12, 1, 1))
    angles = angle + rng.uniform(-1, 1, 12)
    turns = np.array([[np.cos(angles), np.sin(angles)], [-np.sin(angles), np.cos(angles)]])
    elsewhere = scales * track @ turns.transpose(2, 0, 1) + shift * rng.randn(12, 1, 2)
    np.testing.assert_allclose(blendshapes(elsewhere), blendshapes(track), atol=1e-5)
    np.testing.assert_allclose(
        blendshapes(elsewhere, rest=elsewhere[3]), blendshapes(track, rest=track[3]), atol=1e-5
    )


def test_all_of_them_move_on_a_talking_face(data_root):
    """Each sentence of GRID's talker s1, whose head moves and who speaks without emotion."""
    with np.load(data_root / "grid_s1" / "landmarks68.npz") as file:
        curves = [blendshapes(file[name][:, list(LOWER_FACE)]) for name in file.files[:100]]
    ranges = np.stack([np.ptp(curve, axis=0) for curve in curves])
    assert ranges.min() > 0.005
    typical = dict(zip(BLENDSHAPES, np.median(ranges, axis=0), strict=True))
    assert min(typical.values()) > 0.03
    assert typical["jawOpen"] > 0.15
    assert all(curve.min() >= 0 and curve.max() <= 1 for curve in curves)


def test_jaw_and_lips_of_a_talker_open_together(data_root):
    """The jaw is measured on the chin, so this is no identity."""
    with np.load(data_root / "grid_s1" / "landmarks68.npz") as file:
        tracks = [file[name] for name in file.files[:30]]
    correlations = []
    for track in tracks:
        opening = np.linalg.norm(track[:, 66] - track[:, 62], axis=1)
        jaw = blendshapes(track, points=range(68))[:, BLENDSHAPES.index("jawOpen")]
        correlations.append(np.corrcoef(opening, jaw)[0, 1])
    assert np.median(correlations) > 0.6


def test_emotions_show_against_a_neutral_face():
    """The generator's faces know nothing of blendshapes: happy ones smile, sad ones frown."""
    corpus = make_affective_speech(
        2, 1, emotions=("happy", "neutral", "sad"), landmarks=True, random_state=0
    )
    faces = dict(
        zip(zip(corpus.speaker, corpus.target, strict=True), corpus.landmarks, strict=True)
    )
    upper, lower = LOWER_FACE.index(62), LOWER_FACE.index(66)
    for speaker in set(corpus.speaker):
        neutral = faces[speaker, "neutral"]
        rest = neutral[np.linalg.norm(neutral[:, lower] - neutral[:, upper], axis=1).argmin()]
        typical = {
            emotion: dict(
                zip(
                    BLENDSHAPES,
                    blendshapes(faces[speaker, emotion], rest=rest).mean(axis=0),
                    strict=True,
                )
            )
            for emotion in ("happy", "neutral", "sad")
        }
        for side in ("Left", "Right"):
            smile, frown = f"mouthSmile{side}", f"mouthFrown{side}"
            assert typical["happy"][smile] > 0.2 > 0.1 > typical["neutral"][smile]
            assert typical["sad"][frown] > 0.2 > 0.1 > typical["neutral"][frown]
            assert typical["happy"][frown] < 0.05 > typical["sad"][smile]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"track": np.zeros((3, 68, 2))}, r"track must have shape \(n_frames, 36, 2\)"),
        ({"track": np.full((3, 36, 2), np.nan)}, "track contains NaN or infinity"),
        ({"track": np.zeros((3, 36, 2))}, "track is degenerate in frame 0"),
        (
            {"track": np.stack([make_face(), np.full((36, 2), 7.1)]), "rest": make_face()},
            r"track is degenerate in frame 1: the ends of its jaw \(3, 13\)",
        ),
        (
            {"track": moved((48,), (50, 0))[np.newaxis], "rest": make_face()},
            r"degenerate in frame 0: .* the corners of its mouth \(48, 54\)",
        ),
        ({"rest": np.zeros((36, 2))}, "The face at rest is degenerate"),
        ({"rest": moved((48,), (50, 0))}, "The face at rest is degenerate"),
        ({"rest": np.zeros((1, 36, 2))}, r"rest must have shape \(36, 2\)"),
        ({"points": range(20, 56)}, "points must contain the lower face"),
    ],
)
def test_what_has_no_face_is_refused(changes, message):
    arguments = {"track": make_face()[np.newaxis]} | changes
    with pytest.raises(ValueError, match=message):
        blendshapes(**arguments)
