"""Bombs in languages that have a compiler of their own."""

from __future__ import annotations

from bomb import FAILS, HEAVY, REFUSED, RUNS, Table, nested


def _main_of_java(statement: str, members: str = "") -> str:
    main = f"public static void main(String[] a) throws Exception {{ {statement} }}"
    return f"class Main {{ {members}\n{main} }}"


def _main_of_go(statement: str, declarations: str = "") -> str:
    return f"package main\n{declarations}\nfunc main() {{\n{statement}\n}}\n"


TYPESCRIPT: Table = {
    "a type that counts": (
        HEAVY,
        lambda: (
            "type F<N extends number, A extends 0[] = []> =\n"
            "A['length'] extends N ? A : F<N, [...A, 0]>;\n"
            "const x: F<100000> = [];"
        ),
    ),
    "a type that doubles": (
        HEAVY,
        lambda: (
            "type D<T> = [T, T];\n"
            + "".join(
                f"type D{n} = D<D{n - 1}>;\n" if n else "type D0 = D<0>;\n" for n in range(30)
            )
            + "const x: D29 = 1; const y: D29 = [x, x];"
        ),
    ),
    "a union that explodes": (
        REFUSED,
        lambda: "type D = 0|1|2|3|4|5|6|7|8|9;\nconst x: `${D}${D}${D}${D}${D}${D}${D}` = 'a';",
    ),
    "a type of itself": (REFUSED, lambda: "type A = A[0] | B; type B = A;\nconst x: A = 1;"),
    "conditional types": (
        HEAVY | RUNS,
        lambda: (
            "type E<T, N extends 0[]> =\n"
            "N['length'] extends 24 ? T : E<T, [...N, 0]> | E<[T], [...N, 0]>;\n"
            "const x: E<1, []> = 1;"
        ),
    ),
    "generics in generics": (
        REFUSED | HEAVY | RUNS,
        lambda: "class A<T> { a!: T }\nlet x: " + nested("A<", ">", 5_000, "0") + ";",
    ),
    "parentheses": (REFUSED | HEAVY | RUNS, lambda: "const x = " + nested("(", ")", 20_000)),
    "a long union": (
        REFUSED | RUNS | HEAVY,
        lambda: "type U = " + "|".join(f"'{n}'" for n in range(50_000)) + ";\nlet x: U = '1';",
    ),
    "overloads": (
        REFUSED | RUNS,
        lambda: (
            "".join(f"declare function f(a: {{ a{n}: 1 }}): {n};\n" for n in range(3_000))
            + "f({ b: 1 });"
        ),
    ),
    "a large literal": (RUNS | HEAVY, lambda: "const x = [" + "{a: 1}," * 50_000 + "];"),
}

JAVA: Table = {
    "parentheses": (
        REFUSED | HEAVY,
        lambda: _main_of_java(f"int x = {nested('(', ')', 10_000)};"),
    ),
    "generics": (
        REFUSED | HEAVY | RUNS,
        lambda: _main_of_java(
            "", "java.util.List" + nested("<java.util.List", ">", 5_000, "") + " x;"
        ),
    ),
    "blocks": (REFUSED | HEAVY | RUNS, lambda: _main_of_java(nested("{", "}", 10_000, ";"))),
    "conditions": (
        REFUSED | HEAVY,
        lambda: _main_of_java("boolean b = true;" + "if (b) ; else " * 10_000 + ";"),
    ),
    "sums": (
        REFUSED | HEAVY | RUNS,
        lambda: _main_of_java("int y = 1; int x = y" + "+ y" * 20_000 + ";"),
    ),
    "a large array": (
        REFUSED,
        lambda: _main_of_java("", "static int[] x = {" + "12345," * 100_000 + "};"),
    ),
    "a huge array": (
        HEAVY | FAILS,
        lambda: _main_of_java("long[] x = new long[Integer.MAX_VALUE - 8];"),
    ),
    "texts that double": (
        HEAVY,
        lambda: _main_of_java(
            "System.out.println(T29);",
            'static final String T0 = "aaaaaaaa";'
            + "".join(f"static final String T{n} = T{n - 1} + T{n - 1};" for n in range(1, 30)),
        ),
    ),
    "a long text": (REFUSED, lambda: _main_of_java(f'String x = "{"a" * 70_000}";')),
    "a long name": (RUNS | REFUSED, lambda: _main_of_java(f"int {'a' * 70_000} = 1;")),
    "functions in functions": (
        HEAVY | RUNS,
        lambda: _main_of_java(
            "Object x = " + nested("f(() -> ", ")", 12, "f(() -> 1)") + ";",
            "static <T> T f(java.util.concurrent.Callable<T> c) { return null; }"
            "static <T> T f(java.util.function.Supplier<T> c) { return null; }",
        ),
    ),
    "classes in classes": (
        REFUSED | HEAVY,
        lambda: (
            "class Main " + "".join(f"{{ class C{n} " for n in range(3_000)) + "{}" + "}" * 3_000
        ),
    ),
    "unicode escapes": (RUNS, lambda: _main_of_java("int x = \\" + "u" * 1_000_000 + "0031;")),
}

GO: Table = {
    "parentheses": (
        REFUSED | HEAVY | RUNS,
        lambda: _main_of_go(f"_ = {nested('(', ')', 100_000)}"),
    ),
    "a large array": (
        HEAVY | RUNS,
        lambda: _main_of_go("println(x[1])", "var x = [1 << 27]int{1: 1, 1<<27 - 1: 1}"),
    ),
    "a huge array": (REFUSED | HEAVY, lambda: _main_of_go("println(len(x))", "var x [1 << 50]int")),
    "types that double": (
        REFUSED | HEAVY,
        lambda: _main_of_go(
            "var x T30; _ = x",
            "type T0 struct { a, b int }\n"
            + "".join(f"type T{n} struct {{ a, b T{n - 1} }}\n" for n in range(1, 31)),
        ),
    ),
    "generics of generics": (
        REFUSED | HEAVY,
        lambda: _main_of_go(
            "f[int](20)",
            "type P[T any] struct { a, b T }\nfunc f[T any](n int) { if n > 0 { f[P[T]](n - 1) } }",
        ),
    ),
    "many instances": (
        HEAVY | RUNS,
        lambda: _main_of_go(
            "f0[int]()",
            "type P[A, B any] struct{}\n"
            + "".join(
                f"func f{n}[T any]() {{ f{n + 1}[P[T, int]](); f{n + 1}[P[int, T]]() }}\n"
                for n in range(12)
            )
            + "func f12[T any]() { var x T; println(&x) }",
        ),
    ),
    "shifts": (REFUSED, lambda: _main_of_go("const x = 1 << 1000000\n_ = x >> 999990")),
    "constants that square": (
        REFUSED | HEAVY | RUNS,
        lambda: _main_of_go(
            "println(x20 > 0)",
            "const x0 = 3\n" + "".join(f"const x{n} = x{n - 1} * x{n - 1}\n" for n in range(1, 21)),
        ),
    ),
    "texts that double": (
        REFUSED | HEAVY | RUNS,
        lambda: _main_of_go(
            "println(len(x29))",
            'const x0 = "aaaaaaaa"\n'
            + "".join(f"const x{n} = x{n - 1} + x{n - 1}\n" for n in range(1, 30)),
        ),
    ),
    "functions in functions": (
        REFUSED | HEAVY | RUNS,
        lambda: _main_of_go("_ = " + nested("func() any { return ", " }", 2_000)),
    ),
    "blocks": (REFUSED | HEAVY | RUNS, lambda: _main_of_go(nested("{", "}", 20_000, ""))),
    "a long sum": (REFUSED | HEAVY | RUNS, lambda: _main_of_go("y := 1\n_ = y" + "+ y" * 50_000)),
    "a long number": (
        REFUSED | RUNS,
        lambda: _main_of_go("const x = " + "9" * 100_000 + "\n_ = x"),
    ),
    "a large table": (
        RUNS | HEAVY,
        lambda: _main_of_go("println(len(x))", "var x = []int{" + "1," * 200_000 + "}"),
    ),
    "calls of itself": (FAILS | HEAVY, lambda: _main_of_go("f()", "func f() { f() }")),
}
