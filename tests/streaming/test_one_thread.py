"""Steps of a stream use one thread, and the others' threads come back."""

from __future__ import annotations

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from skaffect.streaming import _stream
from skaffect.streaming._one_thread import one_thread


def threads() -> set[int]:
    return {
        library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"
    }


@pytest.fixture(autouse=True)
def two_threads():
    np.dot(np.eye(2), np.eye(2))
    with threadpool_limits(2, user_api="blas"):
        yield


def test_one_thread_within_and_the_others_after() -> None:
    assert threads() == {2}
    with one_thread():
        assert threads() == {1}
    assert threads() == {2}


def test_the_last_to_leave_gives_the_threads_back() -> None:
    first, second = one_thread(), one_thread()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert threads() == {1}
    second.__exit__(None, None, None)
    assert threads() == {2}


def test_they_come_back_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), one_thread():
        raise ZeroDivisionError
    assert threads() == {2}


@pytest.mark.parametrize("call", ["feed", "finish"])
def test_a_stream_answers_by_one_thread(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Counting(_stream.Stream):
        def _answer(self, rows: object, *, last: bool) -> set[int]:
            return threads()

    from skaffect import MFSCWindower

    windower = MFSCWindower(normalize=None, floor_db=None, skip_silence=False)
    stream = Counting(windower.fit([np.zeros(800, np.float32)]), n_ahead=0)
    answered = stream.feed(np.zeros(800, np.float32)) if call == "feed" else stream.finish()
    assert answered == {1}
    assert threads() == {2}
