"""A monolith full of traps: each writes a file as soon as anything of the tree is run, imported or unpickled."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

from toy import write_toy


class _Bomb:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.mark),)


def write_traps(root: Path, marks: Path) -> None:
    """Write the toy with a trap in every place that some tool runs by itself; traps that go off write below `marks`."""

    def trap(name: str) -> str:
        return f"\nimport os\nos.mkdir({str(marks / name)!r})\n"

    extra = {
        f"{name}.py": trap(name)
        for name in (
            "setup", "conftest", "sitecustomize", "usercustomize", "noxfile", "tasks", "fabfile", "manage", "conf",
            "shop/settings_local", "shop/__main__", "pandas", "numpy", "yaml", "json", "libcst",
        )
    }  # fmt: skip
    extra = {path: text.replace("shop/", "shop_", 1) for path, text in extra.items()}
    extra["evil.pth"] = f"import os; os.mkdir({str(marks / 'pth')!r})\n"
    extra["tags.yaml"] = f"x: !!python/object/apply:os.mkdir [{str(marks / 'yaml')!r}]\n"
    extra["pyproject.toml"] = (
        '[build-system]\nrequires = []\nbuild-backend = "setup"\nbackend-path = ["."]\n'
        '[project]\nname = "toy"\nversion = "1"\n[project.entry-points."decompose.targets"]\nevil = "setup:main"\n'
    )
    extra["shop/lazy.py"] = f"{trap('default')}def f(x=os.mkdir({str(marks / 'argument')!r})): pass\n"
    extra["notebooks/trap.ipynb"] = '{"cells": [{"cell_type": "code", "source": ["!mkdir %s\\n"]}]}' % (marks / "cell")
    extra[".git/config"] = f"[core]\n\tfsmonitor = mkdir {marks / 'git'}\n[diff]\n\texternal = mkdir {marks / 'git'}\n"
    write_toy(root, extra=extra)
    for name in ("models/price.pkl", "models/price.joblib", "state.pickle"):
        path = root / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(pickle.dumps(_Bomb(marks / path.suffix)))
