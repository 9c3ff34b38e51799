"""How the packages of each language are installed, and where its snippets see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from daytona_validate._jails.jail import Bind


@dataclass(frozen=True, slots=True)
class PreparedPackages:
    """What a jail needs so that a snippet finds its packages."""

    binds: tuple[Bind, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageKind:
    """How the packages of one language are installed and found."""

    installer: str
    """Name of a toolchain, and of a record in `package_install.py`."""
    runtime: str
    """Toolchain for which they are installed; another build of it needs other packages."""
    target: str
    """Where a snippet sees them."""
    certificate_variables: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict[str, str])


_NPM = PackageKind(
    installer="npm",
    runtime="node",
    target="/node_modules",  # where require(), import and TypeScript's compiler look at last
    certificate_variables=("NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"),
)

KINDS: dict[str, PackageKind] = {
    "python": PackageKind(
        installer="pip",
        runtime="python",
        target="/opt/packages",
        certificate_variables=("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"),
        environment={
            "PYTHONPATH": "/opt/packages",
            # One thread: numpy would start one for each core, against the limit of processes.
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
        },
    ),
    "javascript": _NPM,
    "typescript": _NPM,
}
