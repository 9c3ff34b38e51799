"""Run code snippets in fresh isolated sandboxes and say what happened.

    async with Validator() as validator:
        result = await validator.validate('print("hi")', "python")

The names below are loaded when they are first used, so that importing the package costs
little; type checkers see plain imports. What tests and providers of your own need besides
stands in `daytona_validate.testing`.
"""

__version__: str
TYPE_CHECKING = False  # importing `typing` for it would cost more than this whole module

if TYPE_CHECKING:
    from daytona_validate._client import Validator
    from daytona_validate._errors import (
        ConfigurationError,
        DaytonaValidateError,
        QueueFull,
        ValidatorClosed,
    )
    from daytona_validate._models import (
        Caveat,
        CodeValidationResult,
        Fault,
        Limits,
        Location,
        Outcome,
        Reason,
        SandboxSpec,
        Snippet,
        Stage,
    )
    from daytona_validate._models.readiness import Drained, Missing, Readiness, Swept
    from daytona_validate._observe.counts import Stats
    from daytona_validate._observe.events import Event, EventKind
    from daytona_validate._providers.protocol import Sandbox, SandboxProvider
    from daytona_validate._settings import Settings
    from daytona_validate._snippet_model import CodeSnippet
    from daytona_validate._snippet_request import SnippetRequest
    from daytona_validate._sync import DaytonaClient, get_daytona_client

__all__ = [
    "Caveat",
    "CodeSnippet",
    "CodeValidationResult",
    "ConfigurationError",
    "DaytonaClient",
    "DaytonaValidateError",
    "Drained",
    "Event",
    "EventKind",
    "Fault",
    "Limits",
    "Location",
    "Missing",
    "Outcome",
    "QueueFull",
    "Readiness",
    "Reason",
    "Sandbox",
    "SandboxProvider",
    "SandboxSpec",
    "Settings",
    "Snippet",
    "SnippetRequest",
    "Stage",
    "Stats",
    "Swept",
    "Validator",
    "ValidatorClosed",
    "get_daytona_client",
]

_MODULES = {
    "_client": ("Validator",),
    "_errors": (
        "ConfigurationError",
        "DaytonaValidateError",
        "QueueFull",
        "ValidatorClosed",
    ),
    "_models": (
        "Caveat",
        "CodeValidationResult",
        "Fault",
        "Limits",
        "Location",
        "Outcome",
        "Reason",
        "SandboxSpec",
        "Snippet",
        "Stage",
    ),
    "_models.readiness": ("Drained", "Missing", "Readiness", "Swept"),
    "_observe.counts": ("Stats",),
    "_observe.events": ("Event", "EventKind"),
    "_providers.protocol": ("Sandbox", "SandboxProvider"),
    "_settings": ("Settings",),
    "_snippet_model": ("CodeSnippet",),
    "_snippet_request": ("SnippetRequest",),
    "_sync": ("DaytonaClient", "get_daytona_client"),
}
_HOME_OF = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    """Load a public name from the module that it lives in."""
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415 - as below

        return version("daytona-validate")
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib  # noqa: PLC0415 - it costs more than this whole module

    value: object = getattr(importlib.import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
