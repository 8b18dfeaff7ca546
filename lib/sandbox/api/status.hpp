// SPDX-License-Identifier: Apache-2.0
// Status objects in the words of a real API server (apimachinery/pkg/api/errors).
#pragma once

#include "base/json.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kforge::sandbox {

// "deployments.apps" and the name, as messages and Status.details name an object.
struct StatusSubject {
  std::string group, plural, kind, name, uid;
  std::string qualified() const;  // "deployments.apps"
};

// One cause of a 422: the field's path and what is wrong with it.
struct FieldError {
  enum class Type { required, invalid, duplicate, forbidden, not_supported, too_long, not_found, type_invalid };
  Type type = Type::invalid;
  std::string field;              // "spec.replicas"
  std::string detail;             // "must be greater than or equal to 0"
  Json value;                     // shown for invalid, duplicate and not_supported
  std::string to_string() const;  // "spec.replicas: Invalid value: -1: must be …"
};

// A refusal travels as an exception inside the API layer and becomes an Outcome at its edge.
struct Refusal {
  int code = 500;
  Json status;
};

Json status_object(int code, std::string_view reason, std::string_view message, Json details = nullptr);
Json success_status(const StatusSubject& subject);

Refusal bad_request(std::string_view message);
Refusal unauthorized();
Refusal forbidden(const StatusSubject& subject, std::string_view why, Json causes = nullptr);
Refusal not_found(const StatusSubject& subject);
Refusal no_such_resource();
Refusal method_not_allowed();
Refusal already_exists(const StatusSubject& subject);
Refusal conflict(const StatusSubject& subject, std::string_view why);
Refusal expired(std::string_view message);
Refusal invalid(const StatusSubject& subject, const std::vector<FieldError>& errors);
Refusal unsupported_media_type(std::string_view supported);
Refusal not_acceptable(std::string_view available);
// What the server meets and has no reason for: a 500 with nothing but a message.
Refusal unexplained(std::string_view message);
Refusal internal_error(std::string_view message);

}  // namespace kforge::sandbox
