"""Has Python write whole lines at once, as it does at a terminal, so that a kill loses none.

`python -u` would do so too, but what it writes it writes without a buffer: of a write that a
signal interrupts, the rest is then lost (3.11 to 3.14).
"""

import sys

if hasattr(sys.stdout, "reconfigure"):  # not if it is closed
    sys.stdout.reconfigure(line_buffering=True)
