"""How many validations a second, with whatever provider: there is nothing beside it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence

from daytona_validate._bench.counting_programs import program
from daytona_validate._bench.figures import Cell, Figure
from daytona_validate._bench.record import Record
from daytona_validate._client import Validator
from daytona_validate._models import Outcome

COLUMNS = ("language", "at a time", "validations a second", "seconds a validation", "errors")
NOTES = (
    "Every program has another number in it, and must print what it should.",
    "One validation of each language is done before and not measured.",
    "The seconds of a validation are those of its sandbox and its run, its wait left out.",
)


async def provider_throughput(
    validator: Validator,
    *,
    languages: Sequence[str],
    repetitions: int,
    count: int,
    at_a_time: int,
    say: Callable[[str], None],
) -> Record:
    """Measure some languages.

    Args:
        validator: Open.
        languages: Names of languages.
        repetitions: Of each row.
        count: Programs of one measurement.
        at_a_time: Of these.
        say: Told of each measurement.
    """
    load_before = os.getloadavg()[0]
    rows: list[tuple[Cell, ...]] = []
    versions = {}
    for language in languages:
        first = await validator.validate(program(language, 0).snippet)
        versions[f"{language} at {first.provider}"] = str(first.runtime)
        rates, seconds, errors = [], [], 0
        for repetition in range(repetitions):
            numbers = range(1 + repetition * count, 1 + (repetition + 1) * count)
            snippets = [program(language, number).snippet for number in numbers]
            began_s = time.perf_counter()
            results = await validator.validate_many(snippets, concurrency=at_a_time)
            rates.append(count / (time.perf_counter() - began_s))
            seconds += [each.timings.created_s + each.timings.ran_s for each in results]
            wrong = [each for each in results if each.outcome is not Outcome.PASSED]
            errors += len(wrong)
            say(f"{language}, {at_a_time} at a time: {rates[-1]:.1f} / s")
            for each in wrong:
                say(f"  {each.outcome}: {each.details}")
        rows.append((language, at_a_time, Figure.of(rates), Figure.of(seconds), errors))
    return Record(
        name="throughput",
        question="How many validations a second, with this provider?",
        compared_with="nothing",
        inputs={language: program(language, 1).code for language in languages},
        repetitions=repetitions,
        columns=COLUMNS,
        rows=tuple(rows),
        load_before=load_before,
        notes=(*NOTES, f"Programs in one measurement: {count}."),
        versions=versions,
    )
