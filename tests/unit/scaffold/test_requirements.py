"""What a service asks an index for, and what it must not ask for."""

from __future__ import annotations

import msgspec
import pytest
from tests.unit.scaffold.monoliths import blueprint_of, graph_of

from decompose.errors import GenerateError
from decompose.scaffold import emit

OTHER = {"other.py": "def f():\n    return 1\n"}


def emitted(sources, services, **given):
    graph = msgspec.structs.replace(graph_of(sources), **given)
    return emit(blueprint_of(graph, services), graph, {path: text.encode() for path, text in sources.items()})


def lines_of(code, name="one.py", **given):
    """Return the requirements of the service that has one module, and the findings about names of the tree."""
    tree = emitted({name: code, **OTHER}, {"one": (name[:-3].replace("/", "."),), "two": ("other",)}, **given)
    lines = tree.text("services/one/requirements.txt").splitlines()
    return [x for x in lines if x and not x.startswith(("# Generated", "-c "))], [
        str(f.span) for f in tree.findings if f.code == "DC504"
    ]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("from google.cloud import storage\n", ["google-cloud-storage"]),
        ("from google.cloud import storage, pubsub_v1\n", ["google-cloud-pubsub", "google-cloud-storage"]),
        ("import google.cloud.bigquery as bq\n", ["google-cloud-bigquery"]),
        ("from google.oauth2 import service_account\nfrom google import genai\n", ["google-auth", "google-genai"]),
        ("from google.colab import drive\n", []),
        ("from azure.storage.blob import BlobClient\n", ["azure-storage-blob"]),
        ("from playhouse.sqlite_ext import SqliteExtDatabase\n", ["peewee"]),
        ("from opentelemetry import trace\n", ["opentelemetry-api"]),
        ("from opentelemetry.sdk import trace\n", ["opentelemetry-sdk"]),
        ("import sklearn.svm\n", ["scikit-learn"]),
        ("import imp\nimport json.tool\n", []),
    ],
)  # fmt: skip
def test_what_is_imported_leads_to_the_distribution_that_has_it(code, expected):
    assert lines_of(code + "\n\ndef f():\n    return 1\n")[0] == expected


def test_a_stated_line_of_the_part_of_a_shared_package_wins_and_one_of_another_part_does_not():
    code = "from google.cloud import storage\n\n\ndef f():\n    return storage\n"

    assert lines_of(code, requirements=("google-cloud-storage==2.1", "protobuf==3"))[0] == ["google-cloud-storage==2.1"]
    assert lines_of(code, requirements=("google-cloud-bigquery==2.1", "protobuf==3"))[0] == ["google-cloud-storage"]


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        (("numpy==1; os_name == 'nt'", "numpy==2; os_name == 'posix'"), "numpy==2; os_name == 'posix'"),
        (("numpy==1; sys_platform == 'win32'", "numpy==2"), "numpy==2"),
        (("numpy", "numpy==2"), "numpy==2"),
        (("numpy==1", "numpy==2"), "numpy==1"),
        (("numpy==2.4.1+cpu", "numpy==2.4.1+cu118; sys_platform == 'win32'"), "numpy==2.4.1"),
        (("numpy", "numpy==2; sys_platform == 'win32'"), "numpy==2; sys_platform == 'win32'"),
    ],
)  # fmt: skip
def test_of_several_lines_one_for_common_servers_counts(stated, expected):
    assert lines_of("import numpy\n\n\ndef f():\n    return 1\n", requirements=stated)[0] == [expected]


@pytest.mark.parametrize(
    ("code", "is_needed"),
    [
        ("try:\n    import fastlib\nexcept ImportError:\n    fastlib = None\n", False),
        ("try:\n    import fastlib\n    HAS = True\nexcept Exception:\n    HAS = False\n", False),
        ("try:\n    from fastlib import x\nexcept (ModuleNotFoundError, OSError):\n    pass\n", False),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import fastlib\n", False),
        ("import sys\nif sys.platform == 'win32':\n    import fastlib\n", False),
        ("try:\n    import tomllib\nexcept ImportError:\n    import fastlib as tomllib\n", False),
        ("try:\n    from fastlib import X\nexcept ImportError:\n    print('no')\n\nMADE = X(1)\n", True),
        ("try:\n    from fastlib import X\nexcept ImportError:\n    X = print\n\nMADE = X(1)\n", False),
        (
            "try:\n    from fastlib import X\nexcept ImportError:\n    print('no')\n\n\ndef h():\n    return X(1)\n",
            False,
        ),
        (
            "try:\n    import fastlib\n    ok = 1\nexcept ImportError:\n    ok = 0\n\nMADE = fastlib.x if ok else 0\n",
            False,
        ),
        ("import fastlib\n", True),
        ("try:\n    import fastlib\nexcept ImportError:\n    raise SystemExit('install fastlib')\n", True),
        ("import sys\ntry:\n    import fastlib\nexcept ImportError:\n    print('no')\n    sys.exit(1)\n", True),
        ("try:\n    import fastlib\n    x = fastlib.load()\n    x.go()\nexcept Exception:\n    x = None\n", True),
        ("import sys\nif sys.platform != 'win32':\n    import fastlib\n", True),
        ("def g():\n    import fastlib\n    return fastlib\n", True),
    ],
)
def test_what_the_code_does_without_is_asked_for_by_nobody(code, is_needed):
    lines, _ = lines_of(code + "\n\ndef f():\n    return 1\n")

    assert ("fastlib" in lines) == is_needed
    if "TYPE_CHECKING" not in code and "tomllib" not in code and not is_needed:
        assert [x for x in lines if "fastlib  (one.py:" in x]


def test_of_two_libraries_either_of_which_will_do_one_is_asked_for():
    code = "try:\n    import fastlib\nexcept ImportError:\n    import slowlib as fastlib\n\n\ndef f():\n    return 1\n"

    assert "slowlib" in lines_of(code)[0]
    assert lines_of(code, requirements=("fastlib==1",))[0] == [
        "fastlib==1", "# The code runs without these; the monolith states none of them:", "# slowlib  (one.py:4)",
    ]  # fmt: skip


def test_an_import_in_a_function_that_nothing_reaches_is_an_extra():
    code = "def f():\n    return 1\n\n\ndef unused():\n    import fastlib\n    return fastlib\n"
    tree = emitted({"one.py": code, **OTHER}, {"one": ("one:f",), "two": ("other",)})

    assert "\nfastlib" not in "\n" + tree.text("services/one/requirements.txt")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"package": "lab"}, "import lab.tools\n"),
        ({"distributions": ("my-lab",)}, "import my_lab\n"),
        ({"distributions": ("My_Lab",), "requirements": ("my-lab==1.0",)}, "import my_lab\n"),
        ({}, "from other.thing import x\n"),
    ],
)
def test_no_index_is_asked_for_what_the_tree_provides_itself(given, code):
    code += "\n\ndef f():\n    return 1\n"
    if "package" in given:
        with pytest.raises(GenerateError, match="part of the package `lab`"):
            lines_of(code, **given)
    else:
        assert lines_of(code, **given) == ([], ["one.py:1"])
    assert lines_of("import labs\n\n\ndef f():\n    return 1\n", **given) == (["labs"], [])


def test_a_file_that_has_the_name_of_a_library_does_not_keep_the_library_away():
    code = "import xgboost\n\n\ndef f():\n    return 1\n"
    tree = emitted({"one.py": code, "nets/xgboost.py": "def g():\n    return 1\n"}, {"one": ("one",)})

    assert "xgboost" in tree.text("services/one/requirements.txt").splitlines()


def test_a_folder_of_a_package_is_refused_as_a_root_with_the_place_that_needs_more():
    sources = {"one.py": "\nfrom lab.tools import x\n\n\ndef f():\n    return x\n", **OTHER}

    with pytest.raises(GenerateError, match=r"one\.py:2: the folder is part of the package `lab`"):
        emitted(sources, {"one": ("one",), "two": ("other",)}, package="lab")
    with pytest.raises(GenerateError, match=r"one\.py:1: the folder"):
        emitted(
            {**sources, "one.py": "from . import other\n\n\ndef f():\n    return other\n"},
            {"one": ("one",)},
            package="lab",
        )
    emitted({**sources, "one.py": "import other\n\n\ndef f():\n    return other\n"}, {"one": ("one",)}, package="lab")


def test_a_file_that_is_named_as_the_library_which_it_imports_does_not_mean_itself():
    code = "import fastlib\n\n\ndef f():\n    return fastlib\n"

    assert lines_of(code, "plugins/fastlib.py") == (["fastlib"], [])
    assert lines_of(code, "src/fastlib/plugin.py") == ([], ["src/fastlib/plugin.py:1"])


def test_versions_that_the_monolith_states_hold_for_what_its_libraries_bring_along():
    code = "import snorkel\n\n\ndef f():\n    return snorkel\n"
    stated = (
        "snorkel==0.9.9", "torch==2.0.0", "ray[air]>=2.7,<3", "numpy>=1.2,!=1.9.*", "starlette==0.13.2", "pydantic==1.10.*",
        "click~=8.1.2",
        "tool @ https://example.org/tool.zip", "colorama==0.4; sys_platform == 'win32'",
    )  # fmt: skip

    tree = emitted({"one.py": code, **OTHER}, {"one": ("one",), "two": ("other",)}, requirements=stated)

    lines = [line for line in tree.text("constraints.txt").splitlines() if not line.startswith("#")]
    asked = tree.text("services/one/requirements.txt").splitlines()
    assert lines == [
        "click<8.2", 'colorama<=0.4; sys_platform == "win32"', "pydantic<1.11", "ray<3", "setuptools<82",
        "snorkel<=0.9.9", "torch<=2.0.0",
    ]  # fmt: skip
    assert [line for line in asked if not line.startswith("#")] == ["-c ../../constraints.txt", "snorkel==0.9.9"]


def test_a_monolith_that_states_no_version_constrains_nothing():
    tree = emitted({"one.py": "import numpy\n\n\ndef f():\n    return 1\n", **OTHER}, {"one": ("one",)})

    assert "-c" not in tree.text("services/one/requirements.txt")


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        (("numpy==1.24.3",), {"pyarrow<26"}),
        (("numpy<2",), {"pyarrow<26"}),
        (("numpy==2.1",), set()),
        (("numpy>=1.24",), set()),
        (("numpy==1.24.3", "pyarrow==12.0"), {"pyarrow<=12.0"}),
        (("numpy==1.24.3", "pyarrow"), set()),
    ],
)
def test_with_an_old_numpy_comes_a_pyarrow_that_runs_with_it(stated, expected):
    tree = emitted(
        {"one.py": "import numpy\n\n\ndef f():\n    return 1\n", **OTHER}, {"one": ("one",)}, requirements=stated
    )

    assert {line for line in tree.text("constraints.txt").splitlines() if line.startswith("pyarrow")} == expected
