"""What only a build knows of the package: its page's links, and which extras fit the C library.

A build in a repository's workflow knows its address, by two variables. Any other leaves addresses
out and links as they are: relative ones, which lead nowhere from the page. The page of a release
shows how to install that, where the README shows how to use a copy.

A copy is built where it is installed. So on a Linux whose C library has no wheels of what local
sandboxes need, its extras leave that out, as they do on other systems; the tool says the rest when
it is used. The wheels of a release are made by `.ci/linux_wheels.py`.
"""

from __future__ import annotations

import os
import re
import runpy
import sys
from pathlib import Path

from hatchling.metadata.plugin.interface import MetadataHookInterface

COPY = re.compile(
    r"<!-- until the first release -->\n.*?<!-- from the first release on\n(.*?)-->\n", re.DOTALL
)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
ON_LINUX = "sys_platform == 'linux'"
"""In the markers of what has wheels for some Linux only."""


class WhatABuildKnows(MetadataHookInterface):
    """Fills in `readme`, `urls` and `optional-dependencies`."""

    def update(self, metadata: dict[str, object]) -> None:
        """Add them to the metadata.

        Args:
            metadata: That of pyproject.toml, which is changed.
        """
        metadata["readme"] = {"content-type": "text/markdown", "text": self._page(metadata)}
        metadata["optional-dependencies"] = {
            extra: [each for each in needs if ON_LINUX not in each or self._has_wheels()]
            for extra, needs in self.config["optional-dependencies"].items()
        }

    def _page(self, metadata: dict[str, object]) -> str:
        """Return the package page; its addresses become metadata, where they are known."""
        text, found = COPY.subn(r"\1", Path(self.root, "README.md").read_text(encoding="utf-8"))
        if found != 1:
            raise ValueError("README.md has no place for what a release is installed with")
        server, name = os.environ.get("GITHUB_SERVER_URL"), os.environ.get("GITHUB_REPOSITORY")
        if server and name:
            home = f"{server}/{name}"
            text = LINK.sub(rf"]({home}/blob/v{metadata['version']}/\1", text)
            metadata["urls"] = {
                "Source": home,
                "Documentation": f"{home}/tree/main/docs",
                "Changelog": f"{home}/blob/main/CHANGELOG.md",
                "Issues": f"{home}/issues",
            }
        return text

    def _has_wheels(self) -> bool:
        """Return whether they are for this machine, as the tool itself decides it; or not Linux."""
        decides = Path(self.root, "src", "daytona_validate", "_jails", "wheels.py")
        return sys.platform != "linux" or runpy.run_path(str(decides))["refusal_here"]() is None
