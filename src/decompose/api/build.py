"""Do: the services as files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

import msgspec

from decompose.api.decide import blueprint
from decompose.api.places import find_trace, root_by_digest
from decompose.api.see import read_notebooks, read_sources
from decompose.errors import ConfigError
from decompose.ir.symbols import MODULE_BODY, top_level_of

if TYPE_CHECKING:
    from decompose.ir.blueprint import Blueprint
    from decompose.ir.filetree import FileTree
    from decompose.ir.findings import Finding
    from decompose.ir.graph import CodeGraph
    from decompose.ir.plan import Plan
    from decompose.scaffold import WriteReport


def generate(plan: Plan, system: CodeGraph, *, root: str | os.PathLike[str] | None = None) -> FileTree:
    """Return the services as a tree of files; nothing is written.

    Args:
        plan: What becomes a service.
        system: The graph that the plan was made for.
        root: The monolith; by default where `system` was analysed, else the plan's `root`.

    Raises:
        PlanError: If the plan does not fit the graph.
        GenerateError: If the plan cannot be turned into services.
    """
    return generate_all(plan, system, root=root)[0]


def generate_all(
    plan: Plan,
    system: CodeGraph,
    *,
    root: str | os.PathLike[str] | None = None,
    only: Sequence[str] = (),
    in_place: bool = False,
    targets: Sequence[str] = (),
) -> tuple[FileTree, tuple[Finding, ...]]:
    """Return the tree of files, and what the resolved plan had to say about the cut.

    Args:
        plan: What becomes a service.
        system: The graph that the plan was made for.
        root: The monolith; by default where `system` was analysed, else the plan's `root`.
        only: Services to generate; all when empty.
        in_place: Whether the monolith goes on running, with a switch to the services: as a patch.
        targets: Names of installed plug-ins (`decompose.targets`) that write files of their own.
    """
    from decompose import boundary, plugins, scaffold

    folder = Path(root) if root is not None else root_by_digest.get(system.digest, Path(plan.root))
    resolved, extraction = blueprint(plan, system, trace=find_trace()), None
    if only or in_place:
        resolved, extraction = boundary.extract(resolved, system, only)
    others = [cast("scaffold.Target", plugins.load_plugin(plugins.TARGETS, name)) for name in targets]
    sources = read_sources(system, folder)
    tree = scaffold.emit(
        resolved,
        system,
        sources,
        read_notebooks(system, sources),
        targets=(*scaffold.BUILT_IN, *others),
        extraction=extraction if in_place else None,
        templates=_own_templates(folder),
    )
    return tree, (*_undefined(plan, resolved, system), *resolved.findings, *tree.findings)


def _undefined(plan: Plan, resolved: Blueprint, system: CodeGraph) -> tuple[Finding, ...]:
    """Return the findings of names that nothing defines (DC307) in code that goes into a service.

    In the monolith a start-up script may have put them into `builtins`; none are told once the plan has a `startup`.
    """
    carried = {*resolved.shared, *(member for service in resolved.services for member in service.members)}
    return tuple(
        msgspec.structs.replace(
            finding,
            message=f"{finding.message}; where the monolith's start-up puts it into `builtins`, name the module that "
            "does so in the plan's `startup`",
        )
        for finding in system.findings
        if finding.code == "DC307" and not plan.startup and _unit_of(finding.symbol) in carried
    )


def _unit_of(symbol: str) -> str:
    name = top_level_of(symbol)
    return name if ":" in name else f"{name}:{MODULE_BODY}"


def _own_templates(root: Path) -> Path | None:
    """Return the folder of the project's own templates, `None` when it names none.

    Raises:
        ConfigError: If the folder that it names is not there.
    """
    from decompose.config import read_settings

    name = read_settings(root).templates
    if name and not (root / name).is_dir():
        raise ConfigError(
            f"{root / 'pyproject.toml'}: `tool.decompose.templates`: no folder `{name}`",
            hint="make it, or drop the line",
        )
    return root / name if name else None


def write_tree(tree: FileTree, output: Path, *, allow_secrets: bool = False) -> WriteReport:
    """Write generated files: all or nothing, and never over a person's edit.

    Args:
        tree: What `generate` gave.
        output: Folder of the workspace.
        allow_secrets: Whether passwords and keys of the monolith may be copied along with its code.

    Raises:
        SecretError: If a file holds a secret; nothing is written then.
        WriteError: If the place cannot be written.
    """
    from decompose import scaffold

    if not allow_secrets:
        scaffold.refuse_secrets(tree)
    return scaffold.write(tree, output)
