"""The spellings of marks, as tables: ours, and those of the tools that authors test pages with.

A spelling is looked up in lower case, with `-` for `_`, and without the dot of a class. Where one
word means two things to two tools, that stands here which leaves less out.
"""

from __future__ import annotations

from enum import Enum, auto


class Mark(Enum):
    """Kind of a mark."""

    SKIP = auto()
    CHECK_ONLY = auto()
    SHOULD_FAIL = auto()
    CONTINUES = auto()
    STANDS_ALONE = auto()
    TIMEOUT = auto()
    ID = auto()
    FILE = auto()
    SESSION = auto()
    REQUIRES = auto()


WORDS = {
    **dict.fromkeys((
        "skip", "skipped", "notest", "no-test", "skip-test", "skip-tests", "skip-next", "mark.skip",
        "ignore",  # rustdoc, Deno
        "no-eval", "noeval",
        "skip-execution",  # MyST-NB
        "nbval-skip",
        "noexec", "no-exec",
    ), Mark.SKIP),
    **dict.fromkeys((
        "no-run", "norun", "dont-run",  # rustdoc: it is compiled all the same
        "check-only", "compile-only", "typecheck", "typecheck-only",
    ), Mark.CHECK_ONLY),
    **dict.fromkeys((
        "should-fail", "expect-error", "expected-error", "expect-failure", "xfail", "mark.xfail",
        "raises", "throws",
        "should-panic", "compile-fail",  # rustdoc
        "raises-exception", "nbval-raises-exception",  # Jupyter
    ), Mark.SHOULD_FAIL),
    **dict.fromkeys((
        "continuation",  # pytest-markdown-docs
        "cont",  # pytest-codeblocks
        "continue", "continues", "continued",
    ), Mark.CONTINUES),
    **dict.fromkeys(("standalone", "stand-alone", "stands-alone", "isolated"), Mark.STANDS_ALONE),
}  # fmt: skip
"""Words that say it alone, or with a value that means yes."""

VALUES = {
    **dict.fromkeys(("timeout", "timeout-s"), Mark.TIMEOUT),
    **dict.fromkeys(("id", "label"), Mark.ID),
    **dict.fromkeys(("title", "filename", "file", "file-name", "path", "caption"), Mark.FILE),
    **dict.fromkeys(("session", "group"), Mark.SESSION),
    "requires": Mark.REQUIRES,  # pytest-examples
    **{word: mark for word, mark in WORDS.items() if mark is Mark.SHOULD_FAIL},
    "error": Mark.SHOULD_FAIL,  # Quarto and knitr
}
"""Keys whose value says it."""

DENIED = {
    **dict.fromkeys((
        "eval", "test", "run", "exec", "execute",
        "execute.eval", "execute.enabled",  # Quarto, for a page
        "mystnb.execution-mode",
    ), Mark.SKIP),
}  # fmt: skip
"""Keys that leave a block out where their value means no."""

PAGE_KEYS = frozenset({
    "execute.eval", "execute.enabled", "mystnb.execution-mode",
    "notest", "skip-test", "skip-execution",
})  # fmt: skip
"""Keys of front matter that count for all blocks of a page; others are its builder's."""

OWN = ("daytona-validate", "daytona")
"""What our own comments and keys of front matter begin with."""

PEERS = (
    "pytest.mark", "pytest-codeblocks", "pytest-markdown-docs", "pytest", "phmdoctest",
    "markdown-pytest", "sybil", "doctest", "mdtest", "test", "code", "snippet",
)  # fmt: skip
"""What comments of peers may begin with, before a word that says it."""

FILLERS = frozenset({"", "next", "this", "block", "code", "snippet", "cell", "true", "yes"})
"""Words that a comment may add without changing what it says: `skip: next`."""

YES = frozenset({"", "true", "t", "yes", "y", "on", "1", "next", "this", "always"})
NO = frozenset({"false", "f", "no", "n", "off", "0", "skip", "never", "none"})

FILE_SUFFIXES = frozenset({
    "py", "pyi", "js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx", "go", "java", "sql", "psql",
    "pgsql", "json", "jsonl", "csv", "txt", "toml", "ini", "cfg", "yaml", "yml", "html", "css",
    "xml", "md", "mod",
})  # fmt: skip
"""Suffixes with which a title is the name of a file, and no heading."""
