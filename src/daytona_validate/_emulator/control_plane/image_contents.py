"""What a Dockerfile asks for, as far as a host without Docker can give it. Pure.

Three things are read: the LABELs that this package's own Dockerfiles carry, the image of the last
FROM, and the files that a RUN writes from base64 into the folder where an image tells about itself.
Nothing is ever built from the other lines.
"""

from __future__ import annotations

import base64
import re
import shlex
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._emulator.machines.folders import ABOUT
from daytona_validate._emulator.refusals import HttpRefusal

LANGUAGE_LABEL = "daytona-validate.language"
PACKAGES_LABEL = "daytona-validate.packages"
DEFAULT_LANGUAGES = ("python", "javascript", "typescript")
"""What Daytona's own images have, of the languages in the table."""

_WRITTEN = re.compile(
    r"printf %s\s+((?:[A-Za-z0-9+/=]+\s+)*)\| base64 -d( \| gzip -d)? "
    rf">{ABOUT}/([\w-][\w.-]*)(?!\S)"
)
_MOST = 1024 * 1024
"""Bytes of such a file that was compressed."""
_OWN_IMAGE = "daytonaio/sandbox"
_TAG = re.compile(r"(?P<name>[^@]*?)(?P<tag>:[^/:@]+)?(?P<digest>@.+)?")


@dataclass(frozen=True, slots=True)
class Contents:
    """What a snapshot holds."""

    languages: tuple[str, ...]
    """Names from the table of languages."""
    packages: tuple[str, ...] = ()
    about: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    """Name to content of files in `ABOUT`."""


@lru_cache(maxsize=64)
def contents_of_dockerfile(text: str) -> Contents:
    """Return what a Dockerfile's snapshot holds.

    Raises:
        HttpRefusal: The Dockerfile has no FROM, asks for what is not in the table of languages, or
            writes a file from what is no base64.
    """
    labels: dict[str, str] = {}
    about: dict[str, bytes] = {}
    image = ""
    for instruction, rest in _instructions(text):
        if instruction == "FROM":
            image = next((word for word in rest.split() if not word.startswith("--")), "")
        elif instruction == "LABEL":
            labels |= _labels(rest)
        elif instruction == "RUN":
            about |= dict(_written(rest))
    if not image:
        raise HttpRefusal(400, "The Dockerfile has no FROM")
    return replace(_labelled(labels) or contents_of_image(image), about=about)


def contents_of_image(image: str) -> Contents:
    """Return what an image holds.

    Raises:
        HttpRefusal: The image is none of those in the table of languages.
    """
    name = _name(image)
    if name == _OWN_IMAGE:
        return Contents(DEFAULT_LANGUAGES)
    for language in LANGUAGES.values():
        if name in (_name(language.image), _name(language.pulled_as or language.image)):
            return Contents((language.name,))
    known = sorted({each.pulled_as or each.image for each in LANGUAGES.values()})
    raise HttpRefusal(
        400,
        f"The emulator has no Docker and knows no image {image!r}; it has local toolchains in "
        f"place of {', '.join(known)} (any tag) and {_OWN_IMAGE}",
    )


def image_refusal(image: str) -> str | None:
    """Return why an image's name is not accepted for a snapshot, or None if it is."""
    parts = _TAG.fullmatch(image)
    if not image or parts is None or not parts["name"]:
        return "Image name is required"
    if not parts["tag"] and not parts["digest"]:
        return "Image name must include a tag (e.g., ubuntu:22.04) or digest (@sha256:...)"
    if parts["tag"] == ":latest":
        return "Images with tag ':latest' are not allowed"
    return None


def _labelled(labels: Mapping[str, str]) -> Contents | None:
    language = labels.get(LANGUAGE_LABEL)
    if language is None:
        return None
    if language not in LANGUAGES:
        raise HttpRefusal(400, f"{LANGUAGE_LABEL}={language!r} is none of {', '.join(LANGUAGES)}")
    return Contents((language,), tuple(labels.get(PACKAGES_LABEL, "").split()))


def _instructions(text: str) -> Iterator[tuple[str, str]]:
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\[ \t]*\n", " ", "\n".join(lines))
    for line in joined.splitlines():
        instruction, _, rest = line.strip().partition(" ")
        if rest:
            yield instruction.upper(), rest.strip()


def _labels(rest: str) -> dict[str, str]:
    try:
        words = shlex.split(rest)
    except ValueError:  # an unclosed quote, in whatever we misread as a label
        return {}
    return {name: value for name, _, value in (word.partition("=") for word in words)}


def _written(rest: str) -> Iterator[tuple[str, bytes]]:
    for words, is_packed, name in _WRITTEN.findall(rest):
        try:
            content = base64.b64decode("".join(words.split()), validate=True)
            if is_packed:
                content = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(content, _MOST)
        except (ValueError, zlib.error) as error:
            raise HttpRefusal(400, f"{ABOUT}/{name} cannot be written: {error}") from error
        yield name, content


def _name(image: str) -> str:
    parts = _TAG.fullmatch(image)
    name = parts["name"] if parts else image
    return name.removeprefix("docker.io/").removeprefix("library/")
