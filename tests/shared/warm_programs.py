"""Programs on which a warm compiler must agree with a new one, and attacks on that."""

from __future__ import annotations

from collections.abc import Mapping

Files = Mapping[str, str]

TYPESCRIPT: Mapping[str, Files] = {
    "plain": {"index.ts": "const a: number[] = [1]; console.log(a.map((x) => x + 1));"},
    "wrong type": {"index.ts": "const a: number = 'b'; console.log(a);"},
    "wrong syntax": {"index.ts": "const a = ;"},
    "a null that is not looked for": {
        "index.ts": "const m = new Map<string, number>(); console.log(m.get('a') + 1);"
    },
    "a name of the page's": {"index.ts": "const name = 'n'; console.log(name, document.title);"},
    "Node's modules": {"index.ts": "import fs from 'node:fs'; console.log(fs.existsSync('/'));"},
    "require": {"index.ts": "import fs = require('fs'); console.log(fs.existsSync('/'));"},
    "an unknown package": {"index.ts": "import z from 'zod'; console.log(z);"},
    "await at the top": {"index.ts": "console.log(await Promise.resolve(1));"},
    "import.meta": {"index.ts": "console.log(import.meta.url.length > 0);"},
    "an error that is expected": {"index.ts": "// @ts-expect-error\nconst a: number = 'b';"},
    "an expected error that is none": {"index.ts": "// @ts-expect-error\nconst a: number = 1;"},
    "nothing is checked": {"index.ts": "// @ts-nocheck\nconst a: number = 'b';"},
    "decorators": {
        "index.ts": "function d(f: any, _: any) { return f; }\n"
        "class A { @d m() { return 1; } }\nconsole.log(new A().m());"
    },
    "JSX": {"index.ts": "const a = <div/>;"},
    "a namespace": {"index.ts": "namespace N { export const a = 1; }\nconsole.log(N.a);"},
    "enums": {"index.ts": "enum E { A, B }\nconst e: E = 5; console.log(e);"},
    "never ends": {"index.ts": "function f(): never { }\nf();"},
    "a type of itself": {"index.ts": "type X = X | 1; const x: X = 1; console.log(x);"},
    "several files": {
        "index.ts": "import { a } from './lib/a'; import { b } from './b.js'; console.log(a + b);",
        "lib/a.ts": "export const a = 1;",
        "b.ts": "export const b: number = 2;",
    },
    "a mistake in a file that nobody imports": {
        "index.ts": "console.log(1);",
        "other.ts": "const a: number = 'b';",
    },
    "a cycle of files": {
        "index.ts": "import { b } from './b'; export const a = () => b; console.log(typeof a());",
        "b.ts": "import { a } from './index'; export const b = () => a;",
    },
    "files of several kinds": {
        "index.ts": "import { a } from './a.mjs'; console.log(a);",
        "a.mts": "export const a = 1;",
    },
    "the same name in two folders": {
        "index.ts": "import { n } from './a/n'; import { n as m } from './b/n'; n(m);",
        "a/n.ts": "export const n = (x: number) => x;",
        "b/n.ts": "export const n = 'text';",
    },
    "declares for all": {
        "index.ts": "export {};\ndeclare global { interface Array<T> { zip(): number } }\n[].zip;"
    },
    "uses what another declared": {"index.ts": "console.log([].zip, zed, new Zork());"},
    "declares variables for all": {
        "index.ts": "export {};\ndeclare global { var zed: number; class Zork {} }\n"
        "globalThis.zed = 1;"
    },
    "declares a module": {
        "index.ts": "import { zed } from 'zedlib'; console.log(zed);",
        "zed.d.ts": "declare module 'zedlib' { export const zed: number; }",
    },
    "uses a module that another declared": {
        "index.ts": "import { zed } from 'zedlib'; console.log(zed);"
    },
    "changes Node's modules": {
        "index.ts": "import fs from 'fs';\ndeclare module 'fs' { function zed(): void; }\nfs.zed;"
    },
    "an ambient file": {"index.ts": "console.log(zed);", "zed.d.ts": "declare const zed: number;"},
    "no library": {"index.ts": '/// <reference no-default-lib="true"/>\nconsole.log([1]);'},
    "another's file by its path": {"index.ts": "import '../kept/index'; console.log(1);"},
    "its own file by its path": {
        "index.ts": "import { a } from '/work/a'; console.log(a);",
        "a.ts": "export const a = 1;",
    },
    "a file by the folder of a process": {
        "index.ts": "import '/proc/self/cwd/kept/index'; console.log(1);"
    },
    "the settings of its project": {
        "index.ts": "import settings from './tsconfig.json'; console.log(settings);"
    },
    "settings of its own": {
        "index.ts": "const a: number = null; console.log(a);",
        "tsconfig.json": '{"compilerOptions": {"strict": false}}',
    },
    "a package of its own": {
        "index.ts": "import { a } from 'own'; console.log(a);",
        "node_modules/own/index.ts": "export const a = 1;",
    },
    "an ES module": {"index.ts": "console.log(require);", "package.json": '{"type":"module"}'},
    "a file in JavaScript": {
        "index.ts": "import { a } from './a'; const b: string = a; console.log(b);",
        "a.js": "export const a = 1;",
    },
    "data": {"index.ts": "import d from './d.json'; console.log(d.a + 1);", "d.json": '{"a": 1}'},
    "names that are not ASCII": {
        "index.ts": "import { größe } from './größe'; console.log(größe);",
        "größe.ts": "export const größe = '½ 🎉';",
    },
    "text that is not ASCII": {"index.ts": "const größe: string = '½ 🎉'; console.log(größe);"},
    "grows when it is made: escapes take twice the bytes": {
        "index.ts": f"console.log('{'中' * 1_450_000}'.length);"
    },
    "many files": {
        "index.ts": "console.log(1);",
        **{f"a{number}.ts": f"export const a = {number};" for number in range(128)},
    },
    "a hidden file with a mistake": {
        "index.ts": "console.log(1);",
        ".a.ts": "const a: number = ''",
    },
}
"""What is wrong in one must be so after any other: they are asked about in this order."""

JAVA: Mapping[str, Files] = {
    "plain": {"Main.java": "class Main { public static void main(String[] a) { } }"},
    "wrong type": {"Main.java": 'class Main { int i = ""; }'},
    "wrong syntax": {"Main.java": "class Main { int i = ; }"},
    "any public name": {
        "Main.java": "public class Other { public static void main(String[] a) { } }"
    },
    "two public classes": {"Main.java": "public class A { } public class B { }"},
    "no class": {"Main.java": "int i = 1;\nSystem.out.println(i);"},
    "nothing": {"Main.java": "// nothing\n"},
    "a note": {
        "Main.java": "import java.util.*; class Main { public static void main(String[] a) "
        "{ List l = new ArrayList(); l.add(1); } }"
    },
    "much of the language": {
        "Main.java": "import java.util.*; import java.util.stream.*;\n"
        "public class Main { sealed interface S permits A, B { } record A(int i) implements S { }\n"
        "record B(String s) implements S { } enum E { X, Y { int n() { return 2; } }; int n() "
        "{ return 1; } }\n"
        "static <T extends Comparable<T>> T max(List<T> l) { return l.stream().max("
        "Comparator.naturalOrder()).get(); }\n"
        "public static void main(String[] a) { S s = new A(1); Runnable r = () -> "
        "System.out.println(s); r.run(); Object o = new Object() { int k = 3; };\n"
        'String t = switch (E.X) { case X -> "x"; case Y -> "y"; }; '
        "System.out.println(max(List.of(1, 2)) + t + o); } }"
    },
    "a package": {
        "Main.java": "package shop; import shop.items.*; public class Main { "
        "public static void main(String[] a) { new Item(); } }",
        "shop/items/Item.java": "package shop.items; public class Item { }",
    },
    "a file of a package without its folder": {
        "Main.java": "class Main { public static void main(String[] a) { new p.Item(); } }",
        "Item.java": "package p; public class Item { }",
    },
    "a class of another request": {
        "Main.java": "class Main { public static void main(String[] a) { new Item(); "
        "new shop.items.Item(); } }"
    },
    "a package of another request": {
        "Main.java": "import shop.items.*; class Main { public static void main(String[] a) { } }"
    },
    "a class of ours": {
        "Main.java": "class Main { Object o = new SnippetCompiler(); WarmCompiler w; }"
    },
    "names of ours": {
        "Main.java": "class Training { } class WarmCompiler { public static void main(String[] a) "
        "{ } }"
    },
    "a package of the compiler's": {
        "Main.java": "class Main { com.sun.tools.javac.main.Main m; "
        "public static void main(String[] a) { } }"
    },
    "a class of Java's own package": {
        "Main.java": "package java.lang; public class Main { public static void main(String[] a) "
        "{ } }"
    },
    "Java's own class once more": {
        "Main.java": "class Main { public static void main(String[] a) { String s = null; } }",
        "String.java": "class String { }",
    },
    "a processor": {
        "Main.java": "import javax.annotation.processing.*; import javax.lang.model.element.*;\n"
        'import java.util.*; @SupportedAnnotationTypes("*") public class Main extends '
        "AbstractProcessor { public boolean process(Set<? extends TypeElement> s, "
        "RoundEnvironment e) { throw new Error(); } public static void main(String[] a) { } }",
        "META-INF/services/javax.annotation.processing.Processor": "Main",
    },
    "a module": {
        "Main.java": "class Main { public static void main(String[] a) { } }",
        "module-info.java": "module m { requires java.sql; }",
    },
    "a static block": {
        "Main.java": "class Main { static { System.exit(3); } public static void main(String[] a) "
        "{ } }"
    },
    "no main method": {"Main.java": "class Main { void f() { } }"},
    "names that are not ASCII": {
        "Main.java": "class Größe { public static void main(String[] a) { "
        'System.out.println("½"); } }'
    },
    "a file whose name is not ASCII": {
        "Main.java": "class Main { public static void main(String[] a) { new Größe(); } }",
        "Größe.java": "class Größe { }",
    },
    "a mark at the start": {"Main.java": "\ufeffclass Main { }"},
    "a warning of an escape": {"Main.java": 'class Main { String s = "\\u00zz"; }'},
    "deep": {
        "Main.java": "class Main { int i = " + "(" * 2_000 + "1" + ")" * 2_000 + "; "
        "public static void main(String[] a) { } }"
    },
    "many classes": {
        "Main.java": "class Main { public static void main(String[] a) { } }"
        + "".join(f"class C{n} {{ }}" for n in range(200))
    },
    "a constant of another request": {
        "Main.java": "class Main { public static void main(String[] a) { "
        "System.out.println(Other.N); } }",
        "Other.java": "class Other { static final int N = 2; }",
    },
    "the same constant with another value": {
        "Main.java": "class Main { public static void main(String[] a) { "
        "System.out.println(Other.N); } }",
        "Other.java": "class Other { static final int N = 3; }",
    },
}
"""As above."""

ALWAYS_COLD = {
    "typescript": frozenset(
        {
            "declares for all",
            "declares variables for all",
            "declares a module",
            "changes Node's modules",
            "an ambient file",
            "no library",
            "its own file by its path",
            "a package of its own",
            "an ES module",
            "a file in JavaScript",
            "data",
            "names that are not ASCII",
            "a hidden file with a mistake",
            "the settings of its project",
        }
    ),
    "java": frozenset(
        {"a note", "a file whose name is not ASCII", "many classes", "deep"},
    ),
}
"""What a new compiler may find right, and the warm one is not asked, or not believed."""

COMPILED_COLD = frozenset(
    {
        *("await at the top", "import.meta", "many files"),
        "grows when it is made: escapes take twice the bytes",
    }
)
"""What the warm one finds right, and a new one makes something of: ES modules, and what is much."""
