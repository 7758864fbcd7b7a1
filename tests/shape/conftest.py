"""Drawn faces, whose every point is known at every time, and films of them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

SIZE = (120, 160)


def _spot(cx: float, cy: float, width: float, height: float) -> np.ndarray:
    y, x = np.mgrid[: SIZE[0], : SIZE[1]]
    return np.clip(2.5 - 2 * np.hypot((x - cx) / width, (y - cy) / height), 0, 1)


def draw_face(cx: float) -> np.ndarray:
    """Draw a grey image of a face whose centre is `cx` pixels from the left."""
    eyes = _spot(cx - 16, 50, 10, 6) + _spot(cx + 16, 50, 10, 6)
    brows = _spot(cx - 16, 40, 12, 4) + _spot(cx + 16, 40, 12, 4)
    mouth = _spot(cx, 88, 16, 6)
    face = 60 + 130 * _spot(cx, 65, 38, 48) - 80 * eyes - 60 * brows - 70 * mouth
    return face.astype(np.uint8)


def points_of(cx: np.ndarray) -> np.ndarray:
    """Eyes and corners of the mouth of faces at `cx`, shape ``(n, 4, 2)``."""
    x = np.asarray(cx)[:, np.newaxis] + [-16, 16, -16, 16]
    return np.stack([x, np.broadcast_to([50.0, 50.0, 88.0, 88.0], x.shape)], axis=-1)


def centre_at(seconds: np.ndarray) -> np.ndarray:
    """Where the drawn face is: it swings by 25 pixels to each side once in two seconds."""
    return 80 + 25 * np.sin(np.pi * np.asarray(seconds))


@pytest.fixture(scope="session")
def face() -> Callable[[float], np.ndarray]:
    return draw_face


@pytest.fixture(scope="session")
def truth() -> Callable[[np.ndarray], np.ndarray]:
    """Return a function from times in seconds to the swinging face's points."""
    return lambda seconds: points_of(centre_at(seconds))


@pytest.fixture(scope="session")
def predictor(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Train a predictor of the drawn faces' four points."""
    pytest.importorskip("dlib", reason="dlib comes with the extra skaffect[face]")
    from skaffect.shape import train_landmark_predictor

    centres = np.arange(50.0, 111.0, 2.0)
    frames = np.stack([draw_face(cx) for cx in centres])
    path = tmp_path_factory.mktemp("predictor") / "drawn.dat"
    return train_landmark_predictor([frames], [points_of(centres)], path, every=1, random_state=0)


def write_video(
    path: Path,
    images: list[np.ndarray],
    rate: int | Fraction = 25,
    times: list[int] | None = None,
    sound: bool = False,
) -> str:
    """Write grey images; `times`, in ticks of 1 / `rate`, are 0, 1, 2 and so on by default."""
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=rate, options={"qscale": "2"})
        (stream.height, stream.width), stream.pix_fmt = SIZE, "yuv420p"
        stream.codec_context.time_base = 1 / Fraction(rate)
        if sound:
            _add_sound(container, seconds=3)
        container.start_encoding()
        for tick, image in zip(times or range(len(images)), images, strict=True):
            frame = av.VideoFrame.from_ndarray(image, "gray").reformat(format="yuv420p")
            frame.pts = tick
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return str(path)


def _add_sound(container: object, seconds: int) -> None:
    """Encode silence that starts at zero."""
    import av

    stream = container.add_stream("pcm_s16le", rate=16000, layout="mono")
    silence = np.zeros((1, 16000 * seconds), np.int16)
    frame = av.AudioFrame.from_ndarray(silence, "s16", "mono")
    frame.sample_rate, frame.pts = 16000, 0
    container.mux([*stream.encode(frame), *stream.encode(None)])


@pytest.fixture
def film(tmp_path: Path) -> Callable[..., str]:
    """Return a function that films the swinging face, or given images, at any rate."""
    pytest.importorskip("av", reason="PyAV comes with the extra skaffect[face]")

    def make(
        rate: int | Fraction = 25,
        seconds: float = 2.0,
        *,
        blank: tuple[float, float] = (0.0, 0.0),
        times: list[int] | None = None,
        sound: bool = False,
        name: str = "talk.mp4",
    ) -> str:
        ticks = list(range(round(seconds * rate))) if times is None else times
        shown = [float(tick / Fraction(rate)) for tick in ticks]
        images = [
            np.full(SIZE, 60, np.uint8)
            if blank[0] <= t < blank[1]
            else draw_face(float(centre_at(t)))
            for t in shown
        ]
        return write_video(tmp_path / name, images, rate, times, sound)

    return make
