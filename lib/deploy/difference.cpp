// SPDX-License-Identifier: Apache-2.0
#include "deploy/difference.hpp"

#include "base/quantity.hpp"
#include "schema/merge_values.hpp"

#include <algorithm>
#include <optional>

namespace kforge::deploy {
namespace {

using schema::Field;
using schema::Shape;

const Json absent;

bool is_absent(const Json& value) {
  return value.is_null() || (value.is_structured() && value.empty());
}

std::optional<Quantity> quantity_of(const Json& value) {
  if (value.is_string()) return Quantity::parse(value.get_ref<const std::string&>());
  if (value.is_number()) return Quantity::parse(value.dump());
  return std::nullopt;
}

bool same_value(const Field* place, const Json& a, const Json& b) {
  if (a == b || (is_absent(a) && is_absent(b))) return true;
  if (place == nullptr || place->type != schema::FieldType::quantity) return false;
  const std::optional<Quantity> left = quantity_of(a), right = quantity_of(b);
  return left && right && *left == *right;
}

bool is_list_of_objects(const Json& value) {
  return value.is_array() && std::ranges::all_of(value, [](const Json& item) { return item.is_object(); });
}

const Json& member(const Json& object, const std::string& key) {
  const auto found = object.find(key);
  return found == object.end() ? absent : *found;
}

class Walk {
 public:
  explicit Walk(std::vector<FieldChange>& changes) : changes_(changes) {}

  void value(const Field* place, const Json& before, const Json& after) {
    const Shape shape = schema::shape_of(place, after.is_null() ? before : after);
    const bool other_shape = !before.is_null() && !after.is_null() && schema::shape_of(place, before) != shape;
    if (other_shape || shape == Shape::leaf) return leaf(place, before, after);
    if (is_absent(before) && is_absent(after)) return;
    if (shape == Shape::items)
      items(*place, schema::contents(shape, &before), schema::contents(shape, &after));
    else
      entries(place, schema::contents(shape, &before), schema::contents(shape, &after));
  }

 private:
  void leaf(const Field* place, const Json& before, const Json& after) {
    if (same_value(place, before, after)) return;
    const bool objects = is_list_of_objects(before) && is_list_of_objects(after);
    if (objects && !before.empty() && !after.empty()) return positions(place, before, after);
    add(before, after);
  }

  // An atomic list of objects is one value to the server; people see which object of it differs.
  void positions(const Field* place, const Json& before, const Json& after) {
    const Field* element = place != nullptr ? place->element : nullptr;
    for (std::size_t i = 0; i < std::max(before.size(), after.size()); ++i)
      below(place, "i:" + std::to_string(i),
            [&] { value(element, i < before.size() ? before[i] : absent, i < after.size() ? after[i] : absent); });
  }

  void add(const Json& before, const Json& after) {
    changes_.push_back({.path = text_, .elements = path_, .before = before, .after = after});
  }

  template <class Step>
  void below(const Field* place, std::string element, const Step& step) {
    const std::size_t length = text_.size();
    text_ += element_suffix(place, element, text_.empty());
    path_.push_back(std::move(element));
    step();
    path_.pop_back();
    text_.resize(length);
  }

  bool is_noise(const std::string& key) const {
    if (text_.empty()) return key == "status" || key == "apiVersion" || key == "kind";
    if (text_ == "metadata.annotations") return is_noise_annotation(key);
    static constexpr std::string_view bookkeeping[] = {"managedFields", "resourceVersion",   "uid",
                                                       "generation",    "creationTimestamp", "selfLink"};
    return text_ == "metadata" && std::ranges::find(bookkeeping, key) != std::end(bookkeeping);
  }

  void entries(const Field* place, const Json& before, const Json& after) {
    const auto compare = [&](const std::string& key) {
      if (is_noise(key)) return;
      below(place, schema::field_element(key),
            [&] { value(schema::child_place(place, key), member(before, key), member(after, key)); });
    };
    for (auto it = before.begin(); it != before.end(); ++it) compare(it.key());
    for (auto it = after.begin(); it != after.end(); ++it)
      if (!before.contains(it.key())) compare(it.key());
  }

  // Items of one name; where names repeat, nothing tells their items apart and they count as one value.
  void items(const Field& list, const Json& before, const Json& after) {
    const schema::NamedItems left(list, before), right(list, after);
    for (const schema::ItemGroup& group : left.groups()) item(list, group, right.find(group.element));
    for (const schema::ItemGroup& group : right.groups())
      if (left.find(group.element).items.empty()) item(list, {}, group);
    order(left, right);
  }

  void item(const Field& list, const schema::ItemGroup& before, const schema::ItemGroup& after) {
    below(&list, after.items.empty() ? before.element : after.element, [&] {
      if (before.items.size() > 1 || after.items.size() > 1) return leaf(list.element, whole(before), whole(after));
      single(list, before.items.empty() ? absent : *before.items[0], after.items.empty() ? absent : *after.items[0]);
    });
  }

  static Json whole(const schema::ItemGroup& group) {
    Json all = Json::array();
    for (const Json* each : group.items) all.push_back(*each);
    return all;
  }

  // The keys of an item stand in its path already, so a new or removed item is what it holds besides them.
  void single(const Field& list, const Json& before, const Json& after) {
    const Json& there = before.is_null() ? after : before;
    if (!there.is_object() || (!before.is_null() && !after.is_null())) return value(list.element, before, after);
    const auto keyless = [&](Json object) {
      for (const std::string_view key : list.merge_keys) object.erase(std::string(key));
      return object;
    };
    const Json rest = keyless(there);
    const std::size_t known = changes_.size();
    value(list.element, before.is_null() ? absent : rest, after.is_null() ? absent : rest);
    if (changes_.size() == known)
      add(before, after);  // nothing but its keys, or empty: {"name": "tmp", "emptyDir": {}}
  }

  // Some lists mean something by their order (env): shown by name when what both have stands in another order.
  void order(const schema::NamedItems& left, const schema::NamedItems& right) {
    Json before = Json::array(), after = Json::array();
    for (const schema::ItemGroup& group : left.groups())
      if (!right.find(group.element).items.empty()) before.push_back(name_of(group));
    for (const schema::ItemGroup& group : right.groups())
      if (!left.find(group.element).items.empty()) after.push_back(name_of(group));
    if (before != after) add(before, after);
  }

  // "[app]" -> "app"
  static std::string name_of(const schema::ItemGroup& group) {
    const std::string text = element_suffix(nullptr, group.element, false);
    return text.substr(1, text.size() - 2);
  }

  std::vector<FieldChange>& changes_;
  FieldPath path_;
  std::string text_;
};

}  // namespace

bool is_noise_annotation(std::string_view name) {
  static constexpr std::string_view noise[] = {"kubectl.kubernetes.io/last-applied-configuration",
                                               "deployment.kubernetes.io/revision",
                                               "deployment.kubernetes.io/revision-history",
                                               "pv.kubernetes.io/bind-completed",
                                               "pv.kubernetes.io/bound-by-controller",
                                               "autoscaling.alpha.kubernetes.io/conditions",
                                               "deprecated.daemonset.template.generation",
                                               "endpoints.kubernetes.io/last-change-trigger-time"};
  return std::ranges::find(noise, name) != std::end(noise) || name.starts_with("volume.kubernetes.io/") ||
         name.starts_with("volume.beta.kubernetes.io/");
}

std::vector<FieldChange> field_changes(const schema::Kind* kind, const Json& before, const Json& after) {
  std::vector<FieldChange> changes;
  const Field root = schema::root_place(kind);
  Walk(changes).value(&root, before, after);
  return changes;
}

std::vector<FieldChange> intended_changes(const schema::Kind* kind, const Json& live, const Json& intent) {
  const schema::Field root = schema::root_place(kind);
  std::vector<FieldChange> changes = field_changes(kind, live, schema::merge(&root, live, intent));
  std::erase_if(changes, [](const FieldChange& change) { return change.after.is_null(); });  // defaults in atomic lists
  return changes;
}

}  // namespace kforge::deploy
