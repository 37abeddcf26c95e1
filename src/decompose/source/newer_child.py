"""Runs in a child process: reads source on stdin, writes it in older grammar on stdout."""

from __future__ import annotations

import sys

import libcst as cst


class _Older(cst.CSTTransformer):
    """Rewrites constructs of Python 3.12 to 3.14 into ones that 3.11 parses."""

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> cst.FunctionDef:
        return updated_node.with_changes(type_parameters=None)

    def leave_ClassDef(self, original_node: cst.ClassDef, updated_node: cst.ClassDef) -> cst.ClassDef:
        return updated_node.with_changes(type_parameters=None)

    def leave_TypeAlias(self, original_node: cst.TypeAlias, updated_node: cst.TypeAlias) -> cst.Assign:
        return cst.Assign([cst.AssignTarget(updated_node.name)], updated_node.value)

    def leave_FormattedString(
        self, original_node: cst.FormattedString, updated_node: cst.FormattedString
    ) -> cst.BaseExpression:
        parts = [p.expression for p in updated_node.parts if isinstance(p, cst.FormattedStringExpression)]
        code = cst.Module([]).code_for_node(original_node)
        if not parts or "\n" in code or not any(q in code[2:-1] for q in ("'", '"', "\\")):
            return updated_node
        call = cst.Attribute(cst.SimpleString('""'), cst.Name("format"))
        return cst.Call(call, [cst.Arg(part) for part in parts])

    def leave_ExceptHandler(
        self, original_node: cst.ExceptHandler, updated_node: cst.ExceptHandler
    ) -> cst.ExceptHandler:
        kind = updated_node.type
        if isinstance(kind, cst.Tuple) and not kind.lpar:
            return updated_node.with_changes(type=kind.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()]))
        return updated_node


def main() -> None:
    """Rewrite standard input onto standard output."""
    module = cst.parse_module(sys.stdin.buffer.read())
    sys.stdout.buffer.write(module.visit(_Older()).code.encode())


if __name__ == "__main__":
    main()
