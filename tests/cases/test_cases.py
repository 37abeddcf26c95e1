"""The call graph on our own corpus: what was exact stays exact, and no category falls below its floor."""

from __future__ import annotations

import ast
import json

import pytest

from .analysis import outcomes
from .corpus import FLOORS, ROOT, Case, by_category, compare, load_cases, table

CASES = load_cases()
FLOOR = json.loads(FLOORS.read_text(encoding="utf-8"))
ML_CATEGORIES = {
    *("torch", "keras", "sklearn", "boosting", "trainers", "registries", "configs", "functools", "pandas", "parallel"),
    *("web", "workflows", "cli", "scripts", "notebooks", "implicit_calls", "dispatch"),
}


@pytest.mark.parametrize("name", FLOOR["exact"])
def test_exact_cases_stay_exact(name: str) -> None:
    outcome = outcomes()[name]

    assert outcome.is_exact, str(outcome)


@pytest.mark.parametrize("category", sorted(FLOOR["categories"]))
def test_categories_keep_their_floor(category: str) -> None:
    reached = by_category(outcomes().values())[category]

    floor = FLOOR["categories"][category]
    worst = [str(o) for o in outcomes().values() if o.case.category == category and not o.is_exact]
    assert reached.precision >= floor["precision"], "\n".join(worst)
    assert reached.hits >= floor["found"], "\n".join(worst)


def test_corpus_is_as_large_as_promised() -> None:
    assert len(CASES) >= 150
    assert len({case.category for case in CASES}) >= 20
    assert len([case for case in CASES if case.category in ML_CATEGORIES]) >= 60
    assert {case.category for case in CASES} >= ML_CATEGORIES
    assert {case.category for case in CASES} == set(FLOOR["categories"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_truth_speaks_of_things_that_exist(case: Case) -> None:
    defined = _defined(case)

    sentence = (case.folder / "README.md").read_text(encoding="utf-8").strip()
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert case.truth
    assert not case.truth & case.optional
    for caller, callee in case.truth | case.optional:
        assert caller in defined
        assert callee in defined or not case.owns(callee)
        assert not case.is_internal or case.owns(callee)


def test_the_comparison_sees_every_kind_of_error() -> None:
    case = next(case for case in CASES if case.name == "calls/recursion")
    right = {caller: [callee for c, callee in case.truth if c == caller] for caller, _ in case.truth}
    assert compare(case, right).is_exact
    assert compare(case, {}).missing == case.truth
    assert compare(case, {**right, "main.x": ["main.y"]}).wrong == {("main.x", "main.y")}
    assert "1.000" in table([compare(case, right)])


def test_no_case_is_left_out() -> None:
    folders = {path.parent.parent.relative_to(ROOT).as_posix() for path in ROOT.glob("*/*/main.*")}

    assert folders == {case.category for case in CASES}


def _defined(case: Case) -> set[str]:
    """Return the names of all modules, classes, functions and lambdas of a case."""
    names: set[str] = set(case.modules)
    for path in case.folder.rglob("*"):
        if path.suffix == ".py":
            source = path.read_text(encoding="utf-8")
        elif path.suffix == ".ipynb":
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            lines = [line for cell in cells if cell["cell_type"] == "code" for line in [*cell["source"], "\n"]]
            source = "".join(line if not line.startswith(("%", "!")) and "= !" not in line else "\n" for line in lines)
        else:
            continue
        parts = path.relative_to(case.folder).with_suffix("").parts
        module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        _collect(ast.parse(source), module, names)
    return names


def _collect(tree: ast.AST, scope: str, names: set[str]) -> None:
    lambdas = 0
    pending = list(ast.iter_child_nodes(tree))
    while pending:
        node = pending.pop(0)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(f"{scope}.{node.name}")
            _collect(ast.Module(node.body, []), f"{scope}.{node.name}", names)
            continue
        if isinstance(node, ast.Lambda):
            lambdas += 1
            names.add(f"{scope}.<lambda{lambdas}>")
            _collect(ast.Expression(node.body), f"{scope}.<lambda{lambdas}>", names)
            pending = [*ast.iter_child_nodes(node.args), *pending]
            continue
        pending = [*ast.iter_child_nodes(node), *pending]
