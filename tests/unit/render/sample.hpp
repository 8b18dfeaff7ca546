// SPDX-License-Identifier: Apache-2.0
// Projects made by hand, and looking into what was rendered of them.
#pragma once

#include "project/model.hpp"
#include "render/render.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kforge::tests {

// The guide's shop: three services with a database each, PostgreSQL, Keycloak, Kong.
project::Project shop();
// One service without a database, nothing else.
project::Project one_service();
project::Service service(const std::string& name, int port);
project::SecretSpec generated_secret(const std::string& name, const std::vector<std::string>& keys);

// Rendered without any secret value, as `kforge render` does.
render::Rendered render_offline(const project::Project& project);
// Every generated value is "value of SECRET/KEY".
render::SecretValues with_values(const project::Project& project);

// The object of this kind whose name is `name`, or `name` with a content hash. Throws when there is none.
const Json& find(const render::Rendered& rendered, std::string_view kind, std::string_view name);
bool contains(const render::Rendered& rendered, std::string_view kind, std::string_view name);
// Its first container.
const Json& container_of(const Json& workload);
// The value or the source of an environment variable; null when it is not there.
Json env_of(const Json& container, std::string_view name);
// The text of a Secret's key.
std::string secret_text(const Json& secret, const std::string& key);

}  // namespace kforge::tests
