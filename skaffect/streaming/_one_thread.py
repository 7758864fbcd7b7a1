"""Small matrix products by one thread: waiting for others takes longer than multiplying."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any

from threadpoolctl import ThreadpoolController

_lock = Lock()
_within: list[Any] = []  # what gives the threads back, once for each that is within


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep NumPy's matrix products to one thread, in the whole process, as all its threads do.

    The threads come back when the last of those that are within at one time has left. Whoever
    else limits them through threadpoolctl meanwhile, and longer, puts back the one that it found.
    """
    with _lock:
        _within.append(_within[0] if _within else _blas().limit(limits=1))
    try:
        yield
    finally:
        with _lock:
            limiter = _within.pop()
            if not _within:
                limiter.restore_original_limits()


@cache
def _blas() -> ThreadpoolController:
    """Return the libraries, which takes milliseconds to find."""
    return ThreadpoolController().select(user_api="blas")
