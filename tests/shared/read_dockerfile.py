"""A Dockerfile of ours, read as a builder reads it."""

from __future__ import annotations

import base64
import re
import shlex
from dataclasses import dataclass

from daytona_validate._providers.daytona.images import Image, Resources, image

RESOURCES = Resources(cpu=1, memory_gib=1, disk_gib=3)
_WRITTEN = re.compile(r"printf %s\s+((?:[A-Za-z0-9+/=']+\s+)*)\| base64 -d >(\S+)")


@dataclass(frozen=True)
class Instruction:
    name: str
    arguments: str
    user: str
    """Who runs it."""


def instructions(dockerfile: str) -> list[Instruction]:
    """Return a Dockerfile's instructions, lines that go on put together."""
    found: list[Instruction] = []
    user = "root"
    for line in dockerfile.replace("\\\n", "").splitlines():
        name, _, arguments = line.partition(" ")
        assert name.isupper(), line
        user = arguments if name == "USER" else user
        found.append(Instruction(name, arguments, user))
    return found


def runs(dockerfile: str) -> list[Instruction]:
    return [each for each in instructions(dockerfile) if each.name == "RUN"]


def written_files(dockerfile: str) -> dict[str, bytes]:
    """Return what the RUN instructions write from base64: path to content."""
    return {
        shlex.split(path)[0]: base64.b64decode(
            "".join(words.replace("'", "").split()), validate=True
        )
        for each in runs(dockerfile)
        for words, path in _WRITTEN.findall(each.arguments)
    }


def labels(dockerfile: str) -> dict[str, str]:
    lines = [each.arguments for each in instructions(dockerfile) if each.name == "LABEL"]
    return dict(word.split("=", 1) for line in lines for word in shlex.split(line))


def made(language: str, *packages: str) -> Image:
    return image(language, packages, RESOURCES)


def environment(image: Image) -> dict[str, str]:
    lines = written_files(image.dockerfile)["/opt/daytona-validate/environment"].decode()
    return dict(line.split("=", 1) for line in lines.splitlines())
