"""Which of Go's sources are for other systems or processors, by name: a third of all files.

Go itself decides by the ending of a file's name, before it looks into the file.
"""

from __future__ import annotations

_SYSTEMS = (
    "aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 "
    "solaris wasip1 windows zos"
)
_PROCESSORS = (
    "386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 "
    "mips64p32le ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm"
)
_KNOWN_SYSTEMS, _KNOWN_PROCESSORS = frozenset(_SYSTEMS.split()), frozenset(_PROCESSORS.split())
_COMPILED = (".go", ".s")
"""Others, such as headers, are named in files that are."""


def is_for_others(name: str, *, system: str, processor: str) -> bool:
    """Whether Go leaves a file out where it compiles for a system and a processor.

    Args:
        name: As `proc_windows_arm64.go`.
        system: As Go names it, such as `linux`.
        processor: As Go names it, such as `amd64`.
    """
    stem, _, ending = name.partition(".")
    if f".{ending}" not in _COMPILED:
        return False
    words = stem.split("_")[1:]  # what stands first is a name of its own: `windows.go` is for all
    if words[-1:] == ["test"]:
        words.pop()
    ours = {system, processor}
    last = words[-1:]
    if last and last[0] in _KNOWN_PROCESSORS and words[-2:-1] and words[-2] in _KNOWN_SYSTEMS:
        return not set(words[-2:]) <= ours
    return bool(last) and last[0] in _KNOWN_SYSTEMS | _KNOWN_PROCESSORS and last[0] not in ours
