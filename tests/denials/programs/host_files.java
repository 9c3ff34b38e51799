/* Read files of the host: users and passwords, home folders, logs, devices, the kernel's settings.

Happens: none of them is there.
Answer: []
*/
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.util.List;

class Main {
    static final List<String> PLACES = List.of(
        "/etc/shadow", "/etc/ssh", "/root", "/home", "/var/log", "/var/lib", "/sys", "/boot",
        "/mnt", "/media", "/srv", "/run/systemd", "/run/docker.sock", "/dev/mem", "/dev/kmsg",
        "/dev/sda", "/dev/vda", "/proc/1/root/root", "/proc/1/cwd/root");

    static boolean isThere(String place) {
        String[] within = new File(place).list();
        if (within != null) {
            return within.length > 0;
        }
        try (FileInputStream opened = new FileInputStream(place)) {
            return opened.read() >= 0;
        } catch (IOException error) {
            return false;
        }
    }

    public static void main(String[] arguments) {
        System.out.println(PLACES.stream().filter(Main::isThere).toList());
    }
}
