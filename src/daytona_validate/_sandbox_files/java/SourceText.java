import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Reads a source file as javac does: as UTF-8, and what is not is an error of its author's. */
final class SourceText {
    private SourceText() {}

    /** Returns the text, or nothing after a message in javac's own words. */
    static Optional<String> of(
            Path file, Path entry, PrintWriter people, PrintWriter program) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
        CharBuffer text = CharBuffer.allocate(bytes.remaining()); // a byte is a character at most
        if (StandardCharsets.UTF_8.newDecoder().decode(bytes, text, true).isError()) {
            String found = String.format("0x%02X", bytes.get(bytes.position()));
            String message = "unmappable character (" + found + ") for encoding UTF-8";
            people.printf("%s:%d: error: %s%n1 error%n", file, lineOf(bytes), message);
            program.println(Report.line(file.equals(entry) ? lineOf(bytes) : 0, message));
            return Optional.empty();
        }
        return Optional.of(text.flip().toString());
    }

    /** Returns the number of the line in which a buffer stands, from 1. */
    private static int lineOf(ByteBuffer bytes) {
        int line = 1;
        for (int at = 0; at < bytes.position(); at++) {
            line += bytes.get(at) == '\n' ? 1 : 0;
        }
        return line;
    }
}
