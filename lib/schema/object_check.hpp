// SPDX-License-Identifier: Apache-2.0
// Walks an object beside its type and collects what does not fit.
#pragma once

#include "base/diagnostics.hpp"
#include "schema/schema.hpp"
#include "schema/validate.hpp"
#include "yaml/node.hpp"

#include <set>
#include <string>

namespace kforge::schema {

// "integer", "list", "nothing": what a person calls the value.
std::string type_text(const yaml::Node& node);

class ObjectCheck {
 public:
  // The kind may be null: a custom resource.
  ObjectCheck(const Kind* kind, Completeness completeness, Diagnostics& problems);
  void run(const yaml::Node& object);

 private:
  // A value at its place in the schema. `anchor` is where a person looks for it: its key, or a list item itself.
  struct Spot {
    const Field& field;
    const yaml::Node& node;
    const yaml::Node& anchor;
    std::string path;
  };

  void value(const Spot& spot);
  void null_value(const Spot& spot);
  void object_fields(const Spot& spot);
  void required_fields(const Type& type, const Spot& spot);
  void map_entries(const Spot& spot);
  void list_items(const Spot& spot);
  void list_item(const Spot& list, const yaml::Node& item, std::size_t index, std::set<std::string>& names);
  bool directive(const Field& parent, const yaml::Entry& entry);
  void scalar(const Spot& spot);
  void enum_value(const Spot& spot);
  void unknown_field(const Type& type, const Spot& parent, const yaml::Node& key);
  bool is_secret(const Spot& spot) const;
  bool patching() const { return completeness_ == Completeness::patch; }

  const Kind* kind_;
  Completeness completeness_;
  Diagnostics& problems_;
  bool in_status_ = false;  // nobody has to fill in what controllers report
};

}  // namespace kforge::schema
