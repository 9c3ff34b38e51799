"""What is read of a Dockerfile, and what is not."""

from __future__ import annotations

import pytest

from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._emulator.control_plane.image_contents import (
    Contents,
    contents_of_dockerfile,
    contents_of_image,
    image_refusal,
)
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
