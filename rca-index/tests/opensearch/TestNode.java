import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.opensearch.analysis.common.CommonAnalysisPlugin;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.Plugin;
import org.opensearch.transport.Netty4Plugin;

/**
 * One node of a test cluster on loopback. Arguments: its name, its folder, its port for HTTP, and the ports that the nodes of the
 * cluster talk to each other at, its own first; all nodes of a cluster are called n and their port.
 */
public final class TestNode extends Node {
    private TestNode(Environment environment, List<Class<? extends Plugin>> plugins) {
        super(environment, plugins, false);
    }

    private static Settings settings(String[] arguments) throws IOException {
        Path home = Files.createDirectories(Path.of(arguments[1]));
        Files.createDirectories(home.resolve("config"));
        List<String> peers = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int i = 3; i < arguments.length; i++) {
            peers.add("127.0.0.1:" + arguments[i]);
            names.add("n" + arguments[i]);
        }
        Collections.sort(names);
        return Settings.builder()
            .put("cluster.name", "rca-tests")
            .put("node.name", arguments[0])
            .put("path.home", home.toString())
            .put("path.data", home.resolve("data").toString())
            .put("path.logs", home.resolve("logs").toString())
            .put("network.host", "127.0.0.1")
            .put("http.type", "netty4")
            .put("http.port", arguments[2])
            .put("transport.type", "netty4")
            .put("transport.port", arguments[3])
            .putList("discovery.seed_hosts", peers)
            .putList("cluster.initial_cluster_manager_nodes", names)
            // The disk of whoever tests may be nearly full.
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .build();
    }

    public static void main(String[] arguments) throws Exception {
        Environment environment =
            InternalSettingsPreparer.prepareEnvironment(settings(arguments), Collections.emptyMap(), null, () -> arguments[0]);
        TestNode node = new TestNode(environment, List.of(Netty4Plugin.class, CommonAnalysisPlugin.class));
        node.start();
        // Standard input ends with the process that started this one, which may have been killed.
        while (System.in.read() >= 0) {
        }
        node.close();
    }
}
