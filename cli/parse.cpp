// SPDX-License-Identifier: Apache-2.0
#include "cli/parse.hpp"

#include "base/error.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>

namespace kforge::cli {
namespace {

Error usage_error(const std::string& message) {
  return {ErrorKind::usage, message};
}

// --- environment variables ---

bool flag_value(const OptionSpec& spec, const std::string& text) {
  const std::string word = to_lower(text);
  for (const char* yes : {"1", "true", "yes", "on"})
    if (word == yes) return true;
  for (const char* no : {"0", "false", "no", "off", ""})
    if (word == no) return false;
  throw usage_error(fmt::format("{}: '{}' is neither true nor false", spec.variable, text));
}

void take_variable(const OptionSpec& spec, const std::string& text, GlobalOptions& globals) {
  if (auto* const* flag = std::get_if<bool*>(&spec.target))
    **flag = flag_value(spec, text);
  else if (auto* const* one = std::get_if<std::string*>(&spec.target))
    **one = text;
  else
    *std::get<std::vector<std::string>*>(spec.target) = split(text, ',');
  globals.from_environment[spec.long_name()] = spec.variable;
}

void take_variables(const OptionTable& table, const Environment& environment, GlobalOptions& globals) {
  for (const OptionSpec& spec : table.options)
    if (!spec.variable.empty() && environment.has(spec.variable))
      take_variable(spec, environment.get_or(spec.variable, ""), globals);
}

// --- the command line ---

// The rows of one CLI::App and what CLI11 made of them.
struct Declared {
  CLI::App* app = nullptr;
  const OptionTable* table = nullptr;
  std::vector<CLI::Option*> options;
};

Declared declare(CLI::App& app, const OptionTable& table) {
  Declared declared{&app, &table, {}};
  for (const OptionSpec& spec : table.options) {
    if (auto* const* flag = std::get_if<bool*>(&spec.target))
      declared.options.push_back(app.add_flag(spec.names, **flag));
    else if (auto* const* one = std::get_if<std::string*>(&spec.target))
      declared.options.push_back(app.add_option(spec.names, **one)->take_last());
    else
      declared.options.push_back(
          app.add_option(spec.names, *std::get<std::vector<std::string>*>(spec.target))->allow_extra_args(false));
  }
  for (const ArgumentSpec& spec : table.arguments) {
    if (auto* const* one = std::get_if<std::string*>(&spec.target))
      app.add_option(spec.name, **one);
    else
      app.add_option(spec.name, *std::get<std::vector<std::string>*>(spec.target));
  }
  return declared;
}

// One run of CLI11. Only the command that is named declares its options.
class Parser {
 public:
  explicit Parser(Invocation& invocation) : invocation_(invocation), globals_(global_table(invocation.globals)) {
    app_.set_help_flag();
    app_.allow_extras();
    app_.fallthrough();
    app_.require_subcommand(0, 1);
    global_ = declare(app_, globals_);
    for (const CommandSpec& spec : commands()) add_command(spec);
  }

  const OptionTable& globals() const { return globals_; }

  void run(std::vector<std::string> arguments) {
    std::ranges::reverse(arguments);  // CLI11 takes them from the back
    try {
      app_.parse(arguments);
    } catch (const CLI::ArgumentMismatch& error) {
      const std::string name = split(error.what(), ':').front();
      failure_ = usage_error(fmt::format("{} needs a value", name));
    } catch (const CLI::ParseError& error) {
      failure_ = usage_error(to_lower(std::string(error.what()).substr(0, 1)) + std::string(error.what()).substr(1));
    }
    for (const auto& [app, spec] : leaves_)
      if (app->parsed()) invocation_.command = spec;
    for (const auto& [name, app] : groups_)
      if (app->parsed() && invocation_.command == nullptr) invocation_.group = name;
    for (std::size_t i = 0; i < globals_.options.size(); ++i)
      if (global_.options[i]->count() > 0) invocation_.globals.from_environment.erase(globals_.options[i].long_name());
  }

  void check() {
    if (failure_) throw std::move(*failure_);
    std::vector<std::string> extras = app_.remaining(true);
    std::erase(extras, "--");  // CLI11 keeps the mark behind which everything is an argument
    if (!extras.empty()) reject(extras.front());
    check_choices(globals_);
    check_choices(invocation_.options);
    for (const ArgumentSpec& spec : invocation_.options.arguments) check_argument(spec);
  }

 private:
  CLI::App& group_named(const std::string& name) {
    const auto found = groups_.find(name);
    if (found != groups_.end()) return *found->second;
    CLI::App* app = app_.add_subcommand(name);
    app->fallthrough();
    app->require_subcommand(0, 1);
    groups_[name] = app;
    return *app;
  }

  void add_command(const CommandSpec& spec) {
    const std::vector<std::string> words = split(spec.name, ' ');
    CLI::App& parent = words.size() == 1 ? app_ : group_named(words.front());
    CLI::App* app = parent.add_subcommand(words.back());
    app->fallthrough();
    for (const std::string& alias : spec.alias_list()) app->alias(alias);
    app->preparse_callback([this, app, &spec](std::size_t) {
      invocation_.action = spec.bind(invocation_.options);
      declare(*app, invocation_.options);
    });
    leaves_.emplace_back(app, &spec);
  }

  [[noreturn]] void reject(const std::string& extra) const {
    if (extra.starts_with("-")) {
      const std::string name = split(extra, '=').front();
      std::vector<std::string> known;
      for (const OptionTable* table : {&std::as_const(invocation_.options), &globals_})
        for (const OptionSpec& spec : table->options) known.push_back(spec.long_name());
      throw usage_error(fmt::format("unknown option '{}'", name)).hint(hint_or(did_you_mean(name, known)));
    }
    if (invocation_.command != nullptr)
      throw usage_error(fmt::format("'{}' is one argument too many for `kforge {}`", extra, invocation_.command->name))
          .hint(hint_or(""));
    std::vector<std::string> known = visible_names();
    if (!invocation_.group.empty()) {
      known.clear();
      for (const CommandSpec& spec : commands())
        if (spec.name.starts_with(invocation_.group + " ")) known.push_back(split(spec.name, ' ').back());
    }
    throw usage_error(
        fmt::format("unknown command '{}{}{}'", invocation_.group, invocation_.group.empty() ? "" : " ", extra))
        .hint(hint_or(did_you_mean(extra, known)));
  }

  std::string hint_or(const std::string& suggestion) const {
    if (!suggestion.empty()) return suggestion;
    return invocation_.command == nullptr ? "see `kforge --help`"
                                          : fmt::format("see `kforge {} --help`", invocation_.command->name);
  }

  static void check_choice(const std::string& source, const std::string& value,
                           const std::vector<std::string>& choices) {
    if (choices.empty() || std::ranges::find(choices, value) != choices.end()) return;
    throw usage_error(fmt::format("{}: '{}' is not one of {}", source, value, join(choices, ", ")))
        .hint(did_you_mean(value, choices));
  }

  void check_choices(const OptionTable& table) const {
    for (const OptionSpec& spec : table.options)
      if (auto* const* one = std::get_if<std::string*>(&spec.target); one != nullptr && !(*one)->empty())
        check_choice(invocation_.globals.source_of(spec.long_name()), **one, spec.choices);
  }

  void check_argument(const ArgumentSpec& spec) const {
    const auto* const* one = std::get_if<std::string*>(&spec.target);
    const bool missing = one != nullptr ? (*one)->empty() : std::get<std::vector<std::string>*>(spec.target)->empty();
    if (missing && spec.required)
      throw usage_error(fmt::format("`kforge {}` needs {}", invocation_.command->name, spec.name)).hint(hint_or(""));
    if (one != nullptr && !missing) check_choice(spec.name, **one, spec.choices);
  }

  Invocation& invocation_;
  OptionTable globals_;
  CLI::App app_;
  Declared global_;
  std::vector<std::pair<CLI::App*, const CommandSpec*>> leaves_;
  std::map<std::string, CLI::App*> groups_;
  std::optional<Error> failure_;
};

}  // namespace

void parse(const std::vector<std::string>& arguments, const Environment& environment, Invocation& invocation) {
  Parser parser(invocation);
  take_variables(parser.globals(), environment, invocation.globals);
  parser.run(arguments);
  if (!invocation.globals.help && !invocation.globals.version) parser.check();
}

bool asks_for_json(const std::vector<std::string>& arguments, const Environment& environment) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (word == "-ojson" || word == "--output=json" || word == "-o=json") return true;
    if ((word == "-o" || word == "--output") && i + 1 < arguments.size()) return arguments[i + 1] == "json";
  }
  return environment.get_or("KFORGE_OUTPUT", "") == "json";
}

}  // namespace kforge::cli
