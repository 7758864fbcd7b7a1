"""
2 Emotion recognition over speakers
===================================

A network learns four emotions from some speakers, and is asked about others.
"""

# %%
# 1 Speech
# --------
#
# Ten speakers say two sentences in four emotions. Each utterance is a sample, however long it is.

# sphinx_gallery_thumbnail_number = 2
import numpy as np
from matplotlib import pyplot as plt
from sklearn.base import clone
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline

from skaffect import (
    DERNClassifier,
    MFSCWindower,
    bootstrap_interval,
    emotion_timeline,
    make_affective_speech,
    plot_confusion,
    plot_emotion_timeline,
)

emotions = ("angry", "happy", "neutral", "sad")
speech = make_affective_speech(10, 2, emotions=emotions, random_state=0)

figure, ax = plt.subplots(layout="constrained")
for emotion in emotions:
    seconds = [
        len(waveform) / speech.sr
        for waveform, label in zip(speech.data, speech.target, strict=True)
        if label == emotion
    ]
    ax.plot(seconds, [emotion] * len(seconds), "o", alpha=0.6)
ax.set(xlabel="length (s)", title=f"{len(speech.data)} utterances of ten speakers")
plt.show()

# %%
# 2 Three folds over speakers
# ---------------------------
#
# The paper's network, narrower to be quick. ``cross_val_predict`` and ``GroupKFold`` are
# scikit-learn's own: no utterance is asked of a network that has heard its speaker.

dern = DERNClassifier(
    filters=(16, 32, 32), dense_units=64, epochs=6, augmentation=0.0, random_state=0
)
model = make_pipeline(MFSCWindower(), dern)
predicted = cross_val_predict(
    model, speech.data, speech.target, groups=speech.speaker, cv=GroupKFold(3)
)
plot_confusion(speech.target, predicted, labels=emotions)
plt.show()

# %%
# 3 How well, and how sure
# ------------------------
#
# The unweighted average recall, whose chance level is a quarter, with an interval that draws whole
# speakers.

interval = bootstrap_interval(
    balanced_accuracy_score, speech.target, predicted, groups=speech.speaker, random_state=0
)
print("unweighted average recall:", interval)

hits = predicted == speech.target
right = {name: hits[speech.speaker == name].mean() for name in np.unique(speech.speaker)}
figure, ax = plt.subplots(layout="constrained")
ax.barh(list(right), [100 * share for share in right.values()])
ax.axvline(25, color="grey", linestyle="--", label="chance")
ax.set(xlabel="utterances recognised (%)", title="Speakers differ")
ax.legend()
plt.show()

# %%
# 4 How it learnt
# ---------------
#
# The learning curve of a network of nine speakers; the tenth is asked next.

heard = speech.speaker != "speaker10"
data = np.empty(len(speech.data), dtype=object)
data[:] = speech.data
fitted = clone(model).fit(data[heard], speech.target[heard])
losses = fitted[-1].history_["loss"]
figure, ax = plt.subplots(layout="constrained")
ax.plot(range(1, len(losses) + 1), losses, "o-")
ax.axhline(np.log(4), color="grey", linestyle="--", label="knowing nothing")
ax.set(xlabel="epoch", ylabel="cross-entropy", title="Training")
ax.legend()
plt.show()

# %%
# 5 Along time
# ------------
#
# The unheard speaker's four readings of a sentence, one after the other: the two likeliest
# emotions of every half second.

readings, said = data[~heard][:4], speech.target[~heard][:4]
joined, begin = [], 0.0
for reading, timeline in zip(
    readings, emotion_timeline(fitted, readings, segment_seconds=0.5), strict=True
):
    joined += [
        stretch._replace(start=begin + stretch.start, stop=begin + stretch.stop)
        for stretch in timeline
    ]
    begin += len(reading) / speech.sr

title = f"said, one after the other: {', '.join(said)}"
ax = plot_emotion_timeline(joined, np.concatenate(readings), title=title)
for end in np.cumsum([len(reading) for reading in readings])[:-1] / speech.sr:
    ax.axvline(end, color="black", linestyle="--")
plt.show()
