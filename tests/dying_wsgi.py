"""The product, whose process dies by kill -9 right after it has saved values, while a file says so."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from config.wsgi import application as product

FATE = Path(os.environ["DIES_WHILE"])


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """The answer of the product, unless there is nobody left to give it."""
    answer = product(environ, start_response)
    if environ["PATH_INFO"].endswith("/values") and FATE.exists():
        FATE.unlink()
        os.kill(os.getpid(), signal.SIGKILL)
    return answer
