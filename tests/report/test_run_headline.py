"""The result of a run in a sentence."""

from __future__ import annotations

from skaffect.metrics import MetricInterval
from skaffect.report._run_headline import headline
from skaffect.report._run_scores import Scores

INTERVAL = MetricInterval(0.5614, 0.47, 0.65, confidence=0.95, n_groups=16, n_resamples=100)


def scores(*rows: tuple[str, str, float], interval: MetricInterval | None = INTERVAL) -> Scores:
    told = [
        {"system": system, "condition": "speech", "part": part, "pooled": pooled}
        for system, part, pooled in rows
    ]
    return Scores(told, [interval, *[None] * (len(rows) - 1)], [])


def test_the_first_system_stands_beside_chance_and_the_others() -> None:
    both = scores(("DERN", "test", 0.5614), ("commonest emotion", "test", 1 / 7))
    assert headline("UAR", both, 1 / 7, are_unheard=True) == (
        "Unweighted average recall (UAR) of DERN on 16 unheard speakers, all folds' answers "
        "together: 0.561 (95 % interval 0.470 to 0.650); chance 0.143, commonest emotion 0.143."
    )


def test_heard_speakers_are_not_said_to_be_unheard_and_chance_may_be_unknown() -> None:
    alone = scores(("faces", "test", 0.5614))
    assert headline("error", alone, None, are_unheard=False) == (
        "error of faces on 16 speakers, all folds' answers together: 0.561 (95 % interval 0.470 "
        "to 0.650)."
    )


def test_without_an_interval_or_of_several_parts_nothing_is_said() -> None:
    alone = scores(("DERN", "test", 0.5614), interval=None)
    assert headline("UAR", alone, None, are_unheard=True) == ""
    several = scores(("DERN", "test", 0.5614), ("DERN", "whispered", 0.4))
    assert headline("UAR", several, None, are_unheard=True) == ""
