package peer;

import java.nio.file.Path;
import org.apache.lucene.util.Version;

/** Apache Lucene as a peer of the benchmarks; the protocol is in benches/peers/README.md. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) throws Exception {
        String work = arguments.length == 0 ? "" : arguments[0];
        if (work.equals("version") && arguments.length == 1) {
            System.out.println("Lucene " + Version.LATEST + ", Java " + Runtime.version());
        } else if (work.equals("index") && arguments.length == 3) {
            Reports.index(Path.of(arguments[1]), Path.of(arguments[2]));
        } else if (work.equals("serve") && arguments.length == 2) {
            Server.serve(Path.of(arguments[1]));
        } else {
            System.err.println("usage: version | index LINES FOLDER | serve FOLDER");
            System.exit(2);
        }
    }
}
