"""Draw docs/check.svg: what `check` shows on a terminal for examples/mistakes.md.

    python docs/record_check.py

`tests/docs/test_recording.py` compares it with what `check` shows now.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "check.svg"
COMMAND = "daytona-validate check examples/mistakes.md --language python"


def shown() -> str:
    """Return what `check` writes to a terminal, in colours."""
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    settings = {"PATH": programs, "TERM": "xterm-256color", "DAYTONA_CACHE": "off"}
    terminal, program = os.openpty()
    with subprocess.Popen(
        COMMAND.split(),
        cwd=ROOT,
        env=os.environ | settings,
        stdin=subprocess.DEVNULL,
        stdout=program,
        stderr=subprocess.DEVNULL,
    ):
        os.close(program)
        text = b"".join(iter(lambda: _read(terminal), b""))
    os.close(terminal)
    return f"$ {COMMAND}\n{text.decode()}".replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # its other end is closed
        return b""


def main() -> None:
    """Write the picture."""
    with Path(os.devnull).open("w") as nowhere:
        console = Console(file=nowhere, record=True, width=100, force_terminal=True)
        console.print(Text.from_ansi(shown()))
    svg = console.export_svg(title="daytona-validate", unique_id="check")
    # Rich takes its font from a server; a picture asks none.
    PICTURE.write_text(re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    main()
