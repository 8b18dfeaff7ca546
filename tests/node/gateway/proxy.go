// SPDX-License-Identifier: Apache-2.0
package main

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"regexp"
	"slices"
	"strings"
	"time"
)

// One path of one route, ready to match.
type rule struct {
	route   route
	prefix  string
	pattern *regexp.Regexp
	handler http.Handler
}

type gateway struct {
	rules []rule
	limit int64
}

const correlation = "X-Request-ID"

func newGateway(d document) (*gateway, error) {
	g := &gateway{}
	for _, p := range d.Plugins {
		if p.Name == "request-size-limiting" {
			g.limit = int64(number(p.Config["allowed_payload_size"])) << 20
		}
	}
	for _, s := range d.Services {
		transport := transportOf(s)
		for _, r := range s.Routes {
			rules, err := rulesOf(s, r, transport)
			if err != nil {
				return nil, err
			}
			g.rules = append(g.rules, rules...)
		}
	}
	// Kong's traditional router: the longest path wins.
	slices.SortStableFunc(g.rules, func(a, b rule) int { return len(b.prefix) - len(a.prefix) })
	return g, nil
}

func number(value any) int {
	n, _ := value.(int)
	return n
}

// Kong keeps idle connections to upstreams for 60 s (upstream_keepalive_idle_timeout).
func transportOf(s service) *http.Transport {
	dialer := &net.Dialer{Timeout: time.Duration(s.ConnectTimeout) * time.Millisecond}
	return &http.Transport{DialContext: dialer.DialContext, MaxIdleConnsPerHost: 60, MaxIdleConns: 512, IdleConnTimeout: 60 * time.Second,
		ResponseHeaderTimeout: time.Duration(s.ReadTimeout) * time.Millisecond, DisableCompression: true}
}

func rulesOf(s service, r route, transport http.RoundTripper) ([]rule, error) {
	paths := r.Paths
	if len(paths) == 0 {
		paths = []string{"/"}
	}
	var rules []rule
	for _, path := range paths {
		made := rule{route: r, prefix: path, handler: forward(s, r, path, transport)}
		if expression, isPattern := strings.CutPrefix(path, "~"); isPattern {
			pattern, err := regexp.Compile("^" + expression)
			if err != nil {
				return nil, fmt.Errorf("route %s: %w", r.Name, err)
			}
			made.pattern = pattern
		}
		rules = append(rules, made)
	}
	return rules, nil
}

func forward(s service, r route, path string, transport http.RoundTripper) http.Handler {
	target := s.target()
	return &httputil.ReverseProxy{
		Transport: transport,
		Rewrite: func(request *httputil.ProxyRequest) {
			if r.strips() && !strings.HasPrefix(path, "~") {
				request.Out.URL.Path = "/" + strings.TrimPrefix(strings.TrimPrefix(request.In.URL.Path, path), "/")
				request.Out.URL.RawPath = ""
			}
			request.SetURL(target)
			request.SetXForwarded()
			if r.PreserveHost {
				request.Out.Host = request.In.Host
			}
		},
		ErrorHandler: func(w http.ResponseWriter, request *http.Request, err error) {
			log.Printf("[error] %s %s: %v, upstream: %s", request.Method, request.URL.Path, err, target)
			answer(w, http.StatusBadGateway, "An invalid response was received from the upstream server")
		},
	}
}

func (r rule) matches(request *http.Request) bool {
	host, _, err := net.SplitHostPort(request.Host)
	if err != nil {
		host = request.Host
	}
	if len(r.route.Hosts) > 0 && !slices.Contains(r.route.Hosts, host) {
		return false
	}
	if len(r.route.Methods) > 0 && !slices.Contains(r.route.Methods, request.Method) {
		return false
	}
	if r.pattern != nil {
		return r.pattern.MatchString(request.URL.Path)
	}
	return strings.HasPrefix(request.URL.Path, r.prefix)
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	began := time.Now()
	if request.Header.Get(correlation) == "" {
		request.Header.Set(correlation, rand.Text())
	}
	w.Header().Set(correlation, request.Header.Get(correlation))
	seen := &recorder{ResponseWriter: w, status: http.StatusOK}
	g.route(seen, request)
	fmt.Printf("%s %q %d %d\n", request.RemoteAddr, request.Method+" "+request.URL.RequestURI(), seen.status, time.Since(began).Milliseconds())
}

func (g *gateway) route(w http.ResponseWriter, request *http.Request) {
	if g.limit > 0 {
		if request.ContentLength > g.limit {
			answer(w, http.StatusRequestEntityTooLarge, "Request size limit exceeded")
			return
		}
		request.Body = http.MaxBytesReader(w, request.Body, g.limit)
	}
	for _, r := range g.rules {
		if r.matches(request) {
			r.handler.ServeHTTP(w, request)
			return
		}
	}
	answer(w, http.StatusNotFound, "no Route matched with those values")
}

func answer(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"message": message, "request_id": w.Header().Get(correlation)})
}

// Remembers the status for the access log.
type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
