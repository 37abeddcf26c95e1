"""Compares the outcomes of replays as JSON lines: `python -m decompose_probe.diff MONOLITH SERVICES [AGAIN]`."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from . import calls
from .compare import first_difference
from .places import Tolerance, type_name

TOLERANCE = "DECOMPOSE_PROBE_TOLERANCE"
"""Environment variable with the tolerance (JSON list)."""


def main(files: list[str]) -> None:
    """Print one line a call."""
    spec = calls.read_spec()
    sys.path.insert(0, spec.root)
    tolerance = Tolerance(*json.loads(os.environ[TOLERANCE]))
    sides = [{record["number"]: record for record in calls.read(file)} for file in files]
    for record in calls.read(spec.calls):
        if isinstance(record, list):
            calls.make_importable(spec.root, record)
        elif isinstance(record, tuple):
            call = calls.Call(*record)
            line = compare(call, [side.get(call.number) for side in sides], tolerance)
            print(json.dumps({"number": call.number, "symbol": call.symbol, "note": call.note, **line}), flush=True)
        else:
            print(json.dumps(record), flush=True)


def compare(call: calls.Call, outcomes: list[Any], tolerance: Tolerance) -> dict[str, str]:
    """Return `outcome` and `difference` of one call."""
    one, other = outcomes[:2]
    if one is None or other is None:
        side = "monolith" if one is None else "services"
        return {"outcome": "error", "difference": f"the replay ended before this call on the side of the {side}"}
    if one["kind"] in ("lost", "timeout"):
        return {"outcome": "skipped", "difference": f"not replayed in the monolith: {one['value']}"}
    if len(outcomes) > 2 and (outcomes[2] is None or _difference(one, outcomes[2], tolerance)):
        return {"outcome": "nondeterministic", "difference": "two replays in the monolith disagree"}
    if other["kind"] == "lost" and other["value"].startswith("NotTransferable"):
        return {"outcome": "skipped", "difference": f"cannot be asked by value across the services: {other['value']}"}
    if other["kind"] in ("lost", "timeout"):
        return {"outcome": "error", "difference": f"across the services: {other['value']}"}
    if _stays_remote(one, other):
        return {"outcome": "skipped", "difference": "only the class was compared: the object stays in its service"}
    found = _difference(one, other, tolerance)
    return {"outcome": "different" if found else "equal", "difference": found, "kind": one["kind"]}


def _difference(one: dict[str, Any], other: dict[str, Any], tolerance: Tolerance) -> str:
    if one["kind"] != other["kind"]:
        return f"{_told(one)} in the monolith, {_told(other)} across the services"
    if one["kind"] in ("lost", "timeout"):
        return ""
    for part, place in (
        ("value", "exception" if one["kind"] == "raise" else "result"),
        ("after", "arguments after the call"),
    ):
        try:
            left, right = _load(one[part]), _load(other[part])
        except Exception as error:  # a class of one side that the other cannot load
            return f"{place}: cannot be loaded: {type(error).__name__}: {error}"
        found = first_difference(left, right, tolerance=tolerance, place=place)
        if found is not None:
            return str(found)
    return _state_difference(one, other, tolerance)


def _state_difference(one: dict[str, Any], other: dict[str, Any], tolerance: Tolerance) -> str:
    """Return the first attribute of the object that differs after the call; what either side keeps is left out."""
    if not ("state" in one and "state" in other):
        return ""
    try:
        states = [_load(side["state"]) for side in (one, other)]
    except Exception as error:  # a class of one side that the other cannot load
        return f"attributes after the call: cannot be loaded: {type(error).__name__}: {error}"
    if any(state[0] == "printed" for state in states):  # something in it can no longer be pickled
        return ""
    kept = {name for _, names in states for name in names}
    left, right = ({name: value for name, value in state.items() if name not in kept} for state, _ in states)
    found = first_difference(left, right, tolerance=tolerance, place="attributes after the call")
    return "" if found is None else str(found)


def _stays_remote(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Return whether the services answered with an object that cannot leave them, of the class that the monolith gave."""
    if not one["kind"] == other["kind"] == "value":
        return False
    try:
        left, right = _load(one["value"]), _load(other["value"])
    except Exception:  # told by the comparison
        return False
    if not (isinstance(right, tuple) and len(right) == 3 and all(isinstance(part, str) for part in right)):
        return False
    return bool(right[0] == "printed" and right[1] == type_name(left))


def _told(outcome: dict[str, Any]) -> str:
    if outcome["kind"] != "raise":
        return "returns" if outcome["kind"] == "value" else str(outcome["kind"])
    name, arguments = _load(outcome["value"])[:2]
    return f"raises {name}({', '.join(map(repr, arguments))})"[:300]


def _load(data: bytes) -> Any:
    return calls.load_with_handles(data, lambda handle: handle)


if __name__ == "__main__":
    main(sys.argv[1:])
