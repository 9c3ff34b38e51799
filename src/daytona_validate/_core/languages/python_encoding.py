"""Encoding of a Python file: PEP 263.

Only encodings of text files are accepted. Python has other codecs besides, and some of them
(punycode, idna) take quadratic time: a program's author could choose what reading it costs. So
the standard library's own reader of the line is not used: it decodes the line first, and from
Python 3.14 on with the very codec that the line names.
"""

from __future__ import annotations

import io
import re
from encodings import normalize_encoding
from encodings.aliases import aliases

_NAMED = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"[ \t\f]*(?:[#\r\n]|$)")
_MAX_NAME = 40  # letters; the longest that any codec has are half of that

# As Emacs writes them, with the line's end: utf-8-unix.
_WITH_SUFFIX = re.compile(r"(utf-8|latin-1|iso-8859-1|iso-latin-1)(?:-|$)")

_OF_TEXT_FILES = frozenset({
    "ascii", "latin_1", "utf_8", "utf_7", "hz", "johab", "gb18030", "gb2312", "gbk", "big5",
    "big5hkscs", "ptcp154", "kz1048", "tis_620", "hp_roman8", "cp437", "cp720", "cp737", "cp775",
    "cp850", "cp852", "cp855", "cp856", "cp857", "cp858", "cp860", "cp861", "cp862", "cp863",
    "cp864", "cp865", "cp866", "cp869", "cp874", "cp932", "cp949", "cp950", "cp1006", "cp1125",
    "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258",
    "euc_jp", "euc_jis_2004", "euc_jisx0213", "euc_kr", "shift_jis", "shift_jis_2004",
    "shift_jisx0213", "iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_2004",
    "iso2022_jp_3", "iso2022_jp_ext", "iso2022_kr", "iso8859_1", "iso8859_2", "iso8859_3",
    "iso8859_4", "iso8859_5", "iso8859_6", "iso8859_7", "iso8859_8", "iso8859_9", "iso8859_10",
    "iso8859_11", "iso8859_13", "iso8859_14", "iso8859_15", "iso8859_16", "koi8_r", "koi8_t",
    "koi8_u", "mac_cyrillic", "mac_greek", "mac_iceland", "mac_latin2", "mac_roman", "mac_turkish",
})  # fmt: skip
"""The standard encodings of the library's table, without those of mainframes and with two or four
bytes to each letter: no line of such a file could name its encoding."""


def python_encoding(content: bytes) -> str:
    """Return the encoding that the first two lines of a file name, else UTF-8.

    An unknown one, one that is none of text files, and one beside a byte-order mark come to UTF-8
    as well: Python judges the file, in its own words.
    """
    lines = io.BytesIO(content)
    first = lines.readline()
    named = _NAMED.match(first)
    if named is None and _BLANK.match(first):
        named = _NAMED.match(lines.readline())
    if named is None or len(named[1]) > _MAX_NAME:
        return "utf-8"
    name = named[1].decode()
    with_suffix = _WITH_SUFFIX.match(name.lower().replace("_", "-"))
    # As Python looks a codec up, but without a cache of all the names that programs made up.
    normal = normalize_encoding(with_suffix[1] if with_suffix else name).lower()
    codec = aliases.get(normal) or aliases.get(normal.replace(".", "_")) or normal
    return codec if codec in _OF_TEXT_FILES and codec != "utf_8" else "utf-8"
