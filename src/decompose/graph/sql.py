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
_READER = re.compile(r"(read_|parquet_scan|csv_scan)\w*$", re.IGNORECASE)
_FILE = re.compile(r"\.(csv|tsv|parquet|json|jsonl|ndjson|arrow)(\.gz)?$", re.IGNORECASE)
"""A table with such a name is a file: DuckDB reads it by its path."""
_HOLE = re.compile(r"\{[^{}]*\}|%\(\w+\)s|%s|:\w+\b")


@dataclass(frozen=True, slots=True)
class Statement:
    """What one SQL text does; names sorted."""

    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    creates: tuple[str, ...] = ()
    reads_files: tuple[str, ...] = ()
    """Files that it names as tables, hands to `read_parquet` and the like, or copies from."""
    writes_files: tuple[str, ...] = ()
    """Files that it copies to."""
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
        dialect = "bigquery" if "`" in text else None
        trees = sqlglot.parse(_HOLE.sub("hole__", text), read=dialect, error_level=sqlglot.ErrorLevel.IGNORE)
    except (sqlglot.errors.SqlglotError, RecursionError):
        return Statement()
    reads: set[str] = set()
    writes: set[str] = set()
    creates: set[str] = set()
    columns: set[str] = set()
    files: dict[bool, set[str]] = {True: set(), False: set()}
    for tree in trees:
        if tree is None:
            continue
        if isinstance(tree, exp.Copy):
            into = bool(tree.args.get("kind"))
            files[into].update(x.name for x in tree.args.get("files") or () if isinstance(x, exp.Literal))
            if into and tree.this is not None:
                writes.update(t.name for t in tree.this.find_all(exp.Table) if t.name)
                continue
        for reader in tree.find_all(exp.ReadCSV, exp.ReadParquet, exp.Anonymous):
            if _READER.match(reader.name if isinstance(reader, exp.Anonymous) else "read_"):
                inside = [x for x in (reader.this, *reader.expressions) if isinstance(x, exp.Literal | exp.Array)]
                files[True].update(x.name for part in inside for x in part.find_all(exp.Literal) if x.is_string)
        views = {cte.alias_or_name for cte in tree.find_all(exp.CTE)}
        target = (
            tree.find(exp.Table)
            if isinstance(tree, exp.Insert | exp.Update | exp.Delete | exp.Merge | exp.Create)
            else None
        )
        for table in tree.find_all(exp.Table):
            name = ".".join(part for part in (table.catalog, table.db, table.name) if part)
            if not name or "hole__" in name or name in views:
                continue
            if _FILE.search(table.name):
                files[table is not target].add(table.name)
            elif table is target:
                is_empty = isinstance(tree, exp.Create) and tree.args.get("expression") is None
                (creates if is_empty else writes).add(name)
            else:
                reads.add(name)
        columns.update(c.name for c in tree.find_all(exp.Column) if c.name and "hole__" not in c.name)
    return Statement(
        tuple(sorted(reads)), tuple(sorted(writes)), tuple(sorted(creates)),
        tuple(sorted(files[True])), tuple(sorted(files[False])), tuple(sorted(columns)),
    )  # fmt: skip
