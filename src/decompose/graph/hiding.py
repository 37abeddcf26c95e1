"""The graph is written, sent and shown: no secret of the analysed code stays in it."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from decompose.ir.graph import CodeGraph, Parameter, Unit
from decompose.ir.masking import hide_secrets


def hide(graph: CodeGraph) -> CodeGraph:
    """Return the graph with dots for every secret, in whatever field it stands.

    One secret becomes the same dots everywhere, so the symbol of an asset still is one symbol.
    """
    graph = replace(graph, units=tuple(_with_plain_defaults(unit) for unit in graph.units))
    text = msgspec.json.encode(graph).decode()
    hidden = hide_secrets(text, by_name=False)
    return graph if hidden == text else msgspec.json.decode(hidden, type=CodeGraph)


def _with_plain_defaults(unit: Unit) -> Unit:
    if unit.signature is None:
        return unit
    parameters = tuple(_without_secret(parameter) for parameter in unit.signature.parameters)
    if parameters == unit.signature.parameters:
        return unit
    return replace(unit, signature=replace(unit.signature, parameters=parameters))


def _without_secret(parameter: Parameter) -> Parameter:
    """Return the parameter with its default masked when its name says that it is a secret."""
    if not parameter.default or parameter.default[-1:] not in "'\"":
        return parameter
    head = f"{parameter.name}="
    default = hide_secrets(head + parameter.default).removeprefix(head)
    return parameter if default == parameter.default else replace(parameter, default=default)
