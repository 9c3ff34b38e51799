"""The recipes, one for each toolchain of the table of languages.

They put everything where the sandboxes on this machine have it, and make it by the same scripts.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from daytona_validate._providers.daytona.dockerfiles.instructions import shell_words
from daytona_validate._providers.daytona.dockerfiles.recipe import BIN, Made, Recipe
from daytona_validate._sandbox_files import contents
from daytona_validate._sandbox_files.typescript_lock import lock_files

_GO = "/opt/go-snippet"
_NODE = "/opt/node-snippet"
_PYTHON = "/opt/python-snippet"
_JAVA = "/opt/snippet-compiler"
_POSTGRES = "/opt/postgres-scripts"
_DATA = "/opt/postgres-data"
_TYPESCRIPT = "/opt/typescript"
_PYTHON_SITE = "/opt/python-site"
_STANDARD_LIBRARY = "import sysconfig; print(sysconfig.get_path('stdlib'))"
_COMPILE_MODULES = (
    "import compileall, sysconfig; "
    "compileall.compile_dir(sysconfig.get_path('stdlib'), quiet=2, workers=0)"
)
_PROCESSOR = "x64"
"""Daytona's runners take images for no other (v0.190)."""


def _placed(name: str, folder: str) -> dict[str, bytes]:
    return {f"{folder}/{file}": content for file, content in contents(name).items()}


def _linked(*names: str, source: str) -> str:
    """Return the command that puts programs where PATH looks first."""
    return f'for each in {" ".join(names)}; do ln -s "{source}" {BIN}/$each || exit; done'


def python() -> Recipe:
    """Return Python's: the image's own, whose modules come uncompiled."""
    return Recipe(
        files=_placed("python", _PYTHON) | _placed("python_site", _PYTHON_SITE),
        commands=(
            f'cp {_PYTHON_SITE}/sitecustomize.py "$(python3 -c "{_STANDARD_LIBRARY}")"',
            # A snippet may not write beside them, and would compile what it imports anew.
            shell_words(("python3", "-c", _COMPILE_MODULES)),
        ),
        runtime="python3 -c 'import platform; print(platform.python_version())'",
    )


def node() -> Recipe:
    """Return Node's: the image's own."""
    return Recipe(
        files=_placed("node", _NODE),
        proof=f"for each in {_NODE}/*; do node --require=$each --eval 0 || exit; done",
        runtime="node -p process.versions.node",
    )


def typescript() -> Recipe:
    """Return TypeScript's: what our lock file pins, none of whose scripts are run."""
    return Recipe(
        files=_placed("node", _NODE) | _placed("typescript", _TYPESCRIPT),
        made=(
            Made(
                command=f"sh {_TYPESCRIPT}/install",
                target=f"{_TYPESCRIPT}/packages",
                files=lock_files(_PROCESSOR),
            ),
        ),
        proof=f"sh {_TYPESCRIPT}/proof",
        runtime=(
            f'echo "$({_TYPESCRIPT}/packages/typescript/lib/tsc --version | sed "s/^Version //") '
            'with node $(node -p process.versions.node)"'
        ),
    )


def java() -> Recipe:
    """Return Java's: our compiler, made from source, and the archive of its classes."""
    sources = contents("java")
    archiver = {"make-archive": sources.pop("make-archive")}
    return Recipe(
        commands=(_linked("java", "javac", "jar", source='$(readlink -f "$(command -v $each)")'),),
        made=(
            Made(command="sh ./make-jar", target=_JAVA, files=sources),
            Made(command="sh ./make-archive", target=f"{_JAVA}-archive", files=archiver),
        ),
        proof=f"java -cp {_JAVA}/compiler.jar Training Main.java /tmp/out",
        runtime="java -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.version = //p'",
    )


def go() -> Recipe:
    """Return Go's: its standard library, compiled once."""
    return Recipe(
        files=_placed("go", _GO),
        commands=(
            "ln -s /usr/local/go /opt/go",
            _linked("go", source="/opt/go/bin/$each"),
            # On the image's PATH, and for everybody to write to: what one program leaves there
            # would be root's next command.
            "if [ -e /go ]; then chmod -R go-w /go; fi",
        ),
        made=(Made(command=f"sh {_GO}/prepare", target="/opt/go-std"),),
        proof=f"sh {_GO}/proof",
        runtime="GOTOOLCHAIN=local go env GOVERSION | sed 's/^go//'",
        is_threaded=True,
    )


def postgres() -> Recipe:
    """Return PostgreSQL's: a data folder that belongs to the programs, as the server wants it."""
    # Not what PATH has: there psql is a script in Perl that looks for the servers of a machine.
    programs = "/usr/lib/postgresql/*/bin"
    return Recipe(
        files=_placed("postgres", _POSTGRES),
        commands=(_linked("postgres", "initdb", "psql", source=f"$(echo {programs}/$each)"),),
        made=(Made(command=f"sh {_POSTGRES}/make-data", target=_DATA, is_snippets=True),),
        # On a copy: a folder that a server has used is another one.
        proof=(
            f"cp -R {_DATA}/data /tmp/copy && PGDATA=/tmp/copy sh {_POSTGRES}/proof && "
            f"{programs}/pg_ctl stop -D /tmp/copy -m immediate"
        ),
        runtime="postgres --version | cut -d ' ' -f 3",
    )


_RECIPES: dict[str, Callable[[], Recipe]] = {
    each.__name__: each for each in (python, node, typescript, java, go, postgres)
}


@cache
def recipe(toolchain: str) -> Recipe:
    """Return the recipe of a toolchain; our files are read at the first call."""
    return _RECIPES[toolchain]()
