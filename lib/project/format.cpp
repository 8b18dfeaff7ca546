// SPDX-License-Identifier: Apache-2.0
#include "project/format.hpp"

#include "base/quantity.hpp"
#include "base/text.hpp"
#include "project/characters.hpp"
#include "project/image.hpp"
#include "project/patterns.hpp"

#include <charconv>

namespace kforge::project {
namespace {

bool any(std::string_view) {
  return true;
}

bool is_line(std::string_view text) {
  return all_of(text, [](char c) { return c != '\n' && c != '\r'; });
}

bool is_service_name(std::string_view text) {
  return is_dns_label(text) && is_lower(text.front());
}

bool is_service_or_all(std::string_view text) {
  return text == "*" || is_service_name(text);
}

bool is_port_digits(std::string_view text) {
  return text.size() <= 5 && all_of(text, is_digit);
}

// host[:port], the host in lower case
bool is_authority(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos && !is_port_digits(text.substr(colon + 1))) return false;
  return is_dns_subdomain(text.substr(0, colon));
}

bool take_scheme(std::string_view& text) {
  for (const std::string_view scheme : {"https://", "http://"})
    if (text.starts_with(scheme)) {
      text.remove_prefix(scheme.size());
      return true;
    }
  return false;
}

bool is_url(std::string_view text) {
  if (!take_scheme(text)) return false;
  const std::size_t slash = text.find('/');
  if (slash != std::string_view::npos && !all_of(text.substr(slash), is_visible)) return false;
  return is_authority(text.substr(0, slash));
}

bool is_origin(std::string_view text) {
  return text == "*" || (take_scheme(text) && is_authority(text));
}

bool is_image(std::string_view text) {
  return parse_image(text).has_value();
}

bool is_registry(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (!is_authority(text.substr(0, slash))) return false;
  return slash == std::string_view::npos || is_image_path(text.substr(slash + 1));
}

bool is_route_path(std::string_view text) {
  return text.starts_with('/') &&
         all_of(text, [](char c) { return is_alphanumeric(c) || is_any_of(c, "-._~!$&'()*+,;=:@%/"); });
}

bool is_probe_path(std::string_view text) {
  return text.starts_with('/') && all_of(text, is_visible);
}

bool leads_upwards(std::string_view text) {
  return !all_parts(text, '/', [](std::string_view part) { return part != ".."; });
}

bool is_absolute_path(std::string_view text) {
  return is_probe_path(text) && !leads_upwards(text);
}

bool is_file_path(std::string_view text) {
  if (text.empty() || text.front() == '/' || leads_upwards(text)) return false;
  return all_of(text, [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != 0x7f; });
}

// [0-9]{1,6}<unit>, or nothing
bool take_amount(std::string_view& text, char unit, long length, long& seconds) {
  std::string_view rest = text;
  const std::string_view digits = take_while(rest, is_digit);
  if (digits.empty() || digits.size() > 6 || !rest.starts_with(unit)) return false;
  long amount = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), amount);
  seconds += amount * length;
  text = rest.substr(1);
  return true;
}

bool read_duration(std::string_view text, long& seconds) {
  seconds = 0;
  if (text.size() <= 6 && all_of(text, is_digit)) {
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    return true;
  }
  const bool hours = take_amount(text, 'h', 3600, seconds);
  const bool minutes = take_amount(text, 'm', 60, seconds);
  const bool rest = take_amount(text, 's', 1, seconds);
  return text.empty() && (hours || minutes || rest);
}

bool is_duration(std::string_view text) {
  long seconds = 0;
  return read_duration(text, seconds);
}

bool is_quantity(std::string_view text) {
  return !text.empty() && (is_digit(text.front()) || text.front() == '.') && Quantity::parse(text).has_value();
}

bool is_limit(std::string_view text) {
  return text == "none" || is_quantity(text);
}

bool is_percent(std::string_view text) {
  if (!text.ends_with('%') || text.size() > 4) return false;
  text.remove_suffix(1);
  return all_of(text, is_digit);
}

bool is_env_name(std::string_view text) {
  return all_of(text, [](char c) { return is_alphanumeric(c) || c == '_'; }) && !is_digit(text.front());
}

bool is_secret_key(std::string_view text) {
  return all_of(text, [](char c) { return is_alphanumeric(c) || is_any_of(c, "-._"); });
}

bool is_secret_reference(std::string_view text) {
  const std::size_t dot = text.find('.');
  return dot != std::string_view::npos && is_dns_label(text.substr(0, dot)) && is_secret_key(text.substr(dot + 1));
}

bool is_qualified_name(std::string_view text) {
  if (text.empty() || text.size() > 63 || !is_alphanumeric(text.front()) || !is_alphanumeric(text.back())) return false;
  return is_secret_key(text);
}

bool is_label_key(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return is_qualified_name(text);
  return is_dns_subdomain(text.substr(0, slash)) && is_qualified_name(text.substr(slash + 1));
}

bool is_label_value(std::string_view text) {
  return text.empty() || is_qualified_name(text);
}

bool is_database_name(std::string_view text) {
  return all_of(text, [](char c) { return is_lower_alphanumeric(c) || c == '_' || c == '-'; }) &&
         !is_digit(text.front()) && text.front() != '-';
}

bool is_parameter_name(std::string_view text) {
  return all_of(text, [](char c) { return is_lower_alphanumeric(c) || c == '_' || c == '.'; }) &&
         !is_digit(text.front()) && text.front() != '.';
}

bool is_minor_version(std::string_view text) {
  return text.starts_with("1.") && text.size() <= 5 && all_of(text.substr(2), is_digit);
}

bool is_realm_name(std::string_view text) {
  return all_of(text, [](char c) { return is_alphanumeric(c) || c == '_' || c == '-'; }) &&
         is_alphanumeric(text.front());
}

bool is_kind_name(std::string_view text) {
  return all_of(text, is_alphanumeric) && is_upper(text.front());
}

}  // namespace

namespace formats {

const Format any_text{"text", "a text", "^[\\s\\S]*$", 1 << 20, any};
const Format line{"line", "a text of one line", "^[^\\n\\r]+$", 4096, is_line};
const Format service_name{"service-name", "a name of lower-case letters, digits and '-' that begins with a letter",
                          "^[a-z]([-a-z0-9]*[a-z0-9])?$", 63, is_service_name};
const Format dns_label{"dns-label", "a name of lower-case letters, digits and '-'", "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
                       63, is_dns_label};
const Format object_name{"object-name", "a name of lower-case letters, digits, '-' and '.'", "^" KFORGE_SUBDOMAIN "$",
                         253, is_dns_subdomain};
const Format host{"host", "a host name such as 'api.shop.example.com'", "^" KFORGE_SUBDOMAIN "$", 253,
                  is_dns_subdomain};
const Format url{"url", "a URL such as 'https://auth.shop.example.com'", "^https?://" KFORGE_AUTHORITY "(/[!-~]*)?$",
                 2048, is_url};
const Format origin{"origin", "an origin such as 'https://shop.example.com', or '*'",
                    "^(\\*|https?://" KFORGE_AUTHORITY ")$", 2048, is_origin};
const Format image{"image", "an image such as 'registry.example.com/shop/product-service:v1.0.0'", image_pattern, 1024,
                   is_image};
const Format registry{"registry", "a registry such as 'registry.example.com/shop'",
                      "^" KFORGE_AUTHORITY "(/" KFORGE_IMAGE_PATH ")?$", 512, is_registry};
const Format route_path{"route-path", "a path that begins with '/'", "^/[-A-Za-z0-9._~!$&'()*+,;=:@%/]*$", 1024,
                        is_route_path};
const Format probe_path{"probe-path", "a path that begins with '/'", "^/[!-~]*$", 1024, is_probe_path};
const Format absolute_path{"absolute-path", "an absolute path without '..'", "^(?!.*/\\.\\.(/|$))/[!-~]*$", 1024,
                           is_absolute_path};
const Format file_path{"file-path", "a path below the folder of the project file, without '..'",
                       "^(?!/)(?!(.*/)?\\.\\.(/|$))[^\\u0000-\\u001f\\u007f]+$", 1024, is_file_path};
const Format duration{"duration", "a duration such as '90s' or '5m'",
                      "^([0-9]{1,6}|(?=.)([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,6}s)?)$", 21, is_duration};
const Format quantity{"quantity", "a quantity such as '250m' or '512Mi'", "^" KFORGE_QUANTITY "$", 32, is_quantity};
const Format limit{"limit", "a quantity such as '500m' or '512Mi', or 'none'", "^(none|" KFORGE_QUANTITY ")$", 32,
                   is_limit};
const Format percent{"percent", "a percentage such as '25%'", "^[0-9]{1,3}%$", 4, is_percent};
const Format env_name{"env-name", "a name of letters, digits and '_' that begins with no digit",
                      "^[A-Za-z_][A-Za-z0-9_]*$", 253, is_env_name};
const Format secret_key{"secret-key", "a key of letters, digits, '-', '_' and '.'", "^[-A-Za-z0-9._]+$", 253,
                        is_secret_key};
const Format secret_reference{"secret-reference", "a key of a secret such as 'payment-provider.apiKey'",
                              "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\\.[-A-Za-z0-9._]+$", 317, is_secret_reference};
const Format label_key{"label-key", "a label key such as 'owner' or 'example.com/team'",
                       "^(" KFORGE_SUBDOMAIN "/)?" KFORGE_QUALIFIED "$", 317, is_label_key};
const Format label_value{"label-value", "at most 63 letters, digits, '-', '_' and '.'", "^(" KFORGE_QUALIFIED ")?$", 63,
                         is_label_value};
const Format database_name{"database-name",
                           "a name of lower-case letters, digits, '_' and '-' that begins with a letter",
                           "^[a-z_][a-z0-9_-]*$", 63, is_database_name};
const Format parameter_name{"parameter-name", "the name of a setting such as 'max_connections'", "^[a-z_][a-z0-9_.]*$",
                            128, is_parameter_name};
const Format minor_version{"minor-version", "a Kubernetes version such as '1.30'", "^1\\.[0-9]{1,3}$", 5,
                           is_minor_version};
const Format realm_name{"realm-name", "a name of letters, digits, '-' and '_'", "^[A-Za-z0-9][A-Za-z0-9_-]*$", 63,
                        is_realm_name};
const Format kind_name{"kind-name", "a Kubernetes kind such as 'Deployment'", "^[A-Z][A-Za-z0-9]*$", 63, is_kind_name};
const Format service_or_all{"service-or-all", "the name of a service, or '*'", "^(\\*|[a-z]([-a-z0-9]*[a-z0-9])?)$", 63,
                            is_service_or_all};

}  // namespace formats

long seconds_of(std::string_view duration) {
  long seconds = 0;
  read_duration(duration, seconds);
  return seconds;
}

}  // namespace kforge::project
