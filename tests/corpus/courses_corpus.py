"""Shows that every fenced block of a folder of real pages is found, with its line and its bytes.

    python tests/corpus/courses_corpus.py PATH

PATH holds `courses.expected.json` and `courses/`. The rule of counting and the aliases are
those of that file, so languages are checked here that the package does not run.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from daytona_validate._courses.block import Block
from daytona_validate._courses.markdown import read_page

Found = tuple[str, int, str]
"""Language, 1-based line of the opening fence, hash of the content."""


def found_block(block: Block) -> Found:
    """Return what is compared of a block that was found."""
    content = hashlib.sha256(block.code.encode()).hexdigest()[:16]
    return block.language or "", block.location.line, content


def differences(page: str, blocks: list[Block], expected: list[dict[str, Any]]) -> list[str]:
    """Return one line for each block that is missing, and for each that should not be there."""
    have = {found_block(block) for block in blocks if block.language}
    wanted = {(each["language"], each["line"], each["sha256"]) for each in expected}
    lines = [f"{page}:{line}: {language} not found" for language, line, _ in wanted - have]
    return lines + [f"{page}:{line}: {language} too much" for language, line, _ in have - wanted]


def main(root: Path) -> int:
    """Compare every page below `root` and return the exit code."""
    expected = json.loads((root / "courses.expected.json").read_text())
    counts: Counter[str] = Counter()
    problems: list[str] = []
    pages = {name: page for name, page in expected["files"].items() if name.endswith(".md")}
    for name, page in pages.items():
        text = (root / "courses" / name).read_text()
        blocks = list(read_page(text, path=name, language_of=expected["aliases"].get).blocks)
        problems += differences(name, blocks, page["blocks"])
        if len(blocks) != page["fences_total"]:
            problems.append(f"{name}: {len(blocks)} fences instead of {page['fences_total']}")
        counts.update(block.language for block in blocks if block.language)
    print("\n".join(sorted(problems)))
    total = ", ".join(f"{language} {count}" for language, count in counts.most_common())
    print(f"{len(pages)} pages, {counts.total()} blocks ({total}), {len(problems)} differences")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
