from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._core.package_names import (
    MAX_PACKAGES,
    canonical_packages,
    packages_refusal,
)
from for_each import for_each

ACCEPTED = [
    ("python", "numpy"),
    ("python", "numpy==2.1.0"),
    ("python", "ruamel.yaml==0.18.6"),
    ("python", "typing_extensions"),
    ("python", "uvicorn[standard]==0.30"),
    ("python", "x[a,b-c]"),
    ("python", "torch==2.4.0+cpu"),
    ("python", "black==24.4b1.dev2"),
    ("python", "pytz==1!2024.1.post1"),
    ("javascript", "lodash"),
    ("javascript", "lodash@4"),
    ("javascript", "lodash.merge@4.6.2"),
    ("javascript", "@types/node@20.1.0-beta.3"),
    ("javascript", "JSONStream"),
]

REFUSED = [
    ("python", ""),
    ("python", "-r"),
    ("python", "--index-url=x"),
    ("python", "numpy>=2"),
    ("python", "numpy==1.*"),
    ("python", "numpy ==1"),
    ("python", "numpy\n"),
    ("python", "numpy;python_version>'3'"),
    ("python", "https://example.org/x.whl"),
    ("python", "git+https://example.org/x"),
    ("python", "x@https://example.org/x"),
    ("python", "./x"),
    ("python", "../x"),
    ("python", "/etc/passwd"),
    ("python", "x/y"),
    ("python", "x.whl"),
    ("python", "x.tar.gz"),
    ("python", "."),
    ("python", "name$(id)"),
    ("python", "naïve"),
    ("python", "a" * 300),
    ("javascript", ""),
    ("javascript", "user/repo"),
    ("javascript", "github:user/repo"),
    ("javascript", "x@npm:y"),
    ("javascript", "x@latest"),
    ("javascript", "x@file:../y"),
    ("javascript", "x@^1.0.0"),
    ("javascript", "--registry=x"),
    ("javascript", "-g"),
    ("javascript", "./x"),
    ("javascript", "x.tgz"),
    ("javascript", "@scope/../x"),
    ("javascript", "@scope"),
    ("javascript", "https://example.org/x.tgz"),
    ("javascript", "x y"),
]


@for_each(("language", "name"), ACCEPTED, ids=lambda value: repr(value)[:40])
def test_a_name_with_or_without_a_version_is_accepted(language: str, name: str) -> None:
    assert packages_refusal(language, [name]) is None


@for_each(("language", "name"), REFUSED, ids=lambda value: repr(value)[:40])
def test_whatever_is_not_plainly_a_name_is_refused(language: str, name: str) -> None:
    refusal = packages_refusal(language, ["good", name])
    assert refusal is not None
    assert "write name" in refusal


@given(st.sampled_from(["python", "javascript"]), st.text(max_size=40))
def test_an_accepted_text_can_be_no_option_path_or_address(language: str, name: str) -> None:
    if packages_refusal(language, [name]) is None:
        assert name.isascii()
        assert not name.startswith(("-", "."))
        assert not set(name) & set(" \t\r\n:;&|$`'\"\\<>*?()")
        assert name.count("/") == (1 if name.startswith("@") else 0)


def test_a_list_longer_than_the_limit_is_refused() -> None:
    names = [f"package{number}" for number in range(MAX_PACKAGES + 1)]
    assert packages_refusal("python", names[:-1]) is None
    assert "at most 20" in str(packages_refusal("python", names))


def test_a_language_without_a_package_installer_is_named() -> None:
    assert packages_refusal("cobol", []) is None
    refusal = packages_refusal("cobol", ["x"])
    known = "javascript, python, typescript"
    assert refusal == f"packages of 'cobol' are not supported, only of {known}"


def test_order_and_repetition_do_not_make_another_list() -> None:
    assert canonical_packages(["b", "a", "b"]) == ("a", "b") == canonical_packages(["a", "b"])
