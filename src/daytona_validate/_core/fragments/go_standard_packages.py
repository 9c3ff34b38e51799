"""The packages of Go's standard library by the name they are called by; of Go 1.21 to 1.27."""

from __future__ import annotations

from collections.abc import Iterable

_PATHS = """
archive/tar archive/zip bufio bytes cmp compress/bzip2 compress/flate compress/gzip compress/lzw
compress/zlib container/heap container/list container/ring context crypto crypto/aes crypto/cipher
crypto/des crypto/dsa crypto/ecdh crypto/ecdsa crypto/ed25519 crypto/elliptic crypto/hmac crypto/md5
crypto/rc4 crypto/rsa crypto/sha1 crypto/sha256 crypto/sha512 crypto/subtle crypto/tls crypto/x509
database/sql database/sql/driver debug/buildinfo embed encoding encoding/ascii85 encoding/asn1
encoding/base32 encoding/base64 encoding/binary encoding/csv encoding/gob encoding/hex encoding/json
encoding/pem encoding/xml errors expvar flag fmt go/ast go/build go/constant go/format go/importer
go/parser go/printer go/token go/types hash hash/adler32 hash/crc32 hash/crc64 hash/fnv hash/maphash
html image image/color image/draw image/gif image/jpeg image/png index/suffixarray io io/fs
io/ioutil iter log log/slog log/syslog maps math math/big math/bits math/cmplx mime mime/multipart
mime/quotedprintable net net/http net/http/cookiejar net/http/httptest net/http/httptrace
net/http/httputil net/mail net/netip net/rpc net/rpc/jsonrpc net/smtp net/textproto net/url os
os/exec os/signal os/user path path/filepath plugin reflect regexp regexp/syntax runtime
runtime/debug runtime/metrics runtime/pprof runtime/trace slices sort strconv strings sync
sync/atomic syscall testing testing/fstest testing/iotest testing/quick testing/slogtest
text/scanner text/tabwriter text/template text/template/parse time time/tzdata unicode unicode/utf16
unicode/utf8 unique unsafe weak
""".split()  # noqa: SIM905 - a table of words

STANDARD_PACKAGES = {path.rpartition("/")[2]: path for path in _PATHS}
"""From a name to its path; of those with one name, the usual one."""
_CHOICES: dict[str, tuple[tuple[str, frozenset[str]], ...]] = {
    "rand": (
        (
            "math/rand/v2",
            frozenset({"IntN", "Int32N", "Int64N", "UintN", "Uint32N", "Uint64N", "N", "NewPCG"}),
        ),
        ("crypto/rand", frozenset({"Reader", "Read", "Prime", "Text"})),
        ("math/rand", frozenset()),
    ),
    "template": (
        ("html/template", frozenset({"HTML", "HTMLAttr", "CSS", "JS", "JSStr", "Srcset", "URL"})),
        ("text/template", frozenset()),
    ),
}
"""Paths that share a name, each with what only it has; the last is taken without such a sign."""


def standard_package(name: str, members: Iterable[str] = ()) -> str | None:
    """Return the path of a standard package.

    Args:
        name: What it is called by, such as `rand`.
        members: What is used of it, such as `Intn`, to choose among packages of one name.
    """
    used = frozenset(members)
    for path, only in _CHOICES.get(name, ()):
        if not only or used & only:
            return path
    return STANDARD_PACKAGES.get(name)
