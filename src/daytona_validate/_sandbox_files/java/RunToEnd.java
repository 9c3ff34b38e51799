package daytona_validate;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs a program's main method, and says if it returned: {@code RunToEnd MAIN_CLASS ARGUMENT...}.
 *
 * <p>The secret that shows it is read, and its file removed, before any class of the program is
 * loaded; it stands in a local variable, which no code of the program can read. It is used where the
 * program has a secret to show, and else java starts the main class itself.
 */
public final class RunToEnd {
    public static final String SECRET_FILE = ".reach-end";

    private static final int FIRST_WITH_INSTANCE_MAIN = 25;

    private RunToEnd() {}

    public static void main(String[] args) throws Throwable {
        Path file = Path.of(SECRET_FILE);
        String line = "reached " + Files.readString(file) + "\n";
        Files.delete(file);
        FileOutputStream stderr = new FileOutputStream(FileDescriptor.err);
        String[] own = new String[args.length - 1];
        System.arraycopy(args, 1, own, 0, own.length);
        run(Class.forName(args[0], false, ClassLoader.getSystemClassLoader()), own);
        try {
            stderr.write(line.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException closed) {
            return; // by the program: then there is nobody to tell
        }
    }

    /** Puts this class into a folder of its own, beside the program's, and returns the folder. */
    public static Path placedIn(Path output) throws IOException {
        Path place = output.resolve("end");
        String name = RunToEnd.class.getName().replace('.', '/') + ".class";
        Path file = place.resolve(name);
        Files.createDirectories(file.getParent());
        try (InputStream content = RunToEnd.class.getResourceAsStream("/" + name)) {
            Files.copy(content, file, StandardCopyOption.REPLACE_EXISTING);
        }
        return place;
    }

    private static void run(Class<?> type, String[] arguments) throws Throwable {
        Method main = mainOf(type);
        main.setAccessible(true);
        MethodHandle call = MethodHandles.lookup().unreflect(main);
        if (!Modifier.isStatic(main.getModifiers())) {
            Constructor<?> constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            call = call.bindTo(MethodHandles.lookup().unreflectConstructor(constructor).invoke());
        }
        // By a handle: what it throws comes as it is, and not within another exception.
        if (main.getParameterCount() == 0) {
            call.invoke();
        } else {
            call.invoke(arguments);
        }
    }

    /** Returns the method that java itself would call: by the rules of Java 25 where those hold. */
    private static Method mainOf(Class<?> type) throws NoSuchMethodException {
        List<Method> found = new ArrayList<>();
        for (Class<?> each = type; each != null; each = each.getSuperclass()) {
            for (Method method : each.getDeclaredMethods()) {
                int modifiers = method.getModifiers();
                boolean isOne = method.getName().equals("main")
                        && method.getReturnType() == void.class
                        && !Modifier.isPrivate(modifiers)
                        && (Runtime.version().feature() >= FIRST_WITH_INSTANCE_MAIN
                                || Modifier.isPublic(modifiers) && Modifier.isStatic(modifiers));
                Class<?>[] parameters = method.getParameterTypes();
                if (isOne && parameters.length == 1 && parameters[0] == String[].class) {
                    return method;
                }
                if (isOne && parameters.length == 0) {
                    found.add(method);
                }
            }
        }
        return found.isEmpty() ? type.getMethod("main", String[].class) : found.get(0);
    }
}
