"""pass@1 of solutions in the shape of HumanEval, one for each task."""

import asyncio
import json

from daytona_validate import Outcome, Snippet, Validator

PROGRAM = "{prompt}{completion}\n{test}\ncheck({entry_point})"
with open("examples/solutions.jsonl") as lines:
    programs = [PROGRAM.format_map(json.loads(line)) for line in lines]


async def main() -> None:
    async with Validator(provider="local") as validator:
        results = await validator.validate_many(
            Snippet(code=each, language="python", must_reach_end=True) for each in programs
        )
    judged = [each.outcome for each in results if each.is_verdict]  # the others: run them again
    passed = judged.count(Outcome.PASSED)
    print(f"pass@1 {passed / len(judged):.2f}, {passed} of {len(judged)} judged of {len(results)}")


asyncio.run(main())
