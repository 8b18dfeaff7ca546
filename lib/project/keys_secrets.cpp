// SPDX-License-Identifier: Apache-2.0
#include "project/keys.hpp"
#include "project/rows.hpp"

namespace kforge::project {
namespace {

Field source_row(About about, Shape shape, SecretSource::Kind kind) {
  return row_with<SecretSource>(about, {std::move(shape)},
                                [kind](const yaml::Entry& entry, const Field&, SecretSource& out, Reader&) {
                                  out.kind = kind;
                                  out.name = entry.value.scalar;
                                });
}

}  // namespace

const Section& secret_section() {
  static const Section table{
      .noun = "secret",
      .doc = "",
      .fields =
          rows(row<SecretSpec>({"existing", "", "The Secret is made by somebody else; only its name is used", 0, "*"},
                               only_true(), &SecretSpec::existing)),
      .free_keys = std::make_shared<Field>(row_with<SecretSpec>(
          {"<key>", "", "Where the value of this key comes from", 0, "", "{generate: {length: 32}}"},
          {mapping_of(secret_source_section)},
          [](const yaml::Entry& entry, const Field&, SecretSpec& out, Reader& reader) {
            reader.section(secret_source_section(), entry.value, &out.values[entry.key.scalar]);
          })),
      .key_format = &formats::secret_key};
  return table;
}

const Section& secret_source_section() {
  static const Section table{
      .noun = "secret source",
      .doc = "",
      .fields = rows(
          row_with<SecretSource>({"generate", "", "A random value of letters and digits", 0, "*", "{length: 32}"},
                                 {only_true(), mapping_of(generate_section)},
                                 [](const yaml::Entry& entry, const Field&, SecretSource& out, Reader& reader) {
                                   out.kind = SecretSource::Kind::generate;
                                   if (entry.value.is_mapping()) reader.section(generate_section(), entry.value, &out);
                                 }),
          source_row({"env", "", "The value of an environment variable of kforge", 0, "*", "PAYMENT_API_KEY"},
                     text(formats::env_name), SecretSource::Kind::env),
          source_row(
              {"file", "", "The content of a file below the folder of the project file", 0, "*", "secrets/payment.key"},
              text(formats::file_path), SecretSource::Kind::file),
          source_row({"value", "", "A value that is no secret, such as a user name", 0, "*", "admin"},
                     scalar(formats::any_text), SecretSource::Kind::literal)),
      .exactly_one = true};
  return table;
}

const Section& generate_section() {
  static const Section table{
      "generate", "",
      rows(row<SecretSource>({"length", "32", "Number of characters"}, integer(8, 1024), &SecretSource::length))};
  return table;
}

}  // namespace kforge::project
