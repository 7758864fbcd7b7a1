"""Who is in a run, and who was trained on and asked in each fold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from skaffect._words import counted
from skaffect.report._run_results import RunResults

Rows = list[dict[str, Any]]
# By condition and column, such as "sentence", the value of each item that has one.
Told = Mapping[str, Mapping[str, Mapping[str, Any]]]


def data_rows(results: RunResults, seconds: Mapping[str, float]) -> Rows:
    """Return a row for each condition: utterances, speakers, and minutes where they are told."""
    rows = []
    for condition, folds in results.members.items():
        items = {item for fold in folds.values() for item in _items(fold)}
        speakers = set(speakers_of(results, condition).values())
        row: dict[str, Any] = {
            "condition": condition,
            "utterances": len(items),
            "speakers": len(speakers) or None,
            "folds": len(folds),
        }
        if condition in seconds:
            row["minutes"] = round(seconds[condition] / 60, 1)
        rows.append(row)
    return rows


def class_rows(labels: Mapping[str, Mapping[str, Any]]) -> Rows:
    """Return a row for each class: how many utterances of each condition it has."""
    classes = sorted({label for of in labels.values() for label in of.values()}, key=str)
    return [
        {
            "class": str(name),
            **{condition: list(of.values()).count(name) for condition, of in labels.items()},
        }
        for name in classes
    ]


def split_rows(results: RunResults) -> Rows:
    """Return a row for each part of a fold: how many were trained on and asked, and who.

    Speakers of what is trained on are counted where the answers tell all of them.
    """
    rows = []
    for condition, folds in results.members.items():
        speaker = speakers_of(results, condition)
        for fold, members in folds.items():
            heard = {speaker.get(item) for item in members["train"]}
            for part, items in members["parts"].items():
                asked = {speaker[item] for item in items if item in speaker}
                row = {
                    "condition": condition,
                    "fold": fold,
                    "part": part,
                    "trained on": len(members["train"]),
                    "asked": len(items),
                }
                if speaker:
                    all_told = None not in heard
                    row |= {
                        "speakers trained on": len(heard) if all_told else None,
                        "speakers asked": len(asked),
                        "on both sides": len(heard & asked) or (0 if all_told else None),
                        "who is asked": ", ".join(sorted(map(str, asked))),
                    }
                rows.append(row)
    return rows


def split_words(results: RunResults) -> tuple[str, bool]:
    """Say whether speakers are kept apart, and whether a reader must mind that they are not."""
    rows = split_rows(results)
    known = [row for row in rows if "on both sides" in row]
    if not known:
        return (
            "The conditions name no speakers, so that nothing can be told of who is on both "
            "sides of a split, and no interval can count them.",
            True,
        )
    shared = [row for row in known if row["on both sides"]]
    unknown = _unknown_train(results)
    untold = (
        f" Of {unknown} utterances that are only trained on, the run's answers do not tell the "
        "speaker, who may be asked as well."
        if unknown
        else ""
    )
    if shared:
        first = shared[0]
        return (
            f"Speakers are on both sides in {len(shared)} of {len(known)} splits (first: "
            f"{first['condition']}, {first['fold']}, {first['part']}): these figures are for "
            f"voices that were heard in training, and say little of others.{untold}",
            True,
        )
    if unknown:
        return (
            f"Whether speakers are kept apart cannot be told from the run's tables.{untold}",
            True,
        )
    return "No speaker who is asked was trained on, in any fold.", False


def shared_words(results: RunResults, told: Told) -> str:
    """Say which other things, such as sentences, are on both sides, as far as they are told."""
    columns = dict.fromkeys(name for of in told.values() for name, values in of.items() if values)
    if not columns:
        return "Whether folds share other things, such as sentences, is not in the run's tables."
    return " ".join(_shared(results, told, name) for name in columns)


def _shared(results: RunResults, told: Told, name: str) -> str:
    are_shared: list[bool] = []
    n_untold = 0
    for condition, folds in results.members.items():
        value = told.get(condition, {}).get(name, {})
        for members in folds.values():
            heard = {value[item] for item in members["train"] if item in value}
            asked = [item for items in members["parts"].values() for item in items]
            are_shared += [value[item] in heard for item in asked if item in value]
            n_untold += sum(item not in value for item in asked)
    untold = f" Of {counted(n_untold, 'utterance')} it is not told." if n_untold else ""
    if not any(are_shared):
        return f"No `{name}` that is asked was trained on, in any fold.{untold}"
    return (
        f"Of {len(are_shared)} utterances that are asked, {sum(are_shared)} have a `{name}` that "
        f"was trained on as well: the figures say little of other ones.{untold}"
    )


def speakers_of(results: RunResults, condition: str) -> dict[str, Any]:
    """Return the speaker of each item of a condition, as far as answers tell them."""
    rows = results.answers[results.answers["condition"] == condition]
    pairs = zip(rows["item"].tolist(), rows["speaker"].tolist(), strict=True)
    return {item: speaker for item, speaker in pairs if speaker is not None}


def labels_of(results: RunResults, condition: str) -> dict[str, Any]:
    """Return the true label of each item of a condition, as far as answers tell them."""
    rows = results.answers[results.answers["condition"] == condition]
    return dict(zip(rows["item"].tolist(), rows["true"].tolist(), strict=True))


def _unknown_train(results: RunResults) -> int:
    unknown = 0
    for condition, folds in results.members.items():
        speaker = speakers_of(results, condition)
        trained = {item for fold in folds.values() for item in fold["train"]}
        unknown += len(trained - set(speaker))
    return unknown


def _items(fold: Mapping[str, Any]) -> set[str]:
    return {*fold["train"], *(item for items in fold["parts"].values() for item in items)}
