"""The launcher of a workspace: order, ports, logs, and an end that leaves nothing behind."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time

import pytest

from decompose.resources import template_root

APP = """
import argparse, http.server, os, sys, time
parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int)
parser.add_argument("--workdir")
options = parser.parse_args()
print("started", flush=True)
time.sleep({delay})
{extra}

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *words):
        pass

print("ready", flush=True)
http.server.HTTPServer(("127.0.0.1", options.port), Handler).serve_forever()
"""


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


@contextlib.contextmanager
def taken(port):
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        listening.listen()
        yield


def workspace(folder, after=(("second", "first"),), ports=None, **extra):
    shutil.copy(template_root() / "system" / "run.py", folder / "run.py")
    services = []
    for name, port in zip(("first", "second"), ports or free_ports(2), strict=True):
        app = folder / f"{name}.py"
        app.write_text(APP.format(delay=0.3 if name == "first" else 0, extra=extra.get(name, "")))
        starts_after = [other for one, other in after if one == name]
        services.append({"name": name, "app": app.name, "port": port, "probes": "", "starts_after": starts_after})
    (folder / "system.json").write_text(json.dumps({"services": services}))
    return folder


class Running:
    def __init__(self, folder, *words):
        self.ready = folder / "ready.json"
        command = [
            sys.executable,
            str(folder / "run.py"),
            "up",
            "--workdir",
            str(folder),
            "--ready-file",
            str(self.ready),
        ]
        self.process = subprocess.Popen([*command, *words], stderr=subprocess.PIPE, text=True)

    def until_ready(self):
        until = time.monotonic() + 30
        while not self.ready.exists() and self.process.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
        return json.loads(self.ready.read_text())

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.communicate(timeout=20)[1]


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_services_start_in_order_with_their_lines_marked_and_end_together(tmp_path, number):
    running = Running(workspace(tmp_path))
    pids = [service["pid"] for service in running.until_ready()["services"].values()]

    lines = running.stop(number).splitlines()

    marked = [line.split(" | ") for line in lines if " | " in line]
    assert [(name.strip(), text) for name, text in marked] == [
        ("first", "started"), ("first", "ready"), ("second", "started"), ("second", "ready"),
    ]  # fmt: skip
    assert running.process.returncode == 0
    assert not any(is_alive(pid) for pid in pids)
    assert not running.ready.exists()


def test_a_port_that_is_taken_is_passed_over(tmp_path):
    first, second = free_ports(2)
    with taken(first):
        running = Running(workspace(tmp_path, ports=(first, second)))
        found = running.until_ready()["environment"]
        running.stop()

    assert found["SERVICE_URL_SECOND"] == f"http://127.0.0.1:{second}"
    assert found["SERVICE_URL_FIRST"] != f"http://127.0.0.1:{first}"


def test_a_port_that_a_person_asked_for_and_is_taken_is_named(tmp_path):
    [port] = free_ports(1)
    with taken(port):
        running = Running(workspace(tmp_path), "--base-port", str(port))
        text = running.process.communicate(timeout=20)[1]

    assert running.process.returncode == 1
    assert f"port {port} for first is in use; choose another --base-port" in text


def test_a_service_that_ends_takes_the_others_down_and_its_last_lines_are_shown(tmp_path):
    running = Running(workspace(tmp_path, after=(), first="sys.exit('no model')"))

    text = running.process.communicate(timeout=20)[1]

    assert running.process.returncode == 1
    assert "error: first ended with status 1; its last lines:" in text
    assert "    no model" in text


def test_a_half_moved_workspace_is_not_started(tmp_path):
    folder = workspace(tmp_path)
    (folder / ".generating").mkdir()
    (folder / ".generating" / "journal.json").write_text("{}")

    text = Running(folder).process.communicate(timeout=20)[1]

    assert "a generation was interrupted here; run `decompose generate` again" in text
