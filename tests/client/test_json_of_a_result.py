"""One JSON of a result, whoever makes it: the same fields, the same values, one schema."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import Any

import httpx
import jsonschema  # type: ignore[import-untyped]  # its stubs are a package of their own
import pytest
from fastapi import FastAPI, Response
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter

from daytona_validate import CodeSnippet, CodeValidationResult, Location, SnippetRequest, Validator
from daytona_validate._core.former_results import result_key
from daytona_validate._models import EarlierRun, LostBytes, Missing, Timings, Usage
from daytona_validate._models.json_form import adapter
from daytona_validate.testing import FakeProvider
from made_results import made_reported
from result_reports import ResultReport

ADAPTER = TypeAdapter(CodeValidationResult)
SCHEMA = jsonschema.Draft202012Validator(ADAPTER.json_schema(mode="serialization"))
HALVES = "\ud83d", "\udcff", "\ud800"
LARGE = 2**53
text = st.text(st.characters(codec=None), max_size=20)
numbers = st.integers(-LARGE, LARGE)
seconds = st.floats(0, 1e9)


def either(some: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | some


# By hand, as Hypothesis leaves out fields with a default.
usages = st.builds(Usage, wall_s=seconds, cpu_s=either(seconds), peak_memory_bytes=either(numbers))
missing = st.builds(Missing, name=text)
earlier = st.builds(EarlierRun, has_passed=st.booleans(), output=text, error=either(text))
results = st.builds(
    CodeValidationResult,
    skill=text,
    output=text,
    error=either(text),
    execution_time=seconds,
    details=text,
    language=text,
    provider=text,
    exit_code=either(numbers),
    usage=usages,
    timings=st.builds(Timings, queued_s=seconds, created_s=seconds, ran_s=seconds),
    lost_bytes=st.builds(LostBytes, stdout=numbers, stderr=numbers),
    runtime=either(text),
    sandbox_id=either(text),
    snippet_id=either(text),
    location=either(st.builds(Location, path=text, line=numbers, included=either(text))),
    missing=either(missing),
    earlier=st.lists(earlier, max_size=2).map(tuple),
    completed=either(text),
)
MADE: CodeValidationResult = made_reported().result


class Answer(BaseModel):
    """What a backend answers with, the result somewhere in it."""

    result: CodeValidationResult


async def served(result: CodeValidationResult) -> Any:
    """Return what a client reads of FastAPI's answer."""
    app = FastAPI()

    @app.get("/")
    def answer() -> CodeValidationResult:
        return result

    inside = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=inside, base_url="http://served") as client:
        return (await client.get("/")).json()


def line_of(result: CodeValidationResult) -> Any:
    """Return what the command line writes of a result, without what is the row's own."""
    row = json.loads(ResultReport("jsonl").each(result))
    names = ("type", "fingerprint", "input_fingerprint", "page_fingerprint")
    own = [row.pop(name) for name in names]
    assert own[0] == "result"
    return row


@given(results)
def test_all_writers_agree_on_any_result(result: CodeValidationResult) -> None:
    whole = result.to_dict()
    snippet = CodeSnippet(code="", language="", validation=result)
    for other in (
        json.loads(result.to_json()),
        line_of(result),
        json.loads(ADAPTER.dump_json(result)),
        ADAPTER.dump_python(result, mode="json"),
        json.loads(Answer(result=result).model_dump_json())["result"],
        json.loads(snippet.model_dump_json())["validation"],
    ):
        assert other == whole
        assert list(other) == list(whole)


@pytest.mark.slow
@pytest.mark.parametrize("half", HALVES)
async def test_fastapi_serves_the_same(half: str) -> None:
    result = replace(MADE, skill=half, output=f"a{half}\0", location=Location(f"{half}.md", 1))
    assert await served(result) == result.to_dict()


def test_it_has_every_field_and_the_verdict() -> None:
    assert list(MADE.to_dict()) == [*(each.name for each in fields(MADE)), "is_verdict"]
    assert MADE.to_dict()["is_verdict"] is True


def test_who_reads_one_is_not_asked_for_what_follows_from_it() -> None:
    asked = ADAPTER.json_schema(mode="validation")["properties"]
    assert set(ADAPTER.json_schema(mode="serialization")["properties"]) - set(asked) == {
        "is_verdict"
    }
    assert asked["details"]["description"] == "One line for people."


@given(results)
def test_it_keeps_to_its_schema_and_can_be_read_back(result: CodeValidationResult) -> None:
    SCHEMA.validate(result.to_dict())
    line = result.to_json()
    assert len(line.splitlines()) == 1
    line.encode()
    again = ADAPTER.validate_json(line)
    assert again.to_json() == line


@pytest.mark.parametrize("half", HALVES)
def test_half_of_a_surrogate_pair_is_a_question_mark_of_unicodes(half: str) -> None:
    result = replace(MADE, skill=f"é{half}")
    assert result.to_dict()["skill"] == "é\ufffd"
    assert result.skill == f"é{half}", "the value itself is not touched"


def test_a_report_knows_a_file_again_whose_name_is_not_utf_8() -> None:
    written = Location("caf\udce9.md", 1)
    read = ADAPTER.validate_json(replace(MADE, location=written).to_json()).location
    assert result_key("", read, provider="p") == result_key("", written, provider="p")


def described(schema: dict[str, Any]) -> list[str]:
    """Return the properties of a schema, its parts included, that say nothing of themselves."""
    kinds = {"": schema, **schema.get("$defs", {})}
    return [
        f"{kind}.{name}"
        for kind, each in kinds.items()
        for name, about in each.get("properties", {}).items()
        if not about.get("description")
    ]


@pytest.mark.parametrize("kind", [CodeValidationResult, SnippetRequest])
def test_every_field_is_described(kind: type) -> None:
    assert described(TypeAdapter(kind).json_schema(mode="serialization")) == []


def without_nulls(schema: Any) -> Any:
    """Return a schema as OpenAPI has it: a default of null says nothing there."""
    if isinstance(schema, dict):
        return {key: without_nulls(each) for key, each in schema.items() if each is not None}
    return schema


def test_openapi_has_the_same_schema_and_every_field_is_in_an_answer() -> None:
    app = FastAPI()

    @app.post("/")
    def answer(snippet: SnippetRequest, response: Response) -> CodeValidationResult:
        return MADE

    found = app.openapi()["components"]["schemas"]
    schema = ADAPTER.json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
    del schema["$defs"]
    assert found["CodeValidationResult"] == without_nulls(schema)
    assert found["CodeValidationResult"]["required"] == list(MADE.to_dict())
    assert found["CodeValidationResult"]["properties"]["status"]["enum"] == ["Success", "Failure"]
    assert found["SnippetRequest"]["additionalProperties"] is False
    assert not any("_core/" in json.dumps(each) for each in found.values())


async def test_the_first_json_of_a_process_reads_no_file_in_the_event_loop() -> None:
    adapter.cache_clear()  # blocking calls fail in tests
    assert MADE.to_json()


async def test_code_that_no_encoding_has_is_a_verdict_whose_answer_can_be_sent() -> None:
    half = "\ud800"
    asked = SnippetRequest(code=f"print('{half}')", language=f"py{half}", skill=half, id=half)
    fake = FakeProvider()
    async with Validator(provider=fake) as validator:
        unknown = await validator.validate(asked.snippet())
        result = await validator.validate(asked.model_copy(update={"language": "py"}).snippet())
    assert unknown.outcome == "unsupported_language"
    assert (result.outcome, result.is_verdict) == ("invalid_snippet", True)
    kept = CodeSnippet(code=asked.code, language="py", description=half).with_validation(result)
    read = json.loads(kept.model_dump_json())
    assert (read["code"], read["description"]) == ("print('\ufffd')", "\ufffd")
    for each in (unknown, result):
        assert each.to_dict()["snippet_id"] == "\ufffd"
        ADAPTER.dump_json(each)
