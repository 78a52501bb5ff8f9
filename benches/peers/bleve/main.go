// Bleve as a peer of the benchmarks; the protocol is in benches/peers/README.md.
package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func run(arguments []string) error {
	switch {
	case len(arguments) == 1 && arguments[0] == "version":
		fmt.Printf("Bleve %s, %s\n", version(), runtime.Version())
		return nil
	case len(arguments) == 3 && arguments[0] == "index":
		return index(arguments[1], arguments[2])
	case len(arguments) == 2 && arguments[0] == "serve":
		return serve(arguments[1])
	}
	return fmt.Errorf("usage: version | index LINES FOLDER | serve FOLDER")
}

// version is that of the library that is linked in.
func version() string {
	if build, ok := debug.ReadBuildInfo(); ok {
		for _, module := range build.Deps {
			if module.Path == "github.com/blevesearch/bleve/v2" {
				return module.Version
			}
		}
	}
	return "unknown"
}
