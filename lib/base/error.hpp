// SPDX-License-Identifier: Apache-2.0
// The one exception class of kforge. What a caller decides on (not found, verdict, conflict) is a value, not an Error.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace kforge {

// Decides the process exit code (cli/exit_code.hpp). One enumerator per row of the exit code table in
// docs/exit-codes.md.
enum class ErrorKind {
  internal,                // a bug in kforge
  changes_pending,         // `plan --exit-code` found changes
  project_invalid,         // the project file is wrong
  not_authenticated,       // credentials are missing or were refused
  forbidden,               // the account lacks a right
  unreachable,             // no usable kubeconfig, or no answer from the cluster
  rejected,                // the API server refused an object
  not_found,               // no such service, revision or object
  rollout_failed,          // a rollout cannot succeed
  timed_out,               // a rollout did not finish in time
  failed_and_rolled_back,  // a rollout failed and the previous release was restored
  hook_failed,             // a hook or migration Job failed
  lock_held,               // somebody else deploys
  conflict,                // another field manager owns a field, or a saved plan is stale
  guard_refused,           // a safety guard refused: deletion, wrong cluster, missing confirmation
  usage,                   // wrong command line
  interrupted,             // SIGINT
  terminated,              // SIGTERM
};

// A place in a text file, with the line itself so that it can be shown with a caret. Lines and columns count from 1.
struct SourcePlace {
  std::string file;
  int line = 0;
  int column = 0;
  int length = 1;           // characters to underline
  std::string source_line;  // empty when unknown

  bool known() const { return line > 0; }
  std::string to_string() const;  // "kforge.yaml:14:5"
};

struct Error : std::runtime_error {
  Error(ErrorKind error_kind, const std::string& what) : std::runtime_error(what), kind(error_kind) {}

  // What the other side said, or the deeper reason.
  Error why(std::string text) && {
    cause = std::move(text);
    return std::move(*this);
  }
  // What to do next; a command to paste where there is one.
  Error hint(std::string text) && {
    advice = std::move(text);
    return std::move(*this);
  }
  Error at(SourcePlace where) && {
    place = std::move(where);
    return std::move(*this);
  }
  // "KF2003", for `kforge explain`.
  Error coded(std::string text) && {
    code = std::move(text);
    return std::move(*this);
  }

  ErrorKind kind;
  std::string cause, advice, code;
  std::optional<SourcePlace> place;
};

}  // namespace kforge
