"""What a report says of what else is on both sides of a split."""

from __future__ import annotations

from typing import Any

import pytest

from skaffect.report._run_card import shared_words
from skaffect.report._run_results import RunResults

MEMBERS = {
    "speech": {
        "fold 1": {"train": ["a", "b"], "parts": {"test": ["c", "d"]}},
        "fold 2": {"train": ["c", "d"], "parts": {"test": ["a", "b"]}},
    }
}


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({}, "Whether folds share other things, such as sentences, is not in the run's tables."),
        ({"sentence": {}}, "Whether folds share other things, such as sentences, is not in the"),
        (
            {"sentence": {"a": "01", "b": "02", "c": "03", "d": "04"}},
            "No `sentence` that is asked was trained on, in any fold.",
        ),
        (
            {"sentence": {"a": "01", "b": "02", "c": "02", "d": "04"}},
            "Of 4 utterances that are asked, 2 have a `sentence` that was trained on as well: the "
            "figures say little of other ones.",
        ),
        # Of whom nothing is told.
        (
            {"session": {"a": "01", "c": "01"}},
            "Of 2 utterances that are asked, 2 have a `session` that was trained on as well: the "
            "figures say little of other ones. Of 2 utterances it is not told.",
        ),
    ],
)
def test_what_is_on_both_sides(told: dict[str, Any], words: str) -> None:
    results = RunResults(None, None, MEMBERS, None, None)
    assert shared_words(results, {"speech": told}).startswith(words)


def test_what_is_told_of_some_is_not_said_of_all() -> None:
    results = RunResults(None, None, MEMBERS, None, None)
    words = shared_words(results, {"speech": {"session": {"a": "01", "c": "02"}}})
    assert words == (
        "No `session` that is asked was trained on, in any fold. Of 2 utterances it is not told."
    )


def test_each_column_has_its_sentence() -> None:
    results = RunResults(None, None, MEMBERS, None, None)
    alike, apart = dict.fromkeys("abcd", "01"), {item: item for item in "abcd"}
    words = shared_words(results, {"speech": {"sentence": alike, "session": apart}})
    assert words.endswith("of other ones. No `session` that is asked was trained on, in any fold.")
