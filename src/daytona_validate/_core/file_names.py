"""Names of a snippet's further files: paths that stay inside its work folder."""

from __future__ import annotations

from collections.abc import Collection, Iterator

_MAX_PART_BYTES = 255  # of one part of a path, on every file system that Linux has
_MAX_PATH_BYTES = 1024


def file_name_problem(path: str, *, entry_file: str, paths: Collection[str]) -> str | None:
    """Return what is wrong with a file's name, as the rest of a sentence, or None.

    Args:
        path: The name, with `/` between its parts.
        entry_file: Where the code itself goes.
        paths: The names of all files, this one included.
    """
    return next(_problems(path, entry_file, paths), None)


def _problems(path: str, entry_file: str, paths: Collection[str]) -> Iterator[str]:
    encoded = path.encode(errors="surrogatepass")
    if "\0" in path or encoded.decode(errors="ignore") != path:
        yield "has a NUL character or half of a surrogate pair"
    if path.startswith("/"):
        yield "is absolute; name it relative to the work folder"
    parts = path.split("/")
    if any(part in ("", ".", "..") for part in parts):
        yield "has an empty part, '.' or '..'; write it like 'folder/name'"
    if len(encoded) > _MAX_PATH_BYTES or any(
        len(part) > _MAX_PART_BYTES for part in encoded.split(b"/")
    ):
        yield f"is longer than {_MAX_PART_BYTES} bytes a part or {_MAX_PATH_BYTES} in all"
    if parts[0] == entry_file:
        yield "is where the code itself goes; choose another"
    if any("/".join(parts[:count]) in paths for count in range(1, len(parts))):
        yield "lies inside a path that is itself a file"
