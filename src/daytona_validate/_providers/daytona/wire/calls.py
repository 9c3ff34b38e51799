"""One request to the service, as failures speak of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Area(StrEnum):
    """Who answers: the control plane, or the daemon in a sandbox behind its proxy."""

    API = "api"
    TOOLBOX = "toolbox"


@dataclass(frozen=True, slots=True)
class Call:
    """One request, as the table and people know it."""

    area: Area
    method: str
    path: str
    """The route, such as `/sandbox/{name}`, and not the name itself: a batch that fails for one
    reason fails with one text, so that it is logged once."""
    subject: str = ""
    """What it was about, such as `sandbox dv-1`."""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"
