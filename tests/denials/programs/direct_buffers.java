/* Take 1 GiB in buffers outside of Java's heap, under a limit of 256 MiB.

Happens: it is ended for its memory.
Ends: memory_limit
*/
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

class Main {
    public static void main(String[] arguments) {
        List<ByteBuffer> held = new ArrayList<>();
        for (int at = 0; at < 16; at++) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(64 << 20);
            while (buffer.hasRemaining()) {
                buffer.putLong(1);
            }
            held.add(buffer);
        }
    }
}
