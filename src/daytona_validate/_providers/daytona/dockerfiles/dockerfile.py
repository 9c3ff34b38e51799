"""A language's Dockerfile: its image, and on top of it what a sandbox of ours must have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from daytona_validate._core.languages.language import Language
from daytona_validate._providers.daytona.dockerfiles.instructions import (
    files,
    label,
    packed_file,
    run,
)
from daytona_validate._providers.daytona.dockerfiles.packages import INSTALLATIONS
from daytona_validate._providers.daytona.dockerfiles.recipe import PATH, Made, Recipe
from daytona_validate._providers.daytona.dockerfiles.recipes import recipe
from daytona_validate._providers.daytona.envelope.command import IN_SNAPSHOTS
from daytona_validate._providers.daytona.envelope.supervisor import DIGEST, FILE, SOURCE

OURS = IN_SNAPSHOTS.ours
SNIPPET_ID = 64100
"""User and group of programs: neither Debian nor an image gives it to anybody."""
SUPERVISOR_LABEL = "daytona-validate.supervisor"
"""The label with the hash of the supervisor that an image has."""
_MOST_THREADS = 8
_AS_SNIPPET = f"USER {SNIPPET_ID}:{SNIPPET_ID}"
_AS_ROOT = "USER root"
_BUILD = "/tmp/build"  # noqa: S108 - in the image
_EMPTY = "find /tmp /work -mindepth 1 -delete"
"""Last in each RUN that leaves something there, so that it is not in a layer either."""
_PEOPLE = run(
    f"echo 'snippet:x:{SNIPPET_ID}:' >>/etc/group",
    f"echo 'snippet:x:{SNIPPET_ID}:{SNIPPET_ID}::/work:/bin/sh' >>/etc/passwd",
    "mkdir -p /work",
    f"chown {SNIPPET_ID}:{SNIPPET_ID} /work",
    _EMPTY,
)


def dockerfile(language: Language, packages: Sequence[str], *, cpu: int) -> str:
    """Return the text of a Dockerfile that needs no build context.

    Args:
        language: The language.
        packages: Names that were found to be harmless.
        cpu: Cores that a sandbox will have.
    """
    instructions = _instructions(language, recipe(language.toolchain), packages, cpu)
    return "\n".join(instructions) + "\n"


def supervisor_part() -> str:
    """Return what is added to every Dockerfile: the supervisor of runs, as a file of root's.

    It is apart, as no snapshot is another one for having another supervisor: a run notices.
    """
    path = f"{OURS}/{FILE}"
    return "\n".join(
        (
            packed_file(path, SOURCE),
            run(
                f"chmod 0755 {OURS}",
                f"chmod 0644 {path}",
                f"echo '{DIGEST}  {path}' | sha256sum -c",
            ),
            label({SUPERVISOR_LABEL: DIGEST}),
            "",
        )
    )


def _instructions(
    language: Language, made_by: Recipe, packages: Sequence[str], cpu: int
) -> Iterator[str]:
    yield f"FROM {language.pulled_as or language.image}"
    yield label(
        {
            "daytona-validate.language": language.name,
            "daytona-validate.packages": " ".join(packages),
        }
    )
    yield _AS_ROOT
    yield _PEOPLE
    if made_by.files:
        yield files(made_by.files)
    if made_by.commands:
        yield run(*made_by.commands)
    for each in made_by.made:
        yield from _making(each)
    environment = {"PATH": PATH, **_threads(made_by, cpu), **made_by.environment}
    if packages:
        installation = INSTALLATIONS[language.name]
        environment |= installation.environment
        yield run(*installation.commands(packages), _EMPTY)
    yield files({f"{OURS}/environment": _lines(environment)})
    yield from _belongings([each.target for each in made_by.made if each.is_snippets])
    yield _runtime(language, made_by)
    if made_by.proof:
        yield _AS_SNIPPET
        yield run("cd /work", made_by.proof, _EMPTY)
        yield _AS_ROOT
    # Nothing of the image's own is started beside Daytona's daemon.
    yield 'ENTRYPOINT ["sleep", "infinity"]'


def _making(made: Made) -> Iterator[str]:
    """Yield what makes a folder: not by a pipe, of which only the last command may fail a RUN."""
    archive = "/tmp/made.tar"  # noqa: S108 - in the image
    sources = {f"{_BUILD}/{name}": content for name, content in made.files.items()}
    if sources:
        yield files(sources)
    yield run(f"mkdir -p {_BUILD} {made.target}")
    if made.is_snippets:
        yield run(f"chown {SNIPPET_ID}:{SNIPPET_ID} {_BUILD} {made.target}")
        yield _AS_SNIPPET
    yield run(
        f"cd {_BUILD}",
        f"{made.command} >{archive}",
        f"tar -xf {archive} -C {made.target}",
        "cd /",
        _EMPTY,
    )
    if made.is_snippets:
        yield _AS_ROOT


def _belongings(folders: Sequence[str]) -> Iterator[str]:
    """Yield what keeps folders that are programs' own as they are, for a sandbox's further uses."""
    if not folders:
        return
    yield files({f"{OURS}/belongings": "".join(f"{each}\n" for each in folders).encode()})
    for each in folders:
        copy = f"{OURS}.fresh{each}"
        yield run(f"mkdir -p {copy}", f"cp -a {each}/. {copy}", f"chown -R root:root {copy}")
    yield run(f"chmod 0700 {OURS}.fresh")


def _threads(made_by: Recipe, cpu: int) -> dict[str, str]:
    return {"GOMAXPROCS": str(min(max(2, cpu), _MOST_THREADS))} if made_by.is_threaded else {}


def _lines(values: Mapping[str, str]) -> bytes:
    return "".join(f"{name}={value}\n" for name, value in values.items()).encode()


def _runtime(language: Language, made_by: Recipe) -> str:
    path = f"{OURS}/runtime"
    return run(
        f'echo "{language.toolchain} $({made_by.runtime})" >{path}',
        # An empty version would only be noticed in a result.
        f"grep -Eqx '{language.toolchain} [0-9].*' {path}",
        _EMPTY,
    )
