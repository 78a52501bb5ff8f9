import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.opensearch.analysis.common.CommonAnalysisPlugin;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.http.HttpServerTransport;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.Plugin;
import org.opensearch.transport.Netty4Plugin;
import org.opensearch.transport.TransportService;

/**
 * One node of a test cluster on loopback. Arguments: the name of the cluster, its own name, its folder, its port for HTTP, its port for
 * other nodes, and the ports of other nodes. Port 0 is any free one; the ports are printed once the node listens. A node without others
 * makes a new cluster. It ends with its standard input.
 */
public final class TestNode extends Node {
    private TestNode(Environment environment, List<Class<? extends Plugin>> plugins) {
        super(environment, plugins, false);
    }

    private static Settings settings(List<String> arguments) throws IOException {
        Path home = Files.createDirectories(Path.of(arguments.get(2)));
        Files.createDirectories(home.resolve("config"));
        List<String> others = arguments.subList(5, arguments.size());
        Settings.Builder settings = Settings.builder()
            .put("cluster.name", arguments.get(0))
            .put("node.name", arguments.get(1))
            .put("path.home", home.toString())
            .put("path.data", home.resolve("data").toString())
            .put("path.logs", home.resolve("logs").toString())
            .put("network.host", "127.0.0.1")
            .put("http.type", "netty4")
            .put("http.port", arguments.get(3))
            .put("transport.type", "netty4")
            .put("transport.port", arguments.get(4))
            .putList("discovery.seed_hosts", others.stream().map(port -> "127.0.0.1:" + port).toList())
            // The disk of whoever tests may be nearly full.
            .put("cluster.routing.allocation.disk.threshold_enabled", false);
        if (others.isEmpty()) {
            settings.putList("cluster.initial_cluster_manager_nodes", arguments.get(1));
        }
        return settings.build();
    }

    public static void main(String[] arguments) throws Exception {
        Environment environment = InternalSettingsPreparer.prepareEnvironment(
            settings(List.of(arguments)), Collections.emptyMap(), null, () -> arguments[1]);
        TestNode node = new TestNode(environment, List.of(Netty4Plugin.class, CommonAnalysisPlugin.class));
        node.start();
        int http = node.injector().getInstance(HttpServerTransport.class).boundAddress().publishAddress().getPort();
        int transport = node.injector().getInstance(TransportService.class).boundAddress().publishAddress().getPort();
        System.out.println("listening " + http + " " + transport);
        // Standard input ends with the process that started this one, which may have been killed.
        while (System.in.read() >= 0) {
        }
        node.close();
        System.exit(0);
    }
}
