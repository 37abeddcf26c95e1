"""The data layers over a solved call graph: value flow with types, assets, shared state, columns, findings."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from decompose.graph.assets import AssetLinker
from decompose.graph.catalogs import catalog_links
from decompose.graph.core import Core
from decompose.graph.handoffs import path_findings
from decompose.graph.library import library_calls
from decompose.graph.merging import answered, assets_of
from decompose.graph.places import place
from decompose.graph.rows import row_links
from decompose.graph.schema import SchemaReader
from decompose.graph.source_findings import call_findings, config_secrets, secrets, undefined_names
from decompose.graph.state import StateFinder
from decompose.graph.values import ValueFlow
from decompose.ir.findings import Finding
from decompose.ir.graph import Asset, Edge, State, Unit
from decompose.knowledge import Knowledge, load


@dataclass(frozen=True, slots=True)
class DataLayer:
    """What the data passes add to a graph; everything sorted."""

    units: tuple[Unit, ...]
    edges: tuple[Edge, ...]
    """Value, asset and state edges."""
    assets: tuple[Asset, ...]
    states: tuple[State, ...]
    findings: tuple[Finding, ...]


def data_layer(core: Core, units: tuple[Unit, ...], knowledge: Knowledge | None = None) -> DataLayer:
    """Return the data layers of a solved system.

    Args:
        core: The solver, settled.
        units: The units of the graph, to be filled with types and columns.
        knowledge: What libraries' APIs do; the built-in files by default.
    """
    known = knowledge or load()
    schema = SchemaReader(core, known)
    schema.read()
    calls = list(library_calls(core, known))
    links = AssetLinker(core, known, calls, schema.by_call).links() + catalog_links(core, calls) + row_links(core)
    place(links, core.facts.data_files)
    findings = list(path_findings(links, core.facts))
    assets, touches = assets_of(links)
    assets = answered(assets, units)
    state = StateFinder(core, known, calls)
    states, uses = state.states()
    flow = ValueFlow(core, known)
    edges = (*flow.edges(), *touches, *uses)
    findings.extend(schema.findings.values())
    findings.extend(call_findings(core, calls))
    for info in core.modules.infos:
        findings.extend(undefined_names(info, state.uses))
        findings.extend(secrets(info, state.uses))
    for config in core.facts.configs:
        findings.extend(config_secrets(config))
    typed = tuple(msgspec.structs.replace(u, columns=schema.uses(u.symbol)) for u in flow.typed(units))
    return DataLayer(typed, edges, assets, states, tuple(sorted(set(findings))))
