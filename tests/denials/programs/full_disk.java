/* Fill the disk: 1 GiB of files in every folder that it may write to.

Happens: there is room for `disk_mib`, and it is ended for its disk or its memory.
Ends: disk_limit memory_limit
*/
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.List;

class Main {
    public static void main(String[] arguments) throws IOException {
        byte[] piece = new byte[1 << 20];
        for (String folder : List.of("/work", "/tmp", "/dev/shm")) {
            try (FileOutputStream full = new FileOutputStream(folder + "/full")) {
                for (int at = 0; at < 1024; at++) {
                    full.write(piece);
                }
            }
        }
    }
}
