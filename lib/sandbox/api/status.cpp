// SPDX-License-Identifier: Apache-2.0
#include "sandbox/api/status.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::sandbox {
namespace {

Json details_of(const StatusSubject& subject) {
  Json details = Json::object();
  if (!subject.name.empty()) details["name"] = subject.name;
  if (!subject.group.empty()) details["group"] = subject.group;
  if (!subject.plural.empty()) details["kind"] = subject.plural;
  if (!subject.uid.empty()) details["uid"] = subject.uid;
  return details;
}

Refusal refusal(int code, std::string_view reason, std::string_view message, Json details = nullptr) {
  return {code, status_object(code, reason, message, std::move(details))};
}

// How field.Error prints a value: strings quoted, the rest as JSON.
std::string shown(const Json& value) {
  return to_text(value);
}

struct TypeWords {
  std::string_view message, cause;
};
TypeWords words_of(FieldError::Type type) {
  switch (type) {
    case FieldError::Type::required:
      return {"Required value", "FieldValueRequired"};
    case FieldError::Type::invalid:
      return {"Invalid value", "FieldValueInvalid"};
    case FieldError::Type::duplicate:
      return {"Duplicate value", "FieldValueDuplicate"};
    case FieldError::Type::forbidden:
      return {"Forbidden", "FieldValueForbidden"};
    case FieldError::Type::not_supported:
      return {"Unsupported value", "FieldValueNotSupported"};
    case FieldError::Type::too_long:
      return {"Too long", "FieldValueTooLong"};
    case FieldError::Type::not_found:
      return {"Not found", "FieldValueNotFound"};
    case FieldError::Type::type_invalid:
      return {"Invalid value", "FieldValueTypeInvalid"};
  }
  return {"Invalid value", "FieldValueInvalid"};
}

// The text behind the field's name; also the message of a cause.
std::string body_of(const FieldError& error) {
  const std::string_view word = words_of(error.type).message;
  const bool with_value = error.type == FieldError::Type::invalid || error.type == FieldError::Type::duplicate ||
                          error.type == FieldError::Type::not_supported || error.type == FieldError::Type::not_found;
  std::string text(word);
  if (with_value) text += ": " + shown(error.value);
  if (!error.detail.empty()) text += ": " + error.detail;
  return text;
}

}  // namespace

std::string StatusSubject::qualified() const {
  return group.empty() ? plural : fmt::format("{}.{}", plural, group);
}

std::string FieldError::to_string() const {
  return field + ": " + body_of(*this);
}

Json status_object(int code, std::string_view reason, std::string_view message, Json details) {
  Json status{{"kind", "Status"},    {"apiVersion", "v1"}, {"metadata", Json::object()},
              {"status", "Failure"}, {"message", message}, {"code", code}};
  if (!reason.empty()) status["reason"] = reason;
  if (!details.is_null()) status["details"] = std::move(details);
  return status;
}

Json success_status(const StatusSubject& subject) {
  return {{"kind", "Status"},
          {"apiVersion", "v1"},
          {"metadata", Json::object()},
          {"status", "Success"},
          {"details", details_of(subject)}};
}

Refusal bad_request(std::string_view message) {
  return refusal(400, "BadRequest", message);
}

Refusal unauthorized() {
  return refusal(401, "Unauthorized", "Unauthorized");
}

Refusal forbidden(const StatusSubject& subject, std::string_view why, Json causes) {
  Json details = details_of(subject);
  if (!causes.is_null()) details["causes"] = std::move(causes);
  return refusal(403, "Forbidden", fmt::format("{} \"{}\" is forbidden: {}", subject.qualified(), subject.name, why),
                 std::move(details));
}

Refusal not_found(const StatusSubject& subject) {
  return refusal(404, "NotFound", fmt::format("{} \"{}\" not found", subject.qualified(), subject.name),
                 details_of(subject));
}

Refusal no_such_resource() {
  return refusal(404, "NotFound", "the server could not find the requested resource", Json::object());
}

Refusal method_not_allowed() {
  return refusal(405, "MethodNotAllowed", "the server does not allow this method on the requested resource",
                 Json::object());
}

Refusal already_exists(const StatusSubject& subject) {
  return refusal(409, "AlreadyExists", fmt::format("{} \"{}\" already exists", subject.qualified(), subject.name),
                 details_of(subject));
}

Refusal conflict(const StatusSubject& subject, std::string_view why) {
  return refusal(409, "Conflict",
                 fmt::format("Operation cannot be fulfilled on {} \"{}\": {}", subject.qualified(), subject.name, why),
                 details_of(subject));
}

Refusal expired(std::string_view message) {
  return refusal(410, "Expired", message);
}

Refusal invalid(const StatusSubject& subject, const std::vector<FieldError>& errors) {
  Json details = details_of(subject);
  if (!subject.kind.empty()) details["kind"] = subject.kind;  // a 422 names the kind where others name the resource
  details["causes"] = Json::array();
  std::vector<std::string> texts;
  for (const FieldError& error : errors) {
    if (std::string text = error.to_string(); std::ranges::find(texts, text) == texts.end())
      texts.push_back(std::move(text));  // the message says it once
    details["causes"].push_back(
        {{"reason", words_of(error.type).cause}, {"message", body_of(error)}, {"field", error.field}});
  }
  const std::string kind = subject.group.empty() ? subject.kind : fmt::format("{}.{}", subject.kind, subject.group);
  const std::string list = texts.size() == 1 ? texts.front() : fmt::format("[{}]", join(texts, ", "));
  return refusal(422, "Invalid", fmt::format("{} \"{}\" is invalid: {}", kind, subject.name, list), std::move(details));
}

Refusal unsupported_media_type(std::string_view supported) {
  return refusal(
      415, "UnsupportedMediaType",
      fmt::format("the body of the request was in an unknown format - accepted media types include: {}", supported));
}

Refusal not_acceptable(std::string_view available) {
  return refusal(406, "NotAcceptable", fmt::format("406: Not Acceptable\n\nAvailable representations: {}", available),
                 Json::object());
}

Refusal unexplained(std::string_view message) {
  return refusal(500, "", message);
}

Refusal internal_error(std::string_view message) {
  return refusal(500, "InternalError", fmt::format("Internal error occurred: {}", message),
                 {{"causes", {{{"message", message}}}}});
}

}  // namespace kforge::sandbox
