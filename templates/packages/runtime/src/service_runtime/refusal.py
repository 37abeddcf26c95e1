"""Why a service cannot start, in one line that names the place: what is missing, and where the code asks for it."""

from __future__ import annotations

import re
import traceback
from pathlib import Path

from service_runtime.service import Service

_NAME = re.compile(r"\b[A-Z][A-Z0-9_]{2,}\b")
_SETTING = re.compile(r"environ|getenv|config|setting|secrets", re.IGNORECASE)


def reason(error: BaseException, service: Service) -> str:
    """Return the reason for people who operate the service; the traceback is for those who write it."""
    place, line = _place(error, service)
    return f"`{service.name}` cannot start: {_what(error, service, line)}{place}"


def patience(error: BaseException, service: Service) -> str:
    """Return what a service that is still loading waits for, and where its code asks for it."""
    return f"`{service.name}` waits: {' '.join(str(error).split())[:300]}{_place(error, service)[0]}"


def _what(error: BaseException, service: Service, line: str) -> str:
    text = " ".join(str(error).split())[:300]
    missing = _setting(error, service, line)
    if missing:
        return f"the setting `{missing}` is not set and has no default; give it as an environment variable"
    if isinstance(error, FileNotFoundError) and error.filename:
        return f"there is no file `{error.filename}`, which it reads when it is loaded"
    if isinstance(error, ModuleNotFoundError) and error.name:
        return f"the module `{error.name}` is not installed"
    return f"{type(error).__name__}: {text}"


def _setting(error: BaseException, service: Service, line: str) -> str:
    """Return the environment variable that is missing, if that is what the error is about."""
    if not isinstance(error, (KeyError, LookupError)):
        return ""
    names: list[str] = [name for name in _NAME.findall(str(error)) if name in service.environment]
    if not names and _SETTING.search(line):
        names = _NAME.findall(str(error))
    return names[0] if names else ""


def _place(error: BaseException, service: Service) -> tuple[str, str]:
    """Return where in the service's code it happened, as ` (path:line)`, and the text of the line."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if path.is_relative_to(service.source):
            return f" ({path.relative_to(service.source).as_posix()}:{frame.lineno})", frame.line or ""
    return "", ""
