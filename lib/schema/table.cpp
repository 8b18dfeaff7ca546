// SPDX-License-Identifier: Apache-2.0
#include "embedded/kubernetes_schema.hpp"

#include "base/error.hpp"
#include "schema/table_text.hpp"

#include <algorithm>

namespace kforge::schema {

struct Table::Data {
  explicit Data(std::string_view type_text) : types(type_text) {}

  std::string_view version;
  std::vector<Kind> kinds;                   // sorted by name
  std::vector<std::string_view> type_names;  // of the kind at the same index
  TypeReader types;

  const Kind* with_type(std::size_t index) {
    Kind& kind = kinds[index];
    if (kind.type == nullptr) kind.type = types.find(type_names[index]);
    return &kind;
  }
};

namespace {

constexpr std::string_view kind_mark = "kind ", version_mark = "kubernetes ", type_mark = "type ";

struct KindLine {
  Kind kind;
  std::string_view type_name;
};

KindLine read_kind(std::string_view line, TypeReader& types) {
  Words words(line);
  KindLine result;
  const std::string_view api_version = words.next();
  result.kind.name = kind_name(api_version, words.next());
  result.kind.plural = words.next();
  result.kind.singular = words.next();
  result.kind.namespaced = words.next() == "namespaced";
  result.type_name = words.next();
  while (!words.done()) {
    const std::string_view word = words.next();
    const std::size_t equals = std::min(word.find('='), word.size() - 1);
    const std::string_view key = word.substr(0, equals);
    const auto names = types.names(word.substr(equals + 1));
    if (key == "verbs") result.kind.verbs = names;
    if (key == "short") result.kind.short_names = names;
    if (key == "categories") result.kind.categories = names;
    if (key == "subresources") result.kind.subresources = names;
  }
  return result;
}

// The offset of the first type line; everything before it is about kinds.
std::size_t types_start(std::string_view text) {
  const std::size_t found = text.starts_with(type_mark) ? 0 : text.find("\ntype ");
  if (found == std::string_view::npos) throw Error(ErrorKind::internal, "the schema table has no types");
  return found == 0 ? 0 : found + 1;
}

}  // namespace

Table::Table(std::string_view text) {
  const std::size_t split = types_start(text);
  data_ = std::make_unique<Data>(text.substr(split));
  std::vector<KindLine> lines;
  for (std::string_view rest = text.substr(0, split); !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size() - 1);
    const std::string_view line = rest.substr(0, end);
    if (line.starts_with(kind_mark)) lines.push_back(read_kind(line.substr(kind_mark.size()), data_->types));
    if (line.starts_with(version_mark)) data_->version = line.substr(version_mark.size());
    rest.remove_prefix(end + 1);
  }
  std::ranges::sort(lines, {}, [](const KindLine& line) -> const KindName& { return line.kind.name; });
  for (KindLine& line : lines) {
    data_->kinds.push_back(std::move(line.kind));
    data_->type_names.push_back(line.type_name);
  }
}

Table::~Table() = default;
Table::Table(Table&&) noexcept = default;

const Table& Table::embedded() {
  static const Table table(embedded::kubernetes_schema());
  return table;
}

const Kind* Table::find(const KindName& name) const {
  const auto found = std::ranges::lower_bound(data_->kinds, name, {}, &Kind::name);
  if (found == data_->kinds.end() || found->name != name) return nullptr;
  return data_->with_type(static_cast<std::size_t>(found - data_->kinds.begin()));
}

const Kind* Table::find_plural(std::string_view group, std::string_view version, std::string_view plural) const {
  for (std::size_t index = 0; index < data_->kinds.size(); ++index) {
    const Kind& kind = data_->kinds[index];
    if (kind.plural == plural && kind.name.group == group && kind.name.version == version)
      return data_->with_type(index);
  }
  return nullptr;
}

std::span<const Kind> Table::kinds() const {
  for (std::size_t index = 0; index < data_->kinds.size(); ++index) data_->with_type(index);
  return data_->kinds;
}

std::vector<KindName> Table::names() const {
  std::vector<KindName> result;
  for (const Kind& kind : data_->kinds) result.push_back(kind.name);
  return result;
}

std::vector<std::string> Table::kind_names() const {
  std::vector<std::string> result;
  for (const Kind& kind : data_->kinds) result.push_back(kind.name.kind);
  std::ranges::sort(result);
  const auto repeats = std::ranges::unique(result);
  result.erase(repeats.begin(), repeats.end());
  return result;
}

std::string_view Table::kubernetes_version() const {
  return data_->version;
}

const Type* Table::find_type(std::string_view name) const {
  return data_->types.find(name);
}

}  // namespace kforge::schema
