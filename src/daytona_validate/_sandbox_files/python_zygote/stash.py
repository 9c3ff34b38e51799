"""Modules that are imported already, and handed out by the import system when they are asked for.

Until then `sys.modules` and the attributes of packages are those of an interpreter that has just
started; after that they are those of one that has imported the module by itself: with all that it
imports in turn, and nothing else.
"""

from __future__ import annotations

import _imp
import os
import sys

TYPE_CHECKING = False  # whoever checks takes it for true; these modules would take time
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType


def closures_of(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return what each module, and each that it imports, brings with it, in that order.

    Each is imported in a process of its own, which has nothing but what is here already.
    """
    found: dict[str, tuple[str, ...]] = {}
    left = list(names)
    while left:
        name = left.pop()
        if name not in found and name not in sys.modules:
            brought = _brought_by(name)
            if brought is not None:
                found[name] = brought
                left.extend(brought)
    return found


def _brought_by(name: str) -> tuple[str, ...] | None:
    read_end, write_end = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            before = set(sys.modules)
            __import__(name)
            new = [each for each in sys.modules if each not in before and each != name]
            os.write(write_end, "\n".join(["imported", *new]).encode())
        finally:
            os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as answers:
        said = answers.read().decode().split("\n")
    os.waitpid(pid, 0)
    return tuple(said[1:]) if said[0] == "imported" else None


def _top(name: str) -> str:
    return name.partition(".")[0]


_ALWAYS = ("builtins", "abc", "_collections_abc")
"""Modules that each of the others uses, and that are there from the start."""
_DEEP = 200
"""Calls within one another, above which an import could meet the limit of them."""


def _world() -> tuple[object, ...]:
    """Return what has a part in each import; it is compared by what it is, not by what it says."""
    values = (sys.gettrace(), sys.getprofile(), *sys.meta_path, *sys.path_hooks)
    return (sys.getrecursionlimit(), *map(id, values))


def _is_deep() -> bool:
    try:
        sys._getframe(_DEEP)
    except ValueError:
        return False
    return True


class Stash:
    """Finder and loader of the modules; it stands before all others in `sys.meta_path`.

    Args:
        closures: Name to what comes with it.
    """

    def __init__(self, closures: Mapping[str, Sequence[str]]) -> None:
        self._closures = closures
        self._own_folder = os.path.dirname(os.__file__)
        self._suffixes = (".py", ".pyc", *_imp.extension_suffixes())
        self._modules: dict[str, ModuleType] = {}
        self._left: set[str] = set()
        self._specs: dict[str, ModuleSpec | None] = {}
        self._world: tuple[object, ...] = ()
        self._started: dict[str, ModuleType] = {}
        self._attributes: dict[str, dict[str, object]] = {}

    def fill(self) -> None:
        """Import all modules, and hide them."""
        before = set(sys.modules)
        for name in self._closures:
            __import__(name)
        for name in [each for each in sys.modules if each not in before]:
            self._modules[name] = sys.modules.pop(name)
        for name, module in self._modules.items():
            parent, _, last = name.rpartition(".")
            package = self._modules.get(parent) or sys.modules.get(parent)
            if getattr(package, last, None) is module:
                delattr(package, last)
        self._left.update(self._modules)
        sys.meta_path.insert(0, self)
        self._world = _world()
        self._started = {name: sys.modules[name] for name in sys.modules if name != "__main__"}
        for name, module in (self._started | self._modules).items():
            self._attributes[name] = {**vars(module)}

    def find_spec(
        self, name: str, _path: Sequence[str] | None = None, target: object = None
    ) -> ModuleSpec | None:
        """Find a module that is here, that is the one to be found, and that fits the others."""
        if name not in self._left or target is not None or name not in self._closures:
            return None
        wanted = [name, *self._closures[name]]
        if not all(map(self._fits, wanted)) or self._is_hidden({_top(each) for each in wanted}):
            return None
        if not self._would_come_to_the_same([*_ALWAYS, *wanted]):
            return None
        module = self._modules[name]
        real = module.__spec__
        if real is None:
            return None
        spec = type(real)(name, self, origin=real.origin)  # type: ignore[arg-type]  # as above
        spec.submodule_search_locations = real.submodule_search_locations
        return spec

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Hand a module out, after all that comes with it."""
        brought = self._closures[spec.name]
        for name in brought:
            sys.modules.setdefault(name, self._modules[name])
        for name in brought:
            parent, _, last = name.rpartition(".")
            if parent in sys.modules:
                setattr(sys.modules[parent], last, self._modules[name])
        self._left.difference_update([spec.name, *brought])
        module = self._modules[spec.name]
        self._specs[spec.name] = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Leave a module as it is, and give it back what tells where it is from."""
        module.__spec__ = self._specs.pop(module.__name__)
        start = f"{module.__name__}."
        for name in self._closures[module.__name__]:
            child = sys.modules.get(name)
            if child is not None and name.startswith(start) and "." not in name[len(start) :]:
                setattr(module, name[len(start) :], child)

    def _fits(self, name: str) -> bool:
        """Whether a module is the one that was given out, or is still to be had."""
        if name in sys.modules:
            return sys.modules[name] is self._modules.get(name)
        return name in self._left

    def _would_come_to_the_same(self, names: Iterable[str]) -> bool:
        """Whether nothing was changed by which the import of modules would be another now."""
        if _world() != self._world or _is_deep():
            return False
        if any(sys.modules.get(name) is not each for name, each in self._started.items()):
            return False
        return all(
            vars(module).get(attribute, self) is value
            for name in names
            if (module := sys.modules.get(name)) is not None
            for attribute, value in self._attributes[name].items()
            if attribute != "__spec__"  # another while it is handed out
        )

    def _is_hidden(self, names: set[str]) -> bool:
        """Whether a file of one of these names is found before the standard library's."""
        for entry in sys.path:
            if entry == self._own_folder:
                return False
            try:
                there = os.listdir(entry or ".")
            except FileNotFoundError:
                continue
            except OSError:  # an archive: who knows what is in it
                return True
            if any(self._module_of(each) in names for each in there):
                return True
        return True  # the standard library is not found at all

    def _module_of(self, file: str) -> str:
        for suffix in self._suffixes:
            if file.endswith(suffix):
                return file[: -len(suffix)]
        return file
