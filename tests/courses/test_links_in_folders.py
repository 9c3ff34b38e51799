"""A folder that others made may hold links, pipes and devices; none of them leads anywhere."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from collected import snippets_of
from daytona_validate._core.not_read import Why
from daytona_validate._courses.collect import collect, find
from daytona_validate._courses.course_files import LeftOut, course_files
from daytona_validate._errors import ConfigurationError
from daytona_validate._regular_file import open_inside, read_regular

CANARY = "```python\nCANARY\n```\n"
RECORD = '{"code": "CANARY", "language": "python"}\n'


@pytest.fixture(autouse=True)
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder `course` in the working folder, beside a folder with the user's files."""
    monkeypatch.chdir(tmp_path)
    private = tmp_path / "private"
    private.mkdir()
    (private / "secret").write_text(CANARY)
    (private / "secret.py").write_text("CANARY")
    (private / "secret.jsonl").write_text(RECORD)
    (tmp_path / "course").mkdir()
    return tmp_path / "course"


def codes_and_left_out(*paths: str) -> tuple[list[str], dict[Why, int]]:
    collection = collect(paths)
    codes = [snippet.unreadable or snippet.code for snippet in snippets_of(collection)]
    return codes, dict(collection.not_read().counts)


@pytest.mark.parametrize(
    ("name", "target"),
    [
        pytest.param("a.md", "../private/secret", id="file"),
        pytest.param("a.md", "{tmp}/private/secret", id="absolute"),
        pytest.param("a.py", "../private/secret.py", id="source"),
        pytest.param("a.jsonl", "../private/secret.jsonl", id="records"),
        pytest.param("a.md", "../course/../private/secret", id="out-and-in-and-out"),
        pytest.param("a.md", "inner/../../private/secret", id="through-a-folder-of-its-own"),
        pytest.param("a.md", "hop", id="over-a-second-link"),
        pytest.param("a.md", "way/secret", id="through-a-linked-folder"),
        pytest.param("a.md", "/proc/self/cwd/private/secret", id="through-proc"),
        pytest.param("folder", "../private", id="folder"),
        pytest.param("folder.md", "..", id="the-folder-above"),
    ],
)
def test_a_link_out_of_the_folder_is_not_followed_but_counted(
    tmp_path: Path, course: Path, name: str, target: str
) -> None:
    (course / "inner").mkdir()
    (course / "hop").symlink_to("../private/secret")
    (course / ".way").symlink_to("../private")
    (course / name).symlink_to(target.replace("way", ".way").format(tmp=tmp_path))
    assert codes_and_left_out("course") == ([], {Why.LEADS_OUT: 1})


def test_a_link_that_stays_in_the_folder_is_followed(course: Path) -> None:
    (course / "b").mkdir()
    (course / "b" / "page").write_text(CANARY)
    (course / "a.md").symlink_to("b/../b/page")
    assert codes_and_left_out("course") == (["CANARY\n"], {})


def test_what_leads_out_of_a_folder_inside_the_folder_that_was_named_is_followed(
    course: Path,
) -> None:
    (course / "a.py").symlink_to("../private/secret.py")
    assert codes_and_left_out(".") == (["CANARY", "CANARY"], {}), "the file and the records"


def test_a_path_that_the_user_names_may_be_a_link(course: Path) -> None:
    (course / "a.md").symlink_to("../private/secret")
    Path("linked").symlink_to("private")
    assert codes_and_left_out("course/a.md") == (["CANARY\n"], {})
    assert find("course/a.md").code == "CANARY\n"
    assert codes_and_left_out("linked") == (["CANARY", "CANARY"], {})


def test_loops_pipes_and_sockets_are_counted_and_hold_nobody(course: Path) -> None:
    (course / "a.md").symlink_to("b.md")
    (course / "b.md").symlink_to("a.md")
    (course / "c.md").symlink_to("nowhere.md")
    os.mkfifo(course / "d.md")
    (course / "e.jsonl").symlink_to("d.md")
    (course / "f.md").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("course/g.md")
        collection = collect(["course"])
        assert list(collection) == []
    assert collection.not_read().counts == {Why.LEADS_OUT: 1, Why.LEADS_NOWHERE: 3, Why.NO_FILE: 3}
    assert collection.not_read().lines() == [
        (
            "not read: 1 link out of the folder (course/f.md)"
            "; to read what a link leads to, name the link"
        ),
        "not read: 3 broken links (course/a.md, …)",
        "not read: 3 pipes, devices or sockets (course/d.md, …)",
    ]


@pytest.mark.parametrize("name", ["pipe.md", "pipe.jsonl", "device.md"])
def test_a_named_pipe_or_device_is_refused_and_not_waited_for(course: Path, name: str) -> None:
    if name.startswith("device"):
        (course / name).symlink_to("/dev/zero")
    else:
        os.mkfifo(course / name)
    for call in (lambda: collect([f"course/{name}"]), lambda: find(f"course/{name}")):
        with pytest.raises(ConfigurationError, match=r"is a pipe, a device or a socket: .*stdin"):
            call()


def test_hidden_links_and_those_of_other_kinds_are_nobodys_concern(course: Path) -> None:
    for name in (".a.md", "a.txt", "node_modules"):
        (course / name).symlink_to("../private/secret")
    os.mkfifo(course / "pipe")
    assert codes_and_left_out("course") == ([], {})


def test_a_file_that_becomes_a_link_or_a_pipe_once_listed_is_not_followed(course: Path) -> None:
    for name in ("a.py", "b.py", "c.py"):
        (course / name).write_text("fine")
    collection = collect(["course"])
    assert next(collection).snippet.code == "fine"
    (course / "b.py").unlink()
    (course / "b.py").symlink_to("../private/secret.py")
    (course / "c.py").unlink()
    os.mkfifo(course / "c.py")
    link, pipe = snippets_of(collection)
    assert link.unreadable == "the file cannot be read: the link leads out of the folder"
    assert pipe.unreadable == "the file cannot be read: the path is no plain file"


def test_a_folder_that_becomes_a_link_once_listed_is_not_followed(course: Path) -> None:
    (course / "a.py").write_text("fine")
    (course / "b").mkdir()
    (course / "b" / "secret.py").write_text("fine")
    collection = collect(["course"])
    assert next(collection).snippet.code == "fine"
    (course / "b" / "secret.py").unlink()
    (course / "b").rmdir()
    (course / "b").symlink_to("../private")
    assert list(collection) == []
    assert collection.not_read().counts == {Why.LEADS_OUT: 1}


@pytest.mark.parametrize("swapped", ["file", "folder"])
def test_no_link_is_followed_that_is_put_there_between_looking_and_opening(
    course: Path, monkeypatch: pytest.MonkeyPatch, swapped: str
) -> None:
    """The swap is made where a race would make it: after the links were followed."""
    (course / "b").mkdir()
    (course / "b" / "secret.py").write_text("fine")
    real_path = os.path.realpath

    def realpath(path: str) -> str:
        real = real_path(path)
        if real.endswith("secret.py"):
            (course / "b" / "secret.py").unlink()
            if swapped == "file":
                (course / "b" / "secret.py").symlink_to("../../private/secret.py")
            else:
                (course / "b").rmdir()
                (course / "b").symlink_to("../private")
        return real

    monkeypatch.setattr(os.path, "realpath", realpath)
    with pytest.raises(OSError, match=r"Too many levels of symbolic links|Not a directory"):
        open_inside("course/b/secret.py", "course")


def test_a_link_to_the_folder_itself_is_no_file(course: Path) -> None:
    (course / "a.md").symlink_to(".")
    assert codes_and_left_out("course") == ([], {})
    with pytest.raises(OSError, match="leads out"):
        open_inside("course/a.md", "course")


def test_a_small_file_is_read_only_if_it_is_small_and_plain(course: Path) -> None:
    (course / "x").write_bytes(b"12345")
    assert read_regular(course / "x", at_most_bytes=5) == b"12345"
    with pytest.raises(OSError, match="larger than 4 bytes"):
        read_regular(course / "x", at_most_bytes=4)
    with pytest.raises(OSError, match="no plain file"):
        read_regular(Path("/dev/zero"), at_most_bytes=4)


@pytest.mark.parametrize("target", ["private", "course/other"])
def test_a_folder_that_becomes_a_link_leads_nowhere_else(
    tmp_path: Path, course: Path, target: str
) -> None:
    """Who is asked whether it is left out changes it; then it is opened."""
    for name in ("inner", "other"):
        (course / name).mkdir()
    (tmp_path / target / "found.md").write_text(CANARY)

    def changed(path: str, _is_folder: bool) -> None:
        if path == "course/inner":
            (course / "inner").rename(tmp_path / "gone")
            (course / "inner").symlink_to(tmp_path / target)

    found = [*course_files("course", wanted=lambda name: name.endswith(".md"), left_out=changed)]
    if target == "private":
        assert found == [LeftOut("course/inner", Why.LEADS_OUT)]
    else:
        assert found == ["course/inner/found.md", "course/other/found.md"]


def test_a_folder_that_is_gone_is_told(course: Path) -> None:
    (course / "inner").mkdir()

    def removed(_path: str, _is_folder: bool) -> None:
        (course / "inner").rmdir()

    (told,) = course_files("course", wanted=lambda _name: True, left_out=removed)
    assert isinstance(told, FileNotFoundError)
    assert told.filename == "course/inner"


def test_links_are_followed_once_and_not_for_each_folder(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = course.joinpath(*["d"] * 30)
    inner.mkdir(parents=True)
    (inner / "a.md").write_text(CANARY)
    seen: list[object] = []
    real = os.lstat

    def lstat(path: str, **options: int) -> os.stat_result:
        seen.append(path)
        return real(path, **options)

    monkeypatch.setattr(os, "lstat", lstat)
    assert [*course_files("course", wanted=lambda name: name.endswith(".md"))]
    monkeypatch.undo()
    assert len(seen) < 30
