"""Tables behind classes: what SQLAlchemy, SQLModel and Flask-SQLAlchemy map to a table, and statements on them."""

from __future__ import annotations

import re

from decompose.graph.core import Core
from decompose.graph.objects import (
    BOX,
    CLASS,
    EXTERNAL_INSTANCE,
    INSTANCE,
    RECEIVER,
    Box,
    Class,
    ExternalInstance,
    Instance,
    Text,
    Values,
)

_STATEMENTS = {"select": "read", "insert": "write", "update": "write", "delete": "write"}
_BASES = ("sqlalchemy", "sqlmodel", "flask_sqlalchemy")
_MAX_DEPTH = 4
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def tables_of(core: Core, values: Values, depth: int = 0) -> list[str]:
    """Return the tables that mapped classes, their instances, and containers or statements of them stand for, sorted."""
    found: set[str] = set()
    for item in sorted(values) if depth < _MAX_DEPTH else ():
        made = core.objects[item]
        if made.kind == CLASS:
            assert isinstance(made, Class)
            found.update(filter(None, (table_of(core, made),)))
        elif made.kind == INSTANCE:
            assert isinstance(made, Instance)
            found.update(filter(None, (table_of(core, made.cls),)))
        elif made.kind == BOX:
            assert isinstance(made, Box)
            for cell in made.fields.values():
                found.update(tables_of(core, cell.values, depth + 1))
        elif made.kind == EXTERNAL_INSTANCE and made.type.startswith(_BASES):  # type: ignore[attr-defined]
            found.update(table for _, table in statement_tables(core, frozenset((item,)), depth + 1))
    return sorted(found)


def statement_tables(core: Core, values: Values, depth: int = 0) -> list[tuple[str, str]]:
    """Return `read` or `write` and the table for each statement built of mapped classes (`select(Order).where(…)`)."""
    found: set[tuple[str, str]] = set()
    for item in sorted(values):
        made = core.objects[item]
        if made.kind != EXTERNAL_INSTANCE or not made.type.startswith(_BASES):  # type: ignore[attr-defined]
            continue
        assert isinstance(made, ExternalInstance)
        word = next((w for w in re.findall(r"[a-z]+(?=\(\))", made.type) if w in _STATEMENTS), "")
        if word:
            tables = {table for given in made.positional for table in tables_of(core, given, depth + 1)}
            found.update((_STATEMENTS[word], table) for table in tables)
        receiver = made.fields.get(RECEIVER)
        if receiver is not None and depth < _MAX_DEPTH:
            found.update(statement_tables(core, receiver.values, depth + 1))
    return sorted(found)


def table_of(core: Core, cls: Class) -> str:
    """Return the table of a mapped class; empty for any other class."""
    externals = [base for base in cls.mro if isinstance(base, str)]
    is_mapped = any(base.startswith(_BASES) or base.endswith(("db.Model", "SQLAlchemy.Model")) for base in externals)
    named, _ = core.find(cls, "__tablename__")
    texts = [made.text for made in (core.objects[i] for i in sorted(named)) if isinstance(made, Text)]
    if texts:
        return texts[0]
    if not is_mapped:
        return ""
    name = cls.scope.name
    return name.lower() if any(base.startswith("sqlmodel") for base in externals) else _HUMP.sub("_", name).lower()
