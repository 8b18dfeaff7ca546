// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.hpp"
#include "schema/schema.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace kforge::kube {

// Kinds that the schema table does not have, as the server's discovery describes them. They have no type: their lists
// merge as one value.
class DiscoveredKinds {
 public:
  const schema::Kind* find(const schema::KindName& name) const;
  // Reads an APIResourceList of a group and version; subresources become part of their kinds.
  void add(const std::string& group, const std::string& version, const Json& resource_list);

 private:
  struct Entry {  // the strings that the kind's views refer to
    std::string plural, singular;
    std::vector<std::string> words;
    std::vector<std::string_view> short_names, verbs, subresources;
    schema::Kind kind;
  };
  void add_resource(const schema::KindName& name, const Json& resource, const Json& resources);
  std::map<schema::KindName, std::unique_ptr<Entry>> kinds_;
};

}  // namespace kforge::kube
