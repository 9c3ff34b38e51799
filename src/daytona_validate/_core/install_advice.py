"""Which setting would install a package that a program lacks.

The name is the program's own word: nothing is installed for it, and whoever follows the advice
should know the package.
"""

from __future__ import annotations

from daytona_validate._core.package_names import packages_refusal

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


def install_advice(language: str, module: str | None) -> str:
    """Return which setting would install a module's package, as the end of a line, or nothing.

    Args:
        language: The language's name in the table.
        module: What was not found.
    """
    if module is None or len(module) > _LONGEST_NAME:
        return ""
    package = _NAMES.get(language, {}).get(module, module)
    if packages_refusal(language, (package,)) is not None:
        return ""
    return f"; to install it: DAYTONA_PACKAGES__{language.upper()}={package}"
