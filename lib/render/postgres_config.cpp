// SPDX-License-Identifier: Apache-2.0
#include "base/diagnostics.hpp"
#include "base/text.hpp"
#include "render/components.hpp"
#include "render/workloads.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace kforge::render {
namespace {

constexpr int service_pool = 10;   // DB_POOL_MAX of the environment contract
constexpr int keycloak_pool = 20;  // KC_DB_POOL_MAX_SIZE
constexpr int reserved = 10;       // superuser, provisioning, people
constexpr double mebibyte = 1024.0 * 1024.0;
constexpr double memory_a_connection = 4 * mebibyte;
constexpr double memory_without_limit = 1024 * mebibyte;

double server_memory(const project::Database& database) {
  const double limit = amount_of(database.resources.limits.memory);
  return limit > 0 ? limit : memory_without_limit;
}

// Enough for every client at the height of its rollout, but no more than the memory can carry.
int max_connections(const project::Project& project) {
  int wanted = reserved;
  for (const auto& [role, limit] : connection_limits(project)) wanted += limit;
  const int affordable = static_cast<int>(server_memory(*project.database) / memory_a_connection);
  return std::max(100, std::min(wanted, affordable));
}

std::string megabytes(double bytes) {
  return fmt::format("{}MB", static_cast<long>(std::floor(bytes / mebibyte)));
}

}  // namespace

const project::DatabaseUser& database_user(const project::Project& project, const std::string& database) {
  if (project.database)
    for (const project::DatabaseUser& user : project.database->databases)
      if (user.database == database) return user;
  Diagnostics problems;
  problems.error(project.place_of({"database", "databases"}), fmt::format("there is no database '{}'", database));
  throw InvalidInput(std::move(problems));
}

std::map<std::string, int> connection_limits(const project::Project& project) {
  std::map<std::string, int> limits;
  for (const project::Service& service : project.services) {
    if (service.database.empty()) continue;
    const int replicas = service.scale ? service.scale->max : service.replicas;
    limits[database_user(project, service.database).owner] +=
        pods_at_most(replicas, service.rollout.max_surge) * service_pool;
  }
  if (project.auth)
    limits[database_user(project, project.auth->database).owner] += (project.auth->replicas + 1) * keycloak_pool;
  for (const project::DatabaseUser& user : project.database->databases) limits.emplace(user.owner, service_pool);
  return limits;
}

std::string postgres_config(const project::Project& project) {
  const double memory = server_memory(*project.database);
  std::map<std::string, std::string> settings{{"checkpoint_completion_target", "0.9"},
                                              {"effective_cache_size", megabytes(memory * 0.60)},
                                              {"idle_in_transaction_session_timeout", "60s"},
                                              {"listen_addresses", "*"},
                                              {"log_checkpoints", "on"},
                                              {"log_destination", "stderr"},
                                              {"log_lock_waits", "on"},
                                              {"log_min_duration_statement", "500"},
                                              {"logging_collector", "off"},
                                              {"maintenance_work_mem", "64MB"},
                                              {"max_connections", std::to_string(max_connections(project))},
                                              {"max_wal_size", "1GB"},
                                              {"password_encryption", "scram-sha-256"},
                                              {"shared_buffers", megabytes(memory * 0.25)},
                                              {"wal_compression", "on"},
                                              {"work_mem", "8MB"}};
  for (const auto& [name, value] : project.database->parameters) settings[name] = value;
  std::string text;
  for (const auto& [name, value] : settings) text += fmt::format("{} = '{}'\n", name, replace_all(value, "'", "''"));
  return text;
}

}  // namespace kforge::render
