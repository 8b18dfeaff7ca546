// SPDX-License-Identifier: Apache-2.0
#include "render/bases.hpp"
#include "render/components.hpp"
#include "render/identity.hpp"
#include "render/workloads.hpp"

#include <fmt/format.h>

namespace kforge::render {
namespace {

constexpr const char* server = "database/postgres";
constexpr const char* provision = "database/provision";
constexpr int high_uid = 10001;

// Up to 17 the image wants its volume at …/data, and initdb an empty folder in it; from 18 on the folder of the major.
void set_data_directory(Json& stateful_set, int major) {
  if (major < 18) return;
  Json& container = main_container_of(stateful_set);
  named(container["volumeMounts"], "data")["mountPath"] = "/var/lib/postgresql";
  named(container["env"], "PGDATA")["value"] = fmt::format("/var/lib/postgresql/{}/docker", major);
}

void set_storage(Json& stateful_set, const project::Database& database, const std::string& project) {
  Json& claim = stateful_set["spec"]["volumeClaimTemplates"][0];
  claim["metadata"]["labels"] = {{"kforge.dev/project", project}};
  claim["spec"]["resources"]["requests"]["storage"] = canonical_quantity(database.storage_size);
  if (!database.storage_class.empty()) claim["spec"]["storageClassName"] = database.storage_class;
}

void set_superuser_secret(Json& workload, const std::string& secret) {
  named(pod_spec_of(workload)["volumes"], "superuser")["secret"]["secretName"] = secret;
}

void draft_server(Drafts& drafts, const Workload& workload) {
  const project::Project& project = drafts.project;
  const project::Database& database = *project.database;
  for (const char* object :
       {"ServiceAccount/postgres", "Service/postgres", "Service/postgres-headless", "PodDisruptionBudget/postgres"})
    drafts.add(workload, base(server, object));
  drafts.add_config(workload, base(server, "ConfigMap/postgres-config"),
                    {{"postgresql.conf", postgres_config(project)}});
  Json stateful_set = base(server, "StatefulSet/postgres");
  set_image(stateful_set, database.image, project.defaults);
  set_resources(main_container_of(stateful_set), database.resources);
  set_data_directory(stateful_set, database.major);
  set_storage(stateful_set, database, project.name);
  set_superuser_secret(stateful_set, database.superuser_secret);
  if (project.defaults.uids == project::Uids::high) set_user(stateful_set, high_uid);
  drafts.add(workload, std::move(stateful_set));
}

std::string provision_script(const project::Project& project, std::string script) {
  const auto limits = connection_limits(project);
  for (const project::DatabaseUser& user : project.database->databases)
    script += fmt::format("provision {} {} {}\n", user.owner, user.database, limits.at(user.owner));
  return script;
}

void draft_provision(Drafts& drafts, const Workload& workload) {
  const project::Project& project = drafts.project;
  const project::Database& database = *project.database;
  drafts.add(workload, base(provision, "ServiceAccount/postgres-provision"));
  const Json scripts = base(provision, "ConfigMap/postgres-provision");
  drafts.add_config(workload, scripts,
                    {{"provision.sh", provision_script(project, scripts["data"]["provision.sh"])},
                     {"role.sql", scripts["data"]["role.sql"]}});
  SecretData passwords;
  for (const project::DatabaseUser& user : database.databases)
    passwords[user.owner] = drafts.secret(project::role_secret_name(user.owner), "password");
  drafts.add_secret(workload, base(provision, "Secret/postgres-roles"), passwords);
  Json job = base(provision, "Job/postgres-provision");
  set_image(job, database.image, project.defaults);
  named(main_container_of(job)["env"], "PGHOST")["value"] = service_host(project, project::Tier::database, "postgres");
  set_superuser_secret(job, database.superuser_secret);
  if (project.defaults.uids == project::Uids::high) set_user(job, high_uid);
  drafts.add(workload, std::move(job)).hashed = true;
}

}  // namespace

void draft_database(Drafts& drafts) {
  const project::Project& project = drafts.project;
  if (!project.database) return;
  const Workload workload{.name = "postgres",
                          .component = "database",
                          .version = image_version(project.database->image),
                          .service = "postgres",
                          .tier = project::Tier::database,
                          .origin = project.place_of({"database"})};
  draft_server(drafts, drafts.begin(workload));
  if (project.database->databases.empty()) return;
  Workload job = workload;
  job.name = "postgres-provision";
  job.component = "provision";
  draft_provision(drafts, drafts.begin(std::move(job)));
}

}  // namespace kforge::render
