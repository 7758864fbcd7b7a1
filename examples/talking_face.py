"""From affective speech to a film of a talking face, beside the true one.

The speech and its faces are generated. Networks learn from some speakers, and a speaker
whom they have not heard talks in the film: the true face, the cascade of emotion recognition
and one network an emotion, and one network for all emotions.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

from skaffect._quiet import quiet_tensorflow

# Two networks train side by side, so each takes one thread.
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")
quiet_tensorflow()

import numpy as np

from skaffect import (
    DERNClassifier,
    DSRNRegressor,
    EmotionConditionedRegressor,
    MFSCWindower,
    ShapeTargetRegressor,
    animate,
    make_affective_speech,
    resample_track,
)


def main() -> None:
    """Generate, train, and film the last speaker in every emotion asked for."""
    options = parse_options()
    started = time.monotonic()
    print("Generating speech with faces ...", flush=True)
    speech = make_affective_speech(
        options.speakers,
        n_sentences=2,
        emotions=("angry", "happy", "neutral", "sad"),
        landmarks=True,
        random_state=0,
    )
    X = MFSCWindower().fit_transform(speech.data)
    y = [moved(track, len(windows)) for track, windows in zip(speech.landmarks, X, strict=True)]
    heard = np.flatnonzero(speech.speaker != speech.speaker[-1])
    unheard = np.flatnonzero(speech.speaker == speech.speaker[-1])[: len(np.unique(speech.target))]

    print(f"Training on {len(heard)} utterances ...", flush=True)
    model = ShapeTargetRegressor(
        EmotionConditionedRegressor(
            DERNClassifier(epochs=options.epochs, random_state=0),
            DSRNRegressor(epochs=options.epochs, random_state=0),
            universal=True,
            n_jobs=2,
        )
    )
    model.fit([X[i] for i in heard], [y[i] for i in heard], emotion=speech.target[heard])

    asked = [X[i] for i in unheard]
    true = model.shape_.align([y[i][~np.isnan(y[i][:, 0, 0])] for i in unheard])
    cascade, combined = model.predict(asked), model.predict(asked, mode="universal")
    for i, *faces in zip(unheard, true, cascade, combined, strict=True):
        n_frames = len(faces[0])  # the last frames' true faces are not known
        film = animate(
            options.output / f"{speech.target[i]}.mp4",
            {
                name: track[:n_frames]
                for name, track in zip(("true", "cascade", "all combined"), faces, strict=True)
            },
            speech.data[i],
            sr=speech.sr,
        )
        print(film)
    print(f"Done in {time.monotonic() - started:.0f} s.")


def moved(track: np.ndarray, n_frames: int) -> np.ndarray:
    """Move a video's track to audio frames, NaN where it has ended."""
    resampled, inside = resample_track(track, n_frames)
    resampled[~inside] = np.nan
    return resampled


def parse_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--speakers", type=int, default=6, help="one of them is not heard")
    parser.add_argument("--epochs", type=int, default=8, help="passes over the training frames")
    parser.add_argument("--output", type=Path, default=Path("results/talking_face"))
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    return options


if __name__ == "__main__":
    main()
