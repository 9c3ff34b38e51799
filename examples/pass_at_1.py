"""pass@1 of solutions in the shape of HumanEval, one for each task."""

import json

from daytona_validate import DaytonaClient, Snippet

PROGRAM = "{prompt}{completion}\n{test}\ncheck({entry_point})"
with open("examples/solutions.jsonl") as lines:
    codes = [PROGRAM.format_map(json.loads(line)) for line in lines]
snippets = [Snippet(code=each, language="python", must_reach_end=True) for each in codes]
results = DaytonaClient(provider="local").validate_many(snippets)
judged = [each.outcome for each in results if each.is_verdict]  # the others: run them again
print(f"pass@1 {judged.count('passed') / len(judged):.2f}, {len(judged)} of {len(results)} judged")
