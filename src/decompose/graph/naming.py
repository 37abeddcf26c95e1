"""What an asset is called: one spelling for one thing, and the kind that its name gives away."""

from __future__ import annotations

import posixpath
import re

from decompose.ir.graph import AssetKind

MODEL_SUFFIXES = frozenset(
    (".pkl", ".pickle", ".joblib", ".pt", ".pth", ".h5", ".keras", ".onnx", ".safetensors", ".ckpt", ".tflite", ".pb",
     ".dill", ".bst", ".cbm", ".sav", ".mar")
)  # fmt: skip
CONFIG_SUFFIXES = frozenset((".yaml", ".yml", ".toml", ".ini", ".cfg", ".env", ".conf", ".properties"))
FORMATS = {
    ".csv": "csv", ".tsv": "csv", ".parquet": "parquet", ".json": "json", ".jsonl": "jsonl", ".yaml": "yaml",
    ".yml": "yaml", ".toml": "toml", ".pkl": "pickle", ".joblib": "joblib", ".pt": "torch", ".pth": "torch",
    ".onnx": "onnx", ".h5": "hdf5", ".npy": "npy", ".npz": "npz", ".xlsx": "excel", ".txt": "text", ".db": "sqlite",
    ".sqlite": "sqlite", ".png": "image", ".jpg": "image", ".html": "html", ".zip": "archive", ".feather": "feather",
    ".wav": "audio", ".safetensors": "safetensors",
}  # fmt: skip
_SCHEME = re.compile(r"^([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
_OBJECT_SCHEMES = frozenset(("s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "wasbs", "hdfs", "dbfs", "oss", "minio"))
_HOLE = re.compile(r"\{[^{}]*\}")
_CODE_SUFFIXES = frozenset((".py", ".ipynb", ".md", ".rst", ".sh", ".pyc", ".lock", ".js", ".css"))
_PACKAGING = re.compile(
    r"requirements[\w.-]*\.(txt|in)$|(conda|environment)[\w.-]*\.ya?ml$|Dockerfile|setup\.cfg$|pyproject\.toml$|Pipfile",
    re.I,
)
_PREFIX = {
    "file": "asset", "directory": "asset", "object": "asset", "table": "table", "topic": "topic", "url": "url",
    "env": "env", "config": "asset", "cache": "cache", "model": "asset",
}  # fmt: skip


def normal_path(text: str) -> str:
    """Return a path in POSIX form, without `./`, doubled or trailing slashes; a URL stays as it is."""
    if _SCHEME.match(text):
        return text
    path = text.replace("\\", "/")
    return posixpath.normpath(path) if path else path


def kind_of(name: str, stated: str) -> AssetKind:
    """Return the kind of an asset: by the scheme of its name, then by its suffix, then as the API states it."""
    scheme = _SCHEME.match(name)
    if scheme and stated != "topic":  # a queue of a cloud is named by its address
        word = scheme[1].lower()
        if word in _OBJECT_SCHEMES:
            return "object"
        if word in ("http", "https", "ftp"):
            return "url"
    if stated in ("file", "config", "", "object"):
        suffix = posixpath.splitext(name)[1].lower()
        if suffix in MODEL_SUFFIXES:
            return "model"
        if suffix in CONFIG_SUFFIXES or name.rpartition("/")[2] in (".env", "params.yaml"):
            return "config"
    return stated or "file"  # type: ignore[return-value]


def format_of(name: str, stated: str) -> str:
    """Return the format of an asset: as the API states it, else by suffix."""
    return stated or FORMATS.get(posixpath.splitext(name)[1].lower(), "")


def symbol_of(name: str, kind: AssetKind, *, is_registry: bool) -> str:
    """Return the symbol of an asset."""
    return f"{'model' if is_registry else _PREFIX[kind]}:{name}"


def is_nameless(name: str) -> bool:
    """Return whether nothing of the last part of a name is known (`{}`, `{path}`, `data/{}`, `{}.{}`)."""
    bare = _HOLE.sub("", name.rstrip("/").rpartition("/")[2])
    return not re.search(r"[A-Za-z0-9]", bare) or (bare.startswith(".") and is_template(name.rpartition("/")[2]))


def is_code(name: str) -> bool:
    """Return whether a name is that of a program, its documentation or its packaging, which is no data."""
    last = name.rpartition("/")[2]
    return posixpath.splitext(name)[1].lower() in _CODE_SUFFIXES or bool(_PACKAGING.match(last))


def is_template(name: str) -> bool:
    """Return whether some part of a name is unknown."""
    return bool(_HOLE.search(name))


def pattern_of(name: str) -> re.Pattern[str]:
    """Return a pattern that every name fits which a template may stand for."""
    pieces = [re.escape(piece) for piece in _HOLE.split(name)]
    return re.compile("(?:.*)".join(pieces))


def broadest(names: list[str]) -> list[str]:
    """Return names without the templates that another one covers: parts that may be several things multiply."""
    patterns = {n: pattern_of(n) for n in names if is_template(n) and not is_nameless(n)}
    kept = list(names)
    for name in names:
        if name in patterns and any(patterns[n].fullmatch(name) for n in kept if n != name and n in patterns):
            kept.remove(name)
    return kept


def likeliest(names: list[str]) -> list[str]:
    """Return the names that end as files do, where any do: settings of every kind reach a call the way its path does."""
    return [n for n in names if re.fullmatch(r"\.[A-Za-z]\w*", posixpath.splitext(n)[1])] or names
