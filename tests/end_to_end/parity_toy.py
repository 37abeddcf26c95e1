"""A small ML monolith and a hand-written workspace that obeys the launcher's contract; for the tests of `parity`.

The services speak `multiprocessing.connection`, which is short and carries any value; generated services never do.
"""

from __future__ import annotations

import ast
import json
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path

MONOLITH = {
    "shop/__init__.py": "",
    "shop/clean.py": """
        \"\"\"Cleaning: moved.\"\"\"
        import datetime
        import os

        import numpy as np
        import pandas as pd

        LIMIT = 100.0


        def load(path):
            frame = pd.read_csv(path)
            frame["when"] = pd.to_datetime(frame["when"], utc=True)
            return frame


        def clip(frame, limit=LIMIT):
            frame["price"] = frame["price"].clip(upper=limit)
            return None


        def dedupe(frame):
            return frame.drop_duplicates("id").sort_values("id").reset_index(drop=True)


        def mean_price(frame):
            return frame["price"].mean()


        def first_note(frame):
            values = frame["note"].dropna().tolist()
            return values[0] if values else None


        def stamp(text, tz=datetime.timezone.utc):
            return datetime.datetime.fromisoformat(text).replace(tzinfo=tz)


        def as_float32(values):
            return np.asarray(values, dtype="float32")


        def require(frame, column):
            if column not in frame.columns:
                raise KeyError(column)
            return column


        def push(queue, item):
            queue.append(item)
            return len(queue)


        def counts(words):
            found = {}
            for word in words:
                found[word] = found.get(word, 0) + 1
            return found


        def region():
            return os.environ.get("SHOP_REGION", "eu")
    """,
    "shop/train.py": """
        \"\"\"Training: moved.\"\"\"
        import json
        from pathlib import Path

        import numpy as np

        FACTOR = 2.0
        _loaded = {}


        class Scaler:
            def __init__(self, shift=0.0):
                self.shift = shift

            def fit(self, values):
                self.mean = float(np.mean(values)) + self.shift
                return self

            def transform(self, values):
                return np.asarray(values, dtype=float) - self.mean


        def sample(n, seed=7):
            return np.random.default_rng(seed).normal(size=n)


        def _scale(values):
            return [FACTOR * v for v in values]


        def fit(values, path):
            model = {"mean": float(np.mean(values)), "scaled": _scale(list(map(float, values)))}
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            Path(path).write_text(json.dumps(model))
            return model


        def load_model(path):
            return json.loads(Path(path).read_text())


        def predict(path, values):
            model = load_model(path)
            return np.asarray(values, dtype=float) - model["mean"]
    """,
    "shop/report.py": """
        \"\"\"Reporting: stays.\"\"\"
        from shop import clean, train


        def run(path):
            frame = clean.dedupe(clean.load(path))
            clean.clip(frame)
            model = train.fit(frame["price"].to_numpy(), "artifacts/model.json")
            scores = train.predict("artifacts/model.json", frame["price"].to_numpy())
            queue = []
            clean.push(queue, "a")
            clean.push(queue, "b")
            frame.to_csv("artifacts/clean.csv", index=False)
            scaler = train.Scaler(shift=0.5).fit([1.0, 2.0])
            return {
                "rows": len(frame), "mean": model["mean"], "first": float(scores[0]), "queue": queue,
                "note": clean.first_note(frame), "stamp": clean.stamp("2024-01-02T03:04:05").isoformat(),
                "sample": float(train.sample(3)[0]), "dtype": str(clean.as_float32([1, 2]).dtype),
                "counts": clean.counts(["x", "y", "x"]), "scaled": scaler.transform([3.0]).tolist(),
            }
    """,
    "main.py": """
        import json
        import time

        from shop.report import run

        print(json.dumps(run("data/orders.csv"), indent=1))
        print("took", time.perf_counter())
    """,
    "data/orders.csv": """
        id,price,when,note
        2,150.5,2024-01-01,
        1,20.25,2024-01-02,hello
        2,150.5,2024-01-01,
        3,70,2024-01-03,bye
    """,
    "tests/test_shop.py": """
        import numpy as np
        import pandas as pd
        import pytest

        from shop import clean, report, train


        @pytest.fixture
        def frame():
            return pd.DataFrame({"id": [2, 1, 2], "price": [1.0, 200.0, 1.0], "note": [None, "n", None]})


        @pytest.fixture
        def doubled(monkeypatch):
            monkeypatch.setattr(train, "FACTOR", 4.0)


        def test_clip_changes_in_place(frame):
            assert clean.clip(frame) is None
            assert frame["price"].max() == 100.0


        @pytest.mark.parametrize("limit", [5.0, 10.0])
        def test_clip_limit(frame, limit):
            clean.clip(frame, limit=limit)
            assert frame["price"].max() == limit


        def test_dedupe(frame):
            assert clean.dedupe(frame)["id"].tolist() == [1, 2]


        def test_require(frame):
            with pytest.raises(KeyError):
                clean.require(frame, "absent")


        def test_patched_inside(monkeypatch, tmp_path):
            monkeypatch.setattr("shop.train._scale", lambda values: ["patched"])
            assert train.fit([1.0], str(tmp_path / "m.json"))["scaled"] == ["patched"]


        def test_patched_by_fixture(doubled, tmp_path):
            assert train.fit([1.0], str(tmp_path / "m.json"))["scaled"] == [4.0]


        def test_environment(monkeypatch):
            monkeypatch.setenv("SHOP_REGION", "us")
            assert clean.region() == "us"


        def test_fit_predict(tmp_path):
            train.fit([1.0, 3.0], str(tmp_path / "m.json"))
            assert train.predict(str(tmp_path / "m.json"), [5.0]).tolist() == [3.0]


        def test_report_uses_facade(monkeypatch):
            monkeypatch.setattr(report.clean, "first_note", lambda frame: "mine")
            assert report.run("data/orders.csv")["note"] == "mine"


        @pytest.mark.skip(reason="not here")
        def test_skipped():
            raise AssertionError


        @pytest.mark.xfail(strict=True)
        def test_known_bug():
            assert clean.mean_price(pd.DataFrame({"price": [1.0]})) == 2.0


        def test_sample_repeats():
            assert np.array_equal(train.sample(2), train.sample(2))


        def test_retrained_model_is_used(tmp_path):
            path = str(tmp_path / "m.json")
            train.fit([1.0, 3.0], path)
            train.predict(path, [5.0])
            train.fit([11.0, 13.0], path)
            assert len(train.predict(path, [5.0])) == 1


        def test_mean_price(frame):
            assert clean.mean_price(frame) > 0


        def test_scaler():
            assert train.Scaler(1.0).fit([1.0, 3.0]).transform([4.0]).tolist() == [1.0]
    """,
}
"""Path to text of the monolith."""

MOVED = {"clean": "shop/clean.py", "train": "shop/train.py"}
"""Service to the module that moves into it."""

_SERVER = '''
"""Serves one moved module: `server.py NAME FOLDER PORT`."""
import copyreg, importlib, os, sys, threading
from multiprocessing.connection import Listener

name, folder, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
sys.path.insert(0, folder)
module = importlib.import_module(os.environ["TOY_MODULE"])
objects = {}


def answer(kind, what, args, kwargs):
    if kind == "get":
        return getattr(module, what)
    if kind == "new":
        objects[len(objects) + 1] = getattr(module, what)(*args, **kwargs)
        return len(objects)
    if kind == "attribute":
        return getattr(objects[what[0]], what[1])
    if kind == "method":
        key, method = what
        value = getattr(objects[key], method)(*args, **kwargs)
        return ("self", None) if value is objects[key] else ("value", value)
    return getattr(module, what)(*args, **kwargs)


def serve(link):
    try:
        while True:
            kind, what, args, kwargs = link.recv()
            try:
                reply = ("ok", answer(kind, what, args, kwargs), args)
            except Exception as error:
                reply = ("raise", error, args)
            link.send(reply)
    except EOFError:
        pass


listener = Listener(("127.0.0.1", port), backlog=16, authkey=b"toy")
print(name, "listens", flush=True)
while True:
    try:
        link = listener.accept()
    except (EOFError, OSError):  # someone only looked whether the port is open
        continue
    threading.Thread(target=serve, args=(link,), daemon=True).start()
'''

_LAUNCHER = '''
"""Starts the services: `python run.py up [--workdir DIR] [--ready-file FILE] [--base-port N]`."""
import argparse, json, os, pathlib, signal, socket, subprocess, sys, time

parser = argparse.ArgumentParser()
parser.add_argument("verb")
parser.add_argument("--workdir", default=".")
parser.add_argument("--ready-file")
parser.add_argument("--base-port", type=int, default=0)
options = parser.parse_args()
here = pathlib.Path(__file__).resolve().parent
system = json.loads((here / "system.json").read_text())
children, services, environment = {}, {}, {}


def stop(*_):
    for child in children.values():
        child.terminate()
    for child in children.values():
        child.wait()
    sys.exit(0)


signal.signal(signal.SIGTERM, stop)
for number, service in enumerate(system["services"]):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", options.base_port + number if options.base_port else 0))
        port = probe.getsockname()[1]
    name = service["name"]
    children[name] = subprocess.Popen(
        [sys.executable, str(here / "server.py"), name, str(here / service["source"]), str(port)],
        cwd=options.workdir, env={**os.environ, "TOY_MODULE": service["module"]},
    )
    services[name] = {"url": f"tcp://127.0.0.1:{port}", "pid": children[name].pid}
    environment[f"TOY_{name.upper()}"] = str(port)
for name, child in children.items():
    port = int(environment[f"TOY_{name.upper()}"])
    while True:
        if child.poll() is not None:
            print(f"service {name} ended with exit code {child.returncode}", flush=True)
            [c.terminate() for c in children.values()]
            sys.exit(3)
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            break
        except OSError:
            time.sleep(0.02)
if options.ready_file:
    pathlib.Path(options.ready_file).write_text(json.dumps({"services": services, "environment": environment}))
while True:
    time.sleep(0.2)
    for name, child in children.items():
        if child.poll() is not None:
            print(f"service {name} ended", flush=True)
            [c.terminate() for c in children.values()]
            sys.exit(3)
'''

_FACADE = '''
"""Stands in for a moved module."""
import os
import threading
from multiprocessing.connection import Client

_SERVICE = {service!r}
_local = threading.local()


def _ask(kind, what, args=(), kwargs=None):
    if not hasattr(_local, "link"):
        _local.link = Client(("127.0.0.1", int(os.environ["TOY_" + _SERVICE.upper()])), authkey=b"toy")
    _local.link.send((kind, what, args, kwargs or {{}}))
    outcome, value, after = _local.link.recv()
    for old, new in zip(args, after):
        _copy_back(old, new)
    if outcome == "raise":
        raise value
    return value


def _copy_back(old, new):
    if isinstance(old, list):
        old[:] = new
    elif isinstance(old, dict):
        old.clear(), old.update(new)
    elif type(old).__name__ == "DataFrame":
        old.drop(columns=list(old.columns), inplace=True)
        for column in new.columns:
            old[column] = new[column].to_numpy() if new[column].dtype.kind in "fiub" else new[column]
'''


def build(
    folder: Path,
    change: Mapping[str, Callable[[str], str]] | None = None,
    *,
    monolith: Mapping[str, str] = MONOLITH,
    moved: Mapping[str, str] = MOVED,
) -> tuple[Path, Path]:
    """Write monolith and workspace below `folder`.

    Args:
        folder: An empty folder.
        change: For moved modules, by path: what is done to the service's copy of the text.
        monolith: Path to text of the monolith.
        moved: Service to the module that moves into it.

    Returns:
        Root of the monolith, and the workspace.
    """
    root, out = folder / "monolith", folder / "out"
    for path, text in monolith.items():
        _write(root / path, text)
    _write(out / "run.py", _LAUNCHER)
    _write(out / "server.py", _SERVER)
    services = []
    for name, path in moved.items():
        text = textwrap.dedent(monolith[path])
        mutated = (change or {}).get(path, lambda text: text)(text)
        _write((out / "services" / name / path).with_name("__init__.py"), "")
        _write(out / "services" / name / path, mutated)
        _write(out / "harness" / path, _facade(name, text))
        module = path[:-3].replace("/", ".")
        services.append(
            {
                "name": name, "kind": "service", "source": f"services/{name}", "depends_on": [], "port": 0,
                "module": module, "operations": [f"{module}:{n}" for n in _functions(text)],
                "methods": [f"{module}:{n}" for n in _methods(text)],
            }
        )  # fmt: skip
    _write(out / "system.json", json.dumps({"system": "toy", "services": services}))
    return root, out


def _functions(text: str) -> list[str]:
    names = [node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    return [name for name in names if not name.startswith("_")]


def _methods(text: str) -> list[str]:
    classes = [node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)]
    methods = [f"{c.name}.{m.name}" for c in classes for m in c.body if isinstance(m, ast.FunctionDef)]
    return [*(c.name for c in classes), *(name for name in methods if not name.endswith(".__init__"))]


def _facade(service: str, text: str) -> str:
    body = _FACADE.format(service=service)
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef):
            body += f"\n\ndef {node.name}(*args, **kwargs):\n    return _ask('call', {node.name!r}, args, kwargs)\n"
        elif isinstance(node, ast.ClassDef):
            body += f"\n\nclass {node.name}:\n    def __init__(self, *a, **k):\n"
            body += f"        self._key = _ask('new', {node.name!r}, a, k)\n"
            body += "\n    def __getattr__(self, name):\n        return _ask('attribute', (self._key, name))\n"
            for method in node.body:
                if isinstance(method, ast.FunctionDef) and method.name != "__init__":
                    body += (
                        f"\n    def {method.name}(self, *a, **k):\n"
                        f"        kind, value = _ask('method', (self._key, {method.name!r}), a, k)\n"
                        "        return self if kind == 'self' else value\n"
                    )
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            body += f"\n\n{ast.unparse(node)}\n"
    return body


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text).lstrip("\n"))
