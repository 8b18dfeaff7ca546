// SPDX-License-Identifier: Apache-2.0

// limit measures what the API server itself can take: concurrent requests by a client that does nothing else.
// It reads objects as a JSON List, sends one request for each, and prints the seconds that they took. With -watchers, the
// time ends when each of so many watches (of the first object's namespace and kind) has told of every object.
package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

type object struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   struct {
		Name      string `json:"name"`
		Namespace string `json:"namespace"`
	} `json:"metadata"`
	raw json.RawMessage
}

// Plurals of the kinds that a project renders.
var plurals = map[string]string{
	"Namespace": "namespaces", "LimitRange": "limitranges", "ServiceAccount": "serviceaccounts", "ConfigMap": "configmaps",
	"Secret": "secrets", "Service": "services", "Deployment": "deployments", "StatefulSet": "statefulsets", "Job": "jobs",
	"HorizontalPodAutoscaler": "horizontalpodautoscalers", "PodDisruptionBudget": "poddisruptionbudgets",
}

func path(o object) string { return collection(o) + "/" + o.Metadata.Name }

func collection(o object) string {
	base := "/api/v1"
	if strings.Contains(o.APIVersion, "/") {
		base = "/apis/" + o.APIVersion
	}
	if o.Metadata.Namespace != "" {
		base += "/namespaces/" + o.Metadata.Namespace
	}
	plural, known := plurals[o.Kind]
	if !known {
		log.Fatalf("no plural for kind %s", o.Kind)
	}
	return base + "/" + plural
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func main() {
	server := flag.String("server", "", "https://host:port")
	ca, cert, key := flag.String("ca", "", "CA file"), flag.String("cert", "", "client certificate"), flag.String("key", "", "client key")
	file := flag.String("objects", "", "JSON List of objects")
	verb := flag.String("verb", "apply", "apply, get or delete")
	parallel := flag.Int("parallel", 16, "requests in flight")
	watchers := flag.Int("watchers", 0, "watches that have to tell of everything")
	flag.Parse()

	var list struct{ Items []json.RawMessage }
	if err := json.Unmarshal(must(os.ReadFile(*file)), &list); err != nil {
		log.Fatal(err)
	}
	objects := make([]object, len(list.Items))
	for i, raw := range list.Items {
		if err := json.Unmarshal(raw, &objects[i]); err != nil {
			log.Fatal(err)
		}
		objects[i].raw = raw
	}

	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(must(os.ReadFile(*ca)))
	client := &http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{
		RootCAs: pool, Certificates: []tls.Certificate{must(tls.LoadX509KeyPair(*cert, *key))}}}}

	work := make(chan object)
	var group sync.WaitGroup
	for range *watchers {
		group.Add(1)
		events := openWatch(client, *server+collection(objects[0]))
		go func() {
			defer group.Done()
			expect(events, len(objects))
		}()
	}
	start := time.Now()
	for range *parallel {
		group.Add(1)
		go func() {
			defer group.Done()
			for o := range work {
				send(client, *server, *verb, o)
			}
		}()
	}
	for _, o := range objects {
		work <- o
	}
	close(work)
	group.Wait()
	fmt.Printf("%.3f\n", time.Since(start).Seconds())
}

func send(client *http.Client, server, verb string, o object) {
	method, query, body := http.MethodPatch, "?fieldManager=kforge&force=true", bytes.NewReader(o.raw)
	switch verb {
	case "delete":
		method, query, body = http.MethodDelete, "?propagationPolicy=Background", bytes.NewReader(nil)
	case "get":
		method, query, body = http.MethodGet, "", bytes.NewReader(nil)
	}
	request := must(http.NewRequest(method, server+path(o)+query, body))
	request.Header.Set("Content-Type", "application/apply-patch+yaml")
	response := must(client.Do(request))
	text := must(io.ReadAll(response.Body))
	response.Body.Close()
	if response.StatusCode >= 300 && !(verb == "delete" && response.StatusCode == http.StatusNotFound) {
		log.Fatalf("%s %s: %d %s", method, path(o), response.StatusCode, text)
	}
}

// A watch that starts now: the events of everything that changes after this returns.
func openWatch(client *http.Client, url string) *json.Decoder {
	list := must(client.Get(url + "?limit=1"))
	defer list.Body.Close()
	var head struct {
		Metadata struct{ ResourceVersion string }
	}
	if err := json.NewDecoder(list.Body).Decode(&head); err != nil {
		log.Fatal(err)
	}
	response := must(client.Get(url + "?watch=true&resourceVersion=" + head.Metadata.ResourceVersion))
	if response.StatusCode != http.StatusOK {
		log.Fatalf("watch: %d", response.StatusCode)
	}
	return json.NewDecoder(response.Body)
}

func expect(events *json.Decoder, count int) {
	seen := map[string]bool{}
	for len(seen) < count {
		var event struct {
			Type   string
			Object struct{ Metadata struct{ Name string } }
		}
		if err := events.Decode(&event); err != nil {
			log.Fatal(err)
		}
		if event.Type == "ERROR" {
			log.Fatalf("a watch ended after %d of %d objects", len(seen), count)
		}
		seen[event.Object.Metadata.Name] = true
	}
}
