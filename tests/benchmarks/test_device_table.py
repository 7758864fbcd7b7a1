"""Who is heard and tested in the device benchmark, and what it says of its table."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks._device_table import ChoiceProtocol, columns_of, orderings
from skaffect import DeviceProtocol

SPEAKERS = np.repeat([f"speaker{i:02d}" for i in range(16)], 3)


def test_choices_never_touch_the_first_folds_test_part() -> None:
    corpus = {"data": list(range(len(SPEAKERS))), "speaker": SPEAKERS}
    first = DeviceProtocol(random_state=3).folds(corpus)[0]
    (fold,) = ChoiceProtocol(random_state=3).folds(corpus)
    asked = fold.parts["validation"]
    np.testing.assert_array_equal(np.sort(np.concatenate([fold.train, asked])), first.train)
    assert not set(SPEAKERS[fold.train]) & set(SPEAKERS[asked])
    assert 2 * len(asked) < len(fold.train)
    (other,) = ChoiceProtocol(random_state=4).folds(corpus)
    assert set(asked) != set(other.parts["validation"])


def test_columns_are_conditions_or_modes() -> None:
    table = pd.DataFrame(
        [
            ("a", "Ex-1", "fold 1", "test", 0.5),
            ("a", "Ex-1", "fold 2", "test", 0.25),
            ("a", "Ex-2", "neutral, fold 1", "neutral/whispered", 0.75),
        ],
        columns=["system", "condition", "fold", "part", "value"],
    )
    assert columns_of(table) == {"Ex-1": {"a": [0.5, 0.25]}, "neutral/whispered": {"a": [0.75]}}


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
