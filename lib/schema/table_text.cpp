// SPDX-License-Identifier: Apache-2.0
#include "schema/table_text.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <array>

namespace kforge::schema {
namespace {

struct Abbreviation {
  char sign;
  std::string_view prefix;
};
constexpr std::array abbreviations = {Abbreviation{'~', "io.k8s.api."}, Abbreviation{'^', "io.k8s.apimachinery.pkg."}};

struct TypeWord {
  std::string_view word;
  FieldType type;
  std::string_view format;
};
constexpr std::array type_words = {
    TypeWord{"any", FieldType::any, ""},
    TypeWord{"boolean", FieldType::boolean, ""},
    TypeWord{"bytes", FieldType::bytes, ""},
    TypeWord{"int-or-string", FieldType::int_or_string, ""},
    TypeWord{"int32", FieldType::integer, "int32"},
    TypeWord{"int64", FieldType::integer, "int64"},
    TypeWord{"integer", FieldType::integer, ""},
    TypeWord{"number", FieldType::number, ""},
    TypeWord{"quantity", FieldType::quantity, ""},
    TypeWord{"raw", FieldType::any, ""},
    TypeWord{"string", FieldType::string, ""},
    TypeWord{"time", FieldType::time, ""},
};

std::string full_name(std::string_view name) {
  for (const auto& [sign, prefix] : abbreviations)
    if (name.starts_with(sign)) return std::string(prefix) + std::string(name.substr(1));
  return std::string(name);
}

std::string short_name(std::string_view name) {
  for (const auto& [sign, prefix] : abbreviations)
    if (name.starts_with(prefix)) return sign + std::string(name.substr(prefix.size()));
  return std::string(name);
}

[[noreturn]] void malformed(std::string_view what) {
  throw Error(ErrorKind::internal, "the schema table is malformed: " + std::string(what));
}

// The values of an enum and a default may hold spaces; they stand last, in this order.
std::size_t flag_length(std::string_view flags) {
  if (flags.starts_with("default=")) return flags.size();
  return std::min(flags.find(flags.starts_with("enum=") ? " default=" : " "), flags.size());
}

// The element that carries an enum: of "[]string" the string.
Field& innermost(Field& field) {
  Field* at = &field;
  while (at->element != nullptr) at = const_cast<Field*>(at->element);  // an element that this reader is still building
  return *at;
}

}  // namespace

std::string_view Words::next() {
  if (rest_.empty()) malformed("a line is too short");
  const std::size_t end = rest_.find(' ');
  const std::string_view word = rest_.substr(0, end);
  rest_ = end == std::string_view::npos ? std::string_view{} : rest_.substr(end + 1);
  return word;
}

std::string_view Words::remainder() {
  return std::exchange(rest_, {});
}

TypeReader::TypeReader(std::string_view text) {
  constexpr std::string_view mark = "type ";
  while (!text.empty()) {
    if (!text.starts_with(mark)) malformed("expected a type");
    const std::size_t line_end = std::min(text.find('\n'), text.size() - 1);
    const std::size_t next = std::min(text.find("\ntype ", line_end), text.size() - 1);
    Words words(text.substr(mark.size(), line_end - mark.size()));
    const std::string_view name = words.next();
    blocks_.push_back({.name = name, .head = words.remainder(), .fields = text.substr(line_end + 1, next - line_end)});
    text.remove_prefix(next + 1);
  }
  if (!std::ranges::is_sorted(blocks_, {}, &Block::name)) malformed("its types are not sorted");
}

const Type* TypeReader::find(std::string_view name) {
  const std::string wanted = short_name(name);
  const auto found = std::ranges::lower_bound(blocks_, wanted, {}, &Block::name);
  if (found == blocks_.end() || found->name != wanted) return nullptr;
  return found->type != nullptr ? found->type : &read(*found);
}

std::span<const std::string_view> TypeReader::names(std::string_view list, char separator) {
  std::vector<std::string_view>& result = names_.emplace_back();
  for (std::size_t start = 0; start <= list.size();) {
    const std::size_t end = std::min(list.find(separator, start), list.size());
    result.push_back(list.substr(start, end - start));
    start = end + 1;
  }
  return result;
}

Type& TypeReader::read(Block& block) {
  Type& type = types_.emplace_back();
  block.type = &type;  // before its fields: types may contain themselves
  type.name = full_names_.emplace_back(full_name(block.name));
  for (Words words(block.head); !words.done();) {
    const std::string_view word = words.next();
    if (word == "atomic")
      type.atomic = true;
    else if (word == "open")
      type.preserves_unknown = true;
    else
      malformed(word);
  }
  std::vector<Field>& fields = fields_.emplace_back();
  fields.reserve(static_cast<std::size_t>(std::ranges::count(block.fields, '\n')));
  for (std::string_view rest = block.fields; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size() - 1);
    if (!rest.starts_with(' ')) malformed(rest.substr(0, end));
    fields.push_back(read_field(rest.substr(1, end - 1)));
    rest.remove_prefix(end + 1);
  }
  type.fields = fields;
  return type;
}

Field TypeReader::read_field(std::string_view line) {
  Words words(line);
  Field field;
  field.name = words.next();
  read_type_word(words.next(), field);
  while (!words.done()) {
    const std::string_view rest = words.remainder();
    const std::size_t length = flag_length(rest);
    const std::string_view flag = rest.substr(0, length);
    const std::size_t equals = std::min(flag.find('='), flag.size());
    read_flag(flag.substr(0, equals), flag.substr(std::min(equals + 1, flag.size())), field);
    words = Words(rest.substr(std::min(length + 1, rest.size())));
  }
  return field;
}

void TypeReader::read_type_word(std::string_view word, Field& field) {
  if (word.starts_with("[]") || word.starts_with("{}")) {
    field.type = word.front() == '[' ? FieldType::list : FieldType::map;
    Field& element = elements_.emplace_back();
    field.element = &element;
    return read_type_word(word.substr(2), element);
  }
  if (const auto found = std::ranges::find(type_words, word, &TypeWord::word); found != type_words.end()) {
    field.type = found->type;
    field.format = found->format;
    field.atomic = word == "raw";
    return;
  }
  field.type = FieldType::object;
  field.object_type = find(word);
  if (field.object_type == nullptr) malformed("no type '" + std::string(word) + "'");
  field.atomic = field.object_type->atomic;
}

void TypeReader::read_flag(std::string_view key, std::string_view value, Field& field) {
  if (key == "required") {
    field.required = true;
  } else if (key == "atomic") {
    field.atomic = true;
  } else if (key == "granular") {
    field.atomic = false;
  } else if (key == "set") {
    field.list_type = ListType::set;
  } else if (key == "keys") {
    field.list_type = ListType::map;
    field.merge_keys = names(value);
  } else if (key == "merge") {
    field.patch_merge = true;
    field.patch_merge_key = value;
  } else if (key == "retainKeys") {
    field.patch_retain_keys = true;
  } else if (key == "enum") {
    innermost(field).enum_values = names(value, '|');
  } else if (key == "default") {
    field.default_value = default_value(value);
  } else {
    malformed(key);
  }
}

const Json* TypeReader::default_value(std::string_view text) {
  auto found = std::ranges::find(defaults_, text, &std::pair<std::string_view, Json>::first);
  if (found == defaults_.end()) {
    defaults_.emplace_back(text, Json::parse(text));
    found = std::prev(defaults_.end());
  }
  return &found->second;
}

}  // namespace kforge::schema
