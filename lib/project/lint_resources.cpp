// SPDX-License-Identifier: Apache-2.0
#include "base/quantity.hpp"
#include "project/lint.hpp"

#include <fmt/format.h>

#include <array>

namespace kforge::project {
namespace {

using Path = std::vector<std::string>;

struct Amount {
  const char* key;
  std::string ResourceAmounts::*member;
  bool bytes;
};
constexpr std::array<Amount, 3> amounts{{{"cpu", &ResourceAmounts::cpu, false},
                                         {"memory", &ResourceAmounts::memory, true},
                                         {"ephemeralStorage", &ResourceAmounts::ephemeral_storage, true}}};

class AmountCheck {
 public:
  AmountCheck(const Project& project, const Path& path, Diagnostics& problems)
      : project_(project), path_(path), problems_(problems) {}

  void check(const Amount& amount, const Resources& resources) {
    const std::string& request = resources.requests.*amount.member;
    const std::string& limit = resources.limits.*amount.member;
    if (request != limit) check_unit("requests", amount, request);
    check_unit("limits", amount, limit);
    const auto least = Quantity::parse(request), most = Quantity::parse(limit);
    if (least && most && *least > *most)
      problems_.error(place("requests", amount),
                      fmt::format("the request of {} {} is above its limit {}", amount.key, request, limit));
  }

 private:
  SourcePlace place(const char* group, const Amount& amount) const {
    Path path = path_;
    path.insert(path.end(), {"resources", group, amount.key});
    return project_.place_of(path);
  }

  // "512m" of memory is half a byte; "250Mi" of CPU are 262 million cores.
  void check_unit(const char* group, const Amount& amount, const std::string& text) {
    constexpr double smallest_bytes = 1 << 20, most_cores = 10'000;
    const auto quantity = Quantity::parse(text);
    if (!quantity || quantity->value() == 0) return;
    if (amount.bytes && quantity->value() < smallest_bytes)
      problems_.error(place(group, amount),
                      fmt::format("'{}' is {} bytes, too little to run with", text, quantity->value()),
                      "write Mi for mebibytes: 512Mi");
    if (!amount.bytes && quantity->value() > most_cores)
      problems_.error(place(group, amount), fmt::format("'{}' are {:.0f} cores", text, quantity->value()),
                      "write m for thousandths of a core: 250m");
  }

  const Project& project_;
  const Path& path_;
  Diagnostics& problems_;
};

void check(const Project& project, const Path& path, const Resources& resources, Diagnostics& problems) {
  AmountCheck check(project, path, problems);
  for (const Amount& amount : amounts) check.check(amount, resources);
}

}  // namespace

void lint_resources(const Project& project, Diagnostics& problems) {
  check(project, {"defaults"}, project.defaults.resources, problems);
  for (const Service& service : project.services)
    check(project, {"services", service.name}, service.resources, problems);
  if (project.database) check(project, {"database"}, project.database->resources, problems);
  if (project.auth) check(project, {"auth"}, project.auth->resources, problems);
  if (project.gateway) check(project, {"gateway"}, project.gateway->resources, problems);
}

}  // namespace kforge::project
