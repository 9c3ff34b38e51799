"""Headless Chromium, used by a script of Node's that prints what it sees as JSON."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

_CHROMIUM, _NODE, _NPM = (shutil.which(name) for name in ("chromium", "node", "npm"))
PLAYWRIGHT = "playwright-core@1"
MARKS = (
    pytest.mark.slow,
    pytest.mark.network,
    pytest.mark.timeout(300),
    pytest.mark.skipif(
        not (_CHROMIUM and _NODE and _NPM),
        reason="chromium, node or npm is not installed: apt-get install chromium nodejs npm",
    ),
)


def seen_by(script: Path, *words: str, folder: Path, packages: tuple[str, ...]) -> Any:
    """Return what a script says of a page.

    Args:
        script: It is given the browser, the folder of its packages and then the words.
        words: Which page, and what else it wants to know.
        folder: An empty one, where its packages are installed.
        packages: What it needs of npm's index.
    """
    (folder / "package.json").write_text("{}")
    install = (str(_NPM), "install", "--silent", "--no-audit", "--no-fund", *packages)
    quiet = {**os.environ, "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1"}
    subprocess.run(install, cwd=folder, env=quiet, check=True, timeout=120)
    command = (str(_NODE), str(script), str(_CHROMIUM), str(folder / "node_modules"), *words)
    looked = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)
    assert looked.returncode == 0, looked.stderr
    return json.loads(looked.stdout)
