/* Start 10,000 processes that all wait, where a program may have 256.

Happens: no more can be started; some runtimes are then ended (`process_limit`).
Answer: refused
*/
import java.io.IOException;

class Main {
    public static void main(String[] arguments) {
        try {
            for (int at = 0; at < 10_000; at++) {
                new ProcessBuilder("sleep", "60").start();
            }
            System.out.println("started");
        } catch (IOException | OutOfMemoryError error) {
            System.out.println("refused");
        }
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }
}
