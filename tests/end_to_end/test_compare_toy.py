"""Footprints, the web application under load, and kills, on systems that really run."""

import sys
import textwrap
from pathlib import Path

import parity_toy
import pytest

from decompose.ir.blueprint import Blueprint, ServiceBlueprint
from decompose.ir.graph import CodeGraph
from decompose.parity import VerifyOptions
from decompose.parity.compare import CompareOptions, compare
from decompose.parity.footprint import footprints
from decompose.parity.load import Request
from decompose.parity.predict import Inputs
from decompose.parity.workload import Roll, Workload

APP = """
    import json
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
    import sys

    from shop import clean, train


    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args):
            pass

        def do_GET(self):
            answers = {
                "/sample": lambda: float(train.sample(3)[0]), "/counts": lambda: clean.counts(["a", "b", "a"]),
                "/": lambda: "up", "/model": lambda: train.load_model("artifacts/model.json")["mean"],
            }
            try:
                status, body = 200, json.dumps(answers[self.path]()).encode()
            except Exception as error:
                status, body = 500, repr(error).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)


    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def _inputs():
    services = tuple(ServiceBlueprint(name=name, kind="service") for name in ("clean", "train"))
    graph = CodeGraph(name="toy", digest="0", modules=(), units=(), edges=())
    return Inputs(graph=graph, blueprint=Blueprint(system="toy", services=services))


def _workload(**more):
    return Workload(
        serve=("python", "app.py", "{port}"),
        requests=(Request(entry="sample", path="/sample"), Request(entry="counts", path="/counts")),
        prepare=("python", "main.py"),
        fractions=(0.1,),
        runs=2,
        seconds=0.5,
        **more,
    )


def test_a_model_is_rolled_forward_and_back_and_an_interrupted_comparison_goes_on(tmp_path):
    root, out = parity_toy.build(tmp_path)
    (root / "app.py").write_text(textwrap.dedent(APP))
    keep = "import os, shutil; shutil.copy('artifacts/model.json', 'artifacts/old.json')"
    written = "open('artifacts/new.json', 'w').write('{\"mean\": 1.5}')"
    forward = f"{keep}; {written}; os.replace('artifacts/new.json', 'artifacts/model.json')"
    back = "import os; os.replace('artifacts/old.json', 'artifacts/model.json')"
    probe = Request(entry="model", path="/model")
    roll = Roll(forward=("python", "-c", forward), back=("python", "-c", back), probe=probe)
    options = CompareOptions(workload=_workload(roll=roll), run=VerifyOptions(), journal=tmp_path / "journal.jsonl")
    before: list[str] = []
    after: list[str] = []

    def interrupt(line):
        before.append(line)
        if "kill" in line:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compare(out, root=root, inputs=_inputs(), options=options, progress=interrupt)
    found = compare(out, root=root, inputs=_inputs(), options=options, progress=after.append)

    rolls = {one.side: one for one in found.rollouts}
    assert all(one.forward_s is not None and one.back_s is not None for one in rolls.values())
    assert all(one.asked > 0 and one.failed == 0 for one in rolls.values())
    measures = {row.measure: row for row in found.rows if row.aspect == "model versioning"}
    assert "time until the new model answers, s" in measures
    assert sum("run 1 of 2" in line for line in before) == 2
    assert not any("run 1 of 2" in line for line in after)
    assert sum("kill" in line for line in after) == 2
    assert not (tmp_path / "journal.jsonl").exists()


def test_both_sides_are_loaded_killed_and_put_into_the_table(tmp_path):
    root, out = parity_toy.build(tmp_path)
    (root / "app.py").write_text(textwrap.dedent(APP))
    options = CompareOptions(workload=_workload(), driver=("python", "main.py"), rounds=2, run=VerifyOptions())

    found = compare(out, root=root, inputs=_inputs(), options=options)

    kills = {kill.killed: kill for kill in found.kills if kill.basis == "measured"}
    assert kills["train"].failed == ("sample",)
    assert kills["clean"].failed == ("counts",)
    assert kills["monolith"].failed == ("counts", "sample")
    measures = {row.measure for row in found.rows}
    assert {"the driver's run, s", "cold start, s"} <= measures
    assert any("0 of 40 requests" in note for note in found.notes)
    loads = {(one.entry, one.side) for one in found.load}
    assert loads == {(e, s) for e in ("sample", "counts") for s in ("monolith", "services")}


def test_footprints_tell_thin_from_thick():
    found = footprints(
        {"thin": ["iniconfig"], "thick": ["pandas>=2", "not-installed-anywhere"]}, python=Path(sys.executable)
    )

    assert found["thin"].size_mb < 1 < found["thick"].size_mb
    assert "numpy" in found["thick"].distributions
    assert found["thick"].missing == ("not-installed-anywhere",)
    assert found["thick"].memory_mb > found["thin"].memory_mb
