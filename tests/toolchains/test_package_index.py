"""Which index is asked, what may be reached for that, and by which proxy: decisions."""

from __future__ import annotations

import pytest

from daytona_validate._toolchains.package_index.callers_proxy import (
    CallersProxy,
    UnusableProxy,
    callers_proxy,
)
from daytona_validate._toolchains.package_index.package_index import (
    address_refusal,
    package_index,
    refusal,
)
from for_each import for_each

PYPI = package_index("pip", {})
NPM = package_index("npm", {})
OWN = package_index("pip", {"PIP_INDEX_URL": "http://10.1.2.3:3141/root/+simple/"})


def test_the_usual_indexes_are_reached_and_nothing_else() -> None:
    assert PYPI.url == "https://pypi.org/simple"
    assert NPM.url == "https://registry.npmjs.org"
    for host in ("pypi.org", "PyPI.org", "files.pythonhosted.org"):
        assert refusal(PYPI, host, 443) is None
    assert refusal(NPM, "registry.npmjs.org", 443) is None
    for host, port in (("pypi.org", 80), ("example.com", 443), ("registry.npmjs.org", 443)):
        assert refusal(PYPI, host, port) == f"{host}:{port} is not of the package index"


@pytest.mark.parametrize(
    ("installer", "variable", "url"),
    [
        ("pip", "PIP_INDEX_URL", "http://localhost:3141/root/pypi/+simple/"),
        ("npm", "npm_config_registry", "https://npm.example/"),
        ("npm", "NPM_CONFIG_REGISTRY", "https://npm.example:8443/a/b"),
    ],
)
def test_the_callers_own_index_is_asked(installer: str, variable: str, url: str) -> None:
    found = package_index(installer, {variable: url})
    assert (found.url, found.is_standard, found.remark) == (url, False, "")


@pytest.mark.parametrize(
    "url",
    [
        "https://ada:secret@index.example/simple",
        "https://token@index.example/simple",
        "https://index.example/simple?key=secret",
        "file:///srv/index",
        "index.example/simple",
        "https://index.example:99999/simple",
        "https://index.example/a b",
        "https:///simple",
    ],
)
def test_an_index_with_credentials_or_none_is_not_asked_and_that_is_told(url: str) -> None:
    found = package_index("pip", {"PIP_INDEX_URL": url})
    assert (found.url, found.own) == (PYPI.url, PYPI.own)
    assert found.remark.startswith("PIP_INDEX_URL is not used, as it is no address")
    assert "secret" not in found.remark


def test_the_usual_index_by_name_is_the_usual_one() -> None:
    assert package_index("pip", {"PIP_INDEX_URL": "https://pypi.org/simple/"}) == PYPI


@for_each(
    ("host", "port", "is_refused"),
    [
        ("10.1.2.3", 3141, False),
        ("10.1.2.3", 22, True),
        ("10.1.2.4", 443, True),
        ("files.example", 443, False),
        ("files.example", 80, True),
        ("8.8.8.8", 443, False),
        ("127.0.0.1", 443, True),
        ("::1", 443, True),
        ("169.254.169.254", 443, True),
        ("localhost", 443, True),
        ("a.localhost.", 443, True),
        ("127.1", 443, True),
        ("0x7f000001", 443, True),
        ("2130706433", 443, True),
        ("100.64.0.1", 443, True),
        ("fd00:ec2::254", 443, True),
    ],
)
def test_files_of_another_index_may_be_on_public_hosts(
    host: str, port: int, *, is_refused: bool
) -> None:
    assert (refusal(OWN, host, port) is not None) is is_refused


ADDRESSES = [
    ("8.8.8.8", False, False),
    ("2606:4700::1111", False, False),
    ("127.0.0.1", True, False),
    ("10.0.0.1", True, False),
    ("192.168.1.1", True, False),
    ("100.64.0.1", True, False),
    ("fd00::1", True, False),
    ("::1", True, False),
    ("::ffff:10.0.0.1", True, False),
    ("2002:0a00:0001::1", True, False),
    ("64:ff9b::10.0.0.1", True, False),
    ("64:ff9b::8.8.8.8", False, False),
    ("64:ff9b:1::10.0.0.1", True, False),
    ("::10.0.0.1", True, False),
    ("::ffff:0:10.0.0.1", True, False),
    ("fec0::1", True, False),
    ("5f00::1", True, False),
    ("192.0.0.192", True, False),
    ("169.254.169.254", True, True),
    ("::ffff:169.254.169.254", True, True),
    ("64:ff9b::169.254.169.254", True, True),
    ("fe80::1%eth0", True, True),
    ("0.0.0.0", True, True),
    ("::", True, True),
    ("224.0.0.1", True, True),
]


@for_each(("address", "is_refused", "is_never"), ADDRESSES)
def test_a_name_is_reached_where_it_is_public_and_an_index_where_it_is(
    address: str, *, is_refused: bool, is_never: bool
) -> None:
    """No index is at a link-local address, where clouds answer with the machine's credentials."""
    assert (address_refusal(OWN, "files.example", 443, address) is not None) is is_refused
    assert (address_refusal(OWN, "10.1.2.3", 3141, address) is not None) is is_never
    assert (address_refusal(PYPI, "pypi.org", 443, address) is not None) is is_never


def test_what_an_installer_asks_for_makes_no_line_of_http() -> None:
    told = refusal(PYPI, "x\r\ny: z" * 100, 443) or ""
    assert told.isprintable()
    assert len(told) < 200


PROXY = CallersProxy("proxy.example", 3128, is_tls=False)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, None),
        ({"HTTPS_PROXY": "http://proxy.example:3128"}, PROXY),
        ({"https_proxy": "proxy.example:3128", "HTTPS_PROXY": "http://other"}, PROXY),
        ({"ALL_PROXY": "http://proxy.example:3128"}, PROXY),
        ({"HTTP_PROXY": "http://proxy.example:3128"}, None),
        ({"HTTPS_PROXY": "http://proxy.example:3128", "NO_PROXY": "pypi.org"}, None),
        ({"HTTPS_PROXY": "http://proxy.example:3128", "no_proxy": ".example,*"}, PROXY),
        ({"HTTPS_PROXY": "http://proxy.example:3128", "no_proxy": "*"}, None),
        ({"HTTPS_PROXY": ""}, None),
        ({"HTTPS_PROXY": "https://proxy.example"}, CallersProxy("proxy.example", 443, is_tls=True)),
    ],
)
def test_the_proxy_of_the_environment(
    environment: dict[str, str], expected: CallersProxy | None
) -> None:
    assert callers_proxy("https", "pypi.org", 443, environment) == expected


def test_a_header_of_a_request_is_no_proxy() -> None:
    environment = {"HTTP_PROXY": "http://evil.example", "REQUEST_METHOD": "GET"}
    assert callers_proxy("http", "pypi.org", 80, environment) is None


@pytest.mark.parametrize(
    "named", ["socks5://u:secret@p:1080", "http://p:x", "http://", "http://[a"]
)
def test_a_proxy_that_is_none_is_told_without_its_address(named: str) -> None:
    with pytest.raises(UnusableProxy) as caught:
        callers_proxy("https", "pypi.org", 443, {"https_proxy": named})
    assert "secret" not in str(caught.value)
