// SPDX-License-Identifier: Apache-2.0
// The command line itself: help, wrong usage, options and variables.
#include "base/text.hpp"
#include "cli/command_table.hpp"
#include "cli/exit_code.hpp"
#include "tests/cli/world.hpp"
#include "tests/support/catch.hpp"

using namespace kforge;
using tests::World;

namespace {

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the version is one line on stdout") {
  World world;
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"version"}, {"--version"}, {"-q", "version"}}) {
    CHECK(world.run(arguments) == 0);
    CHECK(world.out().starts_with("kforge "));
    CHECK(world.err().empty());
  }
  CHECK(world.run({"version", "-o", "json"}) == 0);
  CHECK(world.out_json().contains("version"));
  CHECK_FALSE(world.network_used());
}

TEST_CASE("kforge alone shows help where there is no project, and status where there is one") {
  World world;
  CHECK(world.run({}) == 0);
  CHECK(has(world.out(), "usage: kforge COMMAND"));
  world.write_project(tests::small_project);
  CHECK(world.run({}) == 0);
  CHECK(world.out() == "shop is not deployed on prod; `kforge up` deploys it\n");
}

TEST_CASE("help names every command, every exit code and every global option") {
  World world;
  CHECK(world.run({"--help"}) == 0);
  for (const cli::CommandSpec& spec : cli::commands())
    CHECK(has(world.out(), "  " + std::string(spec.name) + " ") == !spec.hidden());
  for (const cli::ExitCodeRow& row : cli::exit_codes()) CHECK(has(world.out(), "  " + std::to_string(row.code) + " "));
  for (const char* option :
       {"--file PATH", "--context NAME", "--insecure-skip-tls-verify", "--events PATH", "--as-group GROUP"})
    CHECK(has(world.out(), option));
  CHECK_FALSE(has(world.out(), "\x1b"));
}

TEST_CASE("every command has help of its own, whatever else stands on the line") {
  World world;
  for (const cli::CommandSpec& spec : cli::commands()) {
    std::vector<std::string> arguments = split(spec.name, ' ');
    arguments.insert(arguments.end(), {"--help", "--no-such-option"});
    if (spec.name == "help") continue;
    INFO(spec.name);
    CHECK(world.run(arguments) == 0);
    CHECK(has(world.out(), "usage: kforge " + std::string(spec.name)));
  }
  CHECK(world.run({"help", "status"}) == 0);
  CHECK(has(world.out(), "(also: ls, ps, list)"));
  CHECK(world.run({"help", "config"}) == 0);
  CHECK(has(world.out(), "config view-connection"));
  CHECK(world.run({"help", "upp"}) == 64);
  CHECK(has(world.err(), "did you mean 'up'?"));
}

TEST_CASE("help fits the window") {
  World world;
  world.interactive(50);
  CHECK(world.run({"--help", "--color=never"}) == 0);
  for (const std::string& line : split(world.out(), '\n'))
    if (!has(line, "[KFORGE_") && !has(line, "--")) CHECK(display_width(line) <= 50);  // names are never broken
}

TEST_CASE("wrong usage ends in 64 with a suggestion") {
  World world;
  struct Row {
    std::vector<std::string> arguments;
    std::string text;
  };
  const std::vector<Row> rows = {
      {{"stauts"}, "error: unknown command 'stauts'\n  hint: did you mean 'status'?\n"},
      {{"config"}, "error: `kforge config` needs a command\n  hint: see `kforge config --help`\n"},
      {{"config", "view-conection"},
       "error: unknown command 'config view-conection'\n  hint: did you mean 'view-connection'?\n"},
      {{"up", "--forse-conflicts"},
       "error: unknown option '--forse-conflicts'\n  hint: did you mean '--force-conflicts'?\n"},
      {{"--contxt=x", "status"}, "error: unknown option '--contxt'\n  hint: did you mean '--context'?\n"},
      {{"version", "more"},
       "error: 'more' is one argument too many for `kforge version`\n  hint: see `kforge version --help`\n"},
      {{"explain"}, "error: `kforge explain` needs TOPIC\n  hint: see `kforge explain --help`\n"},
      {{"completion", "fihs"}, "error: SHELL: 'fihs' is not one of bash, zsh, fish\n  hint: did you mean 'fish'?\n"},
      {{"--color", "blue", "version"}, "error: --color: 'blue' is not one of auto, always, never\n"},
      {{"up", "--timeout"}, "error: --timeout needs a value\n"},
      {{"version", "--timeout", "soon"},
       "error: --timeout: 'soon' is not a duration\n  hint: write it as 90s, 10m or 1h30m\n"},
      {{"version", "-o", "yaml"},
       "error: `kforge version` has no --output yaml\n  hint: see `kforge version --help`\n"},
      {{"completion", "bash", "-o", "json"},
       "error: `kforge completion` has no --output json\n  hint: see `kforge completion --help`\n"},
      {{"version", "--events", "-", "-o", "json"},
       "error: --events - and --output both write to stdout\n  hint: write the events to a file: --events "
       "events.ndjson\n"},
      {{"status", "--watch", "-o", "json"},
       "error: --watch does not go with -o json\n  hint: run `kforge status -o json` again and again instead\n"},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(world.run(row.arguments) == 64);
    CHECK(world.err() == row.text);
    if (world.err().find("--output") == std::string::npos && world.err().find("-o json") == std::string::npos)
      CHECK(world.out().empty());
  }
  CHECK_FALSE(world.network_used());
}

TEST_CASE("with -o json even wrong usage is one JSON document") {
  World world;
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"stauts", "-o", "json"}, {"-ojson", "stauts"}, {"--output=json", "stauts"}}) {
    CHECK(world.run(arguments) == 64);
    CHECK(world.out_json()["error"]["kind"] == "usage");
    CHECK(world.out_json()["error"]["exitCode"] == 64);
    CHECK(world.out_json()["error"]["hint"] == "did you mean 'status'?");
  }
  world.environment.variables["KFORGE_OUTPUT"] = "json";
  CHECK(world.run({"stauts"}) == 64);
  CHECK(world.out_json()["error"]["message"] == "unknown command 'stauts'");
}

TEST_CASE("options stand before or after the command, and the last one wins") {
  World world;
  const std::string other = world.dir.write("other/shop.yaml", "project: {}\n");
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"-f", other, "check"},
                                                    {"check", "-f", other},
                                                    {"check", "--file=" + other},
                                                    {"-f", "nowhere.yaml", "check", "-f", other}}) {
    CHECK(world.run(arguments) == 10);
    CHECK(has(world.err(), "shop.yaml:1:"));
  }
}

TEST_CASE("KFORGE_ variables stand in for flags, and flags beat them") {
  World world;
  world.environment.variables["KFORGE_TIMEOUT"] = "soon";
  CHECK(world.run({"version"}) == 64);
  CHECK(has(world.err(), "KFORGE_TIMEOUT: 'soon' is not a duration"));
  CHECK(world.run({"version", "--timeout", "5m"}) == 0);
  world.environment.variables.erase("KFORGE_TIMEOUT");

  world.environment.variables["KFORGE_COLOR"] = "blue";
  CHECK(world.run({"version"}) == 64);
  CHECK(has(world.err(), "KFORGE_COLOR: 'blue' is not one of"));
  CHECK(world.run({"version", "--color", "never"}) == 0);
  world.environment.variables.erase("KFORGE_COLOR");

  world.environment.variables["KFORGE_QUIET"] = "perhaps";
  CHECK(world.run({"version"}) == 64);
  CHECK(has(world.err(), "KFORGE_QUIET: 'perhaps' is neither true nor false"));
  world.environment.variables["KFORGE_QUIET"] = "1";
  CHECK(world.run({"version"}) == 0);

  world.environment.variables["KFORGE_CONTEXT"] = "nowhere";
  CHECK(world.run({"config", "view-connection"}) == 13);
  CHECK(has(world.err(), "nowhere"));
  CHECK(world.run({"config", "view-connection", "--context", "prod"}) == 0);
}

TEST_CASE("a flag of kforge that is not given never reads an unrelated variable") {
  World world;
  world.environment.variables["KFORGE_INSECURE_SKIP_TLS_VERIFY"] = "1";
  CHECK(world.run({"config", "view-connection", "-o", "json"}) == 0);
  CHECK(world.out_json()["tls"]["insecure"] == false);
}

TEST_CASE("colour goes where it is wanted") {
  World world;
  world.interactive();
  CHECK(world.run({"stauts"}) == 64);
  CHECK(has(world.err(), "\x1b[31merror\x1b[0m"));
  world.environment.variables["NO_COLOR"] = "1";
  CHECK(world.run({"stauts"}) == 64);
  CHECK_FALSE(has(world.err(), "\x1b"));
  CHECK(world.run({"--help", "--color", "always"}) == 0);
  CHECK(has(world.out(), "\x1b[1m"));
}

TEST_CASE("a reader of stdout that has gone ends quietly") {
  struct ClosedPipe final : Terminal {
    std::string err_text;
    void write(Stream stream, std::string_view text) override {
      if (stream == Stream::out) throw OutputClosed{};
      err_text += text;
    }
    bool is_terminal(Stream) const override { return false; }
    bool input_is_terminal() const override { return false; }
    int width(Stream) const override { return 0; }
    int height(Stream) const override { return 0; }
    std::optional<std::string> read_line() override { return std::nullopt; }
  } closed;
  World world;
  CHECK(world.run_on(closed, {"--help"}) == 0);
  CHECK(closed.err_text.empty());
  CHECK(world.run_on(closed, {"stauts", "-o", "json"}) == 64);
}

TEST_CASE("in GitHub Actions an error becomes an annotation too") {
  World world;
  world.environment.variables["GITHUB_ACTIONS"] = "true";
  world.write_project("project: shop\nservices: {a: {imag: x}}\n");
  CHECK(world.run({"check"}) == 10);
  CHECK(has(world.err(), "::error file=kforge.yaml,line="));
}
