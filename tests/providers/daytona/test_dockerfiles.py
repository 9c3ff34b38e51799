"""The Dockerfiles of the snapshots: what a builder would be given, looked at without one."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._emulator.control_plane.image_contents import contents_of_dockerfile
from daytona_validate._providers.daytona.dockerfiles import instructions as text_of
from daytona_validate._providers.daytona.dockerfiles import recipes
from daytona_validate._providers.daytona.dockerfiles.dockerfile import supervisor_part
from daytona_validate._providers.daytona.envelope.supervisor import DIGEST, SOURCE
from daytona_validate._providers.daytona.images import (
    Resources,
    image,
)
from daytona_validate._sandbox_files import sandbox_files
from daytona_validate._sandbox_files.typescript_lock import lock_files
from read_dockerfile import (
    environment,
    instructions,
    labels,
    made,
    runs,
    written_files,
)

PLACES = {
    "go": ("go", "/opt/go-snippet"),
    "typescript": ("typescript", "/opt/typescript"),
    "sql": ("postgres", "/opt/postgres-scripts"),
    "java": ("java", "/tmp/build"),
}
each_language = pytest.mark.parametrize("language", list(LANGUAGES))


@each_language
def test_it_starts_from_the_tables_image(language: str) -> None:
    first, *_ = instructions(made(language).dockerfile)
    record = LANGUAGES[language]
    assert (first.name, first.arguments) == ("FROM", record.pulled_as or record.image)


@each_language
def test_its_instructions_are_those_that_need_no_build_context(language: str) -> None:
    names = {each.name for each in instructions(made(language).dockerfile)}
    assert names <= {"FROM", "LABEL", "USER", "RUN", "ENTRYPOINT"}


@each_language
def test_a_shell_can_read_every_run(language: str) -> None:
    packages = {"python": ("numpy==2.0.1", "uvicorn[standard]"), "typescript": ("@types/ms@2.1.0",)}
    for each in runs(made(language, *packages.get(language, ())).dockerfile):
        shell = subprocess.run(
            ["sh", "-n"], input=each.arguments.encode(), capture_output=True, check=False
        )
        assert (shell.returncode, shell.stderr) == (0, b""), each.arguments


@each_language
def test_a_builder_takes_its_lines_and_runs(language: str) -> None:
    text = made(language).dockerfile
    assert max(len(line) for line in text.splitlines()) < 1000
    assert max(len(each.arguments) for each in runs(text)) < text_of.MOST_RUN_BYTES
    assert text.isascii()


@pytest.mark.parametrize("language", list(PLACES))
def test_our_scripts_are_written_as_they_are(language: str) -> None:
    name, folder = PLACES[language]
    sources = {
        f"{folder}/{path.name}": path.read_bytes()
        for path in sandbox_files(name).iterdir()
        if path.is_file()
    }
    written = written_files(made(language).dockerfile)
    assert sources.items() <= written.items()
    assert len(sources) > 3


def test_typescripts_compiler_comes_by_our_lock_file() -> None:
    written = written_files(made("typescript").dockerfile)
    for name, content in lock_files("x64").items():
        assert written[f"/tmp/build/{name}"] == content


@each_language
def test_the_scripts_that_a_languages_commands_name_are_there(language: str) -> None:
    record, text = LANGUAGES[language], made(language).dockerfile
    named = re.findall(r"/opt/[\w./-]+", " ".join(w for c in record.steps for w in c.argv))
    made_folders = ("/opt/snippet-compiler/", "/opt/snippet-compiler-archive/")
    known = (*written_files(text), "/opt/typescript/packages")
    assert [path for path in named if path not in known and not path.startswith(made_folders)] == []
    assert all(f"-C {folder.rstrip('/')}" in text for folder in made_folders if language == "java")


@each_language
def test_programs_have_a_user_a_folder_and_an_environment(language: str) -> None:
    found = made(language)
    joined = " ".join(each.arguments for each in runs(found.dockerfile))
    assert "snippet:x:64100:64100::/work:/bin/sh" in joined
    assert "chown 64100:64100 /work" in joined
    assert environment(found)["PATH"].split(":")[0] == "/usr/local/bin"


@each_language
def test_the_runtime_is_named_after_the_tables_toolchain(language: str) -> None:
    (line,) = [r.arguments for r in runs(made(language).dockerfile) if "/runtime" in r.arguments]
    toolchain = LANGUAGES[language].toolchain
    assert line.startswith(f'echo "{toolchain} $(')
    assert f"grep -Eqx '{toolchain} [0-9].*'" in line
    # Java leaves a folder of root's there, in which no program may delete anything.
    assert line.endswith("find /tmp /work -mindepth 1 -delete")


@each_language
def test_containers_start_as_root_and_run_nothing_of_the_image(language: str) -> None:
    *_, last = found = instructions(made(language).dockerfile)
    (entry_point,) = [each.arguments for each in found if each.name == "ENTRYPOINT"]
    assert last.user == "root"
    assert json.loads(entry_point) == ["sleep", "infinity"]


@each_language
def test_labels_say_what_it_holds(language: str) -> None:
    assert labels(made(language).dockerfile) == {
        "daytona-validate.language": language,
        "daytona-validate.packages": "",
        "daytona-validate.supervisor": DIGEST,
    }


@each_language
def test_the_emulator_reads_what_it_holds(language: str) -> None:
    packages = {"python": ("uvicorn[standard]==0.30.0",), "typescript": ("@types/ms@2.1.0", "ms")}
    wanted = packages.get(language, ())
    contents = contents_of_dockerfile(made(language, *wanted).dockerfile)
    assert (contents.languages, contents.packages) == ((language,), wanted)
    assert contents.about["supervisor.pl"] == SOURCE


def in_folder(text: str, folder: Path) -> list[str]:
    """Return the RUNs of a Dockerfile, for another folder than the image's."""
    return [each.arguments.replace("/opt/daytona-validate", str(folder)) for each in runs(text)]


def test_the_supervisor_is_a_file_that_only_its_owner_may_change(tmp_path: Path) -> None:
    folder = tmp_path / "ours"
    for each in in_folder(supervisor_part(), folder):
        subprocess.run(["sh", "-c", f"umask 0; {each}"], check=True, capture_output=True)
    assert (folder / "supervisor.pl").read_bytes() == SOURCE
    modes = [path.stat().st_mode & 0o777 for path in (folder, folder / "supervisor.pl")]
    assert modes == [0o755, 0o644]


def test_a_supervisor_that_was_written_wrongly_fails_the_build(tmp_path: Path) -> None:
    _, check = in_folder(supervisor_part(), tmp_path)
    (tmp_path / "supervisor.pl").write_bytes(SOURCE[:-1])
    checked = subprocess.run(["sh", "-c", check], check=False, capture_output=True)
    assert checked.returncode == 1


@pytest.mark.parametrize(("cpu", "threads"), [(1, "2"), (4, "4"), (32, "8")])
def test_gos_programs_do_not_start_a_thread_for_each_core_of_a_server(
    cpu: int, threads: str
) -> None:
    found = image("go", (), Resources(cpu=cpu, memory_gib=1, disk_gib=3))
    assert environment(found)["GOMAXPROCS"] == threads


@pytest.mark.parametrize(
    "content", [b"", b"\0\xff", b"x" * 10_000, b"a'b\n\\"], ids=["empty", "binary", "long", "text"]
)
def test_a_shell_writes_the_very_bytes(content: bytes, tmp_path: Path) -> None:
    path = str(tmp_path / "in ner" / "file")
    (only,) = runs(text_of.files({path: content}))
    subprocess.run(["sh", "-c", only.arguments], check=True)
    assert Path(path).read_bytes() == content


def test_a_command_that_fails_fails_its_run(tmp_path: Path) -> None:
    (only,) = runs(text_of.run("false", f"touch {tmp_path}/made"))
    assert subprocess.run(["sh", "-c", only.arguments], check=False).returncode == 1
    assert list(tmp_path.iterdir()) == []


def test_every_toolchain_of_the_table_has_a_recipe() -> None:
    assert all(recipes.recipe(each.toolchain) for each in LANGUAGES.values())
