"""Faces of unheard speakers: what is compared, how it is measured, and what is observed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import compress
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import Bunch

from skaffect.cli._corpora import SPLIT_COLUMNS
from skaffect.cli._guessing import HEARING, Learnt, guessing_loss, mean_face_loss
from skaffect.cli._job import Evaluation, Job, numbered
from skaffect.cli._tracks import Track, faces_of
from skaffect.metrics._error_sums import error_ratio, error_sums, squared_error
from skaffect.model_selection import System

TRUE = "true face"
CASCADE, COMBINED, ALONE = "cascade", "all combined", "one network"
_ORACLE = "true emotion"
# The paper's Table IV, in units that it does not give.
_TABLE_IV = {CASCADE: 5.57, _ORACLE: 3.23, COMBINED: 6.73}
# Of the shape parameters, which are in pixels of aligned faces.
_RATIO, _MSE = "squared error (mean face's = 1)", "squared error (square pixels)"
_MEAN_FACE = "the mean face is that of training, and never moves."
_OF_EMOTIONS = (
    "The cascade answers with the networks of the two emotions that it hears; true emotion is "
    f"told which it is; all combined is one network for all emotions; {_MEAN_FACE}"
)
_OF_ONE = f"One network answers for every recording; {_MEAN_FACE}"
FILM_FPS = 25.0
# Audio frames from one picture of a film to the next.
_STEP = 4


def animation_job(
    corpus: Mapping[str, Any], tracks: Sequence[Track], condition: str, pipeline: Any
) -> Job:
    """Return the cascade beside its oracle and one network for all, or that one alone.

    Parameters
    ----------
    corpus : mapping
        With `data` and `speaker`, and with `target`, the emotions, for the cascade.
    tracks : sequence of Track
        The landmarks of each utterance.
    condition : str
        Name of the corpus.
    pipeline : Pipeline
        The default pipeline of the job: with the cascade and its ``universal`` network
        where there are emotions.
    """
    has_emotions = "target" in corpus
    ways: dict[str, dict[str, Any]] = {ALONE: {}}
    if has_emotions:
        ways = {
            CASCADE: {},
            _ORACLE: {"emotion": "emotion"},
            COMBINED: {"mode": "universal"},
        }
    known = ("data", "speaker", "sr", *SPLIT_COLUMNS)
    columns = {name: corpus[name] for name in known if name in corpus}
    if has_emotions:
        columns["emotion"] = corpus["target"]
    return Job(
        name="animation",
        title="Faces of unheard speakers",
        condition=condition,
        corpus=numbered(columns, target=_targets(pipeline, corpus["data"], tracks)),
        systems={
            "faces": System(
                pipeline,
                fit_params={"face__emotion": "emotion"} if has_emotions else {},
                answers={
                    **{name: partial(errors, asked=asked) for name, asked in ways.items()},
                    "mean face": errors_of_mean_face,
                },
                observations={
                    "histories": partial(face_histories, alone=ALONE),
                    "learnt": partial(faces_learnt, alone=ALONE),
                    "faces": partial(_faces, ways=ways),
                },
            )
        },
        metrics={_RATIO: error_ratio, _MSE: squared_error},
        published={_MSE: _TABLE_IV} if has_emotions else {},
        note="The published figures are the paper's Table IV: SAVEE, whose four speakers are the "
        "same in training and test, in units that it does not give. Not a comparison.",
        about=_OF_EMOTIONS if has_emotions else _OF_ONE,
        loss=_MSE,
    )


def _targets(pipeline: Any, data: Any, tracks: Sequence[Track]) -> list[NDArray[Any]]:
    """Return the landmarks at every audio frame, NaN where the video has ended."""
    return faces_of(tracks, pipeline[:-1].fit_transform(data), pipeline["features"])


def errors(model: Any, rows: Bunch, asked: Mapping[str, str]) -> NDArray[np.float64]:
    """Return sums of errors of each utterance, as :func:`error_sums` does.

    `asked` is what `predict` is told, where ``emotion`` means each utterance's own.
    """
    face, windows = model[-1], model[:-1].transform(rows.data)
    predicted = face.regressor_.predict(windows, **_given(asked, rows))
    return error_sums(face.shape_parameters(rows.target), predicted)


def errors_of_mean_face(model: Any, rows: Bunch) -> NDArray[np.float64]:
    """Return the same for the mean training face."""
    true = model[-1].shape_parameters(rows.target)
    # Shape parameters are counted from the training frames' mean.
    return error_sums(true, [np.zeros_like(entry) for entry in true])


def _given(asked: Mapping[str, str], rows: Bunch) -> dict[str, Any]:
    """Return what predict is told: of an emotion, that of each utterance."""
    return {name: rows.emotion if name == "emotion" else value for name, value in asked.items()}


def face_histories(
    model: Any, trained: Bunch, parts: Mapping[str, Bunch], *, alone: str
) -> dict[str, dict[str, list[float]]]:
    """Observe the learning curves of all networks of faces; `alone` names a single one."""
    regressor = model[-1].regressor_
    if not hasattr(regressor, "regressors_"):
        return {alone: regressor.history_}
    own = {str(label): part.history_ for label, part in regressor.regressors_.items()}
    # Which training alone has not.
    universal = getattr(regressor, "universal_", None)
    return own if universal is None else {COMBINED: universal.history_, **own}


def faces_learnt(
    model: Any, trained: Bunch, parts: Mapping[str, Bunch], *, alone: str
) -> dict[str, Learnt]:
    """Observe how much the networks of faces, and that which hears emotions, have learnt.

    `trained` has the faces as `target`, and `emotion` where there is a cascade.
    """
    face = model[-1]
    parameters = list(face.shape_parameters(trained.target))
    emotions = list(map(str, trained.emotion)) if "emotion" in trained else []
    learnt = {}
    for name, curves in face_histories(model, trained, parts, alone=alone).items():
        is_own = [emotion == name for emotion in emotions]
        own = list(compress(parameters, is_own)) if any(is_own) else parameters
        losses = curves["loss"]
        learnt[name] = Learnt(losses[-1], mean_face_loss(own), len(losses))
    if emotions:
        losses = face.regressor_.classifier_.history_["loss"]
        learnt[HEARING] = Learnt(losses[-1], guessing_loss(emotions), len(losses))
    return learnt


def all_learnt(evaluation: Evaluation) -> dict[str, Learnt]:
    """Return how much each network has learnt, the mean over folds."""
    (of_system,) = evaluation.result.observations.values()
    folds = [observed["learnt"] for observed in of_system[evaluation.job.condition].values()]
    names = dict.fromkeys(name for fold in folds for name in fold)
    means = {
        name: np.mean([fold[name] for fold in folds if name in fold], axis=0).tolist()
        for name in names
    }
    return {name: Learnt(mean[0], mean[1], round(mean[2])) for name, mean in means.items()}


def _faces(
    model: Any,
    trained: Bunch,
    parts: Mapping[str, Bunch],
    ways: Mapping[str, Mapping[str, str]],
) -> Any:
    """Return the true and the predicted faces of utterances of an unheard speaker."""
    test = parts["test"]
    chosen = _filmed(test)
    rows = Bunch(
        data=[test.data[i] for i in chosen],
        emotion=test.emotion[chosen] if "emotion" in test else None,
    )
    face, windows = model[-1], model[:-1].transform(rows.data)
    tracks = {
        name: face.predict(windows, **_given(asked, rows))
        for name, asked in ways.items()
        if name != _ORACLE
    }
    films = []
    for k, i in enumerate(chosen):
        seen = ~np.isnan(test.target[i][:, 0, 0])
        own = {TRUE: face.shape_.align([test.target[i][seen]])[0]}
        own |= {name: answers[k][seen] for name, answers in tracks.items()}
        films.append(
            {
                "number": int(test.number[i]),
                "speaker": str(test.speaker[i]),
                "emotion": None if rows.emotion is None else str(rows.emotion[k]),
                "tracks": {name: _drawn(track) for name, track in own.items()},
            }
        )
    return films


def _filmed(test: Bunch) -> list[int]:
    """Return the first utterances of the first speaker in the first and the last emotion."""
    own = np.flatnonzero(test.speaker == test.speaker[0])
    if "emotion" not in test:
        return own[:1].tolist()
    labels = np.unique(test.emotion[own])
    return [int(own[test.emotion[own] == label][0]) for label in dict.fromkeys(labels[[0, -1]])]


def _drawn(track: NDArray[Any]) -> Any:
    """Return the faces of a film, to a tenth of a pixel."""
    return np.round(np.asarray(track[::_STEP], np.float64), 1).tolist()
