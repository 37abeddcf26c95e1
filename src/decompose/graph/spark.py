"""What Spark reads and writes by options: `df.write.format("jdbc").option("dbtable", …).save()` names its table there."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import msgspec

from decompose.graph.core import Core
from decompose.graph.library import LibraryCall
from decompose.graph.objects import Values
from decompose.ir import facts as f
from decompose.ir.facts import Node

_NAMING = {
    "read": {"subscribe": "topic", "subscribepattern": "topic", "dbtable": "table", "table": "table", "query": "sql",
             "path": "file", "collection": "table"},
    "write": {"topic": "topic", "dbtable": "table", "table": "table", "path": "file", "collection": "table",
              "checkpointlocation": "directory"},
}  # fmt: skip
"""Options that name what is read or written, in lower case as Spark compares them, and the kind of each."""
_ENDS = frozenset(("load", "save", "start"))


def option_ends(core: Core, call: LibraryCall) -> Iterator[tuple[LibraryCall, Values]]:
    """Yield a call that loads, saves or starts once for each option that names what it touches, with the name's values."""
    owner, _, last = call.api.name.rpartition(".")
    if not owner.startswith("pyspark.sql.") or last not in _ENDS:
        return
    naming = _NAMING[call.api.effect]
    for name, values in _options(call, call.record.node):
        kind = naming.get(name.lower(), "")
        if kind:
            effect = "sql" if kind == "sql" else call.api.effect
            said: dict[str, str | int] = {
                "effect": effect,
                "asset": "table" if kind == "sql" else kind,
                "argument": "",
                "position": -1,
            }
            said |= {"format": "checkpoint"} if kind == "directory" else {}
            yield dataclasses.replace(call, api=msgspec.structs.replace(call.api, **said)), values


def _options(call: LibraryCall, node: Node) -> Iterator[tuple[str, Values]]:
    """Yield the options set on the way to a call, by name."""
    while node[0] == f.CALL and node[2][0] == f.ATTR:
        node = node[2][1]
        record = call.frame.calls.get(id(node))
        if record is None:
            continue
        if node[2][0] == f.ATTR and node[2][2] == "option" and len(record.positional) > 1 and node[3][0][0] == f.STR:
            yield node[3][0][1], record.positional[1]
        elif node[2][0] == f.ATTR and node[2][2] == "options":
            yield from record.keywords.items()
