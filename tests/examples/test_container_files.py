"""The container of the example service has what sandboxes and an orderly end need."""

from __future__ import annotations

import re

from daytona_validate._jails.start_advice import CONTAINER_ADVICE

from .conftest import SERVICE

COMPOSE = (SERVICE / "compose.yaml").read_text()
DOCKERFILE = (SERVICE / "Dockerfile").read_text()


def test_it_is_given_the_flags_that_the_library_asks_for() -> None:
    assert re.findall(r"- (\w+=unconfined)", COMPOSE) == re.findall(
        r"--security-opt (\S+)", CONTAINER_ADVICE
    )


def test_it_may_end_in_its_own_grace() -> None:
    (own_s,) = re.findall(r'"--timeout-graceful-shutdown", "(\d+)"', DOCKERFILE)
    (platforms_s,) = re.findall(r"stop_grace_period: (\d+)s", COMPOSE)
    assert int(own_s) + 10 <= int(platforms_s)


def test_its_service_is_no_root_and_its_files_are_there() -> None:
    assert DOCKERFILE.index("USER service") < DOCKERFILE.index("CMD")
    (app,) = re.findall(r'"uvicorn", "(\w+):app"', DOCKERFILE)
    assert (SERVICE / f"{app}.py").is_file()
