"""Changes of behaviour, and changes that are none, in the services of `seeded_system`."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

CLEAN, TRAIN, STREAM = "shop/clean.py", "shop/train.py", "shop/stream.py"


class Case(NamedTuple):
    """One change of a service's text."""

    name: str
    path: str
    """Of the file in the monolith."""
    old: str
    new: str

    def symbol(self, root: Path) -> str:
        """Return the function or class that is changed, as checks name it; empty for the body of the module."""
        text = (root / self.path).read_text()
        line = text[: text.index(self.old) + len(self.old) - len(self.old.lstrip())].count("\n") + 1
        module = self.path.removesuffix(".py").replace("/", ".")
        for node in ast.parse(text).body:
            is_named = isinstance(node, ast.FunctionDef | ast.ClassDef)
            if is_named and node.lineno <= line <= (node.end_lineno or 0):  # type: ignore[attr-defined]
                return f"{module}:{node.name}"  # type: ignore[attr-defined]
        return ""


def applied(cases: Iterable[Case], out: Path, target: Path) -> Path:
    """Copy a workspace with changes in the services that own the files, and return the copy.

    Raises:
        LookupError: If there is nothing to change.
    """
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(out, target)
    for case in cases:
        file = target / "services" / Path(case.path).stem / "src" / case.path
        text = file.read_text()
        if case.old not in text:
            raise LookupError(f"{case.name}: nothing to change in {file}")
        file.write_text(text.replace(case.old, case.new))
    return target


CHANGED = [
    Case("mutation of an argument dropped", CLEAN, 'frame["price"] = frame', 'frame = frame.copy(); frame["price"] = frame'),
    Case("mutation of a list dropped", CLEAN, "queue.append(item)", "queue = [*queue, item]"),
    Case("argument changed that was not", TRAIN, "    model = {", "    values[:] = sorted(values)\n    model = {"),
    Case("default lost", CLEAN, "limit=LIMIT", "limit=1000.0"),
    Case("default of another value", TRAIN, "seed=7", "seed=8"),
    Case("default made explicit None", CLEAN, "tz=datetime.timezone.utc", "tz=None"),
    Case("exception swallowed", CLEAN, "raise KeyError(column)", "return None"),
    Case("exception of another class", CLEAN, "raise KeyError(column)", "raise ValueError(column)"),
    Case("exception without its message", CLEAN, "raise KeyError(column)", "raise KeyError()"),
    Case("missing file answered with nothing", TRAIN, "    model = load_model(path)\n    return", "    import os\n    if not os.path.exists(path):\n        return np.empty(0)\n    model = load_model(path)\n    return"),
    Case("rows in another order", CLEAN, '.sort_values("id")', ""),
    Case("rows kept twice", CLEAN, '.drop_duplicates("id")', ""),
    Case("index not reset", CLEAN, ".reset_index(drop=True)", ""),
    Case("columns in another order", CLEAN, "    return frame\n\n\ndef clip", "    return frame[list(frame.columns)[::-1]]\n\n\ndef clip"),
    Case("column lost", CLEAN, "    return frame\n\n\ndef clip", '    return frame.drop(columns="note")\n\n\ndef clip'),
    Case("column renamed", CLEAN, "    return frame\n\n\ndef clip", '    return frame.rename(columns={"note": "notes"})\n\n\ndef clip'),
    Case("dtype widened", CLEAN, 'dtype="float32"', 'dtype="float64"'),
    Case("dtype of a column changed", CLEAN, "    return frame\n\n\ndef clip", '    return frame.astype({"id": "int32"})\n\n\ndef clip'),
    Case("text column as category", CLEAN, "    return frame\n\n\ndef clip", '    return frame.astype({"note": "category"})\n\n\ndef clip'),
    Case("timezone of a column lost", CLEAN, "utc=True)", "utc=True).dt.tz_localize(None)"),
    Case("timezone of a moment lost", CLEAN, ".replace(tzinfo=tz)", ""),
    Case("None becomes NaN", CLEAN, "if values else None", 'if values else float("nan")'),
    Case("missing values filled", CLEAN, '    frame["when"] =', '    frame["note"] = frame["note"].fillna("")\n    frame["when"] ='),
    Case("NaN counted as zero", CLEAN, '["price"].mean()', '["price"].fillna(0).mean()'),
    Case("result not returned", CLEAN, "return len(queue)", "return None"),
    Case("int becomes float", CLEAN, "return len(queue)", "return float(len(queue))"),
    Case("keys in another order", CLEAN, "    return found", "    return dict(sorted(found.items(), reverse=True))"),
    Case("off by one", CLEAN, "found.get(word, 0) + 1", "found.get(word, 1) + 1"),
    Case("other end of a bound", CLEAN, "clip(upper=limit)", "clip(lower=limit)"),
    Case("environment's default changed", CLEAN, '"SHOP_REGION", "eu"', '"SHOP_REGION", "us"'),
    Case("seed not carried", TRAIN, "default_rng(seed)", "default_rng()"),
    Case("stale model", TRAIN, "    return json.loads(Path(path).read_text())", "    return _loaded.setdefault(path, json.loads(Path(path).read_text()))"),
    Case("artifact not written", TRAIN, "    Path(path).write_text(json.dumps(model))\n", ""),
    Case("artifact with fewer digits", TRAIN, "json.dumps(model)", "json.dumps({**model, 'mean': round(model['mean'], 4)})"),
    Case("artifact with another key order", TRAIN, "json.dumps(model)", "json.dumps(model, sort_keys=False, default=str) if False else json.dumps(dict(reversed(model.items())))"),
    Case("another statistic", TRAIN, '"mean": float(np.mean(values))', '"mean": float(np.median(values))'),
    Case("predictions rounded", TRAIN, '- model["mean"]', '- round(model["mean"], 3)'),
    Case("array becomes list", TRAIN, 'return np.asarray(values, dtype=float) - model["mean"]', 'return (np.asarray(values, dtype=float) - model["mean"]).tolist()'),
    Case("constructor argument lost", TRAIN, "self.shift = shift", "self.shift = 0.0"),
    Case("another object returned than self", TRAIN, "        return self\n", "        return None\n"),
    Case("state kept between calls", TRAIN, "float(np.mean(values)) + self.shift", 'float(np.mean(values)) + self.shift + 0.5 * getattr(self, "mean", 0.0) + len(_loaded)\n        _loaded[len(_loaded)] = 1'),
    Case("constant of the module changed", TRAIN, "FACTOR = 2.0", "FACTOR = 2.5"),
    Case("single precision on the way", TRAIN, "normal(size=n)", "normal(size=n).astype('float32')"),
    Case("generator cut short", STREAM, "yield values[at : at + size]", "yield values[at : at + size]\n        if at > size:\n            return"),
    Case("warning swallowed", STREAM, '    warnings.warn(f"{name} is old", DeprecationWarning, stacklevel=2)\n', ""),
    Case("bool becomes int", STREAM, "return value > LIMIT", "return int(value > LIMIT)"),
    Case("bytes become text", STREAM, 'return text.encode("utf-8")', "return text"),
    Case("other encoding", STREAM, 'text.encode("utf-8")', 'text.encode("latin-1", "replace")'),
    Case("tuple becomes list", STREAM, "return low, high", "return [low, high]"),
    Case("set becomes list", STREAM, "return set(words)", "return sorted(set(words))"),
    Case("global no longer counted", STREAM, '    TALLY["calls"] += 1\n', ""),
    Case("global counted twice", STREAM, 'TALLY["calls"] += 1', 'TALLY["calls"] += 2'),
    Case("NaT becomes None", STREAM, "return moments.max()", "found = moments.max()\n    return None if found != found else found"),
    Case("negative zero lost", STREAM, "return -value", "return 0.0 - value"),
    Case("dataclass field lost", STREAM, "Reading(name, value, tags)", "Reading(name, value)"),
    Case("subclass of the exception lost", STREAM, "raise TooMuch(name, amount)", "raise ValueError(f'{amount} of {name}')"),
    Case("attribute of the exception changed", STREAM, "raise TooMuch(name, amount)", "raise TooMuch(name, amount + 1)"),
    Case("nested argument not changed back", STREAM, 'tree["leaves"].append(leaf)', 'tree = {**tree, "leaves": [*tree["leaves"], leaf]}'),
    Case("printed line lost", STREAM, '    print("sealed", name)\n', ""),
    Case("negative values lost", TRAIN, "np.asarray(values, dtype=float) - self.mean", "np.maximum(np.asarray(values, dtype=float) - self.mean, 0)"),
]  # fmt: skip

ALIKE = [
    Case("list behind a facade that streams it", STREAM, "    for at in range(0, len(values), size):\n        yield values[at : at + size]", "    return [values[at : at + size] for at in range(0, len(values), size)]"),
    Case("nothing changed", CLEAN, "LIMIT = 100.0", "LIMIT = 100.0"),
    Case("generator by another loop", STREAM, "    for at in range(0, len(values), size):\n        yield values[at : at + size]", "    at = 0\n    while at < len(values):\n        yield values[at : at + size]\n        at += size"),
    Case("comparison written otherwise", STREAM, "return value > LIMIT", "return not value <= LIMIT"),
    Case("annotation added", STREAM, "def seal(name):", "def seal(name: str):"),
    Case("loop instead of get", CLEAN, "found[word] = found.get(word, 0) + 1", "found.setdefault(word, 0)\n        found[word] += 1"),
    Case("another way to append", CLEAN, "queue.append(item)", "queue += [item]"),
    Case("mean by another name", CLEAN, 'frame["price"].mean()', 'frame["price"].agg("mean")'),
    Case("where instead of clip", CLEAN, 'frame["price"] = frame["price"].clip(upper=limit)', 'frame.loc[:, "price"] = frame["price"].clip(upper=limit)'),
    Case("a line in a log of its own", CLEAN, "    return frame.drop_duplicates", "    import logging\n\n    logging.getLogger('quiet').debug('deduping')\n    return frame.drop_duplicates"),
    Case("slower", CLEAN, "    return len(queue)", "    import time; time.sleep(0.01)\n    return len(queue)"),
    Case("private cache without effect", TRAIN, "    model = load_model(path)", "    _loaded[path] = model = load_model(path)"),
    Case("array built otherwise", TRAIN, "np.asarray(values, dtype=float) - self.mean", "np.array(values, dtype=float) - self.mean"),
    Case("sum in another order", TRAIN, "_scale(list(map(float, values)))", "[v * FACTOR for v in map(float, values)]"),
    Case("file written through a handle", TRAIN, "    Path(path).write_text(json.dumps(model))", "    with open(path, 'w') as stream:\n        json.dump(model, stream)"),
    Case("renamed local", CLEAN, "    found = {}\n    for word in words:\n        found[word] = found.get(word, 0) + 1\n    return found", "    tally = {}\n    for w in words:\n        tally[w] = tally.get(w, 0) + 1\n    return tally"),
    Case("another private attribute is not visible", TRAIN, "self.shift = shift", "self.shift = shift; self._cache = {}"),
    Case("default through a constant", CLEAN, "limit=LIMIT", "limit=100.0"),
    Case("comparison the other way round", CLEAN, "column not in frame.columns", "not (column in frame.columns)"),
    Case("extra private function", TRAIN, "def _scale(values):", "def _spare():\n    return 1\n\n\ndef _scale(values):"),
    Case("import inside", CLEAN, 'return os.environ.get("SHOP_REGION", "eu")', 'import os as system\n    return system.environ.get("SHOP_REGION", "eu")'),
    Case("replace before parse", CLEAN, "datetime.datetime.fromisoformat(text).replace(tzinfo=tz)", "datetime.datetime.replace(datetime.datetime.fromisoformat(text), tzinfo=tz)"),
    Case("generator with the same seed", TRAIN, "np.random.default_rng(seed)", "np.random.Generator(np.random.PCG64(seed))"),
    Case("mean by hand within the tolerance", TRAIN, "float(np.mean(values)) + self.shift", "float(np.sum(values) / len(values)) + self.shift"),
]  # fmt: skip
