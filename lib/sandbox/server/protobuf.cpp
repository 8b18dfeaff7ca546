// SPDX-License-Identifier: Apache-2.0
#include "sandbox/server/protobuf.hpp"

#include "embedded/protobuf_fields.hpp"

#include "base/duration.hpp"
#include "base/text.hpp"
#include "sandbox/api/status.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstring>
#include <map>
#include <optional>

namespace kforge::sandbox {
namespace {

constexpr std::string_view magic("k8s\0", 4);
constexpr int deepest = 64;  // CustomResourceDefinition schemas nest, honest ones not that far

[[noreturn]] void malformed() {
  throw bad_request("the body is not a protobuf message of a Kubernetes API object");
}

// --- the wire (protobuf.dev/programming-guides/encoding) ---

struct WireField {
  unsigned number = 0;
  std::uint64_t integer = 0;  // of varints and fixed numbers
  std::string_view bytes;     // of everything with a length
};

class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : rest_(bytes) {}

  std::optional<WireField> next() {
    if (rest_.empty()) return std::nullopt;
    const std::uint64_t tag = varint();
    WireField field;
    field.number = static_cast<unsigned>(tag >> 3U);
    switch (tag & 7U) {
      case 0:
        field.integer = varint();
        break;
      case 1:
        field.integer = fixed(8);
        break;
      case 2:
        field.bytes = take(varint());
        break;
      case 5:
        field.integer = fixed(4);
        break;
      default:
        malformed();
    }
    return field;
  }

 private:
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(take(1).front());
      value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
      if (byte < 0x80U) return value;
    }
    malformed();
  }

  std::uint64_t fixed(std::size_t size) {
    const std::string_view bytes = take(size);
    std::uint64_t value = 0;
    for (std::size_t i = size; i-- > 0;) value = value << 8U | static_cast<unsigned char>(bytes[i]);
    return value;
  }

  std::string_view take(std::uint64_t size) {
    if (size > rest_.size()) malformed();
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::string_view rest_;
};

// --- the table ---

struct FieldCode {
  std::string name, code;
};
using Message = std::map<unsigned, FieldCode>;

// Messages are read from the table when they are first met.
const Message* message_of(const std::string& type) {
  static std::map<std::string, Message> known;
  if (const auto found = known.find(type); found != known.end()) return &found->second;
  const std::string_view table = embedded::protobuf_fields();
  const std::size_t start = table.find("\n" + type + " ");
  if (start == std::string_view::npos) return nullptr;
  const std::size_t first = start + 1 + type.size() + 1;
  Message message;
  for (const std::string& entry : split(table.substr(first, table.find('\n', first) - first), ' ')) {
    const std::size_t equals = entry.find('='), colon = entry.find(':');
    unsigned number = 0;
    std::from_chars(entry.data(), entry.data() + equals, number);
    message[number] = {entry.substr(equals + 1, colon - equals - 1), entry.substr(colon + 1)};
  }
  return &known.emplace(type, std::move(message)).first->second;
}

// --- values ---

std::string bytes_in(std::string_view message, unsigned number) {
  WireReader reader(message);
  std::string found;
  while (const auto field = reader.next())
    if (field->number == number) found = field->bytes;
  return found;
}

std::int64_t integer_in(std::string_view message, unsigned number) {
  WireReader reader(message);
  std::int64_t found = 0;
  while (const auto field = reader.next())
    if (field->number == number) found = static_cast<std::int64_t>(field->integer);
  return found;
}

Json time_value(std::string_view message) {
  const std::int64_t seconds = integer_in(message, 1), nanoseconds = integer_in(message, 2);
  if (seconds == 0 && nanoseconds == 0) return nullptr;
  const WallTime time{std::chrono::seconds(seconds) + std::chrono::microseconds(nanoseconds / 1000)};
  return nanoseconds == 0 ? format_rfc3339(time) : format_rfc3339_micro(time);
}

Json double_value(std::uint64_t bits) {
  double value = 0;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

Json strings_value(std::string_view message) {
  WireReader reader(message);
  Json list = Json::array();
  while (const auto field = reader.next()) list.push_back(field->bytes);
  return list;
}

Json raw_value(std::string_view message) {
  Json value = Json::parse(bytes_in(message, 1), nullptr, false);
  return value.is_discarded() ? Json(nullptr) : value;
}

void decode(const std::string& type, std::string_view bytes, int depth, Json& into);

Json value_of(const std::string& code, const WireField& field, int depth) {
  if (code == "string") return field.bytes;
  if (code == "int") return static_cast<std::int64_t>(field.integer);
  if (code == "bool") return field.integer != 0;
  if (code == "double") return double_value(field.integer);
  if (code == "bytes") return base64_encode(field.bytes);
  if (code == "strings") return strings_value(field.bytes);
  if (code == "quantity") return bytes_in(field.bytes, 1);
  if (code == "time") return time_value(field.bytes);
  if (code == "duration") return fmt::format("{}ns", integer_in(field.bytes, 1));
  if (code == "raw") return raw_value(field.bytes);
  if (code == "int-or-string")
    return integer_in(field.bytes, 1) == 0 ? Json(integer_in(field.bytes, 2)) : Json(bytes_in(field.bytes, 3));
  Json object = Json::object();
  decode(code, field.bytes, depth + 1, object);
  return object;
}

bool is_zero(const Json& value) {
  return value.is_null() || value == "" || value == false || (value.is_number() && value == 0);
}

void set_map_entry(const std::string& code, std::string_view entry, int depth, Json& map) {
  WireReader reader(entry);
  std::string key;
  Json value = code == "string" || code == "bytes" ? Json("") : Json::object();
  while (const auto field = reader.next()) {
    if (field->number == 1) key = field->bytes;
    if (field->number == 2) value = value_of(code, *field, depth);
  }
  map[key] = std::move(value);
}

void set_field(const FieldCode& known, const WireField& field, int depth, Json& into) {
  const std::string& code = known.code;
  if (code.starts_with("+")) return decode(code.substr(1), field.bytes, depth + 1, into);
  if (code.starts_with("[]")) return into[known.name].push_back(value_of(code.substr(2), field, depth));
  if (code.starts_with("{}")) return set_map_entry(code.substr(2), field.bytes, depth, into[known.name]);
  const bool pointer = code.starts_with("*");
  Json value = value_of(pointer ? code.substr(1) : code, field, depth);
  // Embedded structs of Go are always sent; an empty one says nothing, but in an emptyDir it does.
  if (pointer || !is_zero(value)) into[known.name] = std::move(value);
}

void decode(const std::string& type, std::string_view bytes, int depth, Json& into) {
  const Message* const message = message_of(type);
  if (message == nullptr || depth > deepest) malformed();
  WireReader reader(bytes);
  while (const auto field = reader.next())
    if (const auto known = message->find(field->number); known != message->end())
      set_field(known->second, *field, depth, into);
}

// "apps/v1" and "Deployment" -> "apps.v1.Deployment".
std::string type_of(const std::string& api_version, const std::string& kind) {
  if (kind.ends_with("Options")) return "meta.v1." + kind;
  const std::size_t slash = api_version.find('/');
  if (slash == std::string::npos) return fmt::format("core.{}.{}", api_version, kind);
  return fmt::format("{}.{}.{}", api_version.substr(0, std::min(slash, api_version.find('.'))),
                     api_version.substr(slash + 1), kind);
}

}  // namespace

bool is_protobuf(std::string_view body) {
  return body.starts_with(magic);
}

Json object_from_protobuf(std::string_view body) {
  if (!is_protobuf(body)) malformed();
  body.remove_prefix(magic.size());
  const std::string meta = bytes_in(body, 1);
  const std::string api_version = bytes_in(meta, 1), kind = bytes_in(meta, 2), raw = bytes_in(body, 2);
  const std::string type = type_of(api_version, kind);
  if (message_of(type) == nullptr) throw unsupported_media_type("application/json, application/yaml");
  Json object{{"apiVersion", api_version}, {"kind", kind}};
  decode(type, raw, 0, object);
  return object;
}

}  // namespace kforge::sandbox
