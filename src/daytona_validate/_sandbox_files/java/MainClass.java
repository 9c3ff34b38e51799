import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds the class to run. */
final class MainClass {
    private static final int FIRST_WITH_INSTANCE_MAIN = 25;

    private MainClass() {}

    /**
     * Returns the binary names of a file's classes, the likeliest to be run first.
     *
     * <p>First the one that its file would be named after, then the others in the order of the
     * source, and those inside of others last.
     */
    static List<String> candidates(CompilationUnitTree unit, String stem) {
        String start = unit.getPackageName() == null ? "" : unit.getPackageName() + ".";
        List<String> likely = new ArrayList<>();
        List<String> outer = new ArrayList<>();
        List<String> inner = new ArrayList<>();
        for (Tree each : unit.getTypeDecls()) {
            if (each instanceof ClassTree type) {
                String name = start + type.getSimpleName();
                boolean isLikely =
                        type.getModifiers().getFlags().contains(javax.lang.model.element.Modifier.PUBLIC)
                                || type.getSimpleName().contentEquals(stem);
                (isLikely ? likely : outer).add(name);
                addInner(type, name, inner);
            }
        }
        likely.addAll(outer);
        likely.addAll(inner);
        return likely;
    }

    private static void addInner(ClassTree type, String name, List<String> found) {
        for (Tree member : type.getMembers()) {
            if (member instanceof ClassTree inner) {
                String innerName = name + "$" + inner.getSimpleName();
                found.add(innerName);
                addInner(inner, innerName, found);
            }
        }
    }

    /** Returns the first class that java can start; if there is none, the first. */
    static String of(List<String> candidates, Path classes) throws IOException {
        try (URLClassLoader loader = loader(classes)) {
            for (String name : candidates) {
                if (isStartable(name, loader)) {
                    return name;
                }
            }
        }
        return candidates.get(0);
    }

    /** Whether java can start a class. */
    static boolean isStartable(String name, Path classes) throws IOException {
        try (URLClassLoader loader = loader(classes)) {
            return isStartable(name, loader);
        }
    }

    /** Knows Java's own classes and the program's, but none of ours: a program may have its names. */
    private static URLClassLoader loader(Path classes) throws IOException {
        URL[] places = {classes.toUri().toURL()};
        return new URLClassLoader(places, ClassLoader.getPlatformClassLoader());
    }

    private static boolean isStartable(String name, ClassLoader loader) {
        try {
            Class<?> type = Class.forName(name, false, loader); // runs no code of it
            return hasClassicMain(type)
                    || Runtime.version().feature() >= FIRST_WITH_INSTANCE_MAIN && hasAnyMain(type);
        } catch (ClassNotFoundException | LinkageError error) {
            return false;
        }
    }

    private static boolean hasClassicMain(Class<?> type) {
        try {
            Method main = type.getMethod("main", String[].class);
            return Modifier.isStatic(main.getModifiers()) && main.getReturnType() == void.class;
        } catch (NoSuchMethodException none) {
            return false;
        }
    }

    /** Whether there is a main method by the rules of Java 25 (JEP 512). */
    private static boolean hasAnyMain(Class<?> type) {
        for (Class<?> each = type; each != null; each = each.getSuperclass()) {
            for (Method method : each.getDeclaredMethods()) {
                if (isMain(method)
                        && (Modifier.isStatic(method.getModifiers()) || canBeMade(type))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isMain(Method method) {
        Class<?>[] parameters = method.getParameterTypes();
        return method.getName().equals("main")
                && method.getReturnType() == void.class
                && !Modifier.isPrivate(method.getModifiers())
                && (parameters.length == 0
                        || parameters.length == 1 && parameters[0] == String[].class);
    }

    private static boolean canBeMade(Class<?> type) {
        try {
            int modifiers = type.getDeclaredConstructor().getModifiers();
            return !Modifier.isPrivate(modifiers) && !Modifier.isAbstract(type.getModifiers());
        } catch (NoSuchMethodException none) {
            return false;
        }
    }
}
