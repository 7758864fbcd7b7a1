"""On a Dask cluster of processes, one of which is killed, a run gives what it gives here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

RESULTS = ("table.csv", "answers.csv", "members.json")
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
    from distributed import Client, LocalCluster
    from sklearn.metrics import balanced_accuracy_score
    from sklearn.model_selection import GroupKFold
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

    def jobs(name):
        windower = MFSCWindower(cache=FOLDER / f"cache-{name}")
        run_protocol(
            {"DERN": make_pipeline(windower, DERNClassifier(dense_units=8, **small))},
            {"files": corpus},
            SplitProtocol(GroupKFold(4)),
            folder=FOLDER / name,
            metrics={"UAR": balanced_accuracy_score},
            random_state=0,
        )
        entries = windower.fit_transform(paths)
        cascade = EmotionConditionedRegressor(
            DERNClassifier(dense_units=8, random_state=0, **small),
            DSRNRegressor(dense_units=(8,), random_state=0, **small),
        )
        shapes = [windows.frames[:, :3] for windows in entries]
        faces = cascade.fit(entries, shapes, emotion=corpus.target).predict(entries)
        np.savez(FOLDER / f"{name}.npz", *faces)

    def kill_one(client, ended):
        """Kill the first worker that has computed features, while it trains."""
        while not list(FOLDER.glob("cache-cluster/**/*.npy")):
            time.sleep(0.01)
        ended.append(sorted(client.run(os.getpid).values())[0])
        os.kill(ended[0], signal.SIGKILL)

    jobs("here")
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
        joblib.parallel_config("dask"),
    ):
        before, ended = set(client.run(os.getpid).values()), []
        killer = threading.Thread(target=kill_one, args=(client, ended))
        killer.start()
        jobs("cluster")
        killer.join()
        client.wait_for_workers(2)
        after = set(client.run(os.getpid).values())
    (FOLDER / "workers.json").write_text(json.dumps([*map(sorted, (before, after)), ended]))


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
    before, after, (killed,) = json.loads((tmp_path / "workers.json").read_text())
    assert len(before) == len(after) == 2
    assert killed in before
    assert killed not in after
    for name in RESULTS:
        here, cluster = ((tmp_path / run / name).read_bytes() for run in ("here", "cluster"))
        assert here == cluster, name
    with np.load(tmp_path / "here.npz") as here, np.load(tmp_path / "cluster.npz") as cluster:
        assert len(here.files) == len(cluster.files) == 8
        for name in here.files:
            np.testing.assert_array_equal(here[name], cluster[name])
