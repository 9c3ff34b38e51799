"""What a program needed that its sandbox has not: whose fault that is, and what would bring it.

The name of a package comes from the program: nothing is installed for it, and users who follow
the advice should know the package.
"""

from __future__ import annotations

from dataclasses import replace

from daytona_validate._core.languages.diagnosis import Diagnosis
from daytona_validate._core.languages.language import Language
from daytona_validate._core.package_names import packages_refusal
from daytona_validate._models import Missing, MissingKind, Snippet

_PYPI_NAMES = {
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "Bio": "biopython",
    "Crypto": "pycryptodome",
    "cv2": "opencv-python-headless",
    "dateutil": "python-dateutil",
    "docx": "python-docx",
    "dotenv": "python-dotenv",
    "fitz": "PyMuPDF",
    "git": "GitPython",
    "jose": "python-jose",
    "jwt": "PyJWT",
    "Levenshtein": "python-Levenshtein",
    "magic": "python-magic",
    "mpl_toolkits": "matplotlib",
    "MySQLdb": "mysqlclient",
    "nacl": "PyNaCl",
    "OpenSSL": "pyOpenSSL",
    "PIL": "pillow",
    "pkg_resources": "setuptools",
    "pptx": "python-pptx",
    "psycopg2": "psycopg2-binary",
    "ruamel": "ruamel.yaml",
    "serial": "pyserial",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "slugify": "python-slugify",
    "telegram": "python-telegram-bot",
    "usb": "pyusb",
    "yaml": "PyYAML",
    "zmq": "pyzmq",
}
"""Modules whose package has another name at PyPI, and is what people mean by it."""
_NAMES = {"python": _PYPI_NAMES}
_LONGEST_NAME = 60
_OF_PAGES = {MissingKind.BROWSER: "a browser", MissingKind.SERVER: "a network"}
"""What a page shows that no sandbox has. A program that stands alone has to do without."""


def is_lacking(diagnosis: Diagnosis, snippet: Snippet, language: Language) -> bool:
    """Return whether the sandbox, not the code, lacks something, such as an installable module."""
    module = diagnosis.missing_module
    if diagnosis.missing_resource is not None:
        return True
    if module is None or module in language.standard_modules:
        return False
    own_names = {language.entry_file.partition(".")[0]}
    for path in snippet.files:
        own_names.update(part.partition(".")[0] for part in path.split("/"))
    return module not in own_names


def as_told(diagnosis: Diagnosis | None, snippet: Snippet) -> Diagnosis | None:
    """Return the diagnosis of a run: on a page, what a library says it lacks is not there.

    Args:
        diagnosis: What ended it.
        snippet: What ran; a program that stands alone has to bring what it needs.
    """
    if diagnosis is None or diagnosis.told_package is None or not snippet.is_block:
        return diagnosis
    return replace(diagnosis, missing_module=diagnosis.missing_module or diagnosis.told_package)


def on_page(diagnosis: Diagnosis | None, lacks: Missing | None) -> Diagnosis | None:
    """Return the diagnosis of a block of a page: there, a browser and a network may be meant.

    Args:
        diagnosis: What ended it.
        lacks: What it lacked by that.
    """
    resource = None if lacks is None else _OF_PAGES.get(lacks.kind)
    if diagnosis is None or resource is None:
        return diagnosis
    return replace(diagnosis, missing_resource=resource)


def lacking_advice(diagnosis: Diagnosis, language: Language) -> str:
    """Return what the sandbox lacks and which setting would install it, as the end of a line."""
    module = diagnosis.missing_module
    if diagnosis.missing_resource is not None:
        return f"; this sandbox does not have {diagnosis.missing_resource}"
    if module in language.optional_stdlib:
        return f"; {module} is a part of {language.title} that this sandbox does not have"
    return install_advice(language.name, module)


def install_advice(language: str, module: str | None) -> str:
    """Return which setting would install a module's package, as the end of a line, or nothing.

    Args:
        language: The language's name in the table.
        module: What was not found.
    """
    package = None if module is None else installable(language, module)
    if package is None:
        return ""
    return f"; to install it: DAYTONA_PACKAGES__{language.upper()}={package}"


def installable(language: str, module: str) -> str | None:
    """Return the package of a module as a list of packages may name it; None: none may."""
    package = package_of(language, module) if len(module) <= _LONGEST_NAME else ""
    return None if packages_refusal(language, (package,)) is not None else package


def package_of(language: str, module: str) -> str:
    """Return the package that people mean by a module, by its name at the language's registry."""
    return _NAMES.get(language, {}).get(module, module)
