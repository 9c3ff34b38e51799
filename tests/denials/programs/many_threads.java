/* Start 10,000 threads that all wait, where a program may have 256 threads and processes.

Happens: no more can be started; a runtime that cannot go on without is ended (`process_limit`).
Answer: refused
*/
class Main {
    public static void main(String[] arguments) {
        try {
            for (int at = 0; at < 10_000; at++) {
                Thread waiting = new Thread(null, () -> {
                    synchronized (Main.class) {
                        try {
                            Main.class.wait();
                        } catch (InterruptedException error) {
                            return;
                        }
                    }
                }, "", 1 << 16);
                waiting.setDaemon(true);
                waiting.start();
            }
            System.out.println("started");
        } catch (OutOfMemoryError error) {
            System.out.println("refused");
        }
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }
}
