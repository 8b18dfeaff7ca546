// SPDX-License-Identifier: Apache-2.0
#include "sandbox/pods/shell.hpp"

#include "base/text.hpp"
#include "sandbox/api/object_meta.hpp"
#include "sandbox/pods/container_config.hpp"
#include "sandbox/pods/shell_http.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace kforge::sandbox {
namespace {

using Words = std::vector<std::string>;

std::string variable(const ShellWorld& world, const std::string& name) {
  const auto found = std::ranges::find(world.env, name, &std::pair<std::string, std::string>::first);
  if (found != world.env.end()) return found->second;
  return name == "HOSTNAME" ? name_of(world.pod) : "";
}

ShellResult env(const ShellWorld& world, const Words&) {
  std::string out =
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\nHOSTNAME=" + name_of(world.pod) + "\n";
  for (const auto& [name, value] : world.env) out += name + "=" + value + "\n";
  return {out, "", 0};
}

ShellResult print_env(const ShellWorld& world, const Words& words) {
  if (words.size() < 2) return env(world, words);
  const std::string value = variable(world, words[1]);
  return value.empty() ? ShellResult{"", "", 1} : ShellResult{value + "\n", "", 0};
}

ShellResult echo(const ShellWorld&, const Words& words) {
  return {join({words.begin() + 1, words.end()}, " ") + "\n", "", 0};
}

ShellResult cat(const ShellWorld& world, const Words& words) {
  const auto files = mounted_files(world.store, world.pod, world.container);
  ShellResult result;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (const auto found = files.find(words[i]); found != files.end()) {
      result.out += found->second;
    } else if (words[i] == "/etc/hostname") {
      result.out += name_of(world.pod) + "\n";
    } else {
      result.err += fmt::format("cat: can't open '{}': No such file or directory\n", words[i]);
      result.exit_code = 1;
    }
  }
  return result;
}

ShellResult list_files(const ShellWorld& world, const Words& words) {
  std::string folder = words.size() > 1 && !words.back().starts_with('-') ? words.back() : "/";
  if (!folder.ends_with('/')) folder += '/';
  std::set<std::string> names;
  for (const auto& [path, content] : mounted_files(world.store, world.pod, world.container))
    if (path.starts_with(folder))
      names.insert(path.substr(folder.size(), path.find('/', folder.size()) - folder.size()));
  if (names.empty())
    return {"", fmt::format("ls: {}: No such file or directory\n", words.size() > 1 ? words.back() : "/"), 1};
  return {join({names.begin(), names.end()}, "\n") + "\n", "", 0};
}

ShellResult host_name(const ShellWorld& world, const Words& words) {
  const bool address = words.size() > 1 && words[1].starts_with("-i");
  return {(address ? string_at(world.pod, {"status", "podIP"}) : name_of(world.pod)) + "\n", "", 0};
}

std::int64_t user_id(const ShellWorld& world) {
  return int_at(world.container, {"securityContext", "runAsUser"},
                int_at(world.pod, {"spec", "securityContext", "runAsUser"}));
}

ShellResult who(const ShellWorld& world, const Words& words) {
  const auto uid = user_id(world);
  if (words[0] == "whoami" && uid == 0) return {"root\n", "", 0};
  if (words[0] == "whoami") return {"", fmt::format("whoami: unknown uid {}\n", uid), 1};
  return {fmt::format("uid={0} gid={0} groups={0}\n", uid), "", 0};
}

ShellResult succeed(const ShellWorld&, const Words&) {
  return {};
}
ShellResult fail(const ShellWorld&, const Words&) {
  return {"", "", 1};
}

ShellResult exit_with(const ShellWorld&, const Words& words) {
  const bool number =
      words.size() > 1 && words[1].find_first_not_of("0123456789") == std::string::npos && words[1].size() < 4;
  return {"", "", number ? std::stoi(words[1]) % 256 : 0};
}

ShellResult working_folder(const ShellWorld& world, const Words&) {
  return {string_at(world.container, {"workingDir"}, "/") + "\n", "", 0};
}

ShellResult pg_is_ready(const ShellWorld&, const Words&) {
  return {"/var/run/postgresql:5432 - accepting connections\n", "", 0};
}

ShellResult shell(const ShellWorld& world, const Words& words) {
  const auto flag =
      std::ranges::find_if(words, [](const std::string& word) { return word.starts_with('-') && word.ends_with('c'); });
  if (flag == words.end() || flag + 1 == words.end()) return {};
  return run_shell_line(world, *(flag + 1));
}

struct Program {
  std::string_view name;
  ShellResult (*run)(const ShellWorld&, const Words&);
};
constexpr std::array<Program, 24> programs{{{"ash", shell},
                                            {"bash", shell},
                                            {"cat", cat},
                                            {"cd", succeed},
                                            {"curl", curl},
                                            {"echo", echo},
                                            {"env", env},
                                            {"exit", exit_with},
                                            {"export", succeed},
                                            {"false", fail},
                                            {"hostname", host_name},
                                            {"id", who},
                                            {"ls", list_files},
                                            {"nslookup", look_up},
                                            {"pg_isready", pg_is_ready},
                                            {"printenv", print_env},
                                            {"pwd", working_folder},
                                            {"sh", shell},
                                            {"sleep", succeed},
                                            {"test", succeed},
                                            {"true", succeed},
                                            {"wget", wget},
                                            {"whoami", who},
                                            {":", succeed}}};

// Splits a line into words and operators; $NAME and ${NAME} are filled in but in single quotes.
class Splitter {
 public:
  Splitter(const ShellWorld& world, const std::string& line) : world_(world), line_(line) {}

  Words words() {
    for (at_ = 0; at_ < line_.size(); ++at_) step(line_[at_]);
    flush();
    return std::move(words_);
  }

 private:
  void step(char c) {
    if (quote_ != 0 && c == quote_) {
      quote_ = 0;
    } else if (quote_ == 0 && (c == '\'' || c == '"')) {
      quote_ = c;
      open_ = true;
    } else if (c == '$' && quote_ != '\'') {
      substitute();
    } else if (quote_ == 0 && (c == ' ' || c == '\t' || c == '\n')) {
      flush();
    } else if (quote_ == 0 && (c == ';' || c == '&' || c == '|')) {
      flush();
      const bool twice = at_ + 1 < line_.size() && line_[at_ + 1] == c;
      words_.push_back(std::string(twice ? 2 : 1, c));
      if (twice) ++at_;
    } else {
      word_ += c;
      open_ = true;
    }
  }

  void substitute() {
    const bool braces = at_ + 1 < line_.size() && line_[at_ + 1] == '{';
    std::size_t begin = at_ + (braces ? 2 : 1), end = begin;
    while (end < line_.size() && (std::isalnum(static_cast<unsigned char>(line_[end])) != 0 || line_[end] == '_'))
      ++end;
    if (end == begin) {
      word_ += '$';
      return;
    }
    word_ += variable(world_, line_.substr(begin, end - begin));
    open_ = true;
    at_ = braces && end < line_.size() ? end : end - 1;
  }

  void flush() {
    if (open_) words_.push_back(word_);
    word_.clear();
    open_ = false;
  }

  const ShellWorld& world_;
  const std::string& line_;
  std::size_t at_ = 0;
  char quote_ = 0;
  bool open_ = false;
  std::string word_;
  Words words_;
};

}  // namespace

bool is_shell(const std::string& program) {
  const std::string name = program.substr(program.rfind('/') == std::string::npos ? 0 : program.rfind('/') + 1);
  return name == "sh" || name == "bash" || name == "ash";
}

std::optional<ShellResult> run_program(const ShellWorld& world, const Words& words) {
  if (words.empty()) return ShellResult{};
  const std::string name = words[0].substr(words[0].rfind('/') == std::string::npos ? 0 : words[0].rfind('/') + 1);
  const auto* const found = std::ranges::find(programs, name, &Program::name);
  if (found == programs.end()) return std::nullopt;
  return found->run(world, words);
}

ShellResult run_shell_line(const ShellWorld& world, const std::string& line) {
  ShellResult total;
  Words command;
  bool wanted = true;
  const auto run = [&] {
    if (command.empty() || !wanted) return command.clear();
    const auto result = run_program(world, command);
    if (result) {
      total.out += result->out;
      total.err += result->err;
    } else {
      total.err += fmt::format("sh: {}: not found\n", command[0]);
    }
    total.exit_code = result ? result->exit_code : 127;
    command.clear();
  };
  for (const std::string& word : Splitter(world, line).words()) {
    const bool both = word == "&&", either = word == "||";
    if (!both && !either && word != ";") {
      command.push_back(word);
      continue;
    }
    run();
    wanted = both ? total.exit_code == 0 : !either || total.exit_code != 0;
  }
  run();
  return total;
}

}  // namespace kforge::sandbox
