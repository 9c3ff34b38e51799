"""Asyncio machinery that knows nothing of sandboxes; it also keeps our log silent by default."""

from __future__ import annotations

import logging

# Without a handler, Python prints a library's warnings to stderr. Only an application may.
logging.getLogger("daytona_validate").addHandler(logging.NullHandler())
