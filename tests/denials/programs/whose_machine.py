"""Learn from the paths that Python knows, or names in tracebacks, whose machine this is.

Happens: the library stands where it says nothing, in compiled modules and libraries as well.
Answer: []
"""

import json
import re
import sys
import sysconfig
import traceback
from pathlib import Path

# Not Barney's, who has a folder in the examples of Python 3.12's ntpath: 'C:/Users/Barney'.
HOMES = re.compile(rb"(?<!'[A-Z]:)/(?:home|root|Users)/[\w.-]+[\w./-]*")


def traced() -> str:
    try:
        json.loads("{")
    except ValueError:
        return traceback.format_exc()
    return ""


def texts() -> list[bytes]:
    told = (traced(), repr(sys.path), repr(sysconfig.get_config_vars()), repr(vars(sys)))
    maps = Path("/proc/self/maps").read_text()
    library = Path(json.__file__).parent.parent
    compiled = [each.read_bytes() for each in library.rglob("*.pyc")]
    mapped = {line.split(maxsplit=5)[5] for line in maps.splitlines() if "/lib" in line}
    libraries = [Path(each).read_bytes() for each in mapped if "python" in each]
    return [*(each.encode() for each in (*told, maps)), *compiled, *libraries]


print(sorted({found.decode() for text in texts() for found in HOMES.findall(text)}))
