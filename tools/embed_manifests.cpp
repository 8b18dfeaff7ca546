// SPDX-License-Identifier: Apache-2.0
// Host tool of the build: manifests/**.yaml -> one JSON document {"backend/service": {"Deployment/example-service":
// {…}}}. Usage: embed_manifests ROOT OUTPUT FILE...; the files are relative to ROOT.
#include "base/diagnostics.hpp"
#include "base/json.hpp"
#include "os/files.hpp"
#include "yaml/node.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <string>

namespace {

using kforge::Json;

Json objects_of(const std::string& root, const std::string& file) {
  const auto text = kforge::read_file(root + "/" + file);
  if (!text) throw std::runtime_error(fmt::format("'{}' does not exist", file));
  Json objects = Json::object();
  for (const kforge::yaml::Node& document : kforge::yaml::parse_all(file, *text)) {
    Json object = kforge::yaml::to_json(document);
    const std::string name =
        kforge::string_at(object, {"kind"}) + "/" + kforge::string_at(object, {"metadata", "name"});
    if (!objects.emplace(name, std::move(object)).second)
      throw std::runtime_error(fmt::format("'{}' has two objects '{}'", file, name));
  }
  return objects;
}

int run(int argc, char** argv) {
  if (argc < 4) throw std::runtime_error("usage: embed_manifests ROOT OUTPUT FILE...");
  Json bases = Json::object();
  for (int i = 3; i < argc; ++i) {
    const std::string file = argv[i];
    bases[file.substr(0, file.rfind('.'))] = objects_of(argv[1], file);
  }
  std::ofstream output(argv[2], std::ios::binary | std::ios::trunc);
  output << bases.dump();
  output.close();
  if (!output) throw std::runtime_error(fmt::format("cannot write '{}'", argv[2]));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const kforge::InvalidInput& error) {
    for (const auto& problem : error.diagnostics.all()) fmt::print(stderr, "{}", kforge::to_text(problem));
  } catch (const std::exception& error) {
    fmt::print(stderr, "embed_manifests: {}\n", error.what());
  }
  return 1;
}
