// SPDX-License-Identifier: Apache-2.0
#include "schema/strategic_merge.hpp"

#include "base/error.hpp"
#include "schema/merge_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace kforge::schema {
namespace {

constexpr const char* patch_directive = "$patch";
constexpr const char* retain_keys = "$retainKeys";
constexpr std::string_view delete_from_list = "$deleteFromPrimitiveList/";
constexpr std::string_view element_order = "$setElementOrder/";

enum class Directive { none, merge, replace, remove };

Directive directive_of(const Json& patch) {
  const auto found = patch.find(patch_directive);
  if (found == patch.end() || *found == "merge") return Directive::none;
  if (*found == "replace") return Directive::replace;
  if (*found == "delete") return Directive::remove;
  throw Error(ErrorKind::project_invalid, fmt::format("unknown directive $patch: {}", to_text(*found)))
      .why(fmt::format("unknown patch type: {} in map: {}", go_value(*found), go_value(patch)))
      .hint("use 'delete', 'replace' or 'merge'");
}

bool is_directive(std::string_view key) {
  return key.starts_with('$');
}

const Field* field_of(const Type* type, std::string_view name) {
  return type ? type->find(name) : nullptr;
}
const Type* type_of(const Field* field) {
  return field ? field->object_type : nullptr;
}
const Type* element_type_of(const Field* field) {
  return field && field->element ? field->element->object_type : nullptr;
}

const Json& key_of(const Json& item, const std::string& merge_key) {
  const auto key = item.is_object() ? item.find(merge_key) : item.end();
  if (!item.is_object() || key == item.end())
    throw Error(ErrorKind::project_invalid, fmt::format("a list item lacks its merge key '{}'", merge_key))
        .why(fmt::format("map: {} does not contain declared merge key: {}", go_value(item), merge_key));
  return *key;
}

bool has_key(const Json& item, const std::string& merge_key, const Json& value) {
  const auto key = item.is_object() ? item.find(merge_key) : item.end();
  return item.is_object() && key != item.end() && *key == value;
}

void remove_items(Json& list, const auto& unwanted) {
  list.erase(std::remove_if(list.begin(), list.end(), unwanted), list.end());
}

bool replaces_list(const Json& patch) {
  return std::ranges::any_of(patch, [](const Json& item) {
    return item.is_object() && item.size() == 1 && directive_of(item) == Directive::replace;
  });
}

// Values of a set: what the list lacks is appended.
void merge_values(Json& list, const Json& patch) {
  for (const Json& value : patch)
    if (std::ranges::find(list, value) == list.end()) list.push_back(value);
}

// Listed items first, in the order of the list; the others behind them as they were.
void order_list(const Field* field, Json& list, const Json& order) {
  const std::string merge_key(field ? field->patch_merge_key : std::string_view());
  const auto rank = [&](const Json& item) {
    const auto listed = std::ranges::find_if(order, [&](const Json& wanted) {
      return merge_key.empty() ? wanted == item
                               : wanted.is_object() && has_key(item, merge_key, wanted.value(merge_key, Json()));
    });
    return listed - order.begin();
  };
  std::stable_sort(list.begin(), list.end(), [&](const Json& a, const Json& b) { return rank(a) < rank(b); });
}

// The directives that stand beside the fields they are about.
void apply_directive(const Type* type, Json& target, const std::string& key, const Json& value) {
  const bool deletes = key.starts_with(delete_from_list);
  if (key == patch_directive || key == retain_keys) return;
  if (!deletes && !key.starts_with(element_order))
    throw Error(ErrorKind::project_invalid, fmt::format("unknown directive '{}'", key));
  const std::string name = key.substr(deletes ? delete_from_list.size() : element_order.size());
  const auto list = target.find(name);
  if (list == target.end() || !list->is_array()) return;
  if (deletes)
    remove_items(*list, [&](const Json& item) { return std::ranges::find(value, item) != value.end(); });
  else
    order_list(field_of(type, name), *list, value);
}

// What an item of a list is known by.
Json identity_of(const Json& item, const std::string& merge_key) {
  if (merge_key.empty()) return item;
  return item.is_object() ? item.value(merge_key, Json()) : Json();
}

bool has_identity(const Json& list, const std::string& merge_key, const Json& identity) {
  return std::ranges::any_of(list, [&](const Json& item) { return identity_of(item, merge_key) == identity; });
}

// The server's order of a merged list: what the patch names stands in the patch's order, the rest in the old one; of
// both, what the old list had first comes first, and new items come as early as they can.
Json in_server_order(const Json& merged, const Json& before, const Json& patch, const std::string& merge_key) {
  const auto place = [&](const Json& item) {
    const Json identity = identity_of(item, merge_key);
    const auto found =
        std::ranges::find_if(before, [&](const Json& old) { return identity_of(old, merge_key) == identity; });
    return found == before.end() ? -1 : found - before.begin();
  };
  Json named = Json::array(), others = Json::array(), result = Json::array();
  for (const Json& wanted : patch) {
    const Json identity = identity_of(wanted, merge_key);
    if (has_identity(named, merge_key, identity)) continue;  // named twice
    for (const Json& item : merged)
      if (identity_of(item, merge_key) == identity) named.push_back(item);
  }
  for (const Json& item : merged)
    if (!has_identity(patch, merge_key, identity_of(item, merge_key))) others.push_back(item);
  std::size_t i = 0, j = 0;
  while (i < others.size() || j < named.size()) {
    const bool old_first =
        j == named.size() || (i < others.size() && place(named[j]) >= 0 && place(others[i]) < place(named[j]));
    result.push_back(old_first ? others[i++] : named[j++]);
  }
  return result;
}

class Merger {
 public:
  explicit Merger(NewItems new_items) : new_items_(new_items) {}

  void merge_map(const Type* type, Json& target, const Json& patch) {
    if (directive_of(patch) == Directive::replace) target = Json::object();
    if (const auto retained = patch.find(retain_keys); retained != patch.end())
      for (auto field = target.begin(); field != target.end();)
        field =
            std::ranges::find(*retained, Json(field.key())) == retained->end() ? target.erase(field) : std::next(field);
    for (const auto& [key, value] : patch.items())
      if (!is_directive(key)) merge_value(field_of(type, key), target, key, value);
    for (const auto& [key, value] : patch.items())
      if (is_directive(key)) apply_directive(type, target, key, value);
  }

 private:
  // A value of the patch that has nothing to be merged with: its directives act on nothing.
  Json without_directives(const Type* type, const Json& patch) {
    if (patch.is_object()) {
      Json made = Json::object();
      merge_map(type, made, patch);
      return made;
    }
    if (!patch.is_array()) return patch;
    Json made = Json::array();
    for (const Json& item : patch)
      if (!item.is_object() || !item.contains(patch_directive)) made.push_back(without_directives(type, item));
    return made;
  }

  void merge_item(const Field& field, Json& list, const Json& item) {
    const std::string merge_key(field.patch_merge_key);
    const Json key = key_of(item, merge_key);
    const Directive directive = directive_of(item);
    if (directive == Directive::remove) {
      remove_items(list, [&](const Json& old) { return has_key(old, merge_key, key); });
      return;
    }
    const auto old =
        std::ranges::find_if(list, [&](const Json& candidate) { return has_key(candidate, merge_key, key); });
    if (old == list.end())
      list.push_back(without_directives(element_type_of(&field), item));
    else
      merge_map(element_type_of(&field), *old, item);
  }

  void merge_list(const Field* field, Json& target, const Json& patch) {
    const bool merges = field && field->patch_merge && !replaces_list(patch);
    if (!target.is_array() || !merges) target = Json::array();
    const Json before = new_items_ == NewItems::first && merges ? target : Json();
    if (!merges) {
      target = without_directives(element_type_of(field), patch);
    } else if (field->patch_merge_key.empty()) {
      merge_values(target, patch);
    } else {
      for (const Json& item : patch) merge_item(*field, target, item);
    }
    if (before.is_array()) target = in_server_order(target, before, patch, std::string(field->patch_merge_key));
  }

  void merge_value(const Field* field, Json& target, const std::string& key, const Json& value) {
    if (value.is_null() || (value.is_object() && directive_of(value) == Directive::remove)) {
      target.erase(key);
    } else if (value.is_object()) {
      Json& old = target[key];
      if (!old.is_object()) old = Json::object();
      merge_map(type_of(field), old, value);
    } else if (value.is_array()) {
      merge_list(field, target[key], value);
    } else {
      target[key] = value;
    }
  }

  NewItems new_items_;
};

}  // namespace

Json strategic_merge(const Type* type, Json object, const Json& patch, NewItems new_items) {
  Merger(new_items).merge_map(type, object, patch);
  return object;
}

}  // namespace kforge::schema
