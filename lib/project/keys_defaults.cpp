// SPDX-License-Identifier: Apache-2.0
#include "base/quantity.hpp"
#include "project/keys.hpp"
#include "project/rows.hpp"

namespace kforge::project {
namespace {

// As an API server stores it, so that equal amounts are equal texts.
template <std::string ResourceAmounts::*member>
Field amount_row(About about, const Format& format) {
  return row_with<ResourceAmounts>(about, {amount(format)},
                                   [](const yaml::Entry& entry, const Field&, ResourceAmounts& out, Reader&) {
                                     const auto quantity = Quantity::parse(entry.value.scalar);
                                     out.*member = quantity ? quantity->canonical() : entry.value.scalar;
                                   });
}

// A number of pods or a percentage.
Field pods_row(About about, std::string Rollout::*member) {
  return row_with<Rollout>(
      about, {integer(0, 1000), text(formats::percent)},
      [member](const yaml::Entry& entry, const Field&, Rollout& out, Reader&) { out.*member = entry.value.scalar; });
}

std::vector<Field> rollout_rows() {
  return rows(
      pods_row({"maxSurge", "1", "Pods above the wanted number while a rollout runs: a number or a percentage"},
               &Rollout::max_surge),
      pods_row({"maxUnavailable", "0", "Pods below the wanted number while a rollout runs: a number or a percentage"},
               &Rollout::max_unavailable),
      row<Rollout>({"minReadySeconds", "3", "Seconds that a new pod must stay ready before it counts"},
                   integer(0, 3600), &Rollout::min_ready_seconds),
      row<Rollout>({"deadline", "5m", "Longest time without progress before a rollout counts as failed"},
                   amount(formats::duration), &Rollout::deadline),
      row<Rollout>({"history", "5", "Old revisions that the cluster keeps"}, integer(0, 100), &Rollout::history));
}

// Of a whole run, so that no service has its own.
Field on_failure_row() {
  return row_of_words<Rollout>(
      {"onFailure", "keep",
       "What `up` and `set image` do after a bad rollout: keep it to look at, or rollback to the last release that "
       "worked"},
      std::vector<std::pair<std::string_view, OnFailure>>{{"keep", OnFailure::keep}, {"rollback", OnFailure::rollback}},
      &Rollout::on_failure);
}

// A limit that is lowered takes with it a request that was not written beside it.
void fit_request(const yaml::Node& written, const char* key, std::string ResourceAmounts::*amount,
                 Resources& resources) {
  const yaml::Node* requests = written.find("requests");
  if (requests != nullptr && requests->find(key) != nullptr) return;
  const auto request = Quantity::parse(resources.requests.*amount), limit = Quantity::parse(resources.limits.*amount);
  if (request && limit && *request > *limit) resources.requests.*amount = resources.limits.*amount;
}

}  // namespace

void read_resources(const yaml::Entry& entry, Resources& resources, Reader& reader) {
  reader.section(resources_section(), entry.value, &resources);
  fit_request(entry.value, "cpu", &ResourceAmounts::cpu, resources);
  fit_request(entry.value, "memory", &ResourceAmounts::memory, resources);
  fit_request(entry.value, "ephemeralStorage", &ResourceAmounts::ephemeral_storage, resources);
}

const Section& defaults_section() {
  static const Section table{
      "defaults", "",
      rows(row<Defaults>({"registry", "", "Put before the image of a service that names no registry", interpolated, "",
                          "registry.example.com/shop"},
                         text(formats::registry), &Defaults::registry),
           row<Defaults>({"imagePullPolicy", "", "When nodes pull images; IfNotPresent unless given"},
                         one_of({"Always", "IfNotPresent", "Never"}), &Defaults::image_pull_policy),
           row<Defaults>({"imagePullSecrets", "", "Secrets with registry credentials, in the namespaces of the pods", 0,
                          "", "[registry-credentials]"},
                         list_of({text(formats::object_name)}, 20), &Defaults::image_pull_secrets),
           row_of_words<Defaults>(
               {"uids", "upstream",
                "User ids of PostgreSQL, Keycloak and Kong: those of their images, or high ones as scanners ask for"},
               std::vector<std::pair<std::string_view, Uids>>{{"upstream", Uids::upstream}, {"high", Uids::high}},
               &Defaults::uids),
           row_with<Defaults>({"resources", "",
                               "CPU and memory of every service; a limit lowers a request that is not given beside it"},
                              {mapping_of(resources_section)},
                              [](const yaml::Entry& entry, const Field&, Defaults& out, Reader& reader) {
                                read_resources(entry, out.resources, reader);
                              }),
           row<Defaults>({"rollout", "", "How new pods of every service replace old ones"},
                         mapping_of(default_rollout_section), &Defaults::rollout),
           row<Defaults>({"drain", "", "How pods of every service end"}, mapping_of(drain_section), &Defaults::drain),
           row<Defaults>({"labels", "", "Labels of every object", 0, "", "{owner: team-shop}"},
                         map_of(formats::label_key, {scalar(formats::label_value)}), &Defaults::labels))};
  return table;
}

const Section& resources_section() {
  static const Section table{"resources", "",
                             rows(row<Resources>({"requests", "", "What a pod is sure to get"},
                                                 mapping_of(requests_section), &Resources::requests),
                                  row<Resources>({"limits", "", "What a pod gets at most; 'none' takes a limit away"},
                                                 mapping_of(limits_section), &Resources::limits))};
  return table;
}

const Section& requests_section() {
  static const Section table{
      "requests", "",
      rows(amount_row<&ResourceAmounts::cpu>({"cpu", "", "Cores: 250m is a quarter; 250m for services", 0, "", "250m"},
                                             formats::quantity),
           amount_row<&ResourceAmounts::memory>({"memory", "", "Bytes; 256Mi for services", 0, "", "256Mi"},
                                                formats::quantity),
           amount_row<&ResourceAmounts::ephemeral_storage>(
               {"ephemeralStorage", "", "Bytes on the node's disk; 64Mi for services", 0, "", "64Mi"},
               formats::quantity))};
  return table;
}

const Section& limits_section() {
  static const Section table{
      "limits", "",
      rows(amount_row<&ResourceAmounts::cpu>({"cpu", "", "Cores; 500m for services", 0, "", "500m"}, formats::limit),
           amount_row<&ResourceAmounts::memory>({"memory", "", "Bytes; 512Mi for services", 0, "", "512Mi"},
                                                formats::limit),
           amount_row<&ResourceAmounts::ephemeral_storage>(
               {"ephemeralStorage", "", "Bytes on the node's disk; 256Mi for services", 0, "", "256Mi"},
               formats::limit))};
  return table;
}

const Section& rollout_section() {
  static const Section table{"rollout", "", rollout_rows()};
  return table;
}

const Section& default_rollout_section() {
  static const Section table{"default rollout", "", [] {
                               std::vector<Field> fields = rollout_rows();
                               fields.push_back(on_failure_row());
                               return fields;
                             }()};
  return table;
}

const Section& drain_section() {
  static const Section table{
      "drain", "",
      rows(row<Drain>({"sleep", "10s", "Time between leaving the endpoints and SIGTERM, so that no request is lost"},
                      amount(formats::duration), &Drain::sleep),
           row<Drain>({"grace", "45s", "Time until a pod is killed, the sleep included"}, amount(formats::duration),
                      &Drain::grace))};
  return table;
}

Defaults product_defaults() {
  Defaults defaults;
  defaults.resources.requests = {"250m", "256Mi", "64Mi"};
  defaults.resources.limits = {"500m", "512Mi", "256Mi"};
  return defaults;
}

}  // namespace kforge::project
