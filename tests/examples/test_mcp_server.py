"""examples/mcp_server.py: an agent's client finds the tool, calls it, and can read its answer."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from .conftest import optional

SERVER = Path(__file__).parents[2] / "examples" / "mcp_server.py"


@pytest.mark.slow
@pytest.mark.jail
@pytest.mark.thorough
async def test_an_agent_validates_code_over_stdio(shared_cache: None) -> None:
    mcp, stdio = optional("mcp"), optional("mcp.client.stdio")
    jsonschema = pytest.importorskip("jsonschema")
    there = {**os.environ, "DAYTONA_PROVIDER": "local"}
    how = mcp.StdioServerParameters(command=sys.executable, args=[str(SERVER)], env=there)
    async with mcp.Client(stdio.stdio_client(how)) as client:
        (tool,) = (await client.list_tools()).tools
        assert (tool.name, tool.input_schema["required"]) == ("validate_code", ["code", "language"])

        async def call(**asked: Any) -> Any:
            return await client.call_tool("validate_code", {"language": "python", **asked})

        right = await call(code="print(6 * 7)", expected_output="42\n")
        jsonschema.validate(right.structured_content, tool.output_schema)
        assert right.structured_content["is_verdict"] is True
        wrong = await call(code="print(totl)")
        found = [each.structured_content for each in (right, wrong)]
        assert [(each["outcome"], each["fault"]) for each in found] == [
            ("passed", "none"),
            ("runtime_error", "snippet"),
        ]
        refused = await call(code="print(1)", timeout_s=1e6)
        assert refused.is_error
        assert "less than or equal to 300" in refused.content[0].text
