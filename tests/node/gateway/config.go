// SPDX-License-Identifier: Apache-2.0
package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// The part of Kong's declarative format that kforge renders. Unknown fields are errors, as they are for Kong.
type document struct {
	FormatVersion string           `yaml:"_format_version"`
	Transform     bool             `yaml:"_transform"`
	Plugins       []plugin         `yaml:"plugins"`
	Services      []service        `yaml:"services"`
	Consumers     []map[string]any `yaml:"consumers"`
}

type plugin struct {
	Name      string         `yaml:"name"`
	Enabled   *bool          `yaml:"enabled"`
	Protocols []string       `yaml:"protocols"`
	Tags      []string       `yaml:"tags"`
	Config    map[string]any `yaml:"config"`
}

type service struct {
	Name           string   `yaml:"name"`
	Protocol       string   `yaml:"protocol"`
	Host           string   `yaml:"host"`
	Port           int      `yaml:"port"`
	Path           string   `yaml:"path"`
	Retries        *int     `yaml:"retries"`
	ConnectTimeout int      `yaml:"connect_timeout"`
	ReadTimeout    int      `yaml:"read_timeout"`
	WriteTimeout   int      `yaml:"write_timeout"`
	Tags           []string `yaml:"tags"`
	Plugins        []plugin `yaml:"plugins"`
	Routes         []route  `yaml:"routes"`
}

type route struct {
	Name         string   `yaml:"name"`
	Protocols    []string `yaml:"protocols"`
	Hosts        []string `yaml:"hosts"`
	Methods      []string `yaml:"methods"`
	Paths        []string `yaml:"paths"`
	StripPath    *bool    `yaml:"strip_path"`
	PreserveHost bool     `yaml:"preserve_host"`
	Redirect     int      `yaml:"https_redirect_status_code"`
	Tags         []string `yaml:"tags"`
	Plugins      []plugin `yaml:"plugins"`
}

func (s service) target() *url.URL {
	return &url.URL{Scheme: s.Protocol, Host: fmt.Sprintf("%s:%d", s.Host, s.Port), Path: s.Path}
}

func (r route) strips() bool { return r.StripPath == nil || *r.StripPath }

func readDocument(path string) (document, error) {
	var read document
	file, err := os.Open(path)
	if err != nil {
		return read, err
	}
	defer file.Close()
	decoder := yaml.NewDecoder(file)
	decoder.KnownFields(true)
	if err := decoder.Decode(&read); err != nil {
		return read, err
	}
	return read, read.check()
}

func (d document) check() error {
	var problems []error
	fail := func(format string, words ...any) { problems = append(problems, fmt.Errorf(format, words...)) }
	if d.FormatVersion != "3.0" {
		fail("_format_version: expected \"3.0\", got %q", d.FormatVersion)
	}
	names := map[string]bool{}
	for _, s := range d.Services {
		if s.Name == "" || s.Host == "" || !slices.Contains([]string{"http", "https"}, s.Protocol) || s.Port < 1 || s.Port > 65535 {
			fail("services: %q: needs a name, a host, a port and protocol http or https", s.Name)
		}
		for _, r := range s.Routes {
			if len(r.Hosts)+len(r.Paths)+len(r.Methods) == 0 {
				fail("routes: %q: needs at least one of hosts, methods, paths", r.Name)
			}
			if names[r.Name] {
				fail("routes: %q: the name is taken", r.Name)
			}
			names[r.Name] = true
			for _, path := range r.Paths {
				if !strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "~/") {
					fail("routes: %q: path %q has to start with a slash", r.Name, path)
				}
			}
		}
	}
	return errors.Join(problems...)
}
