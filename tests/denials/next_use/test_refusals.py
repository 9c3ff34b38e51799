"""Where it is not sure that a use begins as the first did, nothing is run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from daytona_validate._models import Stage
from daytona_validate._providers.daytona.envelope.answer import read_answer
from daytona_validate._providers.daytona.envelope.command import TimedCommand
from daytona_validate._providers.daytona.envelope.reuse import ReuseRefused
from used_container import IS_POSSIBLE, LIMITS, WHY_NOT, Container, said, used_container

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not IS_POSSIBLE, reason=WHY_NOT)]

# What root of the sandbox does between two uses: to what it stands for, and the refusal.
CHANGES = {
    "a folder in which everybody may remove": ("mkdir -m 777 /srv", "everybody may change"),
    "a file that everybody may write": ("echo >/etc/all; chmod 666 /etc/all", "everybody may"),
    "a folder of the group": (
        "mkdir -m 775 /srv; chgrp 64100 /srv",
        "everybody may change",
    ),
    "another name of a file of root's": (
        "echo secret >/root/secret; ln /root/secret /tmp/name",
        "has another name",
    ),
    "a full disk": ("head -c 250M /dev/zero >/root/big", "too little room"),
    "no names left": (
        "cd /root; perl -e 'for (1 .. 40000) { open my $f, q(>), $_ or last }'",
        "too little room|its disk is full",
    ),
    "a list of users that cannot be written": (
        "mount --bind /etc/passwd /etc/passwd; mount -o remount,bind,ro /etc/passwd",
        "the next id",
    ),
    "what is mounted in a folder of the program's": (
        "mkdir /tmp/its; chown 64100 /tmp/its; mount -t tmpfs none /tmp/its; chown 64100 /tmp/its",
        "could not be removed",
    ),
    "what was the user's before": (
        "mkdir /opt/its; chown 64100 /opt/its",
        "nobody has a copy",
    ),
    "no copy of what is programs' own": (
        "echo /opt/its >/opt/daytona-validate/belongings",
        "brought back",
    ),
}


@pytest.fixture
def container() -> Iterator[Container]:
    with used_container() as made:
        yield made


@pytest.mark.parametrize(("change", "says"), CHANGES.values(), ids=CHANGES)
def test_a_use_is_refused_before_anything_ran(container: Container, change: str, says: str) -> None:
    said(container.sh(1, "true"))
    container.execute(change)
    with pytest.raises(ReuseRefused, match=says):
        container.sh(2, "true")
    assert "ran" not in container.execute("ls -A /work")


@pytest.mark.thorough
@pytest.mark.parametrize(("change", "says"), CHANGES.values(), ids=CHANGES)
def test_a_third_use_is_refused_as_well(container: Container, change: str, says: str) -> None:
    """It looks only where programs can make files, once all was looked at."""
    if any(each in change for each in ("/srv", "/etc/all", "/opt/its;")):
        pytest.skip("what root makes later is not found: nothing but the supervisor is root there")
    said(container.sh(1, "true"))
    said(container.sh(2, "true"))
    container.execute(change.replace("64100", "64101"))
    with pytest.raises(ReuseRefused, match=says):
        container.sh(3, "true")


def test_looking_takes_no_longer_than_it_may(container: Container) -> None:
    said(container.sh(1, "true"))
    command = TimedCommand(Stage.RUN, ("true",), 20)
    script = container.script(2, command)
    hurried = script.replace(
        "my ($CLEANING_S, $SENDING_S) = (5, 0.2);", "my ($CLEANING_S, $SENDING_S) = (0, 0.2);"
    )
    assert hurried != script
    with pytest.raises(ReuseRefused, match="too long"):
        read_answer(container.execute(hurried), nonce=container.nonces[2], limits=LIMITS)


def test_a_folder_where_each_removes_only_his_own_is_looked_into(container: Container) -> None:
    container.execute(
        "mkdir -m 1777 /srv /srv/deep; mkdir -m 2775 /opt/others; chown 7:7 /opt/others"
    )
    for use in (1, 2, 3, 4):
        found = said(container.sh(use, "ls /srv /srv/deep; echo >/srv/mine; echo >/srv/deep/mine"))
        assert found.split() == ["/srv:", "deep", "/srv/deep:"]


def test_what_programs_own_in_the_snapshot_comes_back_as_it_was(container: Container) -> None:
    container.execute(
        "cd /opt; mkdir -p its daytona-validate.fresh/opt/its; echo data >its/file;"
        " chmod 600 its/file; chmod 700 its; ln -s /etc/passwd its/link;"
        " cp -a its/. daytona-validate.fresh/opt/its;"
        " chown -hR 64100:64100 its; chmod 700 daytona-validate.fresh;"
        " echo /opt/its >daytona-validate/belongings"
    )
    look = (
        "cd /opt/its; cat file; readlink link; stat -c %A%U%G . file; ls -A;"
        " echo more >>file; rm link; mkdir mine; chmod 0 ."
    )
    first, *others = (said(container.sh(use, look)) for use in (1, 2, 3))
    assert first.startswith("data\n/etc/passwd\n")
    assert others == [first, first]
    assert "root" in container.execute("stat -c %U /etc/passwd")
