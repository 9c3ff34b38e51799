import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TaskEvent;
import com.sun.source.util.TaskListener;
import com.sun.source.util.Trees;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticListener;
import javax.tools.JavaFileObject;

/** What is wrong with a program, in one line for another program; goes by javac's own codes. */
final class Report implements DiagnosticListener<JavaFileObject>, TaskListener {
    private static final String ABSENT = "compiler.err.doesnt.exist"; // package {0} does not exist
    private static final String UNKNOWN = "compiler.err.cant.resolve"; // and what begins with it
    private static final Set<String> FOLLOWING =
            Set.of(
                    "compiler.err.method.does.not.override.superclass",
                    "compiler.err.static.imp.only.classes.and.interfaces");
    private static final Set<String> IMPORTED_KINDS =
            Set.of("class", "interface", "variable", "method", "static");

    /** The name, or the star, that an import brings in, and where it stands. */
    private record Import(URI file, long start, long end, String name) {}

    private final List<Import> imports = new ArrayList<>();
    private final Set<String> absentPackages = new LinkedHashSet<>();
    private final Set<String> absentNames = new HashSet<>();
    private SourcePositions positions;
    private String ownPackage;
    private Diagnostic<? extends JavaFileObject> first;
    private boolean isAllAbsence = true;

    /** Returns the line of one error that is known already. */
    static String line(long number, String message) {
        return line(number, "", "", message);
    }

    private static String line(long number, String own, String absent, String message) {
        return String.join("\t", "compiler report", Long.toString(number), own, absent, message);
    }

    /**
     * Returns the first error: its line in the entry file, or 0; the package of the program; the
     * packages that are not there, if their absence explains every error; and its message.
     *
     * @param said what javac wrote for people
     */
    Optional<String> line(String said) {
        String absent = isAllAbsence ? String.join(" ", absentPackages) : "";
        return Optional.ofNullable(first)
                .map(found -> line(lineInEntryFile(found), ownPackage, absent, message(found, said)));
    }

    void listenTo(JavacTask task) {
        positions = Trees.instance(task).getSourcePositions();
        task.addTaskListener(this);
    }

    @Override
    public void finished(TaskEvent event) {
        CompilationUnitTree unit = event.getCompilationUnit();
        if (event.getKind() == TaskEvent.Kind.PARSE) {
            if (ownPackage == null) { // the entry file comes first
                ownPackage = Objects.toString(unit.getPackageName(), "");
            }
            for (ImportTree each : unit.getImports()) {
                add(unit, each);
            }
        }
    }

    private void add(CompilationUnitTree unit, ImportTree each) {
        if (each.getQualifiedIdentifier() instanceof MemberSelectTree tree) {
            imports.add(
                    new Import(
                            unit.getSourceFile().toUri(),
                            positions.getStartPosition(unit, each),
                            positions.getEndPosition(unit, each),
                            tree.getIdentifier().toString()));
        }
    }

    @Override
    public void report(Diagnostic<? extends JavaFileObject> found) {
        if (found.getKind() == Diagnostic.Kind.ERROR) {
            first = first == null ? found : first;
            isAllAbsence &= isAbsence(found);
        }
    }

    /** Whether an error says that an imported package is not there, or follows from that. */
    private boolean isAbsence(Diagnostic<? extends JavaFileObject> found) {
        Optional<String> imported = imported(found);
        if (found.getCode().equals(ABSENT) && imported.isPresent()) {
            absentPackages.add(found.getMessage(Locale.ROOT).split(" ")[1]);
            absentNames.add(imported.get());
            return true;
        }
        if (found.getCode().startsWith(UNKNOWN)) {
            return symbol(found).filter(this::isOfAbsent).isPresent();
        }
        return FOLLOWING.contains(found.getCode()) && !absentNames.isEmpty();
    }

    private Optional<String> imported(Diagnostic<? extends JavaFileObject> found) {
        long at = found.getPosition();
        return imports.stream()
                .filter(each -> each.start() <= at && at < each.end())
                .filter(each -> found.getSource() != null)
                .filter(each -> each.file().equals(found.getSource().toUri()))
                .map(Import::name)
                .findFirst();
    }

    /** Returns what a name that is not known would be, such as {@code method foo(int)}. */
    private static Optional<String> symbol(Diagnostic<? extends JavaFileObject> found) {
        return found.getMessage(Locale.ROOT)
                .lines()
                .map(String::strip)
                .filter(text -> text.startsWith("symbol:"))
                .map(text -> text.substring("symbol:".length()).strip())
                .findFirst();
    }

    private boolean isOfAbsent(String symbol) {
        String[] words = symbol.split("[ (<]");
        return words.length > 1
                && IMPORTED_KINDS.contains(words[0])
                && (absentNames.contains("*") || absentNames.contains(words[1]));
    }

    /** Returns an error's message as javac wrote it, where the names of types are short. */
    private static String message(Diagnostic<? extends JavaFileObject> found, String said) {
        String start = "error: ";
        if (found.getSource() != null) {
            start = found.getSource().getName() + ":" + found.getLineNumber() + ": " + start;
        }
        String begin = start;
        String message =
                said.lines()
                        .filter(line -> line.startsWith(begin))
                        .map(line -> line.substring(begin.length()))
                        .findFirst()
                        .orElseGet(() -> found.getMessage(Locale.ROOT).lines().findFirst().orElse(""));
        Optional<String> symbol =
                found.getCode().startsWith(UNKNOWN) ? symbol(found) : Optional.empty();
        return symbol.map(each -> message + ": " + each).orElse(message);
    }

    private static long lineInEntryFile(Diagnostic<? extends JavaFileObject> found) {
        return found.getSource() instanceof EntryFile ? found.getLineNumber() : 0;
    }
}
