"""Packages stand behind the standard library: no list of packages changes what a program means."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import pytest

from daytona_validate._core.languages.python import PYTHON
from daytona_validate._core.session_end import with_session_secret
from daytona_validate._core.source_text import work_files
from daytona_validate._jails.jail import Bind, Jail
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limits, Snippet
from daytona_validate._sandbox_files import sandbox_files
from daytona_validate._toolchains.packages.packages import SETUPS
from daytona_validate._toolchains.toolchains import Toolchains
from made_wheels import made_wheel

pytestmark = [pytest.mark.jail, pytest.mark.slow]

SPOKE = "print('a package runs')\n"
WHEELS = {
    "shadows": {
        "enum/__init__.py": SPOKE,
        "json.py": SPOKE,
        "sitecustomize.py": SPOKE,
        "usercustomize.py": SPOKE,
        "encodings/utf_8.py": SPOKE,
        "shadows.pth": "import sys; print('a .pth runs')\n/opt/packages/deep\n",
    },
    "plain": {
        "plain/__init__.py": "",
        "plain/data/words.txt": "salt, pepper\n",
        "plain/tool.py": "def main():\n    print('from the script')\n",
        "spices/mild.py": "heat = 1\n",
    },
    "hot": {"spices/hot.py": "heat = 9\n"},
}
ENTRY_POINTS = "[console_scripts]\nplain-tool = plain.tool:main\n[spices]\nhot = plain.tool:main\n"

Run = Callable[..., Awaitable[str]]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What pip makes of the wheels above."""
    folder = tmp_path_factory.mktemp("wheels")
    wheels = [
        made_wheel(folder, name, files, entry_points=ENTRY_POINTS if name == "plain" else "")
        for name, files in WHEELS.items()
    ]
    target = folder / "packages"
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--no-index")
    subprocess.run([*pip, "-q", "--no-deps", "--target", target, *wheels], check=True)
    return target


@pytest.fixture
def printed(
    jail_runner: JailRunner, toolchains: Toolchains, installed: Path, open_folder: Path
) -> Run:
    """Return what a command prints where those packages are."""
    subprocess.run(["cp", "-r", installed, open_folder / "packages"], check=True)
    setup = SETUPS["python"]

    async def run(*argv: str, files: Mapping[str, bytes] | None = None) -> str:
        python = await toolchains.prepare("python")
        jail = Jail(
            argv=argv,
            limits=Limits(),
            binds=(*python.binds, Bind(str(open_folder / "packages"), setup.target)),
            links=python.links,
            environment={**python.environment, **setup.environment},
            files=files or {},
        )
        step = await jail_runner.run(jail, timeout_s=20)
        return (step.stdout + step.stderr).decode()

    return run


async def test_a_package_never_takes_a_standard_modules_place(printed: Run) -> None:
    code = "import enum, json, encodings.utf_8; print(enum.IntFlag.__name__, json.dumps(1))"
    each = f'for flag in -s -I -E; do python3 $flag -c "{code}"; done'
    assert await printed("sh", "-c", each) == "IntFlag 1\n" * 3


async def test_nothing_of_a_package_runs_before_it_is_imported(printed: Run) -> None:
    """Neither a `.pth` file nor `usercustomize`, in children with or without an environment."""
    child = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'pass'])"
    assert await printed("python3", "-s", "-c", child) == ""
    code = "import sys; print([each for each in sys.path if each.startswith('/opt/packages')])"
    assert await printed("python3", "-s", "-c", code) == "['/opt/packages']\n"


async def test_children_without_an_environment_find_packages_too(printed: Run) -> None:
    child = "import enum, plain; print(enum.IntFlag.__name__)"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-sc', {child!r}], env={{}})"
    assert await printed("python3", "-s", "-c", code) == "IntFlag\n"


PROGRAMS = {
    "a package with data": (
        "from importlib.resources import files; print(*(files('plain') / 'data/words.txt').open())",
        "salt, pepper\n\n",
    ),
    "a namespace of two packages": (
        "import spices.mild, spices.hot; print(spices.mild.heat + spices.hot.heat)",
        "10\n",
    ),
    "a version": ("import importlib.metadata as m; print(m.version('plain'))", "1.0\n"),
    "an entry point": (
        "import importlib.metadata as m; (e,) = m.entry_points(group='spices'); e.load()()",
        "from the script\n",
    ),
}


async def test_ordinary_packages_work(printed: Run) -> None:
    codes, expected = zip(*PROGRAMS.values(), strict=True)
    assert await printed("python3", "-s", "-c", "\n".join(codes)) == "".join(expected)


@pytest.mark.thorough
async def test_a_console_script_finds_its_package(printed: Run) -> None:
    assert await printed("python3", "/opt/packages/bin/plain-tool") == "from the script\n"


async def test_a_programs_own_file_comes_first_as_python_has_it(printed: Run) -> None:
    files = {"main.py": b"import json, plain; print(json.own, plain.own)"}
    files |= {"json.py": b"own = 1\n", "plain.py": b"own = 2\n"}
    assert await printed("python3", "-s", "main.py", files=files) == "1 2\n"


CODE = "import enum, plain\nprint(enum.IntFlag.__name__, plain.__file__)\n"
FOUND = "IntFlag /opt/packages/plain/__init__.py\n"


async def test_drivers_of_tests_and_of_whole_programs_find_the_same(printed: Run) -> None:
    each = "for name in tests to_end; do python3 -s /opt/python-snippet/run_$name.py main.py; done"
    said = await printed("sh", "-c", each, files={"main.py": CODE.encode()})
    assert said.count(FOUND) == 2
    assert "a package runs" not in said


async def test_sessions_find_the_same(printed: Run) -> None:
    snippet = Snippet(code=CODE, language="python", earlier=("x = 1",))
    files = work_files(with_session_secret(snippet, "0" * 64), PYTHON)
    driver = ("python3", "-s", "/opt/python-snippet/run_session.py", "main.py")
    said = await printed(*driver, files=files)
    assert FOUND in said
    assert "a package runs" not in said


async def test_packages_of_an_image_come_after_those_that_were_asked_for(open_folder: Path) -> None:
    """Images of Python bring pip and setuptools, and a list may name another version of them."""
    program = (
        "import os, sys; os.path.isdir = lambda path: path == '/opt/packages'\n"
        "sys.path[:] = ['/lib/python3.11', '/lib/python3.11/site-packages']\n"
        "exec(open(sys.argv[1]).read()); print(sys.path)"
    )
    site = sandbox_files("python_site") / "sitecustomize.py"
    ran = await asyncio.to_thread(
        lambda: subprocess.run(
            [sys.executable, "-c", program, site], capture_output=True, text=True, check=True
        )
    )
    assert ran.stdout == "['/lib/python3.11', '/opt/packages', '/lib/python3.11/site-packages']\n"


@pytest.mark.thorough  # it needs another toolchain
async def test_a_package_never_takes_the_place_of_a_module_of_nodes(
    jail_runner: JailRunner, toolchains: Toolchains, open_folder: Path
) -> None:
    for name in ("fs", "node:fs", "plain"):
        (open_folder / name).mkdir()
        (open_folder / name / "index.js").write_text("module.exports = {package: true}\n")
    node = await toolchains.prepare("node")
    code = (
        "const all = ['fs', 'node:fs', 'plain'].map((name) => Boolean(require(name).package));"
        "import('fs').then((fs) => console.log(all, 'package' in fs))"
    )
    jail = Jail(
        argv=("node", "-e", code),
        limits=Limits(memory_mib=1024),
        binds=(*node.binds, Bind(str(open_folder), SETUPS["javascript"].target)),
        links=node.links,
        environment=node.environment,
    )
    step = await jail_runner.run(jail, timeout_s=20)
    assert step.stdout == b"[ false, false, true ] false\n"
