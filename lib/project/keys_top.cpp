// SPDX-License-Identifier: Apache-2.0
#include "project/keys.hpp"
#include "project/rows.hpp"

#include <algorithm>

namespace kforge::project {
namespace {

void read_secrets(const yaml::Entry& entry, const Field& field, Project& project, Reader& reader) {
  reader.each_entry(entry, field, [&](const yaml::Entry& item) {
    SecretSpec& secret = project.secrets[item.key.scalar];
    secret.name = item.key.scalar;
    reader.section(secret_section(), item.value, &secret);
  });
}

void read_services(const yaml::Entry& entry, const Field& field, Project& project, Reader& reader) {
  reader.each_entry(entry, field, [&](const yaml::Entry& item) {
    Service service = service_from(project.defaults, item.key.scalar);
    reader.section(service_section(), item.value, &service);
    project.services.push_back(std::move(service));
  });
  std::ranges::sort(project.services, {}, &Service::name);
}

// Parts of the system that are there when their key is: read into what kforge ships.
template <class Part, Part (*product)(), const Section& (*getter)()>
void read_part(const yaml::Entry& entry, Reader& reader, std::optional<Part>& part) {
  part = product();
  reader.section(getter(), entry.value, &*part);
}

void read_patches(const yaml::Entry& entry, const Field& field, Project& project, Reader& reader) {
  reader.each_item(entry, field, [&](const yaml::Node& item) {
    reader.section(patch_section(), item, &project.patches.emplace_back());
  });
}

void read_manifests(const yaml::Entry& entry, const Field& field, Project& project, Reader& reader) {
  reader.each_item(entry, field, [&](const yaml::Node& item) {
    OwnManifest& own = project.manifests.emplace_back();
    if (item.is_mapping())
      reader.section(manifest_section(), item, &own);
    else
      own.file = item.scalar;
  });
}

Field environments_row() {
  return row_with<Project>(
      {"environments", "",
       "Differences of an environment: any keys of this file but apiVersion, project and these two. Mappings merge "
       "deeply, single values and lists replace, null deletes; '*' under services stands for every service",
       base_only, "", "{laptop: {services: {\"*\": {scale: {min: 1, max: 2}}}}}"},
      {map_of(formats::dns_label, {mapping_of(top_section)})},
      [](const yaml::Entry& entry, const Field& field, Project&, Reader& reader) {
        reader.each_entry(entry, field, [](const yaml::Entry&) {});  // read one by one, as overlays
      });
}

std::vector<Field> part_rows() {
  return rows(
      row_with<Project>(
          {"database", "", "A PostgreSQL server of the project, in the database namespace", 0, "", "{kind: postgres}"},
          {mapping_of(database_section)},
          [](const yaml::Entry& entry, const Field&, Project& project, Reader& reader) {
            read_part<Database, product_database, database_section>(entry, reader, project.database);
          }),
      row_with<Project>({"auth", "", "A Keycloak of the project, in the auth namespace; it needs the database", 0, "",
                         "{kind: keycloak, hostname: https://auth.shop.example.com}"},
                        {mapping_of(auth_section)},
                        [](const yaml::Entry& entry, const Field&, Project& project, Reader& reader) {
                          read_part<Auth, product_auth, auth_section>(entry, reader, project.auth);
                        }),
      row_with<Project>({"services", "", "The services of the project, by name", 0, "",
                         "{product-service: {image: product-service:v1.0.0, port: 8000}}"},
                        {map_of(formats::service_name, formats::service_or_all, {mapping_of(service_section)})},
                        read_services),
      row_with<Project>({"gateway", "", "A Kong that leads requests from outside to the routes of the services", 0, "",
                         "{kind: kong, host: api.shop.example.com}"},
                        {mapping_of(gateway_section)},
                        [](const yaml::Entry& entry, const Field&, Project& project, Reader& reader) {
                          read_part<Gateway, product_gateway, gateway_section>(entry, reader, project.gateway);
                        }),
      row_with<Project>(
          {"patches", "", "Strategic merge patches on objects that kforge renders, for what has no key here", 0, "",
           "[{kind: Deployment, name: order-service, patch: {spec: {paused: true}}}]"},
          {list_of({mapping_of(patch_section)})}, read_patches),
      row_with<Project>({"manifests", "",
                         "Files with Kubernetes objects of your own, applied in the stage that they name and removed "
                         "when they leave the list",
                         0, "", "[k8s/extra.yaml, {file: k8s/redis.yaml, stage: database}]"},
                        {list_of({text(formats::file_path), mapping_of(manifest_section)}, 200)}, read_manifests));
}

}  // namespace

const Section& top_section() {
  static const Section table{
      "project file", "One application: its services and what they stand on.", [] {
        std::vector<Field> all = rows(
            row_of_constant<Project>(
                {"apiVersion", "", "The version of this format", required | base_only, "", "kforge.dev/v1"},
                {"kforge.dev/v1"}),
            row<Project>(
                {"project", "", "The name of the application: label of all its objects, and name of its releases",
                 required | base_only, "", "shop"},
                text(formats::service_name), &Project::name),
            row<Project>(
                {"environment", "", "The environment that counts when --environment names none", base_only, "", "prod"},
                text(formats::dns_label), &Project::environment),
            environments_row(), row_of_group<Project>({"kubernetes", "", "The cluster"}, kubernetes_section),
            row<Project>({"defaults", "", "What services have unless they say otherwise"}, mapping_of(defaults_section),
                         &Project::defaults),
            row<Project>({"releases", "", "What the cluster keeps of every release"}, mapping_of(releases_section),
                         &Project::releases),
            row<Project>({"namespaces", "", "Namespaces of the tiers; several tiers may share one"},
                         mapping_of(namespaces_section), &Project::namespaces),
            row_with<Project>({"secrets", "",
                               "Where secret values come from, by secret and key. A generated value is made once, in "
                               "the cluster, and never changed or shown. "
                               "kforge adds postgres-superuser, keycloak-admin and postgres-role-<role> by itself",
                               0, "", "{payment-provider: {apiKey: {env: PAYMENT_API_KEY}}}"},
                              {map_of(formats::dns_label, {mapping_of(secret_section)})}, read_secrets));
        for (Field& field : part_rows()) all.push_back(std::move(field));
        return all;
      }()};
  return table;
}

const Section& kubernetes_section() {
  static const Section table{
      "kubernetes", "",
      rows(row<Project>(
               {"context", "", "The kubeconfig context to deploy to; the current one unless given, and --context wins",
                0, "", "prod-cluster"},
               text(formats::line), &Project::context),
           row<Project>(
               {"minVersion", "\"1.30\"", "The oldest Kubernetes version that the project is meant for; 1.30 or newer"},
               text(formats::minor_version), &Project::min_version))};
  return table;
}

const Section& releases_section() {
  static const Section table{
      "releases", "",
      rows(row<Releases>({"keepSecretValues", "false",
                          "Whether a release keeps the values of its secrets beside their digests, so that a rollback "
                          "has them when nothing else does; whoever may read Secrets in the namespace of the releases "
                          "can read them there"},
                         boolean(), &Releases::keep_secret_values))};
  return table;
}

const Section& namespaces_section() {
  static const Section table{
      "namespaces", "",
      rows(row<Namespaces>({"database", "database", "Namespace of PostgreSQL"}, text(formats::dns_label),
                           &Namespaces::database),
           row<Namespaces>({"auth", "auth", "Namespace of Keycloak"}, text(formats::dns_label), &Namespaces::auth),
           row<Namespaces>({"backend", "backend", "Namespace of the services"}, text(formats::dns_label),
                           &Namespaces::backend),
           row<Namespaces>({"gateway", "gateway", "Namespace of Kong"}, text(formats::dns_label), &Namespaces::gateway),
           row<Namespaces>({"podSecurity", "restricted", "Pod Security Standard that the namespaces enforce"},
                           one_of({"restricted", "baseline", "privileged"}), &Namespaces::pod_security),
           row<Namespaces>(
               {"create", "true", "Whether kforge makes the namespaces; false: they are there, and somebody else's"},
               boolean(), &Namespaces::create))};
  return table;
}

}  // namespace kforge::project
