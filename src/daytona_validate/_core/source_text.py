"""Encoding and decoding: a program's text and the bytes of its file, as its language reads them.

A program has one verdict, whether it comes as a file or as text. So text is written as an editor
would save it: in the encoding that it names itself (PEP 263), where its language lets it, and else
in UTF-8. Nothing is taken away: a byte-order mark is the language's to accept or to refuse.
"""

from __future__ import annotations

from daytona_validate._core.languages.language import Language
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._core.sessions import file_name, is_in_session
from daytona_validate._models import Snippet


def file_bytes(text: str, language: Language) -> bytes:
    """Return the bytes of the file that a program's text is.

    They are UTF-8 where the named encoding is unknown or does not have all of the text: what
    is wrong with that is for the language to say.
    """
    plain = text.encode("utf-8", "replace")
    if plain.isascii():
        return plain
    encoding = language.file_encoding(plain)
    try:
        encoded = text.encode(encoding)
        is_same = encoded.decode(encoding) == text
    except (LookupError, UnicodeError):
        return plain
    # Codecs that are none of text files would write line ends, too, in another way.
    return encoded if is_same and encoded.count(b"\n") == plain.count(b"\n") else plain


def file_text(content: bytes, language: Language) -> tuple[str, bytes | None]:
    """Return the text of a file's bytes and, where that is not all there is to them, the bytes.

    What the language's own encoding does not have is replaced in the text; the bytes are then
    what has to run, so that it is the language who judges them.
    """
    try:
        text = content.decode(language.file_encoding(content))
    except (LookupError, UnicodeError):
        return content.decode("utf-8", "replace"), content
    return text, None if file_bytes(text, language) == content else content


def work_files(snippet: Snippet, language: Language) -> dict[str, bytes]:
    """Return every file of a snippet's work folder, its code included."""
    files = {path: _content(path, content) for path, content in snippet.files.items()}
    own = file_bytes(snippet.code, language) if snippet.source is None else snippet.source
    codes = snippet.earlier if is_in_session(snippet, language) else ()
    earlier = {
        file_name(number, language): file_bytes(code, language)
        for number, code in enumerate(codes, 1)
    }
    return files | earlier | {language.entry_file: own}


def _content(path: str, content: str | bytes) -> bytes:
    if isinstance(content, bytes):
        return content
    language = next((each for each in LANGUAGES.values() if path.endswith(each.suffixes)), None)
    return content.encode("utf-8", "replace") if language is None else file_bytes(content, language)
