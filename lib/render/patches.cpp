// SPDX-License-Identifier: Apache-2.0
#include "base/diagnostics.hpp"
#include "base/suggest.hpp"
#include "render/canonical.hpp"
#include "render/components.hpp"
#include "render/identity.hpp"
#include "schema/strategic_merge.hpp"
#include "yaml/node.hpp"

#include <fmt/format.h>

namespace kforge::render {
namespace {

bool hits(const project::Patch& patch, const Identity& object) {
  return object.kind == patch.kind && object.name == patch.name &&
         (patch.name_space.empty() || object.name_space == patch.name_space);
}

void report_miss(const project::Patch& patch, const Drafts& drafts, Diagnostics& problems) {
  std::vector<std::string> names, kinds;
  for (const Draft& draft : drafts.items) {
    kinds.push_back(draft.identity.kind);
    if (draft.identity.kind == patch.kind) names.push_back(draft.identity.name);
  }
  const std::string where = patch.name_space.empty() ? "" : fmt::format(" in namespace '{}'", patch.name_space);
  problems.error(patch.content.place(),
                 fmt::format("the patch hits nothing: there is no {} '{}'{}", patch.kind, patch.name, where),
                 names.empty() ? did_you_mean(patch.kind, kinds) : did_you_mean(patch.name, names));
}

// Throws Error{project_invalid} when the result is no longer the same object.
Json patched(const project::Patch& patch, const Json& manifest) {
  const schema::Kind* kind = schema::Table::embedded().find(schema::kind_name(manifest));
  Json result = schema::strategic_merge(kind ? kind->type : nullptr, manifest, yaml::to_json(patch.content));
  for (const char* field : {"apiVersion", "kind"})
    if (result.value(field, Json()) != manifest[field])
      throw Error(ErrorKind::project_invalid, fmt::format("a patch cannot change '{}' of an object", field));
  for (const char* field : {"name", "namespace"})
    if (at_path(result, {"metadata", field}) != at_path(manifest, {"metadata", field}))
      throw Error(ErrorKind::project_invalid, fmt::format("a patch cannot change 'metadata.{}' of an object", field));
  canonicalize(kind, result);
  for (const std::string& repeat : repeated_items(kind, result)) throw Error(ErrorKind::project_invalid, repeat);
  return result;
}

void apply(const project::Patch& patch, Drafts& drafts, Diagnostics& problems) {
  bool hit = false;
  for (Draft& draft : drafts.items) {
    if (!hits(patch, draft.identity)) continue;
    hit = true;
    try {
      draft.manifest = patched(patch, draft.manifest);
      mark_member(draft.manifest, drafts);
    } catch (const Error& error) {
      problems.error(patch.content.place(), fmt::format("patch of {} '{}': {}", patch.kind, patch.name, error.what()),
                     error.advice);
    }
  }
  if (!hit) report_miss(patch, drafts, problems);
}

}  // namespace

void apply_patches(Drafts& drafts) {
  Diagnostics problems;
  for (const project::Patch& patch : drafts.project.patches) apply(patch, drafts, problems);
  if (!problems.ok()) throw InvalidInput(std::move(problems));
}

}  // namespace kforge::render
