"""End its own sandbox by a signal to pid 1, so that it seems to have ended in another way.

Happens: nothing.
Answer: still here
"""

import os
import signal

KEPT = (signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD, signal.SIGCONT)
for each in set(signal.Signals) - set(KEPT):
    os.kill(1, each)
# A new process is pid 1's affair as well: it comes and goes, as before.
if not os.fork():
    os._exit(0)
os.wait()
print("still here" if os.getppid() else "alone")
