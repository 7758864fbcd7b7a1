"""The result of a run in a sentence."""

from __future__ import annotations

from skaffect._words import counted
from skaffect.report._run_scores import Scores
from skaffect.report._tables import column_texts

_WRITTEN_OUT = {"UAR": "Unweighted average recall (UAR)"}


def headline(metric: str, scores: Scores, chance: float | None, *, are_unheard: bool) -> str:
    """Say how well the first system did, beside chance and the others.

    Parameters
    ----------
    metric : str
        The metric's name.
    scores : Scores
        What it is of each system.
    chance : float or None
        The metric of always giving the commonest class; None of what are no classes.
    are_unheard : bool
        Whether no speaker who is asked was trained on.

    Returns
    -------
    sentence : str
        Empty where there is no interval, or where there are several conditions or parts.
    """
    first, *others = scores.rows
    interval = scores.intervals[0]
    if interval is None or len({(row["condition"], row["part"]) for row in scores.rows}) > 1:
        return ""
    pooled = [row["pooled"] for row in others]
    estimate, low, high, at_chance, *texts = column_texts([*interval[:3], chance, *pooled])
    beside = [f"chance {at_chance}"] if at_chance else []
    beside += [f"{row['system']} {text}" for row, text in zip(others, texts, strict=True) if text]
    who = counted(interval.n_groups, "unheard speaker" if are_unheard else "speaker")
    return (
        f"{_WRITTEN_OUT.get(metric, metric)} of {first['system']} on {who}, all folds' answers "
        f"together: {estimate} ({100 * interval.confidence:g} % interval {low} to {high})"
        f"{'; ' if beside else ''}{', '.join(beside)}."
    )
