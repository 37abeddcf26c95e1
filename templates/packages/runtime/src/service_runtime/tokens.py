"""Service tokens: who calls whom, until when, signed with the secret that all services share."""

from __future__ import annotations

import hashlib
import hmac
import os
import time
from functools import lru_cache
from pathlib import Path

LIFETIME_S = 300.0
SECRET_VARIABLE = "SERVICE_TOKEN_SECRET"  # noqa: S105  (the name of a variable)
_REREAD_S = 60.0


def secret() -> bytes:
    """Return the shared secret: the variable's value, else what the file holds that `SERVICE_TOKEN_SECRET_FILE` names.

    Raises:
        PermissionError: If it is not set or too short to protect anything.
    """
    value = os.environ.get(SECRET_VARIABLE, "").encode()
    if not value and (path := os.environ.get(f"{SECRET_VARIABLE}_FILE")):
        value = _content(path, int(time.time() // _REREAD_S))
    if len(value) < 16:  # noqa: PLR2004
        raise PermissionError(f"set {SECRET_VARIABLE} (at least 16 characters) in every process of the system")
    return value


@lru_cache(maxsize=2)
def _content(path: str, minute: int) -> bytes:
    """Return what the file holds; read again each minute, so that a secret can be changed."""
    try:
        return Path(path).read_bytes().strip()
    except OSError as error:
        raise PermissionError(f"{SECRET_VARIABLE}_FILE: {path}: {error.strerror}") from error


def issue(caller: str, audience: str, *, now: float | None = None) -> str:
    """Return a token with which `caller` may talk to `audience` for five minutes."""
    slot = int((time.time() if now is None else now) // (LIFETIME_S / 2))
    return _issue(caller, audience, slot, secret())


def verify(token: str, audience: str, *, now: float | None = None) -> str:
    """Return the caller that the token names.

    Raises:
        PermissionError: If the token is forged, out of date or meant for another service.
    """
    caller, until, signed = _verified(token, audience, secret())
    if not signed:
        raise PermissionError("the token is not valid here")
    if until < (time.time() if now is None else now):
        raise PermissionError("the token is out of date")
    return caller


@lru_cache(maxsize=64)
def _issue(caller: str, audience: str, slot: int, key: bytes) -> str:
    claims = f"{caller}~{audience}~{int((slot + 2) * LIFETIME_S / 2)}"
    return f"{claims}~{_signature(claims, key)}"


@lru_cache(maxsize=256)
def _verified(token: str, audience: str, key: bytes) -> tuple[str, float, bool]:
    claims, _, signature = token.rpartition("~")
    parts = claims.split("~")
    if len(parts) != 3 or parts[1] != audience or not parts[2].isdigit():  # noqa: PLR2004
        return "", 0.0, False
    return parts[0], float(parts[2]), hmac.compare_digest(signature, _signature(claims, key))


def _signature(claims: str, key: bytes) -> str:
    return hmac.new(key, claims.encode(), hashlib.sha256).hexdigest()
