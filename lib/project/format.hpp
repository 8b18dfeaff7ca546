// SPDX-License-Identifier: Apache-2.0
// What texts of the project file may look like: one check, one regular expression and one wording per format.
#pragma once

#include <cstddef>
#include <string_view>

namespace kforge::project {

// `accepts` and `pattern` (ECMA 262, for the JSON schema) say the same; a test compares them. `max_length` counts
// bytes.
struct Format {
  std::string_view name;
  std::string_view expected;  // "a duration such as '90s' or '5m'", after "must be"
  std::string_view pattern;
  std::size_t max_length;
  bool (*accepts)(std::string_view);
};

namespace formats {

extern const Format any_text;
extern const Format line;          // not empty, one line
extern const Format service_name;  // RFC 1035 label: names of Services begin with a letter
extern const Format dns_label;     // RFC 1123 label
extern const Format object_name;   // RFC 1123 subdomain
extern const Format host;          // RFC 1123 subdomain, as in DNS
extern const Format url;           // http or https
extern const Format origin;        // of CORS: scheme and host, or "*"
extern const Format image;         // OCI reference with optional tag and digest
extern const Format registry;      // host and path in front of an image name
extern const Format route_path;
extern const Format probe_path;     // with query
extern const Format absolute_path;  // of a folder in a container
extern const Format file_path;      // below the project's folder
extern const Format duration;       // whole seconds
extern const Format quantity;       // Kubernetes' resource.Quantity, not negative
extern const Format limit;          // a quantity or "none"
extern const Format percent;
extern const Format env_name;          // C identifier: what every shell can read
extern const Format secret_key;        // key of a Secret's data
extern const Format secret_reference;  // "secret.key"
extern const Format label_key;
extern const Format label_value;
extern const Format database_name;   // of a PostgreSQL database or role
extern const Format parameter_name;  // of postgresql.conf
extern const Format minor_version;   // "1.30"
extern const Format realm_name;
extern const Format kind_name;       // of a Kubernetes kind
extern const Format service_or_all;  // key of an overlay: a service or "*"

}  // namespace formats

// The seconds of a text that `duration` accepts.
long seconds_of(std::string_view duration);

}  // namespace kforge::project
