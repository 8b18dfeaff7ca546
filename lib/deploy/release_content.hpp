// SPDX-License-Identifier: Apache-2.0
// What a release consists of: every object of the project, values of Secrets as salted digests.
#pragma once

#include "base/secret.hpp"
#include "kube/object.hpp"
#include "render/render.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kforge::deploy {

// The digest that stands for a secret value.
std::string value_digest(const std::string& salt, std::string_view value);
bool is_value_digest(std::string_view text);

// The object as it is stored: `data` and `stringData` of a Secret become `data` of digests.
Json without_values(Json manifest, const std::string& salt);
// Everything about rendered objects that a rollback needs; the origin in kforge.yaml is left out.
render::Rendered without_values(const render::Rendered& rendered, const std::string& salt);

// Secret values by the digests that stand for them: of projects that ask for it, kept beside the objects.
using KeptValues = std::map<std::string, Secret>;
KeptValues values_in(const render::Rendered& rendered, const std::string& salt);

struct ReleaseContent {
  render::Rendered objects;
  KeptValues values{};  // of digests in `objects`
};
// A release of some services: their objects of `now`, and those of all others as they were before.
ReleaseContent merged(const ReleaseContent& before, const ReleaseContent& now,
                      const std::vector<std::string>& services);

// Canonical text, so that equal contents are equal texts; and back. Nothing when the text is none.
std::string content_text(const ReleaseContent& content);
std::optional<ReleaseContent> content_of(std::string_view text);
// Of the objects: what is kept beside them makes no other release.
std::string content_hash(const render::Rendered& objects);

}  // namespace kforge::deploy
