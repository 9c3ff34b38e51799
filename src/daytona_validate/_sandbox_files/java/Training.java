import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Does what the compiler does for snippets, so that the classes it needs for that are known.
 *
 * <p>Started as {@code Training ENTRY_FILE OUTPUT_FOLDER}, in a folder that is empty otherwise.
 */
public final class Training {
    private static final String USUAL =
            """
            package training.usual;

            import java.util.*;
            import java.util.function.Function;
            import java.util.stream.Collectors;

            public class Shapes {
                sealed interface Shape permits Circle, Square {}
                record Circle(double radius) implements Shape {}
                record Square(double side) implements Shape {}
                enum Size { SMALL, LARGE }
                @FunctionalInterface interface Area<T extends Shape> { double of(T shape); }
                static class Failure extends RuntimeException {
                    Failure(String message, Throwable cause) { super(message, cause); }
                }
                static double area(Shape shape) {
                    if (shape instanceof Circle circle) {
                        return Math.PI * circle.radius() * circle.radius();
                    }
                    Square square = (Square) shape;
                    return square.side() * square.side();
                }
                static <T extends Comparable<T>> T largest(List<? extends T> all) {
                    T best = null;
                    for (T each : all) {
                        if (best == null || each.compareTo(best) > 0) best = each;
                    }
                    return best;
                }
                public static void main(String[] args) throws Exception {
                    Map<Size, List<Shape>> shapes = new TreeMap<>();
                    shapes.computeIfAbsent(Size.SMALL, key -> new ArrayList<>()).add(new Circle(1));
                    var areas = shapes.values().stream().flatMap(List::stream).map(Shapes::area)
                            .collect(Collectors.toList());
                    Area<Circle> another = Shapes::area;
                    Function<Integer, Function<Integer, Integer>> add = a -> b -> a + b;
                    int[][] grid = {{1, 2}, {3, 4}};
                    long sum = 0;
                    for (int[] row : grid) for (int cell : row) sum += cell;
                    String size = switch (Size.LARGE) { case SMALL -> "s"; case LARGE -> "l"; };
                    switch (size) { case "s": break; default: sum++; }
                    Object counter = new Object() { int count = 3; };
                    try (Scanner input = new Scanner(System.in)) {
                        while (input.hasNextInt()) sum += input.nextInt();
                    } catch (IllegalStateException | NoSuchElementException error) {
                        throw new Failure("text " + sum, error);
                    } finally {
                        synchronized (counter) { sum <<= 1; }
                    }
                    StringBuilder text = new StringBuilder();
                    do { text.append((char) ('a' + sum % 26)); } while (text.length() < 3);
                    Thread thread = new Thread(() -> System.out.println(text));
                    thread.start();
                    thread.join();
                    System.out.printf("%s %s %d %.2f%n", areas, size, sum, largest(areas));
                    System.out.println(add.apply(1).apply(2) + another.of(new Circle(2)));
                    assert sum > 0 : "never";
                }
            }
            """;
    private static final String WRONG =
            """
            import java.util.List;
            import org.absent.Thing;

            class Wrong implements Absent {
                int wrong(List<String> names) { return names.get(0) + unknown(1); }
                void unreachable() { return; }
                public static void main(String[] args) { String text = 3; int x; x.y(); }
            }
            """;
    private static final PrintWriter NOWHERE = new PrintWriter(Writer.nullWriter());
    private static final String BROKEN = "class Broken { void broken( { int i = \"; }\n";
    private static final String PART = "import java.util.List;\nint i = 1;\nSystem.out.println(i);\n";

    private Training() {}

    public static void main(String[] args) throws IOException {
        Path entry = Path.of(args[0]);
        for (String text : new String[] {WRONG, BROKEN, PART, USUAL}) {
            Files.writeString(entry, text);
            int code =
                    SnippetCompiler.compile(
                            entry, Path.of(args[1]), "512", NOWHERE, NOWHERE);
            if ((code == 0) != text.equals(USUAL)) {
                throw new IllegalStateException("code " + code + " for: " + text);
            }
        }
    }
}
