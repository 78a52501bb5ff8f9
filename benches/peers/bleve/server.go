package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"time"

	"github.com/blevesearch/bleve/v2"
)

type request struct {
	Mode       string   `json:"mode"`
	Text       string   `json:"text"`
	Service    *string  `json:"service"`
	Severities []string `json:"severities"`
	Facets     bool     `json:"facets"`
	Limit      int      `json:"limit"`
	Repeat     int      `json:"repeat"`
}

type hit struct {
	ID    string  `json:"id"`
	Title string  `json:"title"`
	Score float64 `json:"score"`
}

// found is what a search returns.
type found struct {
	Hits   uint64                    `json:"hits"`
	Top    []hit                     `json:"top"`
	Facets map[string]map[string]int `json:"facets"`
}

type answer struct {
	*found
	Seconds []float64 `json:"seconds,omitempty"`
	Error   string    `json:"error,omitempty"`
}

// serve answers requests, one line of JSON each.
func serve(folder string) (err error) {
	opened, err := bleve.Open(folder)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	input := bufio.NewReader(os.Stdin)
	output := json.NewEncoder(os.Stdout)
	for {
		line, err := input.ReadBytes('\n')
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		answered, err := timed(opened, line)
		if err != nil {
			answered = answer{Error: err.Error()}
		}
		if err := output.Encode(answered); err != nil {
			return err
		}
	}
}

// timed repeats a search, and takes the time of each.
func timed(opened bleve.Index, line []byte) (answer, error) {
	var asked request
	if err := json.Unmarshal(line, &asked); err != nil {
		return answer{}, err
	}
	var last answer
	for range asked.Repeat {
		started := time.Now()
		result, err := search(opened, &asked)
		last.Seconds = append(last.Seconds, time.Since(started).Seconds())
		if err != nil {
			return answer{}, err
		}
		last.found = result
	}
	return last, nil
}
