"""Value flow between units: the result of one reaches a parameter of another, with what is known of its type.

A result is followed inside the scope that receives it: through names, attributes of `self`, containers, operators and
library calls (what a library makes of a value still carries it), up to the argument of an own call or to `return`.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from decompose.graph.core import Core
from decompose.graph.library import unit_of
from decompose.graph.objects import (
    BOUND,
    CLASS,
    FUNCTION,
    MAX_VALUES,
    Bound,
    CallRecord,
    Class,
    External,
    Frame,
    Function,
    Instance,
    Values,
)
from decompose.graph.typing_of import annotation_type, types_of
from decompose.graph.walk import parts_of, statements_of
from decompose.ir import facts as f
from decompose.ir.facts import Node, column_of, line_of
from decompose.ir.graph import Edge, Parameter, Signature, Site, TypeGuess, Unit
from decompose.ir.symbols import join
from decompose.knowledge import Knowledge

Sources = frozenset[str]
_NONE: Sources = frozenset()
MAX_SOURCES = 6
MAX_CONTEXTS = 3
"""Calling contexts of one function that are followed; further ones rarely call anything else."""
_MUTED = frozenset(("print", "len", "isinstance", "range", "type", "str", "repr", "id"))
_PREDICTION = "*prediction"
"""Stands among sources for what an ML model of a library answered; no unit has this name."""
_PREDICTING = frozenset(("predict", "predict_proba", "predict_log_proba", "decision_function", "kneighbors"))
"""Methods that ML models of all libraries predict with: a receiver of unknown type counts too."""


class ValueFlow:
    """Finds value edges and types of a solved system."""

    def __init__(self, core: Core, knowledge: Knowledge) -> None:
        self.core = core
        self.knowledge = knowledge
        self._known_types: dict[Values, tuple[TypeGuess, ...]] = {}
        self._attributes: dict[tuple[int, str], Sources] = {}
        self._globals: dict[tuple[str, str], Sources] = {}
        self._edges: dict[tuple[str, str, str], tuple[dict[Site, None], Values]] = {}
        self.giving: set[str] = set()
        """Units whose result holds what an ML model of a library answered."""
        self._taking: set[str] = set()

    def edges(self) -> tuple[Edge, ...]:
        """Return value edges, sorted."""
        frames = [frame for frame in self.core.frames if frame.calls]
        for record_only in (True, False):
            seen: dict[int, int] = {}
            for frame in frames:
                runs = seen[id(frame.scope)] = seen.get(id(frame.scope), 0) + 1
                if runs <= (1 if record_only else MAX_CONTEXTS):
                    _ScopeFlow(self, frame, record_only=record_only).run()
        return tuple(
            Edge(
                source=source, target=target, kind="value", parameter=parameter, confidence="possible", reason="flow",
                sites=tuple(sorted(sites)), types=self._types(values),
            )
            for (source, target, parameter), (sites, values) in sorted(self._edges.items())
        )  # fmt: skip

    def add(self, source: str, target: str, parameter: str, site: Site, values: Values) -> None:
        """Note that a source's result reaches a parameter."""
        if source == target:
            return
        if source == _PREDICTION:
            self._taking.add(target)
            return
        key = (source, target, parameter)
        known = self._edges.get(key)
        if known is None:
            self._edges[key] = ({site: None}, values)
            return
        known[0][site] = None
        if len(known[1]) < MAX_VALUES and not values <= known[1]:
            self._edges[key] = (known[0], known[1] | values)

    def typed(self, units: tuple[Unit, ...]) -> tuple[Unit, ...]:
        """Return the units with types of parameters, results and attributes filled in."""
        by_unit: dict[str, list[Frame]] = {}
        for frame in self.core.frames:
            by_unit.setdefault(join(frame.module.name, frame.scope.qualname), []).append(frame)
        classes = {join(made.module.name, made.scope.qualname): made for made in self.core.classes}
        return tuple(self._typed(unit, by_unit.get(unit.symbol, []), classes) for unit in units)

    def _typed(self, unit: Unit, frames: list[Frame], classes: dict[str, Class]) -> Unit:
        changes: dict[str, object] = {}
        if unit.symbol in self._taking:
            changes["flags"] = tuple(sorted((*unit.flags, "takes_prediction")))
        here = [fr for fr in frames if line_of(fr.scope.pos) == unit.span.line] or frames
        frames = [fr for fr in here if fr.scope is here[0].scope]  # a name may be defined twice
        if unit.signature is not None and frames:
            changes["signature"] = self._signature(unit.signature, frames)
        if unit.attributes and unit.symbol in classes:
            changes["attributes"] = tuple(self._attribute(p, classes[unit.symbol]) for p in unit.attributes)
        return msgspec.structs.replace(unit, **changes) if changes else unit

    def _signature(self, signature: Signature, frames: list[Frame]) -> Signature:
        scope, module = frames[0].scope, frames[0].module
        parameters = []
        for index, parameter in enumerate(signature.parameters):
            if index >= len(scope.parameters):
                parameters.append(parameter)
                continue
            values: Values = frozenset().union(*(fr.parameters[index].values for fr in frames))
            annotated = annotation_type(self.core, module, scope.parameters[index].annotation)
            parameters.append(msgspec.structs.replace(parameter, types=self._guesses(annotated, values)))
        results: Values = frozenset().union(*(fr.result.values for fr in frames))
        annotated = annotation_type(self.core, module, scope.returns)
        return msgspec.structs.replace(
            signature, parameters=tuple(parameters), return_types=self._guesses(annotated, results)
        )

    def _attribute(self, parameter: Parameter, cls: Class) -> Parameter:
        values: Values = frozenset()
        for item in [*cls.instances, *([cls.open] if cls.open >= 0 else [])]:
            cell = self.core.objects[item].fields.get(parameter.name)
            if cell is not None:
                values |= cell.values
        cell = cls.fields.get(parameter.name)
        values |= cell.values if cell is not None else frozenset()
        annotation, _ = cls.annotated.get(parameter.name, (None, None))
        return msgspec.structs.replace(
            parameter, types=self._guesses(annotation_type(self.core, cls.module, annotation), values)
        )

    def _types(self, values: Values) -> tuple[TypeGuess, ...]:
        found = self._known_types.get(values)
        if found is None:
            found = self._known_types[values] = types_of(self.core, self.knowledge, values)
        return found

    def _guesses(self, annotated: str, values: Values) -> tuple[TypeGuess, ...]:
        seen = self._types(values)
        if not annotated:
            return seen
        stated = TypeGuess(type=annotated, confidence="certain", provenance="annotation")
        return (stated, *(guess for guess in seen if guess.type not in (annotated, "None")))


class _ScopeFlow:
    """Follows results through one frame's statements, in source order."""

    def __init__(self, flow: ValueFlow, frame: Frame, *, record_only: bool) -> None:
        self.flow = flow
        self.frame = frame
        self.unit = unit_of(frame)
        self.record_only = record_only
        self.env: dict[str, Sources] = {}
        self.path = frame.module.facts.path

    def run(self) -> None:
        for node in statements_of(self.frame.scope.body):
            kind = node[0]
            if kind == f.ASSIGN:
                self._bind(node[1], self.sources(node[2]))
            elif kind in (f.ANN, f.AUG):
                value = node[3]
                if value is not None:
                    self._bind([node[1]], self.sources(value), keep=kind == f.AUG)
            elif kind == f.FOR:
                self._bind([node[1]], self.sources(node[2]))
            elif kind == f.WITH:
                for context, target, _ in node[1]:
                    found = self.sources(context)
                    if target is not None:
                        self._bind([target], found)
            elif kind == f.RETURN and node[1] is not None:
                self._leave(self.sources(node[1]), node[2])
            elif kind in (f.EXPR, f.IF, f.WHILE, f.ASSERT):
                self.sources(node[1])

    def sources(self, node: Node) -> Sources:
        """Return the units whose results an expression carries; own calls inside it are noted on the way."""
        kind = node[0]
        if kind == f.NAME:
            return self._name(node[1])
        if kind == f.CALL:
            return self._call(node)
        if kind == f.ATTR:
            return self._attribute(node)
        if kind in (f.STR, f.NUM, f.NONE, f.OPAQUE, f.LAMBDA, f.SLICE):
            return _NONE
        if kind == f.CMP:
            for operand in node[2]:
                self.sources(operand)
            return _NONE
        out = _NONE
        for part in parts_of(node):
            out |= self.sources(part)
        return _limited(out)

    def _name(self, name: str) -> Sources:
        found = self.env.get(name)
        if found is None and name not in self.frame.local_names:
            return self.flow._globals.get((self.frame.module.facts.path, name), _NONE)
        return found or _NONE

    def _attribute(self, node: Node) -> Sources:
        base = node[1]
        if base == [f.NAME, "self"] and self.frame.cls is not None:
            return self.flow._attributes.get((self.frame.cls.id, node[2]), _NONE)
        return self.sources(base)

    def _call(self, node: Node) -> Sources:
        record = self.frame.calls.get(id(node))
        arguments: list[tuple[int | str, Sources]] = []
        predicted = _predicts(node[2])
        for index, part in enumerate(node[3]):
            arguments.append((index, self.sources(part)))
            predicted |= _predicts(part)  # handed over to be applied: `frames.map(model.predict)`
        for name, part in node[4]:
            arguments.append((name or "**", self.sources(part)))
        receiver = self.sources(node[2][1]) if node[2][0] == f.ATTR else _NONE
        own = list(self._own(record)) if record is not None else []
        if record is not None:
            for symbol, names, _ in own:
                self._pass(node, record, symbol, names, arguments)
        if own:
            results = frozenset(result for _, _, result in own)
            return results | {_PREDICTION} if results & self.flow.giving else results
        if node[2][0] == f.NAME and node[2][1] in _MUTED:
            return _NONE
        carried = receiver | predicted
        for _, found in arguments:
            carried |= found
        if _PREDICTION in carried and record is not None and self._judges(record):
            carried -= {_PREDICTION}
        return _limited(carried)

    def _judges(self, record: CallRecord) -> bool:
        """Whether a call makes a score of what it is given: no prediction any more."""
        made = (self.flow.core.objects[item] for item in record.callees)
        apis = [self.flow.knowledge.find(callee.name) for callee in made if isinstance(callee, External)]
        return any(api is not None and api.role == "evaluation" for api in apis)

    def _own(self, record: CallRecord) -> Iterator[tuple[str, list[str], str]]:
        """Yield own callees: unit that gets the arguments, its parameter names, unit whose result comes back."""
        core = self.flow.core
        for item in sorted(record.callees):
            made = core.objects[item]
            skip = 0
            if made.kind == BOUND:
                assert isinstance(made, Bound)
                made, skip = core.objects[made.function], 1
            if made.kind == FUNCTION:
                assert isinstance(made, Function)
                symbol = join(made.module.name, made.scope.qualname)
                yield symbol, [p.name for p in made.scope.parameters][skip:], symbol
            elif made.kind == CLASS:
                assert isinstance(made, Class)
                symbol = join(made.module.name, made.scope.qualname)
                values, _ = core.find(made, "__init__")
                makers = [core.objects[i] for i in sorted(values)]
                functions = [m for m in makers if isinstance(m, Function)]
                for maker in functions:
                    names = [p.name for p in maker.scope.parameters][1:]
                    yield join(maker.module.name, maker.scope.qualname), names, symbol
                if not functions:
                    yield symbol, list(made.annotated), symbol
            elif isinstance(made, Instance):
                continue

    def _pass(
        self, node: Node, record: CallRecord, symbol: str, names: list[str], arguments: list[tuple[int | str, Sources]]
    ) -> None:
        if self.record_only:
            return
        site = Site(self.path, line_of(node[1]), column_of(node[1]))
        for key, found in arguments:
            if not found:
                continue
            if isinstance(key, int):
                name = names[key] if key < len(names) else ""
                values = record.positional[key] if key < len(record.positional) else frozenset()
            else:
                name, values = key, record.keywords.get(key, frozenset())
            if name:
                for source in sorted(found):
                    self.flow.add(source, symbol, name, site, values)

    def _leave(self, found: Sources, pos: int) -> None:
        if _PREDICTION in found:
            self.flow.giving.add(self.unit)
        if not self.record_only:
            site = Site(self.path, line_of(pos), column_of(pos))
            for source in sorted(found - {_PREDICTION}):
                self.flow.add(source, self.unit, "return", site, self.frame.result.values)

    def _bind(self, targets: list[Node], found: Sources, *, keep: bool = False) -> None:
        for target in targets:
            kind = target[0]
            if kind == f.NAME:
                name = target[1]
                self.env[name] = _limited(self.env.get(name, _NONE) | found) if keep else found
                if self.frame.scope.kind == "module":
                    key = (self.path, name)
                    self.flow._globals[key] = _limited(self.flow._globals.get(key, _NONE) | found)
            elif kind == f.SEQ:
                self._bind(target[3], found, keep=keep)
            elif kind == f.STAR:
                self._bind([target[1]], found, keep=keep)
            elif kind == f.SUB and target[1][0] == f.NAME:
                self._bind([target[1]], found, keep=True)
            elif kind == f.ATTR and target[1] == [f.NAME, "self"] and self.frame.cls is not None:
                place = (self.frame.cls.id, target[2])
                self.flow._attributes[place] = _limited(self.flow._attributes.get(place, _NONE) | found)


def _predicts(node: Node) -> Sources:
    """Return what a function gives that is named like a prediction; nothing for others."""
    return frozenset((_PREDICTION,)) if node[0] == f.ATTR and node[2] in _PREDICTING else _NONE


def _limited(found: Sources) -> Sources:
    return found if len(found) <= MAX_SOURCES else frozenset(sorted(found)[:MAX_SOURCES])
