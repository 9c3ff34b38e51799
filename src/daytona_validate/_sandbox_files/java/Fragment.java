import com.sun.source.tree.BlockTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;

/** Tells code that lacks its class from code that is wrong. */
final class Fragment {
    private static final Pattern IMPORTS =
            Pattern.compile("(?m)^[ \\t]*import\\s+(?:static\\s+)?[\\w.$]+(?:\\.\\*)?\\s*;");
    private static final int FIRST_WITHOUT_CLASS = 25;

    private Fragment() {}

    /**
     * Returns what rejected code is, if it would be Java inside of a class and has none itself.
     *
     * <p>Every brace, quote and semicolon must be right, so that no mistake is excused.
     */
    static Optional<String> of(EntryFile entry) {
        String text = entry.getCharContent(true).toString();
        String body = IMPORTS.matcher(text).replaceAll("");
        List<? extends Tree> members = members("class Fragment {\n" + body + "\n}");
        if (members != null) {
            String kind = members.isEmpty() ? "nothing to run" : "members without a class";
            return Optional.of("fragment: " + kind).filter(any -> areAllowed(members));
        }
        List<? extends Tree> methods = members("class Fragment { void all() {\n" + body + "\n}}");
        return Optional.of("fragment: statements without a class")
                .filter(any -> methods != null && methods.size() == 1 && areAllowed(methods));
    }

    private static boolean areAllowed(List<? extends Tree> members) {
        return members.stream().allMatch(Fragment::isAllowed);
    }

    /** From Java 25 a file with a main method needs no class: then it is a program. */
    private static boolean isAllowed(Tree member) {
        if (member instanceof MethodTree method) {
            boolean isProgram =
                    Runtime.version().feature() >= FIRST_WITHOUT_CLASS
                            && method.getName().contentEquals("main");
            BlockTree block = method.getBody();
            return !isProgram
                    && (block == null
                            || block.getStatements().stream().noneMatch(ClassTree.class::isInstance));
        }
        return !(member instanceof ClassTree);
    }

    /** Returns the members of the one class of a text, or null if it is no such text. */
    private static List<? extends Tree> members(String text) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        EntryFile file = new EntryFile(Path.of("Fragment.java"), text);
        JavacTask task =
                (JavacTask)
                        compiler.getTask(null, null, problems, List.of("-proc:none"), null, List.of(file));
        List<? extends Tree> types;
        try {
            types = task.parse().iterator().next().getTypeDecls();
        } catch (IOException | RuntimeException | StackOverflowError error) {
            return null;
        }
        boolean isWrong =
                problems.getDiagnostics().stream()
                        .anyMatch(each -> each.getKind() == Diagnostic.Kind.ERROR);
        return isWrong || types.size() != 1 ? null : ((ClassTree) types.get(0)).getMembers();
    }
}
