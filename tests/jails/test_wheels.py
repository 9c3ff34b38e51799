"""Which Linux gets wheels of the extras, and the sentence for one that does not."""

from __future__ import annotations

import pytest

from daytona_validate._jails.wheels import glibc_version, wheels_refusal

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
