"""The names that every cell of a notebook finds: `display`, and enough of `get_ipython`.

It runs in sandboxes before the cells, in their own namespace, and leaves none of its names there.
Where a cell asks for more than stands here, nobody can tell what it would do in a notebook: it
raises an error of a name that whoever judges the cell knows.
"""


def _make() -> None:
    import builtins

    class NeedsIPython(Exception):
        pass

    # Of the name by which programs know that they are in a notebook.
    class ZMQInteractiveShell:
        def __init__(self) -> None:
            self.config: dict[str, object] = {"IPKernelApp": {}}

        def __getattr__(self, name: str) -> object:
            raise NeedsIPython(f"get_ipython().{name}")

        def magic(self, line: str) -> None:
            self.run_line_magic(*line.lstrip("%").split(None, 1))

        def run_line_magic(self, name: str, *_line: str) -> None:
            soft = ("autoreload", "config", "load_ext", "matplotlib", "reload_ext", "xmode")
            if name not in soft:
                raise NeedsIPython(f"%{name}")

    def display(*values: object, **options: object) -> None:
        if options:
            raise NeedsIPython(f"display(..., {next(iter(options))}=...)")
        for value in values:
            if hasattr(type(value), "_ipython_display_"):
                raise NeedsIPython(f"display() of a {type(value).__name__}")
            print(vars(builtins).get("__value_text__", repr)(value))

    shell = ZMQInteractiveShell()
    vars(builtins).update(display=display, get_ipython=lambda: shell)


_make()
del _make
