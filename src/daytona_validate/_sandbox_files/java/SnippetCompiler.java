import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TaskEvent;
import com.sun.source.util.TaskListener;
import daytona_validate.RunToEnd;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import javax.tools.DiagnosticListener;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Compiles the Java files of the current folder as javac does, and leaves word of how to run them.
 *
 * <p>Started as {@code SnippetCompiler ENTRY_FILE OUTPUT_FOLDER MEMORY_MIB}. Class files go to the
 * output folder's {@code classes}, and its {@code run} has the arguments of {@code java}. Unlike
 * javac it lets the entry file hold a public class of any name, as long as there is only one.
 *
 * <p>What is wrong goes to stderr as javac says it. On stdout is a line of it for a program, and
 * nothing else: no source line is quoted there, so that no snippet can write such a line.
 */
public final class SnippetCompiler {
    private static final int REJECTED = 1;

    private SnippetCompiler() {}

    public static void main(String[] args) throws IOException {
        PrintWriter people = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        PrintWriter program = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        int code = compile(Path.of(args[0]), Path.of(args[1]), args[2], people, program);
        if (code != 0) {
            System.exit(code);
        }
    }

    /** Compiles, and returns the exit code. */
    static int compile(
            Path entry, Path output, String memoryMib, PrintWriter people, PrintWriter program)
            throws IOException {
        Path classes = Files.createDirectories(output.resolve("classes"));
        Optional<String> text = SourceText.of(entry, entry, people, program);
        if (text.isEmpty()) {
            return REJECTED;
        }
        EntryFile entryFile = new EntryFile(entry, text.get());
        for (Path each : otherFiles(entryFile)) { // a file manager tells of it elsewhere, and goes on
            if (SourceText.of(each, entry, people, program).isEmpty()) {
                return REJECTED;
            }
        }
        List<String> candidates = new ArrayList<>();
        StringWriter said = new StringWriter();
        boolean isGood;
        try (StandardJavaFileManager manager = manager()) {
            JavacTask task = task(manager, entryFile, classes, said, null);
            task.addTaskListener(namesInto(candidates, entryFile.stem()));
            isGood = task.call();
        }
        people.print(said);
        people.flush();
        if (isGood && !candidates.isEmpty()) {
            Files.writeString(output.resolve("run"), runArguments(output, candidates, memoryMib));
            return 0;
        }
        String reason = "no class declared in " + entry;
        if (isGood) {
            people.println("error: " + reason);
        }
        Optional<String> fragment = Fragment.of(entryFile);
        Optional<String> known = isGood ? Optional.of(reason) : Optional.empty();
        Optional<String> line = fragment.or(() -> known).map(message -> Report.line(0, message));
        if (line.isEmpty()) {
            line = reported(new EntryFile(entry, text.get()), classes, said.toString());
        }
        line.ifPresent(program::println);
        return REJECTED;
    }

    /** Compiles wrong code once more: javac writes for people only where it is not listened to. */
    private static Optional<String> reported(EntryFile entryFile, Path classes, String said)
            throws IOException {
        Report report = new Report();
        try (StandardJavaFileManager manager = manager()) {
            JavacTask task = task(manager, entryFile, classes, Writer.nullWriter(), report);
            report.listenTo(task);
            task.call();
        }
        return report.line(said);
    }

    private static StandardJavaFileManager manager() {
        return ToolProvider.getSystemJavaCompiler()
                .getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8);
    }

    private static JavacTask task(
            StandardJavaFileManager manager,
            EntryFile entryFile,
            Path classes,
            Writer messages,
            DiagnosticListener<JavaFileObject> listener) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<JavaFileObject> sources = new ArrayList<>(List.of(entryFile));
        manager.getJavaFileObjectsFromPaths(otherFiles(entryFile)).forEach(sources::add);
        // Nothing is looked for beside what is given: every source file of the snippet is.
        List<String> options =
                List.of("-proc:none", "-d", classes.toString(), "-cp", classes.toString());
        return (JavacTask) compiler.getTask(messages, manager, listener, options, null, sources);
    }

    /** Takes the names of classes while the tree is as it was written. */
    private static TaskListener namesInto(List<String> candidates, String stem) {
        return new TaskListener() {
            @Override
            public void finished(TaskEvent event) {
                if (event.getKind() == TaskEvent.Kind.PARSE) {
                    CompilationUnitTree unit = event.getCompilationUnit();
                    candidates.addAll(MainClass.candidates(unit, stem));
                }
            }
        };
    }

    private static List<Path> otherFiles(EntryFile entryFile) {
        Path entry = Path.of(entryFile.getName());
        try (Stream<Path> all = Files.walk(Path.of(""))) {
            return all.filter(path -> path.toString().endsWith(".java"))
                    .filter(path -> !path.equals(entry) && Files.isRegularFile(path))
                    .sorted()
                    .toList();
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }

    /** Names the class to run; one without a main method too, so that java itself complains. */
    private static String runArguments(Path output, List<String> candidates, String memoryMib)
            throws IOException {
        Path classes = output.resolve("classes");
        long all = Long.parseLong(memoryMib);
        long heap = Math.max(8, all - Math.max(64, all / 4)); // the rest is for what is beside it
        long start = Math.min(heap, 128); // by itself, Java goes by the memory of the whole machine
        String main = MainClass.of(candidates, classes);
        // What java cannot start, it has to refuse itself.
        boolean isToEnd =
                Files.exists(Path.of(RunToEnd.SECRET_FILE)) && MainClass.isStartable(main, classes);
        return String.join(
                "\n",
                "-Xms" + start + "m",
                "-Xmx" + heap + "m",
                "-cp",
                (isToEnd ? RunToEnd.placedIn(output) + ":" : "") + classes + ":.",
                (isToEnd ? RunToEnd.class.getName() + "\n" : "") + main,
                "");
    }
}
