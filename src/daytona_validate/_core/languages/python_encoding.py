"""Encoding of a Python file: PEP 263, by the standard library's own reader of it.

Only encodings of text files are accepted. Python has other codecs besides, and some of them
(punycode, idna) take quadratic time: a program's author could choose what reading it costs.
"""

from __future__ import annotations

import codecs
import io
import tokenize

_OF_TEXT_FILES = frozenset({
    "ascii", "utf_8", "utf_7", "hz", "johab", "gb18030", "gb2312", "gbk", "big5", "big5hkscs",
    "ptcp154", "kz1048", "tis_620", "hp_roman8", "cp437", "cp720", "cp737", "cp775", "cp850",
    "cp852", "cp855", "cp856", "cp857", "cp858", "cp860", "cp861", "cp862", "cp863", "cp864",
    "cp865", "cp866", "cp869", "cp874", "cp932", "cp949", "cp950", "cp1006", "cp1125", "cp1250",
    "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "euc_jp",
    "euc_jis_2004", "euc_jisx0213", "euc_kr", "shift_jis", "shift_jis_2004", "shift_jisx0213",
    "iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_2004", "iso2022_jp_3",
    "iso2022_jp_ext", "iso2022_kr", "iso8859_1", "iso8859_2", "iso8859_3", "iso8859_4", "iso8859_5",
    "iso8859_6", "iso8859_7", "iso8859_8", "iso8859_9", "iso8859_10", "iso8859_11", "iso8859_13",
    "iso8859_14", "iso8859_15", "iso8859_16", "koi8_r", "koi8_t", "koi8_u", "mac_cyrillic",
    "mac_greek", "mac_iceland", "mac_latin2", "mac_roman", "mac_turkish",
})  # fmt: skip
"""The standard encodings of the library's table, without those of mainframes and with two or four
bytes to each letter: no line of such a file could name its encoding."""


def python_encoding(content: bytes) -> str:
    """Return the encoding that the first two lines of a file name, else UTF-8.

    An unknown one, one that is none of text files, one beside a byte-order mark and lines that are
    not UTF-8 come to UTF-8 as well: Python judges the file, in its own words.
    """
    try:
        name, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    except SyntaxError:
        return "utf-8"
    # The mark is a character of the text like any other here.
    is_text = codecs.lookup(name).name.replace("-", "_") in _OF_TEXT_FILES
    return name if is_text and name != "utf-8-sig" else "utf-8"
