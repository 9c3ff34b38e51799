"""Have the kernel end other programs of the host first when memory runs out (`oom_score_adj`).

Happens: its own is the highest there is, and cannot be written.
Answer: 1000 OSError
"""

from pathlib import Path

score = Path("/proc/self/oom_score_adj")
try:
    score.open("w").close()  # only opened
    refused = "opened"
except OSError:
    refused = "OSError"
print(score.read_text().strip(), refused)
