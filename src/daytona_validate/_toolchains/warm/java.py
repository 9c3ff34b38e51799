"""The warm Java compiler: which files it is asked about, and what of its answer is used; no I/O.

It compiles as our compiler does in a snippet's own jail, with the same folders and names, and its
class files are put where that one would leave them. What is not as that one leaves it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from daytona_validate._core.languages.java import COMPILER_JVM, ENTRY_FILE, OUTPUT
from daytona_validate._core.reached_end import FILE as SECRET_FILE
from daytona_validate._models import Limits
from daytona_validate._toolchains.warm.kind import Kind, Made
from daytona_validate._toolchains.warm.messages import Answer, request

MOST_CLASSES = 128
MOST_CLASS_BYTES = 4 * 1024 * 1024
"""Over all class files of a snippet; the limit of one is that of the message."""
_SOURCE = re.compile(r"(?:[A-Za-z0-9_][\w-]*/)*[A-Za-z0-9_][\w-]*\.java", re.ASCII)
_CLASS = re.compile(r"(?:classes|end)/(?:[\w$]+/)*[\w$-]+\.class")
_MAGIC = b"\xca\xfe\xba\xbe"
_LEAST_CLASS_BYTES = 24
_RUN = re.compile(
    r"-Xms\d+m\n-Xmx\d+m\n-cp\n(?:{0}/end:)?{0}/classes:\.\n"
    r"(?:daytona_validate\.RunToEnd\n)?[\w$.]+\n".format(re.escape(OUTPUT))
)


def compilable(files: Mapping[str, bytes], limits: Limits) -> bytes | None:
    """Return the request about a work folder, or None if it is for the cold compiler.

    The secret of a run is not sent: it is only looked for by its name.
    """
    sources = {name: content for name, content in files.items() if name.endswith(".java")}
    if not all(map(_SOURCE.fullmatch, sources)):
        return None
    secret = {SECRET_FILE: b""} if SECRET_FILE in files else {}
    return request(str(limits.memory_mib), sources | secret)


def compiled(answer: Answer, _limits: Limits) -> Made | None:
    """Return what the jail of a run gets of a clean answer, if all of it is as it must be."""
    classes = {name: content for name, content in answer.files.items() if name != "run"}
    run = answer.files.get("run", b"").decode("utf-8", "replace")
    is_right = (
        0 < len(classes) <= MOST_CLASSES
        and sum(map(len, classes.values())) <= MOST_CLASS_BYTES
        and all(map(_is_class, classes, classes.values()))
        and _RUN.fullmatch(run) is not None
        and _main_class(run) in classes
    )
    if not is_right:
        return None
    return Made(files={f"{OUTPUT}/{name}": content for name, content in answer.files.items()})


def _is_class(name: str, content: bytes) -> bool:
    return (
        _CLASS.fullmatch(name) is not None
        and content.startswith(_MAGIC)
        and len(content) >= _LEAST_CLASS_BYTES
    )


def _main_class(run: str) -> str:
    return f"classes/{run.splitlines()[-1].replace('.', '/')}.class"


JAVA_COMPILER = Kind(
    argv=(*COMPILER_JVM, "WarmCompiler", ENTRY_FILE, OUTPUT),
    limits=Limits(
        memory_mib=512,
        processes=128,
        open_files=512,
        disk_mib=64,
        # All the class files of its life.
        max_output_bytes=256 * 1024 * 1024,
    ),
    reserved_mib=64,
    pays_after=4,
    most_requests=400,
    most_mib=384,
    answer_s=10.0,
    wait_s=0.6,
    request=compilable,
    made=compiled,
    entry_file=ENTRY_FILE,
    proofs=(
        ('public class Main { public static void main(String[] a) { int i = ""; } }\n', False),
        ('class Main { public static void main(String[] a) { System.out.println("a"); } }\n', True),
    ),
)
