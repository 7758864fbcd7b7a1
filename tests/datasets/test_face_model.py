import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaffect.datasets._face_model import Movement, draw_face, place_points
from skaffect.shape import LOWER_FACE


def speaker(seed=0):
    return draw_face(np.random.default_rng(seed))


def moved(face, **movements):
    """Return the points of one frame, by their number among dlib's 68."""
    movement = Movement(*(np.array([movements.get(name, 0.0)]) for name in Movement._fields))
    return dict(zip(LOWER_FACE, place_points(face, movement)[0], strict=True))


def width(points):
    return points[54][0] - points[48][0]


@pytest.mark.parametrize("seed", range(5))
def test_a_face_at_rest_has_its_points_where_dlib_has_them(seed):
    points = moved(speaker(seed))
    x, y = np.array([points[k] for k in LOWER_FACE]).T
    assert 135 < np.ptp(x) < 165
    assert 75 < np.ptp(y) < 110
    for row in (range(3, 14), range(31, 36), range(48, 55), range(60, 65)):  # left to right
        assert (np.diff([points[k][0] for k in row]) > 0).all()
    for row in (range(54, 60), range(64, 68)):  # and back along the lower lip
        assert (np.diff([points[k][0] for k in row]) < 0).all()
    assert max(LOWER_FACE, key=lambda k: points[k][1]) == 8
    middle = [points[k][1] for k in (33, 51, 62, 66, 57, 8)]
    assert (np.diff(middle)[[0, 1, 3, 4]] > 0).all()
    assert middle[2] == middle[3]  # closed lips meet
    assert points[48][0] < points[60][0]
    assert points[64][0] < points[54][0]


@given(
    st.integers(0, 1000),
    st.builds(
        dict,
        jaw=st.floats(0, 2.5),
        opening=st.floats(0, 2.5),
        spread=st.floats(-1.5, 1.5),
        rounding=st.floats(0, 2),
        corners=st.floats(-2, 2),
        pressing=st.floats(0, 2),
        sneer=st.floats(0, 2),
    ),
)
def test_no_lip_crosses_another(seed, movements):
    points = moved(speaker(seed), **movements)
    for upper, lower in ((61, 67), (62, 66), (63, 65), (50, 61), (52, 63), (67, 58), (65, 56)):
        assert points[upper][1] <= points[lower][1] + 1e-9
    assert points[57][1] < points[8][1]
    assert width(points) > 10


def test_what_each_movement_moves():
    face = speaker()
    rest = moved(face)
    jaw, opening = moved(face, jaw=1.0), moved(face, opening=1.0)
    assert jaw[8][1] - rest[8][1] > 10
    assert abs(jaw[3][1] - rest[3][1]) < 1
    assert opening[66][1] - opening[62][1] > 15
    assert opening[66][1] - rest[66][1] > rest[62][1] - opening[62][1] > 0
    assert width(moved(face, spread=1.0)) > width(rest) > width(moved(face, rounding=1.0))
    for corner in (48, 54, 60, 64):
        assert moved(face, corners=1.0)[corner][1] < rest[corner][1]
    pressed = moved(face, pressing=1.0)
    assert pressed[57][1] - pressed[51][1] < rest[57][1] - rest[51][1]


def test_a_sneer_raises_upper_lip_and_nose_on_one_side_more():
    face = speaker()
    rest, sneer = moved(face), moved(face, sneer=1.0)
    for left, right in ((50, 52), (49, 53), (31, 35)):
        assert rest[left][1] - sneer[left][1] > rest[right][1] - sneer[right][1] > 0


def test_a_frame_depends_on_its_own_movement_alone():
    rng = np.random.default_rng(0)
    movement = Movement(*rng.uniform(0, 1, (len(Movement._fields), 6)))
    together = place_points(speaker(), movement)
    assert together.shape == (6, len(LOWER_FACE), 2)
    alone = place_points(speaker(), Movement(*(course[3:4] for course in movement)))
    np.testing.assert_array_equal(together[3], alone[0])


def test_same_seed_same_face_other_seed_other_face():
    assert speaker(1) == speaker(1)
    assert speaker(1) != speaker(2)
    # Each measure differs between speakers, by some per cent.
    spread = np.std(np.log([speaker(seed) for seed in range(200)]), axis=0)
    assert (spread > 0.015).all()
    assert (spread < 0.1).all()
