"""Secrets of every kind in every shape in which code holds one, made by chance but always the same."""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Iterator

_random = random.Random(7)


def _word(length: int, alphabet: str = string.ascii_letters + string.digits) -> str:
    """Return letters and digits, at least one of each."""
    while True:
        word = "".join(_random.choices(alphabet, k=length))
        if not word.isalpha() and not word.isdigit():
            return word


KEYS: dict[str, Callable[[], str]] = {
    "aws": lambda: "AKIA" + _word(16, string.ascii_uppercase + string.digits),
    "github": lambda: "ghp_" + _word(36),
    "gitlab": lambda: "glpat-" + _word(20),
    "openai": lambda: "sk-" + _word(40),
    "hub": lambda: "hf_" + _word(34),
    "slack": lambda: "xoxb-" + _word(11) + "-" + _word(12),
    "google": lambda: "AIza" + _word(35),
    "jwt": lambda: "eyJ" + _word(20) + ".eyJ" + _word(20) + "." + _word(30),
}
"""Those that are known by how they look, whatever they are called."""
KEY_SHAPES = (
    "x = '{s}'", 'x = "{s}"', "x = f'{s}'", "x = b'{s}'", "print(1, '{s}')", "print(key='{s}')", "x = {{'k': '{s}'}}",
    "x = ['{s}', 'b']", "# {s}", "x = 1  # see {s}", "def f(a='{s}'): ...", "x = 'Bearer {s}'",
    "x = 'https://host/?key={s}'", '"""{s}"""', "x = ('a'\n     '{s}')", 'x = "{s}" if 1 else None',
    "x = '-----BEGIN PRIVATE KEY-----\\n{s}\\n-----END PRIVATE KEY-----'", "x = {{'{s}': 1}}", "assert 1, '{s}'",
)  # fmt: skip
NAMES = (
    "password", "passwd", "pwd", "secret", "api_key", "access_token", "client_secret", "private_key", "db_password",
    "SECRET_KEY",
)  # fmt: skip
"""Those of which only the name says that they are one."""
NAMED_SHAPES = (
    "{n} = '{s}'", '{n}: str = "{s}"', "print.{n} = '{s}'", "print.environ['{n}'] = '{s}'", "x = {{'{n}': '{s}'}}",
    "print({n}='{s}')", "def f({n}='{s}'): ...", "# {n} = '{s}'", "{n}='{s}'", 'x = {{"{n}": "{s}",}}',
)  # fmt: skip
SCHEMES = ("postgresql", "mysql+pymysql", "redis", "amqp", "mongodb+srv", "https")
ADDRESS_SHAPES = ("x = '{a}'", "# {a}", "print(url='{a}')", "x = ['{a}']")


def _lines() -> Iterator[tuple[str, str]]:
    """Yield each secret and the code that holds it."""
    for make in KEYS.values():
        for shape in KEY_SHAPES:
            secret = make()
            yield secret, shape.format(s=secret)
    for name in NAMES:
        for shape in NAMED_SHAPES:
            secret = _word(20)
            yield secret, shape.format(n=name, s=secret)
    for scheme in SCHEMES:
        for shape in ADDRESS_SHAPES:
            secret = _word(12)
            yield secret, shape.format(a=f"{scheme}://shop:{secret}@db.internal/shop")


PLANTED = tuple(_lines())
