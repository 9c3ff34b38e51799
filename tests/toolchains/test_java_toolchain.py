"""The JDK of this machine: which one is found, and what is copied and made of it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from daytona_validate._errors import ToolchainMissing
from daytona_validate._jails.runner import JailRunner
from daytona_validate._toolchains.java import (
    find_java,
    java_plan,
    plan_of_facts,
)
from daytona_validate._toolchains.record import Copy, Host
from daytona_validate._toolchains.toolchains import Toolchains
from jail_with import jail_with

FOLDERS = ("/usr/lib/x86_64-linux-gnu",)
needs_jdk = pytest.mark.skipif(shutil.which("javac") is None, reason="no JDK here")


def host(**environment: str) -> Host:
    return Host(environment=environment, executable="", version="", library_folders=FOLDERS)


def jdk(home: Path, version: str = "17.0.15") -> Path:
    """Make what looks like a JDK from outside."""
    for name in ("bin/javac", "lib/modules"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).touch(mode=0o755)
    (home / "release").write_text(f'JAVA_VERSION="{version}"\nJAVA_RUNTIME_VERSION="{version}+6"\n')
    return Path(os.path.realpath(home))


def shim(folder: Path, home: str) -> str:
    """Make a `javac` as version managers do, which only knows where the real one is."""
    folder.mkdir()
    script = folder / "javac"
    script.write_text(f"#!/bin/sh\necho '    java.home = {home}' >&2\necho javac 17\n")
    script.chmod(0o755)
    return f"{folder}:/usr/bin:/bin"


async def test_java_home_comes_before_the_path(tmp_path: Path) -> None:
    home, other = jdk(tmp_path / "a"), jdk(tmp_path / "b")
    found = await find_java(host(JAVA_HOME=str(home), PATH=str(other / "bin")))
    assert found.source == str(home)
    assert found.key["version"] == "17.0.15+6"


async def test_the_compiler_on_path_is_followed_to_its_jdk(tmp_path: Path) -> None:
    home = jdk(tmp_path / "jdk")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/javac").symlink_to(home / "bin/javac")
    found = await find_java(host(PATH=str(tmp_path / "bin")))
    assert found.source == str(home)


async def test_a_version_manager_is_asked(tmp_path: Path) -> None:
    home = jdk(tmp_path / "jdk")
    found = await find_java(host(PATH=shim(tmp_path / "shims", str(home))))
    assert found.source == str(home)


async def test_what_a_version_manager_says_is_not_believed(tmp_path: Path) -> None:
    with pytest.raises(ToolchainMissing, match="javac on PATH is not of a JDK"):
        await find_java(host(PATH=shim(tmp_path / "shims", str(tmp_path))))


async def test_a_jdk_without_a_release_file_is_taken(tmp_path: Path) -> None:
    home = jdk(tmp_path / "jdk")
    (home / "release").unlink()
    assert (await find_java(host(JAVA_HOME=str(home)))).key["version"] == ""


async def test_no_java_names_the_line_that_installs_it(tmp_path: Path) -> None:
    with pytest.raises(
        ToolchainMissing, match=r"apt-get install openjdk-17-jdk-headless.*JAVA_HOME"
    ):
        await find_java(host(PATH=str(tmp_path)))


async def test_a_java_home_without_a_compiler_is_named(tmp_path: Path) -> None:
    with pytest.raises(ToolchainMissing, match=f"JAVA_HOME is {tmp_path}, where no JDK"):
        await find_java(host(JAVA_HOME=str(tmp_path), PATH="/usr/bin"))


@pytest.mark.parametrize("version", ["11.0.20", "16.0.2", "9"])
async def test_an_old_java_is_refused(tmp_path: Path, version: str) -> None:
    home = jdk(tmp_path / "jdk", version)
    with pytest.raises(ToolchainMissing, match=f"is Java {version}, and 17 or newer is needed"):
        await find_java(host(JAVA_HOME=str(home)))


async def test_another_jdk_in_the_same_place_is_another_one(tmp_path: Path) -> None:
    home = jdk(tmp_path / "jdk")
    before = await find_java(host(JAVA_HOME=str(home)))
    (home / "lib/modules").write_bytes(b"newer")
    after = await find_java(host(JAVA_HOME=str(home)))
    assert before.key != after.key


async def test_another_compiler_of_ours_is_another_toolchain(tmp_path: Path) -> None:
    home = jdk(tmp_path / "jdk")
    before = await find_java(host(JAVA_HOME=str(home)))
    after = await find_java(host(JAVA_HOME=str(home)), sources=lambda _: {"make-jar": b"another"})
    assert before.key["compiler"] != after.key["compiler"]


async def test_a_java_that_does_not_run_is_refused(tmp_path: Path) -> None:
    here = host(JAVA_HOME=str(jdk(tmp_path / "jdk")))
    with pytest.raises(ToolchainMissing, match="does not run"):
        await java_plan(here, await find_java(here))


def test_a_jdk_is_copied_without_what_no_program_needs(tmp_path: Path) -> None:
    library = Path(os.path.realpath(tmp_path)) / "libz.so.1"
    library.touch()
    facts: dict[str, object] = {
        "version": "17.0.15",
        "home": "/jdk",
        "modules": ["java.base"],
        "mapped_files": ["/jdk/lib/libjava.so", f"{FOLDERS[0]}/libc.so.6", str(library)],
    }
    plan = plan_of_facts(host(), "/jdk", facts, {"A.java": b""})
    assert plan.version == "17.0.15"
    assert plan.copies[0].target == "/opt/java"
    assert {"jmods", "src.zip"} <= plan.copies[0].leaves_out
    assert plan.copies[1:] == (Copy(str(library), str(library)),)
    assert plan.expected == {"version": "17.0.15", "home": "/opt/java", "modules": ["java.base"]}
    assert plan.environments == ({}, {"LD_LIBRARY_PATH": str(library.parent)})
    assert plan.derived[0].files == {"A.java": b""}
    assert ("/opt/java/bin/java", "/usr/local/bin/java") in plan.links


@needs_jdk
@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_the_copy_has_all_that_it_needs_in_a_jail(jail_runner: JailRunner) -> None:
    """Its own settings too, which are links into the host's /etc in Debian's."""
    toolchain = await Toolchains(jail_runner.cache, jail_runner).prepare("java")
    line = (
        "java -Xshare:on -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xlog:class+load "
        "-XX:SharedArchiveFile=/opt/snippet-compiler-archive/compiler.jsa "
        "-cp /opt/snippet-compiler/compiler.jar Training Main.java /tmp/out >log; "
        "grep -c 'com.sun.tools.javac.*shared objects file (top)' log; "
        "head -c 1 /opt/java/conf/security/java.security | wc -c; ls /opt/java"
    )
    jail = jail_with(toolchain, ("sh", "-c", line))
    step = await jail_runner.run(jail, timeout_s=60)
    archived, settings, *entries = step.stdout.decode().split()
    assert int(archived) > 500
    assert settings == "1"
    assert {"bin", "conf", "lib"} <= set(entries)
    assert "jmods" not in entries
    assert toolchain.version.split(".")[0].isdecimal()
