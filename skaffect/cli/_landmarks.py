"""``skaffect landmarks``: what the lower face does in videos."""

from __future__ import annotations

import argparse
import os
from typing import Any

from skaffect._words import counted
from skaffect.cli._errors import in_one_line, is_about_input
from skaffect.cli._options import Commands, add_command, add_jobs, seconds
from skaffect.cli._outputs import outputs_in_folder
from skaffect.cli._progress import say
from skaffect.cli._result import Result

_DESCRIPTION = """\
Find the 36 landmarks of the lower face in every frame of videos, and write a track
of each, an .npz file, to a folder. `skaffect train animation` learns from them.

The predictor is a dlib shape predictor file for 68 points: the published
shape_predictor_68_face_landmarks.dat, unpacked from .dat.bz2 by bunzip2, or one
made by skaffect.train_landmark_predictor.
"""
_EXAMPLES = ["skaffect landmarks talk.mp4 --predictor points68.dat --output tracks"]


def add_parser(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = add_command(
        commands,
        "landmarks",
        run,
        summary="find the lower face in videos",
        description=_DESCRIPTION,
        examples=_EXAMPLES,
    )
    parser.add_argument("videos", metavar="VIDEO", nargs="+", help="video files")
    parser.add_argument("--predictor", required=True, metavar="FILE", help="shape predictor file")
    parser.add_argument(
        "--output",
        required=True,
        metavar="FOLDER",
        help="folder of the tracks, made if missing; where some videos have one name, all keep "
        "their own folders in it",
    )
    parser.add_argument(
        "--max-gap",
        type=seconds,
        default=0.2,
        metavar="SECONDS",
        help="longest time without a face that is filled in (default: 0.2); a video with a longer "
        "one gets no track",
    )
    add_jobs(parser, "look at videos")


def run(options: argparse.Namespace) -> Result:
    """Look at the videos side by side, and write each one's track once it is there."""
    from joblib import Parallel, delayed

    from skaffect.shape import LandmarkExtractor, save_track

    videos = [os.path.expanduser(path) for path in options.videos]
    predictor = os.path.expanduser(options.predictor)
    _check_points(predictor)
    extractor = LandmarkExtractor(predictor, max_gap_seconds=options.max_gap).fit(videos)
    outputs = outputs_in_folder(options.output, videos, ".npz")
    tracks, failed = [], []
    # Written here and not by the workers, which an interruption ends at any place.
    found = Parallel(n_jobs=options.jobs, return_as="generator")(
        delayed(_track)(extractor, i, video) for i, video in enumerate(videos)
    )
    for i, (video, output, (track, reason)) in enumerate(zip(videos, outputs, found, strict=True)):
        if track is None:
            failed.append({"file": video, "reason": reason})
        else:
            save_track(output, track, fps=extractor.fps)
            tracks.append({"file": video, "output": output, "frames": len(track)})
        outcome = "failed" if track is None else counted(len(track), "frame")
        say(f"{i + 1} of {len(videos)}: {video}, {outcome}")
    return Result(
        {"files": tracks, "failed": failed},
        "\n".join(f"{track['file']}: {track['output']}" for track in tracks) or "No track.",
        [failure["reason"] for failure in failed],
    )


def _check_points(predictor: str) -> None:
    """Raise unless a predictor file places dlib's 68 points; others may follow them."""
    from skaffect.shape import LOWER_FACE
    from skaffect.shape._faces import count_points, load_predictor

    n_points, needed = count_points(load_predictor(predictor)), 1 + max(LOWER_FACE)
    if n_points < needed:
        raise ValueError(
            f"--predictor: {predictor!r} places {n_points} points where {needed} are needed; name "
            "shape_predictor_68_face_landmarks.dat, or a file that "
            f"skaffect.train_landmark_predictor has made of all {needed} points."
        )


def _track(extractor: Any, i: int, video: str) -> tuple[Any, str]:
    """Return a video's track, or None and why there is none."""
    try:
        return extractor.transform([video])[0], ""
    except Exception as error:
        if not is_about_input(error):
            raise
        return None, in_one_line(error, first=i).replace("max_gap_seconds", "--max-gap")
