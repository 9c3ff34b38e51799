"""No process of a snippet is there for the next: nor one that its own supervisor did not end.

What a program starts is ended with its run. What is tried here beyond that is started beside it,
under its user, as if it had escaped.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from daytona_validate._providers.daytona.envelope.reuse import SPENT, ReuseRefused
from used_container import IS_POSSIBLE, PYTHON, SNIPPET_ID, WHY_NOT, Container, said, used_container

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not IS_POSSIBLE, reason=WHY_NOT)]

ENDING = "end_users($until);"
LOOK = """
import os, re, socket
for each in filter(str.isdigit, os.listdir("/proc")):
    try:
        status = open(f"/proc/{each}/status").read()
        users = set(map(int, re.search(r"Uid:(.*)", status)[1].split()))
    except OSError:
        continue
    if not users <= {0, os.getuid()}: print(users)
for address in (("127.0.0.1", 4711), "\\0planted"):
    kind = socket.AF_INET if isinstance(address, tuple) else socket.AF_UNIX
    with socket.socket(kind) as end:
        if end.connect_ex(address) == 0: print("reached", address)
"""
BEGUN = "open('/tmp/begun', 'w').close()\n"
ESCAPED = {
    "one that ignores signals": f"""
import os, signal, time
refused = {{signal.SIGKILL, signal.SIGSTOP}}
for each in set(signal.Signals) - refused: signal.signal(each, signal.SIG_IGN)
os.fork() and os._exit(0); os.setsid(); os.fork() and os._exit(0)
{BEGUN}
while True: time.sleep(1)
""",
    "one that is always another": f"""
import os
{BEGUN}
while True:
    try:
        if os.fork(): os._exit(0)
    except OSError: pass  # too many that nobody has waited for yet
""",
    "many that are always others": f"""
import os
for _ in range(4): os.fork()
{BEGUN}
while True:
    try:
        if os.fork(): os._exit(0)
    except OSError: pass  # too many that nobody has waited for yet
""",
    "one that nobody may look at": f"""
import ctypes, time
assert ctypes.CDLL(None).prctl(4, 0, 0, 0, 0) == 0
{BEGUN}
while True: time.sleep(1)
""",
    "one whose first thread has ended": f"""
import ctypes, threading, time
threading.Thread(target=lambda: [time.sleep(1) for _ in iter(int, 1)]).start()
{BEGUN}
ctypes.CDLL(None).pthread_exit(None)
""",
    "one that stops whoever comes": f"""
import os, signal
{BEGUN}
while True:
    try: os.kill(-1, signal.SIGSTOP)
    except OSError: pass
""",
    "one that ends whoever comes": f"""
import os, signal
{BEGUN}
while True:
    try: os.kill(-1, signal.SIGKILL)
    except OSError: pass
""",
    "a server, and what it holds": f"""
import os, socket, time
held = [os.memfd_create("planted"), os.open("/work", os.O_PATH)]
for address in (("127.0.0.1", 4711), "\\0planted"):
    end = socket.socket(socket.AF_INET if isinstance(address, tuple) else socket.AF_UNIX)
    end.bind(address); end.listen(); held.append(end)
{BEGUN}
while True: time.sleep(1)
""",
    "a timer that writes again and again": f"""
import os, time
{BEGUN}
while True:
    try: open("/tmp/" + os.urandom(4).hex(), "w").close()
    except OSError: pass
    time.sleep(0.001)
""",
}
STARTED = f"""
setpriv --reuid {SNIPPET_ID} --regid {SNIPPET_ID} --clear-groups {PYTHON} - \
    </root/escaped.py >/dev/null 2>&1 &
for each in $(seq 1000); do ! [ -e /tmp/begun ] || exec echo begun; sleep 0.01; done
"""

each_escaped = pytest.mark.parametrize("program", ESCAPED.values(), ids=ESCAPED)


@pytest.fixture
def container() -> Iterator[Container]:
    with used_container() as made:
        yield made


def escape(container: Container, program: str) -> None:
    """Start a program beside the first use, as its user."""
    started = f"cat >/root/escaped.py <<'_'\n{program}_\n{STARTED}"
    assert container.execute(started) == "begun\n"


@each_escaped
def test_what_escaped_is_ended_before_the_next_use(container: Container, program: str) -> None:
    assert said(container.sh(1, "true")) == ""
    escape(container, program)
    assert said(container.python(2, LOOK)) == ""
    assert said(container.sh(3, "ls -A /tmp")) == ".daytona-validate\n"


@pytest.mark.parametrize("name", ["one that ignores signals", "one that nobody may look at"])
def test_it_would_be_there_if_nobody_ended_it(container: Container, name: str) -> None:
    said(container.sh(1, "true"))
    escape(container, ESCAPED[name])
    container.without = (ENDING,)
    assert f"{{{SNIPPET_ID}}}" in said(container.python(2, LOOK))


@pytest.mark.parametrize("name", [each for each in ESCAPED if "stops" not in each])
def test_what_a_program_leaves_running_costs_its_sandbox(container: Container, name: str) -> None:
    program = ESCAPED[name]
    start = f"import os\nif os.fork() == 0:\n  exec({program!r})\n"
    wait = "import time\nwhile not os.path.exists('/tmp/begun'): time.sleep(0.001)\n"
    answer = container.python(1, start + wait)
    assert answer.why_not in (SPENT["processes"], SPENT["signal"])
    with pytest.raises(ReuseRefused):
        container.sh(2, "true")
    assert str(SNIPPET_ID) not in container.execute("cat /proc/[0-9]*/status | grep ^Uid")
