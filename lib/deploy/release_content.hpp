// SPDX-License-Identifier: Apache-2.0
// What a release consists of: every object of the project, values of Secrets as salted digests.
#pragma once

#include "kube/object.hpp"
#include "render/render.hpp"

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

// A release of some services: their objects of `now`, and those of all others as they were before.
render::Rendered merged(const render::Rendered& before, const render::Rendered& now,
                        const std::vector<std::string>& services);

// Canonical text, so that equal contents are equal texts; and back. Nothing when the text is none.
std::string content_text(const render::Rendered& content);
std::optional<render::Rendered> content_of(std::string_view text);
std::string content_hash(std::string_view text);

}  // namespace kforge::deploy
