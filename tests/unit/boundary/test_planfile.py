"""The plan file: read with line numbers, written back as a person left it."""

from __future__ import annotations

import difflib

import pytest

from decompose.boundary.planfile import parse_plan, render_plan
from decompose.errors import PlanError
from decompose.ir.plan import Plan

TEXT = """\
# my plan
version: 1
system: shop
verdict:
  decision: split
services:
  # trains weekly
  - name: training   # ours
    kind: job
    members:
      # the trainer itself
      - shop.train.*   # all of it
      # moved here on purpose
      - shop.util:save
      - shop.util:load
  - name: inference
    kind: service
    members:
      - shop.predict.*
shared:
  - shop.log.*
"""


def with_members(plan: Plan, **members: tuple[str, ...]) -> Plan:
    services = tuple(s.model_copy(update={"members": members.get(s.name, s.members)}) for s in plan.services)
    return plan.model_copy(update={"services": services})


def changed_lines(before: str, after: str) -> list[str]:
    return [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]


def test_reading_and_writing_changes_nothing() -> None:
    assert render_plan(parse_plan(TEXT, "plan.yaml"), TEXT) == TEXT


def test_a_fresh_file_reads_back_as_the_same_plan() -> None:
    plan = parse_plan(TEXT, "plan.yaml")

    assert parse_plan(render_plan(plan), "plan.yaml") == plan


def test_moving_one_member_changes_two_lines() -> None:
    plan = parse_plan(TEXT, "plan.yaml")
    moved = with_members(
        plan, training=("shop.train.*", "shop.util:save"), inference=("shop.predict.*", "shop.util:load")
    )

    assert changed_lines(TEXT, render_plan(moved, TEXT)) == ["-       - shop.util:load", "+       - shop.util:load"]


@pytest.mark.parametrize("left", [("shop.util:save", "shop.util:load"), ("shop.train.*", "shop.util:load")])
def test_comments_above_and_beside_what_stays_survive(left: tuple[str, ...]) -> None:
    text = render_plan(with_members(parse_plan(TEXT, "plan.yaml"), training=left), TEXT)

    for comment in ("# my plan", "# trains weekly", "# ours", "# the trainer itself", "# moved here on purpose"):
        assert comment in text
    assert parse_plan(text, "plan.yaml").services[0].members == left


def test_removing_a_service_leaves_the_rest_alone() -> None:
    plan = parse_plan(TEXT, "plan.yaml")

    text = render_plan(plan.model_copy(update={"services": plan.services[1:]}), TEXT)

    assert [service.name for service in parse_plan(text, "plan.yaml").services] == ["inference"]
    assert "# my plan" in text


@pytest.mark.parametrize(
    ("old", "new", "message", "hint"),
    [
        ("kind: job", "kind: jop", "plan.yaml:9: `jop` is no kind", "`job`"),
        ("members:", "mebers:", "plan.yaml:10: unknown key `mebers`", "`members`"),
        ("name: inference", "name: training", "plan.yaml:16: a second service is called `training`", "join or rename"),
        ("name: inference", "name: Inference", "plan.yaml:16: `Inference` is no name", "lower-case"),
        ("name: inference", "name: shared", "plan.yaml:16: `shared` is no name", "shared:"),
        ("system: shop\n", "", "plan.yaml:1: `system` is missing", "add"),
        ("decision: split", "decision: splitt", "plan.yaml:5: `splitt` is no decision", "`split`"),
        ("shared:", "shared: [", "plan.yaml:", "indentation"),
        ("shared:", "limits: {max_sise: 9}\nshared:", "plan.yaml:20: unknown key `max_sise`", "`max_size`"),
        ("shared:", "limits: {max_size: -1}\nshared:", "plan.yaml:20: `max_size`: input should be", "explains"),
        (
            "shared:",
            "apart:\n  - [shop.train.*]\nshared:",
            "plan.yaml:21: `apart`: tuple should have at least 2",
            "explains",
        ),
    ],
)
def test_errors_name_line_and_mend(old: str, new: str, message: str, hint: str) -> None:
    with pytest.raises(PlanError) as caught:
        parse_plan(TEXT.replace(old, new, 1), "plan.yaml")

    assert message in caught.value.message
    assert hint in caught.value.hint


def test_what_is_no_mapping_is_no_plan() -> None:
    with pytest.raises(PlanError, match="a plan is a mapping"):
        parse_plan("- a\n- b\n", "plan.yaml")


def test_the_same_plan_gives_the_same_bytes() -> None:
    plan = parse_plan(TEXT, "plan.yaml")

    assert render_plan(plan) == render_plan(parse_plan(render_plan(plan), "plan.yaml"))


def test_rules_limits_and_circles_come_back_as_they_were_written() -> None:
    text = (
        TEXT + "apart:\n  # two teams\n  - [shop.train.*, shop.predict.*]\nlimits:\n  max_size: 40   # as agreed\n"
        "circles:\n  - services:\n      - inference\n      - training\n    because: retraining on request\n"
    )
    plan = parse_plan(text, "plan.yaml")

    assert plan.apart == (("shop.train.*", "shop.predict.*"),)
    assert plan.limits.max_size == 40
    assert plan.circles[0].services == ("inference", "training")
    assert render_plan(plan, text) == text
    assert parse_plan(render_plan(plan), "plan.yaml") == plan
