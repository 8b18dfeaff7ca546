// SPDX-License-Identifier: Apache-2.0
#include "deploy/release_difference.hpp"

#include "deploy/names.hpp"
#include "deploy/release_content.hpp"

#include <map>
#include <set>

namespace kforge::deploy {
namespace {

using Objects = std::map<kube::ObjectRef, const render::Object*>;

Objects by_ref(const render::Rendered& content) {
  Objects objects;
  for (const render::Object& object : content.objects) objects.emplace(kube::ref_of(object.manifest), &object);
  return objects;
}

// Of an object that is only in `after`: the one that only `before` has and that differs in the hash of its name.
const render::Object* replaced_by(const kube::ObjectRef& ref, const Objects& before, const Objects& after) {
  const std::string stem = name_without_hash(ref.name);
  if (stem.empty()) return nullptr;
  for (const auto& [old, object] : before)
    if (old.kind == ref.kind && old.name_space == ref.name_space && name_without_hash(old.name) == stem &&
        !after.contains(old))
      return object;
  return nullptr;
}

Json shortened(const Json& value) {
  constexpr std::size_t shown_digits = 8;
  if (!value.is_string() || !is_value_digest(value.get_ref<const std::string&>())) return value;
  const auto& text = value.get_ref<const std::string&>();
  return "#" + text.substr(text.find(':') + 1, shown_digits);
}

std::vector<FieldChange> fields_between(const kube::ObjectRef& ref, const Json& before, const Json& after) {
  std::vector<FieldChange> fields = field_changes(schema::Table::embedded().find(ref.kind), before, after);
  for (FieldChange& field : fields) {
    field.before = shortened(field.before);
    field.after = shortened(field.after);
  }
  return fields;
}

PlannedObject row(const kube::ObjectRef& ref, const render::Object& object, Category category) {
  PlannedObject made;
  made.object = ref;
  made.tier = object.tier;
  made.service = object.service;
  made.category = category;
  return made;
}

// As in a plan, only what it holds tells it apart from the one that it replaces.
PlannedObject created(const kube::ObjectRef& ref, const render::Object& object, const render::Object* from) {
  PlannedObject made = row(ref, object, Category::create);
  made.fields = fields_between(ref, from == nullptr ? Json() : from->manifest, object.manifest);
  if (from == nullptr) return made;
  made.replaces = kube::ref_of(from->manifest).name;
  std::erase_if(made.fields, [](const FieldChange& field) {
    return !field.path.starts_with("data") && !field.path.starts_with("binaryData");
  });
  return made;
}

PlannedObject changed(const kube::ObjectRef& ref, const render::Object& object, const render::Object& from) {
  PlannedObject made = row(ref, object, Category::update);
  made.fields = fields_between(ref, from.manifest, object.manifest);
  if (made.fields.empty())
    made.category = Category::unchanged;
  else if (is_workload(ref.kind.kind) &&
           at_path(from.manifest, {"spec", "template"}) != at_path(object.manifest, {"spec", "template"}))
    made.category = Category::restart;
  return made;
}

}  // namespace

Preview release_difference(const render::Rendered& before, const render::Rendered& after) {
  const Objects old = by_ref(before), now = by_ref(after);
  std::set<const render::Object*> replaced;
  Preview preview;
  for (const auto& [ref, object] : now) {
    const auto found = old.find(ref);
    if (found == old.end()) {
      const render::Object* from = replaced_by(ref, old, now);
      if (from != nullptr) replaced.insert(from);
      preview.objects.push_back(created(ref, *object, from));
    } else {
      preview.objects.push_back(changed(ref, *object, *found->second));
    }
  }
  for (const auto& [ref, object] : old)
    if (!now.contains(ref) && !replaced.contains(object))
      preview.objects.push_back(row(ref, *object, Category::remove));
  preview.summary.create = static_cast<int>(preview.count(Category::create));
  preview.summary.update = static_cast<int>(preview.count(Category::update) + preview.count(Category::restart));
  preview.summary.remove = static_cast<int>(preview.count(Category::remove));
  preview.summary.unchanged = static_cast<int>(preview.count(Category::unchanged));
  return preview;
}

}  // namespace kforge::deploy
