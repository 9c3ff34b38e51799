"""The command line of bubblewrap, and the bounds that go with it."""

from __future__ import annotations

import shlex
from itertools import pairwise

import pytest

from daytona_validate._jails.ceilings import Ceilings, Highest, ceilings
from daytona_validate._jails.jail import (
    Base,
    Bind,
    Jail,
    JailDescriptors,
    SetupCommand,
    bwrap_argv,
)
from daytona_validate._jails.own_ids import OwnIds
from daytona_validate._models import Limits, Stage

BASE = Base(binds=(Bind("/host/lib", "/usr/lib"),), links=(("usr/lib", "/lib"),))
FREE = Highest(cpus=2)


def _bounds(limits: Limits, highest: Highest = FREE, *, counts: bool = True) -> Ceilings:
    return ceilings(
        limits, timeout_s=30, highest=highest, counts_memory=counts, counts_processes=counts
    )


def _argv(jail: Jail, *, stdin: int | None = None) -> list[str]:
    files = {path: 20 + n for n, path in enumerate(jail.files)}
    descriptors = JailDescriptors(status=10, block=11, seccomp=12, stdin=stdin, files=files)
    return bwrap_argv(jail, base=BASE, bounds=_bounds(jail.limits), descriptors=descriptors)


@pytest.mark.parametrize(
    "option",
    [
        "--unshare-user",
        "--unshare-pid",
        "--unshare-net",
        "--unshare-ipc",
        "--unshare-uts",
        "--unshare-cgroup",
        "--disable-userns",
        "--die-with-parent",
        "--new-session",
        "--clearenv",
    ],
)
def test_every_jail_is_shut_in(option: str) -> None:
    argv = _argv(Jail(argv=("true",), limits=Limits()))
    assert option in argv[: argv.index("--")]


def test_a_jail_with_users_waits_for_its_ids_and_has_open_folders() -> None:
    descriptors = JailDescriptors(
        status=10, block=11, seccomp=12, stdin=None, files={}, info_sink=13
    )
    jail = Jail(
        argv=("true",),
        limits=Limits(),
        binds=(Bind("/host/x", "/opt/a/x"),),
        ids=OwnIds(1_900_000_000),
    )
    argv = bwrap_argv(jail, base=BASE, bounds=_bounds(jail.limits), descriptors=descriptors)
    ours = argv[: argv.index("--")]
    assert "--disable-userns" not in ours
    for option, value in (("--userns-block-fd", "11"), ("--info-fd", "13"), ("--uid", "0")):
        assert (option, value) in pairwise(ours)
    folders = [after for before, after in pairwise(ours) if before == "--dir"]
    assert folders == ["/dev", "/opt", "/opt/a", "/usr"]
    assert ours.index("/opt/a") < ours.index("/opt/a/x")


def test_a_plain_users_jail_with_users_joins_a_namespace_that_has_them() -> None:
    descriptors = JailDescriptors(
        status=10, block=11, seccomp=12, stdin=None, files={}, namespace=9
    )
    jail = Jail(argv=("true",), limits=Limits(), ids=OwnIds(200_000))
    argv = bwrap_argv(jail, base=BASE, bounds=_bounds(jail.limits), descriptors=descriptors)
    ours = argv[: argv.index("--")]
    assert {"--unshare-user", "--disable-userns", "--userns-block-fd"}.isdisjoint(ours)
    assert {("--userns", "9"), ("--uid", "0"), ("--gid", "0")} <= set(pairwise(ours))


def test_no_jail_shares_the_network_one_with_a_door_neither() -> None:
    jail = Jail(argv=("true",), limits=Limits(), door=Bind("/cache/door", "/run/index"))
    for argv in (_argv(jail), _argv(Jail(argv=("true",), limits=Limits()))):
        assert "--unshare-net" in argv[: argv.index("--")]
    assert ("/cache/door", "/run/index") in set(pairwise(_argv(jail)))


def test_proc_and_the_root_are_made_read_only_after_they_are_filled() -> None:
    argv = _argv(Jail(argv=("true",), limits=Limits(), links=(("a", "/b"),)))
    assert argv.index("--remount-ro") == argv.index("--proc") + 2
    last = len(argv) - 1 - argv[::-1].index("--remount-ro")
    assert argv[last + 1] == "/"
    assert not {"--ro-bind", "--symlink", "--file", "--tmpfs"} & set(argv[last : argv.index("--")])


def test_what_tells_of_the_host_is_covered_in_a_proc_that_is_read_only_already() -> None:
    base = Base(binds=(), links=(), covers=(Bind("/dev/null", "/proc/cmdline"),))
    descriptors = JailDescriptors(status=10, block=11, seccomp=12, stdin=None, files={})
    jail = Jail(argv=("true",), limits=Limits())
    argv = bwrap_argv(jail, base=base, bounds=_bounds(jail.limits), descriptors=descriptors)
    at = argv.index("/proc/cmdline")
    assert argv[at - 4 : at] == ["--remount-ro", "/proc", "--ro-bind", "/dev/null"]


def test_nothing_of_the_host_is_bound_writable() -> None:
    argv = _argv(Jail(argv=("true",), limits=Limits(), binds=(Bind("/tools", "/opt"),)))
    assert {"--bind", "--dev-bind", "--bind-try", "--bind-fd"}.isdisjoint(argv)
    assert {"/dev", "/proc", "/"} == {b for a, b in pairwise(argv) if a == "--remount-ro"}


def test_the_program_comes_last_and_is_no_option() -> None:
    argv = _argv(Jail(argv=("--bind", "/", "/"), limits=Limits()))
    assert argv[-1] == "--bind / /"
    assert argv.index("--") < len(argv) - 1


def test_a_command_is_quoted_for_the_shell_that_starts_it() -> None:
    before = SetupCommand(Stage.COMPILE, ("cc", "$(id); '", "-o"), 1.0)
    argv = _argv(Jail(argv=("a b", "\n", "*"), limits=Limits(), before=(before,)))
    assert [shlex.split(each) for each in argv[-2:]] == [
        ["cc", "$(id); '", "-o"],
        ["a b", "\n", "*"],
    ]


def test_the_environment_is_the_jails_own_and_may_be_replaced() -> None:
    argv = _argv(Jail(argv=("true",), limits=Limits(), environment={"PATH": "/x", "A": "1"}))
    given = {argv[n + 1]: argv[n + 2] for n, each in enumerate(argv) if each == "--setenv"}
    assert given == {"HOME": "/work", "PATH": "/x", "LANG": "C.UTF-8", "A": "1"}


def test_files_come_by_descriptor_into_the_work_folder() -> None:
    argv = _argv(Jail(argv=("true",), limits=Limits(), files={"a.py": b"", "b/c.txt": b""}))
    given = [argv[n + 1 : n + 3] for n, each in enumerate(argv) if each == "--file"]
    assert given == [["20", "/work/a.py"], ["21", "/work/b/c.txt"]]


def test_stdin_is_a_file_where_there_is_any() -> None:
    with_stdin = _argv(Jail(argv=("true",), limits=Limits()), stdin=13)
    assert with_stdin[with_stdin.index("13") + 1] == "/run/stdin"
    assert "/run/stdin" not in _argv(Jail(argv=("true",), limits=Limits()))


def test_a_cgroup_is_met_before_the_bounds_of_each_process() -> None:
    limits = Limits(processes=10, memory_mib=100, disk_mib=8)
    bounds = _bounds(limits)
    assert bounds.processes is not None
    assert bounds.processes > limits.processes + 1
    assert bounds.data_kib is None
    assert bounds.stack_ceiling_kib is None


def test_without_cgroups_the_bounds_are_the_limits() -> None:
    bounds = _bounds(Limits(processes=10, memory_mib=100), counts=False)
    assert bounds.processes == 11  # the first process is one
    assert bounds.data_kib == 100 * 1024
    assert bounds.stack_ceiling_kib == 64 * 1024


def test_a_full_work_folder_is_met_before_the_largest_file() -> None:
    blocks = _bounds(Limits(disk_mib=8)).file_blocks
    assert blocks is not None
    assert blocks * 512 > 8 << 20


def test_nothing_is_asked_for_that_the_caller_has_not_got() -> None:
    """A shell that could not set a bound would not run the program."""
    highest = Highest(
        cpus=2,
        open_files=100,
        file_bytes=1 << 20,
        cpu_s=7,
        data_bytes=4096,
        stack_bytes=1 << 20,
        processes=5,
    )
    bounds = _bounds(Limits(), highest, counts=False)
    assert list(bounds.arguments()) == ["100", "2048", "7", "4", "1024", "1024", "5", "unlimited"]


def test_no_bound_reads_unlimited() -> None:
    assert list(_bounds(Limits()).arguments())[3] == "unlimited"


def test_files_beside_the_work_folder_are_the_snippet_s_as_those_in_it() -> None:
    jail = Jail(argv=("java",), limits=Limits(), made={"/tmp/.java/run": b"x"})
    descriptors = JailDescriptors(
        status=10, block=11, seccomp=12, stdin=None, files={"a": 13}, made={"/tmp/.java/run": 14}
    )
    argv = bwrap_argv(jail, base=BASE, bounds=_bounds(jail.limits), descriptors=descriptors)
    at = argv.index("/tmp/.java/run")
    assert argv[at - 4 : at] == ["--perms", "0644", "--file", "14"]
    assert argv.index("/tmp") < at < argv.index("--remount-ro", at)


def test_a_pipe_of_requests_is_the_program_s_stdin() -> None:
    jail = Jail(argv=("node",), limits=Limits())
    descriptors = JailDescriptors(
        status=10, block=11, seccomp=12, stdin=None, files={}, requests=13
    )
    argv = bwrap_argv(jail, base=BASE, bounds=_bounds(jail.limits), descriptors=descriptors)
    assert argv[argv.index("--") + 5] == "/proc/self/fd/13"
