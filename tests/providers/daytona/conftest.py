from __future__ import annotations

from pathlib import Path

import pytest
import trustme


@pytest.fixture(scope="session")
def one_certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the certificate of an authority that signs nothing."""
    path = tmp_path_factory.mktemp("certificates") / "authority.pem"
    trustme.CA().cert_pem.write_to_path(path)
    return path


@pytest.fixture(autouse=True)
def few_certificates(
    clean_environment: None, one_certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each client reads all that are trusted: the usual 140 take longer than most tests here."""
    monkeypatch.setenv("SSL_CERT_FILE", str(one_certificate))
