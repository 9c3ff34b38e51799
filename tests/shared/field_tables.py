"""Tables of the fields of public classes, from their source: name, type, default and docstring."""

from __future__ import annotations

import ast
import inspect
import textwrap


def field_table(kind: type) -> str:
    """Return the table of a class's fields, in Markdown."""
    lines = ["| Field | Type | Default | Meaning |", "| - | - | - | - |"]
    (found,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(found, ast.ClassDef)
    for field, after in zip(found.body, [*found.body[1:], None], strict=True):
        if isinstance(field, ast.AnnAssign) and ast.unparse(field.annotation) != "ClassVar":
            cells = (
                f"`{ast.unparse(field.target)}`",
                f"`{ast.unparse(field.annotation)}`".replace("|", r"\|"),
                _default(field.value),
                _docstring(after),
            )
            assert cells[-1], f"{kind.__name__}.{ast.unparse(field.target)} has no docstring"
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def member_table(kind: type) -> str:
    """Return the table of an enumeration's members, in Markdown."""
    lines = [f"| {kind.__name__} | Meaning |", "| - | - |"]
    (found,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(found, ast.ClassDef)
    for member, after in zip(found.body, [*found.body[1:], None], strict=True):
        if isinstance(member, ast.Assign):
            assert _docstring(after), f"{kind.__name__}.{ast.unparse(member)} has no docstring"
            lines.append(f"| `{ast.literal_eval(member.value)}` | {_docstring(after)} |")
    return "\n".join(lines) + "\n"


def _default(value: ast.expr | None) -> str:
    if value is None:
        return "required"
    text = ast.unparse(value)
    if text.startswith("field("):
        return "empty"
    return "" if text in ("None", "()", "''") or text.isupper() or "(" in text else f"`{text}`"


def _docstring(statement: ast.stmt | None) -> str:
    match statement:
        case ast.Expr(value=ast.Constant(value=str(text))):
            return " ".join(text.split()).replace("|", r"\|")
    return ""
