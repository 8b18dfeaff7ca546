// SPDX-License-Identifier: Apache-2.0
// Image references: https://github.com/opencontainers/distribution-spec and the grammar of distribution/reference.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kforge::project {

struct ImageReference {
  std::string registry;  // "registry.example.com:5000"; empty: the node's default
  std::string path;      // "shop/product-service"
  std::string tag;       // "v1.0.0"; empty: none
  std::string digest;    // "sha256:…"; empty: none
};

// Empty when the text is no image reference.
std::optional<ImageReference> parse_image(std::string_view text);
// The path part alone: components of [a-z0-9] joined by '.', '_', '__' or dashes, between slashes.
bool is_image_path(std::string_view text);

// "registry.example.com/shop" and "product-service:v1" joined; an image with a registry part stays.
std::string with_registry(const std::string& registry, const std::string& image);

// The PostgreSQL major version that the tag begins with: "17.6-bookworm" -> 17; 0 when it begins with none.
int major_of_tag(std::string_view tag);

// ECMA 262 pattern that accepts what parse_image() does.
extern const std::string_view image_pattern;

}  // namespace kforge::project
