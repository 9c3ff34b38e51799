"""The package page: the README with links that lead somewhere from there, and where those are.

A build in a repository's workflow knows its address, by two variables. Any other leaves addresses
out and links as they are: relative ones, which lead nowhere from the page. The page of a release
shows how to install that, where the README shows how to use a copy.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from hatchling.metadata.plugin.interface import MetadataHookInterface

COPY = re.compile(
    r"<!-- until the first release -->\n.*?<!-- from the first release on\n(.*?)-->\n", re.DOTALL
)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


class PackagePage(MetadataHookInterface):
    """Fills in `readme` and `urls`."""

    def update(self, metadata: dict[str, object]) -> None:
        """Add both to the metadata.

        Args:
            metadata: That of pyproject.toml, which is changed.
        """
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
        metadata["readme"] = {"content-type": "text/markdown", "text": text}
