// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "cli/commands/commands.hpp"
#include "cli/session.hpp"
#include "ui/line.hpp"

#include <fmt/format.h>

namespace kforge::cli {
namespace {

std::string tls_text(const Json& tls) {
  if (bool_at(tls, {"insecure"})) return "not verified";
  std::string text = "verified, trust: " + string_at(tls, {"caSource"});
  if (const std::string name = string_at(tls, {"serverName"}); !name.empty()) text += ", expected name " + name;
  return text;
}

std::vector<std::pair<std::string, std::string>> rows_of(const Json& connection) {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const char* key : {"context", "cluster", "server", "user", "namespace", "auth"})
    rows.emplace_back(key, string_at(connection, {key}));
  rows.emplace_back("tls", tls_text(at_path(connection, {"tls"})));
  std::vector<std::string> sources;
  for (const Json& source : at_path(connection, {"sources"}))
    if (source.is_string()) sources.push_back(source.get<std::string>());
  rows.emplace_back("sources", join(sources, ", "));
  return rows;
}

int run_view_connection(Session& session) {
  const Json connection = kube::describe(session.access());
  if (session.json()) {
    session.print_json(connection);
    return 0;
  }
  std::vector<ui::Line> lines;
  for (const auto& [key, value] : rows_of(connection)) {
    if (value.empty()) continue;
    lines.push_back(ui::Line(key, ui::Colour::bold).pad_to(11).add(value));
  }
  session.print(ui::paint_all(lines, session.out_style()));
  return 0;
}

}  // namespace

Action bind_view_connection(OptionTable&) {
  return run_view_connection;
}

}  // namespace kforge::cli
