"""Which Linux gets wheels of the extras, and the sentence for one that does not."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from daytona_validate._jails.wheels import glibc_version, install_line, pip_of, wheels_refusal

SERVED = [("x86_64", "2.28"), ("x86_64", "2.36"), ("aarch64", "2.39"), ("aarch64", "3.0")]
REFUSED = {
    "musl": ("x86_64", None, "a C library that is not glibc, such as Alpine's musl"),
    "centos7": ("x86_64", "2.17", "glibc 2.17 (it has some for 2.28 and newer)"),
    "debian9": ("aarch64", "2.24", "glibc 2.24"),
    "riscv": ("riscv64", "2.39", "the processor riscv64 (it has some for x86_64 and aarch64)"),
    "unknown": ("x86_64", "unknown", "glibc unknown"),
}


@pytest.mark.parametrize(("machine", "glibc"), SERVED)
def test_these_get_wheels(machine: str, glibc: str) -> None:
    assert wheels_refusal(machine, glibc) is None


@pytest.mark.parametrize(("machine", "glibc", "why"), REFUSED.values(), ids=REFUSED)
def test_the_others_get_one_sentence(machine: str, glibc: str | None, why: str) -> None:
    refusal = wheels_refusal(machine, glibc)
    assert refusal is not None
    assert refusal.startswith(f"pip has no sandboxes for {why}")
    assert "DAYTONA_API_KEY" in refusal
    assert "\n" not in refusal


def test_glibc_tells_its_version_and_musl_does_not_know_the_question() -> None:
    def musl(name: str) -> str:
        raise ValueError(f"unrecognized configuration name {name}")

    assert glibc_version(lambda _: "glibc 2.36") == "2.36"
    assert glibc_version(lambda _: None) is None
    assert glibc_version(musl) is None


def test_the_pip_to_call_is_the_interpreter_s_own_and_not_the_shell_s(tmp_path: Path) -> None:
    own, shell = tmp_path / "my course" / "bin", tmp_path / "bin"
    for folder in (own, shell):
        folder.mkdir(parents=True)
    python, prefix = str(own / "python"), f"{tmp_path}/"
    (shell / "pip").touch(0o755)
    assert pip_of(python, search=str(shell), prefix=prefix) == "'my course/bin/python' -m pip"
    (own / "pip").touch(0o755)
    assert pip_of(python, search=str(shell), prefix=prefix) == "'my course/bin/pip'"
    assert pip_of(python, search="", prefix="/nowhere/") == f"'{own}/pip'"
    assert pip_of(python, search=f"{own}:{shell}", prefix=prefix) == "pip"


@pytest.mark.thorough
@pytest.mark.slow  # a whole pip
def test_the_line_that_installs_an_extra_calls_a_pip_that_knows_this_package() -> None:
    called = install_line("go").removesuffix(" install 'daytona-validate[go]'")
    told = subprocess.run(
        f"{called} show -q daytona-validate", shell=True, check=False, capture_output=True
    )
    assert told.returncode == 0, told.stderr
