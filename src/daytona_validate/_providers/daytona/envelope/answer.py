"""From what a run's script printed to what the run did."""

from __future__ import annotations

from daytona_validate._models import Execution, Limits


def read_answer(result: str, *, nonce: str, limits: Limits) -> Execution:
    """Return what the run did.

    Args:
        result: Everything that the script printed, and whatever else came with it.
        nonce: The one that was given to `run_script`.
        limits: As they were given there.

    Raises:
        SandboxLost: There is no whole answer, or it says that the program could not be judged.
        SandboxUnavailable: The sandbox is not made from a snapshot of ours.
    """
    raise NotImplementedError
