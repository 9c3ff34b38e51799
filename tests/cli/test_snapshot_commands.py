"""`snapshots build`, `list` and `delete`, as a user calls them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import httpx
import pytest
import respx
from click.testing import Result

from daytona_validate._cli.daytona_access import images_of
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._settings import Settings
from routed_server import routed_server

Invoke = Callable[..., Result]
KEY = "dtn_canary"
FOREIGN = "my-own-snapshot"
OLD = "daytona-validate-go-00000000"


@pytest.fixture
def api(in_folder: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[respx.MockRouter]:
    """A service, and the settings that lead to it."""
    monkeypatch.setenv("DAYTONA_API_KEY", KEY)
    with routed_server("/api") as (address, router):
        monkeypatch.setenv("DAYTONA_BASE_URL", address)
        yield router


def name_of(language: str) -> str:
    (image,) = images_of(Settings.load(), [language])
    return image.name


def listing(
    api: respx.MockRouter, *names: str, state: str = "active", dockerfile: str | None = None
) -> None:
    build = {} if dockerfile is None else {"buildInfo": {"dockerfileContent": dockerfile}}
    items = [{"id": f"id-{name}", "name": name, "state": state, **build} for name in names]
    answer = httpx.Response(200, json={"items": items, "totalPages": 1})
    api.get("/snapshots").mock(return_value=answer)


def accept(api: respx.MockRouter) -> respx.Route:
    def answer(request: httpx.Request) -> httpx.Response:
        name = json.loads(request.content)["name"]
        return httpx.Response(200, json={"id": name, "name": name, "state": "active"})

    return api.post("/snapshots").mock(side_effect=answer)


def asked_for(route: respx.Route) -> list[str]:
    return [json.loads(call.request.content)["name"] for call in route.calls]


def test_all_languages_are_built_unless_some_are_named(
    api: respx.MockRouter, invoke: Invoke
) -> None:
    route = accept(api)
    result = invoke("snapshots", "build")
    assert result.exit_code == 0
    names = {name_of(language) for language in LANGUAGES}
    assert set(asked_for(route)) == names
    assert {line.split()[0] for line in result.stdout.splitlines()} == names


def test_a_named_language_is_built_with_the_configured_packages_and_resources(
    api: respx.MockRouter, invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAYTONA_PACKAGES__PYTHON", "numpy==2.0.1")
    monkeypatch.setenv("DAYTONA_CPU", "3")
    monkeypatch.setenv("DAYTONA_TARGET", "eu")
    route = accept(api)
    result = invoke("snapshots", "build", "py")
    assert (result.exit_code, route.call_count) == (0, 1)
    body = json.loads(route.calls.last.request.content)
    assert (body["cpu"], body["regionId"]) == (3, "eu")
    assert 'packages="numpy==2.0.1"' in body["buildInfo"]["dockerfileContent"]
    assert result.stdout == f"{name_of('python')} built\n"


def test_one_failure_does_not_keep_the_others_from_being_built(
    api: respx.MockRouter, invoke: Invoke
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        name = json.loads(request.content)["name"]
        if "-go-" in name:
            failed = {"id": "1", "name": name, "state": "build_failed", "errorReason": "no disk"}
            return httpx.Response(200, json=failed)
        return httpx.Response(200, json={"id": "1", "name": name, "state": "active"})

    api.post("/snapshots").mock(side_effect=answer)
    result = invoke("snapshots", "build", "go", "sql")
    assert result.exit_code == 3
    assert result.stdout == f"{name_of('sql')} built\n"
    assert f"error: go: The snapshot {name_of('go')} could not be built: no disk" in result.stderr


@pytest.mark.slow
@pytest.mark.parametrize("quiet", [(), ("--quiet",)])
def test_the_log_of_a_build_is_shown_unless_quiet(
    api: respx.MockRouter, invoke: Invoke, quiet: tuple[str, ...]
) -> None:
    name = name_of("go")
    state = {"id": "s1", "name": name, "state": "building"}
    api.post("/snapshots").mock(return_value=httpx.Response(200, json=state))
    ready = httpx.Response(200, json=state | {"state": "active"})
    api.get(f"/snapshots/{name}").mock(return_value=ready)
    url = httpx.Response(200, json={"url": f"{Settings.load().base_url}/logs"})
    api.get("/snapshots/s1/build-logs-url").mock(return_value=url)
    api.get("/logs").mock(return_value=httpx.Response(200, text="Step 1\x1b[31m\nStep 2"))
    result = invoke("snapshots", "build", "go", *quiet)
    assert result.exit_code == 0
    assert ("go: Step 1" in result.stderr) is not bool(quiet)
    assert ("go: Step 2" in result.stderr) is not bool(quiet)
    assert "\x1b" not in result.stderr


def test_an_unknown_language_is_a_mistake_of_the_callers(
    api: respx.MockRouter, invoke: Invoke
) -> None:
    result = invoke("snapshots", "build", "pyhton")
    assert result.exit_code == 2
    assert "did you mean python?" in result.stderr


@pytest.mark.parametrize(
    "args", [("snapshots", "build"), ("snapshots", "list"), ("snapshots", "delete", "--all")]
)
def test_without_a_key_it_says_what_to_set(invoke: Invoke, args: tuple[str, ...]) -> None:
    result = invoke(*args)
    assert result.exit_code == 2
    assert "set DAYTONA_API_KEY" in result.stderr


def test_a_refused_key_is_not_shown(api: respx.MockRouter, invoke: Invoke) -> None:
    api.get("/snapshots").mock(return_value=httpx.Response(401, json={"message": "Unauthorized"}))
    result = invoke("snapshots", "list")
    assert result.exit_code == 3
    assert "check DAYTONA_API_KEY" in result.stderr
    assert KEY not in result.output


def test_the_list_tells_which_are_used_and_which_are_missing(
    api: respx.MockRouter, invoke: Invoke
) -> None:
    listing(api, OLD, FOREIGN, name_of("python"))
    result = invoke("snapshots", "list")
    assert result.exit_code == 0
    head, *rows = [line.split() for line in result.stdout.splitlines()]
    assert head == ["NAME", "LANGUAGE", "STATE", "USED"]
    assert rows == [
        [OLD, "go", "active", "no"],
        [name_of("python"), "python", "active", "yes"],
    ]
    assert "snapshots build javascript typescript java go sql" in result.stderr


@pytest.mark.parametrize("is_ours", [False, True])
def test_the_list_tells_which_have_no_supervisor_of_this_version(
    api: respx.MockRouter, invoke: Invoke, *, is_ours: bool
) -> None:
    (image,) = images_of(Settings.load(), ["python"])
    text = image.dockerfile if is_ours else "FROM python:3.11\n"
    listing(api, OLD, image.name, dockerfile=text)
    lines = invoke("snapshots", "list").stderr.splitlines()
    told = [line for line in lines if "supervisor" in line]
    assert told == ([] if is_ours else [f"without a supervisor of this version: {image.name}"])


def test_the_list_as_json(api: respx.MockRouter, invoke: Invoke) -> None:
    listing(api, OLD, state="inactive")
    result = invoke("snapshots", "list", "--output-format", "json")
    (row,) = json.loads(result.stdout)["snapshots"]
    assert row == {
        "name": OLD,
        "language": "go",
        "state": "inactive",
        "problem": None,
        "is_used": False,
    }


@pytest.mark.parametrize(
    ("args", "expected"),
    [((OLD,), {OLD}), (("--outdated",), {OLD}), (("--all",), {OLD, "used"})],
)
def test_deletions_touch_only_what_is_meant(
    api: respx.MockRouter, invoke: Invoke, args: tuple[str, ...], expected: set[str]
) -> None:
    used = name_of("python")
    listing(api, OLD, FOREIGN, used)
    route = api.delete(path__regex="/snapshots/id-(?P<name>.+)").mock(
        return_value=httpx.Response(200, json={})
    )
    result = invoke("snapshots", "delete", *args)
    assert result.exit_code == 0
    deleted = {call.request.url.path.rpartition("/id-")[2] for call in route.calls}
    assert deleted == {used if name == "used" else name for name in expected}
    assert {line.split()[0] for line in result.stdout.splitlines()} == deleted


def test_a_foreign_name_deletes_nothing(api: respx.MockRouter, invoke: Invoke) -> None:
    listing(api, OLD, FOREIGN)
    route = api.delete(path__regex=".*").mock(return_value=httpx.Response(200))
    result = invoke("snapshots", "delete", OLD, FOREIGN)
    assert (result.exit_code, route.call_count) == (2, 0)
    assert f"no snapshot of daytona-validate is called {FOREIGN}" in result.stderr


def test_a_deletion_that_fails_is_told(api: respx.MockRouter, invoke: Invoke) -> None:
    listing(api, OLD)
    api.delete(path__regex=".*").mock(return_value=httpx.Response(403, json={"message": "no"}))
    result = invoke("snapshots", "delete", "--all")
    assert result.exit_code == 3
    assert f"error: {OLD}: " in result.stderr
    assert "snapshots deleted: 0 of 1" in result.stderr


@pytest.mark.parametrize("args", [(), ("--all", "--outdated"), (OLD, "--all")])
def test_what_to_delete_is_said_in_one_way(invoke: Invoke, args: tuple[str, ...]) -> None:
    result = invoke("snapshots", "delete", *args)
    assert result.exit_code == 2
    assert "give names, or --all, or --outdated" in result.stderr
