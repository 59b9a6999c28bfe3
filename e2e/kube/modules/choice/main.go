// choice: what programs that run or move images take from a registry's document, to be held against what Landwaiter says of it.
//
//	choice registry ADDR CERT KEY     serves an OCI registry in memory over TLS, to which any bytes can be pushed as a manifest:
//	                                  a PUT of /raw/<repository>/<tag> keeps the body as it is, under the tag and by its digest,
//	                                  to be served with the Content-Type that the PUT had
//	choice read CA PLATFORM REF...    one line of JSON for each reference: what containerd would run of it, and what
//	                                  go-containerregistry (crane, cosign) takes it for; each a configuration's digest or an error
package main

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
	"sync"

	"github.com/containerd/containerd/v2/core/images"
	"github.com/containerd/containerd/v2/core/remotes"
	"github.com/containerd/containerd/v2/core/remotes/docker"
	"github.com/containerd/containerd/v2/plugins/content/local"
	"github.com/containerd/platforms"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

func main() {
	a := os.Args
	switch {
	case len(a) == 5 && a[1] == "registry":
		log.Fatal(http.ListenAndServeTLS(a[2], a[3], a[4], newRawRegistry()))
	case len(a) > 4 && a[1] == "read":
		if err := read(a[2], a[3], a[4:]); err != nil {
			log.Fatal(err)
		}
	default:
		fmt.Fprintln(os.Stderr, "usage: choice registry ADDR CERT KEY | choice read CA PLATFORM REF...")
		os.Exit(64)
	}
}

// rawRegistry is go-containerregistry's registry, but for the documents that were pushed raw.
type rawRegistry struct {
	http.Handler
	mu  sync.RWMutex
	raw map[string]document
}

type document struct {
	body        []byte
	contentType string
}

func newRawRegistry() *rawRegistry {
	return &rawRegistry{
		Handler: registry.New(registry.WithReferrersSupport(true), registry.Logger(log.New(io.Discard, "", 0))),
		raw:     map[string]document{},
	}
}

func digestOf(body []byte) string {
	return fmt.Sprintf("sha256:%x", sha256.Sum256(body))
}

func (r *rawRegistry) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if path, ok := strings.CutPrefix(req.URL.Path, "/raw/"); ok && req.Method == http.MethodPut {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		slash := strings.LastIndex(path, "/")
		at := "/v2/" + path[:slash] + "/manifests/"
		kept := document{body, req.Header.Get("Content-Type")}
		r.mu.Lock()
		r.raw[at+path[slash+1:]] = kept
		r.raw[at+digestOf(body)] = kept
		r.mu.Unlock()
		w.WriteHeader(http.StatusCreated)
		return
	}
	r.mu.RLock()
	found, ok := r.raw[req.URL.Path]
	r.mu.RUnlock()
	if !ok || (req.Method != http.MethodGet && req.Method != http.MethodHead) {
		r.Handler.ServeHTTP(w, req)
		return
	}
	w.Header().Set("Content-Type", found.contentType)
	w.Header().Set("Docker-Content-Digest", digestOf(found.body))
	w.Header().Set("Content-Length", fmt.Sprint(len(found.body)))
	if req.Method == http.MethodGet {
		_, _ = w.Write(found.body)
	}
}

// taken is what a reader takes a reference for.
type taken struct {
	Config string `json:"config,omitempty"`
	Error  string `json:"error,omitempty"`
}

type choices struct {
	Reference  string `json:"reference"`
	Containerd taken  `json:"containerd"`
	Crane      taken  `json:"crane"`
}

func read(ca, platform string, refs []string) error {
	pem, err := os.ReadFile(ca)
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return errors.New("no certificate in " + ca)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for _, ref := range refs {
		line := choices{
			Reference:  ref,
			Containerd: take(func() (string, error) { return byContainerd(transport, platform, ref) }),
			Crane:      take(func() (string, error) { return byCrane(transport, platform, ref) }),
		}
		if err := out.Encode(line); err != nil {
			return err
		}
	}
	return nil
}

func take(reading func() (string, error)) taken {
	config, err := reading()
	if err != nil {
		return taken{Error: err.Error()}
	}
	return taken{Config: config}
}

// byContainerd pulls as containerd's client does (client/pull.go, fetch), into a content store of its own, and asks of what is there then
// which configuration a container of it would have (as client/image.go does).
func byContainerd(transport http.RoundTripper, platform, ref string) (string, error) {
	ctx := context.Background()
	folder, err := os.MkdirTemp("", "choice")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(folder)
	store, err := local.NewStore(folder)
	if err != nil {
		return "", err
	}
	spec, err := platforms.Parse(platform)
	if err != nil {
		return "", err
	}
	matcher := platforms.Only(spec)
	resolver := docker.NewResolver(docker.ResolverOptions{
		Hosts: docker.ConfigureDefaultRegistries(docker.WithClient(&http.Client{Transport: transport})),
	})
	resolved, target, err := resolver.Resolve(ctx, ref)
	if err != nil {
		return "", fmt.Errorf("resolve: %w", err)
	}
	fetcher, err := resolver.Fetcher(ctx, resolved)
	if err != nil {
		return "", err
	}
	children := images.FilterPlatforms(images.ChildrenHandler(store), matcher)
	children = images.LimitManifests(children, matcher, 1)
	if err := images.Dispatch(ctx, images.Handlers(remotes.FetchHandler(store, fetcher), children), nil, target); err != nil {
		return "", fmt.Errorf("fetch: %w", err)
	}
	config, err := images.Config(ctx, store, target, matcher)
	if err != nil {
		return "", err
	}
	available, _, _, missing, err := images.Check(ctx, store, target, matcher)
	if err != nil {
		return "", err
	}
	if !available || len(missing) > 0 {
		return "", fmt.Errorf("%d parts of %s are missing", len(missing), config.Digest)
	}
	if _, err := images.RootFS(ctx, store, config); err != nil {
		return "", fmt.Errorf("root file system: %w", err)
	}
	return config.Digest.String(), nil
}

// byCrane reads as crane and cosign do.
func byCrane(transport http.RoundTripper, platform, ref string) (string, error) {
	reference, err := name.ParseReference(ref)
	if err != nil {
		return "", err
	}
	wanted, err := v1.ParsePlatform(platform)
	if err != nil {
		return "", err
	}
	image, err := remote.Image(reference, remote.WithTransport(transport), remote.WithPlatform(*wanted))
	if err != nil {
		return "", err
	}
	config, err := image.ConfigName()
	if err != nil {
		return "", err
	}
	if _, err := image.ConfigFile(); err != nil {
		return "", err
	}
	return config.String(), nil
}
