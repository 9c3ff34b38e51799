"""See variables of who validates, such as keys: in its own environment or that of another process.

Happens: it has none of them.
Answer: []
"""

from pathlib import Path

found = []
for place in Path("/proc").glob("[0-9]*/environ"):
    try:
        found += [place] if b"DENIAL_CANARY" in place.read_bytes() else []
    except OSError:
        continue
print(found)
