"""Imports every module of one service, and prints what failed as JSON. Run by `services_start.py`, in the service's environment."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import runpy
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

SECONDS = 60


def main() -> None:
    """Import one module after the other; programs that work on import are given a minute."""
    app, workdir = Path(sys.argv[1]), Path(sys.argv[2])
    service = runpy.run_path(str(app))["SERVICE"]
    from service_runtime.serve import prepare

    prepare(service, workdir)
    failures: dict[str, str] = {}
    with Path(os.devnull).open("w") as silence, contextlib.redirect_stdout(silence):
        for module in service.modules:
            signal.signal(signal.SIGALRM, _give_up)
            signal.alarm(SECONDS)
            try:
                importlib.import_module(module)
            except TimeoutError:
                continue
            except BaseException as error:
                failures[module] = _reason(error)
            finally:
                signal.alarm(0)
    print(json.dumps({"modules": len(service.modules), "failures": failures}))
    sys.stdout.flush()
    os._exit(0)


def _reason(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/services/" in frame.filename]
    place = f" ({Path(ours[-1].filename).name}:{ours[-1].lineno})" if ours else ""
    return f"{type(error).__name__}: {error}{place}"[:300]


def _give_up(number: int, frame: Any) -> None:
    raise TimeoutError


if __name__ == "__main__":
    main()
