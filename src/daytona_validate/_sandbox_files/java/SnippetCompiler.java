import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TaskEvent;
import com.sun.source.util.TaskListener;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
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
 */
public final class SnippetCompiler {
    private static final int REJECTED = 1;

    private SnippetCompiler() {}

    public static void main(String[] args) throws IOException {
        PrintWriter messages = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int code = compile(Path.of(args[0]), Path.of(args[1]), args[2], messages);
        messages.flush();
        if (code != 0) {
            System.exit(code);
        }
    }

    /** Compiles, and returns the exit code. */
    static int compile(Path entry, Path output, String memoryMib, PrintWriter messages)
            throws IOException {
        Path classes = Files.createDirectories(output.resolve("classes"));
        Optional<String> text = SourceText.of(entry, messages);
        if (text.isEmpty()) {
            return REJECTED;
        }
        EntryFile entryFile = new EntryFile(entry, text.get());
        List<String> candidates = new ArrayList<>();
        boolean isGood = isCompiled(entryFile, otherFiles(entry), classes, messages, candidates);
        if (isGood && candidates.isEmpty()) {
            messages.println("error: no class declared in " + entry);
            isGood = false;
        }
        if (!isGood) {
            Fragment.of(entryFile).ifPresent(messages::println);
            return REJECTED;
        }
        Files.writeString(output.resolve("run"), runArguments(classes, candidates, memoryMib));
        return 0;
    }

    private static boolean isCompiled(
            EntryFile entryFile,
            List<Path> others,
            Path classes,
            Writer messages,
            List<String> candidates) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StandardJavaFileManager manager =
                compiler.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8);
        List<JavaFileObject> sources = new ArrayList<>(List.of(entryFile));
        manager.getJavaFileObjectsFromPaths(others).forEach(sources::add);
        // Nothing is looked for beside what is given: every source file of the snippet is.
        List<String> options =
                List.of("-proc:none", "-d", classes.toString(), "-cp", classes.toString());
        JavacTask task =
                (JavacTask) compiler.getTask(messages, manager, null, options, null, sources);
        task.addTaskListener(
                new TaskListener() {
                    /** Takes the names while the tree is as it was written. */
                    @Override
                    public void finished(TaskEvent event) {
                        if (event.getKind() == TaskEvent.Kind.PARSE) {
                            CompilationUnitTree unit = event.getCompilationUnit();
                            candidates.addAll(MainClass.candidates(unit, entryFile.stem()));
                        }
                    }
                });
        return task.call();
    }

    private static List<Path> otherFiles(Path entry) throws IOException {
        try (Stream<Path> all = Files.walk(Path.of(""))) {
            return all.filter(path -> path.toString().endsWith(".java"))
                    .filter(path -> !path.equals(entry) && Files.isRegularFile(path))
                    .sorted()
                    .toList();
        }
    }

    /** Names the class to run; one without a main method too, so that java itself complains. */
    private static String runArguments(Path classes, List<String> candidates, String memoryMib)
            throws IOException {
        long all = Long.parseLong(memoryMib);
        long heap = Math.max(8, all - Math.max(64, all / 4)); // the rest is for what is beside it
        long start = Math.min(heap, 128); // by itself, Java goes by the memory of the whole machine
        return String.join(
                "\n",
                "-Xms" + start + "m",
                "-Xmx" + heap + "m",
                "-cp",
                classes + ":.",
                MainClass.of(candidates, classes),
                "");
    }
}
