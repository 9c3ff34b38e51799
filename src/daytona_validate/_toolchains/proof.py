"""Prove that a copied toolchain is the host's: ask it, in a jail, who it is.

A copy that runs is not enough: a program that loads another library than the original runs
as well, as another version, and nobody notices before the results are wrong.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from daytona_validate._errors import SandboxUnavailable, ToolchainMissing
from daytona_validate._jails.jail import Bind, Jail, Overlay
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limit, Limits, Stage, Step
from daytona_validate._reason import Reason
from daytona_validate._toolchains.record import Plan, Toolchain

PROOF_S = 60.0
_LIMITS = Limits(memory_mib=1024, processes=64, disk_mib=64)
_SHOWN_LENGTH = 80


async def proven_environment(
    runner: JailRunner,
    plan: Plan,
    binds: tuple[Bind, ...],
    *,
    title: str,
    required: Sequence[Toolchain] = (),
    overlays: tuple[Overlay, ...] = (),
    timeout_s: float = PROOF_S,
) -> Mapping[str, str]:
    """Return the environment under which the copy reports the host's facts.

    Args:
        runner: Starts the jail.
        plan: What to ask and what must be answered.
        binds: The copy.
        title: The toolchain's name for people.
        required: Toolchains that it needs to run.
        overlays: The parts of the copy that are seen writable.
        timeout_s: How long an answer may take.

    Raises:
        ToolchainMissing: Under none of the plan's environments it does; says what differs.
        SandboxUnavailable: No jail could be started, or there was no answer in time.
    """
    fault: str | None = None
    for environment in plan.environments:
        step = await runner.run(
            Jail(
                argv=plan.argv,
                limits=replace(_LIMITS, timeout_s=timeout_s),
                binds=(*(b for each in required for b in each.binds), *binds),
                overlays=overlays,
                links=(*(link for each in required for link in each.links), *plan.links),
                environment={k: v for each in required for k, v in each.environment.items()}
                | dict(environment),
            ),
            stage=Stage.SETUP,
            timeout_s=timeout_s,
        )
        if step.limit is Limit.TIMEOUT:  # tells of the machine, and nothing of the copy
            raise SandboxUnavailable(
                f"{title} did not answer within {timeout_s:g} s in a sandbox: this machine is too "
                "busy, or too slow. Try again.",
                reason=Reason.HOST_FAILED,
                retryable=True,
            )
        fault = fault_of(step, plan.expected, plan.libraries)
        if fault is None:
            return environment
    raise ToolchainMissing(
        f"The copy of {title} made for sandboxes is not the one of this host: {fault}. "
        f"No snippet was run with it; install another {title}, or report this as a bug."
    )


def fault_of(
    step: Step, expected: Mapping[str, object], libraries: Iterable[str] = ()
) -> str | None:
    """Return what is wrong with a toolchain's answer, or None if it is the expected one."""
    if step.exit_code != 0:
        ended = step.limit or (
            f"signal {step.signal}" if step.signal else f"exit code {step.exit_code}"
        )
        said = step.stderr.decode("utf-8", "replace").strip().splitlines()
        return f"it does not run in a sandbox ({said[-1] if said else ended})"
    try:
        reported = json.loads(step.stdout)
    except ValueError:
        reported = None
    if not isinstance(reported, dict):
        return f"it answered {_shown(step.stdout.decode('utf-8', 'replace'))}"
    difference = next(differences(expected, reported), None)
    mapped = reported.get("mapped_files")
    absent = [path for path in libraries if not isinstance(mapped, list) or path not in mapped]
    if difference is None and absent:
        return f"it does not load {_shown(', '.join(absent))}"
    return difference


def differences(expected: Mapping[str, object], reported: Mapping[str, object]) -> Iterator[str]:
    """Yield one line for each fact that is not as expected."""
    for name, value in expected.items():
        seen = reported.get(name)
        if isinstance(value, dict) and isinstance(seen, dict) and seen != value:
            inner = sorted(k for k in value.keys() | seen.keys() if value.get(k) != seen.get(k))
            yield f"{name} of {_shown(', '.join(inner))} differ"
        elif isinstance(value, list) and isinstance(seen, list) and seen != value:
            missing = sorted(set(map(str, value)) ^ set(map(str, seen)))
            yield f"{name} differ in {_shown(', '.join(missing))}"
        elif seen != value:
            yield f"{name} is {_shown(str(seen))} instead of {_shown(str(value))}"


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN_LENGTH else line[: _SHOWN_LENGTH - 1] + "…"
