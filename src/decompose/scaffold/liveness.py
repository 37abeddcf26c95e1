"""Which names a run of statements needs from before, and which it binds for later."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(slots=True)
class Liveness:
    """What some statements do with names, seen from outside."""

    needs: set[str] = field(default_factory=set)
    """Names that are read before these statements surely bound them."""
    sure: set[str] = field(default_factory=set)
    """Names that are bound afterwards, whatever path was taken."""
    maybe: set[str] = field(default_factory=set)
    """Names that are bound on some paths."""
    gone: set[str] = field(default_factory=set)
    """Names that are deleted."""

    def read(self, names: Iterable[str]) -> None:
        """Note that names are read here."""
        self.needs |= set(names) - self.sure

    def bind(self, names: Iterable[str]) -> None:
        """Note that names are bound here."""
        self.sure |= set(names)
        self.maybe |= set(names)
        self.gone -= set(names)

    def then(self, other: Liveness, *, is_certain: bool = True) -> None:
        """Add what runs next."""
        self.needs |= other.needs - self.sure
        self.maybe |= other.maybe
        if is_certain:
            self.sure = (self.sure | other.sure) - other.gone
            self.gone = (self.gone - other.sure) | other.gone


def liveness(statements: Iterable[ast.stmt]) -> Liveness:
    """Return what statements that run one after the other need and bind."""
    found = Liveness()
    for statement in statements:
        _statement(statement, found)
    return found


def free_names(node: ast.AST) -> set[str]:
    """Return the names that an expression or definition reads and does not bind itself, nested scopes included."""
    if isinstance(node, _SCOPES):
        return _free_of_function(node)
    if isinstance(node, _COMPREHENSIONS):
        inside = Liveness()
        for generator in node.generators:
            inside.read(free_names(generator.iter))
            inside.bind(bound_names(generator.target))
            for condition in generator.ifs:
                inside.read(free_names(condition))
        parts = (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)
        for part in parts:
            inside.read(free_names(part))
        return inside.needs
    if isinstance(node, ast.Name):
        return {node.id} if isinstance(node.ctx, (ast.Load, ast.Del)) else set()
    found: set[str] = set()
    for child in ast.iter_child_nodes(node):
        found |= free_names(child)
    return found


def bound_names(node: ast.AST) -> set[str]:
    """Return the names that a target, pattern or import binds."""
    found = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    for child in ast.walk(node):
        if isinstance(child, (ast.MatchAs, ast.MatchStar)) and child.name:
            found.add(child.name)
        if isinstance(child, ast.MatchMapping) and child.rest:
            found.add(child.rest)
    return found


def walrus_names(node: ast.AST) -> set[str]:
    """Return the names that an expression binds with `:=`."""
    return {n.target.id for n in ast.walk(node) if isinstance(n, ast.NamedExpr)}


def global_names(node: ast.AST) -> set[str]:
    """Return the names that functions inside declare `global`."""
    return {name for child in ast.walk(node) if isinstance(child, ast.Global) for name in child.names}


def _free_of_function(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> set[str]:
    arguments = node.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    own = {argument.arg for argument in every if argument is not None}
    body: list[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else list(node.body)
    declared = {n for part in body for n in global_names(part)}
    if not isinstance(node, ast.Lambda):
        own |= liveness(node.body).maybe - declared
    outside: set[str] = set()
    for default in (*arguments.defaults, *(d for d in arguments.kw_defaults if d is not None)):
        outside |= free_names(default)
    for decorator in getattr(node, "decorator_list", ()):
        outside |= free_names(decorator)
    inside: set[str] = set()
    for part in body:
        inside |= free_names(part)
    annotations = [a.annotation for a in every if a is not None and a.annotation is not None]
    annotations += [node.returns] if not isinstance(node, ast.Lambda) and node.returns is not None else []
    for annotation in annotations:
        outside |= free_names(annotation)
    return outside | (inside - own) | declared


def _statement(node: ast.stmt, found: Liveness) -> None:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        found.read(free_names(node) - ({node.name} if not isinstance(node, ast.ClassDef) else set()))
        found.bind({node.name})
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        found.bind({a.asname or a.name.partition(".")[0] for a in node.names} - {"*"})
    elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        _assignment(node, found)
    elif isinstance(node, ast.Delete):
        found.read(free_names(node))
        removed = {t.id for t in node.targets if isinstance(t, ast.Name)}
        found.sure -= removed
        found.gone |= removed
    elif isinstance(node, (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.TryStar, ast.Match)):
        _branching(node, found)
    elif isinstance(node, (ast.With, ast.AsyncWith)):
        for item in node.items:
            found.read(free_names(item.context_expr))
            found.bind(bound_names(item.optional_vars) if item.optional_vars is not None else ())
        found.then(liveness(node.body))
    else:
        found.read(free_names(node) - walrus_names(node))
        found.bind(walrus_names(node))


def _assignment(node: ast.Assign | ast.AnnAssign | ast.AugAssign, found: Liveness) -> None:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if node.value is not None:
        found.read(free_names(node.value))
        found.bind(walrus_names(node.value))
    for target in targets:
        found.read(free_names(target))
        if isinstance(node, ast.AugAssign) and isinstance(target, ast.Name):
            found.read({target.id})
        if node.value is not None:
            found.bind(bound_names(target))


def _branching(
    node: ast.If | ast.For | ast.AsyncFor | ast.While | ast.Try | ast.TryStar | ast.Match, found: Liveness
) -> None:
    if isinstance(node, (ast.Try, ast.TryStar)):
        _try(node, found)
        return
    head = node.iter if isinstance(node, (ast.For, ast.AsyncFor)) else getattr(node, "test", None)
    head = node.subject if isinstance(node, ast.Match) else head
    if head is not None:
        found.read(free_names(head))
        found.bind(walrus_names(head))
    if isinstance(node, ast.If):
        _either([node.body, node.orelse], found)
    elif isinstance(node, ast.Match):
        for case in node.cases:
            inner = Liveness()
            inner.bind(bound_names(case.pattern))
            inner.read(free_names(case.guard) if case.guard is not None else ())
            inner.then(liveness(case.body))
            found.then(inner, is_certain=False)
    else:
        inner = Liveness()
        if not isinstance(node, ast.While):
            inner.bind(bound_names(node.target))
            inner.read(free_names(node.target))
        inner.then(liveness(node.body))
        found.then(inner, is_certain=False)
        found.then(liveness(node.orelse), is_certain=False)


def _either(bodies: list[list[ast.stmt]], found: Liveness) -> None:
    """Add alternatives: sure is what all of them that go on bind."""
    parts = [liveness(body) for body in bodies]
    going = [p for p, body in zip(parts, bodies, strict=True) if not _leaves(body)]
    for part in parts:
        found.needs |= part.needs - found.sure
        found.maybe |= part.maybe
    if going:
        found.bind(set.intersection(*(p.sure for p in going)))
        found.sure -= set().union(*(p.gone for p in going))


def _leaves(body: list[ast.stmt]) -> bool:
    return bool(body) and isinstance(body[-1], (ast.Raise, ast.Return, ast.Continue, ast.Break))


def _try(node: ast.Try | ast.TryStar, found: Liveness) -> None:
    body = liveness([*node.body, *node.orelse])
    found.needs |= body.needs - found.sure
    found.maybe |= body.maybe
    ends = [body] if not _leaves(node.body) else []
    for handler in node.handlers:
        part = Liveness()
        part.read(free_names(handler.type) if handler.type is not None else ())
        inner = liveness(handler.body)
        part.needs |= inner.needs - ({handler.name} if handler.name else set())
        part.maybe, part.sure = inner.maybe, inner.sure
        found.needs |= part.needs - found.sure
        found.maybe |= part.maybe
        ends += [part] if not _leaves(handler.body) else []
    if ends:
        found.bind(set.intersection(*(end.sure for end in ends)))
    found.then(liveness(node.finalbody))
