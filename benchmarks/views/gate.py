"""U15: the gate on 10,000 modules, its SARIF against the standard's schema, its fingerprints after unrelated lines.

`python benchmarks/views/gate.py [--schema sarif-schema-2.1.0.json]`; the schema is that of the OASIS standard and needs `jsonschema`.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import msgspec

from decompose import gate
from decompose.ir.plan import ServicePlan


def main(schema: Path | None) -> None:
    import view_graphs

    graph, plan, _ = view_graphs.made(120_000)
    circles = plan.model_copy(
        update={"services": (*plan.services, ServicePlan(name="extra", members=("sys.part_0.mod001",)))}
    )
    started = time.process_time()
    found = gate.check(circles, graph)
    seconds = time.process_time() - started
    below = msgspec.structs.replace(graph, edges=tuple(
        msgspec.structs.replace(edge, sites=tuple(msgspec.structs.replace(site, line=site.line + 20) for site in edge.sites)) for edge in graph.edges
    ))  # fmt: skip
    again = gate.check(circles, below)
    same = [v.fingerprint for v in found.violations] == [v.fingerprint for v in again.violations]
    report = {
        "modules": len(graph.modules), "edges": len(graph.edges), "crossings": len(found.crossings), "violations": len(found.violations),
        "check_cpu_s": round(seconds, 2), "fingerprints the same 20 lines below": same and found.crossings == again.crossings,
    }  # fmt: skip
    if schema is not None:
        import jsonschema

        document = json.loads(gate.render(found, "sarif"))
        errors = list(jsonschema.Draft7Validator(json.loads(schema.read_text("utf-8"))).iter_errors(document))
        report["sarif_errors"] = len(errors)
    print(json.dumps(report))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--schema", type=Path)
    main(parser.parse_args().schema)
