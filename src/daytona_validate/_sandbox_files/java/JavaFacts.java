import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Prints facts that tell one JDK from another, as one line of JSON.
 *
 * <p>Run on the host and, by the copy, in a jail: that both print the same proves the copy.
 */
public final class JavaFacts {
    private JavaFacts() {}

    public static void main(String[] args) throws IOException {
        List<String> facts = new ArrayList<>();
        facts.add(member("version", text(System.getProperty("java.version"))));
        facts.add(member("home", text(System.getProperty("java.home"))));
        facts.add(member("runtime", text(System.getProperty("java.runtime.version"))));
        facts.add(member("vm", text(System.getProperty("java.vm.version"))));
        facts.add(member("vendor", text(System.getProperty("java.vendor"))));
        facts.add(member("modules", list(modules())));
        facts.add(member("mapped_files", list(mappedFiles())));
        System.out.println("{" + String.join(", ", facts) + "}");
    }

    /** Of the runtime image, and with them what its files and the security settings hold. */
    private static Set<String> modules() {
        Set<String> found = new TreeSet<>();
        for (Module each : ModuleLayer.boot().modules()) {
            found.add(each.getName());
        }
        for (java.security.Provider each : java.security.Security.getProviders()) {
            found.add("security " + each.getName());
        }
        return found;
    }

    private static Set<String> mappedFiles() throws IOException {
        Set<String> found = new TreeSet<>();
        for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
            int start = line.indexOf('/');
            if (start >= 0 && line.contains(".so")) {
                found.add(line.substring(start));
            }
        }
        return found;
    }

    private static String member(String name, String json) {
        return text(name) + ": " + json;
    }

    private static String list(Iterable<String> values) {
        List<String> texts = new ArrayList<>();
        for (String each : values) {
            texts.add(text(each));
        }
        return "[" + String.join(", ", texts) + "]";
    }

    private static String text(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
