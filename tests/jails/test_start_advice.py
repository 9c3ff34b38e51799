"""What is said where no jail can be started, from what such systems have."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from daytona_validate._jails.start_advice import SETTINGS, container_at, start_advice

UBUNTU = {"kernel.apparmor_restrict_unprivileged_userns": "1"}


@pytest.mark.parametrize(("name", "forbids", "what", "allows"), SETTINGS)
def test_the_setting_that_forbids_namespaces_is_named(
    name: str, forbids: str, what: str, allows: str
) -> None:
    said = start_advice({name: forbids})
    assert said.startswith(f"{what}. Allow them: sudo sysctl -w {name}={allows}. Without root")
    assert "docker" not in said
    assert "docker run" in start_advice({name: "something else"})


@pytest.mark.parametrize(
    ("kind", "fits"),
    [
        ("docker", "docker run --security-opt seccomp=unconfined"),
        ("podman", "podman run --security-opt seccomp=unconfined --security-opt unmask=ALL"),
        ("lxc", "security.nesting=true"),
        ("systemd-nspawn", "run this outside of it"),
        ("wsl1", "wsl --set-version NAME 2"),
        ("rkt", "docker run"),
    ],
)
def test_a_container_is_told_what_its_own_kind_has(kind: str, fits: str) -> None:
    said = start_advice({}, kind)
    assert fits in said
    assert ("docker" in said) is (kind in ("docker", "rkt"))
    on_ubuntu = start_advice(UBUNTU, kind)
    assert on_ubuntu.startswith(said[:-1])
    assert on_ubuntu.endswith(
        "On its host: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0."
    )


@pytest.mark.parametrize(
    ("files", "environment", "kind"),
    [
        ({}, {}, None),
        ({".dockerenv": ""}, {}, "docker"),
        ({"run/.containerenv": "", "run/systemd/container": "podman\n"}, {}, "podman"),
        ({"run/systemd/container": "systemd-nspawn\n"}, {}, "systemd-nspawn"),
        ({"run/systemd/container": ""}, {"container": "lxc"}, "lxc"),
        ({}, {"container": ""}, None),
        ({"proc/version": "Linux version 4.4.0-19041-Microsoft (gcc 5.4.0) #1 2020\n"}, {}, "wsl1"),
        ({"proc/version": "Linux version 5.15.90.1-microsoft-standard-WSL2 (gcc)\n"}, {}, None),
        (
            {"proc/version": "Linux version 5.15.90.1-microsoft-standard-WSL2", ".dockerenv": ""},
            {},
            "docker",
        ),
    ],
    ids=[
        *("none", "Docker", "Podman", "nspawn", "by the environment", "an empty variable"),
        *("WSL 1", "WSL 2", "Docker in WSL 2"),
    ],
)
def test_a_container_is_known_by_its_sign(
    tmp_path: Path, files: Mapping[str, str], environment: Mapping[str, str], kind: str | None
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert container_at(tmp_path, environment) == kind
