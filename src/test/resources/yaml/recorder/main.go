// Writes what kubectl makes of each case into ../kubectl.jsonl: go mod tidy && go run .
//
// A case is a line of JSON: "yaml" is a file, "kubectl" what its decoder hands on, document by document, or "refused". Where our reader
// differs, "ours" says how: "refused" (which it may always) or "read" (which it may only where kubectl refuses).
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"log"
	"os"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/yaml"
)

const file = "../kubectl.jsonl"

type oneCase struct {
	About   string          `json:"about"`
	Yaml    string          `json:"yaml"`
	Kubectl json.RawMessage `json:"kubectl"`
	Ours    string          `json:"ours,omitempty"`
}

// kubectl reads a file as k8s.io/cli-runtime's StreamVisitor does.
func kubectl(content string) (json.RawMessage, error) {
	documents := []json.RawMessage{}
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader([]byte(content)), 4096)
	for {
		raw := runtime.RawExtension{}
		if err := decoder.Decode(&raw); err == io.EOF {
			return json.Marshal(documents)
		} else if err != nil {
			return nil, err
		}
		raw.Raw = bytes.TrimSpace(raw.Raw)
		if len(raw.Raw) > 0 && !bytes.Equal(raw.Raw, []byte("null")) {
			documents = append(documents, raw.Raw)
		}
	}
}

func main() {
	in, err := os.ReadFile(file)
	if err != nil {
		log.Fatal(err)
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	lines := bufio.NewScanner(bytes.NewReader(in))
	for lines.Scan() {
		var one oneCase
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			log.Fatal(err)
		}
		read, err := kubectl(one.Yaml)
		if err != nil {
			read = json.RawMessage(`"refused"`)
		}
		one.Kubectl = read
		if err := encoder.Encode(one); err != nil {
			log.Fatal(err)
		}
	}
	if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
}
