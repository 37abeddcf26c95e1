"""Objects that stay where they are: the table of those that others hold, and what stands for them elsewhere."""

from __future__ import annotations

import os
import secrets
import threading
import time
import weakref
from dataclasses import dataclass
from typing import Any

from service_runtime.allowlist import key_of

LEASE_S = float(os.environ.get("SERVICE_LEASE_S", "3600"))
"""Time after its last use at which an object that others hold is let go, in seconds."""
HANDLE_LIMIT = int(os.environ.get("SERVICE_HANDLE_LIMIT", "20000"))

FORWARDED = (
    "__call__", "__len__", "__iter__", "__next__", "__getitem__", "__setitem__", "__delitem__", "__contains__",
    "__enter__", "__exit__", "__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__add__", "__radd__",
    "__sub__", "__rsub__", "__mul__", "__rmul__", "__truediv__", "__rtruediv__", "__or__", "__and__", "__xor__",
    "__neg__", "__abs__", "__matmul__", "__int__", "__float__", "__index__", "__bool__", "__reversed__",
    "__aenter__", "__aexit__", "__anext__", "__aiter__",
)  # fmt: skip
"""Special methods that a stand-in passes on when the object has them."""

_PRESENT_IN_OBJECT = frozenset(name for name in FORWARDED if hasattr(object, name))


@dataclass(slots=True)
class _Lease:
    thing: Any
    count: int
    used: float


class Exports:
    """Objects of this process that other processes hold."""

    def __init__(self, lease_s: float = LEASE_S, limit: int = HANDLE_LIMIT) -> None:
        self.lease_s = lease_s
        self.limit = limit
        self._leases: dict[str, _Lease] = {}
        self._handle_by_identity: dict[int, str] = {}
        self._lock = threading.Lock()
        self._next_sweep = 0.0

    def __len__(self) -> int:
        return len(self._leases)

    def put(self, thing: Any) -> str:
        """Return the handle under which others may use `thing`; the same object has the same handle."""
        now = time.monotonic()
        with self._lock:
            self._sweep(now)
            handle = self._handle_by_identity.get(id(thing))
            if handle is None:
                if len(self._leases) >= self.limit:
                    raise MemoryError(
                        f"other processes hold {self.limit} objects of this one; raise SERVICE_HANDLE_LIMIT"
                    )
                handle = secrets.token_hex(8)
                self._leases[handle] = _Lease(thing, 0, now)
                self._handle_by_identity[id(thing)] = handle
            lease = self._leases[handle]
            lease.count += 1
            lease.used = now
            return handle

    def find(self, handle: str) -> Any:
        """Return the object of a handle.

        Raises:
            LookupError: If it was let go: released, or not used for longer than the lease.
        """
        with self._lock:
            lease = self._leases.get(handle)
            if lease is None:
                raise LookupError("this object is no longer held: its lease is over, or its service was started anew")
            lease.used = time.monotonic()
            return lease.thing

    def release(self, handle: str, count: int) -> None:
        """Give back `count` of the times that the handle was handed out."""
        with self._lock:
            lease = self._leases.get(handle)
            if lease is not None:
                lease.count -= count
                if lease.count <= 0:
                    self._drop(handle)

    def _sweep(self, now: float) -> None:
        if now < self._next_sweep:
            return
        self._next_sweep = now + min(60.0, self.lease_s)
        for handle in [h for h, lease in self._leases.items() if now - lease.used > self.lease_s]:
            self._drop(handle)

    def _drop(self, handle: str) -> None:
        lease = self._leases.pop(handle)
        self._handle_by_identity.pop(id(lease.thing), None)


exports = Exports()


def specials_of(thing: Any) -> list[str]:
    """Return the special methods of the object that a stand-in must pass on, in a fixed order."""
    kind = type(thing)
    found = [
        name
        for name in FORWARDED
        if (hasattr(kind, name) and name not in _PRESENT_IN_OBJECT)
        or (name in _PRESENT_IN_OBJECT and getattr(kind, name, None) is not getattr(object, name))
    ]
    return [name for name in found if getattr(kind, name) is not None]


def describe(thing: Any, home: str) -> dict[str, Any]:
    """Return the JSON form of a handle to `thing`, which stays in the process `home`."""
    return {"at": home, "id": exports.put(thing), "c": key_of(type(thing)), "m": specials_of(thing)}


class Reference:
    """One handle as held by this process: where the object is, and how often the handle was received."""

    def __init__(self, at: str, handle: str, class_key: str, specials: tuple[str, ...]) -> None:
        self.at = at
        self.handle = handle
        self.class_key = class_key
        self.specials = specials
        self.received = 1
        self.is_lent = False

    def tree(self, receiver: str) -> dict[str, Any]:
        """Return the JSON form for `receiver`; lending it on means to keep the object for good."""
        if receiver != self.at:
            self.is_lent = True
        return {"at": self.at, "id": self.handle, "c": self.class_key, "m": list(self.specials), "lent": True}


_stand_ins: weakref.WeakValueDictionary[tuple[str, str], Any] = weakref.WeakValueDictionary()


def remember(stand_in: Any, reference: Reference) -> None:
    """Make `stand_in` the one object that stands for the reference here, and release the reference with it."""
    from service_runtime.client import client_of  # noqa: PLC0415  (the client needs the stand-ins for its answers)

    _stand_ins[(reference.at, reference.handle)] = stand_in
    weakref.finalize(stand_in, client_of(reference.at).forget, reference).atexit = False


def stand_in_for(at: str, handle: str) -> Any | None:
    """Return the object that already stands for the handle here."""
    return _stand_ins.get((at, handle))
