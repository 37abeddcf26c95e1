"""Notebooks as functions: how many become a module that compiles and that can be imported?

Run: `python benchmarks/generation/notebooks.py NOTEBOOK…`

The generator needs a service, so each notebook is generated beside a small module that is one; what is looked at is the
module in `functions/`. It is imported in a process of its own: libraries that are not installed are stood in for by
names without content (`stubs/`), and importing must not run a cell, so data is not needed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from services_start import HERE, _imported, _is_installed

PLAN = """version: 1
system: monolith
root: monolith
services:
  - name: beside
    kind: service
    members:
      - beside:*
offline:
  - "{name}:*"
"""


def main() -> int:
    """Print a line a notebook and a total; the status is the number of those that are no importable module."""
    rows = [measure(Path(name)) for name in sys.argv[1:]]
    for name, compiles, imports, why in rows:
        print(f"{name[:50]:<50} {'compiles' if compiles else '-':<9} {'imports' if imports else '-':<8} {why}")
    compiled, imported = sum(row[1] for row in rows), sum(row[2] for row in rows)
    print(f"{len(rows)} notebooks: {compiled} compile, {imported} import")
    return len(rows) - imported


def measure(notebook: Path) -> tuple[str, bool, bool, str]:
    """Return the notebook's name, whether its module compiles and imports, and why not."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        (work / "monolith").mkdir()
        shutil.copy(notebook, work / "monolith")
        (work / "monolith" / "beside.py").write_text("def f():\n    return 1\n\n\ndef g():\n    return f()\n")
        (work / "decompose.yaml").write_text(PLAN.format(name=notebook.name))
        command = [
            sys.executable,
            "-m",
            "decompose",
            "generate",
            str(work / "monolith"),
            "-o",
            "out",
            "--allow-secrets",
        ]
        done = subprocess.run(command, cwd=work, capture_output=True, text=True, check=False)
        made = sorted((work / "out" / "functions").rglob("*.py"))
        if not made:
            lines = [line for line in (done.stdout + done.stderr).splitlines() if notebook.name in line]
            return notebook.name, False, False, (lines or [done.stderr])[0].strip()[:200]
        try:
            compile(made[0].read_text(), made[0].name, "exec")
        except SyntaxError as error:
            return notebook.name, False, False, str(error)
        why = imported(made[0])
        if why.startswith(("ImportError", "ModuleNotFoundError")):
            return notebook.name, True, not imported(made[0], stub_all=True), f"with its libraries stood in for: {why}"
        return notebook.name, True, not why, why


def imported(module: Path, *, stub_all: bool = False) -> str:
    """Return why a module cannot be imported; empty when it can.

    Args:
        module: File.
        stub_all: Also stand in for libraries that are installed, in a version other than the notebook was written for.
    """
    missing = [name for name in _imported(module.parent) if stub_all or not _is_installed(name)]
    variables = {**os.environ, "STUBBED": ",".join(missing), "PYTHONPATH": str(HERE / "stubs")}
    code = f"import json, runpy; runpy.run_path({json.dumps(str(module))}, run_name='imported')"
    command = [sys.executable, "-W", "ignore", "-c", code]
    done = subprocess.run(
        command, cwd=module.parent, env=variables, capture_output=True, text=True, check=False, timeout=120
    )
    return "" if done.returncode == 0 else f"{done.stderr.strip().splitlines()[-1]}"[:200]


if __name__ == "__main__":
    sys.exit(main())
