"""Run code snippets in fresh isolated sandboxes and say what happened.

    async with Validator() as validator:
        result = await validator.validate('print("hi")', "python")

The names below are loaded when they are first used, so that importing the package costs
little; type checkers see plain imports.
"""

TYPE_CHECKING = False  # importing `typing` for it would cost more than this whole module

if TYPE_CHECKING:
    from daytona_validate._client import Validator
    from daytona_validate._errors import (
        CleanupTimeout,
        ConfigurationError,
        DaytonaValidateError,
        QueueFull,
        SandboxLost,
        SandboxUnavailable,
        ToolchainMissing,
        ValidatorClosed,
    )
    from daytona_validate._models import (
        CodeValidationResult,
        Execution,
        Fault,
        Limit,
        Limits,
        Location,
        LostBytes,
        Outcome,
        SandboxSpec,
        Snippet,
        Stage,
        Step,
        Timings,
        Usage,
    )
    from daytona_validate._providers.protocol import Sandbox, SandboxProvider
    from daytona_validate._settings import Settings
    from daytona_validate._snippet_model import CodeSnippet

__all__ = [
    "CleanupTimeout",
    "CodeSnippet",
    "CodeValidationResult",
    "ConfigurationError",
    "DaytonaValidateError",
    "Execution",
    "Fault",
    "Limit",
    "Limits",
    "Location",
    "LostBytes",
    "Outcome",
    "QueueFull",
    "Sandbox",
    "SandboxLost",
    "SandboxProvider",
    "SandboxSpec",
    "SandboxUnavailable",
    "Settings",
    "Snippet",
    "Stage",
    "Step",
    "Timings",
    "ToolchainMissing",
    "Usage",
    "Validator",
    "ValidatorClosed",
]

_MODULES = {
    "_client": ("Validator",),
    "_errors": (
        "CleanupTimeout",
        "ConfigurationError",
        "DaytonaValidateError",
        "QueueFull",
        "SandboxLost",
        "SandboxUnavailable",
        "ToolchainMissing",
        "ValidatorClosed",
    ),
    "_models": (
        "CodeValidationResult",
        "Execution",
        "Fault",
        "Limit",
        "Limits",
        "Location",
        "LostBytes",
        "Outcome",
        "SandboxSpec",
        "Snippet",
        "Stage",
        "Step",
        "Timings",
        "Usage",
    ),
    "_providers.protocol": ("Sandbox", "SandboxProvider"),
    "_settings": ("Settings",),
    "_snippet_model": ("CodeSnippet",),
}
_HOME_OF = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    """Load a public name from the module that it lives in."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib  # noqa: PLC0415 - it costs more than this whole module

    value: object = getattr(importlib.import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
