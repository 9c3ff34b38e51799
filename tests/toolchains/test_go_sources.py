"""Which of Go's sources are for other systems: as `go/build` decides (`goodOSArchFile`)."""

from __future__ import annotations

import pytest

from daytona_validate._toolchains.go_sources import is_for_others


@pytest.mark.parametrize(
    "name",
    [
        *("proc.go", "file_unix.go", "os_linux.go", "asm_amd64.s", "sys_linux_amd64.s"),
        *("windows.go", "arm64.s", "zz_generic.go", "linux_loong_linux.go", "a_test.go"),
        *("asm_ppc64x.h", "textflag_arm64.h", "race_arm64.syso", "x_windows.txt", "README"),
        *("windows_test.go", "windows_amd64.go", "zgoos_linux_test.go", "select_amd64_linux.go"),
    ],
)
def test_what_go_may_compile_here_is_for_here(name: str) -> None:
    assert not is_for_others(name, system="linux", processor="amd64")


@pytest.mark.parametrize(
    "name",
    [
        *("os_windows.go", "asm_arm64.s", "sys_windows_amd64.s", "sys_linux_arm64.s"),
        *("zgoarch_wasm.go", "x_js_wasm.go", "y_android_test.go", "a_b_darwin.go"),
        *("r_arm_linux_arm.go", "t_freebsd_386.go"),
    ],
)
def test_what_go_leaves_out_here_is_for_others(name: str) -> None:
    assert is_for_others(name, system="linux", processor="amd64")


def test_on_another_processor_its_own_files_are_for_here() -> None:
    assert not is_for_others("asm_arm64.s", system="linux", processor="arm64")
    assert is_for_others("asm_amd64.s", system="linux", processor="arm64")
