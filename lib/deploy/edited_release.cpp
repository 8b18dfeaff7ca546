// SPDX-License-Identifier: Apache-2.0
#include "deploy/edited_release.hpp"

#include <algorithm>

namespace kforge::deploy {
namespace {

std::string name_in(const Json& item) {
  return string_at(item, {"name"});
}

void lay_over(Json& release, const Json& edit);

// Containers by their names; every other list is one value.
void lay_over_items(Json& release, const Json& edit) {
  const bool named = std::ranges::all_of(edit, [](const Json& item) { return !name_in(item).empty(); });
  if (!named || !release.is_array()) {
    release = edit;
    return;
  }
  for (const Json& item : edit)
    if (const auto same = std::ranges::find(release, name_in(item), name_in); same != release.end())
      lay_over(*same, item);
}

void lay_over(Json& release, const Json& edit) {
  for (const auto& [key, value] : edit.items()) {
    const auto there = release.find(key);
    if (there == release.end()) continue;
    if (value.is_object() && there->is_object())
      lay_over(*there, value);
    else if (value.is_array())
      lay_over_items(*there, value);
    else
      *there = value;
  }
}

render::Object* find(render::Rendered& release, const kube::ObjectRef& ref) {
  const auto found = std::ranges::find(release.objects, ref,
                                       [](const render::Object& object) { return kube::ref_of(object.manifest); });
  return found == release.objects.end() ? nullptr : &*found;
}

// A new autoscaler owns the number of pods from now on, as if it had been rendered.
void add_autoscaler(render::Rendered& release, const Edit& edit) {
  const Json& target = at_path(edit.body, {"spec", "scaleTargetRef"});
  const kube::ObjectRef scaled{schema::kind_name(string_at(target, {"apiVersion"}), string_at(target, {"kind"})),
                               string_at(edit.body, {"metadata", "namespace"}), string_at(target, {"name"})};
  if (render::Object* workload = find(release, scaled)) workload->manifest["spec"].erase("replicas");
  release.objects.push_back(
      {.manifest = edit.body, .tier = edit.service->tier, .service = edit.service->name, .origin = {}});
}

}  // namespace

render::Rendered edited(render::Rendered release, const Edits& edits) {
  for (const Edit& edit : edits) {
    if (render::Object* object = find(release, kube::ref_of(edit.body)))
      lay_over(object->manifest, edit.body);
    else if (edit.live == nullptr)
      add_autoscaler(release, edit);
  }
  return release;
}

}  // namespace kforge::deploy
