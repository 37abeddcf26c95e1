"""Classes mapped to tables (Django, SQLAlchemy), and the managers, accessors, forms and views that stand for their rows."""

from __future__ import annotations

import re

from decompose.graph.core import Core
from decompose.graph.library import label
from decompose.graph.modules import ModuleInfo
from decompose.graph.objects import Class
from decompose.graph.orm import table_of
from decompose.graph.walk import expressions_of, statements_of
from decompose.ir import facts as f
from decompose.ir.facts import FileFacts, Node

_MODEL = re.compile(
    r"django\.db\.models\.(?:base\.)?Model$|django\.contrib\.auth\.\w+\.Abstract\w+$|django.*\.models\.\w+Model$"
)
_SETS = re.compile(r"django\.db\.models\.(?:\w+\.)?(?:Manager|QuerySet)$|django\.contrib\.auth\.\w+\.\w*UserManager$")
_VIEWS = re.compile(r"django\.views\.generic\b|rest_framework\.(?:generics|viewsets)\b")
_FORMS = re.compile(r"(?:django\.forms|rest_framework\.serializers)\b.*\bModel\w+$")
_COLUMN = re.compile(r"(?:Field|ForeignKey)$|^(?:Column|mapped_column)$")
_USER = "auth_user"
Tables = frozenset[str]
NOTHING: Tables = frozenset()


class MappedClasses:
    """The models of a system: table by class, and by what else leads to it."""

    def __init__(self, core: Core) -> None:
        self.tables: dict[str, dict[str, str]] = {}
        """By name of the class and of its module."""
        self._modules = core.modules
        self._imports: dict[str, dict[str, str]] = {}
        self.by_label: dict[str, str] = {}
        """By `app.model` in lower case."""
        self.own: dict[tuple[str, int], Tables] = {}
        """By file and scope, of models, and of the managers and query sets that they use."""
        self.sets: set[tuple[str, int]] = set()
        """Managers and query sets, by file and scope."""
        self.managers = {"objects", "_default_manager", "_base_manager"}
        """Names of attributes that hold a manager."""
        self.related: dict[str, set[str]] = {}
        """By the name of a reverse accessor."""
        self.forms: dict[str, Tables] = {}
        self.views: set[tuple[str, int]] = set()
        self.user: Tables = frozenset((_USER,))
        self.columns: dict[str, tuple[str, ...]] = {}
        """Columns that the class of each table declares, sorted."""
        self.alchemy: set[str] = set()
        """Tables that SQLAlchemy maps: a commit saves what was changed of their rows."""
        classes = [(made, [b for b in made.mro if isinstance(b, str)]) for made in core.classes]
        mapped = [(made, bases) for made, bases in classes if any(map(_MODEL.match, bases))]
        for made, bases in mapped:
            self._add(made, bases)
        self._add_alchemy(core)
        if not self.tables:
            return
        for made, bases in classes:
            place = (made.module.facts.path, made.index)
            if any(map(_SETS.match, bases)):
                self.sets.add(place)
            elif any(map(_VIEWS.match, bases)):
                self.views.add(place)
            elif any(map(_FORMS.match, bases)):
                model = _meta(made.module.facts, made.index).get("model")
                if model is not None:
                    self.forms[made.scope.name] = self.called(label(model), made.module)
        sets = {c.scope.name: c for c, _ in classes if (c.module.facts.path, c.index) in self.sets}
        for made, _ in mapped:
            self._managers_of(made, sets)
            self._accessors_of(made)

    def _add(self, made: Class, bases: list[str]) -> None:
        facts = made.module.facts
        meta = _meta(facts, made.index)
        if meta.get("abstract") == [f.NUM, True]:
            return
        parts = made.module.name.split(".")
        named = parts[: parts.index("models")] if "models" in parts else parts[:-1]
        app = named[-1] if named else parts[-1]
        name = made.scope.name
        table = f"{text_of(meta.get('app_label')) or app}_{name.lower()}"
        stated = text_of(meta.get("db_table"))
        self.tables.setdefault(name, {})[made.module.name] = stated or table
        self.by_label[f"{app}.{name}".lower()] = stated or table
        self.own[facts.path, made.index] = frozenset((stated or table,))
        self.columns[stated or table] = _declared(made)
        if any("Abstract" in base and "auth" in base for base in bases):
            self.user = frozenset((stated or table,))

    def _add_alchemy(self, core: Core) -> None:
        for made in core.classes:
            table = table_of(core, made)
            if table:
                self.alchemy.add(table)
                self.columns[table] = _declared(made)
                self.managers.add("query")
                self.tables.setdefault(made.scope.name, {})[made.module.name] = table
                self.own[made.module.facts.path, made.index] = frozenset((table,))

    def _managers_of(self, made: Class, by_name: dict[str, Class]) -> None:
        """Say of the managers that a model names, and of the query sets that these name, whose rows they give.

        Args:
            made: The model.
            by_name: Managers and query sets.
        """
        tables = self.own.get((made.module.facts.path, made.index), NOTHING)
        waiting = []
        for node in made.scope.body:
            named = [n for n in _names(node[2]) if n in by_name] if node[0] == f.ASSIGN else []
            if named or (node[0] == f.ASSIGN and label(node[2]).endswith(("Manager", "as_manager"))):
                self.managers.update(t[1] for t in node[1] if t[0] == f.NAME)
            waiting.extend(named)
        seen: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            cls = by_name[name]
            place = (cls.module.facts.path, cls.index)
            self.own[place] = self.own.get(place, NOTHING) | tables
            inside = [s for s in cls.module.facts.scopes if s.parent == cls.index]
            waiting.extend(n for s in inside for b in s.body for n in _names(b) if n in by_name)
            waiting.extend(n for base in cls.scope.bases for n in _names(base) if n in by_name)

    def _accessors_of(self, made: Class) -> None:
        tables = self.own.get((made.module.facts.path, made.index), NOTHING)
        self.related.setdefault(f"{made.scope.name.lower()}_set", set()).update(tables)
        for node in made.scope.body:
            if node[0] == f.ASSIGN and node[2][0] == f.CALL:
                for keyword, value in node[2][4]:
                    if keyword == "related_name" and value[0] == f.STR and value[1].isidentifier():
                        self.related.setdefault(value[1], set()).update(tables)

    def called(self, name: str, info: ModuleInfo, module: str = "") -> Tables:
        """Return the table of the model that a file calls by a name: where several bear it, the one that it imports.

        Args:
            name: As the file spells it.
            info: The file.
            module: Name by which the file knows the module that holds it (`models.Order`); empty for none.
        """
        found = self.tables.get(name, {})
        if len(found) < 2:
            return frozenset(found.values())
        if info.name in found and not module:
            return frozenset((found[info.name],))
        source = self._imported(info).get(module or name, "")
        fits = {
            table for place, table in found.items() if source and (place == source or place.startswith(f"{source}."))
        }
        return frozenset(fits) if len(fits) == 1 else NOTHING

    def _imported(self, info: ModuleInfo) -> dict[str, str]:
        """Return the module from which a file imports each name, or which the name is."""
        if info.facts.path not in self._imports:
            found = self._imports[info.facts.path] = {}
            known = self._modules
            for node in (node for scope in info.facts.scopes for node in statements_of(scope.body)):
                if node[0] == f.FROM:
                    dotted = known.relative(node[1], node[2], info) if node[2] else known.absolute(node[1], info)
                    source = known.module(dotted) if dotted else None
                    for name, alias in node[3]:
                        inner = known.module(f"{dotted}.{name}") if dotted else None
                        found[alias or name] = (inner or source).name if inner or source else dotted or ""  # type: ignore[union-attr]
                elif node[0] == f.IMPORT:
                    found.update({alias or name: name for name, alias in node[1]})
        return self._imports[info.facts.path]

    def labelled(self, parts: list[str]) -> Tables:
        """Return the table of `app`, `model` or of `app.model`."""
        table = self.by_label.get(".".join(parts).lower())
        return frozenset((table,)) if table else NOTHING


def _declared(made: Class) -> tuple[str, ...]:
    """Return the names that the body of a mapped class binds to columns; relations without a column are left out."""
    found: set[str] = set()
    for node in made.scope.body:
        target, value = (
            (node[1][0], node[2]) if node[0] == f.ASSIGN else (node[1], node[3]) if node[0] == f.ANN else (None, None)
        )
        if target is None or target[0] != f.NAME or value is None or value[0] != f.CALL:
            continue
        kind = label(value[2]).rpartition(".")[2]
        if _COLUMN.search(kind) and not kind.startswith("ManyToMany"):
            found.add(target[1])
    return tuple(sorted(found))


def _meta(facts: FileFacts, index: int) -> dict[str, Node]:
    """Return what the `Meta` class of a class says."""
    for scope in facts.scopes:
        if scope.parent == index and scope.kind == "class" and scope.name == "Meta":
            return {n[1][0][1]: n[2] for n in scope.body if n[0] == f.ASSIGN and n[1][0][0] == f.NAME}
    return {}


def _names(node: Node) -> list[str]:
    return [part[1] for part in expressions_of(node) if part[0] == f.NAME]


def text_of(node: Node | None) -> str:
    """Return what a literal string says; empty for anything else."""
    return str(node[1]) if node is not None and node[0] == f.STR else ""
