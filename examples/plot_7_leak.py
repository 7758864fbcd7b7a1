"""
7 A leak, and how it is caught
==============================

Cut recordings into pieces, shuffle the pieces, and any system looks splendid. This is how much,
why, and who says no.
"""

# %%
# 1 Recordings and pieces
# -----------------------
#
# Ten speakers say a sentence in seven emotions. To have more samples, each recording is cut into
# half-second pieces, a new one every tenth of a second. A piece is described by the mean and the
# spread of its log mel energies.

# sphinx_gallery_thumbnail_number = 2
from textwrap import fill

import numpy as np
from matplotlib import pyplot as plt
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import GroupKFold, KFold, cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skaffect import (
    GroupTable,
    LeakageError,
    LeakageGuard,
    LogFilterbank,
    bootstrap_interval,
    find_duplicates,
    make_affective_speech,
    recording_hashes,
)

speech = make_affective_speech(n_speakers=10, n_sentences=1, random_state=0)
frames = LogFilterbank(floor_db=50.0).fit_transform(speech.data)
cuts = [(i, start) for i, entry in enumerate(frames) for start in range(0, len(entry) - 49, 10)]
recording = np.array([i for i, _ in cuts])
pieces = [frames[i][start : start + 50] for i, start in cuts]
X = np.array([np.r_[piece.mean(axis=0), piece.std(axis=0)] for piece in pieces])
y, speaker = speech.target[recording], speech.speaker[recording]

figure, ax = plt.subplots(figsize=(6.4, 3), layout="constrained")
ax.imshow(frames[0].T, origin="lower", aspect="auto", extent=(0, len(frames[0]) / 100, 0, 24))
for k in range(4):
    ax.plot([0.1 * k, 0.1 * k + 0.5], [2 + 2 * k] * 2, color="C3", linewidth=3)
ax.set(xlabel="time (s)", ylabel="mel band", title="The first four pieces of a recording")
plt.show()

# %%
# 2 Three splits, three answers
# -----------------------------
#
# The same pieces and the same classifier. Shuffled, nearly every piece has a neighbour in training
# that shares most of its sound with it. With recordings apart, what is nearest is often the same
# speaker in another emotion, which misleads. Only the last answer is about people who have not
# been heard, and these are whom a system will meet.

model = make_pipeline(StandardScaler(), SVC(C=10.0))
shuffled, apart = KFold(5, shuffle=True, random_state=0), GroupKFold(5)
scores = {
    "pieces shuffled": cross_val_score(model, X, y, cv=shuffled),
    "recordings apart": cross_val_score(model, X, y, cv=apart, groups=recording),
    "speakers apart": cross_val_score(model, X, y, cv=apart, groups=speaker),
}

figure, ax = plt.subplots(layout="constrained")
ax.bar(list(scores), [100 * each.mean() for each in scores.values()], color=["C3", "C1", "C0"])
for i, each in enumerate(scores.values()):
    ax.plot(np.full(len(each), i), 100 * each, "k.")
ax.axhline(100 / 7, color="grey", linestyle="--", label="chance")
ax.set(ylabel="pieces recognised (%)", title="One classifier, three splits; dots are folds")
ax.legend()
plt.show()

# %%
# 3 Where the speakers are
# ------------------------
#
# Each column is a piece, each row a fold; dark ones are tested. Above, every speaker is on both
# sides of every fold.


def draw_folds(ax, folds, speaker):
    """Draw which items each fold tests, with lines between the speakers."""
    tested = np.zeros((5, len(speaker)))
    for fold, (_, test) in enumerate(folds):
        tested[fold, test] = 1
    ax.imshow(tested, aspect="auto", cmap="Blues", interpolation="nearest")
    for edge in np.flatnonzero(speaker[1:] != speaker[:-1]):
        ax.axvline(edge + 0.5, color="C3", linewidth=1)
    ax.set(ylabel="fold")


figure, axes = plt.subplots(2, sharex=True, layout="constrained")
draw_folds(axes[0], shuffled.split(X), speaker)
draw_folds(axes[1], apart.split(X, groups=speaker), speaker)
axes[0].set(title="pieces shuffled")
axes[1].set(title="speakers apart", xlabel="piece; lines are between speakers")
plt.show()

# %%
# 4 Who says no
# -------------
#
# :class:`~skaffect.LeakageGuard` splits as the splitter in it does, and raises when a forbidden
# group is on both sides, before anything is trained. The picture counts, of the speakers and the
# recordings that the first fold tests, those that training has too: only the last row passes.

table = GroupTable(speaker=speaker, recording=recording)
guard = LeakageGuard(shuffled, by=None, forbid=("speaker", "recording"))
try:
    cross_val_score(model, X, y, cv=guard, groups=table)
except LeakageError as error:
    print(fill(str(error), 88))

guard = LeakageGuard(apart, forbid=("speaker", "recording"))
print("speakers apart:", cross_val_score(model, X, y, cv=guard, groups=table).round(2))

figure, ax = plt.subplots(figsize=(6.4, 3), layout="constrained")
splits = (shuffled.split(X), apart.split(X, groups=recording), apart.split(X, groups=speaker))
share = np.zeros((3, 2))
for row, folds in enumerate(splits):
    train, test = next(folds)
    for column, groups in enumerate((speaker, recording)):
        asked = np.unique(groups[test])
        known = np.isin(asked, groups[train])
        share[row, column] = known.mean()
        ax.text(column, row, f"{known.sum()} of {len(asked)}", ha="center", va="center")
ax.imshow(share, cmap="Reds", vmin=0, vmax=2, aspect="auto")
ax.set_xticks(range(2), ["speakers", "recordings"])
ax.set_yticks(range(3), list(scores))
ax.set(title="Tested in the first fold, and in training too")
plt.show()

# %%
# In skaffect's own estimators a sample is a whole utterance, and the windows are cut within: this
# leak cannot happen.
#
# 5 The same sound under another name
# -----------------------------------
#
# Here somebody copied the last speaker's recording into the first one's folder. Speakers are apart
# by name, and the sound is on both sides. :func:`~skaffect.recording_hashes` tells copies by what
# is heard. In the picture, each column is a recording: the fold that tests the copy learns from
# the original.

sounds = [speech.data[-1].copy(), *speech.data]
table = GroupTable(
    speaker=np.append(speech.speaker[0], speech.speaker), recording=recording_hashes(sounds)
)
(alike,) = find_duplicates(sounds)
print("alike:", alike.tolist())
try:
    guard.split(sounds, groups=table)
except LeakageError as error:
    print(fill(str(error), 88))

figure, ax = plt.subplots(figsize=(6.4, 3), layout="constrained")
draw_folds(ax, apart.split(sounds, groups=table["speaker"]), table["speaker"])
ax.set_xticks(alike, ["copy", "original"])
ax.set(xlabel="recording; lines are between speakers", title="One sound under two names")
plt.show()

# %%
# 6 How sure is it?
# -----------------
#
# An interval that draws pieces believes in more than a thousand of them. One that draws speakers
# knows that there were ten.

answers = cross_val_predict(model, X, y, cv=apart, groups=speaker)
intervals = {
    name: bootstrap_interval(
        balanced_accuracy_score, y, answers, groups=groups, n_resamples=500, random_state=0
    )
    for name, groups in (("pieces", np.arange(len(X))), ("speakers", speaker))
}

figure, ax = plt.subplots(figsize=(6.4, 2.4), layout="constrained")
for i, interval in enumerate(intervals.values()):
    ax.plot([100 * interval.low, 100 * interval.high], [i, i], color="C0", linewidth=4)
    ax.plot(100 * interval.estimate, i, "ko")
ax.set_yticks(range(2), [f"drawing {name}" for name in intervals])
ax.set(ylim=(-0.5, 1.5), xlabel="unweighted average recall (%)", title="95 % intervals")
plt.show()
