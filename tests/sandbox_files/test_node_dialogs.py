"""The preload that answers a browser's dialogs in code from pages, without a sandbox."""

from __future__ import annotations

from pathlib import Path

import pytest

from .node_program import run_node

PROGRAMS = {
    "alert": (
        "alert('a'); alert(); alert(null); alert({}); alert(1, 2)",
        "a\n\nnull\n[object Object]\n1\n",
    ),
    "confirm": ("console.log(confirm('sure?'))", "sure?\ntrue\n"),
    "prompt": ("console.log([prompt('name?'), prompt('age?', 5)])", "name?\nage?\n[ '', '5' ]\n"),
    "own_const": ("const alert = (x) => console.log('own', x); alert(1)", "own 1\n"),
    "own_function": ("function alert(x) { console.log('own', x) } alert(1)", "own 1\n"),
    "own_global": ("globalThis.alert = () => console.log('own'); alert()", "own\n"),
    "own_in_a_module": ("import 'fs'; let prompt = 'p'; console.log(prompt)", "p\n"),
    "not_listed": ("console.log(Object.keys(globalThis).includes('alert'))", "false\n"),
    "not_loaded": ("console.log(Object.keys(require.cache).length)", "1\n"),
}


@pytest.mark.parametrize(("code", "output"), PROGRAMS.values(), ids=PROGRAMS)
def test_dialogs_are_printed_and_answered(tmp_path: Path, code: str, output: str) -> None:
    (tmp_path / "index.js").write_text(code)
    done = run_node(tmp_path, "index.js", preloads=("dialogs",))
    assert (done.stdout, done.stderr, done.returncode) == (output, "", 0)
