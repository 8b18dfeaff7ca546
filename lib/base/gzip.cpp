// SPDX-License-Identifier: Apache-2.0
#include "base/gzip.hpp"

#include "base/error.hpp"

#include <zlib.h>

#include <algorithm>

namespace kforge {
namespace {

constexpr int gzip_window = 15 + 16;  // of zlib: the largest window, with gzip's header
constexpr int memory_level = 8;
constexpr std::size_t chunk = 64 * 1024;

Bytef* bytes_of(std::string_view text) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));  // NOLINT: zlib reads through it only
}

}  // namespace

std::string gzip(std::string_view bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, gzip_window, memory_level, Z_DEFAULT_STRATEGY) != Z_OK)
    throw Error(ErrorKind::internal, "cannot start to compress");
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = bytes_of(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = bytes_of(out);
  stream.avail_out = static_cast<uInt>(out.size());
  const int end = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (end != Z_STREAM_END) throw Error(ErrorKind::internal, "cannot compress");
  return out;
}

std::optional<std::string> gunzip(std::string_view compressed, std::size_t limit) {
  z_stream stream{};
  if (inflateInit2(&stream, gzip_window) != Z_OK) throw Error(ErrorKind::internal, "cannot start to decompress");
  stream.next_in = bytes_of(compressed);
  stream.avail_in = static_cast<uInt>(compressed.size());
  std::string out;
  int state = Z_OK;
  while (state == Z_OK && out.size() <= limit) {
    const std::size_t known = out.size();
    out.resize(std::min(known + chunk, limit + 1));
    stream.next_out = bytes_of(out) + known;
    stream.avail_out = static_cast<uInt>(out.size() - known);
    state = inflate(&stream, Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (state != Z_STREAM_END || out.size() > limit) return std::nullopt;
  return out;
}

}  // namespace kforge
