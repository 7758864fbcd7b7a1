"""
9 Your own corpus, by a path pattern
====================================

From a folder of sound files to a trained model in a file, when the paths say who speaks what.
"""

# %%
# 1 A folder of recordings
# ------------------------
#
# Yours is there already. Here one is written: a folder for each speaker, the emotion first in the
# file's name, at the rates of two different recorders. Sample by sample, the same sentence is
# almost three times as long from one of them.

# sphinx_gallery_thumbnail_number = 4
import tempfile
from pathlib import Path

import numpy as np
import soundfile
import soxr
from matplotlib import pyplot as plt
from sklearn.pipeline import make_pipeline

from skaffect import (
    AudioReader,
    DERNClassifier,
    MFSCWindower,
    emotion_timeline,
    find_duplicates,
    load_corpus,
    load_model,
    make_affective_speech,
    plot_emotion_timeline,
    read_model_card,
    save_model,
)

folder = tempfile.TemporaryDirectory()
root = Path(folder.name)
speech = make_affective_speech(4, 2, emotions=("angry", "neutral", "sad"), random_state=0)
for waveform, speaker, emotion, sentence in zip(
    speech.data, speech.speaker, speech.target, speech.sentence, strict=True
):
    (root / speaker).mkdir(exist_ok=True)
    rate = 44100 if speaker == "speaker02" else 16000
    sound = soxr.resample(waveform, speech.sr, rate)
    soundfile.write(root / speaker / f"{emotion}_{sentence}.wav", sound, rate)
(root / "notes.txt").write_text("Recorded on a Tuesday.")

print(*sorted(path.relative_to(root).as_posix() for path in root.rglob("*.wav"))[:4], sep="\n")
figure, axes = plt.subplots(2, sharex=True, layout="constrained")
for ax, speaker in zip(axes, ("speaker01", "speaker02"), strict=True):
    path = min(root.glob(f"{speaker}/angry_*.wav"))
    sound, rate = soundfile.read(path)
    ax.plot(sound, linewidth=0.3)
    ax.set(title=f"{path.relative_to(root).as_posix()}, {rate} Hz", ylabel="amplitude")
axes[-1].set(xlabel="sample")
plt.show()

# %%
# 2 The pattern
# -------------
#
# Each field in braces becomes a column with one entry for each recording; the one to be learnt is
# the target. The note is no sound, so nothing is said about it.

corpus = load_corpus(root, "{speaker}/{emotion}_{sentence}.wav", target="emotion")
for name in ("speaker", "emotion", "sentence"):
    print(f"{name}:", *np.unique(corpus[name]))

speakers, emotions = np.unique(corpus.speaker), np.unique(corpus.emotion)
pairs = list(zip(corpus.speaker, corpus.emotion, strict=True))
counts = np.array([[pairs.count((s, e)) for e in emotions] for s in speakers])
figure, ax = plt.subplots(layout="constrained")
ax.imshow(counts, cmap="Blues", vmin=0, vmax=6, aspect="auto")
ax.set_xticks(range(len(emotions)), emotions)
ax.set_yticks(range(len(speakers)), speakers)
for (row, column), n in np.ndenumerate(counts):
    ax.text(column, row, n, ha="center", va="center")
ax.set(title="Recordings of each speaker and emotion")
plt.show()

# %%
# 3 Look before you train
# -----------------------
#
# The reader brings every file to one rate. Copies under two names would be found by what is
# heard.

waveforms = AudioReader().fit_transform(corpus.data)
print("copies:", find_duplicates(corpus.data))
figure, ax = plt.subplots(layout="constrained")
for speaker in speakers:
    mine = np.flatnonzero(corpus.speaker == speaker)
    level = [20 * np.log10(np.sqrt(np.mean(waveforms[i] ** 2))) for i in mine]
    ax.plot([len(waveforms[i]) / 16000 for i in mine], level, "o", label=speaker)
ax.set(xlabel="length (s)", ylabel="level (dB)", title="Lengths and levels")
ax.legend()
plt.show()

# %%
# 4 From files to an emotion
# --------------------------
#
# The pipeline starts at paths. It learns from three speakers and is asked about the fourth.

data = np.array(corpus.data)
unheard = corpus.speaker == "speaker04"
model = make_pipeline(
    AudioReader(),
    MFSCWindower(),
    DERNClassifier(
        filters=(16, 16, 16), dense_units=32, epochs=20, augmentation=0.0, random_state=0
    ),
).fit(data[~unheard], corpus.target[~unheard])

probabilities = model.predict_proba(data[unheard])
figure, ax = plt.subplots(layout="constrained")
image = ax.imshow(probabilities, cmap="Blues", vmin=0, vmax=1, aspect="auto")
ax.set_xticks(range(len(model.classes_)), model.classes_)
ax.set_yticks(range(unheard.sum()), [Path(path).name for path in data[unheard]])
ax.set(title="The unheard speaker's files")
figure.colorbar(image, label="probability")
plt.show()

# %%
# 5 Keep it
# ---------
#
# The file runs no code when it is loaded, and says what it was trained on. What is loaded answers
# as what was saved; here it is asked for the two likeliest emotions of each half second of a file.

path = root / "emotion.safetensors"
save_model(model, path, card={"data": "generated speech", "speakers": 3})
print(read_model_card(path)["card"])
loaded = load_model(path)
print("the same:", bool((loaded.predict(data) == model.predict(data)).all()))

(timeline,) = emotion_timeline(loaded, data[-1:], segment_seconds=0.5)
plot_emotion_timeline(timeline, waveforms[-1], title="/".join(Path(data[-1]).parts[-2:]))
plt.show()
folder.cleanup()
