"""
4 A talking face from affective speech
======================================

Networks of one emotion each move a face, as the emotion that is heard decides. The film at the end
plays with its sound.
"""

# %%
# 1 Speech and faces
# ------------------
#
# Eight speakers, two emotions, and landmarks beside the sound. The last speaker is not learnt
# from.

import base64
import tempfile
from pathlib import Path

import numpy as np
from matplotlib import pyplot as plt

from skaffect import (
    DERNClassifier,
    DSRNRegressor,
    EmotionConditionedRegressor,
    MFSCWindower,
    ShapeTargetRegressor,
    animate,
    make_affective_speech,
    plot_landmarks,
    plot_learning_curves,
    resample_track,
)

speech = make_affective_speech(
    n_speakers=8, n_sentences=2, emotions=("happy", "sad"), landmarks=True, random_state=0
)
X = MFSCWindower().fit_transform(speech.data)
y = []
for track, windows in zip(speech.landmarks, X, strict=True):
    moved, inside = resample_track(track, len(windows))
    moved[~inside] = np.nan  # beyond the last video frame: not observed
    y.append(moved)
heard = speech.speaker != "speaker08"

figure, axes = plt.subplots(1, 2, figsize=(8, 3.6), layout="compressed")
for ax, emotion in zip(axes, ("happy", "sad"), strict=True):
    first = y[list(speech.target).index(emotion)]
    plot_landmarks(first[100], title=f"{emotion}, at one second", ax=ax)
plt.show()

# %%
# 2 The cascade
# -------------
#
# DERN hears the two likeliest emotions, the networks trained on these move the face together
# (equation 5), and the shape model turns their parameters into landmarks. All three are fitted
# together. The networks are narrower than the paper's, to be quick.

cascade = EmotionConditionedRegressor(
    DERNClassifier(
        filters=(16, 16, 16), dense_units=32, epochs=8, augmentation=0.0, random_state=0
    ),
    DSRNRegressor(filters=(16, 32, 32, 32), dense_units=(128,), epochs=12, random_state=0),
)
face = ShapeTargetRegressor(cascade)
face.fit(X[heard], [y[i] for i in np.flatnonzero(heard)], emotion=speech.target[heard])

fitted = face.regressor_.regressors_
histories = {emotion: network.history_ for emotion, network in fitted.items()}
plot_learning_curves(histories, loss="mean squared error")
plt.show()

# %%
# 3 A speaker who has not been heard
# ----------------------------------
#
# The opening of the lips, true and as answered, along one utterance.

i = np.flatnonzero(~heard)[0]
answer = face.predict(X[i : i + 1])[0]
observed = ~np.isnan(y[i][:, 0, 0])
true = face.shape_.align([y[i][observed]])[0]
labels, weights = face.regressor_.classifier_.top_two(X[i : i + 1])
print("said:", speech.target[i])
print("heard:", dict(zip(labels[0].tolist(), weights[0].tolist(), strict=True)))

UPPER, LOWER = 30, 34  # inner lips, points 62 and 66 of dlib's 68, in LOWER_FACE
figure, ax = plt.subplots(layout="constrained")
for name, track in (("true", true), ("answered", answer)):
    seconds = 0.0125 + 0.01 * np.arange(len(track))
    ax.plot(seconds, track[:, LOWER, 1] - track[:, UPPER, 1], label=name)
ax.set(xlabel="time (s)", ylabel="opening of the lips (pixels)", title="An unheard speaker")
ax.legend()
plt.show()

# %%
# 4 The film
# ----------
#
# The true face beside the answered one, with the sound.


class Film:
    """A film that plays in the page."""

    def __init__(self, path):
        self.data = base64.b64encode(Path(path).read_bytes()).decode()

    def _repr_html_(self):
        return (
            '<video controls playsinline style="max-width: 100%" '
            'aria-label="The true and the answered face, talking" '
            f'src="data:video/mp4;base64,{self.data}"></video>'
        )


with tempfile.TemporaryDirectory() as folder:
    n_frames = len(true)
    film = Film(
        animate(
            Path(folder) / "face.mp4",
            {"true": true, "answered": answer[:n_frames]},
            speech.data[i],
            sr=speech.sr,
        )
    )
film  # noqa: B018 - what stands last is shown in the page
