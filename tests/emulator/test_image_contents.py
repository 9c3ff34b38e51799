"""What is read of a Dockerfile, and what is not."""

from __future__ import annotations

import base64
import gzip

import pytest

from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._emulator.control_plane.image_contents import (
    Contents,
    contents_of_dockerfile,
    contents_of_image,
    image_refusal,
)
from daytona_validate._emulator.machines.folders import ABOUT
from daytona_validate._emulator.refusals import HttpRefusal


@pytest.mark.parametrize(
    ("text", "contents"),
    [
        pytest.param("FROM python:3.11-slim\n", Contents(("python",)), id="image"),
        pytest.param(
            'FROM debian:12\nLABEL daytona-validate.language="typescript" '
            'daytona-validate.packages="left-pad chalk==5.3.0"\n',
            Contents(("typescript",), ("left-pad", "chalk==5.3.0")),
            id="label",
        ),
        pytest.param(
            "FROM node:18\nLABEL daytona-validate.language=typescript \\\n"
            '  daytona-validate.packages=""\n',
            Contents(("typescript",)),
            id="label over two lines",
        ),
        pytest.param(
            "# FROM python:3\nfrom --platform=linux/amd64 golang:1.21 AS made\nRUN x\n"
            'FROM docker.io/library/postgres:15\nLABEL maintainer="it\'s"\n',
            Contents(("sql",)),
            id="the last of two stages",
        ),
        pytest.param(
            "FROM daytonaio/sandbox:0.5.0\n",
            Contents(("python", "javascript", "typescript")),
            id="Daytona's own",
        ),
        pytest.param('FROM python:3\nLABEL broken="\n', Contents(("python",)), id="open quote"),
    ],
)
def test_label_or_image_say_what_is_in_it(text: str, contents: Contents) -> None:
    assert contents_of_dockerfile(text) == contents


def about(*commands: str) -> dict[str, bytes]:
    """Return what the machines of a Dockerfile with a RUN tell about themselves."""
    return dict(contents_of_dockerfile(f"FROM node:18\nRUN {' && '.join(commands)}\n").about)


PACKED = base64.b64encode(gzip.compress(b"packed\n", mtime=0)).decode()


@pytest.mark.parametrize(
    ("command", "files"),
    [
        ("printf %s aGVs \\\n  bG8= | base64 -d >/opt/daytona-validate/a.pl", {"a.pl": b"hello"}),
        (f"printf %s {PACKED} | base64 -d | gzip -d >{ABOUT}/b", {"b": b"packed\n"}),
        ("printf %s aGVs | base64 -d >/opt/other/a", {}),
        (f"printf %s aGVs | base64 -d >{ABOUT}/../a", {}),
        (f"printf %s aGVs | base64 -d >{ABOUT}/a/b", {}),
        (f"printf %s $(id) | base64 -d >{ABOUT}/a", {}),
        (f"echo a >{ABOUT}/a", {}),
    ],
)
def test_a_file_about_the_image_is_there(command: str, files: dict[str, bytes]) -> None:
    assert about("true", command, "true") == files


def test_a_file_that_swells_is_cut() -> None:
    bomb = base64.b64encode(gzip.compress(bytes(5 << 20))).decode()
    assert about(f"printf %s {bomb} | base64 -d | gzip -d >{ABOUT}/a") == {"a": bytes(1 << 20)}


@pytest.mark.parametrize("by", ["base64 -d", "base64 -d | gzip -d"])
def test_what_cannot_be_unpacked_is_a_failed_build(by: str) -> None:
    with pytest.raises(HttpRefusal, match=f"{ABOUT}/a cannot be written"):
        about(f"printf %s aGVsb | {by} >{ABOUT}/a")


@pytest.mark.parametrize("name", LANGUAGES)
def test_each_languages_own_image_leads_to_a_language_with_that_image(name: str) -> None:
    image = LANGUAGES[name].pulled_as or LANGUAGES[name].image
    (found,) = contents_of_image(f"{image}-bookworm").languages
    assert LANGUAGES[found].image == LANGUAGES[name].image


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("RUN true\n", id="no image"),
        pytest.param("FROM ruby:3.3\n", id="unknown image"),
        pytest.param("FROM mypython:3\n", id="much like a known one"),
        pytest.param("FROM debian\nLABEL daytona-validate.language=cobol\n", id="unknown label"),
    ],
)
def test_what_this_machine_cannot_have_is_refused(text: str) -> None:
    with pytest.raises(HttpRefusal):
        contents_of_dockerfile(text)


@pytest.mark.parametrize(
    ("image", "is_accepted"),
    [
        ("python:3.11", True),
        ("localhost:5000/a/python:3.11", True),
        ("python@sha256:abc", True),
        ("python", False),
        ("python:latest", False),
        ("", False),
        (":3", False),
    ],
)
def test_a_snapshots_image_needs_a_tag_that_stays(image: str, is_accepted: bool) -> None:
    assert (image_refusal(image) is None) is is_accepted
