"""
1 Seeing emotion: MFSC of one sentence
======================================

What a network is given of an utterance, drawn for one sentence in three emotions, as in Figure 2
of the emotion paper.
"""

# %%
# 1 One sentence, three times
# ---------------------------
#
# The same speaker says the same words fearfully, neutrally and surprised. Loudness and tempo
# differ already in the waveform.

# sphinx_gallery_thumbnail_number = 2
import numpy as np
from matplotlib import pyplot as plt

from skaffect import MFSCWindower, make_affective_speech

speech = make_affective_speech(
    n_speakers=1, n_sentences=1, emotions=("fear", "neutral", "surprise"), random_state=0
)

figure, axes = plt.subplots(3, sharex=True, sharey=True, layout="constrained")
for ax, waveform, emotion in zip(axes, speech.data, speech.target, strict=True):
    ax.plot(np.arange(len(waveform)) / speech.sr, waveform, linewidth=0.3)
    ax.set(ylabel=emotion)
axes[-1].set(xlabel="time (s)")
figure.suptitle("Waveforms")
plt.show()

# %%
# 2 Energies in mel bands
# -----------------------
#
# :class:`~skaffect.MFSCWindower` takes the logarithm of the energy in 40 mel bands, 100 times a
# second. The harmonics of the voice, the formants and the pauses can be seen, and so can the
# emotion: in fear and in surprise the pitch is higher, and its harmonics lie further apart.

windows = MFSCWindower(normalize=None).fit_transform(speech.data)

figure, axes = plt.subplots(3, sharex=True, sharey=True, layout="constrained")
for ax, view, emotion in zip(axes, windows, speech.target, strict=True):
    seconds = len(view.frames) / 100
    image = ax.imshow(view.frames.T, origin="lower", aspect="auto", extent=(0, seconds, 0, 40))
    ax.set(ylabel=f"{emotion}\nmel band")
axes[-1].set(xlabel="time (s)")
figure.colorbar(image, ax=axes, label="log energy")
figure.suptitle("MFSC, as in Figure 2")
plt.show()

# %%
# 3 With zero mean and unit spread
# --------------------------------
#
# By default every band is scaled by the utterance's own statistics: what microphone and speaker
# put on the whole recording is gone, and what moves is left. Of the frightened reading:

scaled = MFSCWindower().fit_transform(speech.data)

figure, axes = plt.subplots(2, sharex=True, sharey=True, layout="constrained")
titles, limits = ("as it is", "scaled"), ({}, {"vmin": -3, "vmax": 3})
for ax, view, title, limit in zip(axes, (windows[0], scaled[0]), titles, limits, strict=True):
    extent = (0, len(view.frames) / 100, 0, 40)
    image = ax.imshow(view.frames.T, origin="lower", aspect="auto", extent=extent, **limit)
    ax.set(title=title, ylabel="mel band")
    figure.colorbar(image, ax=ax)
axes[-1].set(xlabel="time (s)")
plt.show()

# %%
# 4 What the network sees of a moment
# -----------------------------------
#
# Each frame is seen in its context: seven frames before it and seven after, an image of 40 by 15.
# The windows are a view of the frames, so that they take no memory of their own.

print(scaled[0])
figure, axes = plt.subplots(1, 4, sharey=True, layout="constrained")
for ax, j in zip(axes, (40, 45, 50, 55), strict=True):
    ax.imshow(scaled[0][j], origin="lower", aspect="auto", vmin=-3, vmax=3)
    ax.set(title=f"frame {j}", xlabel="context")
axes[0].set(ylabel="mel band")
plt.show()
