/* Take 1 GiB of memory that the language does not count, under a limit of 256 MiB.

Happens: it is ended for its memory.
Ends: memory_limit
*/
import java.lang.reflect.Field;
import sun.misc.Unsafe;

class Main {
    public static void main(String[] arguments) throws Exception {
        Field field = Unsafe.class.getDeclaredField("theUnsafe");
        field.setAccessible(true);
        Unsafe unsafe = (Unsafe) field.get(null);
        for (int at = 0; at < 16; at++) {
            unsafe.setMemory(unsafe.allocateMemory(64 << 20), 64 << 20, (byte) 1);
        }
        Thread.sleep(60_000);
    }
}
