"""Names, docstrings and strings of the analysed code are data in every output: they never become structure."""

from __future__ import annotations

import ast
import csv
import html.parser
import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path

import pytest
from command import decompose
from msgspec.structs import replace
from ruamel.yaml import YAML
from toy import FILES, write_toy

from decompose.cli import console
from decompose.gate.formats import render as render_violations
from decompose.ir.findings import Finding, Span
from decompose.ir.graph import Asset, CodeGraph, Edge, EntryPoint, FileOutcome, Module, RoleTag, Site, Unit
from decompose.ir.plan import ServicePlan
from decompose.ir.violations import Violation, Violations
from decompose.scaffold.pytext import comment, doc_literal, pystr
from decompose.scaffold.yamltext import yaml_text
from decompose.views.dot import dot_source
from decompose.views.export import export
from decompose.views.html import page
from decompose.views.mermaid import mermaid
from decompose.views.text import findings, summary

CANARY = "canary_9f3"
HOSTILE = [
    f'"]; {CANARY} [label="',
    f"</script><script>{CANARY}()</script>",
    f'<img src=x onerror="{CANARY}()">',
    f'"""\nimport os; {CANARY}()\n"""',
    f"'\n{CANARY}()\n#",
    f'\\"; {CANARY}(); \\',
    f"x: y\n{CANARY}: true",
    f"&{CANARY} *{CANARY} !!python/object:{CANARY}",
    f"a\nRUN {CANARY}",
    f"]] --> {CANARY}\n{CANARY} --> b[[",
    f"]]><{CANARY}/>",
    f"=cmd|'/c {CANARY}'!A1",
    f"\x1b]0;{CANARY}\x07\x1b[31m",
    f"{{{{ {CANARY} }}}}{{% {CANARY} %}}",
    f"$({CANARY}) `{CANARY}` ${{{CANARY}}}",
    f"%0A::error::{CANARY}",
    f"\u202e{CANARY}\u2028\x85\x00",
    "\ud800" + CANARY,
]
TEXT = [hostile for hostile in HOSTILE if "\ud800" not in hostile]
"""Those that a record on disk can hold at all."""


def hostile_graph(hostile: str) -> CodeGraph:
    """Return a graph that has one hostile string in every field that comes from the analysed code."""
    symbol, path = f"m:{hostile}", f"{hostile}.py"
    site = Site(path=path, line=1, text=hostile)
    unit = Unit(
        symbol=symbol, kind="function", module=hostile, span=Span(path, 1), doc=hostile,
        roles=(RoleTag(role="training", confidence=0.9, evidence=(hostile,)),),
        entry=EntryPoint(kind="route", framework=hostile, detail=hostile),
    )  # fmt: skip
    other = replace(unit, symbol="m:other", module="m")
    asset = Asset(symbol=f"asset:{hostile}", name=hostile, kind="file", format=hostile, detail=hostile)
    edges = [
        Edge(source=symbol, target="m:other", kind="call", confidence="certain", reason=hostile, sites=(site,)),
        Edge(source="m:other", target=asset.symbol, kind="write", confidence="certain", reason=hostile, sites=(site,)),
        Edge(source=symbol, target=asset.symbol, kind="read", confidence="certain", reason=hostile, sites=(site,)),
    ]
    modules = [Module(name=name, path=f"{name}.py", kind="module", digest="") for name in (hostile, "m")]
    return CodeGraph(
        name=hostile, digest="d", modules=tuple(modules), units=(unit, other), edges=tuple(edges), assets=(asset,),
        findings=(Finding("DC101", "warning", Span(path, 1), hostile, hostile, symbol),),
        files=(FileOutcome(path=path, outcome="skipped", reason=hostile),),
    )  # fmt: skip


@pytest.fixture(params=range(len(TEXT)))
def hostile(request: pytest.FixtureRequest) -> str:
    return TEXT[request.param]


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_python_holds_the_string_and_nothing_more(hostile: str) -> None:
    code = f"{doc_literal(hostile)}\n# {comment(hostile)}\nx = {pystr(hostile)}\n"

    body = ast.parse(code.encode("utf-8")).body

    assert [type(node) for node in body] == [ast.Expr, ast.Assign]
    assert ast.literal_eval(body[1].value) == hostile  # type: ignore[attr-defined]


def test_yaml_holds_the_string_as_key_and_value(hostile: str) -> None:
    document: Mapping[str, object] = {"name": hostile, hostile: [hostile, {"deep": hostile}]}

    assert YAML(typ="safe").load(yaml_text([document], note=comment(hostile))) == document


def _dot_outside_of_strings(text: str) -> str:
    """Return DOT text without its quoted strings and its labels in markup."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', '""', text, flags=re.DOTALL)
    return re.sub(r"=<(?:[^<>]|<[^<>]*>)*>", "=<>", bare)


@pytest.mark.parametrize("level", ["modules", "functions", "assets"])
def test_dot_holds_it_inside_a_string(level: str, hostile: str) -> None:
    text = dot_source(hostile_graph(hostile), level=level)

    assert CANARY not in _dot_outside_of_strings(text)
    assert _dot_outside_of_strings(text).count("{") == _dot_outside_of_strings(text).count("}")


def test_mermaid_has_as_many_lines_as_with_a_plain_name(hostile: str) -> None:
    shown, plain = mermaid(hostile_graph(hostile)), mermaid(hostile_graph("plain"))

    assert len(shown.split("\n")) == len(plain.split("\n"))
    assert not re.search(rf'(?m)^\s*{CANARY}|"[^"\n]*"[^"\n]*{CANARY}', re.sub(r'"[^"\n]*"', '""', shown))


class _Tags(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))


def _tags(text: str) -> list[tuple[str, tuple[str, ...]]]:
    parser = _Tags()
    parser.feed(text)
    return parser.tags


def test_the_page_has_the_tags_of_a_plain_page(hostile: str) -> None:
    path = f"{hostile}.py"

    shown = page(hostile_graph(hostile), lines={path: [hostile]})

    assert _tags(shown) == _tags(page(hostile_graph("plain"), lines={"plain.py": ["plain"]}))


def test_graphml_has_the_elements_of_a_plain_graph(hostile: str) -> None:
    shown, plain = (ET.fromstring(export(hostile_graph(name), "graphml")) for name in (hostile, "plain"))

    assert [element.tag for element in shown.iter()] == [element.tag for element in plain.iter()]


def test_csv_starts_no_formula(hostile: str) -> None:
    rows = list(csv.reader(io.StringIO(export(hostile_graph(hostile), "csv").decode().replace("\0", ""), newline="")))

    assert all(not cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row)
    assert len({len(row) for row in rows}) == 1


@pytest.mark.parametrize("format", ["sarif", "json", "junit", "github"])
def test_reports_of_the_gate_keep_their_shape(format: str, hostile: str) -> None:
    def report(name: str) -> str:
        breach = Violation(
            contract="only_exposed", code="DC602", level="error", source=f"m:{name}", target=f"m:{name}", message=name,
            hint=name, fingerprint="f", from_service="a", to_service="b",
            sites=(Site(path=f"{name}.py", line=1, text=name),),
        )  # fmt: skip
        return render_violations(Violations(system=name, violations=(breach,)), format)

    shown, plain = report(hostile), report("plain")

    if format in ("sarif", "json"):
        assert _shape(json.loads(shown)) == _shape(json.loads(plain))
    elif format == "junit":
        assert [e.tag for e in ET.fromstring(shown).iter()] == [e.tag for e in ET.fromstring(plain).iter()]
    else:
        assert len(re.split(r"[\r\n]+", shown)) == len(re.split(r"[\r\n]+", plain))


def _shape(value: object) -> object:
    if isinstance(value, dict):
        return sorted((key, str(_shape(inner))) for key, inner in value.items())
    return [_shape(inner) for inner in value] if isinstance(value, list) else type(value).__name__


def test_the_terminal_gets_no_control_character(hostile: str, capsys: pytest.CaptureFixture[str]) -> None:
    graph = hostile_graph(hostile)
    console.show(summary(graph))
    console.show(findings(graph))
    console.show(f"wrote {hostile}")
    console.say(f"error: {hostile}")

    told = capsys.readouterr()

    assert CANARY in told.out and CANARY in told.err
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", told.out + told.err)


def test_a_hostile_monolith_gives_the_same_kinds_of_lines(workspace: Path, tmp_path: Path) -> None:
    """Strings of the code reach Python, YAML, TOML and Dockerfiles: each still holds what its own tool expects."""
    quoted = "".join(f"    {hostile!r}: 1,\n" for hostile in HOSTILE)
    route = (
        f"\n\n@app.get({TEXT[8]!r})\ndef hostile(x: str = {TEXT[3]!r}) -> dict:\n    {TEXT[3]!r}\n    return TABLE\n"
    )
    table = f"\nTABLE = {{\n{quoted}}}\nimport os\nos.environ.get({TEXT[8]!r})\nopen({TEXT[0]!r})\n"
    write_toy(tmp_path / "toy", extra={"shop/serve.py": FILES["shop/serve.py"] + table + route})

    done = decompose("generate", "toy", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    for path in sorted((tmp_path / "services").rglob("*.py")):
        compile(path.read_bytes(), str(path), "exec")
    for path in sorted((tmp_path / "services").rglob("*.y*ml")):
        list(YAML(typ="safe").load_all(path.read_bytes()))
    docker = _instructions(tmp_path / "services")
    assert docker and docker == _instructions(workspace)


def _instructions(services: Path) -> set[tuple[str, ...]]:
    """Return the first words of the lines of every Dockerfile."""
    return {
        tuple(line.split(" ")[0] for line in path.read_text().splitlines()) for path in services.rglob("Dockerfile")
    }


@pytest.mark.parametrize("name", ["a\nRUN x", "../x", "-x", "a b", "$(x)", "A", "a" * 41, "x;y"])
def test_a_service_cannot_be_named_so(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        ServicePlan(name=name)
