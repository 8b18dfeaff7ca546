// SPDX-License-Identifier: Apache-2.0
#include "cli/log_targets.hpp"

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "cli/services.hpp"
#include "observe/status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

namespace kforge::cli {
namespace {

using observe::PodSelection;
using project::Tier;

struct KindWord {
  std::string_view words;  // as kubectl takes them
  const char *api_version, *kind;
};
constexpr std::array<KindWord, 7> kind_words = {{{"pod,pods,po", "v1", "Pod"},
                                                 {"deployment,deployments,deploy", "apps/v1", "Deployment"},
                                                 {"statefulset,statefulsets,sts", "apps/v1", "StatefulSet"},
                                                 {"daemonset,daemonsets,ds", "apps/v1", "DaemonSet"},
                                                 {"replicaset,replicasets,rs", "apps/v1", "ReplicaSet"},
                                                 {"job,jobs", "batch/v1", "Job"},
                                                 {"service,services,svc", "v1", "Service"}}};

const schema::Kind& kind_of_word(const std::string& word) {
  std::vector<std::string> known;
  for (const KindWord& row : kind_words) {
    const std::vector<std::string> words = split(row.words, ',');
    if (std::ranges::find(words, to_lower(word)) != words.end())
      return *schema::Table::embedded().find(schema::kind_name(row.api_version, row.kind));
    known.push_back(words.front());
  }
  const std::string suggestion = did_you_mean(to_lower(word), known);
  throw Error(ErrorKind::not_found, fmt::format("'{}' is no kind that has logs", word))
      .hint(suggestion.empty() ? "there are " + quoted_list(known) : suggestion);
}

// "a=b,c in (d,e),!f" of spec.selector; a Service's is a plain map.
std::string selector_text(const Json& selector) {
  const bool plain = !selector.contains("matchLabels") && !selector.contains("matchExpressions");
  std::vector<std::string> terms;
  const Json& labels = plain ? selector : at_path(selector, {"matchLabels"});
  if (labels.is_object())
    for (const auto& [name, value] : labels.items())
      if (value.is_string()) terms.push_back(name + "=" + value.get<std::string>());
  static const std::map<std::string, std::string_view> words = {
      {"In", "{} in ({})"}, {"NotIn", "{} notin ({})"}, {"Exists", "{}"}, {"DoesNotExist", "!{}"}};
  for (const Json& expression : at_path(selector, {"matchExpressions"})) {
    std::vector<std::string> values;
    for (const Json& value : at_path(expression, {"values"}))
      if (value.is_string()) values.push_back(value.get<std::string>());
    const auto form = words.find(string_at(expression, {"operator"}));
    if (form == words.end()) continue;
    terms.push_back(fmt::format(fmt::runtime(form->second), string_at(expression, {"key"}), join(values, ",")));
  }
  return join(terms, ",");
}

Tier tier_of_service(const project::Project& project, const std::string& service) {
  if (project.find_service(service) != nullptr) return Tier::backend;
  return service == "postgres" ? Tier::database : service == "keycloak" ? Tier::auth : Tier::gateway;
}

std::vector<Tier> tiers_of(const project::Project& project) {
  std::vector<Tier> tiers;
  if (project.database) tiers.push_back(Tier::database);
  if (project.auth) tiers.push_back(Tier::auth);
  if (!project.services.empty()) tiers.push_back(Tier::backend);
  if (project.gateway) tiers.push_back(Tier::gateway);
  return tiers;
}

// Turns words into selections, one after the other.
class Resolver {
 public:
  Resolver(Session& session, std::string selector) : session_(session), selector_(std::move(selector)) {
    const GlobalOptions& globals = session.globals();
    if (session.near_project()) project_ = &session.project();
    if (!globals.connection.name_space.empty())
      namespaces_ = {globals.connection.name_space};
    else if (project_ != nullptr)
      namespaces_ = observe::namespaces_of(*project_);
    else
      namespaces_ = {session.access().name_space};
  }

  LogTargets resolve(const std::vector<std::string>& words) {
    if (words.empty()) add_everything();
    for (const std::string& word : words) add(word);
    for (const auto& [name_space, services] : services_)
      add_selection(name_space, fmt::format("{},kforge.dev/service in ({})", project_selector(), join(services, ",")));
    targets_.text = join(texts_, ", ");
    targets_.end_by_themselves = !words.empty() && end_by_themselves_ == words.size();
    return std::move(targets_);
  }

 private:
  std::string project_selector() const { return "kforge.dev/project=" + project_->name; }

  void add_selection(const std::string& name_space, std::string labels, std::string fields = {}) {
    if (!selector_.empty()) labels += (labels.empty() ? "" : ",") + selector_;
    PodSelection selection{name_space, std::move(labels), std::move(fields)};
    if (std::ranges::find(targets_.pods, selection) == targets_.pods.end())
      targets_.pods.push_back(std::move(selection));
  }

  // The project's pods; with a selector every pod of its namespaces that it selects, whoever made it.
  void add_everything() {
    if (project_ == nullptr && selector_.empty())
      throw Error(ErrorKind::usage, "no kforge.yaml here or in a parent folder, and nothing else says whose logs")
          .hint("run it in the project's folder, or name pods: `kforge logs -n NAMESPACE deployment/NAME`");
    for (const std::string& name_space : namespaces_)
      add_selection(name_space, selector_.empty() ? project_selector() : "");
    texts_.push_back(selector_.empty() ? fmt::format("project '{}'", project_->name)
                                       : fmt::format("selector '{}'", selector_));
  }

  void add(const std::string& word) {
    if (const std::size_t slash = word.find('/'); slash != std::string::npos)
      return add_object(kind_of_word(word.substr(0, slash)), word.substr(slash + 1));
    if (project_ == nullptr) return add_pod(word, {});
    std::vector<std::string> names = service_names(*project_);
    const std::vector<std::string> services = names;
    for (const Tier tier : tiers_of(*project_))
      if (std::ranges::find(services, to_string(tier)) == services.end()) names.emplace_back(to_string(tier));
    const std::vector<std::string> matches = matching_prefix(word, names);
    if (matches.empty()) return add_pod(word, names);
    if (matches.size() > 1) throw ambiguous(word, matches);
    if (std::ranges::find(services, matches.front()) != services.end()) return add_service(matches.front());
    add_tier(matches.front());
  }

  static Error ambiguous(const std::string& word, const std::vector<std::string>& matches) {
    return Error(ErrorKind::not_found, fmt::format("'{}' may be {}", word, quoted_list(matches)))
        .hint("type more of the name");
  }

  void add_service(const std::string& service) {
    services_[project_->namespaces.of(tier_of_service(*project_, service))].push_back(service);
    texts_.push_back(fmt::format("service '{}'", service));
  }

  void add_tier(const std::string& name) {
    for (const Tier tier : tiers_of(*project_))
      if (to_string(tier) == name)
        add_selection(project_->namespaces.of(tier), fmt::format("{},tier={}", project_selector(), name));
    texts_.push_back(fmt::format("tier '{}'", name));
  }

  void add_object(const schema::Kind& kind, const std::string& name) {
    bool found = false;
    for (const std::string& name_space : namespaces_) {
      const kube::ApiResult result = session_.client().call(kube::get_request(kind, {kind.name, name_space, name}));
      if (result.not_found()) continue;
      if (result.error) throw Error(*result.error);
      found = true;
      if (kind.name.kind == "Pod")
        add_selection(name_space, "", "metadata.name=" + name);
      else
        add_pods_of(result.body, name_space);
    }
    if (!found) throw missing(kind, name);
    if (kind.name.kind == "Pod" || kind.name.kind == "Job") ++end_by_themselves_;
    texts_.push_back(fmt::format("{} '{}'", kind.singular, name));
  }

  void add_pods_of(const Json& object, const std::string& name_space) {
    const std::string labels = selector_text(at_path(object, {"spec", "selector"}));
    if (labels.empty())
      throw Error(ErrorKind::not_found, fmt::format("{} selects no pods", kube::ref_of(object).to_string()));
    add_selection(name_space, labels);
  }

  Error missing(const schema::Kind& kind, const std::string& name) {
    std::vector<std::string> known;
    for (const std::string& name_space : namespaces_)
      for (const Json& object : listed(kind, name_space, "")) known.push_back(string_at(object, {"metadata", "name"}));
    const std::vector<std::string> places(namespaces_.begin(), namespaces_.end());
    return Error(ErrorKind::not_found,
                 fmt::format("no {} '{}' in {} {}", kind.singular, name,
                             places.size() == 1 ? "namespace" : "the namespaces", quoted_list(places)))
        .hint(did_you_mean(name, known));
  }

  std::vector<Json> listed(const schema::Kind& kind, const std::string& name_space, const std::string& labels) {
    kube::ApiResult result = session_.client().call(kube::list_request(kind, name_space, labels));
    if (result.error) throw Error(*result.error);
    return kube::items_of(std::move(result.body));
  }

  // A pod's name or a unique prefix of it; `names` are what else the word could have been.
  void add_pod(const std::string& word, std::vector<std::string> names) {
    const schema::Kind& kind = kind_of_word("pod");
    std::map<std::string, std::string> namespaces;  // by pod
    for (const std::string& name_space : namespaces_)
      for (const Json& pod : listed(kind, name_space, project_ == nullptr ? "" : project_selector()))
        namespaces.emplace(string_at(pod, {"metadata", "name"}), name_space);
    std::vector<std::string> pods;
    for (const auto& [pod, name_space] : namespaces) pods.push_back(pod);
    const std::vector<std::string> matches = matching_prefix(word, pods);
    if (matches.size() > 1) throw ambiguous(word, matches);
    if (matches.empty()) throw unknown(word, names, pods);
    add_selection(namespaces.at(matches.front()), "", "metadata.name=" + matches.front());
    ++end_by_themselves_;
    texts_.push_back(fmt::format("pod '{}'", matches.front()));
  }

  Error unknown(const std::string& word, const std::vector<std::string>& names, const std::vector<std::string>& pods) {
    if (word.ends_with(".yaml") || word.ends_with(".yml"))
      return Error(ErrorKind::usage, fmt::format("'{}' is no service", word))
          .hint(fmt::format("-f follows the logs; the project file is named with --file {}", word));
    std::vector<std::string> all = names;
    all.insert(all.end(), pods.begin(), pods.end());
    const std::string suggestion = did_you_mean(word, all);
    const std::string place = project_ == nullptr ? fmt::format("namespace '{}'", *namespaces_.begin())
                                                  : fmt::format("project '{}'", project_->name);
    return Error(ErrorKind::not_found,
                 fmt::format("no {} '{}' in {}", names.empty() ? "pod" : "service, tier or pod", word, place))
        .hint(suggestion.empty() && !names.empty() ? "there are " + quoted_list(names) : suggestion);
  }

  Session& session_;
  std::string selector_;
  const project::Project* project_ = nullptr;  // null outside of a project
  std::set<std::string> namespaces_;           // where to look for objects
  LogTargets targets_;
  std::map<std::string, std::vector<std::string>> services_;  // by namespace
  std::vector<std::string> texts_;
  std::size_t end_by_themselves_ = 0;
};

}  // namespace

LogTargets log_targets(Session& session, const std::vector<std::string>& words, const std::string& selector) {
  return Resolver(session, selector).resolve(words);
}

}  // namespace kforge::cli
