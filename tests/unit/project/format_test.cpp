// SPDX-License-Identifier: Apache-2.0
#include "project/format.hpp"

#include "project/image.hpp"
#include "tests/support/catch.hpp"

#include <random>
#include <regex>
#include <string>
#include <vector>

namespace kforge::project {
namespace {

const std::vector<const Format*>& all_formats() {
  using namespace formats;
  static const std::vector<const Format*> all{&line,          &service_name, &dns_label,     &object_name,
                                              &host,          &url,          &origin,        &image,
                                              &registry,      &route_path,   &probe_path,    &absolute_path,
                                              &file_path,     &duration,     &quantity,      &limit,
                                              &percent,       &env_name,     &secret_key,    &secret_reference,
                                              &label_key,     &label_value,  &database_name, &parameter_name,
                                              &minor_version, &realm_name,   &kind_name,     &service_or_all};
  return all;
}

bool within_limit(const Format& format, const std::string& text) {
  return text.size() <= format.max_length;
}

// Texts near to what the formats accept, so that both answers happen.
class Texts {
 public:
  explicit Texts(unsigned seed) : engine_(seed) {}
  std::string next() {
    static const std::vector<std::string> pieces{
        "a",        "b9",        "Z",        "0",           "7",        "-",       "--",  ".",
        "..",       "/",         ":",        "@",           "_",        "__",      "%",   "*",
        "s",        "m",         "h",        "5m",          "10s",      "1h",      "Mi",  "Gi",
        "e3",       "E",         "none",     "1.30",        "25%",      " ",       "\n",  "http://",
        "https://", "localhost", "shop",     "example.com", "v1.0.0",   "sha256:", "../", "/..",
        "~",        "\x7f",      "\xc3\xa9", "!",           "?probe=x", "A_B",     "x.y", std::string(64, 'f')};
    std::string made;
    for (int i = below(6); i >= 0; --i)
      made += pieces[static_cast<std::size_t>(below(static_cast<int>(pieces.size())))];
    return made;
  }

 private:
  int below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(engine_); }
  std::mt19937 engine_;
};

TEST_CASE("every format checks what its pattern says") {
  std::vector<std::regex> patterns;
  for (const Format* format : all_formats())
    patterns.emplace_back(std::string(format->pattern), std::regex::ECMAScript | std::regex::optimize);
  std::vector<int> accepted(patterns.size());
  Texts texts(7);
  for (int i = 0; i < 2000; ++i) {
    const std::string text = texts.next();
    for (std::size_t f = 0; f < patterns.size(); ++f) {
      const Format& format = *all_formats()[f];
      if (!within_limit(format, text)) continue;
      INFO(format.name << " '" << text << "'");
      const bool accepts = format.accepts(text);
      accepted[f] += accepts ? 1 : 0;
      REQUIRE(std::regex_match(text, patterns[f]) == accepts);
    }
  }
  for (std::size_t f = 0; f < accepted.size(); ++f) {
    INFO(all_formats()[f]->name);
    CHECK(accepted[f] > 0);
  }
}

struct Sample {
  const Format* format;
  std::vector<const char*> good, bad;
};

TEST_CASE("formats accept what people write and refuse what Kubernetes would") {
  using namespace formats;
  const std::vector<Sample> samples{
      {&service_name, {"a", "product-service", "a1"}, {"", "1a", "-a", "a-", "A", "a.b", "a_b"}},
      {&object_name, {"a", "kong-tls", "a.b", "1"}, {"", "a..b", ".a", "A", "a_b"}},
      {&url,
       {"https://a", "http://a.b:8080/x?y"},
       {"a", "ftp://a", "https://", "https://A", "https://a b", "https://a:b"}},
      {&origin, {"*", "https://a.b"}, {"https://a/", "a"}},
      {&image,
       {"a", "a:1", "product-service:v1.0.0", "registry.example.com/shop/a:1", "localhost/a", "localhost:5000/a/b:1",
        "a/b", "a__b:1", "a@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
       {"", "A:1", "a:", "a: 1", ":1", "a@sha256:1", "https://a/b:1", "a//b", "/a", "a/", "a:-x", "a___b"}},
      {&registry, {"registry.example.com", "registry.example.com:5000/shop", "localhost/a"}, {"", "a/", "A", "a/b:1"}},
      {&route_path, {"/", "/api/products", "/a-b_c.d~e"}, {"", "api", "/a b", "/a?b", "/é"}},
      {&probe_path, {"/health?probe=live"}, {"health", "/a b"}},
      {&file_path, {"a", "k8s/a.yaml", "..a/b", "a..", "./a"}, {"", "/a", "..", "../a", "a/../b", "a/.."}},
      {&absolute_path, {"/app/cache", "/..a"}, {"app", "/a/../b", "/.."}},
      {&duration, {"5", "90s", "5m", "1h30m", "1h1s"}, {"", "5x", "1m1h", "-5s", "1.5s", "s", "1234567s", "1500ms"}},
      {&quantity, {"1", "0.5", ".5", "250m", "512Mi", "1e3", "2E"}, {"", "-1", "1 Gi", "1gb", "Mi", "1Kib"}},
      {&limit, {"none", "1"}, {"None", ""}},
      {&env_name, {"A", "_a1"}, {"", "1A", "A-B", "A B", "A.B"}},
      {&secret_reference, {"a.b", "payment-provider.apiKey", "a.tls.crt"}, {"a", ".b", "a.", "A.b", "a.b c"}},
      {&label_key, {"owner", "example.com/team", "a_b.c"}, {"", "/a", "a/", "a/b/c", "-a", "EXAMPLE.com/a"}},
      {&label_value, {"", "a", "1.0", "A_b"}, {"-a", "a-", "a b"}},
      {&database_name, {"product", "_a", "a-b", "order_1"}, {"", "1a", "-a", "A", "a.b"}},
      {&minor_version, {"1.30", "1.9"}, {"1.30.1", "v1.30", "2.0", "1."}},
      {&percent, {"25%", "0%"}, {"25", "%", "1000%", "a%"}},
      {&kind_name, {"Deployment"}, {"deployment", "", "A-B"}},
      {&service_or_all, {"*", "a"}, {"**", ""}},
  };
  for (const Sample& sample : samples) {
    for (const char* text : sample.good) {
      INFO(sample.format->name << " '" << text << "'");
      CHECK(sample.format->accepts(text));
    }
    for (const char* text : sample.bad) {
      INFO(sample.format->name << " '" << text << "'");
      CHECK_FALSE(sample.format->accepts(text));
    }
  }
}

TEST_CASE("durations are whole seconds") {
  CHECK(seconds_of("90") == 90);
  CHECK(seconds_of("90s") == 90);
  CHECK(seconds_of("5m") == 300);
  CHECK(seconds_of("1h30m5s") == 5405);
}

TEST_CASE("an image is registry, path, tag and digest") {
  const auto image = parse_image("registry.example.com:5000/shop/product-service:v1.0.0");
  REQUIRE(image);
  CHECK(image->registry == "registry.example.com:5000");
  CHECK(image->path == "shop/product-service");
  CHECK(image->tag == "v1.0.0");
  CHECK(image->digest.empty());
  CHECK(parse_image("library/postgres")->registry.empty());
  CHECK(parse_image("a:1@sha256:" + std::string(64, '0'))->digest == "sha256:" + std::string(64, '0'));
  CHECK(parse_image("a:1@sha256:" + std::string(64, '0'))->tag == "1");
}

TEST_CASE("a registry goes before images that name none") {
  CHECK(with_registry("registry.example.com/shop", "a:1") == "registry.example.com/shop/a:1");
  CHECK(with_registry("registry.example.com/shop", "team/a:1") == "registry.example.com/shop/team/a:1");
  CHECK(with_registry("registry.example.com/shop", "quay.io/a:1") == "quay.io/a:1");
  CHECK(with_registry("registry.example.com/shop", "localhost/a:1") == "localhost/a:1");
  CHECK(with_registry("", "a:1") == "a:1");
}

TEST_CASE("the major version of PostgreSQL is what the tag begins with") {
  CHECK(major_of_tag("17.6-bookworm") == 17);
  CHECK(major_of_tag("16") == 16);
  CHECK(major_of_tag("17-alpine") == 17);
  CHECK(major_of_tag("latest") == 0);
  CHECK(major_of_tag("") == 0);
  CHECK(major_of_tag("17bookworm") == 0);
  CHECK(major_of_tag("20260101") == 0);
}

}  // namespace
}  // namespace kforge::project
