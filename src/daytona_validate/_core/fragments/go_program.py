"""A Go program around a fragment: what the block does not say, and each of its lines as it stands.

The block's lines keep their numbers by Go's own `//line` directives, in the compiler's messages and
in tracebacks; what was put around is `around.go` to the compiler, so that neither can be taken for
the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from daytona_validate._core.fragments.go_page import GoTaken, imported_names, standard_imports
from daytona_validate._core.fragments.go_source import GoChunk, GoSource
from daytona_validate._core.languages.go import GO

AROUND = "around.go"
_TEST = re.compile(r"(?:Test|Fuzz|Benchmark|Example)(?![a-z])")


@dataclass(frozen=True, slots=True, kw_only=True)
class GoPlan:
    """Plan of a completion: what is put around a Go block, and what is mended in it."""

    source: GoSource
    earlier: tuple[GoSource, ...] = ()
    taken: GoTaken | None = None
    """What comes from earlier blocks; None: nothing was tried yet."""
    imports: frozenset[str] = frozenset()
    """Paths of standard packages."""
    variables: frozenset[str] = frozenset()
    """Names that look like those of packages, and are none."""
    results: int = 0
    """Values that the statements return."""
    insertions: tuple[tuple[int, str], ...] = ()
    """Text put into the code: where, and what; never with a line end."""
    used: tuple[str, ...] = ()
    """Variables that the statements make and never use."""

    @property
    def is_fragment(self) -> bool:
        """Whether the block has no package clause, and so is no program by itself."""
        return self.source.package is None

    @property
    def has_statements(self) -> bool:
        """Whether there are statements to run."""
        return self.is_fragment and bool(self.source.of_kind("statement"))

    @property
    def has_main(self) -> bool:
        """Whether the block has a main function of its own."""
        return any("main" in each.names for each in self.source.of_kind("func"))

    @property
    def tests(self) -> tuple[GoChunk, ...]:
        """Return the block's tests."""
        return tuple(f for f in self.source.of_kind("func") if _TEST.match(f.names[0]))

    @property
    def has_something_to_run(self) -> bool:
        """Whether a pass means that code of the block ran."""
        return self.has_statements or self.has_main or bool(self.tests)


def _paths(source: GoSource) -> frozenset[str]:
    return frozenset(name for each in source.of_kind("import") for name in each.names)


def first_plan(source: GoSource, earlier: tuple[GoSource, ...]) -> GoPlan:
    """Return what is tried first: a fragment's standard imports, if it shows no import itself."""
    imports = frozenset[str]()
    if source.package is None and not source.of_kind("import"):
        others = {name for each in earlier for name in imported_names(each)}
        own = frozenset(name for each in earlier for name in _paths(each))
        imports = frozenset(
            path
            for path in standard_imports(source.chunks)
            if path in own or path.rpartition("/")[2] not in others
        )
    return GoPlan(source=source, earlier=earlier, imports=imports)


def note(plan: GoPlan) -> str:
    """Return what was put around the block, for people."""
    parts: list[str] = []
    if plan.is_fragment:
        parts.append("package main")
        if not plan.has_main and not (plan.tests and not plan.has_statements):
            parts.append("func main")
    if plan.imports:
        parts.append(f"import of {', '.join(sorted(plan.imports))}")
    if plan.used:
        parts.append(f"_ = {', '.join(plan.used)}")
    if plan.insertions:
        parts.append("_ for what is not used")
    if plan.taken is not None:
        parts.append(f"{', '.join(plan.taken.names)} of earlier blocks")
    return ", ".join(parts)


def program(plan: GoPlan) -> str:
    """Return the main file of a plan."""
    if not plan.is_fragment:
        return plan.source.code
    taken = plan.taken
    paths = plan.imports | (taken.imports if taken is not None else frozenset())
    lines = [f"//line {AROUND}:1", "package main", *(f'import "{path}"' for path in sorted(paths))]
    lines += _slices(plan, plan.source.of_kind("import"))
    lines += _slices(plan, tuple(each for each in plan.source.chunks if _is_outside(each, plan)))
    lines.append(f"//line {AROUND}:1")
    if plan.has_statements:
        lines += _main(plan)
    elif not plan.has_main and not plan.tests:
        lines.append("func main() {}")
    return "\n".join([*lines, ""])


def _main(plan: GoPlan) -> Iterator[str]:
    results = ", ".join(["_ any"] * plan.results)
    yield f"func fragment() ({results}) {{" if plan.results else "func main() {"
    yield from plan.taken.statements if plan.taken is not None else ()
    yield "{"
    inside = tuple(
        each for each in plan.source.chunks if each.kind != "import" and not _is_outside(each, plan)
    )
    yield from _slices(plan, inside)
    yield f"//line {AROUND}:1"
    yield from (f"_ = {name}" for name in plan.used)
    yield "}"
    if plan.results:
        yield "return"
    yield "}"
    if plan.results:
        yield "func main() { fragment() }"


def _is_outside(chunk: GoChunk, plan: GoPlan) -> bool:
    """Whether a chunk stands beside the main function."""
    if chunk.kind == "func":
        return True
    if chunk.kind not in ("type", "var", "const"):
        return False
    if not plan.has_statements:
        return True
    # Functions see it only there; but what comes after a statement may need what that made.
    statements = plan.source.of_kind("statement")
    comes_first = chunk.start < statements[0].start
    return bool(plan.source.of_kind("func")) and (comes_first or chunk.kind != "var")


def _slices(plan: GoPlan, chunks: tuple[GoChunk, ...]) -> Iterator[str]:
    """Yield chunks as they stand, each with its own line numbers."""
    for chunk in chunks:
        line, column = plan.source.line(chunk.start), plan.source.column(chunk.start)
        yield f"//line {GO.entry_file}:{line}:{column}"
        yield _text(plan, chunk)


def _text(plan: GoPlan, chunk: GoChunk) -> str:
    code, start = plan.source.code, chunk.start
    parts: list[str] = []
    for position, text in sorted(plan.insertions):
        if start <= position < chunk.end:
            parts += [code[start:position], text]
            start = position
    return "".join([*parts, code[start : chunk.end]])
