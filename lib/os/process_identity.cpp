// SPDX-License-Identifier: Apache-2.0
#include "os/process_identity.hpp"

#include "base/text.hpp"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace kforge {
namespace {

constexpr std::size_t parts_of_identity = 4;
constexpr std::size_t start_time_field = 20;  // of /proc/PID/stat, counted after the name: field 22 of proc(5)

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

std::string boot() {
  return first_line("/proc/sys/kernel/random/boot_id");
}

std::string pid_namespace() {
  std::error_code failure;
  return std::filesystem::read_symlink("/proc/self/ns/pid", failure).string();
}

// The name in the line may contain blanks and brackets, so it is what stands before the last bracket that is skipped.
std::string start_time(const std::string& pid) {
  const std::string line = first_line("/proc/" + pid + "/stat");
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream rest(line.substr(name_end + 1));
  std::string field;
  for (std::size_t i = 0; i < start_time_field; ++i) rest >> field;
  return field;
}

}  // namespace

std::string host_name() {
  std::array<char, 256> buffer{};
  if (gethostname(buffer.data(), buffer.size() - 1) != 0) return {};
  return buffer.data();
}

std::string user_name() {
  std::array<char, 4096> text{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(::geteuid(), &entry, text.data(), text.size(), &found) != 0 || found == nullptr) return {};
  return found->pw_name;
}

std::string own_process() {
  const std::string machine = boot(), space = pid_namespace(), pid = std::to_string(getpid());
  const std::string started = start_time(pid);
  if (machine.empty() || space.empty() || started.empty()) return {};
  return join({machine, space, pid, started}, "/");
}

bool process_has_ended(const std::string& process) {
  const std::vector<std::string> parts = split(process, '/');
  if (parts.size() != parts_of_identity || parts[0].empty()) return false;
  if (parts[0] != boot() || parts[1] != pid_namespace()) return false;
  if (parts[2].empty() || parts[2].find_first_not_of("0123456789") != std::string::npos) return false;
  if (start_time(std::to_string(getpid())).empty()) return false;  // /proc tells nothing
  return start_time(parts[2]) != parts[3];
}

}  // namespace kforge
