"""A network in a run: seeded by it, told its speakers, and the same when the run goes on."""

from __future__ import annotations

from pathlib import Path

import pytest
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline

from skaffect import (
    DERNClassifier,
    MFSCWindower,
    SplitProtocol,
    System,
    make_affective_speech,
    run_protocol,
)


@pytest.mark.slow
def test_dern_goes_on_where_it_was(tmp_path: Path) -> None:
    corpus = make_affective_speech(n_speakers=4, n_sentences=1, random_state=0)
    model = make_pipeline(
        MFSCWindower(), DERNClassifier(epochs=1, early_stopping=True, augmentation=0.0)
    )

    def run() -> dict[str, bytes]:
        run_protocol(
            {"DERN": System(model, {"dernclassifier__groups": "speaker"})},
            {"generated": corpus},
            SplitProtocol(GroupKFold(2)),
            folder=tmp_path,
            metrics={"UAR": balanced_accuracy_score},
            random_state=0,
        )
        return {name: (tmp_path / name).read_bytes() for name in ("table.csv", "answers.csv")}

    first = run()
    next((tmp_path / "folds").glob("*fold-2*.json")).unlink()
    assert run() == first
