"""Kills a pipeline at random points and takes it up again: do the same files come out, byte for byte.

    python benchmarks/operate/kills.py WORKSPACE MONOLITH [--kills 30] [--per-run 10] [--seed 1]

What is killed (SIGKILL) is the job's process, one of the services that it calls, or the launcher, in turn. Files that differ
between two runs that nobody killed are left out, and named.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LEFT_OUT = (".services", "__pycache__")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("monolith", type=Path)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--per-run", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    points = random.Random(options.seed)
    seconds, first = whole(options)
    _, second = whole(options)
    unsteady = sorted(path for path in first.keys() | second.keys() if first.get(path) != second.get(path))
    say(f"uninterrupted: {seconds:.0f} s, {len(first)} files, not the same twice: {unsteady}")
    differing: dict[str, list[str]] = {}
    killed: dict[str, int] = {}
    while sum(killed.values()) < options.kills:
        left = min(options.per_run, options.kills - sum(killed.values()))
        found = interrupted(options, points, left, seconds, killed)
        bad = [p for p in first.keys() | found.keys() if p not in unsteady and first.get(p) != found.get(p)]
        if bad:
            differing[f"after {sum(killed.values())} kills"] = sorted(bad)
        say(f"killed {killed}, differing: {differing}")
    print(
        json.dumps(
            {"killed": killed, "files": len(first) - len(unsteady), "differing": differing, "unsteady": unsteady}
        )
    )
    return int(bool(differing))


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def fresh(monolith: Path) -> Path:
    work = Path(tempfile.mkdtemp(prefix="kills-")) / "work"
    shutil.copytree(monolith, work, ignore=shutil.ignore_patterns(*LEFT_OUT))
    return work


def start(options: argparse.Namespace, work: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(options.workspace / "run.py"), "pipeline", "--workdir", str(work)]
    environment = {**os.environ, "SERVICE_ANY_PORT": "1", "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
    log = (work.parent / "log.txt").open("ab")
    return subprocess.Popen(command, env=environment, stdout=log, stderr=log)


def whole(options: argparse.Namespace) -> tuple[float, dict[str, str]]:
    work = fresh(options.monolith)
    begin = time.monotonic()
    status = start(options, work).wait()
    if status:
        raise SystemExit((work.parent / "log.txt").read_text()[-3000:])
    return time.monotonic() - begin, taken(work)


def interrupted(
    options: argparse.Namespace, points: random.Random, kills: int, seconds: float, killed: dict[str, int]
) -> dict[str, str]:
    work = fresh(options.monolith)
    done = 0
    while done < kills:
        process = start(options, work)
        job = wait_for_job(process, work)
        if not job:
            return taken(work)  # the last kill was of a launcher whose job came to its end all the same
        time.sleep(points.uniform(0, 0.6 * seconds))
        victim = ("job", "service", "launcher")[sum(killed.values()) % 3]
        services = children(process.pid, job)
        target = {"job": job, "launcher": process.pid}.get(victim) or (points.choice(services) if services else 0)
        if process.poll() is not None or not is_alive(target):
            if process.wait():
                raise SystemExit((work.parent / "log.txt").read_text()[-3000:])
            return taken(work)  # it came to its end first; the next run goes on with the kills that are left
        os.kill(target, signal.SIGKILL)
        done += 1
        killed[victim] = killed.get(victim, 0) + 1
        process.wait()
        wait_until_gone(work)
        say(f"killed {victim} ({sum(killed.values())})")
        if is_over(work):
            return taken(work)  # the launcher had only its services left to stop; starting it is another pipeline run
    if start(options, work).wait():
        raise SystemExit((work.parent / "log.txt").read_text()[-3000:])
    return taken(work)


def is_over(work: Path) -> bool:
    """Return whether the pipeline says that it is done."""
    return all(json.loads(path.read_text())["is_done"] for path in work.glob(".services/pipelines/*.json"))


def wait_for_job(process: subprocess.Popen[bytes], work: Path) -> int:
    """Return the process id of the job, once it runs; 0 when the pipeline has ended, having nothing left to do."""
    while process.poll() is None:
        for pid in children(process.pid):
            if b"--run-id" in command_of(pid):
                return pid
        time.sleep(0.05)
    if process.returncode == 0:
        return 0
    raise SystemExit((work.parent / "log.txt").read_text()[-3000:])


def children(parent: int, without: int = 0) -> list[int]:
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=False
    ).stdout
    return [int(pid) for pid in found.split() if int(pid) != without]


def command_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def is_alive(pid: int) -> bool:
    return bool(command_of(pid))


def wait_until_gone(work: Path) -> None:
    """Wait until no process works in the folder: those that lost their launcher end by themselves."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        numbers = [int(p.name) for p in Path("/proc").glob("[0-9]*")]
        if not any(str(work).encode() in command_of(pid) for pid in numbers if pid != os.getpid()):
            return
        time.sleep(0.2)
    raise SystemExit(f"processes still work in {work}")


def taken(work: Path) -> dict[str, str]:
    """Return the digests of all files, and take the folder away."""
    found = {
        path.relative_to(work).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(work.rglob("*"))
        if path.is_file() and not set(path.relative_to(work).parts) & set(LEFT_OUT)
    }
    shutil.rmtree(work.parent)
    return found


if __name__ == "__main__":
    sys.exit(main())
