package peer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.facet.DrillDownQuery;
import org.apache.lucene.facet.FacetResult;
import org.apache.lucene.facet.FacetsCollector;
import org.apache.lucene.facet.FacetsCollectorManager;
import org.apache.lucene.facet.LabelAndValue;
import org.apache.lucene.facet.sortedset.DefaultSortedSetDocValuesReaderState;
import org.apache.lucene.facet.sortedset.SortedSetDocValuesFacetCounts;
import org.apache.lucene.facet.sortedset.SortedSetDocValuesReaderState;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.index.Term;
import org.apache.lucene.document.Document;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.MultiCollectorManager;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopScoreDocCollectorManager;

/** An open index. */
final class Searches {
    private static final List<String> FIELDS = List.of("title", "body");
    private static final List<String> FACETS = List.of("service", "severity", "tag");
    private static final Set<String> LOADED = Set.of("id", "title");

    private final Analyzer analyzer = new English();
    private final IndexSearcher searcher;
    private final SortedSetDocValuesReaderState state;

    Searches(DirectoryReader index) throws IOException {
        searcher = new IndexSearcher(index);
        // The same search is repeated: what is measured is a search, not a look into a cache of earlier ones.
        searcher.setQueryCache(null);
        state = new DefaultSortedSetDocValuesReaderState(index, Reports.FACETS);
    }

    Server.Found run(Server.Request request) throws IOException {
        Query query = query(request);
        // No hit is left out of the count.
        TopScoreDocCollectorManager best = new TopScoreDocCollectorManager(request.limit(), null, Integer.MAX_VALUE);
        TopDocs found;
        Map<String, Map<String, Long>> facets = new LinkedHashMap<>();
        if (request.facets()) {
            Object[] both = searcher.search(query, new MultiCollectorManager(best, new FacetsCollectorManager()));
            found = (TopDocs) both[0];
            count((FacetsCollector) both[1], request.limit(), facets);
        } else {
            found = searcher.search(query, best);
        }
        StoredFields stored = searcher.storedFields();
        List<Server.Hit> top = new ArrayList<>();
        for (ScoreDoc hit : found.scoreDocs) {
            Document document = stored.document(hit.doc, LOADED);
            top.add(new Server.Hit(document.get("id"), document.get("title"), hit.score));
        }
        return new Server.Found(found.totalHits.value(), top, facets);
    }

    private void count(FacetsCollector matches, int limit, Map<String, Map<String, Long>> facets) throws IOException {
        SortedSetDocValuesFacetCounts counts = new SortedSetDocValuesFacetCounts(state, matches);
        for (String facet : FACETS) {
            Map<String, Long> values = new LinkedHashMap<>();
            FacetResult most = counts.getTopChildren(limit, facet);
            if (most != null) {
                for (LabelAndValue value : most.labelValues) {
                    values.put(value.label, value.value.longValue());
                }
            }
            facets.put(facet, values);
        }
    }

    private Query query(Server.Request request) throws IOException {
        Query text = text(request.mode(), request.text());
        if (request.service() == null && request.severities().isEmpty()) {
            return text;
        }
        BooleanQuery.Builder filtered = new BooleanQuery.Builder().add(text, Occur.MUST);
        if (request.service() != null) {
            filtered.add(new TermQuery(facet("service", request.service())), Occur.FILTER);
        }
        if (!request.severities().isEmpty()) {
            BooleanQuery.Builder any = new BooleanQuery.Builder();
            request.severities().forEach(name -> any.add(new TermQuery(facet("severity", name)), Occur.SHOULD));
            filtered.add(any.build(), Occur.FILTER);
        }
        return filtered.build();
    }

    private static Term facet(String facet, String value) {
        return DrillDownQuery.term(Reports.FACETS.getDimConfig(facet).indexFieldName, facet, value);
    }

    private Query text(String mode, String text) throws IOException {
        BooleanQuery.Builder all = new BooleanQuery.Builder();
        switch (mode) {
            case "every" -> {
                return new MatchAllDocsQuery();
            }
            case "all" -> words(text).forEach(word -> all.add(inEachField(word), Occur.MUST));
            case "any" -> words(text).forEach(word -> all.add(inEachField(word), Occur.SHOULD));
            case "phrase" -> {
                String[] words = words(text).toArray(String[]::new);
                FIELDS.forEach(field -> all.add(new PhraseQuery(field, words), Occur.SHOULD));
            }
            case "prefix" -> FIELDS.forEach(field -> all.add(new PrefixQuery(new Term(field, text)), Occur.SHOULD));
            default -> throw new IllegalArgumentException("unknown mode: " + mode);
        }
        return all.build();
    }

    private static Query inEachField(String word) {
        BooleanQuery.Builder either = new BooleanQuery.Builder();
        FIELDS.forEach(field -> either.add(new TermQuery(new Term(field, word)), Occur.SHOULD));
        return either.build();
    }

    /** The stems of a text. */
    private List<String> words(String text) throws IOException {
        List<String> words = new ArrayList<>();
        try (TokenStream tokens = analyzer.tokenStream("body", text)) {
            CharTermAttribute token = tokens.addAttribute(CharTermAttribute.class);
            tokens.reset();
            while (tokens.incrementToken()) {
                words.add(token.toString());
            }
            tokens.end();
        }
        return words;
    }
}
