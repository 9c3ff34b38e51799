"""Programs that end javac or Java in every way they have words for."""


def main(body: str, rest: str = "") -> str:
    return (
        f"public class Main {{\n  public static void main(String[] args) throws Exception {{\n"
        f"{body}\n  }}\n{rest}}}\n"
    )


PROGRAMS = {
    # What the compiler says.
    "semicolon": main("    int x = 1"),
    "symbol": main("    foo(1);"),
    "symbol_class": main("    Strin s = null;"),
    "types": main('    int x = "a";'),
    "arguments": main("    main(1);"),
    "unreported": "class A {\n  void f() { throw new java.io.IOException(); }\n}\n",
    "warning_then_error": main("    new Thread().stop();\n    int x = y;"),
    "not_java": 'print("hello")\nfor i in range(3):\n    print(i)\n',
    "unclosed_text": main('    String s = "a;'),
    "end_of_file": "class A {\n  void f() {\n",
    "two_public": "public class A {}\npublic class B {}\n",
    "wrong_package_twice": "import java.utl.List;\nimport org.junit.Test;\nclass A {}\n",
    "jdk_package": "import java.utl.List;\nclass A {}\n",
    "javax_package": "import javax.swng.JFrame;\nclass A {}\n",
    "absent": "import org.junit.jupiter.api.Test;\nclass A {\n  @Test void f() {}\n}\n",
    "absent_static": (
        "import static org.junit.Assert.assertEquals;\nimport org.junit.*;\n"
        "class A {\n  @Test public void f() { assertEquals(1, 1); Assert.fail(); }\n}\n"
    ),
    "absent_javax": (
        "import javax.servlet.http.HttpServlet;\nclass A extends HttpServlet {\n"
        "  @Override public void init() {}\n}\n"
    ),
    "absent_single": "import lombok.Data;\n@Data class A { int x; }\n",
    "absent_and_wrong": 'import org.junit.Test;\nclass A {\n  @Test int f() { return "a"; }\n}\n',
    "absent_and_unknown": "import org.junit.Test;\nclass A {\n  @Test int f() { return g(); }\n}\n",
    "absent_said": main("    // error: package org.junit does not exist\n    int x = y;"),
    "own_absent_class": "import Utils.Helper;\nclass A {}\n",
    "qualified_absent": main("    Foo.Bar x = null;"),
    "too_deep": main("    int x = " + "(" * 20_000 + "1" + ")" * 20_000 + ";"),
    # What is no program.
    "statements": "import java.util.*;\nList<Integer> a = List.of(1);\nSystem.out.println(a);\n",
    "members": "// adds\nint add(int a, int b) {\n  return a + b;\n}\n",
    "imports": "import java.util.List;\n",
    "comment": "// later\n",
    "wrong_statements": "int x = 1\nSystem.out.println(x);\n",
    "statements_and_class": "class A {}\nA a = new A();\nSystem.out.println(a);\n",
    "package_and_statement": "package a.b;\nint x = 1;\n",
    "package_only": "package a.b;\n",
    # What ends a program.
    "thrown": main('    throw new IllegalStateException("no: 1");'),
    "thrown_bare": main("    throw new IllegalStateException();"),
    "cause": main(
        '    try { Integer.parseInt("x"); }\n'
        '    catch (NumberFormatException e) { throw new RuntimeException("outer", e); }'
    ),
    "suppressed": main(
        '    Exception e = new Exception("first");\n'
        '    e.addSuppressed(new Exception("second"));\n    throw e;'
    ),
    "multi_line": main('    throw new Exception("one\\ntwo\\n\\tthree");'),
    "initializer": main("    new Other();", "  static class Other { static int x = 1 / 0; }\n"),
    "initializer_of_main": main("", "  static int x = 1 / 0;\n"),
    "null": main("    String s = null;\n    s.length();"),
    "index": main(
        "    System.out.println(new int[1][0].length + new int[1][1].length);\n"
        "    int[] a = new int[2];\n    a[2] = 1;"
    ),
    "cast": main('    Object o = "a";\n    Integer i = (Integer) o;'),
    "stack": main("    main(args);"),
    "assertion": main('    throw new AssertionError("1 instead of 2");'),
    "custom": main(
        "    throw new Mine(3);",
        '  static class Mine extends Exception { Mine(int n) { super("n=" + n); } }\n',
    ),
    "in_library": main("    java.util.List.of(1).add(2);"),
    "input_missing": main("    new java.util.Scanner(System.in).nextInt();"),
    "no_main": "public class A {\n  void f() {}\n}\n",
    "private_main": "public class A {\n  private static void main(String[] args) {}\n}\n",
    "interface_only": "interface A {}\n",
    "exit": main("    System.exit(3);"),
    "exit_after_words": main('    System.err.println("bad thing");\n    System.exit(2);'),
    "exit_after_trace": main(
        '    try { throw new Exception("caught"); }\n'
        "    catch (Exception e) { e.printStackTrace(); System.exit(1); }"
    ),
    "output_then_exit": main('    System.out.println("said");\n    System.exit(1);'),
    "thread_then_main": main(
        '    Thread t = new Thread(() -> { throw new RuntimeException("in thread"); });\n'
        '    t.start(); t.join();\n    throw new Exception("in main");'
    ),
    "main_then_thread": main(
        "    Thread main = Thread.currentThread();\n    new Thread(() -> {\n"
        "      try { main.join(); } catch (InterruptedException e) {}\n"
        '      System.err.println("still here");\n    }).start();\n'
        '    throw new Exception("in main");'
    ),
    "own_handler": main(
        "    Thread.setDefaultUncaughtExceptionHandler(\n"
        '        (t, e) -> System.err.println("own: " + e));\n'
        '    throw new Exception("handled");'
    ),
    "future": main("    java.util.concurrent.CompletableFuture.supplyAsync(() -> 1 / 0).get();"),
    "missing": main('    Class.forName("com.mysql.cj.jdbc.Driver");'),
    "missing_unpacked": main('    Class.forName("Driver");'),
    "missing_jdk": main('    Class.forName("java.util.Lst");'),
    "missing_own": (
        "package com.example.shop;\npublic class Main {\n"
        "  public static void main(String[] args) throws Exception {\n"
        '    Class.forName("com.example.stock.Item");\n  }\n}\n'
    ),
    "missing_wrapped": main(
        '    try { Class.forName("com.mysql.cj.jdbc.Driver"); }\n'
        "    catch (ClassNotFoundException e) { throw new RuntimeException(e); }"
    ),
    "missing_printed": main(
        '    try { Class.forName("com.mysql.cj.jdbc.Driver"); }\n'
        "    catch (ClassNotFoundException e) { e.printStackTrace(); System.exit(1); }"
    ),
    "missing_then_null": main(
        '    try { Class.forName("com.mysql.cj.jdbc.Driver"); }\n'
        "    catch (ClassNotFoundException e) { e.printStackTrace(); }\n"
        "    String s = null;\n    s.length();"
    ),
    "missing_in_message": main(
        '    throw new Exception("java.lang.ClassNotFoundException: com.mysql.Driver");'
    ),
    "no_driver": main('    java.sql.DriverManager.getConnection("jdbc:mysql://localhost/db");'),
    # What there was no more of.
    "heap": main(
        "    var all = new java.util.ArrayList<byte[]>();\n"
        "    while (true) all.add(new byte[1 << 20]);"
    ),
    "heap_at_once": main("    byte[] all = new byte[2_000_000_000];"),
    "array_too_long": main("    int[] all = new int[Integer.MAX_VALUE];"),
    "heap_in_future": main(
        "    java.util.concurrent.CompletableFuture.supplyAsync("
        "() -> new byte[2_000_000_000]).get();"
    ),
    "heap_said": main('    throw new Exception("java.lang.OutOfMemoryError: Java heap space");'),
    "heap_caught": main(
        "    try { byte[] all = new byte[2_000_000_000]; }\n"
        '    catch (OutOfMemoryError e) { throw new Exception("too much"); }'
    ),
    "direct": main("    java.nio.ByteBuffer.allocateDirect(2_000_000_000);"),
    "threads": main(
        "    for (int i = 0; i < 500; i++) {\n      Thread t = new Thread(() -> {\n"
        "        try { Thread.sleep(20_000); } catch (InterruptedException e) {}\n      });\n"
        "      t.setDaemon(true);\n      t.start();\n    }"
    ),
    "processes": main(
        '    for (int i = 0; i < 200; i++) new ProcessBuilder("sleep", "20").start();'
    ),
    "disk": main(
        '    try (var out = new java.io.FileOutputStream("big")) {\n'
        "      while (true) out.write(new byte[1 << 20]);\n    }"
    ),
    "disk_by_path": main(
        '    java.nio.file.Files.write(java.nio.file.Path.of("big"), new byte[80 << 20]);'
    ),
    "no_command": main('    new ProcessBuilder("nope").start();'),
    "crash": main(
        '    var f = Class.forName("sun.misc.Unsafe").getDeclaredField("theUnsafe");\n'
        "    f.setAccessible(true);\n    ((sun.misc.Unsafe) f.get(null)).putAddress(0, 1);"
    ),
}
