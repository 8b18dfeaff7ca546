// SPDX-License-Identifier: Apache-2.0
// A small project as rendered objects, made by hand so that tests of the engine stand on nothing else: a database with
// a provisioning Job, two services of which one has an autoscaler, and a gateway.
#pragma once

#include "project/model.hpp"
#include "render/render.hpp"

#include <map>
#include <string>

namespace kforge::tests {

struct Sample {
  std::string order_image = "shop/order-service:v1";
  std::string product_image = "shop/product-service:v1";
  int product_replicas = 2;
  std::string storage = "20Gi";  // of the database
  bool autoscaled = true;        // order-service
  int least_replicas = 2;        // of its autoscaler
  std::map<std::string, std::string> settings{{"LOG_LEVEL", "info"}};
  std::vector<render::Object> more;  // added to the rendered objects
  bool nothing = false;              // only the namespaces
  bool tiny = false;                 // one namespace, one service, one Job: for tests of every request

  static project::Project project();
  // The project of a tiny sample: no database, so its records are in `backend`.
  static project::Project tiny_project();
  // Values as resolve_local() gives them: two generated ones and one from the environment.
  static render::SecretValues local_values();
  render::Rendered render(const render::SecretValues& values) const;

 private:
  render::Rendered render_tiny(const render::SecretValues& values) const;
};

// An object of the project, with the labels that rendering gives.
Json member(Json manifest, const std::string& service, const project::Project& project = Sample::project());
render::Object object(project::Tier tier, Json manifest, const std::string& service = {});

Json config_map(const std::string& name_space, const std::string& name);
Json deployment(const std::string& name_space, const std::string& name, const std::string& image);
Json service(const std::string& name_space, const std::string& name);

inline constexpr const char* mail_password = "S3cr3t-of-the-mail";

}  // namespace kforge::tests
