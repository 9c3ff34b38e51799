"""JSX, and mistakes beside which a tag stands."""

from __future__ import annotations

import pytest

from block_results import block, compile_error
from daytona_validate._core.fragments.no_program import no_program


def found(code: str, line: int | None, language: str = "javascript") -> str | None:
    return no_program(block(code, language), compile_error("", language, line))


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("const a = <p>b</p>;", 1),
        ("function A() {\n  return (\n    <ul>\n      <li />\n    </ul>\n  );\n}", 3),
        ("const a = b && <C d={e} />;", 1),
        ("f(() => <></>);", 1),
    ],
)
def test_jsx(code: str, line: int) -> None:
    assert found(code, line) == "JSX, which needs a build step"
    assert found(code, line, "typescript") == "JSX, which needs a build step"


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("const a = <p>b</p>';", 1),
        ("const a = `<p>b</p>;", 1),
        ("const a = '<p></p>';\n\n\nf(", 4),
        ('const a = "</b>";\nconst f = (a, b) => <number>a +* b;', 2),
        ('const f = (a) => { return <div };\nconst g = "</div>";', 1),
        ("if (a < b {\n}", 1),
        ("const a = <p>b", 1),
        ("const a = <p>b</p>;", None),
        ("a <b>c</b>", 1),
    ],
)
def test_mistakes(code: str, line: int | None) -> None:
    assert found(code, line) is None
