"""Tables and columns that SQL text reads and writes."""

from __future__ import annotations

import functools
import logging
import re
from dataclasses import dataclass

_VERB = re.compile(
    r"^\s*(?:--[^\n]*\n\s*)*(select|insert|update|delete|with|create|merge|replace|copy|drop|truncate|alter)\b",
    re.IGNORECASE,
)
_HOLE = re.compile(r"\{[^{}]*\}|%\(\w+\)s|%s|:\w+\b")


@dataclass(frozen=True, slots=True)
class Statement:
    """What one SQL text does; names sorted."""

    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    creates: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    """Columns that it selects or inserts, without their tables."""


def looks_like_sql(text: str) -> bool:
    """Return whether a text begins as an SQL statement does."""
    return bool(_VERB.match(text))


@functools.lru_cache(maxsize=2048)
def read_sql(text: str) -> Statement:
    """Return the tables that SQL text reads and writes; unknown parts may stand in braces.

    Text that does not parse gives an empty statement.
    """
    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)  # what does not parse gives nothing, and says nothing
    import sqlglot  # noqa: PLC0415  (100 ms to import, and most code has no SQL)
    from sqlglot import exp  # noqa: PLC0415

    try:
        trees = sqlglot.parse(_HOLE.sub("hole__", text), error_level=sqlglot.ErrorLevel.IGNORE)
    except (sqlglot.errors.SqlglotError, RecursionError):
        return Statement()
    reads: set[str] = set()
    writes: set[str] = set()
    creates: set[str] = set()
    columns: set[str] = set()
    for tree in trees:
        if tree is None:
            continue
        views = {cte.alias_or_name for cte in tree.find_all(exp.CTE)}
        target = (
            tree.find(exp.Table)
            if isinstance(tree, exp.Insert | exp.Update | exp.Delete | exp.Merge | exp.Create)
            else None
        )
        for table in tree.find_all(exp.Table):
            name = ".".join(part for part in (table.db, table.name) if part)
            if not name or "hole__" in name or name in views:
                continue
            if table is target:
                (creates if isinstance(tree, exp.Create) else writes).add(name)
            else:
                reads.add(name)
        columns.update(c.name for c in tree.find_all(exp.Column) if c.name and "hole__" not in c.name)
    return Statement(tuple(sorted(reads)), tuple(sorted(writes)), tuple(sorted(creates)), tuple(sorted(columns)))
