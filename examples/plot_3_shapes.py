"""
3 From video to shape parameters
================================

Landmarks of a talking face, freed of pose, as a few numbers for each audio frame.
"""

# %%
# 1 What a tracker sees
# ---------------------
#
# :class:`~skaffect.LandmarkExtractor` finds 36 points of the lower face in every frame of a video.
# Here they are generated, as it would see them: the same numbers without a video. Frames of one
# utterance, as in Figure 3:

# sphinx_gallery_thumbnail_number = 2
import numpy as np
from matplotlib import pyplot as plt

from skaffect import (
    MFSCWindower,
    ProcrustesPCAShape,
    make_affective_speech,
    plot_landmarks,
    plot_shape_modes,
    resample_track,
)

speech = make_affective_speech(
    n_speakers=4, n_sentences=2, emotions=("happy", "sad"), landmarks=True, random_state=0
)
track = speech.landmarks[0]
print(len(track), "video frames of", track.shape[1], "points")

figure, axes = plt.subplots(1, 3, figsize=(9, 2.6), layout="compressed")
for ax, j in zip(axes, (5, 20, 30), strict=True):
    plot_landmarks(track[j], title=f"{j / speech.fps:.2f} s", ax=ax)
plt.show()

# %%
# 2 Pose, and shape
# -----------------
#
# People sit where they sit: in pixels, most of what differs is place, size and tilt of the head.
# Generalised Procrustes analysis takes these away (section II-B.2).

shape = ProcrustesPCAShape().fit(speech.landmarks)
aligned = shape.align(speech.landmarks)

figure, axes = plt.subplots(1, 2, figsize=(9, 4.4), layout="compressed")
for ax, tracks, title in zip(
    axes, (speech.landmarks, aligned), ("as tracked", "aligned"), strict=True
):
    for name in np.unique(speech.speaker):
        points = tracks[np.flatnonzero(speech.speaker == name)[0]][::10].reshape(-1, 2)
        ax.plot(points[:, 0], points[:, 1], ".", markersize=3, label=name)
    ax.invert_yaxis()
    ax.set(title=title, xlabel="x (pixels)", ylabel="y (pixels)", aspect="equal")
figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
plt.show()

# %%
# 3 The modes
# -----------
#
# What is left varies along few directions: the jaw drops, the lips round and spread. Each mode two
# standard deviations to either side of the mean face:

plot_shape_modes(shape, 3)
plt.show()

# %%
# 4 How many numbers are enough
# -----------------------------
#
# The paper keeps 18, about 99 % of the variation of its data.

kept = 100 * np.cumsum(shape.explained_variance_ratio_)
figure, ax = plt.subplots(layout="constrained")
ax.plot(range(1, len(kept) + 1), kept, "o-")
ax.axhline(99, color="grey", linestyle="--", label="99 %")
ax.set(xlabel="components", ylabel="variation (%)", title="Variation that components keep")
ax.legend()
plt.show()

# %%
# 5 From video frames to audio frames
# -----------------------------------
#
# 25 faces a second become 100, by a cubic spline at the times of the audio frames: one face for
# each frame of the features.

windows = MFSCWindower().fit_transform(speech.data[:1])[0]
moved, inside = resample_track(track, len(windows))
parameters = shape.transform([moved])[0]
coarse = shape.transform([track])[0]

figure, ax = plt.subplots(layout="constrained")
ax.plot(np.arange(len(track)) / speech.fps, coarse[:, 0], "o", label="video frames")
seconds = 0.0125 + 0.01 * np.arange(len(moved))
ax.plot(seconds[inside], parameters[inside, 0], label="audio frames")
ax.set(xlabel="time (s)", ylabel="first shape parameter (pixels)", title="One number along time")
ax.legend()
plt.show()
