"""Read in `/proc/self/cgroup` where on the host it is counted, and so who started it.

Happens: every line ends at `/`: the names of its control groups are not to be seen.
Answer: []
"""

from pathlib import Path

lines = Path("/proc/self/cgroup").read_text().splitlines()
print([line for line in lines if not line.endswith(":/")])
