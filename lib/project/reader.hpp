// SPDX-License-Identifier: Apache-2.0
// Reads mappings with the field table: checks keys, shapes and contents, reports everything, fills the structs.
#pragma once

#include "base/diagnostics.hpp"
#include "os/environment.hpp"
#include "project/field.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kforge::project {

// What is read. Parts may leave out required keys (but not in the items of their lists), and their variables stay as
// they are; an overlay may also delete with null.
enum class Pass { base, overlay, merged };

class Reader {
 public:
  // `environment_name` of an overlay, for messages.
  Reader(Pass pass, const Environment& environment, Diagnostics& problems, std::string environment_name = {});

  Pass pass() const { return pass_; }
  Diagnostics& problems() { return problems_; }

  // Reads all keys of a mapping into the struct of the section.
  void section(const Section& section, const yaml::Node& mapping, void* target);

  // Reads the value of a key into a member. A section is read into what the member holds already, so that defaults may
  // be put there before.
  void read(const yaml::Entry& entry, const Field& field, std::string& out);
  void read(const yaml::Entry& entry, const Field& field, int& out);
  void read(const yaml::Entry& entry, const Field& field, bool& out);
  void read(const yaml::Entry& entry, const Field& field, std::chrono::seconds& out);
  void read(const yaml::Entry& entry, const Field& field, std::vector<std::string>& out);
  void read(const yaml::Entry& entry, const Field& field, std::map<std::string, std::string>& out);
  template <class Struct>
  void read(const yaml::Entry& entry, const Field& field, Struct& out) {
    section(*section_in(field.shapes), entry.value, &out);
  }
  template <class Value>
  void read(const yaml::Entry& entry, const Field& field, std::optional<Value>& out) {
    if (!out) out.emplace();
    // A section of one number, such as rateLimit.
    if (entry.value.is_mapping()) return section(*section_in(field.shapes), entry.value, &*out);
    read(entry, field, *out);
  }

  // Calls `visit` with every item or entry that fits what the list or map of the field may hold.
  void each_item(const yaml::Entry& entry, const Field& field, const std::function<void(const yaml::Node&)>& visit);
  void each_entry(const yaml::Entry& entry, const Field& field, const std::function<void(const yaml::Entry&)>& visit);

  // The text of a scalar of the field, interpolated; empty after a problem.
  std::optional<std::string> text(const yaml::Node& scalar, const Field& field, const Shapes& shapes);

 private:
  struct Step {
    std::string name;
    const yaml::Node* shown;  // what a problem of the whole step points at
  };
  // "'port'", "an item of 'uses'": put together only for messages.
  struct Subject {
    std::string_view before, name;
    std::string text() const;
  };

  void known_keys(const Section& section, const yaml::Node& mapping);
  void field(const Field& field, const yaml::Entry& entry, void* target);
  void free_key(const Section& section, const yaml::Entry& entry, void* target);
  bool deletes(const yaml::Node& value) const;
  void missing(const Field& field, const yaml::Node& mapping);
  void check_excluded(const Section& section, const Field& field, const yaml::Entry& entry, const yaml::Node& mapping);
  bool fits(const Shapes& shapes, const yaml::Node& node, const Field& field, const Subject& subject);
  bool content_fits(const Shape& shape, const yaml::Node& node, std::string_view text, const Subject& subject);
  void report_type(const Shapes& shapes, const yaml::Node& node, const Subject& subject);
  void warn_of_variable(const yaml::Node& node, const Field& field, const Subject& subject);
  std::string where() const;    // " in service 'order-service'"
  std::string subject() const;  // "service 'order-service'"

  Pass pass_;
  bool whole_;  // required keys must be there, null deletes nothing
  const Environment& environment_;
  Diagnostics& problems_;
  std::string environment_name_;
  std::vector<Step> path_;
};

}  // namespace kforge::project
