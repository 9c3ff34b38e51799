"""A thousand requests in a row, by one tool: each right, and its memory does not grow with them."""

from __future__ import annotations

import pytest

from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._jails.runner import JailRunner
from daytona_validate._toolchains.toolchains import Toolchains
from daytona_validate._toolchains.warm.tools import KINDS
from warm_tools import LIMITS, ready_line

pytestmark = [pytest.mark.jail, pytest.mark.slow, pytest.mark.thorough]

COUNT = 1000
SETTLED = 400
"""Requests after which a heap has found its size; a tool is replaced there."""


def code(language: str, number: int) -> str:
    """Return a program with names of its own; every tenth has a mistake."""
    value = '"x"' if number % 10 == 9 else str(number)
    if language == "typescript":
        return (
            f"interface Shape{number} {{ side: number }}\n"
            f"const all: Shape{number}[] = [{{ side: {value} }}];\n"
            "console.log(all.map((each) => each.side ** 2).join());\n"
        )
    return (
        f"import java.util.*; public class Shape{number} {{ record Side(int side) {{ }}\n"
        f"public static void main(String[] a) {{ List<Side> all = List.of(new Side({value}));\n"
        "all.forEach(each -> System.out.println(each)); } }\n"
    )


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("language", KINDS)
async def test_memory_is_flat(
    jail_runner: JailRunner, toolchains: Toolchains, language: str
) -> None:
    toolchain = await toolchains.prepare(LANGUAGES[language].toolchain)
    entry = LANGUAGES[language].entry_file
    used_mib: list[int] = []
    async with ready_line(language, toolchain, jail_runner, most_requests=2 * COUNT) as warm:
        (tool,) = warm.line._tools
        for number in range(COUNT):
            message = warm.kind.request({entry: code(language, number).encode()}, LIMITS)
            assert message is not None
            found = await warm.line.ask(message)
            assert found is not None
            assert found.is_clean == (number % 10 != 9)
            used_mib.append(found.memory_mib)
        assert tool.is_alive
    assert max(used_mib) <= warm.kind.most_mib
    first, last = max(used_mib[:SETTLED]), max(used_mib[-SETTLED:])
    assert last <= 1.25 * first, (first, last)
