"""Recognizer of SQL of another database, by what PostgreSQL stumbled over and where.

The error itself has to name what only the other database has; a word somewhere in the block proves
nothing.
"""

from __future__ import annotations

import re

from daytona_validate._core.fragments.sql_syntax import later_clause, other_syntax
from daytona_validate._models import CodeValidationResult

_NEAR = re.compile(r'syntax error at or near "(.+?)"')
_TYPE = re.compile(r'type "(\w+)" does not exist')
_FUNCTION = re.compile(r"function (\w+)\(.*\) does not exist")
_NAME = re.compile(r'(?:column|relation) "([^"]+)" does not exist')
_SHOWN = re.compile(r'unrecognized configuration parameter "(\w+)"')
_MYSQL, _SQL_SERVER, _ORACLE, _SQLITE = "MySQL", "SQL Server", "Oracle", "SQLite"


def _table(**words: str) -> dict[str, str]:
    names = {"mysql": _MYSQL, "sql_server": _SQL_SERVER, "oracle": _ORACLE, "sqlite": _SQLITE}
    names |= {"mysql_or_sql_server": f"{_MYSQL} or {_SQL_SERVER}"}
    names |= {"mysql_or_sqlite": f"{_MYSQL} or {_SQLITE}"}
    return {word: names[key] for key, listed in words.items() for word in listed.split()}


_NEAR_WORDS = _table(
    mysql="` auto_increment engine charset unsigned zerofill change modify duplicate"
    " # ignore regexp rlike straight_join fulltext unlock",
    sql_server="identity clustered nonclustered nolock",
    oracle="varchar2 connect rownum",
    sqlite="autoincrement without",
)
_FIRST_WORDS = _table(mysql="describe desc use delimiter replace rename flush", sqlite="pragma .")
"""Words that only begin a statement."""
_TYPES = _table(
    mysql="mediumint mediumtext longtext tinytext mediumblob longblob year double enum",
    mysql_or_sql_server="datetime tinyint",
    sql_server="nvarchar datetime2 uniqueidentifier smallmoney ntext smalldatetime",
    oracle="varchar2 number clob nvarchar2",
    mysql_or_sqlite="blob",
)
_FUNCTIONS = _table(
    mysql="date_format ifnull curdate curtime datediff group_concat str_to_date unix_timestamp"
    " dayname monthname last_insert_id from_unixtime adddate subdate find_in_set date_add date_sub"
    " year month day database if json_extract timestampdiff",
    sql_server="isnull getdate len dateadd newid charindex datepart iif scope_identity",
    oracle="nvl decode add_months nvl2 months_between listagg",
    sqlite="strftime julianday typeof total date datetime last_insert_rowid",
)
_NAMES = _table(oracle="sysdate dual rownum", sqlite="sqlite_master sqlite_sequence")
_SHOWS = _table(mysql="tables databases schemas engines processlist variables warnings")
_TOP = re.compile(r"\bselect\s+(?:distinct\s+)?top\s{0,20}\(?\s{0,20}\d", re.IGNORECASE)
_IDENTIFIER = re.compile(r"\[[A-Za-z_]\w*\]")
_OPTION = re.compile(
    r"\[[^\[\]]{0,200}(?:[A-Z]{2,} |\.\.\.|\||, ?\w)[^\[\]]{0,200}\]|\[ ?[A-Z]{2,} ?\]"
    r"|\{[^{}]{0,200}\|[^{}]{0,200}\}"
)
_GO_LINE = re.compile(r"^[ \t]{0,40}go[ \t]{0,40};?[ \t]{0,40}$", re.IGNORECASE | re.MULTILINE)
_SHOW_OF = re.compile(
    r"^\s*show\s+(?:full\s+)?(?:columns|index|create|grants|tables)\b", re.IGNORECASE
)
_PLACEHOLDER = re.compile(
    r"\b(?:from|into|table|update|join|on)\s+(\w*table_?name|your_?table\w*)\b", re.IGNORECASE
)
_VARIABLE = re.compile(r"\b(declare|set|select)\s+@\w", re.IGNORECASE)


def other_dialect(code: str, result: CodeValidationResult) -> str | None:
    """Return which other database a block that failed was written for; None if none is told."""
    message = result.details.partition(": ")[2]
    statement = _statement(code, result.error_line)
    database = _by_error(message, statement) or _by_sign(message, statement, code)
    if database is not None:
        return f"this looks like {database}"
    near = _NEAR.search(message)
    is_synopsis = near is not None and near[1][:1] in ("[", "{", "|") and _OPTION.search(statement)
    named = _PLACEHOLDER.search(statement)
    is_made = re.search(rf"\bcreate\s+table\s+{named[1]}\b", code, re.IGNORECASE) if named else None
    if named and not is_made:
        return f"{named[1]} stands for a table of the reader's"
    return "a synopsis, as manuals write it" if is_synopsis else later_clause(message, code)


def _by_error(message: str, statement: str) -> str | None:
    """Return the database of a word that the error names."""
    for pattern, table in (
        (_NEAR, _NEAR_WORDS),
        (_TYPE, _TYPES),
        (_FUNCTION, _FUNCTIONS),
        (_NAME, _NAMES),
        (_SHOWN, _SHOWS),
    ):
        found = pattern.search(message)
        word = "" if found is None else found[1].lower()
        if word in table:
            return table[word]
    near = _NEAR.search(message)
    first = "" if near is None else near[1].lower()
    return _FIRST_WORDS.get(first) if statement.lstrip().lower().startswith(first) else None


def _by_sign(message: str, statement: str, code: str) -> str | None:
    """Return the database of a sign at the place of the error."""
    near = _NEAR.search(message)
    at = "" if near is None else near[1].lower()
    variable = _VARIABLE.search(statement)
    is_declared = variable is not None and variable[1].lower() == "declare"
    is_bracketed = bool(_IDENTIFIER.search(statement)) and not _OPTION.search(statement)
    signs = (
        ("LIMIT #,# syntax is not supported" in message, _MYSQL),
        (r"invalid command \G" in message, _MYSQL),
        (at[:1].isdigit() and _TOP.search(statement), _SQL_SERVER),
        (at == "[" and is_bracketed, _SQL_SERVER),
        (at == "go" and _GO_LINE.search(code), _SQL_SERVER),
        (at[:1] == "@" and variable, _SQL_SERVER if is_declared else _MYSQL),
        (at and _SHOW_OF.match(statement), _MYSQL),
        (_is_quoted_value(message, statement), f"{_MYSQL}, with strings in double quotes"),
    )
    found = next((database for is_there, database in signs if is_there), None)
    return found or other_syntax(message, statement)


def _is_quoted_value(message: str, statement: str) -> bool:
    """Whether what is taken for a column stands in double quotes only where a value would."""
    found = _NAME.search(message)
    if found is None or not message.startswith("ERROR: column"):
        return False
    name = re.escape(found[1])
    value = re.compile(rf'(?:[=(,]|\blike|\bin\s*\()\s*"{name}"\s*[,);\s]?', re.IGNORECASE)
    alone = re.compile(rf'(?<!["\w]){name}(?!["\w])')
    return value.search(statement) is not None and alone.search(statement) is None


def _statement(code: str, line: int | None) -> str:
    """Return the statement around a line, as semicolons part it."""
    if line is None:
        return code
    at = sum(len(each) + 1 for each in code.split("\n")[: line - 1])
    start = code.rfind(";", 0, at) + 1
    end = code.find(";", at)
    return code[start : end if end >= 0 else len(code)]
