// SPDX-License-Identifier: Apache-2.0
// Making rows of the field table.
#pragma once

#include "project/reader.hpp"

#include <utility>

namespace kforge::project {

// A key whose value goes into a member as it is.
template <class Struct, class Member>
Field row(About about, Shape shape, Member Struct::*member) {
  return {
      about, {std::move(shape)}, [member](const yaml::Entry& entry, const Field& field, void* target, Reader& reader) {
        reader.read(entry, field, static_cast<Struct*>(target)->*member);
      }};
}

// A key that `set` puts into the struct: set(entry, field, struct, reader).
template <class Struct, class Set>
Field row_with(About about, Shapes shapes, Set set) {
  return {about, std::move(shapes), [set](const yaml::Entry& entry, const Field& field, void* target, Reader& reader) {
            set(entry, field, *static_cast<Struct*>(target), reader);
          }};
}

// A key whose value is one of a list of words, each with its meaning.
template <class Struct, class Value>
Field row_of_words(About about, std::vector<std::pair<std::string_view, Value>> words, Value Struct::*member) {
  std::vector<std::string_view> names;
  for (const auto& [name, value] : words) names.push_back(name);
  return row_with<Struct>(about, {one_of(names)},
                          [words, member](const yaml::Entry& entry, const Field&, Struct& out, Reader&) {
                            for (const auto& [name, value] : words)
                              if (entry.value.scalar == name) out.*member = value;
                          });
}

// A key whose section goes into the struct of the key itself.
template <class Struct>
Field row_of_group(About about, SectionGetter getter) {
  return row_with<Struct>(about, {mapping_of(getter)},
                          [getter](const yaml::Entry& entry, const Field&, Struct& out, Reader& reader) {
                            reader.section(getter(), entry.value, &out);
                          });
}

// A key that only has to be there with one of its words, such as `kind: postgres`.
template <class Struct>
Field row_of_constant(About about, std::vector<std::string_view> words) {
  return row_with<Struct>(about, {one_of(std::move(words))}, [](const yaml::Entry&, const Field&, Struct&, Reader&) {});
}

template <class... Fields>
std::vector<Field> rows(Fields... fields) {
  std::vector<Field> made;
  made.reserve(sizeof...(fields));
  (made.push_back(std::move(fields)), ...);
  return made;
}

}  // namespace kforge::project
