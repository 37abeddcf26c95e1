"""Who asks a service that is still loading gets whole modules, or is told to come back."""

from __future__ import annotations

import sys
import threading
import time

import pytest
from service_runtime import modules, waiting
from service_runtime.dispatch import Dispatcher
from service_runtime.wire import JSON, pack

SLOW = "import time\nHALF = 1\ntime.sleep(0.6)\nWHOLE = 2\n"


@pytest.fixture
def load(tmp_path, monkeypatch):
    """Load modules of a service in a thread, as it does when it starts."""
    monkeypatch.setattr(modules, "_ours", {"slow_one", "later_one"})
    monkeypatch.setattr(waiting, "WAIT_S", 2.0)
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "slow_one.py").write_text(SLOW)
    (tmp_path / "later_one.py").write_text("VALUE = 3\n")
    threads = []

    def begin(*names):
        def work():
            waiting.begin()
            for name in names:
                __import__(name)
            time.sleep(0.3)

        threads.append(threading.Thread(target=work))
        threads[-1].start()
        time.sleep(0.2)

    yield begin
    for thread in threads:
        thread.join()
    waiting.end()
    waiting._wanted.clear()
    for name in ("slow_one", "later_one"):
        sys.modules.pop(name, None)


def test_a_module_that_is_being_loaded_is_waited_for(load):
    load("slow_one")

    assert waiting.module_named("slow_one").WHOLE == 2


def test_a_module_that_the_service_has_not_come_to_is_refused_and_loaded_first_at_the_next_attempt(load, monkeypatch):
    monkeypatch.setattr(waiting, "WAIT_S", 0.1)
    load("slow_one")

    with pytest.raises(waiting.TooEarly, match="`later_one`"):
        waiting.module_named("later_one")
    assert "later_one" not in sys.modules
    load()
    assert waiting.module_named("later_one").VALUE == 3


def test_when_all_is_loaded_modules_are_imported_as_ever(load):
    waiting.end()

    assert waiting.module_named("later_one").VALUE == 3
    assert waiting.module_named("json").__name__ == "json"


def test_a_call_that_comes_too_early_is_told_so(load, monkeypatch):
    monkeypatch.setattr(waiting, "WAIT_S", 0.1)
    load("slow_one")
    dispatcher = Dispatcher("one", symbols={"later_one": ("two",)})
    content_type, chunks = pack({"do": "module", "class": "later_one", "name": "VALUE"}, [])

    reply = dispatcher.answer("/objects", "two", content_type, b"".join(bytes(c) for c in chunks))

    assert reply.status == 425
    assert content_type.startswith(JSON)
