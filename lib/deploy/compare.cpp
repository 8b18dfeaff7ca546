// SPDX-License-Identifier: Apache-2.0
#include "deploy/compare.hpp"

#include "base/quantity.hpp"
#include "schema/field_set.hpp"

#include <algorithm>

namespace kforge::deploy {
namespace {

using schema::Field;
using schema::FieldType;
using schema::ListType;

std::optional<Quantity> quantity_of(const Json& value) {
  if (value.is_string()) return Quantity::parse(value.get_ref<const std::string&>());
  if (value.is_number()) return Quantity::parse(value.dump());
  return std::nullopt;
}

// A merge key's value of a list item; an item that leaves it out has its default ("protocol": TCP).
const Json& key_of(const Field& element, const Json& item, std::string_view key) {
  const Json& value = at_path(item, {key});
  if (!value.is_null() || element.object_type == nullptr) return value;
  const Field* field = element.object_type->find(key);
  return field != nullptr && field->default_value != nullptr ? *field->default_value : value;
}

bool same_keys(const Field& list, const Json& a, const Json& b) {
  return std::ranges::all_of(list.merge_keys, [&](std::string_view key) {
    return key_of(*list.element, a, key) == key_of(*list.element, b, key);
  });
}

// Walks an intent beside a live object. Without `differences` it stops at the first one.
class Comparison {
 public:
  explicit Comparison(std::vector<std::string>* differences) : differences_(differences) {}

  bool object(const schema::Type* type, const Json& intent, const Json& live) {
    bool equal = true;
    for (auto it = intent.begin(); it != intent.end(); ++it) {
      const Field* field = type != nullptr ? type->find(it.key()) : nullptr;
      if (!member(field, it.key(), *it, live)) equal = false;
      if (!equal && differences_ == nullptr) return false;
    }
    return equal;
  }

 private:
  bool member(const Field* field, const std::string& key, const Json& intent, const Json& live) {
    const std::size_t length = path_.size();
    if (differences_ != nullptr) path_ += (path_.empty() ? "" : ".") + key;
    const auto found = live.find(key);
    const bool equal = found != live.end() ? value(field, intent, *found) : differs();
    path_.resize(length);
    return equal;
  }

  bool map(const Field* element, const Json& intent, const Json& live) {
    bool equal = true;
    for (auto it = intent.begin(); it != intent.end(); ++it) {
      if (!member(element, it.key(), *it, live)) equal = false;
      if (!equal && differences_ == nullptr) return false;
    }
    return equal;
  }

  bool value(const Field* field, const Json& intent, const Json& live) {
    if (intent.is_object() && live.is_object()) {
      if (field != nullptr && field->type == FieldType::map) return map(field->element, intent, live);
      return object(field != nullptr ? field->object_type : nullptr, intent, live);
    }
    if (intent.is_array() && live.is_array()) return list(field, intent, live);
    if (intent == live) return true;
    if (field != nullptr && field->type == FieldType::quantity) {
      const std::optional<Quantity> a = quantity_of(intent), b = quantity_of(live);
      if (a && b && *a == *b) return true;
    }
    return differs();
  }

  bool list(const Field* field, const Json& intent, const Json& live) {
    if (field != nullptr && field->list_type == ListType::map && field->element != nullptr)
      return keyed_list(*field, intent, live);
    if (field != nullptr && field->list_type == ListType::set) return set(intent, live);
    if (intent.size() != live.size()) return differs();
    for (std::size_t i = 0; i < intent.size(); ++i)
      if (!item(field != nullptr ? field->element : nullptr, intent[i], live[i], std::to_string(i))) return false;
    return true;
  }

  // Items in another order count as a difference: some orders matter (env), and the server knows which.
  bool keyed_list(const Field& field, const Json& intent, const Json& live) {
    bool equal = true;
    std::size_t next = 0;
    for (const Json& wanted : intent) {
      const std::size_t at = position(field, wanted, live, next);
      const std::string name = item_name(field, wanted);
      if (at == live.size())
        equal = differs("[" + name + "]");
      else if (!item(field.element, wanted, live[at], name))
        equal = false;
      else if (at < next)
        equal = differs("[" + name + "]");
      if (!equal && differences_ == nullptr) return false;
      next = at == live.size() ? next : at + 1;
    }
    return equal;
  }

  // Where the item with the wanted keys stands; items mostly come in the same order, so the search starts at `hint`.
  static std::size_t position(const Field& field, const Json& wanted, const Json& live, std::size_t hint) {
    for (std::size_t i = 0; i < live.size(); ++i) {
      const std::size_t at = (hint + i) % live.size();
      if (same_keys(field, wanted, live[at])) return at;
    }
    return live.size();
  }

  static std::string item_name(const Field& field, const Json& item) {
    const Json& key = at_path(item, {field.merge_keys.empty() ? std::string_view("name") : field.merge_keys.front()});
    return key.is_string() ? key.get<std::string>() : key.dump();
  }

  bool set(const Json& intent, const Json& live) {
    const bool all =
        std::ranges::all_of(intent, [&](const Json& wanted) { return std::ranges::find(live, wanted) != live.end(); });
    return all || differs();
  }

  bool item(const Field* element, const Json& intent, const Json& live, const std::string& name) {
    const std::size_t length = path_.size();
    if (differences_ != nullptr) path_ += "[" + name + "]";
    const bool equal = value(element, intent, live);
    path_.resize(length);
    return equal;
  }

  bool differs(const std::string& suffix = {}) {
    if (differences_ != nullptr) differences_->push_back(path_ + suffix);
    return false;
  }

  std::vector<std::string>* differences_;
  std::string path_;
};

bool compare(const schema::Kind* kind, const Json& intent, const Json& live, std::vector<std::string>* differences) {
  Comparison comparison(differences);
  if (!intent.contains("status")) return comparison.object(kind != nullptr ? kind->type : nullptr, intent, live);
  Json without_status = intent;  // rare: only in manifests of the user's own
  without_status.erase("status");
  return comparison.object(kind != nullptr ? kind->type : nullptr, without_status, live);
}

bool is_bookkeeping(const std::string& metadata_key) {
  static constexpr std::string_view keys[] = {"resourceVersion",   "generation", "managedFields",
                                              "creationTimestamp", "uid",        "selfLink"};
  return std::ranges::find(keys, metadata_key) != std::end(keys);
}

// Whether all keys of `a` that `counts` have equal values in `b`, and `b` has no more of them.
template <class Counts>
bool same_members(const Json& a, const Json& b, Counts counts) {
  std::size_t seen = 0;
  for (auto it = a.begin(); it != a.end(); ++it) {
    if (!counts(it.key())) continue;
    const auto found = b.find(it.key());
    if (found == b.end() || *found != *it) return false;
    ++seen;
  }
  std::size_t others = 0;
  for (auto it = b.begin(); it != b.end(); ++it) others += counts(it.key()) ? 1 : 0;
  return seen == others;
}

// Managers of the object itself; those of subresources such as status come and go by themselves.
std::vector<const Json*> own_entries(const Json& object) {
  std::vector<const Json*> entries;
  for (const Json& entry : at_path(object, {"metadata", "managedFields"}))
    if (string_at(entry, {"subresource"}).empty()) entries.push_back(&entry);
  return entries;
}

bool same_ownership(const Json& a, const Json& b) {
  const std::vector<const Json*> left = own_entries(a), right = own_entries(b);
  return std::ranges::equal(left, right, [](const Json* x, const Json* y) {
    return same_members(*x, *y, [](const std::string& key) { return key != "time"; });
  });
}

}  // namespace

bool holds(const schema::Kind* kind, const Json& intent, const Json& live) {
  return compare(kind, intent, live, nullptr);
}

std::vector<std::string> differences(const schema::Kind* kind, const Json& intent, const Json& live) {
  std::vector<std::string> paths;
  compare(kind, intent, live, &paths);
  return paths;
}

const Json& apply_entry(const Json& live, std::string_view manager) {
  static const Json none;
  for (const Json& entry : at_path(live, {"metadata", "managedFields"}))
    if (string_at(entry, {"manager"}) == manager && string_at(entry, {"operation"}) == "Apply" &&
        string_at(entry, {"subresource"}).empty())
      return entry;
  return none;
}

bool owns_exactly(const schema::Kind* kind, const Json& intent, const Json& live, std::string_view manager) {
  const Json& entry = apply_entry(live, manager);
  if (entry.is_null() || string_at(entry, {"apiVersion"}) != string_at(intent, {"apiVersion"})) return false;
  return schema::parse_fields_v1(at_path(entry, {"fieldsV1"})) == schema::field_set_of(kind, intent);
}

bool is_up_to_date(const schema::Kind* kind, const Json& intent, const Json& live, std::string_view manager) {
  return holds(kind, intent, live) && owns_exactly(kind, intent, live, manager);
}

bool same_object(const Json& a, const Json& b) {
  const auto is_content = [](const std::string& key) { return key != "metadata" && key != "status"; };
  const auto is_metadata = [](const std::string& key) { return !is_bookkeeping(key); };
  return same_members(a, b, is_content) &&
         same_members(at_path(a, {"metadata"}), at_path(b, {"metadata"}), is_metadata) && same_ownership(a, b);
}

}  // namespace kforge::deploy
