// SPDX-License-Identifier: Apache-2.0
// What kforge says without a request, against a real API server: apply_check KUBECONFIG NAMESPACE SEED CASES.
// Random objects are applied as kforge does, other managers edit them (server-side apply, patches, the scale
// subresource), intents change. For each case:
//   1. "unchanged" by is_up_to_date() means that the server's dry run changes nothing, and is taken by the server;
//   2. the dry run's outcome is what the real apply gives, field by field, and then the object is up to date;
//   3. without force nobody loses a field silently: a refusal names a manager that holds a field of the intent.
// Prints counts as one JSON document. Exit code 1 and the case on stderr when anything is not so.
#include "deploy/compare.hpp"
#include "deploy/difference.hpp"
#include "deploy/names.hpp"
#include "http/curl_transport.hpp"
#include "kube/client.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <random>
#include <string>
#include <vector>

namespace kforge {
namespace {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t limit) { return engine_() % limit; }
  bool one_in(std::size_t count) { return below(count) == 0; }
  template <class T>
  const T& of(const std::vector<T>& values) {
    return values[below(values.size())];
  }

 private:
  std::mt19937_64 engine_;
};

// --- random intents: few names and values, so that edits meet ---

Json variables(Dice& dice) {
  Json list = Json::array();
  for (const char* name : {"A", "B", "C", "D"})
    if (dice.one_in(2)) list.push_back({{"name", name}, {"value", dice.of<std::string>({"0", "1", "2"})}});
  return list;
}

Json ports(Dice& dice) {
  Json list = Json::array();
  for (const int port : {8000, 8001}) {
    if (dice.one_in(2)) continue;
    Json item = {{"containerPort", port}, {"name", fmt::format("p{}", port)}};
    if (dice.one_in(2)) item["protocol"] = "TCP";
    list.push_back(item);
  }
  return list;
}

Json container(Dice& dice, const std::string& name) {
  Json made = {{"name", name}, {"image", dice.of<std::string>({"shop/a:v1", "shop/a:v2"})}};
  if (Json list = variables(dice); !list.empty()) made["env"] = list;
  if (Json list = ports(dice); !list.empty()) made["ports"] = list;
  if (dice.one_in(2)) made["args"] = dice.of<std::vector<std::string>>({{"--x"}, {"--x", "--y"}, {"--y", "--x"}});
  if (dice.one_in(2))
    made["resources"] = {{"requests",
                          {{"cpu", dice.of<std::string>({"100m", "0.1", "1000m", "1"})},
                           {"memory", dice.of<std::string>({"64Mi", "65536Ki", "1Gi", "1024Mi"})}}}};
  if (dice.one_in(3)) made["envFrom"] = {{{"configMapRef", {{"name", dice.of<std::string>({"one", "two"})}}}}};
  if (dice.one_in(3)) made["securityContext"] = {{"runAsNonRoot", true}, {"capabilities", {{"drop", {"ALL"}}}}};
  return made;
}

Json metadata(Dice& dice, const std::string& name_space, const std::string& name) {
  Json made = {{"name", name}, {"namespace", name_space}};
  for (const char* key : {"app", "tier", "kforge.dev/x"})
    if (dice.one_in(2)) made["labels"][key] = dice.of<std::string>({"a", "b"});
  if (dice.one_in(3)) made["annotations"]["note"] = dice.of<std::string>({"a", "b"});
  return made;
}

Json deployment(Dice& dice, const std::string& name_space, const std::string& name) {
  Json spec = {{"selector", {{"matchLabels", {{"name", name}}}}},
               {"template",
                {{"metadata", {{"labels", {{"name", name}}}}}, {"spec", {{"containers", {container(dice, "app")}}}}}}};
  if (dice.one_in(2)) spec["template"]["spec"]["containers"].push_back(container(dice, "side"));
  if (dice.one_in(2)) spec["replicas"] = dice.below(2);
  if (dice.one_in(3)) spec["strategy"] = {{"rollingUpdate", {{"maxSurge", dice.one_in(2) ? Json(1) : Json("50%")}}}};
  if (dice.one_in(3)) spec["template"]["spec"]["volumes"] = {{{"name", "tmp"}, {"emptyDir", Json::object()}}};
  if (dice.one_in(3))
    spec["template"]["spec"]["tolerations"] = {{{"key", "k"}, {"operator", "Exists"}, {"effect", "NoSchedule"}}};
  return {{"apiVersion", "apps/v1"},
          {"kind", "Deployment"},
          {"metadata", metadata(dice, name_space, name)},
          {"spec", spec}};
}

Json service(Dice& dice, const std::string& name_space, const std::string& name) {
  Json list = Json::array();
  for (const int port : {80, 81}) {
    if (port == 81 && dice.one_in(2)) continue;
    Json item = {{"name", fmt::format("p{}", port)}, {"port", port}};
    if (dice.one_in(2)) item["targetPort"] = dice.one_in(2) ? Json(8000) : Json("http");
    list.push_back(item);
  }
  Json spec = {{"ports", list}, {"selector", {{"app", dice.of<std::string>({"a", "b"})}}}};
  if (dice.one_in(3)) spec["type"] = dice.of<std::string>({"ClusterIP", "NodePort"});
  return {{"apiVersion", "v1"}, {"kind", "Service"}, {"metadata", metadata(dice, name_space, name)}, {"spec", spec}};
}

Json config_map(Dice& dice, const std::string& name_space, const std::string& name) {
  Json made = {{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", metadata(dice, name_space, name)}};
  for (const char* key : {"a", "b.conf", "c"})
    if (dice.one_in(2)) made["data"][key] = dice.of<std::string>({"", "1", "2\n3"});
  return made;
}

Json role(Dice& dice, const std::string& name_space, const std::string& name) {
  Json made = {
      {"apiVersion", "rbac.authorization.k8s.io/v1"}, {"kind", "Role"}, {"metadata", metadata(dice, name_space, name)}};
  made["rules"] = {{{"apiGroups", {""}},
                    {"resources", {"pods"}},
                    {"verbs", dice.of<std::vector<std::string>>({{"get"}, {"get", "list"}})}}};
  return made;
}

Json intent_of(Dice& dice, const std::string& name_space, std::size_t object) {
  const std::string name = fmt::format("check-{}", object);
  switch (object % 6) {
    case 0:
    case 1:
    case 2:
      return deployment(dice, name_space, name);
    case 3:
      return service(dice, name_space, name);
    case 4:
      return config_map(dice, name_space, name);
    default:
      return role(dice, name_space, name);
  }
}

// --- the run ---

struct Counts {
  int cases = 0, unchanged = 0, doubtful_noop = 0, changed = 0, conflicts = 0, rejected = 0, edits = 0;
};

class Check {
 public:
  Check(const std::string& kubeconfig, std::string name_space, std::uint64_t seed)
      : client_(transport_, clock_, processes_,
                kube::load_access({.kubeconfig = kubeconfig}, "", Environment::from_process()), environment_, false),
        name_space_(std::move(name_space)),
        dice_(seed) {}

  Json run(int cases) {
    for (; counts_.cases < cases; ++counts_.cases) one_case();
    return {{"cases", counts_.cases},     {"unchanged", counts_.unchanged}, {"doubtfulNoop", counts_.doubtful_noop},
            {"changed", counts_.changed}, {"conflicts", counts_.conflicts}, {"rejected", counts_.rejected},
            {"edits", counts_.edits}};
  }

 private:
  static constexpr std::size_t objects = 12;

  // Some objects keep their intent for a while, others change it; others meddle in between.
  void one_case() {
    const std::size_t object = dice_.below(objects);
    Json& intent = intents_[object];
    if (intent.is_null() || dice_.one_in(3)) intent = intent_of(dice_, name_space_, object);
    kind_ = schema::Table::embedded().find(schema::kind_name(intent));
    const kube::ObjectRef ref = kube::ref_of(intent);
    kube::ApiResult live = client_.call(kube::get_request(*kind_, ref));
    if (live.ok() && dice_.one_in(2)) {
      meddle(intent, object);
      live = client_.call(kube::get_request(*kind_, ref));
    }
    judge(intent, live.ok() ? live.body : Json());
  }

  // A controller wrote between the read and the dry run: what was compared is not what the server saw.
  static bool moved(const Json& live, const Json& answer) {
    return kube::resource_version_of(live) != kube::resource_version_of(answer);
  }

  void meddle(const Json& intent, std::size_t object) {
    Json theirs = intent_of(dice_, name_space_, object);
    if (string_at(theirs, {"kind"}) == "Deployment") theirs["spec"]["selector"] = intent["spec"]["selector"];
    const std::string manager = dice_.of<std::string>({"other", "kubectl-edit", "kforge-scale"});
    ++counts_.edits;
    if (dice_.one_in(2)) {
      client_.call(kube::apply_request(*kind_, theirs, {.field_manager = manager, .force = dice_.one_in(2)}));
      return;
    }
    Json patch = Json::object();
    const std::vector<std::string> parts = {"spec", "data", "metadata", "rules"};
    const std::string part = dice_.of(parts);
    if (!theirs.contains(part)) return;
    patch[part] = part == "metadata" ? Json{{"labels", at_path(theirs, {"metadata", "labels"})}} : theirs[part];
    client_.call(kube::merge_patch_request(*kind_, kube::ref_of(intent), patch, manager));
  }

  void judge(const Json& intent, const Json& live) {
    const bool up_to_date = !live.is_null() && deploy::is_up_to_date(kind_, intent, live, deploy::field_manager);
    kube::ApplyOptions options{
        .field_manager = deploy::field_manager, .force = dice_.one_in(3), .dry_run = kube::DryRun::server};
    const kube::ApiResult dry = client_.call(kube::apply_request(*kind_, intent, options));
    if (up_to_date && dry.ok() && moved(live, dry.body)) return;
    if (up_to_date) {
      ++counts_.unchanged;
      // Equal quantities that others wrote in another way (1 and 1000m) are a conflict for the server, and none here.
      if (!kube::conflicts_of(dry).empty()) return;
      require(dry.ok(), "unchanged, but the server refuses", intent, live, dry.body);
      // Nothing but what the server tidies up: fields that entries of other managers still list and the object has
      // lost.
      require(deploy::field_changes(kind_, live, dry.body).empty(), "unchanged, but the server would change it", intent,
              live, dry.body);
      require(deploy::is_up_to_date(kind_, intent, dry.body, deploy::field_manager),
              "unchanged, but kforge would own something else", intent, live, dry.body);
      return;
    }
    if (!kube::conflicts_of(dry).empty()) {
      ++counts_.conflicts;
      require(!options.force, "a conflict in spite of force", intent, live, dry.body);
      options.force = true;
    } else if (!dry.ok()) {
      ++counts_.rejected;  // say, a Service whose type loses its node port
      return;
    } else if (!live.is_null() && deploy::same_object(dry.body, live)) {
      ++counts_.doubtful_noop;
    }
    apply(intent, live, options);
  }

  // The plan is what the run then does.
  void apply(const Json& intent, const Json& live, kube::ApplyOptions options) {
    const kube::ApiResult planned = client_.call(kube::apply_request(*kind_, intent, options));
    if (!planned.ok()) return;
    options.dry_run = kube::DryRun::no;
    const kube::ApiResult done = client_.call(kube::apply_request(*kind_, intent, options));
    require(done.ok(), "planned, but refused", intent, live, done.body);
    for (const deploy::FieldChange& change : deploy::field_changes(kind_, planned.body, done.body))
      require(is_allocated(change.path), "the outcome is not what was planned: " + change.path, intent, planned.body,
              done.body);
    require(deploy::holds(kind_, intent, done.body), "applied, but the object does not hold the intent", intent, live,
            done.body);
    // Of an intent without any field the server notes no owner, so that kforge has to ask every time.
    const bool noted = !deploy::apply_entry(done.body, deploy::field_manager).is_null();
    require(!noted || deploy::is_up_to_date(kind_, intent, done.body, deploy::field_manager),
            "applied, but not up to date", intent, live, done.body);
    if (!live.is_null() && !deploy::same_object(planned.body, live)) ++counts_.changed;
  }

  // What the server picks at random, and so picks anew for the real write.
  static bool is_allocated(const std::string& path) {
    return path.find("nodePort") != std::string::npos || path.find("clusterIP") != std::string::npos ||
           path.find("healthCheckNodePort") != std::string::npos;
  }

  void require(bool holds, const std::string& what, const Json& intent, const Json& live, const Json& answer) const {
    if (holds) return;
    throw Error(ErrorKind::internal, fmt::format("case {}: {}\nintent {}\nlive {}\nanswer {}", counts_.cases, what,
                                                 intent.dump(), live.dump(), answer.dump()));
  }

  SystemClock clock_;
  SignalPipe signals_;
  http::CurlTransport transport_{clock_, signals_};
  PosixProcesses processes_;
  Environment environment_ = Environment::from_process();
  kube::Client client_;
  std::string name_space_;
  Dice dice_;
  const schema::Kind* kind_ = nullptr;
  std::map<std::size_t, Json> intents_;
  Counts counts_;
};

}  // namespace
}  // namespace kforge

int main(int argc, char** argv) try {
  if (argc != 5) {
    std::fputs("usage: apply_check KUBECONFIG NAMESPACE SEED CASES\n", stderr);
    return 64;
  }
  kforge::Check check(argv[1], argv[2], std::stoull(argv[3]));
  fmt::print("{}\n", check.run(std::stoi(argv[4])).dump());
  return 0;
} catch (const std::exception& error) {
  fmt::print(stderr, "{}\n", error.what());
  return 1;
}
