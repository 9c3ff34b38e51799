"""What TypeScript code declares without making it, so that its types can be shown: `declare …`.

Such a program is checked in full, and cannot be run beyond the first use of what is not there.
"""

from __future__ import annotations

import re

_KINDS = r"(?:function|const|let|var|class|abstract[ \t]+class|enum|const[ \t]+enum|namespace)"


def only_declares(code: str, name: str) -> bool:
    """Return whether code says that something of this name is made elsewhere."""
    declared = rf"^[ \t]*(?:export[ \t]+)?declare[ \t]+{_KINDS}[ \t]+{re.escape(name)}(?![\w$])"
    return re.search(declared, code, re.MULTILINE) is not None
