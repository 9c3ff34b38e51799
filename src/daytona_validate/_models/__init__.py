"""The frozen values that travel through the package, from a snippet to its result."""

from daytona_validate._models.execution import Execution, Step, Usage
from daytona_validate._models.limits import Limits
from daytona_validate._models.outcome import (
    Caveat,
    Fault,
    Limit,
    MissingKind,
    Network,
    Outcome,
    Stage,
    Status,
)
from daytona_validate._models.result import (
    CodeValidationResult,
    EarlierRun,
    LostBytes,
    Missing,
    Timings,
)
from daytona_validate._models.snippet import Location, SandboxSpec, Snippet
from daytona_validate._reason import Reason

__all__ = [
    "Caveat",
    "CodeValidationResult",
    "EarlierRun",
    "Execution",
    "Fault",
    "Limit",
    "Limits",
    "Location",
    "LostBytes",
    "Missing",
    "MissingKind",
    "Network",
    "Outcome",
    "Reason",
    "SandboxSpec",
    "Snippet",
    "Stage",
    "Status",
    "Step",
    "Timings",
    "Usage",
]
