"""Modules of Python that can never be had here, so that their absence is the code's fault.

What the standard library has today is not among them: an interpreter may have been built or
packaged without a part of it (`tkinter`, `idlelib`, `test`), for which no program can be blamed.
"""

from __future__ import annotations

import sys

# Gone since 3.12 and 3.13, and what Python 2 had under another name: whether the interpreter that
# judges still knows them must make no difference. Names that PyPI serves today are not here.
_REMOVED = """
    aifc asynchat asyncore audioop cgi cgitb chunk crypt imghdr imp lib2to3 mailcap msilib nis
    nntplib ossaudiodev pipes smtpd sndhdr spwd sunau telnetlib uu xdrlib
    BaseHTTPServer ConfigParser Cookie HTMLParser Queue SimpleHTTPServer SocketServer StringIO
    Tkinter UserDict __builtin__ cPickle cStringIO commands cookielib dummy_thread exceptions
    httplib md5 sets sha thread tkMessageBox urllib2 urlparse xmlrpclib
"""

_OF_OTHER_SYSTEMS = """
    _msi _overlapped _scproxy _winapi _winreg msvcrt nt winreg winsound
"""

NEVER_HAD = frozenset((_REMOVED + _OF_OTHER_SYSTEMS).split())
"""Modules that were removed, and those of other systems than Linux."""

OWN_PARTS = (frozenset(sys.stdlib_module_names) | {"test"}) - NEVER_HAD
"""What Python comes with, if it was not left out."""
