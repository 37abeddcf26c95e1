"""Third-party requirements of one service: what its code imports, at the monolith's versions."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable

from decompose.scaffold.need import Need
from decompose.scaffold.statements import Imported
from decompose.scaffold.territory import Territory

_DISTRIBUTIONS = {
    "PIL": "pillow", "bs4": "beautifulsoup4", "cv2": "opencv-python", "dotenv": "python-dotenv",
    "sklearn": "scikit-learn", "skimage": "scikit-image", "yaml": "PyYAML", "dateutil": "python-dateutil",
    "attr": "attrs", "jwt": "PyJWT", "psycopg2": "psycopg2-binary", "MySQLdb": "mysqlclient", "serial": "pyserial",
    "Crypto": "pycryptodome", "google.cloud.storage": "google-cloud-storage", "imblearn": "imbalanced-learn",
    "fitz": "PyMuPDF", "docx": "python-docx", "pymongo": "pymongo", "bson": "pymongo", "umap": "umap-learn",
    "faiss": "faiss-cpu", "sentence_transformers": "sentence-transformers", "pytorch_lightning": "pytorch-lightning",
    "flask_cors": "Flask-Cors", "category_encoders": "category-encoders", "git": "GitPython",
}  # fmt: skip
_NAME = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)")


def imported_roots(needs: Iterable[Need], territory: Territory) -> tuple[str, ...]:
    """Return the third-party modules that the carried code imports, sorted."""
    found: set[str] = set()
    for need in needs:
        text = territory.text(need.module.name)
        if text is None:
            found.update(need.module.externals)
            continue
        for index in need.kept:
            statement = text.statements[index]
            for imported in statement.imports:
                is_pruned = statement.kind == "import" and not need.is_whole and imported.bound not in need.names
                if not is_pruned and _is_third_party(imported, need, territory):
                    found.add(imported.module.partition(".")[0])
    return tuple(sorted(found))


def requirements(roots: Iterable[str], lines: Iterable[str]) -> tuple[str, ...]:
    """Return a requirement line for each imported module: the monolith's own where it has one.

    Args:
        roots: Top-level modules.
        lines: Requirement lines of the monolith, first the ones that count most.
    """
    by_name: dict[str, str] = {}
    for line in lines:
        match = _NAME.match(line)
        if match:
            by_name.setdefault(_normal(match.group(1)), line.strip())
    found = {_normal(d): by_name.get(_normal(d), d) for d in (_DISTRIBUTIONS.get(root, root) for root in roots)}
    return tuple(found[name] for name in sorted(found))


def _is_third_party(imported: Imported, need: Need, territory: Territory) -> bool:
    root = imported.module.partition(".")[0]
    if imported.level or not root or root in sys.stdlib_module_names:
        return False
    inner = territory.submodule(imported, need.module.name) if imported.attribute else None
    if territory.find_module(imported, need.module.name) is not None or inner is not None:
        return False
    return not territory.is_package_folder(root) or _is_library_too(root, territory)


def _is_library_too(root: str, territory: Territory) -> bool:
    """Return whether a folder without `__init__.py` only has the name of a library that the monolith requires."""
    is_package = territory.is_module(root)
    named = {_normal(match.group(1)) for line in territory.graph.requirements if (match := _NAME.match(line))}
    return not is_package and _normal(_DISTRIBUTIONS.get(root, root)) in named


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
