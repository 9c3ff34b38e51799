"""Bombs in languages that are run as they stand."""

from __future__ import annotations

from bomb import DEEP, FAILS, HEAVY, REFUSED, RUNS, SLOW, Table, nested
from daytona_validate._models import Outcome

PYTHON: Table = {
    "parentheses": (REFUSED, lambda: nested("(", ")", 5_000)),
    "open parentheses": (REFUSED, lambda: "(" * 100_000),
    "lists": (REFUSED, lambda: nested("[", "]", 100_000)),
    "minuses": (DEEP, lambda: "-" * 400_000 + "1"),
    "powers": (DEEP, lambda: "x = " + "**".join("1" * 50_000)),
    "sums": (REFUSED | RUNS, lambda: "x = " + "+".join("1" * 200_000)),
    "lambdas": (DEEP, lambda: "lambda: " * 50_000 + "1"),
    "attributes": (REFUSED | FAILS, lambda: "a = 1\na" + ".b" * 100_000),
    "calls": (REFUSED | FAILS, lambda: "f = 1\nf" + "()" * 100_000),
    "conditions": (DEEP | RUNS, lambda: "x = " + "1 if 1 else " * 50_000 + "1"),
    "blocks": (REFUSED, lambda: "\n".join(" " * n + "if 1:" for n in range(1_000))),
    "loops": (REFUSED, lambda: "\n".join(" " * n + "for a in b:" for n in range(50)) + " pass"),
    "functions": (
        REFUSED,
        lambda: "\n".join(" " * n + f"def f{n}():" for n in range(150)) + " pass",
    ),
    "a huge list": (HEAVY, lambda: "x = [0] * 10**9\nprint(len(x))"),
    "a huge text": (HEAVY, lambda: "x = 'ab' * 10**9\nprint(len(x))"),
    "folded shifts": (HEAVY | FAILS, lambda: "x = 1 << 10**11"),
    "folded powers": (HEAVY, lambda: "x = 10 ** 10 ** 9"),
    "a long number": (REFUSED, lambda: "x = " + "9" * 1_000_000),
    "a long float": (RUNS, lambda: "x = 0." + "9" * 1_000_000),
    "a long name": (RUNS, lambda: "a" * 1_000_000 + " = 1"),
    "a long text": (RUNS, lambda: "x = '" + "a" * 1_000_000 + "'"),
    "a text with many fields": (
        RUNS | REFUSED | SLOW,
        lambda: "x = 1\ny = f'" + "{x}" * 100_000 + "'",
    ),
    "a text in a text": (REFUSED | RUNS, lambda: "x = 1\ny = " + "f'{" * 100 + "1" + "}'" * 100),
    "many statements": (RUNS, lambda: "x = 1\n" * 100_000),
    "many names": (RUNS, lambda: "".join(f"x{n} = 1\n" for n in range(50_000))),
    "a large table": (RUNS, lambda: "x = {" + ",".join(f"{n}: {n}" for n in range(50_000)) + "}"),
    "escapes": (REFUSED, lambda: r"x = '" + r"\N{" * 100_000 + "'"),
    "line ends": (REFUSED, lambda: "\\\n" * 400_000),
    "decorators": (FAILS | REFUSED, lambda: "@a\n" * 100_000 + "def f(): pass"),
    "patterns": (REFUSED, lambda: "match 1:\n case " + nested("(", ")", 3_000) + ": pass"),
    "comparisons": (RUNS | REFUSED, lambda: "x = " + "<".join("1" * 100_000)),
    "a slow pattern": (
        SLOW,
        lambda: "import re\nre.match('(a+)+$', 'a' * 60 + 'b')",
    ),
    "deep data": (FAILS | HEAVY, lambda: "import json\njson.loads('[' * 1_000_000)"),
    "a deep tree": (
        FAILS | HEAVY,
        lambda: (
            "import ast\nx = ast.Constant(1)\n"
            "for _ in range(10**6): x = ast.UnaryOp(ast.USub(), x)\n"
            "compile(ast.fix_missing_locations(ast.Expression(x)), 'x', 'eval')"
        ),
    ),
}

JAVASCRIPT: Table = {
    "parentheses": (REFUSED | FAILS, lambda: nested("(", ")", 100_000)),
    "arrays": (REFUSED | FAILS, lambda: nested("[", "]", 100_000)),
    "blocks": (REFUSED | FAILS, lambda: nested("{", "}", 100_000)),
    "functions": (REFUSED | FAILS, lambda: nested("(() => ", ")", 50_000)),
    "signs": (REFUSED | FAILS, lambda: "!" * 500_000 + "1"),
    "sums": (REFUSED | FAILS | RUNS, lambda: "x = 1" + "+1" * 500_000),
    "templates": (REFUSED | FAILS, lambda: nested("`${", "}`", 50_000)),
    "conditions": (REFUSED | FAILS | RUNS, lambda: "x = " + "1 ? 1 : " * 100_000 + "1"),
    "members": (FAILS | REFUSED, lambda: "a = 1; a" + ".b" * 300_000),
    "a slow pattern": (
        SLOW,
        lambda: "/^(a+)+$/.test('a'.repeat(60) + 'b')",
    ),
    "a huge array": (HEAVY | FAILS, lambda: "new Array(2 ** 32 - 1).fill(0)"),
    "a huge number": (FAILS | HEAVY, lambda: "2n ** (2n ** 40n)"),
    "a huge text": (FAILS | HEAVY, lambda: "'a'.repeat(2 ** 29 - 25)[0].repeat(2 ** 30)"),
    "a long name": (RUNS, lambda: "var " + "a" * 1_000_000 + " = 1"),
    "a long line": (RUNS, lambda: "x = 1;" * 100_000),
    "a large table": (RUNS, lambda: "x = [" + ",".join(map(str, range(100_000))) + "]"),
    "deep data": (FAILS | HEAVY, lambda: "JSON.parse('['.repeat(10_000_000))"),
}

SQL: Table = {
    "parentheses": (FAILS | HEAVY, lambda: f"SELECT {nested('(', ')', 50_000)};"),
    "minuses": (FAILS | HEAVY, lambda: "SELECT " + "- " * 100_000 + "1;"),
    "queries in queries": (
        FAILS | HEAVY,
        lambda: nested("SELECT * FROM (", ") AS x", 5_000, "SELECT 1") + ";",
    ),
    "joins": (
        FAILS | HEAVY,
        lambda: (
            "SELECT 1 FROM pg_class AS c0"
            + "".join(
                f" JOIN pg_class AS c{n} ON c{n}.oid = c{n - 1}.oid" for n in range(1, 10_000)
            )
            + ";"
        ),
    ),
    "products": (
        SLOW,
        lambda: "SELECT count(*) FROM pg_class a, pg_class b, pg_class c, pg_class d, pg_class e;",
    ),
    "a query without end": (
        HEAVY | {Outcome.DISK_LIMIT},
        lambda: (
            "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) "
            "SELECT count(*) FROM r;"
        ),
    ),
    "rows without end": (
        HEAVY | {Outcome.DISK_LIMIT},
        lambda: (
            "WITH RECURSIVE r(n, t) AS "
            "(SELECT 1, repeat('x', 1000) UNION SELECT n + 1, t || n FROM r) "
            "SELECT count(*) FROM r;"
        ),
    ),
    "memory of a sort": (
        frozenset({Outcome.MEMORY_LIMIT}),
        lambda: (
            "SET work_mem = '2GB';\nSELECT count(*) FROM (SELECT repeat(n::text, 100) AS t "
            "FROM generate_series(1, 5000000) AS n ORDER BY t) AS s;"
        ),
    ),
    "unions": (FAILS | HEAVY | RUNS, lambda: " UNION ALL ".join(["SELECT 1"] * 5_000) + ";"),
    "a long list": (
        RUNS | HEAVY,
        lambda: "SELECT 1 IN (" + ",".join(map(str, range(100_000))) + ");",
    ),
    "a long name": (RUNS, lambda: f'SELECT 1 AS "{"a" * 1_000_000}";'),
    "a long text": (
        RUNS | frozenset({Outcome.OUTPUT_LIMIT}),
        lambda: f"SELECT length('{'a' * 1_000_000}');",
    ),
    "conditions": (FAILS | HEAVY, lambda: "SELECT 1 WHERE " + "NOT " * 100_000 + "true;"),
    "cases": (
        FAILS | HEAVY,
        lambda: "SELECT " + nested("CASE WHEN true THEN ", " END", 20_000) + ";",
    ),
    "deep data": (FAILS, lambda: "SELECT repeat('[', 1000000)::json;"),
    "a slow pattern": (
        HEAVY | FAILS | RUNS,
        lambda: "SELECT repeat('a', 60) || 'b' ~ '^((a+)+)+\\1$';",
    ),
    "functions of themselves": (
        FAILS,
        lambda: (
            "CREATE FUNCTION f(n int) RETURNS int LANGUAGE sql AS 'SELECT 1';\n"
            "CREATE OR REPLACE FUNCTION f(n int) RETURNS int LANGUAGE sql AS 'SELECT f(n + 1)';\n"
            "SELECT f(1);"
        ),
    ),
    "quotes": (FAILS, lambda: "SELECT '" + "''" * 500_000 + ";"),
    "dollars": (FAILS | RUNS, lambda: "SELECT " + "$a" * 100_000 + "$;"),
    "comments in comments": (FAILS | RUNS | HEAVY, lambda: "/*" * 200_000),
}
