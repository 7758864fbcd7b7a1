"""On a Dask cluster of processes, one of which is killed, all gives what it gives here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

RESULTS = ("table.csv", "answers.csv", "members.json")
N_ARRAYS = {"features": 8, "scores": 2, "faces": 8}
SCRIPT = '''
import json, os, signal, sys, threading, time
from pathlib import Path

FOLDER = Path(sys.argv[1])


def main():
    from skaffect._quiet import quiet_tensorflow

    quiet_tensorflow()
    import joblib
    import numpy as np
    import soundfile
    from distributed import Client, LocalCluster, get_task_stream
    from sklearn.metrics import balanced_accuracy_score
    from sklearn.model_selection import GroupKFold, cross_validate
    from sklearn.pipeline import make_pipeline
    from sklearn.utils import Bunch

    from skaffect import (
        DERNClassifier,
        DSRNRegressor,
        EmotionConditionedRegressor,
        MFSCWindower,
        SplitProtocol,
        make_affective_speech,
        run_protocol,
    )

    speech = make_affective_speech(4, 1, emotions=("angry", "sad"), random_state=0)
    paths = []
    for i, waveform in enumerate(speech.data):
        paths.append(str(FOLDER / f"{i}.wav"))
        soundfile.write(paths[-1], waveform, 16000)
    corpus = Bunch(data=paths, target=speech.target, speaker=speech.speaker)
    small = {"filters": (4, 4), "epochs": 2}

    def table(name):
        """Run four folds, each of them a task, and leave their tables in the folder."""
        windower = MFSCWindower(cache=FOLDER / f"cache-{name}")
        run_protocol(
            {"DERN": make_pipeline(windower, DERNClassifier(dense_units=8, **small))},
            {"files": corpus},
            SplitProtocol(GroupKFold(4)),
            folder=FOLDER / name,
            metrics={"UAR": balanced_accuracy_score},
            random_state=0,
        )
        return []

    def features(name):
        """Compute them into a cache that is still empty."""
        windower = MFSCWindower(cache=FOLDER / f"fresh-{name}")
        return [windows.frames for windows in windower.fit_transform(paths)]

    def scores(name):
        dern = DERNClassifier(dense_units=8, random_state=0, **small)
        return cross_validate(
            make_pipeline(MFSCWindower(), dern),
            speech.data,
            speech.target,
            groups=speech.speaker,
            cv=GroupKFold(2),
            scoring="neg_log_loss",
        )["test_score"]

    def faces(name):
        entries = MFSCWindower(cache=FOLDER / f"fresh-{name}").fit_transform(paths)
        cascade = EmotionConditionedRegressor(
            DERNClassifier(dense_units=8, random_state=0, **small),
            DSRNRegressor(dense_units=(8,), random_state=0, **small),
        )
        shapes = [windows.frames[:, :3] for windows in entries]
        return cascade.fit(entries, shapes, emotion=corpus.target).predict(entries)

    def run(step, name):
        np.savez(FOLDER / f"{name}-{step.__name__}.npz", *step(name))

    def kill_one(client, killed):
        """Kill a worker that has a fold to run, once features are computed."""
        while not list(FOLDER.glob("cache-cluster/**/*.npy")):
            time.sleep(0.01)
        pids, at_work = client.run(os.getpid), []
        while not at_work:
            running = client.processing()
            at_work = [worker for worker in pids if "finish" in str(running.get(worker))]
        killed += at_work[:1]
        os.kill(pids[killed[0]], signal.SIGKILL)

    steps = (table, features, scores, faces)
    for step in steps:
        run(step, "here")
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster,
        Client(cluster) as client,
        joblib.parallel_config("dask"),
    ):
        before, killed, ran = client.run(os.getpid), [], {}
        killer = threading.Thread(target=kill_one, args=(client, killed))
        killer.start()
        for step in steps:
            with get_task_stream() as stream:
                run(step, "cluster")
            ran[step.__name__] = {task["worker"] for task in stream.data}
        killer.join()
        client.wait_for_workers(2)
        after = client.run(os.getpid)
        lost = [
            sorted(event["processing-tasks"])
            for _, event in client.get_events("all")
            if event.get("action") == "remove-worker" and event["worker"] in killed
        ]
    pids = {**before, **after}
    report = {
        "own": os.getpid(),
        "before": sorted(before.values()),
        "after": sorted(after.values()),
        "killed": [before[worker] for worker in killed],
        "lost": lost,
        "ran": {name: sorted(pids[worker] for worker in ran[name]) for name in ran},
    }
    (FOLDER / "workers.json").write_text(json.dumps(report))


if __name__ == "__main__":
    main()
'''


@pytest.mark.slow
def test_cluster_that_loses_a_worker_gives_the_same(tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="the extra skaffect[dask] is not installed")
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path)], capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr[-3000:]
    workers = json.loads((tmp_path / "workers.json").read_text())
    before, after, (killed,) = workers["before"], workers["after"], workers["killed"]
    (lost,) = workers["lost"]
    assert len(before) == len(after) == 2
    assert killed in before
    assert killed not in after
    assert any("finish" in task for task in lost)
    assert set(workers["ran"]) == {"table", *N_ARRAYS}
    for name, processes in workers["ran"].items():
        assert processes, name
        assert workers["own"] not in processes
    for name in RESULTS:
        here, cluster = ((tmp_path / run / name).read_bytes() for run in ("here", "cluster"))
        assert here == cluster, name
    for step, n_arrays in N_ARRAYS.items():
        here, cluster = (np.load(tmp_path / f"{run}-{step}.npz") for run in ("here", "cluster"))
        assert len(here.files) == len(cluster.files) == n_arrays
        for name in here.files:
            np.testing.assert_array_equal(here[name], cluster[name])
