"""Records in a notebook: shown by themselves, with nothing of the analysed code as markup."""

import pytest
import view_graphs

import decompose
from decompose.errors import RenderError
from decompose.ir.plan import Plan, ServicePlan
from decompose.ir.reports import Comparison, Figure, StudyRow
from decompose.views import notebook

EVIL = "<script>alert(1)</script>"


def test_a_graph_is_a_picture_with_counts() -> None:
    bundle = view_graphs.shop()._repr_mimebundle_()

    assert bundle["image/svg+xml"].startswith("<svg")
    assert bundle["image/svg+xml"] in bundle["text/html"]
    assert "units" in bundle["text/plain"]
    assert len(bundle["text/plain"]) < 500


def test_a_graph_without_graphviz_is_still_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> bytes:
        raise RenderError("no Graphviz on this machine")

    monkeypatch.setattr(notebook, "render", fail)

    graph = view_graphs.shop()

    assert "no Graphviz" in str(graph._repr_html_())
    assert graph._repr_svg_() is None


def test_a_plan_is_a_table_of_its_parts() -> None:
    html = str(view_graphs.shop_plan()[0]._repr_html_())

    assert "<td" in html and "training" in html


def test_a_comparison_is_a_table_of_both_sides() -> None:
    row = StudyRow(aspect="performance", measure="p50", monolith=Figure(value=3, unit="ms", basis="measured"))

    html = str(Comparison(system="shop", rows=(row,), verdict="stay")._repr_html_())

    assert "3 ms (measured)" in html and "stay" in html


def test_nothing_of_the_code_becomes_markup() -> None:
    plan = Plan(system=EVIL, services=(ServicePlan(name="a", because=EVIL, members=(EVIL,)),))

    assert "<script" not in str(plan._repr_html_())


def test_a_record_that_nobody_can_draw_is_named() -> None:
    assert notebook.display(object()) == {"text/plain": "<object>"}
    assert decompose.__version__
