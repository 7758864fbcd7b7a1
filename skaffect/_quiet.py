"""Keep TensorFlow's start-up chatter out of what commands print.

TensorFlow writes to file descriptor 2 from C++ while it is imported, before its own
``TF_CPP_MIN_LOG_LEVEL`` is looked at, so an environment variable alone does not silence
it. Later it warns through Python's logging of every few networks that one process trains,
each of which it compiles: cross-validation does just that. Only commands call this: whoever
imports the library keeps the streams as they are.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


def quiet_tensorflow() -> None:
    """Import Keras and its backend without their start-up messages, and keep to errors later.

    Call it before anything else imports Keras. Variables that the user has set are left
    alone, and if the import fails, what was held back is printed after all. Processes
    started from this one inherit the wish and obey it when they import skaffect.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    os.environ["SKAFFECT_QUIET"] = "1"
    if "keras" not in sys.modules:
        with _stderr_held_back():
            import keras  # noqa: F401


@contextmanager
def _stderr_held_back() -> Iterator[None]:
    """Send file descriptor 2 to a temporary file, and print that file if the body fails."""
    sys.stderr.flush()
    shown = os.dup(2)
    try:
        with tempfile.TemporaryFile() as held:
            os.dup2(held.fileno(), 2)
            try:
                yield
            except BaseException:
                held.seek(0)
                os.write(shown, held.read())
                raise
            finally:
                sys.stderr.flush()
                os.dup2(shown, 2)
    finally:
        os.close(shown)
