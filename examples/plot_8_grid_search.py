"""
8 Grid search through a pipeline, groups routed
===============================================

Settings are chosen on speakers, and tested on others, whom no choice has seen.
"""

# %%
# 1 A pipeline with settings
# --------------------------
#
# Those of any step can be searched: how the features are scaled, and how hard the network is
# trained. The network is small, and one of the four pairs is left out, to be quick.

# sphinx_gallery_thumbnail_number = 3
import numpy as np
import sklearn
from matplotlib import pyplot as plt
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_validate
from sklearn.pipeline import Pipeline

from skaffect import (
    DERNClassifier,
    GroupTable,
    LeakageGuard,
    MFSCWindower,
    make_affective_speech,
)

speech = make_affective_speech(6, 2, emotions=("angry", "neutral", "sad"), random_state=0)
dern = DERNClassifier(
    filters=(8, 16, 16), dense_units=32, dropout=0.2, epochs=6, augmentation=0.0, random_state=0
)
model = Pipeline([("features", MFSCWindower()), ("emotion", dern)])
settings = [
    {"features__normalize": ["utterance", "corpus"], "emotion__learning_rate": [2e-3]},
    {"features__normalize": ["corpus"], "emotion__learning_rate": [1e-4]},
]

seconds = [len(waveform) / speech.sr for waveform in speech.data]
figure, ax = plt.subplots(layout="constrained")
for name in np.unique(speech.speaker):
    ax.plot(np.array(seconds)[speech.speaker == name], "o-", label=name)
ax.set(xlabel="utterance", ylabel="length (s)", title="Six speakers, six utterances each")
ax.legend(ncols=2)
plt.show()

# %%
# 2 Groups for the inner and the outer folds
# ------------------------------------------
#
# With scikit-learn's metadata routing switched on, ``params={"groups": ...}`` reaches every
# splitter that takes groups: that of the outer cross-validation, and that of the search inside it,
# which is given the rows of its training part. Each is a :class:`~skaffect.LeakageGuard`, so a
# speaker on two sides would stop everything. The network itself could stop early by groups, and is
# told not to ask for any.

table = GroupTable(speaker=speech.speaker)
with sklearn.config_context(enable_metadata_routing=True):
    dern.set_fit_request(groups=False, sample_weight=False)
    dern.set_score_request(sample_weight=False)
    search = GridSearchCV(
        model, settings, cv=LeakageGuard(GroupKFold(2)), scoring="balanced_accuracy"
    )
    outcome = cross_validate(
        search,
        speech.data,
        speech.target,
        cv=LeakageGuard(GroupKFold(2)),
        scoring="balanced_accuracy",
        params={"groups": table},
        return_estimator=True,
        return_indices=True,
    )

figure, ax = plt.subplots(figsize=(6.4, 3), layout="constrained")
part = np.zeros((2, len(speech.speaker)))
for fold, test in enumerate(outcome["indices"]["test"]):
    part[fold, test] = 1
ax.imshow(part, aspect="auto", cmap="Blues", interpolation="nearest")
for edge in np.flatnonzero(speech.speaker[1:] != speech.speaker[:-1]):
    ax.axvline(edge + 0.5, color="C3", linewidth=1)
ax.set(title="Outer folds: dark ones are tested", ylabel="fold", xlabel="utterance")
ax.set_yticks(range(2))
plt.show()

# %%
# 3 What was chosen
# -----------------
#
# In each outer fold, the inner folds' scores of every candidate.

names = [
    f"{each['features__normalize']}\n{each['emotion__learning_rate']:g}"
    for each in outcome["estimator"][0].cv_results_["params"]
]
figure, ax = plt.subplots(layout="constrained")
for fold, fitted in enumerate(outcome["estimator"]):
    scored = fitted.cv_results_["mean_test_score"]
    ax.plot(names, 100 * scored, "o-", label=f"fold {fold}")
    best = names[fitted.best_index_]
    ax.plot(best, 100 * scored.max(), "ks", markersize=10, fillstyle="none")
ax.axhline(100 / 3, color="grey", linestyle="--", label="chance")
ax.set(ylabel="UAR of inner folds (%)", title="Candidates; squares are chosen")
ax.legend()
plt.show()

# %%
# 4 What it is worth
# ------------------
#
# The inner folds' score of the chosen candidate answers another question: it was picked for being
# the highest, and its networks had fewer speakers to learn from. The score that counts is that of
# the outer folds, by speakers who had no say.

inner = [100 * fitted.best_score_ for fitted in outcome["estimator"]]
outer = 100 * outcome["test_score"]
figure, ax = plt.subplots(layout="constrained")
ax.bar(np.arange(2) - 0.2, inner, 0.4, label="chosen by (inner)", color="C1")
ax.bar(np.arange(2) + 0.2, outer, 0.4, label="tested on (outer)", color="C0")
ax.axhline(100 / 3, color="grey", linestyle="--", label="chance")
ax.set_xticks(range(2), [f"fold {fold}" for fold in range(2)])
ax.set(ylabel="UAR (%)", ylim=(0, 100), title="Chosen and tested")
figure.legend(loc="outside lower center", ncols=3)
plt.show()
