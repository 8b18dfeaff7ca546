// SPDX-License-Identifier: Apache-2.0
#include "project/keys.hpp"
#include "project/rows.hpp"

namespace kforge::project {
namespace {

void read_databases(const yaml::Entry& entry, const Field& field, Database& database, Reader& reader) {
  reader.each_entry(entry, field, [&](const yaml::Entry& item) {
    DatabaseUser user{.database = item.key.scalar, .owner = item.key.scalar};
    reader.section(database_user_section(), item.value, &user);
    database.databases.push_back(std::move(user));
  });
}

}  // namespace

const Section& database_section() {
  static const Section table{
      "database", "",
      rows(
          row_of_constant<Database>({"kind", "", "The database server", required, "", "postgres"}, {"postgres"}),
          row<Database>({"image", "postgres:17.6-bookworm",
                         "Image of the official kind; its tag begins with the major version. Data of one major version "
                         "cannot be opened by another",
                         interpolated},
                        text(formats::image), &Database::image),
          row_of_group<Database>(
              {"storage", "", "The volume of the data; it outlives everything but an explicit deletion"},
              storage_section),
          row<Database>({"resources", "", "CPU and memory; requests 250m and 512Mi, limits 1 and 1Gi unless given"},
                        mapping_of(resources_section), &Database::resources),
          row<Database>(
              {"parameters", "",
               "Settings of postgresql.conf; kforge computes memory and connections from the rest of this file", 0, "",
               "{log_min_duration_statement: 250}"},
              map_of(formats::parameter_name, {scalar(formats::line)}), &Database::parameters),
          row_with<Database>({"databases", "",
                              "Databases and the roles that own them. Without it every service gets a database of its "
                              "own, named after it without '-service'",
                              0, "", "{product: {owner: product}, reports: {}}"},
                             {map_of(formats::database_name, {mapping_of(database_user_section)})}, read_databases),
          row<Database>({"shared", "false", "One database and one role, named after the project, for all services"},
                        boolean(), &Database::shared),
          row<Database>(
              {"superuser", "postgres-superuser",
               "The secret whose key 'password' is that of the user postgres; generated unless it stands in 'secrets'"},
              text(formats::dns_label), &Database::superuser_secret))};
  return table;
}

const Section& storage_section() {
  static const Section table{
      "storage", "",
      rows(row<Database>({"size", "20Gi", "Size of the volume; it can grow later, not shrink"},
                         amount(formats::quantity), &Database::storage_size),
           row<Database>({"class", "", "StorageClass; the cluster's default unless given", 0, "", "standard"},
                         text(formats::object_name), &Database::storage_class))};
  return table;
}

const Section& database_user_section() {
  static const Section table{
      "database owner", "",
      rows(row<DatabaseUser>(
          {"owner", "", "The role that owns the database; the database's own name unless given", 0, "", "product"},
          text(formats::database_name), &DatabaseUser::owner))};
  return table;
}

Database product_database() {
  Database database;
  database.image = "postgres:17.6-bookworm";
  database.superuser_secret = "postgres-superuser";
  return database;
}

}  // namespace kforge::project
