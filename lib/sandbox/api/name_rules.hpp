// SPDX-License-Identifier: Apache-2.0
// What names, keys and ports may be, and what the server says of those that are not
// (apimachinery/pkg/util/validation).
#pragma once

#include "sandbox/api/status.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kforge::sandbox {

// Each says everything that is wrong with a text; nothing when it is fine.
using Complaints = std::vector<std::string>;
using TextRule = Complaints (*)(std::string_view text);

Complaints dns_label_complaints(std::string_view text);      // "my-name"
Complaints dns_subdomain_complaints(std::string_view text);  // "example.com"
Complaints path_segment_complaints(std::string_view text);   // names of RBAC objects
Complaints label_key_complaints(std::string_view text);      // "example.com/team"
Complaints label_value_complaints(std::string_view text);
Complaints config_key_complaints(std::string_view text);  // of a ConfigMap or Secret
Complaints variable_complaints(std::string_view text);    // of a container's environment
Complaints port_name_complaints(std::string_view text);

using FieldErrors = std::vector<FieldError>;

// An "Invalid value" for each complaint.
void check_text(TextRule rule, std::string_view text, const std::string& field, FieldErrors& errors);
// Text that must be there at all.
void require_text(const Json& value, const std::string& field, FieldErrors& errors);
void check_port_number(std::int64_t port, const std::string& field, FieldErrors& errors);
// A port's number or name, as probes and Services have it; absent is 0.
void check_port_number_or_name(const Json& port, const std::string& field, FieldErrors& errors);
// `supported` as the server sorts it.
void check_supported(const std::string& value, std::initializer_list<std::string_view> supported,
                     const std::string& field, FieldErrors& errors);
void check_not_negative(const Json& object, std::initializer_list<std::string_view> path, FieldErrors& errors);

// "spec.replicas"
std::string dotted(std::initializer_list<std::string_view> path);

}  // namespace kforge::sandbox
