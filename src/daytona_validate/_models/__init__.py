"""The frozen values that travel through the package, from a snippet to its result."""

from daytona_validate._models.execution import Execution, Step, Usage
from daytona_validate._models.limits import Limits
from daytona_validate._models.outcome import (
    Caveat,
    Fault,
    Limit,
    Network,
    Outcome,
    Stage,
)
from daytona_validate._models.result import CodeValidationResult, LostBytes, Timings
from daytona_validate._models.snippet import Location, SandboxSpec, Snippet

__all__ = [
    "Caveat",
    "CodeValidationResult",
    "Execution",
    "Fault",
    "Limit",
    "Limits",
    "Location",
    "LostBytes",
    "Network",
    "Outcome",
    "SandboxSpec",
    "Snippet",
    "Stage",
    "Step",
    "Timings",
    "Usage",
]
