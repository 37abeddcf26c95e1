"""Commands for whoever runs the system: versions of artifacts, runs of jobs, the whole pipeline, its description."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from service_runtime import jobs, pipeline
from service_runtime.artifacts import ArtifactStore, History
from service_runtime.description import described
from service_runtime.errors import ArtifactError, JobError
from service_runtime.registries import open_store

Start = Callable[[Path, set[str]], AbstractContextManager[dict[str, str]]]
"""Starts services in a working directory, gives the variables with their addresses, and stops them."""


def operate(workspace: Path, argv: list[str], start: Start) -> int:
    """Run a command and return the exit status.

    Args:
        workspace: The generated workspace.
        argv: Words of the command line, the command first.
        start: How services are started when a job calls them.
    """
    parser = argparse.ArgumentParser(prog="run.py")
    commands = parser.add_subparsers(dest="command", required=True)
    _add_models(commands)
    _add_jobs(commands)
    _add_openapi(commands)
    end = argv.index("--") if "--" in argv and argv[:2] == ["jobs", "run"] else len(argv)
    options = parser.parse_args(argv[:end])
    options.words = [*getattr(options, "words", ()), *argv[end + 1 :]]  # argparse would refuse them behind an option
    options.workdir = options.workdir.resolve()
    options.start = start
    try:
        return int(options.action(options, workspace) or 0)
    except (ArtifactError, JobError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def store_of(options: argparse.Namespace) -> ArtifactStore:
    """Return the store that the options name, the one below the working directory without any."""
    return open_store(options.store or str(options.workdir / ".services" / "store"))


def add_places(parser: argparse.ArgumentParser) -> None:
    """Add the options that say where the system works."""
    parser.add_argument("--workdir", type=Path, default=Path.cwd(), help="folder in which the services run")
    parser.add_argument("--store", default=os.environ.get("SERVICE_STORE"), help="path or URL of the artifact store")


def _add_models(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    models = commands.add_parser("models", help="list versions of artifacts, and say which one is served")
    actions = models.add_subparsers(dest="models", required=True)
    texts = {
        "list": "what there is, and what is current",
        "promote": "make a version current",
        "rollback": "go back to the version that was current before",
        "pin": "make a version current and keep it so, whatever is published",
        "unpin": "let publications become current again",
        "check": "read everything once and compare it with its digests",
    }
    for name, text in texts.items():
        action = actions.add_parser(name, help=text)
        add_places(action)
        is_about_all = name in ("list", "check")
        action.add_argument("set", nargs="?" if is_about_all else None, help="name of a set, as `list` shows it")
        if name in ("promote", "pin"):
            action.add_argument("version", type=int)
        action.set_defaults(action=_models)


def _models(options: argparse.Namespace, workspace: Path) -> int:
    store = store_of(options)
    names = [options.set] if options.set else store.sets()
    if options.models == "list":
        for name in names:
            _show(name, store.history(name))
        return 0
    if options.models == "check":
        faults = store.check(names, options.workdir / ".services-check")
        print("\n".join(faults) or f"{len(names)} sets are whole")
        return int(bool(faults))
    if options.set not in store.sets():
        raise ArtifactError(f"no set `{options.set}`; there are {', '.join(store.sets()) or 'none'}")
    if options.models == "promote":
        version = store.promote(options.set, options.version)
    elif options.models == "pin":
        version = store.pin(options.set, options.version)
    else:
        version = store.unpin(options.set) if options.models == "unpin" else store.roll_back(options.set)
    print(f"{options.set}: version {version.number} is current")
    return 0


def _show(name: str, history: History) -> None:
    current = history.current
    print(f"{name}{'  (pinned)' if history.is_pinned else ''}")
    for version in history.versions:
        mark = "*" if version is current else " "
        print(
            f" {mark} {version.number:>4}  {len(version.files)} files  by {version.by or '-'}  {version.note}".rstrip()
        )
        for path, digest in sorted(version.files.items()):
            print(f"         {digest[:12]}  {path}")


def _add_jobs(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    whole = commands.add_parser(
        "pipeline", help="run all jobs in their order; a run that was stopped is taken up again"
    )
    add_places(whole)
    whole.add_argument("--fresh", action="store_true", help="begin anew, whatever was not finished")
    whole.set_defaults(action=_pipeline)
    actions = commands.add_parser("jobs", help="run one job; list runs; show what one printed").add_subparsers(
        dest="jobs", required=True
    )
    run = actions.add_parser("run", help="run one entry of a service")
    add_places(run)
    run.add_argument("service")
    run.add_argument("entry")
    run.add_argument("words", nargs="*", help="its arguments, after `--`")
    run.set_defaults(action=_run)
    listing = actions.add_parser("list", help="all runs with their status")
    add_places(listing)
    listing.set_defaults(action=_list)
    log = actions.add_parser("log", help="what a run printed")
    add_places(log)
    log.add_argument("service")
    log.add_argument("run")
    log.set_defaults(action=_log)


def _pipeline(options: argparse.Namespace, workspace: Path) -> int:
    system = _system(workspace)
    steps = pipeline.read_steps(system)
    if not steps:
        raise JobError("the system has no job that can be run without arguments; `jobs run` runs one with")
    return _run_steps(steps, options, workspace, system, is_fresh=options.fresh)


def _run(options: argparse.Namespace, workspace: Path) -> int:
    system = _system(workspace)
    entries = {service["name"]: service["entries"] for service in system["services"]}
    if options.entry not in entries.get(options.service, {}):
        known = [f"{service} {entry}" for service, found in entries.items() for entry in found]
        raise JobError(f"no entry `{options.service} {options.entry}`; there are {', '.join(known) or 'none'}")
    name = "".join(letter if letter.isalnum() else "-" for letter in options.entry)
    step = pipeline.Step(name, options.service, options.entry, argv=tuple(options.words))
    return _run_steps([step], options, workspace, system, is_fresh=True)


def _run_steps(
    steps: list[pipeline.Step], options: argparse.Namespace, workspace: Path, system: Any, *, is_fresh: bool
) -> int:
    if options.store:
        os.environ["SERVICE_STORE"] = options.store
    with options.start(options.workdir, pipeline.needed(system, steps)) as environment:
        return int(not pipeline.run_steps(steps, workspace, options.workdir, environment, is_fresh=is_fresh))


def _list(options: argparse.Namespace, workspace: Path) -> int:
    for run in jobs.list_runs(options.workdir):
        print(f"{run.service:<16} {run.id:<40} {run.status:<8} {run.entry} {' '.join(run.argv)}".rstrip())
    return 0


def _log(options: argparse.Namespace, workspace: Path) -> int:
    jobs.find(options.workdir, options.service, options.run)
    print(jobs.log_of(options.workdir, options.service, options.run), end="")
    return 0


def _system(workspace: Path) -> Any:
    return json.loads((workspace / "system.json").read_bytes())


def _add_openapi(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    openapi = commands.add_parser(
        "openapi", help="one description of the system, with what running services say of theirs"
    )
    openapi.add_argument("--ready-file", type=Path, help="as `up` wrote it; without it, the description as generated")
    openapi.set_defaults(action=_openapi, workdir=Path.cwd())


def _openapi(options: argparse.Namespace, workspace: Path) -> int:
    urls = {}
    if options.ready_file is not None:
        services = json.loads(options.ready_file.read_bytes())["services"]
        urls = {name: service["url"] for name, service in services.items()}
    print(json.dumps(described(json.loads((workspace / "openapi.json").read_bytes()), urls), indent=2))
    return 0
