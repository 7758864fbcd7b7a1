"""
6 Neutral against whispered speech
==================================

Devices learnt from one way of speaking and asked about in the other: the four cells of the device
paper's Ex-2.
"""

# %%
# 1 The same words, spoken and whispered
# --------------------------------------
#
# A whisper has no pitch, and its energy lies higher. Devices do the same to both.

import numpy as np
from matplotlib import pyplot as plt
from sklearn.pipeline import make_pipeline

from skaffect import (
    DualAttentionDeviceClassifier,
    LogFilterbank,
    band_weights,
    make_device_recordings,
    plot_band_weights,
)

corpus = make_device_recordings(n_speakers=6, n_sentences=3, mode="both", random_state=0)
data = np.empty(len(corpus.data), dtype=object)
data[:] = corpus.data
modes = ("neutral", "whispered")
recorder = corpus.target == "recorder"
chosen = [np.flatnonzero(recorder & (corpus.mode == mode))[0] for mode in modes]
frames = LogFilterbank(n_mels=40).fit_transform(data[chosen])

figure, axes = plt.subplots(2, sharey=True, layout="constrained")
for ax, entry, mode in zip(axes, frames, modes, strict=True):
    ax.imshow(entry.T, origin="lower", aspect="auto", extent=(0, len(entry) / 100, 0, 40))
    ax.set(title=mode, ylabel="mel band")
axes[-1].set(xlabel="time (s)")
plt.show()

# %%
# 2 Learnt from one, asked about both
# -----------------------------------
#
# Each mode's network learns from four speakers, and is asked about two others in both modes.

heard = ~np.isin(corpus.speaker, ["speaker05", "speaker06"])
share = np.zeros((2, 2))
models = {}
for row, learnt in enumerate(modes):
    part = heard & (corpus.mode == learnt)
    models[learnt] = make_pipeline(
        LogFilterbank(normalize="corpus"),
        DualAttentionDeviceClassifier(filters=(16, 16, 16), epochs=110, random_state=0),
    ).fit(data[part], corpus.target[part])
    for column, asked in enumerate(modes):
        part = ~heard & (corpus.mode == asked)
        share[row, column] = 100 * models[learnt].score(data[part], corpus.target[part])

figure, ax = plt.subplots(layout="constrained")
ax.imshow(share, cmap="Blues", vmin=0, vmax=150)
for (row, column), value in np.ndenumerate(share):
    ax.text(column, row, f"{value:.0f} %", ha="center", va="center")
ax.set_xticks(range(2), modes)
ax.set_yticks(range(2), modes)
ax.set(xlabel="asked about", ylabel="learnt from", title="Recognised; chance is 20 %")
plt.show()

# %%
# What is learnt from neutral speech serves for whispers as well; the other way round, less of it
# does. From so few recordings these are rough shares: the :doc:`user guide </guide/device>` has
# those of more speakers.
#
# 3 What each attends to
# ----------------------
#
# The weights of the bands (Figure 2a), of each network for the mode that it has learnt.

plot_band_weights(
    {mode: band_weights(models[mode], data[~heard & (corpus.mode == mode)]) for mode in modes}
)
plt.show()
