/* Leaves what a Java program can leave for the next (`plant`), or looks for it (`look`). */
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.prefs.Preferences;

class Main {
    public static void main(String[] arguments) throws Exception {
        String home = System.getProperty("user.home");
        String user = System.getProperty("user.name");
        List<String> files = new ArrayList<>(List.of(
            "/work/Planted.class", "/work/.hotspotrc", "/work/.hotspot_compiler",
            "/work/META-INF/services/java.lang.Runnable", "/tmp/Planted.class", "/tmp/planted.jar",
            "/tmp/hsperfdata_" + user + "/1", "/tmp/.java_pid1", "/dev/shm/planted"));
        for (String each : List.of("/.java/planted", "/.m2/settings.xml", "/.jshell/planted")) {
            files.add((home.startsWith("/") ? home : "/work") + each);
        }
        List<String> asked = List.of(arguments);
        System.setProperty("java.util.prefs.userRoot", "/tmp/preferences");
        if (asked.contains("plant")) {
            for (String each : files) {
                Files.createDirectories(Path.of(each).getParent());
                Files.writeString(Path.of(each), "planted");
            }
            Preferences.userRoot().put("planted", "planted");
            Preferences.userRoot().flush();
            System.out.println("planted");
        }
        if (asked.contains("look")) {
            files.stream().filter(each -> Files.exists(Path.of(each))).forEach(System.out::println);
            if (Preferences.userRoot().get("planted", null) != null) {
                System.out.println("a preference");
            }
        }
    }
}
