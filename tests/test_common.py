"""scikit-learn's common checks on every public transformer and estimator, in one table.

To add one, add a Case. An expected failure is listed with its reason; none may be about
cloning, pickling, idempotence, mutation or feature counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pytest
from sklearn.base import clone
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import check_estimator

from skaffect import (
    AudioReader,
    DERNClassifier,
    DFTCNNBaseline,
    DualAttentionDeviceClassifier,
    LogFilterbank,
    MFSCWindower,
    SingleAttentionDeviceClassifier,
    ToneTrimmer,
)

FEWEST_CHECKS = 40
MOST_EXPECTED_FAILURES = 3
NEVER_EXPECTED = (
    "clon",
    "pickl",
    "idempot",
    "dict_unchanged",
    "overwrite",
    "readonly",
    "n_features",
)

# Checks that scikit-learn itself skips, and why.
SKIPPED = {
    "check_array_api_input": "SCIPY_ARRAY_API is not set, and no estimator claims that support",
}

SHORT_ROWS = pytest.mark.filterwarnings(
    # The checks' rows are a few samples; that this is warned about is tested elsewhere.
    r"ignore:X\[\d+\] lasts .* padded with zeros:UserWarning"
)
LOUD_ROWS = pytest.mark.filterwarnings(
    # The checks' rows reach 105; this warning, too, is tested elsewhere.
    r"ignore:X\[\d+\] has samples up to:UserWarning"
)


class Case(NamedTuple):
    """An estimator, its expected failures with their reasons, and marks for its test."""

    id: str
    estimator: Any
    expected_failures: Mapping[str, str] = {}
    marks: Sequence[pytest.MarkDecorator] = ()


# Large enough to separate the checks' blobs in a few seconds.
SMALL_DERN = DERNClassifier(
    filters=(8,),
    dense_units=16,
    dropout=0.0,
    augmentation=0.0,
    frame_stride=1,
    epochs=8,
    batch_size=16,
    learning_rate=0.01,
    learning_rate_schedule="constant",
    random_state=0,
)

# As large, for rows that are utterances of one frame.
SMALL_ATTENTION = {
    "filters": (8, 8, 8),
    "lstm_units": 4,
    "dense_units": 16,
    "dropout": 0.0,
    "epochs": 8,
    "batch_size": 16,
    "learning_rate": 0.01,
    "learning_rate_schedule": "constant",
    "random_state": 0,
}
# Rows are recordings of a few samples: one piece, padded with zeros.
SMALL_DFT = DFTCNNBaseline(
    filters=(8,),
    dense_units=16,
    sr=16,
    piece_seconds=1.0,
    epochs=8,
    batch_size=16,
    learning_rate=0.01,
    learning_rate_schedule="constant",
    random_state=0,
)

MINIBATCHES = {
    "check_sample_weight_equivalence_on_dense_data": "it asks 1e-7 of training in float32 "
    "minibatches, where a weight of two and an utterance twice make other batches"
}

CASES = [
    Case(
        "AudioReader",
        AudioReader(),
        {"check_estimators_dtypes": "it feeds int64, and 64-bit integers have no PCM full scale"},
    ),
    Case(
        "DERNClassifier",
        SMALL_DERN,
        MINIBATCHES,
        marks=[pytest.mark.slow],
    ),
    Case(
        "DFTCNNBaseline",
        SMALL_DFT,
        {
            **MINIBATCHES,
            "check_classifiers_train": "its rows are waveforms of two samples, and absolute DFT "
            "values are the same for a waveform, its negative and its reverse",
        },
        marks=[pytest.mark.slow, LOUD_ROWS],
    ),
    Case(
        "DualAttentionDeviceClassifier",
        DualAttentionDeviceClassifier(**SMALL_ATTENTION),
        MINIBATCHES,
        marks=[pytest.mark.slow],
    ),
    Case("LogFilterbank", LogFilterbank(), marks=[SHORT_ROWS, LOUD_ROWS]),
    Case("LogFilterbank-corpus", LogFilterbank(normalize="corpus"), marks=[SHORT_ROWS, LOUD_ROWS]),
    Case("MFSCWindower", MFSCWindower(), marks=[SHORT_ROWS, LOUD_ROWS]),
    Case("MFSCWindower-corpus", MFSCWindower(normalize="corpus"), marks=[SHORT_ROWS, LOUD_ROWS]),
    Case(
        "SingleAttentionDeviceClassifier",
        SingleAttentionDeviceClassifier(**SMALL_ATTENTION),
        MINIBATCHES,
        marks=[pytest.mark.slow],
    ),
    Case("ToneTrimmer", ToneTrimmer(), marks=[LOUD_ROWS]),
]


@pytest.mark.parametrize(
    ("estimator", "expected_failures"),
    [
        pytest.param(case.estimator, case.expected_failures, id=case.id, marks=case.marks)
        for case in CASES
    ],
)
def test_common_checks(estimator: Any, expected_failures: Mapping[str, str]) -> None:
    records = check_estimator(
        estimator, expected_failed_checks=dict(expected_failures), on_fail=None, on_skip=None
    )
    by_status: dict[str, dict[str, Any]] = {}
    for record in records:
        by_status.setdefault(record["status"], {})[record["check_name"]] = record["exception"]
    assert by_status.pop("failed", {}) == {}
    assert set(by_status.pop("skipped", {})) <= set(SKIPPED)
    # One that passes after all must leave the table.
    assert set(by_status.pop("xfail", {})) == set(expected_failures)
    assert set(by_status) == {"passed"}
    ran = [record for record in records if record["status"] != "skipped"]
    assert len(ran) >= FEWEST_CHECKS


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_expected_failures_are_few_and_harmless(case: Case) -> None:
    assert len(case.expected_failures) <= MOST_EXPECTED_FAILURES
    for name, reason in case.expected_failures.items():
        assert not any(word in name for word in NEVER_EXPECTED)
        assert len(reason) > 10


@pytest.mark.parametrize(
    "name",
    [
        "check_classifiers_one_label",
        "check_dict_unchanged",
        "check_estimator_cloneable",
        "check_estimator_repr",
        "check_estimator_tags_renamed",
        "check_estimators_unfitted",
        "check_get_params_invariance",
        "check_mixin_order",
        "check_n_features_in",
        "check_no_attributes_set_in_init",
        "check_set_params",
        "check_valid_tag_types",
    ],
)
def test_quick_checks_of_networks(name: str) -> None:
    # All the others, which train many networks, are among the slow tests.
    network = clone(SMALL_DERN).set_params(filters=(2,), dense_units=4, epochs=1)
    getattr(estimator_checks, name)("DERNClassifier", network)
