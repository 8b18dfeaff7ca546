// SPDX-License-Identifier: Apache-2.0
// Label and field selectors as the API server reads them (apimachinery/pkg/labels, pkg/fields).
#pragma once

#include "base/json.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kforge::sandbox {

struct Requirement {
  enum class Operator { exists, not_exists, in, not_in, greater, less };
  std::string key;
  Operator op = Operator::exists;
  std::vector<std::string> values;
};

struct FieldTerm {
  std::string field, value;
  bool equal = true;
};

class ObjectSelector {
 public:
  // Throws Refusal (400) in the server's words when a selector cannot be read or a field is not selectable for the
  // resource.
  ObjectSelector(std::string_view labels, std::string_view fields, std::string_view resource);
  bool matches(const Json& object) const;
  bool everything() const { return labels_.empty() && fields_.empty(); }

 private:
  std::vector<Requirement> labels_;
  std::vector<FieldTerm> fields_;
};

// spec.selector of a workload: matchLabels and matchExpressions, or a plain map (Services). Nothing matches an absent
// one.
bool label_selector_matches(const Json& selector, const Json& labels);
bool map_selector_matches(const Json& selector, const Json& labels);

}  // namespace kforge::sandbox
