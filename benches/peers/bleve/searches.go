package main

import (
	"fmt"
	"strings"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/search/query"
)

var (
	textFields = []string{"title", "body"}
	facets     = []string{"service", "severity", "tag"}
)

func search(opened bleve.Index, asked *request) (*found, error) {
	asks, err := compile(asked)
	if err != nil {
		return nil, err
	}
	wanted := bleve.NewSearchRequestOptions(asks, asked.Limit, 0, false)
	wanted.Fields = []string{"title"}
	if asked.Facets {
		for _, facet := range facets {
			wanted.AddFacet(facet, bleve.NewFacetRequest(facet, asked.Limit))
		}
	}
	result, err := opened.Search(wanted)
	if err != nil {
		return nil, err
	}
	all := &found{Hits: result.Total, Top: []hit{}, Facets: map[string]map[string]int{}}
	for _, best := range result.Hits {
		title, _ := best.Fields["title"].(string)
		all.Top = append(all.Top, hit{best.ID, title, best.Score})
	}
	for name, facet := range result.Facets {
		counts := map[string]int{}
		for _, value := range facet.Terms.Terms() {
			counts[value.Term] = value.Count
		}
		all.Facets[name] = counts
	}
	return all, nil
}

func compile(asked *request) (query.Query, error) {
	text, err := compileText(asked.Mode, asked.Text)
	if err != nil {
		return nil, err
	}
	all := []query.Query{text}
	if asked.Service != nil {
		all = append(all, value("service", *asked.Service))
	}
	if len(asked.Severities) > 0 {
		any := []query.Query{}
		for _, severity := range asked.Severities {
			any = append(any, value("severity", severity))
		}
		all = append(all, bleve.NewDisjunctionQuery(any...))
	}
	if len(all) == 1 {
		return text, nil
	}
	return bleve.NewConjunctionQuery(all...), nil
}

// value is a filter: it adds nothing to the score.
func value(facet, value string) query.Query {
	term := bleve.NewTermQuery(value)
	term.SetField(facet)
	term.SetBoost(0)
	return term
}

func compileText(mode, text string) (query.Query, error) {
	switch mode {
	case "every":
		return bleve.NewMatchAllQuery(), nil
	case "all", "any":
		var each []query.Query
		for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !isWord(r) }) {
			each = append(each, inEachField(func(field string) query.Query {
				match := bleve.NewMatchQuery(word)
				match.SetField(field)
				return match
			}))
		}
		if mode == "all" {
			return bleve.NewConjunctionQuery(each...), nil
		}
		return bleve.NewDisjunctionQuery(each...), nil
	case "phrase":
		return inEachField(func(field string) query.Query {
			phrase := bleve.NewMatchPhraseQuery(text)
			phrase.SetField(field)
			return phrase
		}), nil
	case "prefix":
		return inEachField(func(field string) query.Query {
			prefix := bleve.NewPrefixQuery(text)
			prefix.SetField(field)
			return prefix
		}), nil
	}
	return nil, fmt.Errorf("unknown mode: %s", mode)
}

func inEachField(of func(string) query.Query) query.Query {
	var either []query.Query
	for _, field := range textFields {
		either = append(either, of(field))
	}
	return bleve.NewDisjunctionQuery(either...)
}
