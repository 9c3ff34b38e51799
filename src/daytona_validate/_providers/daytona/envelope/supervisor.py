"""The supervisor of runs, one program in perl: as a file of our snapshots, or sent with a run.

As a file it costs a request nothing, and may be of another version than this package: so a run
names its content by a hash, and a sandbox that does not have just that file, root's alone to
change, says so before anything else.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

FILE: Final = "supervisor.pl"
"""Its name in the folder of a snapshot that is ours."""
_PART: Final = "used_sandbox.pl"
"""What further uses need, as a file of ours: it stands as a text in the program."""


def _source(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="ascii")


# Read with the module, as a file would else be read in somebody's event loop.
_FIRST: Final = _source(FILE).replace(f"({_PART})\n", "")
_WHOLE: Final = _source(FILE).replace(f"({_PART})\n", _source(_PART))

SOURCE: Final = _WHOLE.encode("ascii")
"""The program, as a snapshot has it."""

DIGEST: Final = hashlib.sha256(SOURCE).hexdigest()
"""What a run asks for."""


def _sent(program: str) -> str:
    """Return a program without comments and indentation.

    Bash reads a script from a pipe byte by byte, 0.75 s for a MB.
    """
    lines = (line.lstrip() for line in program.splitlines())
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("#"))


CARRIED: Final = _sent(_FIRST)
"""What a sandbox's first run brings where the snapshot does not have the file."""
CARRIED_FURTHER: Final = _sent(_WHOLE)
"""What further runs bring there."""

# A folder such as /tmp, where others may make what is theirs and not touch what is root's, is as
# good as one where they may not. sha256sum: the perl of small images has no module that hashes.
_STARTER = """\
sub absent {{ print "{nonce} absent $_[0]\\n"; exit }}
my $file = {path};
for (my $path = $file; ; $path =~ s|/[^/]*$||) {{
my ($mode, $owner) = (lstat($path || '/'))[2, 4] or absent('missing');
absent('link') if -l _;
absent('owner') if $owner;
absent('writable') if $mode & 022 && !(-d _ && -k _);
last if $path eq '';
}}
open my $sum, '-|', 'sha256sum', $file or absent('sha256sum');
absent('version') if <$sum> !~ /^{digest} /;
close $sum;
do $file;
"""


def starter(folder: str, *, nonce: str) -> str:
    """Return the program that starts the snapshot's own supervisor.

    Where that is not the one of this package, it says so in a line, and starts nothing.

    Args:
        folder: Where the snapshot has it.
        nonce: Begins that line.
    """
    return _STARTER.format(path=_literal(f"{folder}/{FILE}"), nonce=nonce, digest=DIGEST)


def _literal(text: str) -> str:
    """Return a text as perl has to read it: with no quotes, and nothing put in."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
