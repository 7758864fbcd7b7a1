"""
5 Devices, and what the attention sees
======================================

Five devices record the same speech at once. A network tells them apart, and shows which frames and
which bands it has looked at.
"""

# %%
# 1 One sentence, five devices
# ----------------------------
#
# Nothing differs but what the devices do: their frequency response, their noise, their limits.

# sphinx_gallery_thumbnail_number = 4
import numpy as np
from matplotlib import pyplot as plt
from sklearn.pipeline import make_pipeline

from skaffect import (
    DualAttentionDeviceClassifier,
    LogFilterbank,
    band_weights,
    frame_weights,
    make_device_recordings,
    phone_classes,
    plot_band_weights,
    plot_confusion,
    plot_frame_weights,
    weight_histogram,
)

corpus = make_device_recordings(n_speakers=6, n_sentences=3, mode="neutral", random_state=0)
frames = LogFilterbank().fit_transform(corpus.data)

figure, ax = plt.subplots(layout="constrained")
for entry, device in list(zip(frames, corpus.target, strict=True))[:5]:
    ax.plot(entry.mean(axis=0), label=device)
ax.set(xlabel="mel band", ylabel="mean log energy", title="The same words on five devices")
ax.legend()
plt.show()

# %%
# 2 Learn from four speakers, ask about two
# -----------------------------------------
#
# The dual attention network of the device paper, narrower to be quick.

heard = ~np.isin(corpus.speaker, ["speaker05", "speaker06"])
data = np.empty(len(corpus.data), dtype=object)
data[:] = corpus.data
model = make_pipeline(
    LogFilterbank(normalize="corpus"),
    DualAttentionDeviceClassifier(filters=(16, 16, 16), epochs=110, random_state=0),
).fit(data[heard], corpus.target[heard])

plot_confusion(corpus.target[~heard], model.predict(data[~heard]), labels=model.classes_)
plt.show()

# %%
# 3 Which bands
# -------------
#
# The weights of attention-2 (equation 2) for the unheard speakers' recordings, as in Figure 2a.

plot_band_weights({"neutral": band_weights(model, data[~heard])})
plt.show()

# %%
# 4 Which frames
# --------------
#
# The weights of attention-1 (equation 1) along one recording. A weight is shared by four frames,
# for the network pools over time.

weights = frame_weights(model, data[~heard])
shown = frames[np.flatnonzero(~heard)[0]]
figure, axes = plt.subplots(2, sharex=True, layout="constrained")
axes[0].imshow(shown.T, origin="lower", aspect="auto")
axes[0].set(ylabel="mel band")
axes[1].plot(weights[0])
axes[1].set(xlabel="frame", ylabel="weight")
figure.suptitle("One recording and its frames' weights")
plt.show()

# %%
# 5 Over voiced, unvoiced and silent frames
# -----------------------------------------
#
# As in Figure 2b: each recording's weights, divided by the largest of them, counted by kind of
# frame. The phones are known, for this speech was generated;
# :func:`~skaffect.voicing_classes` finds the kinds in real recordings.

asked = np.flatnonzero(~heard)
kinds = phone_classes([corpus.phones[i] for i in asked], [len(frames[i]) for i in asked])
plot_frame_weights(weight_histogram(weights, kinds))
plt.show()
