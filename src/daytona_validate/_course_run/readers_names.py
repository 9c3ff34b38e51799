"""Names of Python that a reader has from elsewhere: from other pages of the site, or by himself.

A block that reads a name and binds it nowhere has one of its reader's, or a slip of the pen. A slip
is made once, is known to no other page, leaves no other name unknown, and may have left one behind
that nothing reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from daytona_validate._core.fragments.known_names import FORGOTTEN_NAMES, OWN_NAMES
from daytona_validate._core.fragments.near_names import is_misspelt
from daytona_validate._course_run.bindings import Bindings, bindings, has_unread_local
from daytona_validate._course_run.page_words import words_of
from daytona_validate._course_run.site import Site

_LEAST_READS = 2
_OF_MODULES = frozenset(
    """
    acos asin atan atan2 b64decode b64encode basename capwords choice choices cos dirname dumps
    expanduser fsum getcwd gethostname getsize hexlify isclose isdir isfile isnan listdir loads
    makedirs mkdtemp monotonic nlargest nsmallest parse_qs perf_counter quote_plus radians randint
    randrange rmtree shuffle sin splitext strptime tan time_ns token_hex unhexlify urlencode urljoin
    urlsplit
    """.split()  # noqa: SIM905 - a table of words
)
"""Functions of standard modules: who has them of no module has left out its import."""
_KNOWN = FORGOTTEN_NAMES["python"] | OWN_NAMES["python"]


def is_readers_name(name: str, code: str, others: Sequence[str], site: Site) -> bool:
    """Return whether a name that nothing on a page makes is meant to be the reader's.

    Args:
        name: What the block lacks.
        code: The block.
        others: The page's other blocks in Python.
        site: Of the page.
    """
    own = bindings(code)
    if own is None or not own.is_read_only(name) or name in _OF_MODULES:
        return False
    is_known = own.read[name] >= _LEAST_READS or site.defines(name)
    is_known = is_known and not has_left_behind(name, code, others)
    return is_known or _lacks_others(name, own, others)


def binds_inside(codes: Sequence[str], name: str) -> bool:
    """Return whether a function of some code has a parameter or a variable of a name."""
    found = (bindings(each) for each in codes)
    return any(each is not None and name in each.inner for each in found)


def assigns(code: str, name: str) -> bool:
    """Return whether code binds a name outside of its functions; no of what is no Python."""
    found = bindings(code)
    return found is not None and name in found.outer


def makes_for_others(code: str, name: str) -> bool:
    """Return whether code binds a name outside of its functions; yes of what is no Python."""
    found = bindings(code)
    return found is None or name in found.outer


def reads_as_given(code: str, name: str) -> bool:
    """Return whether code reads a name that it binds nowhere."""
    found = bindings(code)
    return found is None or found.is_read_only(name)


def is_slip_of_own(name: str, code: str) -> bool:
    """Return whether a name is nearly one that the code binds itself: `prices`, beside `price`."""
    found = bindings(code)
    return found is None or is_misspelt(name, found.outer | found.inner)


def has_left_behind(name: str, code: str, others: Iterable[str]) -> bool:
    """Return whether a block may bind what a name is a slip for: nothing reads that.

    Args:
        name: That it reads and does not bind; yes of any other.
        code: The block.
        others: The page's other blocks in Python.
    """
    own = bindings(code)
    if own is None or not own.is_read_only(name):
        return True
    left = own.unread() - {each for other in others for each in _read(other)}
    if name[:1].isupper():
        return any(_is_same_word(name, each) for each in left)
    is_called = re.search(rf"(?<![\w.]){name}\(", code) is not None
    if not is_called and has_unread_local(code, name):
        return True
    variables = {each for each in left if not each[:1].isupper() and each != "_"}
    return bool(variables if is_called else variables - own.defined)


def _lacks_others(name: str, own: Bindings, others: Sequence[str]) -> bool:
    """Return whether a block lacks another name as well, that is nearly no other: a slip is one."""
    made = (own.outer | own.inner).union(*map(_may_make, others))
    if "*" in made or name in made:
        return False
    unknown = own.read.keys() - made - _KNOWN - {name}
    return any(not is_misspelt(each, own.read.keys() | made | _KNOWN) for each in unknown)


def _may_make(code: str) -> frozenset[str]:
    """Return what code binds for others; of what is no Python, all of its words."""
    found = bindings(code)
    return words_of(code, "python") if found is None else found.outer


def _is_same_word(one: str, other: str) -> bool:
    """Return whether one name begins with the other, and goes on within its last word."""
    short, long = sorted((one, other), key=len)
    return long.startswith(short) and not long[len(short) :][:1].isupper()


def _read(code: str) -> frozenset[str]:
    found = bindings(code)
    return frozenset() if found is None else frozenset(found.read)
