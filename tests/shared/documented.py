"""What pages of the documentation promise: commands, programs, shown output, and tables."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PAGES = (README, *sorted((ROOT / "docs").glob("*.md")))
TEST_COMMAND = "<!-- test command -->"
_EXIT = re.compile(r"<!-- example: exit (\d(?:, \d)*) -->")
_PRINTS = re.compile(r"<!-- prints(, at its end)? -->")
_FILE = re.compile(r"<!-- file: (\S+) -->")
_APP = "<!-- app -->"
_REQUEST = re.compile(r"<!-- request: POST (\S+) (\{.*\}) -->")
_SECONDS = re.compile(r"\d+(?:\.\d+)?(?= s\b| seconds)")


@dataclass(frozen=True, slots=True)
class Fence:
    """Fenced block of a page, and the HTML comment before it."""

    page: Path
    line: int
    language: str
    code: str
    comment: str
    printed: str | None = None
    """What the page says that its first command, or the program, prints; None: nothing is said."""
    is_end: bool = False
    """Whether that is only the end of it."""

    @property
    def name(self) -> str:
        """Name of a test of it."""
        return f"{self.page.stem}-line{self.line}"

    @property
    def commands(self) -> list[tuple[str, int]]:
        """Return each command with its exit code."""
        found = _EXIT.fullmatch(self.comment)
        if found is None:
            return []
        lines = self.code.splitlines()
        codes = [int(each) for each in found[1].split(", ")]
        codes *= len(lines) if len(codes) == 1 else 1
        assert len(codes) == len(lines), self.name
        return list(zip(lines, codes, strict=True))

    @property
    def file(self) -> str | None:
        """The file that it shows."""
        found = _FILE.fullmatch(self.comment)
        return found[1] if found else None

    @property
    def is_app(self) -> bool:
        """Whether it is a web application, which is served and prints nothing."""
        return self.comment == _APP or "FastAPI(" in self.code

    @property
    def request(self) -> tuple[str, str] | None:
        """The path and the body of the request whose answer it is."""
        found = _REQUEST.fullmatch(self.comment)
        return (found[1], found[2]) if found else None

    def is_printed_by(self, stdout: str) -> bool:
        """Whether that is what was printed, but for seconds."""
        shown, found = without_seconds(self.printed or ""), without_seconds(stdout)
        return found.endswith(shown) if self.is_end else found == shown


def without_seconds(text: str) -> str:
    """Return a text in which all seconds are the same."""
    return _SECONDS.sub("N", text)


def fences(page: Path) -> list[Fence]:
    """Return the fenced blocks of a page; what one prints is with it and no block of its own."""
    found: list[Fence] = []
    comment = ""
    for token in MarkdownIt("commonmark").parse(page.read_text()):
        if token.type == "fence":
            line = (token.map or [0])[0] + 1
            if prints := _PRINTS.fullmatch(comment):
                last = found.pop()
                found.append(_with_output(last, token.content, is_end=prints[1] is not None))
            else:
                found.append(Fence(page, line, token.info, token.content, comment))
        comment = token.content.strip() if token.type == "html_block" else ""
        comment = comment.splitlines()[-1] if comment else ""
    return found


def _with_output(fence: Fence, printed: str, *, is_end: bool) -> Fence:
    return Fence(fence.page, fence.line, fence.language, fence.code, fence.comment, printed, is_end)


def ran(words: Sequence[str], folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder: the programs of this environment are those it finds first."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        words,
        cwd=folder,
        env=os.environ | {"PATH": path} | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def typed(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a line as a shell does."""
    return ran(["bash", "-c", f"set -o pipefail; {line}"], folder)


def table(page: Path, name: str) -> str:
    """Return the table that stands on a page under a name."""
    return _place(page.read_text(), name)[2]


def write_table(page: Path, name: str, text: str) -> None:
    """Put another table in the place of the one of a name."""
    before = page.read_text()
    place = _place(before, name)
    page.write_text(before[: place.start(2)] + text + before[place.end(2) :])


def _place(text: str, name: str) -> re.Match[str]:
    found = re.search(rf"(<!-- table: {name} -->\n)(.*?)(<!-- end of table -->)", text, re.DOTALL)
    assert found is not None, name
    return found
