/* Reach another host, the metadata service of a cloud, or a server on this machine.

Happens: there is no way to them: its only network is a loopback of its own.
Answer: nobody
*/
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

class Main {
    static final List<String> ADDRESSES =
        List.of("169.254.169.254", "1.1.1.1", "10.0.0.1", "172.17.0.1", "192.168.0.1");

    public static void main(String[] arguments) {
        List<String> reached = new ArrayList<>();
        for (String address : ADDRESSES) {
            try (Socket end = new Socket()) {
                end.connect(new InetSocketAddress(address, 80), 2000);
                reached.add(address);
            } catch (IOException error) {
                if (!String.valueOf(error.getMessage()).contains("unreachable")) {
                    reached.add(address + " " + error);
                }
            }
        }
        try {
            reached.add(InetAddress.getByName("example.org").toString());
        } catch (IOException expected) {
            // no name is known
        }
        System.out.println(reached.isEmpty() ? "nobody" : reached);
    }
}
