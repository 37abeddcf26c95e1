"""Training/serving skew: a step that training fits before the model, and that nothing which predicts repeats.

Told only where the whole hand-over is seen: one unit writes the model, another reads it and predicts; a transformer
of a library is fitted on the way to the model, and a model after it; and on the side that predicts nothing is fitted,
and there is no transformer, no `transform`, no second artifact, no pipeline and no function that both sides share and
that transforms.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from decompose.ir.findings import Finding, Span
from decompose.ir.graph import CodeGraph, Site
from decompose.ir.symbols import module_of
from decompose.knowledge import Knowledge

CODE = "DC305"
_REACH = 6
"""Calls between a unit and what it is taken to do."""
_FITTING = ("fit", "fit_transform", "partial_fit")
_TRAINING = (*_FITTING, "fit_predict", "train", "fit_generator", "cross_validate", "cv")
_REPEATING = ("transform", "fit_transform", "inverse_transform", "load_preprocessor", "preprocess")
_PREDICTING = ("predict", "predict_proba", "decision_function", "score_samples")
_OF_TARGETS = ("LabelEncoder", "LabelBinarizer", "MultiLabelBinarizer")
"""They transform what is predicted, which serving does not have."""
_TRANSFORMER = "family.transformer"
_PIPELINES = ("sklearn.pipeline", "imblearn.pipeline", "sklearn.compose")


def skew_findings(graph: CodeGraph, knowledge: Knowledge) -> Iterator[Finding]:
    """Yield one finding for each model whose preparation is lost between training and serving.

    Args:
        graph: Units, calls and asset links.
        knowledge: Tells transformers from models.
    """
    sides = _Sides(graph, knowledge)
    tests = {m.name for m in graph.modules if m.kind in ("test", "notebook")}
    for model, writers in sorted(sides.writers.items()):
        for reader, site in sorted(sides.readers.get(model, {}).items()):
            writing = [w for w in sorted(writers) if module_of(w) != module_of(reader)]
            if module_of(reader) in tests or not writing or any(module_of(w) in tests for w in writing):
                continue
            step = next((s for s in map(sides.step_of, writing) if s), "")
            if step and sides.predicts_bare(reader, model, writing):
                yield Finding(
                    CODE, "warning", Span(site.path, site.line, site.column),
                    f"`{step}` is fitted before `{model.partition(':')[2]}` in `{writing[0]}`, but what predicts with the"
                    " model here does not repeat that step",
                    "save the fitted step with the model (one `sklearn.pipeline.Pipeline`), and load both",
                    reader,
                )  # fmt: skip


class _Sides:
    """What the training side and the serving side of each model do."""

    def __init__(self, graph: CodeGraph, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.own: dict[str, set[str]] = {}
        """Own units that each unit calls."""
        self.callers: dict[str, set[str]] = {}
        self.library: dict[str, set[str]] = {}
        """Resolved names of library calls by unit."""
        self.writers: dict[str, set[str]] = {}
        self.readers: dict[str, dict[str, Site]] = {}
        self.by_module: dict[str, list[str]] = {}
        for unit in graph.units:
            self.by_module.setdefault(unit.module, []).append(unit.symbol)
        models = {asset.symbol for asset in graph.assets if asset.kind == "model"}
        for edge in graph.edges:
            if edge.kind == "call" and edge.target.startswith("external:"):
                self.library.setdefault(edge.source, set()).add(edge.target[9:])
            elif edge.kind == "call":
                self.own.setdefault(edge.source, set()).add(edge.target)
                self.callers.setdefault(edge.target, set()).add(edge.source)
            elif edge.target in models and edge.kind == "write":
                self.writers.setdefault(edge.target, set()).add(edge.source)
            elif edge.target in models and edge.kind == "read":
                self.readers.setdefault(edge.target, {})[edge.source] = edge.sites[0]

    def step_of(self, writer: str) -> str:
        """Return the class of a transformer that is fitted on the way to the model which a unit writes."""
        side = self._reached([writer])
        names = [name for unit in sorted(side) for name in sorted(self.library.get(unit, ()))]
        if any(name.startswith(_PIPELINES) for name in names):
            return ""
        fitted = [self._transformer(name) for name in names if name.rpartition(".")[2] in _FITTING]
        is_trained = any(n.rpartition(".")[2] in _TRAINING and not self._transformer(n) for n in names)
        return next((step for step in fitted if step), "") if is_trained else ""

    def predicts_bare(self, reader: str, model: str, writers: Iterable[str]) -> bool:
        """Whether what reads a model predicts with it, and nothing round it prepares the input."""
        start = set(self.by_module.get(module_of(reader), ())) | {reader} | self.callers.get(reader, set())
        side = self._reached(start)
        names = {name for unit in side for name in self.library.get(unit, ())}
        lasts = {name.rpartition(".")[2] for name in names}
        if not lasts & set(_PREDICTING) or lasts & {*_REPEATING, *_TRAINING}:
            return False
        if any(n.startswith(_PIPELINES) for n in names):
            return False
        if any(self._transformer(f"{name}.fit") for name in names):
            return False
        shared = side & self._reached(writers)
        others = [m for m, readers in self.readers.items() if m != model and side & set(readers)]
        return not others and not any(self.library.get(unit) for unit in shared)

    def _reached(self, start: Iterable[str]) -> set[str]:
        seen = set(start)
        front = set(seen)
        for _ in range(_REACH):
            front = {target for unit in front for target in self.own.get(unit, ())} - seen
            seen |= front
        return seen

    def _transformer(self, name: str) -> str:
        """Return the class of the transformer that a method is called on; empty for anything else."""
        owner = self.knowledge.resolve(name).rpartition(".")[0]
        last = owner.rpartition(".")[2]
        return last if last not in _OF_TARGETS and self.knowledge.is_a(owner, _TRANSFORMER) else ""
