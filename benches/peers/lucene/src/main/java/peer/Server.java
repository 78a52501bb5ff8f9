package peer;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.store.FSDirectory;

/** Answers requests, one line of JSON each. */
final class Server {
    private Server() {}

    record Request(
            String mode, String text, String service, List<String> severities, boolean facets, int limit, int repeat) {}

    record Hit(String id, String title, float score) {}

    record Found(long hits, List<Hit> top, Map<String, Map<String, Long>> facets) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Answer(
            Long hits, List<Hit> top, Map<String, Map<String, Long>> facets, List<Double> seconds, String error) {}

    static void serve(Path folder) throws IOException {
        try (FSDirectory directory = FSDirectory.open(folder);
                DirectoryReader index = DirectoryReader.open(directory)) {
            Searches searches = new Searches(index);
            BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                System.out.println(Reports.JSON.writeValueAsString(answer(searches, line)));
                System.out.flush();
            }
        }
    }

    private static Answer answer(Searches searches, String line) {
        try {
            Request request = Reports.JSON.readValue(line, Request.class);
            List<Double> seconds = new ArrayList<>();
            Found found = null;
            for (int i = 0; i < request.repeat; i++) {
                long started = System.nanoTime();
                found = searches.run(request);
                seconds.add((System.nanoTime() - started) / 1e9);
            }
            return new Answer(found.hits, found.top, found.facets, seconds, null);
        } catch (Exception e) {
            return new Answer(null, null, null, null, e.toString());
        }
    }
}
