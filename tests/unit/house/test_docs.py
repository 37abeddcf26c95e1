"""The documentation cannot go stale: reference and findings are those of the code, links lead somewhere."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))


def generated() -> dict[str, str]:
    spec = importlib.util.spec_from_file_location("make_reference", DOCS / "make_reference.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.pages()  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", ["cli.md", "api.md", "plan.md"])
def test_the_reference_is_that_of_the_code(name: str) -> None:
    assert (DOCS / "reference" / name).read_text("utf-8") == generated()[name], "run docs/make_reference.py"


def test_every_finding_code_is_explained_and_no_other() -> None:
    source = "\n".join(path.read_text("utf-8") for path in (ROOT / "src" / "decompose").rglob("*.py"))
    in_code = set(re.findall(r'"(DC[1-5]\d\d)"', source))
    in_docs = set(re.findall(r"^\| `(DC[1-5]\d\d)`", (DOCS / "reference" / "findings.md").read_text("utf-8"), re.M))

    assert in_docs == in_code


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md", ROOT / "CONTRIBUTING.md"], ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8")):
        if not target.startswith(("http://", "https://")):
            assert (page.parent / target).exists(), target


def test_the_site_lists_every_page() -> None:
    listed = set(re.findall(r"([\w/-]+\.md)", (ROOT / "mkdocs.yml").read_text("utf-8")))
    pages = {page.relative_to(DOCS).as_posix() for page in PAGES if "decisions" not in page.parts}

    assert listed == pages
