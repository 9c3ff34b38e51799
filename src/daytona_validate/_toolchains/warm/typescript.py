"""The warm TypeScript compiler: which files it is asked about, and what of its answer is used.

It says whether a snippet's types are clean, and makes JavaScript of those that are, as `compile`
would in the snippet's own jail; there is no I/O here. `warm-check.cjs`, which runs the compiler and
esbuild, gives each request a project of its own and looks at what the compiler took into its
program. What is not CommonJS, or not as esbuild leaves it, is for `compile`.

Only modules are asked about that change nothing outside of themselves: without the word `declare`
and without directives there is no way to reach what all programs share. Names that a compiler might
pass over, or take for something else, are none of its.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from daytona_validate._core.reached_end import FILE as SECRET_FILE
from daytona_validate._models import Limits
from daytona_validate._toolchains.typescript import PREFIX
from daytona_validate._toolchains.warm.kind import Kind, Made
from daytona_validate._toolchains.warm.messages import Answer, request

MADE = "/tmp/.typescript"  # noqa: S108 - a folder inside the jail, not the host's
"""Where JavaScript is put; `compile`, `run` and `hook.cjs` name it too."""
MOST_FILES = 128
MOST_MADE_BYTES = 4 * 1024 * 1024
"""Over all files that are made of a snippet; the limit of one is that of the message."""
_NAME = re.compile(r"(?:[A-Za-z0-9][\w-]*/)*[A-Za-z0-9][\w-]*\.[cm]?ts", re.ASCII)
"""No dot before the suffix: what is named `x.d.ts` or `x.css.ts` may declare for others."""
_SCRIPT = re.compile(r"(?:[A-Za-z0-9][\w-]*/)*[A-Za-z0-9][\w-]*\.js", re.ASCII)
_MAP = re.compile(rb"//# sourceMappingURL=data:application/json;base64,[A-Za-z0-9+/]+=*\n\Z")
"""The end of what esbuild makes; without it the file was cut."""
_LEFT_OUT = frozenset({"node_modules", "bower_components", "jspm_packages"})
_REACHES_OUT = re.compile(rb"\bdeclare\b|\bglobal\b|///|\\u")
"""Ambient declarations, references to files, and any way to write such a word differently."""


def checkable(files: Mapping[str, bytes], _limits: Limits) -> bytes | None:
    """Return the request about a work folder, or None if it is for the cold compiler."""
    asked = {name: content for name, content in files.items() if name != SECRET_FILE}
    if all(map(_is_module, asked, asked.values())):
        return request("", asked)
    return None


def _is_module(name: str, content: bytes) -> bool:
    return (
        _NAME.fullmatch(name) is not None
        and _LEFT_OUT.isdisjoint(name.split("/"))
        and _REACHES_OUT.search(content) is None
        and _is_utf8(content)
    )


def _is_utf8(content: bytes) -> bool:
    try:
        return not content.decode().startswith("\ufeff")
    except UnicodeDecodeError:
        return False


def checked(answer: Answer, _limits: Limits) -> Made | None:
    """Return what is left to do after a clean answer: all but the check, or nothing."""
    made = answer.files
    if not made:
        return Made(files={}, command=("sh", f"{PREFIX}/compile", "{memory_mib}", "checked"))
    is_right = (
        "index.js" in made
        and len(made) <= MOST_FILES
        and sum(map(len, made.values())) <= MOST_MADE_BYTES
        and all(_SCRIPT.fullmatch(name) is not None for name in made)
        and all(_MAP.search(content) is not None for content in made.values())
    )
    if not is_right:
        return None
    return Made(files={f"{MADE}/{name}": content for name, content in made.items()})


TYPESCRIPT_COMPILER = Kind(
    argv=("node", f"{PREFIX}/warm-check.cjs"),
    limits=Limits(
        memory_mib=512,
        processes=128,
        open_files=512,
        disk_mib=32,
        # All that is made in its life.
        max_output_bytes=256 * 1024 * 1024,
    ),
    reserved_mib=512,
    pays_after=4,
    most_requests=400,
    most_mib=320,
    answer_s=5.0,
    wait_s=0.25,
    request=checkable,
    made=checked,
    entry_file="index.ts",
    proofs=(
        ("const words: string[] = ['a']; console.log(words.length);\n", True),
        ("const words: string[] = [1]; console.log(words.length);\n", False),
        ("console.log(process.argv.length, [1, 2].map((each) => each + 1));\n", True),
    ),
)
