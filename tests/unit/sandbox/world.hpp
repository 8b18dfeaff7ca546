// SPDX-License-Identifier: Apache-2.0
// The API on a store, without controllers: what a server answers before anything else happens.
#pragma once

#include "sandbox/api/api.hpp"
#include "tests/fakes/fake_clock.hpp"

#include <string>

namespace kforge::sandbox::tests {

// Time that only a test moves; timers never fire by themselves.
struct StillTimers final : Timers {
  Clock::time_point now() const override { return clock.now(); }
  WallTime wall_time() const override { return clock.wall_time(); }
  Id after(Milliseconds, std::function<void()>) override { return ++last; }
  void cancel(Id) override {}
  kforge::tests::FakeClock clock;
  Id last = 0;
};

struct World {
  Store store{":memory:"};
  StillTimers timers;
  Api api{store, timers, schema::Table::embedded()};
  Caller caller{"admin", {"system:masters"}, "kforge"};

  World() {
    create("", "v1", "namespaces", "", {{"metadata", {{"name", "backend"}}}});
    create("", "v1", "serviceaccounts", "backend", {{"metadata", {{"name", "default"}}}});
  }
  Outcome create(std::string group, std::string version, std::string resource, std::string name_space, Json object) {
    return api.create(caller,
                      {std::move(group), std::move(version), std::move(resource), std::move(name_space), "", ""},
                      std::move(object), {});
  }
  Outcome apply(const Target& target, const Json& object, const std::string& manager = "kforge", bool force = false) {
    WriteOptions options;
    options.field_validation = FieldValidation::strict;
    options.force = force;
    return api.patch({"admin", {}, manager}, target, PatchType::apply, to_text(object), options);
  }
};

inline const Target deployment_target{"apps", "v1", "deployments", "backend", "orders", ""};
inline const Target config_target{"", "v1", "configmaps", "backend", "config", ""};

inline Json deployment(const char* image, int replicas = 2) {
  return {{"apiVersion", "apps/v1"},
          {"kind", "Deployment"},
          {"metadata", {{"name", "orders"}, {"namespace", "backend"}}},
          {"spec",
           {{"replicas", replicas},
            {"selector", {{"matchLabels", {{"app", "orders"}}}}},
            {"template",
             {{"metadata", {{"labels", {{"app", "orders"}}}}},
              {"spec", {{"containers", {{{"name", "app"}, {"image", image}}}}}}}}}}};
}

inline Json config_map(Json data) {
  return {{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", {{"name", "config"}}}, {"data", std::move(data)}};
}

}  // namespace kforge::sandbox::tests
