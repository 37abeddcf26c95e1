"""Every code block of the documentation works: commands run in their order and print what is shown, the rest is read."""

from __future__ import annotations

import importlib.util
import json
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import documented as doc
import msgspec
import pytest
from documented import Page, Shell, blocks, commands, missing
from ruamel.yaml import YAML
from typer.main import get_command

from decompose.boundary.planfile import parse_plan
from decompose.cli.app import app
from decompose.config import Settings
from decompose.knowledge.parse import parse_library
from decompose.parity.workload import Workload

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("docs")]

INSTALLED = "python -m pip install -q --no-deps --no-build-isolation --target site examples/plugins"
PAGES = (
    Page("README.md", doc.beside_the_examples, instead={"decompose review": "decompose review --html page.html"}),
    Page("docs/tutorial.md", doc.beside_the_examples),
    Page("docs/check.md", doc.generated_before, refused="decompose check --contracts"),
    Page("docs/verify-and-compare.md", doc.with_a_workload),
    Page("docs/how-to/ci-gate.md", doc.beside_the_examples),
    Page("docs/how-to/install.md", doc.beside_the_examples),
    Page("docs/how-to/notebooks.md", doc.beside_the_examples),
    Page("docs/how-to/operate.md", doc.in_the_workspace),
    Page("docs/how-to/plugins.md", doc.beside_the_examples, instead={"pip install examples/plugins": INSTALLED}),
    Page("docs/how-to/review.md", doc.beside_the_examples),
    Page("docs/how-to/scale-out.md", doc.several_repositories),
    Page("docs/how-to/strangler-fig.md", doc.in_the_monolith, blocks=1),
    Page("docs/how-to/torch.md", doc.beside_the_examples),
)
OUTSIDE = {"docs/how-to/kubernetes.md": {"docker", "kubectl", "sed"}}
"""Pages whose programs need a cluster or a registry, and which programs these are."""
READ = {
    ("README.md", "bash"),
    ("README.md", "python"),
    ("docs/check.md", "yaml"),
    ("docs/how-to/assistants.md", "json"),
    ("docs/how-to/edit-plan.md", "yaml"),
    ("docs/how-to/own-knowledge.md", "toml"),
    ("docs/how-to/own-templates.md", "toml"),
    ("docs/how-to/plugins.md", "toml"),
    ("docs/how-to/scale-out.md", "python"),
    ("docs/how-to/strangler-fig.md", "json"),
    ("docs/how-to/strangler-fig.md", "python"),
    ("docs/verify-and-compare.md", "json"),
}
"""Blocks that are not typed; each has a test below."""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_the_commands_of_a_page_run_in_order_and_print_what_it_shows(
    page: Page, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    page.prepare(tmp_path)
    shell = Shell(tmp_path)
    typed = commands(page)
    assert typed
    try:
        for command in typed:
            words = command.typed
            if "ray://" in words and importlib.util.find_spec("ray") is None:
                continue
            if "dask://" in words:
                words = re.sub(r"dask://\S+", f"dask://{request.getfixturevalue('scheduler')}", words)
            is_refused = bool(page.refused) and words.startswith(page.refused)
            output = shell.type(words, status=int(is_refused))
            assert missing(command, output) == [], f"{command.typed}\n{output[-3000:]}"
    finally:
        shell.close()


def test_no_block_of_the_documentation_is_left_out() -> None:
    files = [*doc.ROOT.glob("*.md"), *(doc.ROOT / "docs").rglob("*.md")]
    found = {
        (path.relative_to(doc.ROOT).as_posix(), name)
        for path in files
        for name, _ in doc.FENCE.findall(path.read_text("utf-8"))
    }
    typed = {(page.path, "console") for page in PAGES} | {(path, "console") for path in OUTSIDE}

    assert {pair for pair in found if pair[1] not in ("", "text")} == typed | READ


@pytest.mark.parametrize("path", sorted(OUTSIDE))
def test_what_needs_a_cluster_names_files_of_the_workspace(path: str, tmp_path: Path) -> None:
    doc.in_the_monolith(tmp_path)
    Shell(tmp_path).type("decompose generate -o services")
    words = [shlex.split(command.typed) for command in commands(Page(path, doc.in_the_monolith))]
    files = [word for line in words for word in line if re.match(r"(kubernetes|services)/", word)]

    assert {line[0] for line in words} == OUTSIDE[path]
    assert files
    assert [word for word in files if not list((tmp_path / "services").glob(word.rstrip("/")))] == []


def test_the_transcript_is_what_its_script_prints() -> None:
    script = doc.ROOT / "benchmarks" / "operate" / "extraction.py"
    printed = subprocess.run(
        [sys.executable, str(script)], check=True, capture_output=True, text=True, timeout=600
    ).stdout

    def steps(text: str) -> list[str]:
        return [line for line in text.splitlines() if line.startswith("$ ")]

    assert steps(printed) == steps(blocks("docs/how-to/strangler-fig.md", "console")[1])


def test_the_two_doors_are_in_the_makefile() -> None:
    (block,) = blocks("README.md", "bash")
    targets = re.findall(r"^make (\w+)", block, re.M)

    assert targets == ["demo", "test"]
    assert all(re.search(rf"^{target}:", (doc.ROOT / "Makefile").read_text("utf-8"), re.M) for target in targets)


@pytest.mark.parametrize("path", ["README.md", "docs/how-to/scale-out.md"])
def test_programs_run(path: str, tmp_path: Path) -> None:
    doc.beside_the_examples(tmp_path)
    for program in blocks(path, "python"):
        subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True, timeout=600)


def test_the_block_of_the_patch_is_the_patch_s(tmp_path: Path) -> None:
    doc.in_the_monolith(tmp_path)
    Shell(tmp_path).type(
        "decompose generate --only inference --in-place -o extracted && git apply extracted/monolith.patch"
    )
    (block,) = blocks("docs/how-to/strangler-fig.md", "python")

    assert block in (tmp_path / "churn" / "scoring" / "postprocess.py").read_text("utf-8")


def test_the_shadow_s_events_are_objects_a_line() -> None:
    (block,) = blocks("docs/how-to/strangler-fig.md", "json")

    assert [json.loads(line)["event"] for line in block.splitlines()] == ["difference", "summary"]


def test_the_workload_is_one() -> None:
    (block,) = blocks("docs/verify-and-compare.md", "json")

    assert msgspec.json.decode(block, type=Workload).roll is not None


def test_assistants_start_a_command_that_there_is() -> None:
    (block,) = blocks("docs/how-to/assistants.md", "json")
    started = json.loads(block)["mcpServers"]["decompose"]

    assert started["command"] == "decompose"
    assert started["args"][0] in get_command(app).commands  # type: ignore[attr-defined]


def test_rules_are_read_by_the_plan() -> None:
    (block,) = blocks("docs/how-to/edit-plan.md", "yaml")
    services = "".join(f"  - name: {name}\n    kind: service\n" for name in ("evaluation", "inference"))

    plan = parse_plan(f"version: 1\nsystem: shop\n{block}services:\n{services}", "decompose.yaml")

    assert plan.limits.max_size == 40
    assert (len(plan.apart), len(plan.circles)) == (1, 1)


def test_hook_and_action_are_asked_for_what_they_have() -> None:
    hook, workflow = (YAML(typ="safe").load(text) for text in blocks("docs/check.md", "yaml"))
    hooks, action = (YAML(typ="safe").load(doc.ROOT / name) for name in (".pre-commit-hooks.yaml", "action.yml"))
    step = next(step for step in workflow["jobs"]["check"]["steps"] if "decompose@" in step["uses"])

    assert {one["id"] for one in hook["repos"][0]["hooks"]} <= {one["id"] for one in hooks}
    assert step["with"].keys() <= action["inputs"].keys()
    assert "sarif" in action["outputs"]


def test_settings_are_read() -> None:
    first, second = (
        tomllib.loads(blocks(f"docs/how-to/own-{name}.md", "toml")[0]) for name in ("knowledge", "templates")
    )

    assert Settings(**first["tool"]["decompose"]).knowledge
    assert Settings(**second["tool"]["decompose"]).templates


def test_knowledge_of_a_house_is_read() -> None:
    library = parse_library(blocks("docs/how-to/own-knowledge.md", "toml")[1], "house")

    assert set(library.apis) == {"house.load", "house.download"}


def test_entry_points_are_those_of_the_example() -> None:
    (block,) = blocks("docs/how-to/plugins.md", "toml")
    project = tomllib.loads((doc.EXAMPLES / "plugins" / "pyproject.toml").read_text("utf-8"))["project"]

    assert tomllib.loads(block)["project"]["entry-points"] == project["entry-points"]
