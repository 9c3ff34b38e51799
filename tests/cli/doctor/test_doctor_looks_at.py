"""`doctor` looks at what was asked for: it prepares nothing, and asks nobody, for anything else."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest


class _Service(BaseHTTPRequestHandler):
    """A service of which only the version can be had."""

    def do_GET(self) -> None:
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        body = json.dumps({"version": "v0.190.0"}).encode()
        self.send_response(200 if self.path == "/api/config" else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What Daytona was asked for, with a key and its address in the environment."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Service) as server:
        server.asked = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01))
        thread.start()
        monkeypatch.setenv("DAYTONA_API_KEY", "dtn_key")
        address = f"http://127.0.0.1:{server.server_address[1]}/api"
        monkeypatch.setenv("DAYTONA_BASE_URL", address)
        yield server.asked  # type: ignore[attr-defined]
        server.shutdown()
        thread.join()


@pytest.fixture
def no_cache(in_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder that cannot be made: whoever prepares a toolchain says so at once."""
    place = in_folder / "file" / "cache"
    place.parent.write_text("in the way")
    monkeypatch.setenv("DAYTONA_CACHE_DIR", str(place))
    return place


def report(invoke: Callable[..., Any], *options: str) -> dict[str, Any]:
    ran = invoke("doctor", *options, "--output-format", "json")
    assert ran.stdout, ran.stderr
    return json.loads(ran.stdout)  # type: ignore[no-any-return]


def test_daytona_prepares_nothing_on_this_machine(
    invoke: Callable[..., Any], in_folder: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = in_folder / "cache"
    cache.mkdir()
    monkeypatch.setenv("DAYTONA_CACHE_DIR", str(cache))
    found = report(invoke, "--provider", "daytona")
    assert found["local"] == []
    assert [each["name"] for each in found["daytona"]] == ["server", "key"]
    assert list(cache.iterdir()) == []
    assert asked == ["/api/config", "/api/api-keys/current"]


def test_this_machine_asks_nothing_of_daytona(
    invoke: Callable[..., Any], asked: list[str], no_cache: Path
) -> None:
    found = report(invoke, "--provider", "local")
    assert [each["name"] for each in found["local"]] == ["isolation"]
    assert found["daytona"] == []
    assert asked == []


@pytest.mark.parametrize("options", [(), ("--provider", "auto")], ids=["plain", "auto"])
def test_a_key_has_it_look_at_daytona_alone(
    invoke: Callable[..., Any], asked: list[str], no_cache: Path, options: tuple[str, ...]
) -> None:
    found = report(invoke, *options)
    assert (len(found["local"]), len(found["daytona"])) == (0, 2)


def test_the_setting_asks_as_the_option_does(
    invoke: Callable[..., Any], asked: list[str], no_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAYTONA_PROVIDER", "daytona")
    assert report(invoke)["local"] == []


def test_what_was_not_looked_at_is_not_spoken_of(
    invoke: Callable[..., Any], asked: list[str], no_cache: Path
) -> None:
    text = invoke("doctor", "--provider", "daytona").stdout
    assert "Daytona\n" in text
    assert "Local sandboxes" not in text
