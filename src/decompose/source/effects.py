"""Side effects of one file's functions: a pure function of its tree, cached with the file's facts."""

from __future__ import annotations

import ast
import re

import msgspec

from decompose.ir.effects import ArgumentFact, CallFact, FunctionEffects
from decompose.ir.symbols import MODULE_BODY
from decompose.source import effect_tables as tables
from decompose.source.effect_scope import FileScope, survey
from decompose.source.effect_state import ORIGINS
from decompose.source.effect_walk import Walker

_WORD = re.compile(r"\w+")
_NOTHING: frozenset[str] = frozenset()


def effects_of(tree: ast.Module) -> dict[str, FunctionEffects]:
    """Return what each function of a file does that another process could notice, by qualified name, sorted.

    The module body stands under `<module>`. Functions that do nothing of the kind and call nothing are left out.
    """
    return _File(tree).found()


class _File:
    """The walks over one file."""

    def __init__(self, tree: ast.Module) -> None:
        self.scope = survey(tree)
        self.walkers: list[Walker] = []
        self.scope.walk = self.function
        self.scope.walk_class = self.class_
        body = Walker(self.scope, MODULE_BODY, is_module=True)
        self.walkers.append(body)
        body.body(tree.body)
        self.definitions(tree.body)

    def definitions(self, statements: list[ast.stmt]) -> None:
        """Walk the functions and classes that some module-level statements define."""
        for node in statements:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                self.function(node, node.name)
            elif isinstance(node, ast.ClassDef):
                self.class_(node, node.name)
            elif isinstance(node, ast.If | ast.Try | ast.With | ast.For | ast.While):
                self.definitions(node.body)
                self.definitions(getattr(node, "orelse", []))
                for handler in getattr(node, "handlers", []):
                    self.definitions(handler.body)

    def class_(self, node: ast.ClassDef, qualname: str, *, outer: Walker | None = None) -> None:
        """Walk the methods of a class, its constructor first."""
        methods = [n for n in node.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
        for method in sorted(methods, key=lambda n: n.name not in ("__init__", "__new__", "__post_init__")):
            self.function(method, f"{qualname}.{method.name}", class_name=qualname, outer=outer)
        for inner in node.body:
            if isinstance(inner, ast.ClassDef):
                self.class_(inner, f"{qualname}.{inner.name}", outer=outer)

    def function(
        self,
        node: ast.FunctionDef | ast.AsyncFunctionDef,
        qualname: str,
        *,
        class_name: str = "",
        outer: Walker | None = None,
    ) -> Walker:
        """Walk one function."""
        walker = Walker(self.scope, qualname, class_name)
        self.walkers.append(walker)
        if outer is not None:
            walker.env = {name: _outward(tags) for name, tags in outer.env.items()}
            walker.imports = dict(outer.imports)
        decorators = {ast.unparse(d).rpartition(".")[2] for d in node.decorator_list}
        parameters = _parameters(node.args)
        if class_name and parameters and "staticmethod" not in decorators:
            first = parameters[0].arg
            if "classmethod" in decorators or node.name in ("__new__", "__init_subclass__", "__class_getitem__"):
                walker.env[first] = frozenset({f"global:{class_name}"})
            else:
                walker.receiver = first
                walker.env[first] = frozenset({f"parameter:{first}"})
            parameters = parameters[1:]
        for parameter in parameters:
            walker.annotations[parameter.arg] = _annotation(parameter.annotation)
            walker.env[parameter.arg] = _incoming(parameter.arg, walker.annotations[parameter.arg])
        walker.body(node.body)
        walker.captured = {tag for tag in (*walker.reads, *walker.changes) if tag.startswith("outer:")}
        return walker

    def found(self) -> dict[str, FunctionEffects]:
        """Return the results by qualified name; of two definitions of one name, the union stands under it."""
        found: dict[str, FunctionEffects] = {}
        for walker in self.walkers:
            result = self.settled(walker)
            known = found.get(walker.qualname)
            found[walker.qualname] = result if known is None else _joined(known, result)
        return {name: result for name, result in sorted(found.items()) if result != FunctionEffects()}

    def settled(self, walker: Walker) -> FunctionEffects:
        """Return a walk's result with what the other walks over the file say about its instance and its globals."""
        result = walker.finish()
        calls = tuple(_with_changes(call, walker.class_name, self.scope) for call in result.calls)
        return msgspec.structs.replace(result, calls=calls) if calls != result.calls else result


def _with_changes(call: CallFact, class_name: str, scope: FileScope) -> CallFact:
    """Return a call with `mutated_after` on arguments that live on and are changed elsewhere in the file."""
    arguments = tuple(
        ArgumentFact(argument.key, tuple(sorted({*argument.tags, "mutated_after"})))
        if any(_is_changed(tag, class_name, scope) for tag in argument.tags)
        else argument
        for argument in call.arguments
    )
    return msgspec.structs.replace(call, arguments=arguments) if arguments != call.arguments else call


def _is_changed(tag: str, class_name: str, scope: FileScope) -> bool:
    """Return whether something that lives on is changed in place anywhere in the file."""
    prefix, _, name = tag.partition(":")
    if prefix == "attribute":
        return (class_name, name) in scope.changed_attributes
    return prefix in ("global", "imported") and name in scope.changed_globals


def _joined(first: FunctionEffects, second: FunctionEffects) -> FunctionEffects:
    """Return the union of two results."""
    return FunctionEffects(
        tuple(sorted({*first.effects, *second.effects})),
        first.calls + second.calls,
        tuple(sorted({*first.returns, *second.returns})),
    )


def _parameters(args: ast.arguments) -> list[ast.arg]:
    """Return all parameters in order."""
    found = [*args.posonlyargs, *args.args]
    found += [args.vararg] if args.vararg is not None else []
    found += args.kwonlyargs
    return found + ([args.kwarg] if args.kwarg is not None else [])


def _annotation(node: ast.expr | None) -> str:
    """Return the words of an annotation, joined by spaces."""
    if node is None:
        return ""
    if isinstance(node, ast.Name):
        return node.id
    text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ast.unparse(node)
    return " ".join(_WORD.findall(text))


def _incoming(name: str, annotation: str) -> frozenset[str]:
    """Return the value of a parameter."""
    words = set(annotation.split())
    found = {f"parameter:{name}"}
    found |= {f"handle:{word}" for word in words & tables.HANDLE_ANNOTATIONS}
    if words & tables.ITERATOR_ANNOTATIONS:
        found.add("iterator")
    return frozenset(found)


def _outward(tags: frozenset[str]) -> frozenset[str]:
    """Return a value of the enclosing function as the function inside it sees it."""
    if not tags:
        return _NOTHING
    return frozenset(
        f"outer:{t}" if t.startswith(ORIGINS) and not t.startswith(("global:", "imported:")) else t for t in tags
    )
