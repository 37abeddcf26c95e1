"""The whole-program solution: which phases run, in which order, until nothing grows any more."""

from __future__ import annotations

import re
import sys
from typing import Any

from decompose.graph.attributes import Attributes
from decompose.graph.calls import Calls
from decompose.graph.core import MAX_RUNS
from decompose.graph.definitions import Definitions, dotted_text
from decompose.graph.expressions import Expressions
from decompose.graph.externals import Externals
from decompose.graph.injection import Injection
from decompose.graph.making import Making
from decompose.graph.models import Models
from decompose.graph.objects import (
    ANY,
    EMPTY,
    EXTERNAL_INSTANCE,
    FUNCTION,
    INSTANCE,
    NULL,
    NUMBER,
    TEXT,
    Bound,
    Box,
    CallRecord,
    Cell,
    Class,
    External,
    ExternalInstance,
    Frame,
    Function,
    Instance,
    Property,
    Text,
    Values,
)
from decompose.graph.protocols import Protocols
from decompose.graph.sites import calls_in
from decompose.graph.statements import Statements
from decompose.ir import facts as f
from decompose.ir.facts import Node, SourceFacts
from decompose.knowledge import Knowledge, load

RECURSION_LIMIT = 30_000
MAX_IMPLEMENTERS = 12
"""Classes that are taken for a protocol without inheriting it."""
_EVALUATED = re.compile(r"\s*(?P<name>[A-Za-z_]\w*(\.[A-Za-z_]\w*)*)\s*(?P<call>\([^()]*\))?\s*;?\s*")
"""Source text whose evaluation is followed."""
_UNTELLING = frozenset({EXTERNAL_INSTANCE, TEXT, NUMBER, NULL})
"""Kinds of values beside which an annotation tells more: constants, and what libraries give back."""
COMMON_METHODS = frozenset(
    name
    for kind in (str, list, dict, set, tuple, bytes, int, float, object, type(iter(())), Exception)
    for name in dir(kind)
) | frozenset({
    "fit", "predict", "transform", "fit_transform", "score", "read", "write", "close", "open", "run", "start", "stop",
    "save", "load", "get", "set", "put", "delete", "post", "send", "recv", "connect", "execute", "commit", "query",
    "apply", "map", "mean", "sum", "std", "max", "min", "reshape", "to", "cpu", "cuda", "detach", "numpy", "item",
    "backward", "step", "zero_grad", "train", "eval", "parameters", "named_parameters", "modules", "named_modules", "children",
    "named_children", "state_dict", "load_state_dict", "forward", "info", "debug", "warning", "error",
    "exception", "log", "print", "show", "plot", "head", "tail", "drop", "merge", "groupby", "filter", "first", "all",
    "one", "submit", "result", "wait", "acquire", "release", "seek", "flush", "readline", "readlines", "group", "match",
    "search", "sub", "findall", "json", "raise_for_status", "exists", "mkdir", "name", "process", "call", "build",
    "compile", "evaluate", "summary", "add", "register", "next", "reset", "size", "dim", "shape", "view", "float",
    "long", "sort_values", "sample", "to_csv", "to_dict", "dict", "copy_", "main", "setup", "parse_args",
    "add_argument", "cursor", "fetchall", "fetchone", "rollback", "encode", "decode", "init", "create",
})  # fmt: skip
"""Method names too common to say whose they are."""


class Solver(Expressions, Statements, Attributes, Calls, Making, Definitions, Models, Externals, Protocols, Injection):
    """Runs the analysis; read the result through `graph.solution.Solution`."""

    def __init__(self, facts: SourceFacts, knowledge: Knowledge | None = None) -> None:
        super().__init__(facts)
        self.imports: dict[tuple[str, str, str | None, int], None] = {}
        """`(path of the importer, name as written, path-derived name of an own module or None, place)`."""
        self.guesses_names = False
        self.unknown: dict[Frame, set[str]] = {}
        """Names of methods that frames call on something unknown."""
        self._telling: dict[str, list[Class]] = {}
        """Classes by the names of methods that tell whose they are."""
        self.knowledge = knowledge or load()
        self._protocols: dict[int, tuple[int, list[Class]]] = {}
        """Classes that have a protocol's methods, with the number of objects when they were sought."""
        self._returns: dict[str, str] = {}
        self._loops: dict[str, dict[int, int]] = {}
        self._calls: dict[str, list[Node]] = {}

    def solve(self) -> Solver:
        """Run every phase."""
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(max(limit, RECURSION_LIMIT))
        try:
            for info in self.modules.infos:
                self.ensure_module(info)
            self.settle_waiting()
            self._run_unreached()
            self._seed_open_classes()
            self._guess_by_name()
        finally:
            sys.setrecursionlimit(limit)
        return self

    # -- phases -----------------------------------------------------------------------------------------------------

    def _run_unreached(self) -> None:
        """Run functions that nothing in the tree calls, with what their annotations and classes say."""
        done = 0
        while done < len(self.objects):
            made = self.objects[done]
            done += 1
            if isinstance(made, Function) and not made.frames:
                self._seed(made)
                if done % 50 == 0:
                    self.settle()
            if done == len(self.objects):
                self.settle_waiting()
                self._seed_annotations()
                self.settle_waiting(MAX_RUNS)

    def _seed(self, function: Function) -> None:
        frame = self.frame_of(function, None)
        frame.is_possible = True
        if function.cls is not None and function.frame.scope.kind == "class" and function.scope.parameters:
            self.flow(frame.parameters[0], self._receivers(function))
        self.bind_defaults(frame)
        self._annotate(frame)
        for parameter, cell in zip(frame.scope.parameters, frame.parameters, strict=True) if self.fixtures else ():
            self.flow(cell, self._fixture(function, parameter.name))
        self.demand(frame)

    def _fixture(self, function: Function, name: str) -> Values:
        """Return what the fixture of a name gives a test of the same file, or of a folder below its `conftest.py`."""
        out = EMPTY
        for fixture in self.fixtures.get(name, ()) if function.scope.name != name else ():
            place = fixture.module.facts.path
            is_shared = place.endswith("conftest.py") and function.module.facts.path.startswith(fixture.module.folder)
            if place == function.module.facts.path or is_shared:
                if not fixture.frames:
                    self._seed(fixture)
                for frame in fixture.frames.values():
                    out = self.union(out, self.union(frame.result.values, frame.yields.values))
        return out

    def bind_defaults(self, frame: Frame) -> None:
        """Let the defaults flow into the parameters of a frame that nothing calls."""
        assert frame.function is not None
        for parameter, cell in zip(frame.scope.parameters, frame.parameters, strict=True):
            default = frame.function.defaults.get(parameter.name)
            if default is not None:
                self.flow(cell, default.values)
            elif parameter.kind == "var_positional":
                self.flow(cell, self.box("tuple", ("*", id(frame))).single)
            elif parameter.kind == "var_keyword":
                self.flow(cell, self.box("dict", ("**", id(frame))).single)

    def _receivers(self, function: Function) -> Values:
        """Return what `self` or `cls` may be: known instances, else any instance of the class."""
        cls = function.cls
        assert cls is not None
        name = function.scope.name
        label = self._wrapper_label(cls, function)
        if label == "staticmethod":
            return EMPTY
        if label == "classmethod" or name in ("__new__", "__init_subclass__", "__class_getitem__"):
            return cls.single
        return self.instances_of(cls)

    def _wrapper_label(self, cls: Class, function: Function) -> str:
        for decorator in function.decorated:
            last = decorator.rpartition(".")[2]
            if last in ("staticmethod", "classmethod"):
                return last
        return ""

    def instances_of(self, cls: Class) -> Values:
        """Return the known instances of a class and its subclasses, else the one that stands for any."""
        out = EMPTY
        for each in [cls, *self.descendants(cls)]:
            for item in each.instances:
                out = self.union(out, self.objects[item].single)
                if len(out) > 12:
                    return self.union(out, self.open_instance(cls))
        for each in self._implementers(cls) if not out else ():
            out = self.union(out, self.instances_of(each))
        return out or self.open_instance(cls)

    def _implementers(self, cls: Class) -> list[Class]:
        """Return the classes that have every method of a protocol, which no class of the tree inherits."""
        if not _is_protocol(cls) or cls.subclasses:
            return []
        size, known = self._protocols.get(cls.id, (0, []))
        if len(self.objects) < size * 5 // 4:
            return known
        names = {n for n, cell in cls.fields.items() if any(self.objects[i].kind == FUNCTION for i in cell.values)}
        others = [o for o in self.classes if names and names & o.fields.keys() and not _is_protocol(o)]
        fits = [
            other
            for other in others
            if all(any(isinstance(c, Class) and name in c.fields for c in other.mro) for name in names)
        ][:MAX_IMPLEMENTERS]
        self._protocols[cls.id] = (len(self.objects), fits)
        return fits

    def _seed_annotations(self) -> None:
        """Give parameters that no call tells about what their annotations say."""
        for frame in list(self.frames):
            if frame.function is not None and frame.scope.kind == "function":
                self._annotate(frame)
                if not frame.result.values and frame.scope.returns is not None and not frame.scope.flags & f.GENERATOR:
                    self.flow(frame.result, self.annotated_values(frame.function.frame, frame.scope.returns))

    def _annotate(self, frame: Frame) -> None:
        assert frame.function is not None
        for parameter, cell in zip(frame.scope.parameters, frame.parameters, strict=True):
            if parameter.annotation is None or parameter.kind == "var_keyword":
                continue
            if parameter.kind == "var_positional":
                self._annotate_rest(frame, cell, parameter.annotation)
            elif {self.objects[i].kind for i in cell.values} <= _UNTELLING:
                self.flow(cell, self.annotated_values(frame.function.frame, parameter.annotation))

    def _annotate_rest(self, frame: Frame, cell: Cell, annotation: Node) -> None:
        """Give `*values: T` elements of T where no call gives any."""
        assert frame.function is not None
        for item in cell.values:
            box = self.objects[item]
            if isinstance(box, Box) and not any(held.values for held in box.fields.values()):
                box.length = None
                self.flow(self.field(box, ANY), self.annotated_values(frame.function.frame, annotation))

    def _seed_open_classes(self) -> None:
        """Run inherited methods for classes that nothing in the tree makes."""
        for made in list(self.objects):
            if not isinstance(made, Class) or made.is_constructed or made.subclasses or len(made.mro) < 2:
                continue
            for base in made.mro[1:]:
                if isinstance(base, Class):
                    self._inherit(made, base)
        self.settle_waiting(MAX_RUNS)

    def _inherit(self, cls: Class, base: Class) -> None:
        for name, cell in list(base.fields.items()):
            for item in sorted(cell.values):
                function = self.objects[item]
                if not isinstance(function, Function) or self.find(cls, name)[1] is not base:
                    continue
                frame = function.frames.get(None)
                if frame is not None and frame.parameters and function.cls is base:
                    self.flow(frame.parameters[0], self.open_instance(cls))

    def _guess_by_name(self) -> None:
        """Resolve method calls on unknown receivers where only one family of classes has that method."""
        methods: dict[str, list[Class]] = {}
        for made in self.classes:
            for name, cell in made.fields.items():
                if any(isinstance(self.objects[i], Function | Property) for i in cell.values):
                    methods.setdefault(name, []).append(made)
        self._telling = {name: owners for name, owners in methods.items() if self._is_telling(name, owners)}
        self.guesses_names = True
        for frame, names in list(self.unknown.items()):
            if frame in self.unsettled or not names.isdisjoint(self._telling):
                self.rerun(frame)
        self.settle_waiting(MAX_RUNS)

    def _is_telling(self, name: str, owners: list[Class]) -> bool:
        """Return whether a method's name says whose it is: all classes that have it descend from one of them."""
        if name in COMMON_METHODS or len(name) < 4 or len(owners) > 12:
            return False
        return any(all(candidate in owner.mro for owner in owners) for candidate in owners)

    # -- unknown callees ----------------------------------------------------------------------------------------------

    def unknown_call(self, frame: Frame, node: Node, positional: list[Values], keywords: dict[str, Values]) -> Values:
        """Return what a call gives whose callee is not known: by the method's name, where that says enough."""
        function = node[2]
        if function[0] != f.ATTR:
            return EMPTY
        top = self.current
        if not self.guesses_names:
            if top is not None:
                self.unknown.setdefault(top, set()).add(function[2])
            return EMPTY
        name = function[2]
        if name not in self._telling or self.eval(frame, function[1]):
            return EMPTY
        out = EMPTY
        for owner in self._telling[name]:
            receiver = self.objects[next(iter(self.open_instance(owner)))]
            callees = self.bind_special(owner.fields[name].values, receiver)  # type: ignore[arg-type]
            callees = frozenset(i for i in callees if isinstance(self.objects[i], Bound))
            if callees:
                result = self.invoke(frame, callees, positional, keywords, node[1], node, "name", is_possible=True)
                out = self.union(out, result)
        return out

    # -- annotations --------------------------------------------------------------------------------------------------

    def annotated_values(self, frame: Frame, annotation: Node | None) -> Values:
        """Return what a value of an annotated type may be."""
        if annotation is None:
            return EMPTY
        kind = annotation[0]
        if kind == f.BIN and annotation[1] == "|":
            return self.union(self.annotated_values(frame, annotation[2]), self.annotated_values(frame, annotation[3]))
        if kind == f.SUB:
            return self._generic(frame, annotation)
        if kind == f.STR and annotation[1].isidentifier():
            return self.annotated_values(frame, [f.NAME, annotation[1]])
        if kind in (f.NAME, f.ATTR):
            return self.instances_for(self.eval(frame, annotation))
        return EMPTY

    def instances_for(self, types: Values) -> Values:
        """Return instances of some types."""
        out = EMPTY
        for item in sorted(types):
            made = self.objects[item]
            if isinstance(made, Class):
                out = self.union(out, self.instances_of(made))
            elif isinstance(made, External):
                out = self.union(out, self._external_type(made.name))
            elif isinstance(made, Instance | Box):
                continue
        return out

    def _external_type(self, name: str) -> Values:
        if name in ("builtins.str",):
            return self.text_any
        if name in ("builtins.int", "builtins.float", "builtins.bool"):
            return self.number_any
        if name in ("pathlib.Path", "pathlib.PurePath"):
            return self.text("{}", is_template=True, is_path=True)
        if name in (
            "builtins.dict",
            "builtins.list",
            "builtins.tuple",
            "builtins.set",
            "typing.Any",
            "builtins.object",
        ):
            return EMPTY
        if name.startswith(("typing.", "builtins.", "collections.abc.")):
            return EMPTY
        return self.external_instance(name, "annotation").single

    def _generic(self, frame: Frame, annotation: Node) -> Values:
        head = dotted_text(annotation[1]).rpartition(".")[2]
        inner = annotation[2]
        parts = inner[3] if inner[0] == f.SEQ else [inner]
        if head in ("Optional", "Union", "Annotated", "Final", "ClassVar", "Required", "NotRequired"):
            out = EMPTY
            for part in parts[:1] if head == "Annotated" else parts:
                out = self.union(out, self.annotated_values(frame, part))
            return out
        if head in ("Type", "type"):
            return frozenset(i for i in self.eval(frame, inner) if isinstance(self.objects[i], Class))
        if head in (
            "List",
            "list",
            "Sequence",
            "Iterable",
            "Iterator",
            "Set",
            "set",
            "Tuple",
            "tuple",
            "Collection",
            "FrozenSet",
            "Generator",
        ):
            values = EMPTY
            for part in parts[:1] if head not in ("Tuple", "tuple") else parts:
                values = self.union(values, self.annotated_values(frame, part))
            if not values:
                return EMPTY
            box = self.box("list", ("annotated", id(annotation)))
            self.flow(self.field(box, ANY), values)
            return box.single
        if head in ("Dict", "dict", "Mapping", "MutableMapping", "DefaultDict", "OrderedDict") and len(parts) == 2:
            values = self.annotated_values(frame, parts[1])
            if not values:
                return EMPTY
            box = self.box("dict", ("annotated", id(annotation)))
            self.flow(self.field(box, ANY), values)
            return box.single
        return self.instances_for(self.eval(frame, annotation[1]))

    # -- small hooks --------------------------------------------------------------------------------------------------

    def exports_of(self, top: Frame) -> list[str] | None:
        """Return the names of `__all__`, or `None` when the module has none that can be read."""
        cell = top.cells.get("__all__")
        values = cell.values if cell is not None else top.env.get("__all__", EMPTY)
        names: list[str] = []
        for item in sorted(values):
            made = self.objects[item]
            if isinstance(made, Box):
                held = EMPTY
                for inner in made.fields.values():
                    held = self.union(held, inner.values)
                names += [
                    o.text for o in (self.objects[i] for i in sorted(held)) if isinstance(o, Text) and not o.is_template
                ]
        return names or None

    def note_import(self, frame: Frame, name: str, dotted: str | None, pos: int) -> None:
        """Remember that a frame imports a module."""
        self.imports[(frame.module.facts.path, name, dotted, pos)] = None

    def library_return(self, name: str) -> str:
        """Return the documented return type of a library function; empty when it is not known."""
        known = self._returns.get(name)
        if known is None:
            known = self._returns[name] = self.knowledge.returns(name)
        return known

    def evaluate_text(self, frame: Frame, values: Values, pos: int) -> Values:
        """Return what evaluating known source text gives: dotted names, and calls of them whose arguments are ignored."""
        out = EMPTY
        for item in sorted(values):
            made = self.objects[item]
            written = _EVALUATED.fullmatch(made.text) if isinstance(made, Text) and not made.is_template else None
            if written is None:
                continue
            first, *rest = written["name"].split(".")
            found = self.eval(frame, [f.NAME, first])
            for name in rest:
                found = self.load(frame, found, name, pos)
            if written["call"]:
                found = self.invoke(frame, found, [], {}, pos, ("eval", pos), "eval")
            out = self.union(out, found)
        return out

    def loops_at(self, info: Any, pos: int) -> int:
        """Return how many loops stand around a call of a module, inside its function."""
        known = self._loops.get(info.facts.path)
        if known is None:
            known = self._loops[info.facts.path] = {node[1]: node[5] for node in self.calls_of(info) if node[5]}
        return known.get(pos, 0)

    def calls_of(self, info: Any) -> list[Node]:
        """Return every call site of a module."""
        known = self._calls.get(info.facts.path)
        if known is None:
            known = [node for scope in info.facts.scopes for node in calls_in(scope)]
            self._calls[info.facts.path] = known
        return known

    def describe(self, item: int) -> Any:
        """Return an object, for debugging and the solution's readers."""
        return self.objects[item]


def _is_protocol(cls: Class) -> bool:
    return any(isinstance(b, str) and b.rpartition(".")[2].startswith("Protocol") for b in cls.bases)


__all__ = ["INSTANCE", "CallRecord", "Cell", "ExternalInstance", "Solver"]
