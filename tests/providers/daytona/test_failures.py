"""What the service's answers mean: one row for every line of its contract."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import respx
from pydantic import SecretStr

from daytona_validate import Snippet
from daytona_validate._core.results import RunContext, unavailable
from daytona_validate._core.retry_policy import should_retry
from daytona_validate._providers.daytona.error_translation import translated
from daytona_validate._providers.daytona.wire.failures import (
    SAID_CHARACTERS,
    Area,
    Call,
    FailureKind,
    ServiceFailure,
)
from daytona_validate._providers.daytona.wire.parse import SandboxAnswer
from daytona_validate._providers.daytona.wire.service import Service
from daytona_validate._providers.daytona.wire.status_table import (
    HTML_PAGE,
    ROWS,
    status_failure,
    status_row,
)
from for_each import for_each

SANDBOX = SandboxAnswer(id="0d0c", name="dv-1", toolbox_url="https://proxy.app.daytona.io/toolbox")
SEND: dict[str, Callable[[Service], Awaitable[object]]] = {
    "create": lambda service: service.create({"name": "dv-1"}, timeout_s=60),
    "get": lambda service: service.get("dv-1"),
    "delete": lambda service: service.delete("dv-1"),
    "list": lambda service: service.sandboxes(labels={"app": "x"}),
    "wake": lambda service: service.activate_snapshot("s1"),
    "build": lambda service: service.create_snapshot({"name": "snap"}),
    "execute": lambda service: service.execute(SANDBOX, "true", timeout_s=5),
}
CALLS = {
    "create": Call(Area.API, "POST", "/sandbox"),
    "get": Call(Area.API, "GET", "/sandbox/{name}"),
    "delete": Call(Area.API, "DELETE", "/sandbox/{name}"),
    "list": Call(Area.API, "GET", "/sandbox"),
    "wake": Call(Area.API, "POST", "/snapshots/{id}/activate"),
    "build": Call(Area.API, "POST", "/snapshots"),
    "execute": Call(Area.TOOLBOX, "POST", "/process/execute"),
}


@dataclass(frozen=True)
class Case:
    """One row of `service_answers.md`."""

    name: str
    request: str
    status: str
    says: str
    headers: str
    kind: str
    retried: str
    may_have_worked: str
    fault: str

    def said(self) -> str:
        return {"(page)": HTML_PAGE, "(empty)": ""}.get(self.says, self.says)

    def answer(self) -> httpx.Response:
        headers = dict(each.split(": ", 1) for each in self.headers.split(", ") if each)
        status = int(self.status)
        if self.says == "(page)":
            return httpx.Response(status, html="<!doctype html><html></html>")
        if self.says == "(empty)":
            return httpx.Response(status, headers=headers)
        body = {"statusCode": status, "message": self.says, "path": "/", "timestamp": "now"}
        return httpx.Response(status, headers=headers, json=body)


def cases() -> list[Case]:
    lines = Path(__file__).with_name("service_answers.md").read_text().splitlines()
    rows = [line for line in lines if line.startswith("|")][2:]
    return [Case(*(cell.strip() for cell in row.strip("|").split("|"))) for row in rows]


CASES = cases()
each_case = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with httpx.AsyncClient() as client:
        yield Service(
            "https://app.daytona.io/api", SecretStr("dtn_key"), client, request_timeout_s=30
        )


def yes(is_so: bool) -> str:
    return "yes" if is_so else "no"


@each_case
@respx.mock
async def test_each_line_of_the_contract_is_a_failure_of_its_kind(
    case: Case, service: Service
) -> None:
    route = respx.route().mock(return_value=case.answer())
    with pytest.raises(ServiceFailure) as caught:
        await SEND[case.request](service)
    found = caught.value
    told = translated(found, builds="build it")
    snippet = Snippet(code="", language="python")
    result = unavailable(told, RunContext(snippet=snippet, language="python", provider="daytona"))
    seen = (found.kind, yes(should_retry(found)), yes(found.may_have_worked), result.fault)
    assert seen == (case.kind, case.retried, case.may_have_worked, case.fault)
    assert (result.outcome, result.is_verdict) == ("unavailable", False)
    assert found.retry_after_s == (42 if "42" in case.headers else None)
    assert route.call_count == 1, "a method sends one request, whatever comes of it"


@each_case
@respx.mock
async def test_a_message_says_what_happened_to_what_and_what_to_do(
    case: Case, service: Service
) -> None:
    respx.route().mock(return_value=case.answer())
    with pytest.raises(ServiceFailure) as caught:
        await SEND[case.request](service)
    message = str(caught.value)
    assert case.status in message
    assert any(f"{method} /" in message for method in ("GET", "POST", "DELETE"))
    assert case.says.startswith("(") or case.says in message
    assert message.count("\n") == 0
    assert message.rpartition("; ")[2].strip(), "what to do comes last"


def test_every_row_of_the_table_is_met_by_a_case() -> None:
    met = {status_row(CALLS[case.request], int(case.status), case.said()) for case in CASES}
    assert set(ROWS) == met
    assert {each.kind for each in ROWS} == set(FailureKind) - {
        FailureKind.UNREACHABLE,
        FailureKind.CUT_OFF,
    }
    assert len({case.name for case in CASES}) == len(CASES) > 50


@for_each("meaning", sorted({each.what for each in ROWS}))
def test_every_meaning_names_its_subject(meaning: str) -> None:
    assert meaning[0].isupper()
    assert meaning.split(maxsplit=1)[0] not in {"It", "This", "Something"}


def test_there_is_a_row_for_every_status_but_success() -> None:
    for status in (*range(100, 200), *range(300, 1000)):
        found = status_failure(CALLS["get"], status, headers={}, body=b"", now_s=0.0)
        assert f"gave {status})" in str(found)


@respx.mock
async def test_failures_for_one_reason_have_one_text_and_the_name_is_a_note(
    service: Service,
) -> None:
    respx.route().respond(500, json={"message": "An unexpected error occurred."})
    with pytest.raises(ServiceFailure) as first:
        await service.get("dv-1")
    with pytest.raises(ServiceFailure) as second:
        await service.get("dv-2")
    assert str(first.value) == str(second.value), "so that a batch logs it once"
    assert first.value.subject == "sandbox dv-1"
    assert second.value.__notes__ == ["The request was about sandbox dv-2."]


@pytest.mark.parametrize(
    "body",
    [
        b'{"message": "\\u001b[2J\\u202eevil\\nline"}',
        b'{"message": ["\\u001b[2J", "\\u202eevil", "line"]}',
        b'{"message": {"a": "evil\\nline"}}',
        b'{"error": "evil\\nline"}',
        b"evil\x1b[2J\nline",
        b"\xff\xfe evil line",
        b'["evil", "line"]',
        b'{"message": "evil line' + b"!" * 100_000,
        b"[" * 50_000 + b"evil line",
    ],
)
@respx.mock
async def test_the_services_own_words_are_one_short_harmless_line(
    body: bytes, service: Service
) -> None:
    respx.route().respond(500, content=body)
    with pytest.raises(ServiceFailure) as caught:
        await service.get("dv-1")
    message = str(caught.value)
    assert message.isprintable()
    assert len(message) < 300, "a result's line has room for it"


@for_each(
    ("body", "said"),
    [
        (b'{"message": "no room", "error": "Conflict"}', "no room"),
        (b'{"message": "", "error": "Conflict"}', "Conflict"),
        (b'{"message": ["a must be set", 5]}', "a must be set, 5"),
        (b'{"message": {"why": 1}}', '{"why": 1}'),
        (b'["a"]', '["a"]'),
        (b"plain\nwords", "plain words"),
        (b"of dtn_key", "of ***"),
        (b'{"message": "of dtn_key"}', "of ***"),
        (b'["of dtn_key"]', '["of ***"]'),
        (b"\xff!", "\ufffd!"),
        (b"x" * 9999, f"{'x' * (SAID_CHARACTERS - 1)}…"),
        (b'["' + b"x" * 900 + b'"]', f'["{"x" * (SAID_CHARACTERS - 3)}…'),
        (b'{"message": "' + b"x" * 900 + b'"}', f"{'x' * (SAID_CHARACTERS - 1)}…"),
    ],
)
def test_the_services_own_words_are_told_in_one_short_line(body: bytes, said: str) -> None:
    def hide(text: str) -> str:
        return text.replace("dtn_key", "***")

    found = status_failure(CALLS["get"], 409, headers={}, body=body, now_s=0.0, hide=hide)
    assert f" gave 409, saying: {said}); " in str(found)


@pytest.mark.parametrize("body", [b"", b"{}", b'{"statusCode": 409}', b'{"message": null}'])
def test_a_service_that_says_nothing_is_not_quoted(body: bytes) -> None:
    found = status_failure(CALLS["get"], 409, headers={}, body=body, now_s=0.0)
    assert " gave 409); " in str(found)
