// SPDX-License-Identifier: Apache-2.0

// A stand-in for Kong Gateway without a database, for tests on a machine that has no Kong: it takes the commands, environment
// variables, ports and signals of Kong's image that kforge's manifests use, reads the declarative configuration as kforge
// renders it, and routes. Of the plugins, correlation-id and request-size-limiting do what they say; others are only read.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

var enforced = map[string]bool{"correlation-id": true, "request-size-limiting": true, "prometheus": true}

func main() {
	log.SetFlags(log.Ldate | log.Ltime | log.LUTC)
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(1)
	}
}

func run(words []string) error {
	switch {
	case len(words) == 3 && words[0] == "config" && words[1] == "parse":
		if err := prepare(); err != nil {
			return err
		}
		if _, err := readDocument(words[2]); err != nil {
			return fmt.Errorf("failed parsing declarative configuration: %w", err)
		}
		fmt.Println("parse successful")
		return nil
	case len(words) == 1 && words[0] == "docker-start":
		return serve()
	case len(words) == 1 && words[0] == "version":
		fmt.Println("stand-in for Kong 3.9")
		return nil
	}
	return errors.New("usage: kong (docker-start | version | config parse FILE)")
}

// Kong writes its nginx configuration under the prefix before anything else.
func prepare() error {
	prefix := os.Getenv("KONG_PREFIX")
	if prefix == "" {
		prefix = "/usr/local/kong"
	}
	if err := os.WriteFile(filepath.Join(prefix, "nginx.conf"), []byte("# stand-in\n"), 0o644); err != nil {
		return fmt.Errorf("prefix directory %s is not writable: %w", prefix, err)
	}
	if database := os.Getenv("KONG_DATABASE"); database != "off" {
		return fmt.Errorf("KONG_DATABASE is %q: this stand-in needs \"off\"", database)
	}
	return nil
}

// addresses of a listen variable: "0.0.0.0:8000 reuseport backlog=16384, 0.0.0.0:8443 ssl".
type address struct {
	host string
	tls  bool
}

func listens(variable string) []address {
	var found []address
	for _, part := range strings.Split(os.Getenv(variable), ",") {
		words := strings.Fields(part)
		if len(words) == 0 || words[0] == "off" {
			continue
		}
		found = append(found, address{host: words[0], tls: strings.Contains(" "+strings.Join(words[1:], " ")+" ", " ssl ")})
	}
	return found
}

func serve() error {
	if err := prepare(); err != nil {
		return err
	}
	read, err := readDocument(os.Getenv("KONG_DECLARATIVE_CONFIG"))
	if err != nil {
		return fmt.Errorf("error parsing declarative config file: %w", err)
	}
	for _, p := range read.Plugins {
		if !enforced[p.Name] {
			log.Printf("[warn] plugin %q is not enforced by this stand-in", p.Name)
		}
	}
	proxy, err := newGateway(read)
	if err != nil {
		return err
	}
	failed := make(chan error, 1)
	var servers []*http.Server
	for _, at := range listens("KONG_PROXY_LISTEN") {
		servers = append(servers, start(at, proxy, failed))
	}
	for _, at := range listens("KONG_STATUS_LISTEN") {
		servers = append(servers, start(at, status(len(read.Services)), failed))
	}
	return wait(servers, failed)
}

func start(at address, handler http.Handler, failed chan<- error) *http.Server {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 60 * time.Second, IdleTimeout: 75 * time.Second}
	listener, err := net.Listen("tcp", at.host)
	if err != nil {
		failed <- err
		return server
	}
	log.Printf("[notice] listening on %s", at.host)
	go func() {
		if at.tls {
			err = server.ServeTLS(listener, os.Getenv("KONG_SSL_CERT"), os.Getenv("KONG_SSL_CERT_KEY"))
		} else {
			err = server.Serve(listener)
		}
		if !errors.Is(err, http.ErrServerClosed) {
			failed <- err
		}
	}()
	return server
}

func status(services int) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/status", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "running") })
	mux.HandleFunc("/status/ready", func(w http.ResponseWriter, _ *http.Request) {
		if services == 0 {
			answer(w, http.StatusServiceUnavailable, "no configuration available (empty configuration present)")
			return
		}
		answer(w, http.StatusOK, "ready")
	})
	mux.HandleFunc("/metrics", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, "kong_node_info{version=\"stand-in\"} 1\n")
	})
	return mux
}

// QUIT ends gracefully; TERM ends at once, as nginx does.
func wait(servers []*http.Server, failed <-chan error) error {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGINT)
	select {
	case err := <-failed:
		return err
	case number := <-signals:
		log.Printf("[notice] %v received, shutting down", number)
		if number != syscall.SIGQUIT {
			return nil
		}
	}
	ending, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for _, server := range servers {
		if err := server.Shutdown(ending); err != nil {
			return err
		}
	}
	return nil
}
