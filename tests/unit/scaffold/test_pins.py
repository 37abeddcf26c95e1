"""Services are installed at the versions of the monolith's lock files."""

from __future__ import annotations

import tomllib

import msgspec
from tests.unit.scaffold.monoliths import blueprint_of, graph_of

from decompose.ir.graph import LockFile
from decompose.scaffold import emit
from decompose.scaffold.pins import pins_of

CODE = "import pandas\nimport sklearn\n\n\ndef {0}():\n    return pandas.DataFrame(), sklearn\n"
SOURCES = {"a/one.py": CODE.format("f"), "b/two.py": CODE.format("g")}
A = LockFile(
    path="a/poetry.lock",
    pins={"numpy": "==1.20", "pandas": "==1.1", "pydantic": "==1.5", "six": "==1.0"},
    brings={"pandas": ("numpy",), "six": ("numpy",)},
)
B = LockFile(path="b/poetry.lock", pins={"pandas": "==2.2", "scikit-learn": "==1.4"})
STATED = ("pandas[fast]>=1", "scikit-learn>=0.2", "pydantic>=1", "click==8.0")


def emitted(locks, stated=STATED):
    graph = msgspec.structs.replace(graph_of(SOURCES), requirements=stated, locks=locks)
    blueprint = blueprint_of(graph, {"one": ("a.one",), "two": ("b.two",)})
    return emit(blueprint, graph, {path: text.encode() for path, text in SOURCES.items()})


def lines_of(tree, path):
    return [line for line in tree.text(path).splitlines() if not line.startswith("#")]


def test_each_service_has_the_versions_of_the_lock_file_nearest_to_its_modules():
    tree = emitted((A, B))

    assert lines_of(tree, "services/one/requirements.txt") == [
        "-c constraints.txt", "pandas[fast]==1.1", "scikit-learn>=0.2",
    ]  # fmt: skip
    assert lines_of(tree, "services/two/requirements.txt") == [
        "-c constraints.txt", "pandas[fast]==2.2", "scikit-learn==1.4",
    ]  # fmt: skip


def test_what_comes_along_has_the_version_of_the_lock_file_except_what_the_server_needs_later():
    tree = emitted((A,))

    assert lines_of(tree, "services/one/constraints.txt") == [
        "click<=8.0", "numpy==1.20", "pandas==1.1", "pyarrow<26", "setuptools<82", "six==1.0",
    ]  # fmt: skip


def test_of_a_service_whose_libraries_stand_in_several_lock_files_nothing_comes_in_a_later_version():
    tree = emitted((A, B))

    assert lines_of(tree, "services/one/constraints.txt") == [
        "click<=8.0", "numpy<=1.20", "pandas<=1.1", "pyarrow<26", "scikit-learn<=1.4", "setuptools<82",
        "six<=1.0",
    ]  # fmt: skip


def test_who_installs_the_service_alone_gets_the_pins_of_what_it_brings_along():
    project = tomllib.loads(emitted((A,)).text("services/one/pyproject.toml"))["project"]

    assert project["dependencies"][2:] == ["pandas[fast]==1.1", "scikit-learn>=0.2", "numpy==1.20"]


def test_the_image_gets_the_constraints_that_its_requirements_name():
    copies = "COPY services/one/requirements.txt services/one/constraints.txt /build/services/one/"

    assert copies in emitted((A, B)).text("services/one/Dockerfile")


def test_without_a_lock_file_the_constraints_of_the_system_hold():
    tree = emitted(())

    assert lines_of(tree, "services/one/requirements.txt")[0] == "-c ../../constraints.txt"
    assert "services/one/constraints.txt" not in tree.files


def test_versions_without_a_wheel_for_our_python_are_named():
    ranged = {"pandas": ">=2.2,<3", "scikit-learn": "==1.4"}

    tree = emitted((msgspec.structs.replace(B, pins=ranged, unfit=("pandas",)),))

    assert [(str(f.span), "`pandas`" in f.message) for f in tree.findings if f.code == "DC505"] == [
        ("b/poetry.lock:1", True)
    ]
    assert lines_of(tree, "services/two/requirements.txt")[1:] == ["pandas[fast]>=2.2,<3", "scikit-learn==1.4"]
    assert {"pandas>=2.2,<3", "scikit-learn==1.4"} < set(lines_of(tree, "services/two/constraints.txt"))


def test_a_url_that_the_monolith_states_stays():
    tree = emitted((A,), ("pandas @ git+https://host/pandas@1",))

    assert "pandas @ git+https://host/pandas@1" in lines_of(tree, "services/one/requirements.txt")


def test_where_no_lock_file_stands_above_the_code_the_one_with_most_of_its_imports_counts():
    assert pins_of(["mono/x.py"], ["pandas", "sklearn"], (A, B)).path == "b/poetry.lock"
    assert pins_of(["mono/x.py"], ["flask"], (A, B)).path == ""


def test_what_is_stated_beside_a_lock_file_that_does_not_have_it_need_not_go_with_all_of_it():
    found = pins_of(["a/one.py"], ["pandas", "torch"], (A,), {"torch": "torch==2.0"})

    assert (found.versions["pandas"], found.bounds["numpy"], found.brings) == ("==1.1", "<=1.20", {})
