"""The hazard corpus: small texts and folders that have broken parsers, made on the spot.

Each hazard says what must become of its file: `analysed`, `degraded`, `skipped`, or `any` where interpreters differ.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Hazard:
    """One file that is hard to read."""

    name: str
    content: bytes
    outcome: str
    suffix: str = ".py"


def _text(name: str, text: str, outcome: str) -> Hazard:
    return Hazard(name, text.encode(), outcome)


def elif_chain(branches: int) -> str:
    """Return a function with that many `elif` branches."""
    body = "".join(f"    elif x == {n}:\n        return {n}\n" for n in range(branches))
    return f"def pick(x):\n    if x < 0:\n        return None\n{body}"


def deep() -> list[Hazard]:
    """Return texts that nest further than a careless walker can follow."""
    out = []
    for terms in (500, 2_000, 10_000, 50_000):
        out.append(
            _text(f"sum_{terms}", "x = " + "+".join(["a"] * terms) + "\n", "analysed" if terms <= 2_000 else "any")
        )
    for branches in (500, 2_000, 10_000):
        out.append(_text(f"elif_{branches}", elif_chain(branches), "analysed" if branches <= 2_000 else "any"))
    for calls in (500, 2_000, 5_000):
        out.append(_text(f"chain_{calls}", "a = 1\nx = a" + ".b()" * calls + "\n", "any"))
    for strings in (500, 2_000, 10_000):
        out.append(_text(f"concat_{strings}", "x = (" + "\n".join(["'s'"] * strings) + ")\n", "analysed"))
    for depth in (90, 190, 1_500, 20_000):
        outcome = "analysed" if depth < 100 else "any" if depth < 1_000 else "skipped"
        out.append(_text(f"lists_{depth}", "x = " + "[" * depth + "]" * depth + "\n", outcome))
        out.append(_text(f"parens_{depth}", "x = " + "(" * depth + "1" + ")" * depth + "\n", outcome))
    nested = "".join("    " * n + f"def f{n}():\n" for n in range(150)) + "    " * 150 + "pass\n"
    out.append(_text("nested_defs_150", nested, "skipped"))
    nested = "".join("    " * n + f"def f{n}():\n" for n in range(95)) + "    " * 95 + "pass\n"
    out.append(_text("nested_defs_95", nested, "analysed"))
    blocks = "def f():\n" + "".join("    " * n + "if a:\n" for n in range(1, 95)) + "    " * 95 + "pass\n"
    out.append(_text("nested_ifs_95", blocks, "analysed"))
    out.append(_text("lambdas_80", "f = " + "lambda: (" * 80 + "1" + ")" * 80 + "\n", "analysed"))
    out.append(_text("unary_3000", "x = " + "not " * 3_000 + "a\n", "any"))
    out.append(_text("minus_3000", "x = " + "-" * 3_000 + "1\n", "any"))
    out.append(_text("power_2000", "x = " + "**".join(["a"] * 2_000) + "\n", "any"))
    out.append(_text("ternary_900", "x = " + "1 if a else " * 900 + "2\n", "any"))
    out.append(_text("compare_5000", "x = " + " < ".join(["a"] * 5_000) + "\n", "analysed"))
    out.append(_text("boolean_20000", "x = " + " and ".join(["a"] * 20_000) + "\n", "analysed"))
    out.append(_text("subscripts_900", "x = a" + "[0]" * 900 + "\n", "any"))
    out.append(_text("decorators_2000", "def d(f):\n    return f\n" + "@d\n" * 2_000 + "def g(): pass\n", "analysed"))
    out.append(_text("mapping_20000", "x = {" + ",".join(f"{n}: [{n}]" for n in range(20_000)) + "}\n", "analysed"))
    out.append(_text("string_1mb", "x = '" + "s" * 1_000_000 + "'\n", "analysed"))
    out.append(_text("number_100k_digits", "x = " + "9" * 100_000 + "\n", "any"))
    out.append(_text("hex_100k_digits", "x = 0x" + "f" * 100_000 + "\n", "analysed"))
    out.append(
        _text(
            "float_overflow",
            "x = 1e999\ny = -1e999j\nz = {1e999: 1}\ndef f(a=1e999, b=1e999 - 1e999): pass\n",
            "analysed",
        )
    )
    out.append(_text("bases_300", "".join(f"class C{n}: pass\n" for n in range(300)) + f"class D({', '.join(f'C{n}' for n in range(300))}): pass\n", "analysed"))  # fmt: skip
    chain = "class C0:\n    def m(self): return 1\n" + "".join(f"class C{n + 1}(C{n}): pass\n" for n in range(300))
    out.append(_text("inheritance_300", chain + "C300().m()\n", "analysed"))
    calls = "".join(f"def f{n}():\n    return f{n + 1}()\n" for n in range(3_000)) + "def f3000(): return 1\nf0()\n"
    out.append(_text("calls_3000", calls, "analysed"))
    heads = ("try:", "with a():", "for x in a():", "while a():", "if a():")
    blocks = "".join("    " * n + heads[n % 5] + "\n" for n in range(85))
    tails = "".join("    " * n + "finally: pass\n" for n in range(84, -1, -1) if n % 5 == 0)
    inside = "    " * 85 + "a(" * 140 + "1" + ")" * 140 + "\n"
    out.append(_text("blocks_and_calls", blocks + inside + tails, "analysed"))
    functions = []
    for n in range(60):
        calls = "a(" * 120 + f"f{n + 1}()" + ")" * 120
        ifs = "".join("    " * k + "if a:\n" for k in range(1, 60))
        functions.append(f"def f{n}():\n{ifs}{'    ' * 60}return {calls}\n")
    out.append(
        _text("deep_everywhere", "def a(x): return x\n" + "".join(functions) + "def f60(): return f0()\nf0()\n", "any")
    )
    sums = "+".join(["a()"] * 50)
    for _ in range(30):
        sums = f"a({sums})" + "+a()" * 50
    out.append(_text("sums_in_sums", f"def a(x=1): return x\nx = {sums}\n", "any"))
    out.append(_text("self_base", "class A(A): pass\nclass B(C): pass\nclass C(B): pass\nB().x()\n", "analysed"))
    return out


def encodings() -> list[Hazard]:
    """Return bytes that are not plain UTF-8, and texts with unusual lines."""
    return [
        Hazard("utf16_bom", "x = 1\n".encode("utf-16"), "skipped"),
        Hazard("utf32_bom", "x = 1\n".encode("utf-32"), "skipped"),
        Hazard("nul", b"x = 1\0\n", "skipped"),
        Hazard("only_nul", b"\0" * 4_096, "skipped"),
        Hazard("unknown_cookie", b"# coding: no-such-codec\nx = 1\n", "skipped"),
        Hazard("binary_cookie", b"# coding: hex\n78203d2031\n", "skipped"),
        Hazard("zip_cookie", b"# coding: zip\nx = 1\n", "skipped"),
        Hazard("rot13_cookie", b"# coding: rot13\nk = 1\n", "skipped"),
        Hazard("idna_cookie", b"# coding: idna\nx = 1\n", "any"),
        Hazard("undefined_cookie", b"# coding: undefined\nx = 1\n", "skipped"),
        Hazard("bad_utf8", b"x = '\xff\xfe\x80'\n", "skipped"),
        Hazard("overlong_utf8", b"x = '\xc0\xaf'\n", "skipped"),
        Hazard("surrogate_utf8", b"x = '\xed\xa0\x80'\n", "skipped"),
        Hazard(
            "surrogate_escape",
            b"x = '\\ud800'\ny = {x: '\\udfff'}\nopen(x)\ndef f(a='\\ud800'):\n    '\\ud800'\n",
            "analysed",
        ),
        Hazard("bom_and_latin_cookie", b"\xef\xbb\xbf# coding: latin-1\nx = 1\n", "skipped"),
        Hazard("utf8_bom", b"\xef\xbb\xbfx = 1\n", "analysed"),
        Hazard("latin1_cookie", b"# coding: latin-1\nx = '\xe9'\n", "analysed"),
        Hazard("utf7_cookie", b"# coding: utf-7\nx = '+AGE-'\n", "analysed"),
        Hazard("empty", b"", "analysed"),
        Hazard("blank", b"\n\n   \n", "analysed"),
        Hazard("no_final_newline", b"def f(): pass", "analysed"),
        Hazard("cr_only", b"def f():\r    return 1\rf()\r", "analysed"),
        Hazard("crlf", b"def f():\r\n    return 1\r\nf()\r\n", "analysed"),
        Hazard("form_feed", b"\x0cdef f():\n    return 1\n\x0cf()\n", "analysed"),
        Hazard("unicode_line_ends", "x = 'a\u2028b\x85c'\ndef f(): return x\nf()\n".encode(), "analysed"),
        Hazard("odd_except", b"try:\n    x = 1\nexcept ValueError :\n    pass\n", "analysed"),
        Hazard("backslash_at_end", b"x = 1 \\\n", "any"),
        Hazard("only_comment", b"# nothing", "analysed"),
        Hazard("shebang_nul_cookie", b"#!/bin/sh\0\n# coding: \0\n", "skipped"),
    ]


def grammar() -> list[Hazard]:
    """Return texts of older and newer grammars, of other tools, and valid ones that trip readers."""
    return [
        _text("match", "match [1, {}]:\n    case [int(x), {'k': v, **r}] if x: pass\n    case A.b | -1 | 1+2j: pass\n    case [*_]: pass\n", "analysed"),
        _text("except_star", "try:\n    pass\nexcept* (ValueError, OSError) as g:\n    pass\n", "analysed"),
        _text("annotated_parens", "(pars): bool = True\nx[0]: int = 1\ny.z: str\n", "analysed"),
        _text("python2_print", "print 'x'\nexec 'y'\n", "skipped"),
        _text("python2_except", "try:\n    pass\nexcept ValueError, e:\n    print e\n", "any"),
        _text("magics", "%matplotlib inline\n!ls -l\nimport os\nos.getcwd()\n", "analysed"),
        _text("mixed_tabs", "if 1:\n\tx = 1\n        y = 2\n", "skipped"),
        _text("type_statement", "type Pair[T] = tuple[T, T]\ndef first[T](p: Pair[T]) -> T: return p[0]\n", "any"),
        _text("pep701", "x = f'{'a' + 'b'}'\n", "any"),
        _text("t_string", "name = 1\nx = t'{name}'\n", "any"),
        _text("except_without_parens", "try:\n    pass\nexcept ValueError, OSError:\n    pass\n", "any"),
        _text("merge_conflict", "<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> other\n", "skipped"),
        _text("template", "import {{ name }}\n{% for x in y %}\n", "skipped"),
        _text("html", "<!DOCTYPE html><html></html>\n", "skipped"),
        _text("lfs_pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n", "skipped"),
        _text("return_outside", "return 1\nyield 2\nawait x\nbreak\nnonlocal q\n", "any"),
        _text("duplicate_arguments", "def f(a, a): pass\nf(b=1, b=2)\n", "any"),
        _text("star_everything", "from os import *\nfrom . import *\nfrom .... import *\nfrom .x.y import (a as b)\n*a, = b, *c = 1, 2\n", "any"),
        _text("import_self", "import import_self\nfrom import_self import *\nfrom import_self import import_self\nimport_self.import_self()\n", "analysed"),
        _text("dunder_everything", "__all__ = __all__ + [__name__]\n__getattr__ = lambda n: n\n__path__ = []\n__file__.x()\ndel __builtins__\n", "analysed"),
        _text("walrus_in_odd_places", "[y := 1, y**2]\nx = (z := [w := 3 for _ in range(3)])\nlambda: (q := 1)\n", "analysed"),
        _text("delete_everything", "del (a), [b, (c)], d.e, f[g:h:i]\n", "analysed"),
        _text("recursive_lambda", "f = lambda f=lambda g=lambda: 0: g: f(f)(f)(f)()\nf(f)(f)\n", "analysed"),
        _text("y_combinator", "Y = lambda f: (lambda x: f(lambda v: x(x)(v)))(lambda x: f(lambda v: x(x)(v)))\nY(Y)(Y)\n", "analysed"),
        _text("growing_container", "x = []\nwhile True:\n    x = [x, x]\n    x.append(x)\n    x = {'k': x}\n", "analysed"),
        _text("growing_string", "x = 'a'\nfor i in range(9):\n    x = x + x + f'{x}{x}' + x.replace('a', x) + x * 99999999\nopen(x)\n", "analysed"),
        _text("huge_numbers", "x = 10 ** 10 ** 10\ny = 1 << 10 ** 12\nz = 'a' * 10 ** 12\nw = [0] * 10 ** 12\nv = (1,) * (1 << 62)\nu = '%99999999999d' % 1\nt = f'{1:>99999999999}'\ns = 'x'.ljust(10 ** 12)\nr = 'x'.zfill(10**12)\nopen(z + u + t + s + r)\n", "analysed"),
        _text("hostile_getattr", "class A:\n    def __getattr__(self, n): return getattr(self, n + n)\n    def __call__(self, *a, **k): return self(*a, **k)\n    __iter__ = __next__ = __enter__ = __call__\nfor x in A(): \n    with x as y: y(y)(y).z\n", "analysed"),
        _text("metaclass_knot", "class M(type):\n    def __call__(cls, *a): return cls\n    def __new__(m, *a): return m\nclass A(metaclass=M): pass\nclass B(A, metaclass=A): pass\nA()()()()\n", "analysed"),
        _text("property_knot", "class A:\n    @property\n    def x(self): return self.x\n    @x.setter\n    def x(self, v): self.x = self.x = v\na = A()\na.x.x.x = a.x\n", "analysed"),
        _text("redefined_often", "".join(f"def f(x={n}): return f\n" for n in range(2_000)) + "f()()()\n", "analysed"),
        _text("many_names", "".join(f"v{n} = v{n - 1} if v{n} else v{n + 1}\n" for n in range(3_000)), "analysed"),
        _text("name_300", f"def {'n' * 300}(): pass\n{'n' * 300}()\nclass {'C' * 3000}: pass\n", "analysed"),
        _text("nfkc", "def ſum(): return 1\ndef sum(): return 2\ndef ﬁt(): return ſum()\nfit(); 𝓯 = 1; f = 2\n", "analysed"),
        _text("case_twins", "def Train(): pass\ndef train(): pass\nclass TRAIN: pass\ntrain(); Train(); TRAIN()\n", "analysed"),
        _text("keyword_attributes", "x.__class__.__init__.__globals__\nimport a.b.c as d, a\nfrom __future__ import annotations, braces\n", "any"),
    ]  # fmt: skip


def notebooks() -> list[Hazard]:
    """Return notebooks, whole and broken."""

    def book(content: object) -> bytes:
        return content if isinstance(content, bytes) else json.dumps(content).encode()

    def cell(source: object) -> dict[str, object]:
        return {"cells": [{"cell_type": "code", "source": source}]}

    table: list[tuple[str, object, str]] = [
        ("good", cell(["def f():\n", "    return 1\n", "%time f()\n", "!pip list"]), "analysed"),
        ("one_bad_cell", {"cells": [*cell("def f(:\n")["cells"], *cell("x = 1")["cells"]]}, "degraded"),  # type: ignore[misc]
        ("every_cell_bad", cell("def f(:\n"), "degraded"),
        ("not_json", b"{", "skipped"),
        ("empty_file", b"", "skipped"),
        ("json_list", [], "skipped"),
        ("json_null", None, "skipped"),
        ("cells_null", {"cells": None}, "skipped"),
        ("cells_numbers", {"cells": [1, 2]}, "skipped"),
        ("source_numbers", cell([1, None]), "skipped"),
        ("source_null", cell(None), "any"),
        ("source_object", cell({"a": 1}), "any"),
        ("surrogates", b'{"cells":[{"cell_type":"code","source":"x = \'\\ud800\'"}]}', "any"),
        ("nul_in_cell", cell("x = '\0'"), "any"),
        ("deep_json", b"[" * 100_000 + b"]" * 100_000, "skipped"),
        ("no_cells", {"cells": []}, "analysed"),
        ("unknown_magic", cell("%%javascript\nalert(1)\n"), "analysed"),
        ("only_magic", cell("%%"), "any"),
        ("only_percent", cell("%\n!\n?\n??x\nx??\n"), "any"),
        ("huge_integer", b'{"cells": [], "n": ' + b"9" * 5_000 + b"}", "any"),
    ]
    return [Hazard(name, book(content), outcome, ".ipynb") for name, content, outcome in table]


def all_hazards() -> list[Hazard]:
    """Return the whole corpus."""
    return [*deep(), *encodings(), *grammar(), *notebooks()]


CONFIGS = {
    "bomb.yaml": b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
        b"%c: &%c [%s]\n" % (98 + n, 98 + n, b",".join([b"*%c" % (97 + n)] * 9)) for n in range(8)
    ),
    "tags.yaml": b"x: !!python/object/apply:os.system ['touch canary']\n",
    "recursive.yaml": b"&a [*a]\n",
    "deep.yaml": b"[" * 5_000,
    "deep.json": b"[" * 5_000,
    "deep.toml": b"x = " + b"[" * 5_000,
    "dates.yaml": b"d: 2020-01-01\nt: 2020-01-01 10:00:00\nb: !!binary aGk=\ns: !!set {a, b}\n1: 2\nnull: 3\n",
    "duplicate.yaml": b"a: 1\na: 2\n",
    "nan.json": b'{"a": NaN, "b": Infinity, "c": 1e999}',
    "surrogate.json": b'{"a": "\\ud800"}',
    "huge.json": b'{"a": ' + b"9" * 5_000 + b"}",
    "bytes.ini": b"\xff\xfe[a]\n",
    "no_section.ini": b"a = 1\n",
    "interpolation.cfg": b"[a]\nb = %(b)s\n",
    ".env": b"A=1\nexport B='x'\n=\nC\n\xff=1\n",
    "nul.toml": b"a = '\0'\n",
    "requirements.txt": b"\xff\xfe\n-r requirements.txt\n-e .\nnumpy==1 --hash=x\n; os_name\n\0\n",
    "pyproject.toml": b"[project]\ndependencies = 3\nscripts = [1]\n[tool.poetry]\ndependencies = 'x'\n",
    "setup.cfg": b"[metadata]\nname = %(x)s\n[options]\ninstall_requires = %\n",
    "setup.py": b"from setuptools import setup\nsetup(**{}, install_requires=[x for x in y], entry_points='[a]\\n%')\n",
    "Pipfile": b"[packages]\nx = 1\n",
    "environment.yml": b"dependencies: {a: [b, {pip: 3}]}\n",
    "Dockerfile": b"FROM\nENV\nCMD [\n",
    "dvc.yaml": b"stages: [1, 2]\n",
    "MLproject": b"name: [\n",
}  # fmt: skip
"""Configuration files that are hard to read, by name."""


def write_corpus(root: Path, hazards: list[Hazard]) -> dict[str, str]:
    """Write hazards below `root`; return the wanted outcome by file name."""
    root.mkdir(parents=True, exist_ok=True)
    wanted = {}
    for hazard in hazards:
        name = hazard.name + hazard.suffix
        (root / name).write_bytes(hazard.content)
        wanted[name] = hazard.outcome
    return wanted


def write_odd_files(root: Path) -> None:
    """Write what a folder may hold besides files: loops of links, pipes, links out, huge and hostile names."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "good.py").write_text("def f():\n    return 1\nf()\n")
    (root / "loop").symlink_to(root, target_is_directory=True)
    (root / "self.py").symlink_to(root / "self.py")
    (root / "outside.py").symlink_to("/etc/passwd")
    (root / "dangling.py").symlink_to(root / "nowhere.py")
    (root / "device.py").symlink_to("/dev/zero")
    os.mkfifo(root / "pipe.py")
    os.mkfifo(root / "pipe.yaml")
    os.mkfifo(root / "requirements.txt")
    (root / "folder.py").mkdir()
    with (root / "huge.py").open("wb") as stream:
        stream.truncate(100_000_000)
    for name in (
        b"new\nline.py", b"tab\t.py", b"-rf.py", b"bad\xff.py", b"quote\".py", b"quo'te.py", b"<b>.py", b"a b.py",
        b"$(touch x).py", b"%s.py", b"..py", b"...py", b".py", b"a.b.c.py", b"\xe2\x80\xae.py", b"\x1b[31m.py", b"class.py",
        b"back\\slash.py", b"semi;colon.py", b"colon:x.py", b"{{x}}.py", b"#.py", b"n" * 250 + b".py", b"caf\xc3\xa9.py",
        b"cafe\xcc\x81.py", b"__init__.pyw", b"__main__.py", b"x.PY", b"]]>.py", b"=1+1.py",
    ):  # fmt: skip
        with open(os.path.join(os.fsencode(root), name), "wb") as stream:
            stream.write(b"def g():\n    return open('x.csv')\ng()\n")
