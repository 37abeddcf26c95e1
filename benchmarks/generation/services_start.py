"""What is generated for any code base: does it compile, import in its own clean environment, and start?

Run: `python benchmarks/generation/services_start.py PATH… [--work FOLDER] [--stubs] [--seconds 600] [--set NAME=VALUE]`

Each PATH is copied, proposed and generated as a user would. Every service then gets a virtual environment of its own,
made from its own generated dependency list. Where that cannot be installed, or with `--stubs`, the present interpreter runs
it and libraries that it lacks are stood in for by names without content (`stubs/`): that shows that the code's own
imports hold together, not that it works. The services are started together, each in its environment.
"""

from __future__ import annotations

import argparse
import ast
import compileall
import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
READY_S = 180
"""Longer than a service waits for another one before it gives up and says so."""
MOST = 300
_LOCATED = re.compile(r"(?:cannot start|waits): .* \(\S+:\d+\)|refused: .*\S+:\d+")
"""A refusal that names the line of the analysed code."""
_MISSING = re.compile(r"\b(ImportError|ModuleNotFoundError)\b")
IGNORED = shutil.ignore_patterns(".git", "__pycache__", ".venv", "venv", "node_modules")


def main() -> int:
    """Print a table, a line a service; the status is the number of services that neither start nor say where and why."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", type=Path, nargs="+", metavar="PATH")
    parser.add_argument("--work", type=Path, default=Path("services-start"))
    parser.add_argument("--stubs", action="store_true", help="install nothing, stand in for what is missing")
    parser.add_argument("--python", type=Path, default=Path(sys.executable), help="interpreter beside the stand-ins")
    parser.add_argument("--seconds", type=int, default=600, help="time for the installation of one service")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="setting of the services")
    options = parser.parse_args()
    os.environ.update(setting.split("=", 1) for setting in options.set)
    unexplained = 0
    print(f"{'system':<28} {'service':<16} {'compiles':<8} {'environment':<12} {'imports':<8} {'starts':<8} why not")
    for path in options.paths:
        for row in measure(path.resolve(), options.work.resolve() / path.resolve().name, options):
            unexplained += row["starts"] == "no" and not _LOCATED.search(row["why"])
            cells = (row["compiles"], row["environment"], row["imports"], row["starts"])
            print(f"{path.resolve().name[:28]:<28} {row['service']:<16} ", end="")
            print(f"{cells[0]:<8} {cells[1]:<12} {cells[2]:<8} {cells[3]:<8} {row['why']}", flush=True)
    return unexplained


def measure(path: Path, work: Path, options: argparse.Namespace) -> list[dict[str, str]]:
    """Return a row for each service of a code base, or one that says why there is none."""
    work.mkdir(parents=True, exist_ok=True)
    copy = work / "monolith"
    if not copy.exists():
        shutil.copytree(path, copy, ignore=IGNORED, symlinks=True, ignore_dangling_symlinks=True)
    for words in (["propose", str(copy)], ["generate", str(copy), "-o", "services"]):
        command = [sys.executable, "-m", "decompose", *words]
        done = subprocess.run(command, cwd=work, capture_output=True, text=True, check=False)
        if done.returncode:
            lines = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
            return [_row("-", why=f"{words[0]} refused: {' '.join(lines)[:300]}")]
    system = json.loads((work / "services" / "system.json").read_text())["services"]
    compiles = compileall.compile_dir(work / "services", quiet=2, force=True, workers=1)
    rows = [_row(service["name"], compiles="yes" if compiles else "no") for service in system]
    pythons: list[tuple[Path, dict[str, str]]] = []
    for service, row in zip(system, rows, strict=True):
        *found, row["environment"], row["why"] = environment(work, service, options)
        pythons.append((found[0], found[1]))
    started: dict[str, subprocess.Popen[str]] = {}
    try:
        _start(work, system, rows, pythons, started)
        _import(work, system, rows, pythons)
    finally:
        for process in started.values():
            process.terminate()
        for process in started.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()
    return rows


def environment(
    work: Path, service: dict[str, Any], options: argparse.Namespace
) -> tuple[Path, dict[str, str], str, str]:
    """Return the interpreter of a service with its variables, what kind of environment it is, and why not its own."""
    packages = work / "services" / "packages"
    why = ""
    if not options.stubs:
        folder = work / "services/services" / service["name"]
        files = (folder / "requirements.txt", folder / "constraints.txt", work / "services/constraints.txt")
        lines = "".join(file.read_text() for file in files if file.exists())
        key = hashlib.sha256((lines + (packages / "runtime/pyproject.toml").read_text()).encode()).hexdigest()[:16]
        folder = work.parent / ".environments" / key
        python = folder / "bin" / "python"
        if (folder / "complete").exists():
            return python, {}, "own", ""
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        wanted = ["-r", str(work / "services/services" / service["name"] / "requirements.txt")]
        ours = [f"{packages / 'runtime'}[server]", str(packages / "contracts")]
        try:
            command = [*_installer(python), "-q", *ours, *wanted]
            done = subprocess.run(command, capture_output=True, text=True, timeout=options.seconds, check=False)
            if done.returncode == 0:
                (folder / "complete").touch()
                return python, {}, "own", ""
            why = _pip_reason(done.stderr)
        except subprocess.TimeoutExpired:
            why = f"its dependencies do not install within {options.seconds} s"
        shutil.rmtree(folder, ignore_errors=True)
    missing = _missing(_imported(work / "services" / service["source"]), options.python)
    variables = {"STUBBED": ",".join(missing), "PYTHONPATH": str(HERE / "stubs")}
    return options.python, variables, f"stubs ({len(missing)})", why


def _installer(python: Path) -> list[str]:
    """Return the command that installs into an environment: `uv` where it is there, which is quicker, else `pip`."""
    uv = shutil.which("uv")
    return [uv, "pip", "install", "--python", str(python)] if uv else [str(python), "-m", "pip", "install"]


def _start(
    work: Path,
    system: list[dict[str, Any]],
    rows: list[dict[str, str]],
    pythons: list[tuple[Path, dict[str, str]]],
    started: dict[str, subprocess.Popen[str]],
) -> None:
    """Start the services, those that others wait for first, and note which become ready."""
    depths = [_depth(system, service["name"], frozenset()) for service in system]
    for depth in sorted(set(depths)):
        begun = time.monotonic()
        waiting = [index for index in range(len(system)) if depths[index] == depth]
        for index in waiting:
            started[system[index]["name"]] = _launch(work, system, system[index], pythons[index])
        while waiting and time.monotonic() < begun + READY_S:
            for index in list(waiting):
                process = started[system[index]["name"]]
                if _is_ready(system, system[index]):
                    rows[index]["starts"] = f"{time.monotonic() - begun:.1f} s"
                if rows[index]["starts"] != "-" or process.poll() is not None:
                    waiting.remove(index)
            time.sleep(0.1)
    for service, row in zip(system, rows, strict=True):
        if row["starts"] == "-":
            row["starts"] = "no"
            row["why"] = " · ".join(filter(None, (row["why"], _last_words(work / f"{service['name']}.log"))))


def _launch(
    work: Path, system: list[dict[str, Any]], service: dict[str, Any], found: tuple[Path, dict[str, str]]
) -> subprocess.Popen[str]:
    command = [str(found[0]), "-P", str(work / "services" / service["app"])]
    command += ["--port", str(_port(system, service["name"])), "--workdir", str(work / "monolith")]
    with (work / f"{service['name']}.log").open("w") as target:
        return subprocess.Popen(
            command,
            cwd=work / "monolith",
            env=_variables(work, system, service, found),
            stdout=target,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
        )


def _import(
    work: Path, system: list[dict[str, Any]], rows: list[dict[str, str]], pythons: list[tuple[Path, dict[str, str]]]
) -> None:
    for service, row, found in zip(system, rows, pythons, strict=True):
        command = [str(found[0]), "-P", str(HERE / "importing.py"), str(work / "services" / service["app"])]
        variables = _variables(work, system, service, found)
        done = subprocess.run(
            [*command, str(work / "monolith")], cwd=work, env=variables, capture_output=True, text=True, check=False
        )
        try:
            result = json.loads(done.stdout.splitlines()[-1])
        except (IndexError, ValueError):
            result = {"modules": 0, "failures": {"?": done.stderr[-300:]}}
        row["imports"] = f"{result['modules'] - len(result['failures'])}/{result['modules']}"
        failures = [f"{module}: {' '.join(why.split())}" for module, why in result["failures"].items()]
        row["why"] = " · ".join(filter(None, (row["why"], *failures)))


def _variables(
    work: Path, system: list[dict[str, Any]], service: dict[str, Any], found: tuple[Path, dict[str, str]]
) -> dict[str, str]:
    urls = {
        f"SERVICE_URL_{s['name'].upper()}": f"http://127.0.0.1:{_port(system, s['name'])}{s['probes']}" for s in system
    }
    packages = sorted(str(p) for p in (work / "services/packages").glob("*/src"))
    return {
        **os.environ,
        **urls,
        **found[1],
        "SERVICE_TOKEN_SECRET": "a secret for this run alone",
        "SERVICE_NAME": service["name"],
        "SERVICE_STORE": str(work / "monolith" / ".services" / "store"),
        "SERVICE_SHARED_WORKDIR": "1",
        "PYTHONPATH": os.pathsep.join([*packages, found[1].get("PYTHONPATH", "")]).rstrip(os.pathsep),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _row(service: str, *, compiles: str = "-", why: str = "") -> dict[str, str]:
    return {
        "service": service, "compiles": compiles, "environment": "-", "imports": "-", "starts": "-", "why": why,
    }  # fmt: skip


def _depth(system: list[dict[str, Any]], name: str, above: frozenset[str]) -> int:
    (service,) = [s for s in system if s["name"] == name]
    return 1 + max((_depth(system, n, above | {name}) for n in service["starts_after"] if n not in above), default=0)


def _port(system: list[dict[str, Any]], name: str) -> int:
    return 18200 + [s["name"] for s in system].index(name)


def _is_ready(system: list[dict[str, Any]], service: dict[str, Any]) -> bool:
    url = f"http://127.0.0.1:{_port(system, service['name'])}{service['probes']}/readyz"
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _pip_reason(text: str) -> str:
    lines = [line for line in text.splitlines() if re.search(r"ERROR|error:|conflict|╰─▶|because|Because", line)]
    return ("does not install: " + " ".join(lines))[:300]


def _last_words(log: Path) -> str:
    lines = [line for line in log.read_text().splitlines() if line.strip()]
    refusals = [line for line in lines if line.startswith("error: ")]
    return _shortened((refusals or lines or [""])[-1])


def _shortened(line: str) -> str:
    """Return a refusal in one cell: its beginning, and the place at its end."""
    return line if len(line) <= MOST else f"{line[: MOST - 80]} … {line[-77:]}"


def _imported(source: Path) -> list[str]:
    """Return the top-level names that the sources import and do not define; not what they say they can do without."""
    found: set[str] = set()
    for file in source.rglob("*.py"):
        try:
            found.update(_roots(ast.parse(file.read_bytes())))
        except SyntaxError:
            continue
    return sorted(found - set(sys.stdlib_module_names) - set(_own(source)))


def _roots(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name.partition(".")[0] for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and not node.level:
        yield (node.module or "").partition(".")[0]
    elif isinstance(node, ast.Try) and any(_MISSING.search(ast.unparse(h.type or h)) for h in node.handlers):
        rest = [
            *node.handlers,
            *node.orelse,
            *node.finalbody,
        ]  # what is tried may be missing, what stands in for it not
        yield from (name for child in rest for name in _roots(child))
        return
    for child in ast.iter_child_nodes(node):
        yield from _roots(child)


def _own(source: Path) -> Iterator[str]:
    for path in source.iterdir():
        yield path.stem


def _missing(names: list[str], python: Path) -> list[str]:
    """Return the modules that an interpreter does not have."""
    code = "import importlib.util as u, sys; print(*(n for n in sys.argv[1:] if u.find_spec(n) is None))"
    wanted = [name for name in names if not name.startswith("service_")]
    return subprocess.run([str(python), "-c", code, *wanted], capture_output=True, text=True, check=True).stdout.split()


if __name__ == "__main__":
    sys.exit(main())
