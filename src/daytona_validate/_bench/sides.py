"""The sides of a comparison."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec


@dataclass(frozen=True, slots=True)
class Side:
    """One way to do what is measured, and the event loop that it is done in."""

    title: str
    program: str
    """By its name in `SIDES` of the measuring program."""
    needs: tuple[str, ...] = ()
    """Modules, without which it cannot be measured."""
    options: tuple[str, ...] = ()

    @property
    def is_here(self) -> bool:
        """Whether it can be measured."""
        return all(find_spec(name) is not None for name in self.needs)


def sides_here(sides: Iterable[Side]) -> list[Side]:
    """Return those that can be measured. It looks for modules, and so blocks."""
    return [side for side in sides if side.is_here]
