"""What was run, and how to run it again, by a run's record."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from skaffect.report._report import Report
from skaffect.report._run_results import RunResults

_DIGITS = 16
WHAT_WAS_RUN = "What was run, and how to run it again"
_AGAIN = (
    "With the same folder, what is given is compared with the run's record, every utterance's "
    "hash included: another configuration is refused by naming what differs, and only what is "
    "missing is run. With a new folder all of it is run. Sums of floating-point numbers may "
    "differ in their last digits on another machine."
)


def add_what_was_run(report: Report, results: RunResults, command: str | None) -> None:
    """Add the record's part of a report."""
    record = results.record
    if command is not None:
        report.add_code(command, caption="What makes this run")
        report.add_text(_AGAIN)
    if record is None:
        report.add_text(
            "This report was made without the run's folder, whose record holds parameters, "
            "versions, seeds and hashes."
        )
    else:
        _add_record(report, record, results.seconds)
    in_python = _in_python(record)
    report.add_text(in_python if command is not None else f"{in_python} {_AGAIN}")


def _add_record(report: Report, record: Mapping[str, Any], seconds: float | None) -> None:
    took = "" if seconds is None else f" The folds took {_duration(seconds)} of work in all."
    report.add_text(
        f"The seed is {record['seed']}, from which each system, condition and fold has its own."
        f"{took}"
    )
    parameters = {name: record[name] for name in ("systems", "protocol", "metrics")}
    report.add_code(
        json.dumps(parameters, indent=2, ensure_ascii=False),
        caption="Systems, protocol and metrics, with all their parameters",
    )
    report.add_table(_hash_rows(record), caption="SHA-256 of data, splits and code")
    versions = [{"package": name, "version": of} for name, of in record["versions"].items()]
    report.add_table(versions, caption="Versions")


def _hash_rows(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return one hash for each thing of which the record has many, or all."""
    rows = [
        {
            "of": f"{kind} of {name}",
            "entries": entries,
            "SHA-256, first digits": _digest(content),
        }
        for name, condition in record["conditions"].items()
        for kind, entries, content in (
            ("utterances", len(condition["sha256"]), condition["sha256"]),
            ("columns", len(condition["columns"]), condition["columns"]),
            ("splits", len(record["splits"][name]), record["splits"][name]),
        )
    ]
    code = record["code"]
    return [
        *rows,
        {"of": "modules", "entries": len(code), "SHA-256, first digits": _digest(code)},
    ]


def _duration(seconds: float) -> str:
    return f"{seconds:.1f} seconds" if seconds < 120 else f"{seconds / 60:.1f} minutes"


def _digest(content: Any) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


def _in_python(record: Mapping[str, Any] | None) -> str:
    seed = "the seed" if record is None else f"`random_state={record['seed']}`"
    return (
        "In Python, call `run_protocol` with the same systems, conditions, protocol and metrics, "
        f"and {seed}."
    )
