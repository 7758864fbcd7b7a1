"""Who is heard and tested in the device benchmark, and what it says of its table."""

from __future__ import annotations

import numpy as np

from benchmarks._device_table import N_FOLDS, orderings, split, validation_split

SPEAKERS = np.repeat([f"speaker{i:02d}" for i in range(16)], 3)


def test_nobody_is_heard_and_tested_and_everybody_is_tested_once() -> None:
    tested = np.zeros(len(SPEAKERS), int)
    for fold in range(N_FOLDS):
        train, test = split(SPEAKERS, fold, random_state=0)
        assert not set(SPEAKERS[train]) & set(SPEAKERS[test])
        assert (train | test).all()
        tested += test
    assert (tested == 1).all()
    assert (split(SPEAKERS, 0, 0)[1] != split(SPEAKERS, 0, 1)[1]).any()


def test_choices_never_touch_the_first_folds_test_part() -> None:
    heard, unheard = validation_split(SPEAKERS, random_state=0)
    train, test = split(SPEAKERS, 0, random_state=0)
    assert not (test & (heard | unheard)).any()
    assert not set(SPEAKERS[heard]) & set(SPEAKERS[unheard])
    assert ((heard | unheard) == train).all()


def test_orderings_are_those_of_the_figures() -> None:
    high, low = [0.9, 0.8, 0.7], [0.5, 0.5, 0.5]
    told = orderings(
        {
            "Ex-1": {"baseline": low, "SA-CNN": low, "DA-CNN": high, "cepstral SVM": [1.0] * 3},
            "neutral/whispered": {
                "baseline": low,
                "SA-CNN": low,
                "DA-CNN": high,
                "cepstral SVM": low,
            },
        }
    )
    assert "DA-CNN first on Ex-1: holds" in told
    assert "SA-CNN below the baseline on Ex-1: does not hold" in told
    assert "baseline first on neutral/whispered: does not hold" in told
    above = [line for line in told if line.startswith("DA-CNN above all three others")]
    assert "does not hold" in above[0]
    assert "cepstral SVM by -20.0 ± 8.2" in above[0]
    assert "Ex-1: does" in above[0]
    assert "neutral/whispered: holds" in above[1]
