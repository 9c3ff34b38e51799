/* Change a file of the system or of its language's toolchain, which other runs share.

Happens: all of it is read-only; only its own folders can be written to.
Answer: []
*/
import java.io.File;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;

class Main {
    static final Set<String> OWN = Set.of("/work", "/tmp", "/dev/shm", "/proc");

    public static void main(String[] arguments) {
        List<String> writable = new ArrayList<>();
        Deque<File> folders = new ArrayDeque<>(List.of(new File("/")));
        while (!folders.isEmpty()) {
            File folder = folders.pop();
            if (new File(folder, "made").mkdir()) {
                writable.add(folder.getPath());
            }
            File[] within = folder.listFiles(each ->
                each.isDirectory() && !OWN.contains(each.getPath())
                    && !java.nio.file.Files.isSymbolicLink(each.toPath()));
            folders.addAll(within == null ? List.of() : List.of(within));
        }
        if (new File(System.getProperty("java.home"), "release").canWrite()) {
            writable.add("release");
        }
        System.out.println(writable);
    }
}
