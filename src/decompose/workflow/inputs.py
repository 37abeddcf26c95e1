"""Finds what a command works on: the monolith, and the plan where there is one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from decompose import api

if TYPE_CHECKING:
    from decompose.ir.graph import CodeGraph
    from decompose.ir.plan import Plan


@dataclass(frozen=True, slots=True)
class Job:
    """A system with its plan."""

    root: Path
    system: CodeGraph
    plan: Plan
    is_new: bool
    """Whether the plan was proposed just now, there being no plan file."""


def find_root(path: Path | None, plan_file: Path) -> Path:
    """Return the monolith's folder: the one named, else the plan's, else the current directory.

    Raises:
        PlanError: If the plan file is there but cannot be used.
    """
    if path is not None:
        return path
    return plan_file.parent / api.read_plan(plan_file).root if plan_file.is_file() else Path()


def open_job(path: Path | None, plan_file: Path, *, cache: bool = True, progress: api.Progress | None = None) -> Job:
    """Return the analysed system with its plan; without a plan file the plan is proposed now, and not written.

    Raises:
        PlanError: If the plan file cannot be used with this system.
    """
    root = find_root(path, plan_file)
    stored = api.read_plan(plan_file) if plan_file.is_file() else None
    system = api.analyze(root, cache=cache, progress=progress)
    if stored is not None:
        api.check_members(stored, system, path=plan_file)
        return Job(root=root, system=system, plan=stored, is_new=False)
    return Job(root=root, system=system, plan=api.propose(system), is_new=True)
