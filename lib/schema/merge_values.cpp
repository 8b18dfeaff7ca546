// SPDX-License-Identifier: Apache-2.0
#include "schema/merge_values.hpp"

#include <algorithm>
#include <set>

namespace kforge::schema {
namespace {

const Json empty_object = Json::object();
const Json empty_array = Json::array();

// Merges the two orders: items of both lists stand in the order of the configuration, the live ones between them keep
// their neighbours.
class ItemMerger {
 public:
  ItemMerger(const Field& list, const Json& live, const Json& configuration)
      : list_(list),
        live_(live),
        configuration_(configuration),
        live_names_(list, live),
        new_names_(list, configuration) {
    for (const Json& item : live) live_elements_.push_back(item_element(list, item).value_or(std::string{}));
    for (const Json& item : configuration) new_elements_.push_back(item_element(list, item).value_or(std::string{}));
    for (const std::string& element : new_elements_)
      if (in_live(element)) shared_.push_back(element);
  }

  Json run() {
    while (at_live_ < live_elements_.size() || at_new_ < new_elements_.size()) step();
    return std::move(out_);
  }

 private:
  bool in_live(const std::string& element) const { return !live_names_.find(element).items.empty(); }
  bool in_new(const std::string& element) const { return !new_names_.find(element).items.empty(); }

  void step() {
    const bool more_live = at_live_ < live_elements_.size(), more_new = at_new_ < new_elements_.size();
    if (more_live && more_new && live_elements_[at_live_] == new_elements_[at_new_]) {
      ++at_live_;
      ++next_shared_;
      return take_new();
    }
    if (more_live) {
      const std::string& element = live_elements_[at_live_];
      if (!in_new(element)) {
        out_.push_back(live_[at_live_++]);
        return;
      }
      // Both have it, but it is not its turn: it comes where the configuration has it.
      const bool waits = more_new && next_shared_ < shared_.size() && shared_[next_shared_] != element;
      if (waits || taken_.contains(element)) {
        ++at_live_;
        if (waits) return;
      }
    }
    if (!more_new) return;
    if (next_shared_ < shared_.size() && shared_[next_shared_] == new_elements_[at_new_]) ++next_shared_;
    take_new();
  }

  void take_new() {
    const std::string& element = new_elements_[at_new_];
    const ItemGroup& live = live_names_.find(element);
    taken_.insert(element);
    const Json& item = configuration_[at_new_++];
    out_.push_back(live.items.size() == 1 ? merge(list_.element, *live.items[0], item) : item);
  }

  const Field& list_;
  const Json& live_;
  const Json& configuration_;
  NamedItems live_names_, new_names_;
  std::vector<std::string> live_elements_, new_elements_, shared_;
  std::set<std::string> taken_;
  std::size_t at_live_ = 0, at_new_ = 0, next_shared_ = 0;
  Json out_ = Json::array();
};

Json merge_entries(const Field* place, const Json& live, const Json& configuration) {
  Json result = live;
  for (const auto& [key, value] : configuration.items()) {
    const auto found = result.find(key);
    if (found == result.end())
      result[key] = value;
    else
      *found = merge(child_place(place, key), *found, value);
  }
  return result;
}

Json remove_entries(const Field* place, const Json& object, const FieldSet& set) {
  Json result = Json::object();
  for (const auto& [key, value] : object.items()) {
    const auto found = set.children.find(field_element(key));
    if (found == set.children.end())
      result[key] = value;
    else if (!found->second.member)
      result[key] = remove_fields(child_place(place, key), value, found->second);
  }
  return result.empty() ? Json() : result;
}

Json remove_items(const Field& list, const Json& items, const FieldSet& set) {
  Json result = Json::array();
  for (const Json& item : items) {
    const auto found = set.children.find(item_element(list, item).value_or(std::string{}));
    if (found == set.children.end())
      result.push_back(item);
    else if (!found->second.member)
      result.push_back(remove_fields(list.element, item, found->second));
  }
  return result.empty() ? Json() : result;
}

bool is_omitted(const Field& field, const Json& value) {
  const bool container = field.type == FieldType::list || field.type == FieldType::map;
  return value.is_null() || (container && !field.required && value.is_structured() && value.empty());
}

}  // namespace

const Json& contents(Shape shape, const Json* value) {
  const bool list = shape == Shape::items;
  if (value != nullptr && (list ? value->is_array() : value->is_object())) return *value;
  return list ? empty_array : empty_object;
}

bool ItemGroup::equals(const ItemGroup& other) const {
  return std::ranges::equal(items, other.items, [](const Json* a, const Json* b) { return *a == *b; });
}

NamedItems::NamedItems(const Field& list, const Json& items) {
  for (const Json& item : items) {
    std::optional<std::string> element = item_element(list, item);
    if (!element) continue;
    const auto [found, fresh] = index_.try_emplace(*element, groups_.size());
    if (fresh) groups_.push_back({.element = std::move(*element), .items = {}});
    groups_[found->second].items.push_back(&item);
  }
}

const ItemGroup& NamedItems::find(std::string_view element) const {
  static const ItemGroup none;
  const auto found = index_.find(element);
  return found == index_.end() ? none : groups_[found->second];
}

Json merge(const Field* place, const Json& live, const Json& configuration) {
  const Shape shape = shape_of(place, configuration);
  if (shape == Shape::leaf || shape_of(place, live) != shape) return configuration;
  const Json& before = contents(shape, &live);
  const Json& wanted = contents(shape, &configuration);
  if (before.empty() && wanted.empty()) return configuration;
  if (shape == Shape::items) return ItemMerger(*place, before, wanted).run();
  return merge_entries(place, before, wanted);
}

Json remove_fields(const Field* place, const Json& value, const FieldSet& set) {
  const Shape shape = shape_of(place, value);
  if (shape == Shape::leaf) return value.is_structured() ? Json() : value;
  if (value.is_null()) return value;
  return shape == Shape::items ? remove_items(*place, value, set) : remove_entries(place, value, set);
}

FieldSet with_declared_parents(const Field* place, const FieldSet& set) {
  FieldSet result{.member = set.member, .children = {}};
  for (const auto& [element, child] : set.children) {
    FieldSet& at = result.children[element] = with_declared_parents(place_below(place, element), child);
    if (element.starts_with("f:") && declared_field(place, element.substr(2)) != nullptr) at.member = true;
  }
  return result;
}

void drop_omitted_fields(const Field* place, Json& value) {
  if (value.is_array()) {
    for (Json& item : value) drop_omitted_fields(place_below(place, "i:0"), item);
    return;
  }
  if (!value.is_object()) return;
  for (auto entry = value.begin(); entry != value.end();) {
    if (const Field* field = declared_field(place, entry.key()); field != nullptr && is_omitted(*field, *entry)) {
      entry = value.erase(entry);
      continue;
    }
    drop_omitted_fields(child_place(place, entry.key()), *entry);
    ++entry;
  }
}

}  // namespace kforge::schema
