"""Code that multiplies contexts, or hands things to themselves, ends, and costs memory in proportion to its size."""

from __future__ import annotations

from pathlib import Path

import pytest

import decompose
from decompose.graph import calls, core
from decompose.graph.linking import solve
from decompose.graph.objects import Function, place_of
from decompose.source import scan

SELF_HANDED = """
from functools import partial
import elsewhere

def base(request):
    return request

def handle(request):
    handler = base
    for m in elsewhere.make():
        handler = partial(m, handler=handler)
    return handler(request)

handle(elsewhere.Request())
"""


COMMANDS_OF_EACH_OTHER = """
import click

@click.group()
def outer():
    pass

@outer.group()
def inner():
    pass

inner.command()(outer)
outer()
"""


def test_groups_may_be_commands_of_each_other(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(COMMANDS_OF_EACH_OTHER)

    graph = decompose.analyze(tmp_path, cache=False)

    called = {(edge.source, edge.target) for edge in graph.edges if edge.kind == "call"}
    assert {("app:<module>", "app:outer"), ("app:<module>", "app:inner")} <= called


HELD_BY_ITS_OWN_CALL = """
import elsewhere

class Proxy:
    def own(self):
        return self

def target():
    pass

proxy = Proxy()
Proxy.__call__ = elsewhere.Wrapper(proxy, target)
proxy()
"""


def test_an_object_may_be_held_by_what_its_call_is(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(HELD_BY_ITS_OWN_CALL)

    graph = decompose.analyze(tmp_path, cache=False)

    called = {(edge.source, edge.target) for edge in graph.edges if edge.kind == "call"}
    assert ("app:<module>", "app:target") in called


def held_by_each_other(count: int) -> str:
    """Return objects that an external wrapper of all of them calls, which is what calling each of them is."""
    classes = "".join(f"class C{n}:\n    pass\n\n" for n in range(count))
    objects = ", ".join(f"C{n}()" for n in range(count))
    calls = "".join(f"C{n}.__call__ = elsewhere.Wrapper{n}(*objects)\n" for n in range(count))
    return f"import elsewhere\n\n{classes}objects = [{objects}]\n{calls}for each in objects:\n    each()\n"


def test_objects_that_hold_each_other_are_not_called_along_every_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    call = calls.Calls.invoke
    monkeypatch.setattr(calls.Calls, "invoke", lambda *a, **k: made.append(1) or call(*a, **k))
    counts = []
    for count in (5, 10):
        (tmp_path / "app.py").write_text(held_by_each_other(count))
        made.clear()
        solve(scan(tmp_path))
        counts.append(len(made))

    assert counts[1] < 10 * counts[0]


def factories(count: int, sites: int) -> str:
    """Return factories of factories that call each other from many places."""
    text = []
    for n in range(count):
        calls = "\n".join(f"        x{k} = f{(n + k + 1) % count}(x, {k})(g, {k})" for k in range(sites))
        text.append(f"def f{n}(x, *a, **k):\n    def g(*b, **c):\n{calls}\n        return g\n    return g\n")
    return "\n".join(text) + "\nf0(1)(2)\n"


def test_a_partial_that_is_handed_to_itself_ends(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(SELF_HANDED)

    graph = decompose.analyze(tmp_path, cache=False)

    found = {(edge.source, edge.target) for edge in graph.edges if edge.kind == "call"}
    assert ("app:<module>", "app:handle") in found


@pytest.mark.parametrize(
    "call", ["split('a', n())", "split(3)", "partition()", "split('')", "rsplit('a', 10**30)", "split('a', 1, 2)"]
)
def test_a_split_that_cannot_be_worked_out_is_not_known(call: str, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        f"def n(x=1):\n    return x + len('a')\n\ndef f():\n    return 'a-b'.{call}\n\nf()\n"
    )

    graph = decompose.analyze(tmp_path, cache=False)

    assert ("app:<module>", "app:f") in {(edge.source, edge.target) for edge in graph.edges if edge.kind == "call"}


def test_contexts_are_told_apart_as_long_as_they_are_few_for_the_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "app.py").write_text(factories(30, 12))
    facts = scan(tmp_path)
    free = solve(facts)
    monkeypatch.setattr(core, "MIN_FRAMES", 0)
    monkeypatch.setattr(core, "FRAMES_A_SCOPE", 2)

    bound = solve(facts)

    functions = sum(isinstance(made, Function) for made in bound.objects)
    assert len(free.frames) > 600
    assert len(bound.frames) <= bound.most_frames + functions < len(free.frames)


def test_contexts_of_one_piece_of_code_have_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "app.py").write_text(factories(30, 12))
    facts = scan(tmp_path)
    free = solve(facts)
    monkeypatch.setattr(calls, "MAX_VALUE_CONTEXTS", 3)

    bound = solve(facts)

    assert len(bound.frames) < len(free.frames) / 2


def cached(count: int) -> str:
    """Return functions behind a decorator whose wrapper finds them in one table."""
    head = "_table = {}\n\ndef cached(func):\n    _table[func] = func\n"
    inner = "    def inner(*args):\n        return _table[func](*args)\n    return inner\n\n"
    uses = "".join(f"@cached\ndef f{n}(x):\n    return x\n\nf{n}({n})\n" for n in range(count))
    return head + inner + uses


def calls_made(texts: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return how often solving each text calls a function."""
    made: list[int] = []
    call = calls.Calls.call_function
    monkeypatch.setattr(calls.Calls, "call_function", lambda *a, **k: made.append(1) or call(*a, **k))
    counts = []
    for text in texts:
        (folder / "app.py").write_text(text)
        made.clear()
        solve(scan(folder))
        counts.append(len(made))
    return counts


def test_a_wide_call_costs_in_proportion_to_what_it_may_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = calls_made([cached(count) for count in (40, 80)], tmp_path, monkeypatch)

    assert counts[1] < 2.6 * counts[0]


def handed_each_other(count: int) -> str:
    """Return functions that a loop over a table calls with every function of the table."""
    body = "".join(f"def f{n}(g):\n    return g(f{n})\n\n" for n in range(count))
    table = f"table = [{', '.join(f'f{n}' for n in range(count))}]\n"
    return body + table + "for f in table:\n    for g in table:\n        f(g)\n"


def test_what_very_many_callees_are_handed_is_not_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = calls_made([handed_each_other(count) for count in (50, 100)], tmp_path, monkeypatch)

    assert counts[1] < 2.6 * counts[0]


def test_what_holds_everything_holds_few_callables_and_a_table_of_handlers_all(tmp_path: Path) -> None:
    functions = "".join(f"def f{n}(x):\n    return x\n\n" for n in range(60))
    names = ", ".join(f"f{n}" for n in range(60))
    numbers = ", ".join(map(str, range(20)))
    mixed = f"mixed = [{numbers}, {names}]\nfor each in mixed:\n    each(1)\n"
    text = functions + f"table = [{names}]\nfor handler in table:\n    handler(1)\n" + mixed
    (tmp_path / "app.py").write_text(text)
    table_line, mixed_line = text[: text.index("handler(1)")].count("\n") + 1, text.count("\n")

    graph = decompose.analyze(tmp_path, cache=False)

    called = [site.line for edge in graph.edges if edge.kind == "call" for site in edge.sites]
    assert called.count(table_line) == 60
    assert called.count(mixed_line) == 20


def curried(count: int) -> str:
    """Return functions behind a class that calls them through partials of partials, each handed the others."""
    head = "from functools import partial\n\nclass curry:\n    def __init__(self, f, *a):\n"
    head += "        self._partial = partial(f, *a)\n    def __call__(self, *a):\n        try:\n"
    head += "            return self._partial(*a)\n"
    head += "        except TypeError:\n            return type(self)(self, *a)\n\n"
    body = "".join(f"@curry\ndef f{n}(g, x):\n    return partial(g, partial(g, x))(x)\n\n" for n in range(count))
    table = f"table = [{', '.join(f'f{n}' for n in range(count))}]\n"
    return head + body + table + "for f in table:\n    for g in table:\n        print(f(g)(f))\n"


def test_partials_that_hold_each_other_are_not_called_along_every_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = calls_made([curried(count) for count in (10, 20)], tmp_path, monkeypatch)

    assert counts[1] < 4.5 * counts[0]  # each may be handed any other: pairs, and no longer paths


def test_a_place_lasts_longer_than_what_was_made_to_tell_it() -> None:
    node, other = [1], [1]
    deep: tuple[object, ...] = ("map", node)
    for _ in range(50):
        deep = ("map", deep)

    assert place_of(("map", node)) == place_of(("map", node)) != place_of(("map", other))
    assert place_of(node) != place_of(other)
    assert place_of(deep) == place_of(("map", deep))


def test_a_wide_call_loses_nothing_that_it_may_call(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(cached(60))

    graph = decompose.analyze(tmp_path, cache=False)

    found = {(edge.source, edge.target) for edge in graph.edges if edge.kind == "call"}
    assert {("app:cached.inner", f"app:f{n}") for n in range(60)} <= found


def test_uses_of_a_decorator_are_told_apart_however_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "MAX_VALUE_CONTEXTS", 3)
    decorator = (
        "def public(*args):\n    if args:\n        return public()(args[0])\n"
        "    def wrap(obj):\n        return obj\n    return wrap\n\n"
    )
    uses = "".join(f"@public\ndef f{n}():\n    pass\n\ndef g{n}():\n    f{n}()\n\ng{n}()\n\n" for n in range(20))
    (tmp_path / "app.py").write_text(decorator + uses)

    graph = decompose.analyze(tmp_path, cache=False)

    calling = [(edge.source, edge.target) for edge in graph.edges if edge.kind == "call"]
    found = [
        (source, target) for source, target in calling if source.startswith("app:g") and target.startswith("app:f")
    ]
    assert sorted(found) == sorted((f"app:g{n}", f"app:f{n}") for n in range(20))


@pytest.mark.parametrize(
    "text",
    [
        "class A:\n    pass\n\nA.__new__ = A\n\nA()\n",
        "class A:\n    pass\n\nclass B:\n    pass\n\nA.__new__ = B\nB.__new__ = A\n\nA()\n",
        "class A:\n    pass\n\nA.__call__ = A()\n\nA()()\n",
        "class A:\n    pass\n\nclass B:\n    pass\n\nA.__call__ = B()\nB.__call__ = A()\n\nA()()\n",
    ],
)
def test_classes_that_make_each_other_end(text: str, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(text + "\ndef f():\n    pass\n\nf()\n")

    graph = decompose.analyze(tmp_path, cache=False)

    assert ("app:<module>", "app:f") in {(edge.source, edge.target) for edge in graph.edges if edge.kind == "call"}


STEP_BY_STEP = """
class Step:
    def __init__(self):
        self.following = []

    def run(self):
        for each in self.following:
            each()

def first():
    STEP.following.append(second)

def second():
    STEP.following.append(third)

def third():
    STEP.following.append(fourth)

def fourth():
    STEP.following.append(fifth)

def fifth():
    pass

STEP = Step()
STEP.following.append(first)
STEP.run()
"""


@pytest.mark.parametrize(("work", "found"), [(0, False), (core.MIN_WORK, True)])
def test_what_grows_again_and_again_is_followed_as_long_as_there_is_work_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, work: int, found: bool
) -> None:
    monkeypatch.setattr(core, "MIN_WORK", work)
    monkeypatch.setattr(core, "WORK_A_SCOPE", 0)
    (tmp_path / "app.py").write_text(STEP_BY_STEP)

    solver = solve(scan(tmp_path))

    called = {t.scope.name for frame in solver.frames for t, *_ in frame.edges if isinstance(t, Function)}
    assert {"first", "second", "third"} <= called
    assert ("fifth" in called) == found
    assert (max(frame.runs for frame in solver.frames) > core.SURE_RUNS) == found


BUILT_BY_EACH_OTHER = """
class Front:
    pass

class Back:
    pass

Front.__init__ = Back
Back.__init__ = Front
Front()
"""


def test_classes_that_build_each_other_end(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(BUILT_BY_EACH_OTHER)

    solver = solve(scan(tmp_path))

    assert solver.module_frames["app.py"].done
