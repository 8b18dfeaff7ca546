// SPDX-License-Identifier: Apache-2.0
// Problems of a file, collected so that all of them are shown in one go.
#pragma once

#include "base/error.hpp"

#include <string>
#include <vector>

namespace kforge {

enum class Severity { warning, error };

struct Diagnostic {
  Severity severity = Severity::error;
  SourcePlace place;
  std::string message;  // lower case, no full stop
  std::string hint;     // "did you mean 'replicas'?"
};

class Diagnostics {
 public:
  void error(SourcePlace place, std::string message, std::string hint = {});
  void warning(SourcePlace place, std::string message, std::string hint = {});

  const std::vector<Diagnostic>& all() const { return items_; }
  std::size_t errors() const;
  std::size_t warnings() const { return items_.size() - errors(); }
  bool ok() const { return errors() == 0; }
  // By file and line, errors before warnings at the same place; removes exact repeats.
  void sort();

 private:
  std::vector<Diagnostic> items_;
};

// Thrown when a file has errors; carries all of them (kind project_invalid unless said otherwise).
struct InvalidInput : Error {
  explicit InvalidInput(Diagnostics problems, ErrorKind error_kind = ErrorKind::project_invalid);
  Diagnostics diagnostics;
};

// The text of one diagnostic with the source line and a caret, without colour:
//   kforge.yaml:8:5: error: unknown key 'replica'
//     8 |     replica: 3
//       |     ^^^^^^^ did you mean 'replicas'?
std::string to_text(const Diagnostic& diagnostic);

}  // namespace kforge
