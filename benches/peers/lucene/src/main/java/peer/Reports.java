package peer;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.facet.FacetsConfig;
import org.apache.lucene.facet.sortedset.SortedSetDocValuesFacetField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.FSDirectory;

/** Indexes reports, given as lines of JSON. */
final class Reports {
    static final ObjectMapper JSON = new ObjectMapper();
    static final FacetsConfig FACETS = new FacetsConfig();
    private static final int THREADS = 2;
    /** The memory that bare tantivy gets. */
    private static final double BUFFER_MEGABYTES = 240;

    static {
        FACETS.setMultiValued("service", true);
        FACETS.setMultiValued("tag", true);
    }

    private Reports() {}

    /** A line; its date is not used. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Report(String id, String title, String body, List<String> services, String severity, List<String> tags) {
        Document document() throws IOException {
            Document document = new Document();
            document.add(new StringField("id", id, Field.Store.YES));
            document.add(new TextField("title", title, Field.Store.YES));
            document.add(new TextField("body", body, Field.Store.YES));
            services.forEach(service -> document.add(new SortedSetDocValuesFacetField("service", service)));
            tags.forEach(tag -> document.add(new SortedSetDocValuesFacetField("tag", tag)));
            if (severity != null) {
                document.add(new SortedSetDocValuesFacetField("severity", severity));
            }
            // The facets' terms are indexed too, for filters.
            return FACETS.build(document);
        }
    }

    static void index(Path lines, Path folder) throws Exception {
        IndexWriterConfig settings = new IndexWriterConfig(new English());
        settings.setRAMBufferSizeMB(BUFFER_MEGABYTES);
        try (BufferedReader reader = Files.newBufferedReader(lines);
                FSDirectory directory = FSDirectory.open(folder);
                IndexWriter writer = new IndexWriter(directory, settings);
                ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Future<?>> running = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                running.add(threads.submit(() -> add(reader, writer)));
            }
            for (Future<?> thread : running) {
                thread.get();
            }
            writer.commit();
        }
    }

    /** Takes lines until there are none. */
    private static Void add(BufferedReader lines, IndexWriter writer) throws IOException {
        for (String line = next(lines); line != null; line = next(lines)) {
            writer.addDocument(JSON.readValue(line, Report.class).document());
        }
        return null;
    }

    private static String next(BufferedReader lines) throws IOException {
        synchronized (lines) {
            return lines.readLine();
        }
    }
}
