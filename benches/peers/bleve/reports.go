package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"sync"
	"unicode"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/custom"
	"github.com/blevesearch/bleve/v2/analysis/lang/en"
	"github.com/blevesearch/bleve/v2/analysis/token/lowercase"
	"github.com/blevesearch/bleve/v2/analysis/tokenizer/character"
	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/registry"
	api "github.com/blevesearch/bleve_index_api"
)

const (
	threads = 2
	// The number of reports that are written at once.
	batchSize = 500
	// The analysis of all peers: runs of letters and digits, in lower case, with Snowball's English stemmer; no stop words.
	english = "letters_digits_english"
	words   = "letters_digits"
)

func init() {
	tokenizer := func(map[string]interface{}, *registry.Cache) (analysis.Tokenizer, error) {
		return character.NewCharacterTokenizer(isWord), nil
	}
	if err := registry.RegisterTokenizer(words, tokenizer); err != nil {
		panic(err)
	}
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// A report is a line of JSON. Its id is that of the document.
type report struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Body     string   `json:"body"`
	Services []string `json:"services"`
	Severity *string  `json:"severity"`
	Tags     []string `json:"tags"`
}

// fields are the values by the names of the mapping.
func (r *report) fields() map[string]interface{} {
	fields := map[string]interface{}{"title": r.Title, "body": r.Body, "service": r.Services, "tag": r.Tags}
	if r.Severity != nil {
		fields["severity"] = *r.Severity
	}
	return fields
}

func newMapping() (mapping.IndexMapping, error) {
	all := bleve.NewIndexMapping()
	all.ScoringModel = api.BM25Scoring
	err := all.AddCustomAnalyzer(english, map[string]interface{}{
		"type":          custom.Name,
		"tokenizer":     words,
		"token_filters": []string{lowercase.Name, en.SnowballStemmerName},
	})
	if err != nil {
		return nil, err
	}
	text := bleve.NewTextFieldMapping()
	text.Analyzer = english
	text.Store, text.IncludeInAll, text.DocValues = true, false, false
	facet := bleve.NewKeywordFieldMapping()
	facet.Store, facet.IncludeInAll, facet.IncludeTermVectors = false, false, false
	document := bleve.NewDocumentStaticMapping()
	for _, name := range []string{"title", "body"} {
		document.AddFieldMappingsAt(name, text)
	}
	for _, name := range facets {
		document.AddFieldMappingsAt(name, facet)
	}
	all.DefaultMapping = document
	return all, nil
}

// index indexes a file of lines.
func index(lines, folder string) error {
	file, err := os.Open(lines)
	if err != nil {
		return err
	}
	defer file.Close()
	fields, err := newMapping()
	if err != nil {
		return err
	}
	created, err := bleve.New(folder, fields)
	if err != nil {
		return err
	}
	queue := make(chan []byte, batchSize)
	failed := make(chan error, threads)
	var running sync.WaitGroup
	for range threads {
		running.Go(func() { failed <- add(created, queue) })
	}
	err = read(file, queue)
	running.Wait()
	for range threads {
		err = errors.Join(err, <-failed)
	}
	return errors.Join(err, created.Close())
}

// read sends each line, and closes the queue.
func read(file io.Reader, queue chan<- []byte) error {
	defer close(queue)
	input := bufio.NewReaderSize(file, 1<<20)
	for {
		line, err := input.ReadBytes('\n')
		if len(line) > 0 {
			queue <- line
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// add takes lines until there are none; after an error it takes them only so that reading ends.
func add(to bleve.Index, queue <-chan []byte) error {
	batch := to.NewBatch()
	var failed error
	for line := range queue {
		if failed != nil {
			continue
		}
		var one report
		if failed = json.Unmarshal(line, &one); failed != nil {
			continue
		}
		if failed = batch.Index(one.ID, one.fields()); failed != nil {
			continue
		}
		if batch.Size() >= batchSize {
			failed = to.Batch(batch)
			batch.Reset()
		}
	}
	if failed == nil && batch.Size() > 0 {
		failed = to.Batch(batch)
	}
	return failed
}
