"""Which modules answer from one process."""

from __future__ import annotations

import pytest
from graphs import system

from decompose.cluster.process import answering, page_apps, web_apps
from decompose.cluster.profile import profile_system
from decompose.cluster.relations import relate
from decompose.ir.graph import CodeGraph

ROUTES = {"api.orders:get": "route", "api.users:get": "route", "api.health:live": "route", "admin.pages:show": "route"}
MOUNTED = (
    "shop.app:<module> i> api.router:<module>", "api.router:<module> i> api.orders:<module>",
    "api.router:<module> i> api.users:<module>", "shop.app:<module> i> api.health:<module>",
    "admin.app:<module> i> admin.pages:<module>", "admin.app:<module> i> api.health:<module>",
)  # fmt: skip


def apps(*edges: str, roles: dict[str, str] | None = None) -> dict[str, tuple[str, ...]]:
    graph: CodeGraph = system(*edges, entries=ROUTES, roles=roles)
    profiled = profile_system(graph)
    return web_apps(profiled, relate(profiled))


def test_an_application_holds_what_it_mounts_through_a_router_of_routers() -> None:
    assert apps(*MOUNTED)["shop.app"] == ("api.orders", "api.router", "api.users", "shop.app")


def test_routes_that_two_applications_mount_belong_to_neither() -> None:
    found = apps(*MOUNTED)

    assert set(found) == {"shop.app", "admin.app"}
    assert not any("api.health" in modules for modules in found.values())


def described(call: str) -> dict[str, tuple[str, ...]]:
    """Return the applications of a shop with a script beside it that makes the application once more, in a function."""
    script = ("tool.spec:<module> i> api.router:<module>", "tool.spec:build -> external:fastapi.FastAPI", call)
    graph: CodeGraph = system(*MOUNTED, *script, entries=ROUTES, kinds={"tool.spec": "script"})
    profiled = profile_system(graph)
    return web_apps(profiled, relate(profiled))


def test_a_script_that_only_describes_an_application_is_none() -> None:
    found = described("tool.spec:main -> external:fastapi.FastAPI.openapi")

    assert "tool.spec" not in found
    assert found["shop.app"] == ("api.orders", "api.router", "api.users", "shop.app")


@pytest.mark.parametrize(
    "call",
    [
        "tool.spec:main -> external:uvicorn.run",
        "tool.spec:main -> external:flask.Flask.run",
        "tool.spec:<module> -> external:fastapi.FastAPI",
    ],
)
def test_a_script_that_lets_it_answer_is_an_application(call) -> None:
    assert "api.orders" not in described(call).get("shop.app", ())


def test_a_trainer_that_imports_a_server_module_is_no_application() -> None:
    found = apps("train.fit:<module> i> api.orders:<module>", roles={"train.fit:<module>": "training"})

    assert found == {}


def test_the_pages_beside_an_application_are_its_own() -> None:
    scripts = ("site.app", "site.pages.one", "site.pages.two", "tool.app")
    bodies = {f"{name}:<module>": "gateway_ui" for name in scripts}
    graph = system(
        roles=bodies, kinds=dict.fromkeys(scripts, "script"), externals=dict.fromkeys(scripts, ("streamlit",))
    )

    assert page_apps(profile_system(graph)) == (
        ("site.app:<module>", "site.pages.one:<module>", "site.pages.two:<module>"),
    )


def stages(*edges: str, externals: dict[str, tuple[str, ...]] | None = None) -> dict[str, str]:
    """Return the stages of a route, of what it depends on, and of the other stages' code."""
    graph = system(
        "api.predict:post -> api.depends:model", *edges, entries={"api.predict:post": "route"}, externals=externals,
        roles={"api.predict:post": "gateway_ui", "api.depends:model": "gateway_ui", "shop.fit:train": "training"},
    )  # fmt: skip
    return {symbol: profile.stage for symbol, profile in answering(profile_system(graph)).profiles.items()}


def test_routes_without_a_page_answer_like_inference() -> None:
    assert stages() == {"api.predict:post": "online", "api.depends:model": "online", "shop.fit:train": "training"}


def test_a_route_that_draws_a_page_is_a_screen() -> None:
    found = stages("api.predict:post -> external:flask.render_template")

    assert (found["api.predict:post"], found["api.depends:model"]) == ("ui", "ui")


def test_pages_beside_an_api_stay_screens() -> None:
    found = stages("pages:<module>", externals={"pages": ("streamlit",)})

    assert (found["api.predict:post"], found["api.depends:model"]) == ("online", "ui")
