// SPDX-License-Identifier: Apache-2.0
#include "os/files.hpp"

#include "base/error.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace kforge {
namespace {

// Closes on scope end; -1 holds nothing.
class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

Error cannot(const char* verb, const std::string& path, int number) {
  return Error(ErrorKind::project_invalid, fmt::format("cannot {} '{}'", verb, path))
      .why(std::generic_category().message(number));
}

void write_all(int fd, const std::string& content, const std::string& path) {
  for (std::size_t done = 0; done < content.size();) {
    const ssize_t written = ::write(fd, content.data() + done, content.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw cannot("write", path, errno);
    done += static_cast<std::size_t>(written);
  }
}

}  // namespace

std::optional<std::string> read_file(const std::string& path, std::size_t limit) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    throw cannot("read", path, errno);
  }
  std::string content;
  std::array<char, 65536> buffer{};
  for (;;) {
    const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw cannot("read", path, errno);
    if (got == 0) return content;
    content.append(buffer.data(), static_cast<std::size_t>(got));
    if (content.size() > limit)
      throw Error(ErrorKind::project_invalid, fmt::format("'{}' is larger than {} bytes", path, limit));
  }
}

void write_file_atomically(const std::string& path, const std::string& content, unsigned mode) {
  std::string temporary = path + ".XXXXXX";
  const FileDescriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (file.get() < 0) throw cannot("write", path, errno);
  try {
    write_all(file.get(), content, path);
    if (::fchmod(file.get(), mode) != 0 || ::fsync(file.get()) != 0) throw cannot("write", path, errno);
    if (::rename(temporary.c_str(), path.c_str()) != 0) throw cannot("write", path, errno);
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
}

bool file_exists(const std::string& path) {
  std::error_code failure;
  return std::filesystem::exists(path, failure);
}

void make_directories(const std::string& path, unsigned mode) {
  std::error_code failure;
  if (!std::filesystem::create_directories(path, failure) || failure) {
    if (failure) throw cannot("make the folder", path, failure.value());
    return;  // it was there already, with the mode its owner chose
  }
  if (::chmod(path.c_str(), mode) != 0) throw cannot("set the mode of", path, errno);
}

std::string absolute_path(const std::string& path, const std::string& base_directory) {
  const std::filesystem::path given(path);
  return (given.is_absolute() ? given : std::filesystem::path(base_directory) / given).lexically_normal().string();
}

std::string directory_of(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

}  // namespace kforge
