import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;

/**
 * Compiles one snippet after the other as {@link SnippetCompiler} does, and tells only whether one
 * is clean: what is wrong with one is for a new compiler to say.
 *
 * <p>Started as {@code WarmCompiler ENTRY_FILE OUTPUT_FOLDER}, in a folder that has the files of a
 * request while it is answered, and is empty else. Messages are as in {@code
 * _toolchains/warm/messages.py}. Each request has a file manager and a class loader of its own, and
 * nothing of it is run. Whatever else goes wrong ends this process.
 */
public final class WarmCompiler {
    /** Less than a new compiler has: what nests so deep is for that one to judge. */
    private static final int STACK_BYTES = 384 * 1024;
    private static final int MOST_BYTES = 8 * 1024 * 1024;
    private static final int MOST_FILES = 128;

    private final Path entry;
    private final Path output;
    private final Path work = Path.of("").toAbsolutePath();

    private WarmCompiler(Path entry, Path output) {
        this.entry = entry;
        this.output = output;
    }

    public static void main(String[] args) throws IOException {
        DataOutputStream answers = new DataOutputStream(new FileOutputStream(FileDescriptor.out));
        WarmCompiler compiler = new WarmCompiler(Path.of(args[0]), Path.of(args[1]));
        try (DataInputStream requests = new DataInputStream(System.in)) {
            while (true) {
                answers.write(compiler.answer(requests));
            }
        } catch (EOFException end) {
            return; // whoever asked is gone
        } catch (Throwable error) {
            error.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    private byte[] answer(DataInputStream requests) throws Exception {
        if (requests.readInt() > MOST_BYTES) {
            throw new IOException("a request is too long");
        }
        String memoryMib = new String(piece(requests), StandardCharsets.UTF_8);
        if (!files(work).isEmpty() || Files.exists(output)) {
            throw new IOException("something was left of another request");
        }
        for (int left = requests.readInt(); left > 0; left--) {
            Path path = work.resolve(new String(piece(requests), StandardCharsets.UTF_8)).normalize();
            if (!path.startsWith(work)) {
                throw new IOException("a name leads out of the folder");
            }
            Files.createDirectories(path.getParent());
            Files.write(path, piece(requests));
        }
        boolean isClean = isClean(memoryMib);
        List<Path> made = isClean ? files(output) : List.of();
        byte[] answer = message(isClean && made.size() <= MOST_FILES, made);
        removeAllIn(work);
        removeAllIn(output);
        Files.deleteIfExists(output);
        return answer;
    }

    /** Compiles, in a thread with a stack of its own, and returns whether nothing was said. */
    private boolean isClean(String memoryMib) throws Exception {
        StringWriter said = new StringWriter();
        PrintWriter writer = new PrintWriter(said);
        Callable<Integer> work =
                () -> SnippetCompiler.compile(entry, output, memoryMib, writer, writer);
        FutureTask<Integer> task = new FutureTask<>(work);
        new Thread(null, task, "compiler", STACK_BYTES).start();
        int code = task.get();
        return code == 0 && said.getBuffer().length() == 0;
    }

    private byte[] message(boolean isClean, List<Path> made) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(isClean ? 1 : 0);
        out.writeInt(memoryMib());
        out.writeInt(isClean ? made.size() : 0);
        for (Path each : isClean ? made : List.<Path>of()) {
            sized(out, output.relativize(each).toString().getBytes(StandardCharsets.UTF_8));
            sized(out, Files.readAllBytes(each));
        }
        ByteArrayOutputStream framed = new ByteArrayOutputStream();
        sized(new DataOutputStream(framed), bytes.toByteArray());
        return framed.toByteArray();
    }

    private static void sized(DataOutputStream out, byte[] content) throws IOException {
        out.writeInt(content.length);
        out.write(content);
    }

    private static byte[] piece(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > MOST_BYTES) {
            throw new IOException("a piece of a request is too long");
        }
        return in.readNBytes(length);
    }

    private static int memoryMib() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .map(line -> Integer.parseInt(line.replaceAll("\\D", "")) / 1024 + 1)
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(path -> !Files.isDirectory(path)).sorted().toList();
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }

    private static void removeAllIn(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> found = new ArrayList<>();
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(found::add);
        }
        for (Path each : found) {
            if (!each.equals(folder)) {
                Files.delete(each);
            }
        }
    }
}
