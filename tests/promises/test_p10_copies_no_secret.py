"""P10: no secret of the analysed code reaches a graph, page, report or service; generation refuses to copy one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command import contents
from command import decompose as run
from planted import PLANTED
from toy import FILES, write_toy

from decompose.ir.masking import find_secrets, hide_secrets, mask

SECRETS = {
    "aws": "AKIA" + "IOSFODNN7ABCDEFG",
    "github": "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6",
    "gitlab": "glpat-" + "x9Kd02mQx7Lw8Zr5TbN3",
    "openai": "sk-" + "proj4f9Kd02mQx7Lw8Zr5Tb",
    "hub": "hf_" + "QwErTyUiOpAsDfGhJkLzXcVbNm12",
    "slack": "xoxb-" + "12345678901-abcdefGHIJ",
    "google": "AIza" + "SyD4f9Kd02mQx7Lw8Zr5TbN3vP1cXyAb0",
    "jwt": "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlMTIz",
    "pem": "MIIEowIBAAKCAQEA75",
    "constant": "hunter2-Tr0ub4dor",
    "database": "s3cr3tDbPass",
    "address": "webP4ssw0rd",
    "queue": "r3disP4ss",
    "argument": "d3faultT0kenValue",
    "annotated": "4nnotatedSecret",
    "entry": "dictS3cretValue9",
    "signing": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
    "comment": "c0mmentP4ss",
    "doc": "sk-" + "docstring9Kd02mQx7Lw8Zr",
    "variable": "0therP4ssw0rd",
    "cell": "n0tebookS3cret",
    "settings": "y4mlP4ssword",
}
CODE = f'''
import os
import pandas as pd
AWS = "{SECRETS["aws"]}"
HUB = ["{SECRETS["hub"]}", "{SECRETS["slack"]}", "{SECRETS["github"]}", "{SECRETS["gitlab"]}"]
CLIENT = dict(key="{SECRETS["openai"]}", maps="{SECRETS["google"]}", jwt="{SECRETS["jwt"]}")
KEY = """-----BEGIN RSA PRIVATE KEY-----
{SECRETS["pem"]}
-----END RSA PRIVATE KEY-----"""
PASSWORD = '{SECRETS["constant"]}'
DATABASE = "postgresql://shop:{SECRETS["database"]}@db.internal/shop"
QUEUE = f"redis://:{SECRETS["queue"]}@{{os.environ.get('HOST')}}/0"
API_KEY: str = "{SECRETS["annotated"]}"
OPTIONS = {{"client_secret": "{SECRETS["entry"]}"}}
SIGNING_KEY = "{SECRETS["signing"]}"
# password = "{SECRETS["comment"]}"
def fetch(token="{SECRETS["argument"]}"):
    """Read it with {SECRETS["doc"]}."""
    os.environ["DB_PASSWORD"] = "{SECRETS["variable"]}"
    frame = pd.read_sql("select 1", DATABASE)
    other = pd.read_csv("https://shop:{SECRETS["address"]}@files.internal/prices.csv")
    return AWS, HUB, CLIENT, KEY, PASSWORD, QUEUE, API_KEY, OPTIONS, SIGNING_KEY, token, frame, other
'''


def _plant(root: Path) -> None:
    train = FILES["shop/train.py"].replace(
        "    frame = build(", "    import shop.keys\n    from shop.remote import fetch\n    fetch()\n    frame = build("
    )
    cell = f"password = '{SECRETS['cell']}'\\ntrain()"
    write_toy(
        root,
        extra={
            "shop/remote.py": CODE,
            "shop/keys.py": "".join(f"{line}\n" for _, line in PLANTED),
            "shop/train.py": train,
            ".env": f"DB_PASSWORD={SECRETS['settings']}\n",
            "settings.yaml": f"password: {SECRETS['settings']}\n",
            "notebooks/secret.ipynb": json.dumps({"cells": [{"cell_type": "code", "source": cell}]}),
        },
    )


def _leaks(text: str | bytes) -> list[str]:
    data = text.encode() if isinstance(text, str) else text
    planted = [line for secret, line in PLANTED if secret.encode() in data]
    return planted + [name for name, secret in SECRETS.items() if secret.encode() in data]


def test_no_output_holds_a_planted_secret_and_generation_refuses(tmp_path: Path) -> None:
    _plant(tmp_path / "toy")
    for words in (
        ("analyze", "toy"),
        ("propose", "toy"),
        ("review", "toy", "--html", "page.html"),
        ("check", "toy", "--sarif", "check.sarif"),
        ("export", "toy", "--format", "graphml", "--output", "toy.graphml"),
        ("analyze", "toy", "--select", "DC"),
    ):
        done = run(*words, cwd=tmp_path)
        assert done.returncode in (0, 1), done.stderr
        assert _leaks(done.stdout + done.stderr) == []

    refused = run("generate", "toy", cwd=tmp_path)

    assert refused.returncode == 3
    assert "shop/remote.py:" in refused.stderr and "shop/keys.py:" in refused.stderr and "hint:" in refused.stderr
    assert _leaks(refused.stdout + refused.stderr) == []
    assert not (tmp_path / "services").exists()
    written = {
        path: data for path, data in contents(tmp_path).items() if not path.startswith(("toy/", ".decompose/cache"))
    }
    assert {".decompose/graph.json", "page.html", "check.sarif", "toy.graphml"} <= written.keys()
    assert {path: found for path, data in written.items() if (found := _leaks(data))} == {}


def test_every_planted_kind_is_found_and_hidden() -> None:
    found = "\n".join(shown for _, shown in find_secrets(CODE))

    assert _leaks(found) == []
    assert set(_leaks(hide_secrets(CODE))) == set()


def test_250_secrets_are_found_and_hidden_in_whatever_shape_they_stand() -> None:
    assert len({secret for secret, _ in PLANTED}) >= 250
    for secret, line in PLANTED:
        shown = [told for _, told in find_secrets(line)]
        assert shown and not any(
            secret in text for text in (*shown, hide_secrets(line), *map(mask, line.split("\n")))
        ), line


@pytest.mark.parametrize("before", ["", "'", " ", "=", "\\n", "\n", "(", "/"])
def test_a_key_is_found_wherever_it_begins(before: str) -> None:
    for name in ("aws", "github", "openai", "hub", "jwt"):
        assert SECRETS[name] not in hide_secrets(
            f"x{before}{SECRETS[name]}" if before else SECRETS[name], by_name=False
        )


@pytest.mark.parametrize(
    "line",
    [
        "branch = 'task-aware-distillation-2-of-3'",
        "tokenizer = 'meta-llama/Llama-2-7b-chat'",
        "eos_token = '<|endoftext|>'",
        "pad_token='[unused0]'",
        "PASSWORD_HASH_ALGORITHM = 'pbkdf2_sha256'",
        "token = 'GITHUB_TOKEN_V2_READ'",
        "token_file = 'data/tokens_2020.json'",
        "password = 'changeme123'",
        "password = os.environ['DB_PASSWORD_2']",
        "DATABASE = 'postgresql://postgres:postgres@localhost:5432/db1'",
        "url = f'postgresql://{user}:{password}@{host}/db1'",
        "author = 'J0hn-Smith-the-2nd'",
        "secret_name = 'prod-db-secret-2'",
        "image = 'registry.host:5000/team/image@sha256:0123'",
    ],
)
def test_everyday_lines_are_no_secrets(line: str) -> None:
    assert list(find_secrets(line)) == []
    assert hide_secrets(line) == line
