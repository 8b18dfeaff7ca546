// SPDX-License-Identifier: Apache-2.0
#include "sandbox/api/selector.hpp"

#include "base/text.hpp"
#include "sandbox/api/status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace kforge::sandbox {
namespace {

using Operator = Requirement::Operator;

[[noreturn]] void unreadable(std::string_view what) {
  throw bad_request(fmt::format("unable to parse requirement: {}", what));
}

// Splits at commas outside of parentheses.
std::vector<std::string> terms_of(std::string_view text) {
  std::vector<std::string> terms;
  int depth = 0;
  std::string term;
  for (const char c : text) {
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (c == ',' && depth == 0) {
      terms.push_back(std::string(trim(term)));
      term.clear();
    } else {
      term += c;
    }
  }
  if (depth != 0) unreadable(fmt::format("found '{}', expected: ')'", term));
  terms.push_back(std::string(trim(term)));
  return terms;
}

std::vector<std::string> set_values(std::string_view text) {
  text = trim(text);
  if (text.size() < 2 || text.front() != '(' || text.back() != ')')
    unreadable(fmt::format("found '{}', expected: '('", text));
  std::vector<std::string> values;
  for (const std::string& value : split(text.substr(1, text.size() - 2), ',')) values.emplace_back(trim(value));
  return values;
}

Requirement requirement(std::string_view key, Operator op, std::vector<std::string> values = {}) {
  key = trim(key);
  if (key.empty() || contains(key, " ")) unreadable(fmt::format("found '{}', expected: identifier", key));
  return {std::string(key), op, std::move(values)};
}

std::optional<Requirement> set_requirement(std::string_view term) {
  for (const auto& [word, op] :
       {std::pair{std::string_view(" notin "), Operator::not_in}, std::pair{std::string_view(" in "), Operator::in}}) {
    std::size_t at = term.find(word);
    if (at == std::string_view::npos) at = term.find(std::string(word.substr(0, word.size() - 1)) + "(");
    if (at != std::string_view::npos)
      return requirement(term.substr(0, at), op, set_values(term.substr(at + word.size() - 1)));
  }
  return std::nullopt;
}

// One value behind a sign; a second sign is where the parser stumbles.
std::vector<std::string> exact_value(std::string_view text) {
  text = trim(text);
  if (!text.empty() && contains("=!<>()", text.substr(0, 1)))
    unreadable(fmt::format("found '{}', expected: identifier", text.substr(0, 1)));
  return {std::string(text)};
}

Requirement label_requirement(std::string_view term) {
  if (auto set = set_requirement(term)) return *set;
  if (term.starts_with('!')) return requirement(term.substr(1), Operator::not_exists);
  struct Spelling {
    std::string_view sign;
    Operator op;
  };
  for (const Spelling& spelling : {Spelling{"!=", Operator::not_in},
                                   {"==", Operator::in},
                                   {"=", Operator::in},
                                   {">", Operator::greater},
                                   {"<", Operator::less}})
    if (const std::size_t at = term.find(spelling.sign); at != std::string_view::npos)
      return requirement(term.substr(0, at), spelling.op, exact_value(term.substr(at + spelling.sign.size())));
  return requirement(term, Operator::exists);
}

std::optional<long> number(const std::string& text) {
  long value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc{} && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

bool fulfils(const Requirement& wanted, const Json& labels) {
  const auto found = labels.is_object() ? labels.find(wanted.key) : labels.end();
  const bool present = labels.is_object() && found != labels.end() && found->is_string();
  const auto listed = [&] {
    return std::ranges::find(wanted.values, found->get_ref<const std::string&>()) != wanted.values.end();
  };
  switch (wanted.op) {
    case Operator::exists:
      return present;
    case Operator::not_exists:
      return !present;
    case Operator::in:
      return present && listed();
    case Operator::not_in:
      return !present || !listed();
    case Operator::greater:
    case Operator::less:
      break;
  }
  if (!present || wanted.values.size() != 1) return false;
  const auto left = number(found->get<std::string>()), right = number(wanted.values.front());
  return left && right && (wanted.op == Operator::greater ? *left > *right : *left < *right);
}

bool has_own_fields(std::string_view resource) {
  constexpr std::array<std::string_view, 8> resources{
      "events", "events.events.k8s.io", "jobs.batch", "namespaces", "nodes", "pods", "replicasets.apps", "secrets"};
  return std::ranges::find(resources, resource) != resources.end();
}

// What a server lets one select by, besides metadata.name and metadata.namespace.
bool selectable(std::string_view resource, std::string_view field) {
  if (field == "metadata.name" || field == "metadata.namespace") return true;
  if (resource == "pods")
    return field == "spec.nodeName" || field == "spec.restartPolicy" || field == "spec.schedulerName" ||
           field == "spec.serviceAccountName" || field == "spec.hostNetwork" || field == "status.phase" ||
           field == "status.podIP" || field == "status.nominatedNodeName";
  if (resource == "events" || resource == "events.events.k8s.io")
    return field.starts_with("involvedObject.") || field.starts_with("regarding.") || field == "reason" ||
           field == "type" || field == "source" || field == "reportingComponent";
  if (resource == "secrets") return field == "type";
  if (resource == "namespaces") return field == "status.phase";
  if (resource == "nodes") return field == "spec.unschedulable";
  if (resource == "replicasets.apps") return field == "status.replicas";
  if (resource == "jobs.batch") return field == "status.successful";
  return false;
}

std::string field_value(const Json& object, std::string_view path) {
  const Json* current = &object;
  for (const std::string& part : split(path, '.')) {
    if (!current->is_object()) return {};
    const auto found = current->find(part);
    if (found == current->end()) return path == "spec.unschedulable" || path == "spec.hostNetwork" ? "false" : "";
    current = &*found;
  }
  if (current->is_string()) return current->get<std::string>();
  return current->is_null() ? std::string() : to_text(*current);
}

FieldTerm field_term(std::string_view term, std::string_view resource) {
  for (const auto& [sign, equal] : {std::pair{std::string_view("!="), false}, std::pair{std::string_view("=="), true},
                                    std::pair{std::string_view("="), true}}) {
    const std::size_t at = term.find(sign);
    if (at == std::string_view::npos) continue;
    FieldTerm result{std::string(term.substr(0, at)), std::string(term.substr(at + sign.size())), equal};
    if (!selectable(resource, result.field))
      throw bad_request(has_own_fields(resource)
                            ? fmt::format("field label not supported: {}", result.field)
                            : fmt::format("\"{}\" is not a known field selector: only \"metadata.name\", "
                                          "\"metadata.namespace\"",
                                          result.field));
    return result;
  }
  throw bad_request(fmt::format("invalid selector: '{}'; can't understand '{}'", term, term));
}

}  // namespace

ObjectSelector::ObjectSelector(std::string_view labels, std::string_view fields, std::string_view resource) {
  if (!trim(labels).empty())
    for (const std::string& term : terms_of(labels)) labels_.push_back(label_requirement(term));
  if (!trim(fields).empty())
    for (const std::string& term : split(fields, ',')) fields_.push_back(field_term(term, resource));
}

bool ObjectSelector::matches(const Json& object) const {
  const Json& labels = at_path(object, {"metadata", "labels"});
  return std::ranges::all_of(labels_, [&](const Requirement& wanted) { return fulfils(wanted, labels); }) &&
         std::ranges::all_of(fields_, [&](const FieldTerm& term) {
           return (field_value(object, term.field) == term.value) == term.equal;
         });
}

bool map_selector_matches(const Json& selector, const Json& labels) {
  if (!selector.is_object() || selector.empty() || !labels.is_object()) return false;
  return std::ranges::all_of(selector.items(), [&](const auto& item) {
    const auto found = labels.find(item.key());
    return found != labels.end() && *found == item.value();
  });
}

bool label_selector_matches(const Json& selector, const Json& labels) {
  if (!selector.is_object()) return false;
  const Json& exact = at_path(selector, {"matchLabels"});
  if (exact.is_object() && !exact.empty() && !map_selector_matches(exact, labels)) return false;
  for (const Json& expression : at_path(selector, {"matchExpressions"})) {
    const std::string op = string_at(expression, {"operator"});
    Requirement wanted{string_at(expression, {"key"}),
                       op == "In"       ? Operator::in
                       : op == "NotIn"  ? Operator::not_in
                       : op == "Exists" ? Operator::exists
                                        : Operator::not_exists,
                       {}};
    for (const Json& value : at_path(expression, {"values"}))
      if (value.is_string()) wanted.values.push_back(value.get<std::string>());
    if (!fulfils(wanted, labels)) return false;
  }
  return true;
}

}  // namespace kforge::sandbox
