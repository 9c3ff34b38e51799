"""Error messages that tell what a program lacked, for each language: its kind, and the name.

Messages are those of a `Diagnosis`; of the real runtimes and compilers in `tests/core`. A message
that names nothing is none of these, and one that a program made up itself is not to be told from
the runtime's: so these only say what a failure may have been, and never change a verdict.
"""

from __future__ import annotations

import re

from daytona_validate._core.languages.browser_names import BROWSER_NAME
from daytona_validate._models import MissingKind

MissingPatterns = tuple[tuple[MissingKind, re.Pattern[str]], ...]
"""The first that matches counts; its first group that took part is the name."""

_NAME, _TYPE, _MODULE = MissingKind.NAME, MissingKind.TYPE, MissingKind.MODULE
_TABLE, _FILE = MissingKind.TABLE, MissingKind.FILE
_BROWSER, _SERVER = MissingKind.BROWSER, MissingKind.SERVER

PYTHON_MISSING: MissingPatterns = (
    (_NAME, re.compile(r"NameError: name '(\w+)' is not defined")),
    (_NAME, re.compile(r"NameError: (?:cannot access )?free variable '(\w+)' ")),
    (_MODULE, re.compile(r"ModuleNotFoundError: No module named '([^']+)'")),
    (_MODULE, re.compile(r"ImportError: attempted (relative import) with no known parent")),
    (
        _FILE,
        re.compile(
            r"FileNotFoundError: \[Errno 2\] No such file or directory: '(?:/work/)?([^/'][^']*)'"
        ),
    ),
    (
        _FILE,
        re.compile(
            r"(?:\w+\.){0,9}\w+(?:Error|Exception|NotFound): (?i:the )?(?i:directory|folder|file)"
            r" '([^/'][^']*)' (?:does not exist|(?:was |is )?not found)"
        ),
    ),
    (_TABLE, re.compile(r"(?:\w+\.)*OperationalError: no such (?:table|column|function): (\S+)")),
    (_SERVER, re.compile(r"ConnectionRefusedError: (\[Errno \d+\] .+)")),
    (_SERVER, re.compile(r"socket\.gaierror: (\[Errno -\d+\] .+)")),
    (_SERVER, re.compile(r"OSError: (\[Errno 101\] .+)")),  # ENETUNREACH
    (
        _SERVER,
        re.compile(
            r"[\w.]+Error: .*?((?:\[Errno (?:111|101|-\d)\]|Error 111 connecting to"
            r"|Cannot connect to host|Max retries exceeded with url|[Cc]onnection refused"
            r"|[Cc]ould not translate host name).*)"
        ),
    ),
)

NODE_MISSING: MissingPatterns = (
    (_BROWSER, re.compile(rf"ReferenceError: ({BROWSER_NAME}) is not defined$")),
    (_NAME, re.compile(r"ReferenceError: (\S+) is not defined$")),
    (_MODULE, re.compile(r"Error: Cannot find module '([^']+)'$")),
    (
        _MODULE,
        re.compile(
            r"Error \[ERR_MODULE_NOT_FOUND\]: Cannot find (?:module|package) '([^']+)'"
            r" imported from "
        ),
    ),
    # Modules that a library loads in a worker, by a name that it was given (pino).
    (_MODULE, re.compile(r'Error: unable to determine transport target for "([^"]+)"$')),
    (_FILE, re.compile(r"Error: ENOENT: no such file or directory, \w+ '([^']+)'")),
    (
        _SERVER,
        re.compile(
            r"(?:[A-Z]\w{1,40})?Error: connect E(?:CONNREFUSED|NETUNREACH|ADDRNOTAVAIL|NOENT) (\S+)"
        ),
    ),
    (
        _SERVER,
        re.compile(
            r"(?:[A-Z]\w{1,40})?Error: (?:getaddrinfo|query\w*)"
            r" E(?:AI_AGAIN|NOTFOUND|CONNREFUSED) (\S+)"
        ),
    ),
    (_SERVER, re.compile(r"AggregateError \[(ECONNREFUSED)\]")),
    (_SERVER, re.compile(r"TypeError: (fetch) failed$")),
)

TYPESCRIPT_MISSING: MissingPatterns = (
    (_BROWSER, re.compile(rf"TS(?:2304|2552|2584|2812): Cannot find name '({BROWSER_NAME})'")),
    (_TYPE, re.compile(r"TS2503: Cannot find namespace '([^']+)'")),
    # The compiler says the same of both; types are written with a capital.
    (_TYPE, re.compile(r"TS(?:2304|2552): Cannot find name '([A-Z]\w*)'")),
    (_NAME, re.compile(r"TS(?:2304|2552|258\d|259\d): Cannot find name '([^']+)'")),
    # Names of primitive types, which a library may have for values: `string()`.
    (_NAME, re.compile(r"TS2693: '([a-z]\w*)' only refers to a type")),
    (_NAME, re.compile(r"TS18004: No value exists in scope for the shorthand property '([^']+)'")),
    (_MODULE, re.compile(r"TS2307: Cannot find module '([^']+)'")),
    (_MODULE, re.compile(r"TS2664: Invalid module name in augmentation, module '([^']+)'")),
    (_MODULE, re.compile(r"TS2882: Cannot find module or type declarations .* of '([^']+)'")),
    *NODE_MISSING,
)

GO_MISSING: MissingPatterns = (
    (_NAME, re.compile(r"undefined: (\w+)$")),
    (_MODULE, re.compile(r"package (\S+) is not in (?:std|GOROOT)")),
    (_MODULE, re.compile(r"(\S+) is not in std$")),
    (_FILE, re.compile(r"panic: open ([^/:][^:]*): no such file or directory$")),
    (_FILE, re.compile(r"pattern ([^:]+): no matching files found$")),
    (_SERVER, re.compile(r"panic: .*\b(dial \w+ \S+:.*)")),
)

JAVA_MISSING: MissingPatterns = (
    (_NAME, re.compile(r"cannot find symbol: variable (\w+)$")),
    (_NAME, re.compile(r"cannot find symbol: method (\w+)\(")),
    (_TYPE, re.compile(r"cannot find symbol: (?:class|interface|enum|record|@interface) (\w+)")),
    (_TYPE, re.compile(r"package ([A-Z]\w*) does not exist$")),  # of `Shapes.Circle`
    (_MODULE, re.compile(r"package ([\w.]+) does not exist$")),
    (_FILE, re.compile(r"java\.nio\.file\.NoSuchFileException: ([^/\s]\S*)$")),
    (
        _FILE,
        re.compile(r"java\.io\.FileNotFoundException: ([^/]\S*) \(No such file or directory\)$"),
    ),
    (_SERVER, re.compile(r"java\.net\.(?:ConnectException|UnknownHostException): (.+)")),
    (_SERVER, re.compile(r"java\.net\.(ConnectException)$")),
)

SQL_MISSING: MissingPatterns = (
    (
        _TABLE,
        re.compile(r'ERROR: (?:relation|type|schema|view|table|sequence) "(.+?)" does not exist'),
    ),
    (
        _TABLE,
        re.compile(
            r"ERROR: (?:index|role|extension|database|trigger|publication|subscription|server"
            r'|tablespace|foreign-data wrapper|policy|collation) "(.+?)".* does not exist'
        ),
    ),
    (_TABLE, re.compile(r'ERROR: column "?(.+?)"? (?:of relation .* )?does not exist')),
    (_TABLE, re.compile(r"ERROR: (?:function|procedure|aggregate) ([^(]+)\(.*\) does not exist")),
    (_TABLE, re.compile(r'ERROR: prepared statement "(.+?)" does not exist')),
    (_TABLE, re.compile(r'ERROR: cursor "(.+?)" does not exist')),
    (_TABLE, re.compile(r"ERROR: operator does not exist: (.+)")),
    (_FILE, re.compile(r"psql: ([^/:][^:]*): No such file or directory$")),
)
