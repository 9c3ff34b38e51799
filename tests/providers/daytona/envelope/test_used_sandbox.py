"""A sandbox used for several snippets, one after the other: each begins as the first did."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from daytona_validate._models import Limits, Stage
from daytona_validate._providers.daytona.envelope.answer import read_answer
from daytona_validate._providers.daytona.envelope.command import TimedCommand
from daytona_validate._providers.daytona.envelope.reuse import MOST_USES, SPENT, ReuseRefused
from daytona_validate._providers.daytona.envelope.supervisor import SOURCE
from used_container import IS_POSSIBLE, LIMITS, SNIPPET_ID, WHY_NOT, Container, said, used_container

if TYPE_CHECKING:
    from tests.providers.daytona.envelope.conftest import Box

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not IS_POSSIBLE, reason=WHY_NOT)]

# What a program sees of where it is, without what no two runs have in common. Columns are as wide
# as the longest: the kernel counts the processes of the whole machine as links of `/proc`.
LOOK = """\
pwd; ls -lA / /work /var /var/tmp /dev /dev/shm /dev/mqueue /run /run/lock /home |
    sed 's/... .. ..:..//; / proc$/d; s/  */ /g'
ls -A /tmp; echo ~ ~snippet; env | sort; id -un; id -gn; umask; ulimit -a; cat /proc/mounts
cat /proc/sysvipc/*; cut -d ' ' -f 2- /proc/net/unix
echo x >/work/mine; echo x >/tmp/mine; mkdir -p /var/tmp/a/b; ln -s /etc /dev/shm/etc
chmod 0 /work
"""


@pytest.fixture
def container() -> Iterator[Container]:
    with used_container() as made:
        yield made


def run(code: str) -> TimedCommand:
    return TimedCommand(Stage.RUN, ("sh", "-c", code), 20)


def test_each_use_finds_what_the_first_found(container: Container) -> None:
    first, *others = (said(container.sh(use, LOOK)) for use in (1, 2, 3))
    assert others == [first, first]


def test_each_use_has_an_id_of_its_own(container: Container) -> None:
    ids = [said(container.sh(use, "id -u; id -g; id -G")).split() for use in (1, 2, 3)]
    assert ids == [[str(SNIPPET_ID + at)] * 3 for at in range(3)]


def test_files_of_a_further_use_are_the_programs_own(container: Container) -> None:
    container.sh(1, "true")
    answer = container.run(
        2, run("cat in/it; echo more >>in/it; cat in/it"), files={"in/it": b"it\n"}
    )
    assert said(answer) == "it\nit\nmore\n"


@pytest.mark.parametrize("shell", ["bash", "dash", "zsh", "mksh", "busybox"])
def test_a_further_use_is_read_once_whatever_the_shell(container: Container, shell: str) -> None:
    """It is half read when the first process is forked."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    container.shell = "sh" if shell == "busybox" else shell
    container.session = ("busybox",) if shell == "busybox" else ()
    container.sh(1, "true")
    files = {f"{at}/{at}": bytes([at]) * 100_000 for at in range(3)}
    answer = container.run(2, run("ls; wc -c <0/0; cat 0/0 1/1 2/2 | cksum"), files=files)
    assert said(answer).split()[:4] == ["0", "1", "2", "100000"]
    assert said(answer).split()[-1] == "300000"


def test_who_sends_a_use_again_gets_its_first_answer(container: Container) -> None:
    first = container.script(1, run("echo 1"))
    second = container.script(2, run("echo 2"))
    answers = [container.execute(each) for each in (first, second)]
    assert [container.execute(each) for each in (first, second, first)] == [*answers, answers[0]]


def test_a_use_is_refused_before_the_one_before_it(container: Container) -> None:
    container.sh(1, "true")
    with pytest.raises(ReuseRefused, match="did not end well"):
        container.sh(3, "true")


def test_a_use_is_refused_while_the_one_before_it_runs(container: Container) -> None:
    container.execute("mkdir -m 700 /tmp/.daytona-validate")
    with pytest.raises(ReuseRefused, match="has not ended"):
        container.sh(2, "true")


def test_a_first_use_is_needed(container: Container) -> None:
    with pytest.raises(ReuseRefused, match="not used before"):
        container.sh(2, "true")


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("sleep 50 & true", "processes"),
        ("sleep 50", "limit"),
        ("kill -9 $$", "signal"),
        ("head -c 40000000 /dev/zero >big", "disk"),
    ],
)
def test_what_costs_a_sandbox_its_further_use(container: Container, code: str, word: str) -> None:
    answer = container.sh(1, code, timeout_s=1)
    assert answer.why_not == SPENT[word]
    with pytest.raises(ReuseRefused):
        container.sh(2, "true")


@pytest.mark.parametrize("folder", ["/tmp/bin", "/var/tmp", "/work/bin", "bin", "", "/root/link"])
def test_where_the_daemon_runs_what_others_leave_there_a_sandbox_is_used_once(
    container: Container, folder: str
) -> None:
    container.execute("ln -s ../tmp /root/link")
    container.path = f"{container.path}:{folder}"
    assert container.sh(1, "true").why_not == SPENT["path"]


@pytest.mark.parametrize("name", ["HOME", "ZDOTDIR", "BASH_ENV", "LD_LIBRARY_PATH"])
def test_where_the_daemons_shell_begins_with_what_others_leave_it_is_used_once(
    container: Container, name: str
) -> None:
    container.environment = {name: "/work"}
    assert container.sh(1, "true").why_not == SPENT["path"]


def test_in_the_network_of_the_organization_a_sandbox_is_used_once(container: Container) -> None:
    script = container.script(1, run("true")).replace("keeps_network 0", "keeps_network 1")
    answer = read_answer(container.execute(script), nonce=container.nonces[1], limits=LIMITS)
    assert answer.why_not == SPENT["network"]


def test_a_program_that_fails_costs_nothing(container: Container) -> None:
    assert container.sh(1, "echo no >&2; exit 3").may_be_used_again
    assert said(container.sh(2, "echo yes")) == "yes\n"


def test_a_server_that_a_command_leaves_for_the_next_costs_nothing(container: Container) -> None:
    start = TimedCommand(Stage.SETUP, ("sh", "-c", "(sleep 50 & sleep 50) &"), 20)
    for use in (1, 2):
        assert container.run(use, start, run("true")).may_be_used_again


def test_a_sandbox_of_one_user_is_used_once(shared_box: Box) -> None:
    script = shared_box.script(shared_box.command("true"))
    answer = read_answer(shared_box.send(script), nonce=shared_box.nonce, limits=Limits())
    assert answer.why_not == SPENT["unprivileged"]
    with pytest.raises(ReuseRefused, match="not root"):
        shared_box.run(shared_box.command("true"), use=2)


def test_the_supervisor_knows_as_many_uses() -> None:
    assert f"= ({SNIPPET_ID}, {MOST_USES});" in SOURCE.decode()
