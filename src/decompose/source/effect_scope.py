"""What a file binds at module level: the ground on which its functions are walked."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

Tags = frozenset[str]
SMALL_LOOP = 16
"""Rounds up to which a loop with a literal length counts as short."""
LONG_LOOP = 100
"""Rounds from which a loop with a literal length counts as long."""
_PATH = re.compile(r"^[\w./{}:*~@%+=-]+$")
_WORD = re.compile(r"^[A-Za-z_][\w-]{1,60}$")
_EXTERNAL_ROOTS = frozenset(sys.stdlib_module_names) | {
    "builtins", "numpy", "pandas", "torch", "sklearn", "tensorflow", "keras", "matplotlib", "seaborn", "scipy",
    "xgboost", "lightgbm", "catboost", "transformers", "mlflow", "fastapi", "flask", "pydantic", "requests", "joblib",
    "yaml", "tqdm", "PIL", "cv2", "streamlit", "plotly", "pytest", "click", "typer", "wandb", "ray", "dask",
    "pyspark", "polars", "pyarrow", "nltk", "spacy", "sqlalchemy", "jax", "httpx", "aiohttp", "boto3", "redis",
    "optuna", "hydra", "omegaconf", "statsmodels", "networkx", "rich", "loguru", "airflow",
}  # fmt: skip
_SIZED_METHODS = frozenset({
    "iterrows", "itertuples", "items", "iter_rows", "readlines", "splitlines", "iter_batches", "tolist", "to_dict",
    "iterdir", "fetchall", "values", "to_numpy", "read_text", "glob", "unique",
})  # fmt: skip


@dataclass(slots=True)
class FileScope:
    """Names of one file, and what the walks over its functions add to each other's knowledge."""

    imports: dict[str, str] = field(default_factory=dict)
    """Qualified name by local name, relative imports with their dots."""
    functions: set[str] = field(default_factory=set)
    classes: dict[str, frozenset[str]] = field(default_factory=dict)
    """Names of the methods by class."""
    variables: dict[str, Tags] = field(default_factory=dict)
    """Traits of the module-level variables by name."""
    attributes: dict[tuple[str, str], Tags] = field(default_factory=dict)
    """Traits of instance attributes by class and name."""
    changed_attributes: set[tuple[str, str]] = field(default_factory=set)
    changed_globals: set[str] = field(default_factory=set)
    captures: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Parameters of the enclosing function that a closure captures, by the closure's tag."""
    names: set[str] = field(default_factory=set)
    """Every name bound at module level."""
    walk: Callable[..., Any] = field(default=bool)
    """Walks a function inside a function: `(node, qualname, *, outer)`; set by `source.effects`."""
    walk_class: Callable[..., Any] = field(default=bool)

    def define(self, name: str, tags: Tags) -> None:
        """Remember what a module-level variable holds."""
        kept = frozenset(
            t for t in tags if not t.startswith(("object:", "result:", "imported:", "global:", "parameter:"))
        )
        self.variables[name] = self.variables.get(name, frozenset()) | kept

    def note_attribute(self, class_name: str, name: str, tags: Tags) -> None:
        """Remember what an instance attribute holds."""
        kept = frozenset(
            t
            for t in tags
            if t.startswith(("handle:", "rng", "ml_model", "callback:", "exotic:", "iterator", "unpickled", "context:"))
        )
        if kept:
            self.attributes[class_name, name] = self.attributes.get((class_name, name), frozenset()) | kept

    def is_external(self, dotted: str) -> bool:
        """Return whether a qualified name surely leads outside the analysed tree."""
        return dotted.partition(".")[0] in _EXTERNAL_ROOTS


def survey(tree: ast.Module) -> FileScope:
    """Return the names that a module binds, found without walking into functions."""
    scope = FileScope()
    _collect(scope, tree.body)
    scope.names = scope.functions | scope.classes.keys() | scope.variables.keys() | scope.imports.keys()
    return scope


def _collect(scope: FileScope, statements: Iterable[ast.stmt]) -> None:
    """Note what some module-level statements bind."""
    for node in statements:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                scope.functions.add(node.name)
            case ast.ClassDef():
                methods = (n for n in node.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
                scope.classes[node.name] = frozenset(n.name for n in methods if not _is_property(n))
            case ast.Import():
                for alias in node.names:
                    name = alias.asname or alias.name.partition(".")[0]
                    scope.imports[name] = alias.name if alias.asname else name
            case ast.ImportFrom():
                module = "." * node.level + (node.module or "")
                dot = "" if module.endswith(".") else "."
                for alias in node.names:
                    scope.imports[alias.asname or alias.name] = f"{module}{dot}{alias.name}"
            case ast.Assign():
                for target in node.targets:
                    _bind(scope, target)
            case ast.AnnAssign() | ast.AugAssign():
                _bind(scope, node.target)
            case ast.If() | ast.For() | ast.While() | ast.AsyncFor():
                if isinstance(node, ast.For | ast.AsyncFor):
                    _bind(scope, node.target)
                _collect(scope, [*node.body, *node.orelse])
            case ast.Try():
                _collect(
                    scope, [*node.body, *(s for h in node.handlers for s in h.body), *node.orelse, *node.finalbody]
                )
            case ast.With():
                for item in node.items:
                    if item.optional_vars is not None:
                        _bind(scope, item.optional_vars)
                _collect(scope, node.body)
            case _:
                pass


def _bind(scope: FileScope, target: ast.expr) -> None:
    """Note the names in an assignment's target."""
    if isinstance(target, ast.Name):
        scope.variables.setdefault(target.id, frozenset())
    elif isinstance(target, ast.Tuple | ast.List):
        for element in target.elts:
            _bind(scope, element)


def _is_property(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Return whether a method is read like an attribute."""
    return any("property" in ast.unparse(d) or ast.unparse(d).endswith(".setter") for d in node.decorator_list)


def constant_path(text: str) -> str:
    """Return a text that can be a path (it has a slash or a suffix, and no spaces), else nothing."""
    if (
        2 < len(text) < 200
        and ("/" in text or "." in text[1:])
        and _PATH.match(text)
        and not text.replace(".", "").isdigit()
    ):
        return text
    return ""


def used_path(text: str) -> str:
    """Return a text that stands where a path is wanted, so that a bare word is one too (`Path("crops")`)."""
    return constant_path(text) or (text if _WORD.match(text) else "")


def is_sized_loop(node: ast.expr, dotted: Callable[[ast.expr], str]) -> bool:
    """Return whether what is iterated over has the size of the data: rows, records, a long range."""
    match node:
        case ast.Call(func=ast.Name(id="range"), args=args):
            values = [a.value for a in args if isinstance(a, ast.Constant)]
            if len(values) == len(args):
                return (
                    bool(values)
                    and isinstance(values[-1 if len(values) < 2 else 1], int)
                    and int(str(values[-1 if len(values) < 2 else 1])) >= LONG_LOOP
                )
            return any("len(" in ast.unparse(a) or "shape" in ast.unparse(a) for a in args)
        case ast.Call(func=ast.Name(id="enumerate" | "zip" | "tqdm" | "reversed"), args=args):
            return any(is_sized_loop(a, dotted) for a in args)
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in _SIZED_METHODS - {"items", "values"} or (name in ("values",) and False)
        case ast.Call(func=func) if dotted(func) in (
            "builtins.open",
            "torch.utils.data.DataLoader",
            "csv.reader",
            "csv.DictReader",
            "tqdm.tqdm",
        ):
            return True
        case ast.Attribute(attr="values" | "index" | "columns"):
            return True
        case ast.Name(id=name):
            return name in (
                "loader",
                "dataloader",
                "train_loader",
                "test_loader",
                "rows",
                "records",
                "reader",
                "lines",
                "batches",
                "dataset",
            )
    return False
