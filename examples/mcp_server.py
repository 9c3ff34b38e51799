"""A tool for agents: run code in a fresh sandbox, and learn whose fault a failure is.

    pip install daytona-validate 'mcp>=2'
    python mcp_server.py

An agent starts it and talks to it over stdin and stdout, as the Model Context Protocol has it.
`DAYTONA_PROVIDER=local` runs code on this machine; otherwise Daytona does, with `DAYTONA_API_KEY`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import Field, RootModel, ValidationError

from daytona_validate import CodeValidationResult, Settings, SnippetRequest, Validator

INSTRUCTIONS = """\
Call validate_code with a whole program before you show it to anybody. `fault` says who has to act:
`none` - it ran as it should; `snippet` - the code is wrong, `details` says why; `environment` - it
needs a package that the sandbox does not have; `infrastructure` - nothing was found out about the
code, so try again later. Nothing is kept between two calls, and there is no network."""


class Answer(RootModel[CodeValidationResult]):
    """What an agent gets: the result as it is in JSON, with its schema."""


@asynccontextmanager
async def lifespan(_: MCPServer[Validator]) -> AsyncIterator[Validator]:
    """Hold the one validator of this process."""
    async with Validator(Settings()) as validator:
        yield validator


server = MCPServer("code-validation", instructions=INSTRUCTIONS, lifespan=lifespan)


@server.tool()
async def validate_code(  # noqa: PLR0917 - the model of an agent names them all
    context: Context[Validator],
    code: Annotated[str, Field(description="The whole program.")],
    language: Annotated[str, Field(description="python, javascript, typescript, java, go or sql.")],
    stdin: Annotated[str, Field(description="What the program reads.")] = "",
    expected_output: Annotated[
        str | None, Field(description="What it must print; left out: anything.")
    ] = None,
    timeout_s: Annotated[
        float | None, Field(description="Seconds that it may take; left out: 30.")
    ] = None,
) -> Answer:
    """Run a program in a fresh, isolated sandbox and say what happened."""
    try:
        asked = SnippetRequest(
            code=code,
            language=language,
            stdin=stdin,
            expected_output=expected_output,
            timeout_s=timeout_s,
        )
    except ValidationError as error:  # said to the agent, which can mend it
        raise ToolError(str(error)) from error
    validator: Validator = context.request_context.lifespan_context
    return Answer(await validator.validate(asked.snippet()))


if __name__ == "__main__":
    server.run()
