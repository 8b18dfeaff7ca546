// SPDX-License-Identifier: Apache-2.0
#include "project/image.hpp"

#include "project/characters.hpp"
#include "project/patterns.hpp"

#include <charconv>

namespace kforge::project {
namespace {

bool is_component(std::string_view text) {
  while (!text.empty()) {
    if (take_while(text, is_lower_alphanumeric).empty()) return false;
    if (text.empty()) return true;
    const std::string_view separator = take_while(text, [](char c) { return is_any_of(c, "._-"); });
    const bool dashes = separator.find_first_not_of('-') == std::string_view::npos;
    if (separator != "." && separator != "_" && separator != "__" && !(dashes && !separator.empty())) return false;
  }
  return false;
}

bool is_domain_part(std::string_view text) {
  return all_of(text, [](char c) { return is_alphanumeric(c) || c == '-'; }) && text.front() != '-' &&
         text.back() != '-';
}

// The rule of the docker command line: a first part with '.' or ':' , or "localhost", is a registry.
bool is_registry_part(std::string_view text) {
  return text == "localhost" || text.find_first_of(".:") != std::string_view::npos;
}

bool is_domain(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos && (text.size() - colon > 6 || !all_of(text.substr(colon + 1), is_digit)))
    return false;
  return all_parts(text.substr(0, colon), '.', is_domain_part);
}

bool is_tag(std::string_view text) {
  if (text.empty() || text.size() > 128 || text.front() == '.' || text.front() == '-') return false;
  return all_of(text, [](char c) { return is_alphanumeric(c) || is_any_of(c, "_.-"); });
}

bool is_digest(std::string_view text) {
  constexpr std::string_view algorithm = "sha256:";
  if (!text.starts_with(algorithm)) return false;
  text.remove_prefix(algorithm.size());
  return text.size() == 64 && all_of(text, [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
}

// Cuts "<separator>rest" off the end of the text and returns whether there was one.
bool cut_last(std::string_view& text, std::size_t at, std::string& rest) {
  if (at == std::string_view::npos) return false;
  rest = text.substr(at + 1);
  text = text.substr(0, at);
  return true;
}

}  // namespace

const std::string_view image_pattern =
    "^((localhost|" KFORGE_DOMAIN_PART "(\\." KFORGE_DOMAIN_PART ")+|" KFORGE_DOMAIN_PART "(\\." KFORGE_DOMAIN_PART
    ")*(?=:[0-9]+/))(:[0-9]{1,5})?/)?" KFORGE_IMAGE_PATH
    "(:[A-Za-z0-9_][-A-Za-z0-9_.]{0,127})?(@sha256:[0-9a-f]{64})?$";

bool is_image_path(std::string_view text) {
  return all_parts(text, '/', is_component);
}

std::optional<ImageReference> parse_image(std::string_view text) {
  ImageReference image;
  if (cut_last(text, text.find('@'), image.digest) && !is_digest(image.digest)) return std::nullopt;
  const std::size_t colon = text.rfind(':');
  const bool has_tag = colon != std::string_view::npos && text.find('/', colon) == std::string_view::npos;
  if (has_tag && cut_last(text, colon, image.tag) && !is_tag(image.tag)) return std::nullopt;
  if (const std::size_t slash = text.find('/');
      slash != std::string_view::npos && is_registry_part(text.substr(0, slash))) {
    image.registry = text.substr(0, slash);
    if (!is_domain(image.registry)) return std::nullopt;
    text.remove_prefix(slash + 1);
  }
  if (!is_image_path(text)) return std::nullopt;
  image.path = text;
  return image;
}

std::string with_registry(const std::string& registry, const std::string& image) {
  const auto parsed = parse_image(image);
  if (registry.empty() || !parsed || !parsed->registry.empty()) return image;
  return registry + "/" + image;
}

int major_of_tag(std::string_view tag) {
  const std::string_view digits = take_while(tag, is_digit);
  int major = 0;
  if (digits.size() > 3 || (!tag.empty() && !is_any_of(tag.front(), ".-"))) return 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), major);
  return major;
}

}  // namespace kforge::project
