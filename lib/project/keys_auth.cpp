// SPDX-License-Identifier: Apache-2.0
#include "project/keys.hpp"
#include "project/rows.hpp"

namespace kforge::project {
namespace {

void read_realms(const yaml::Entry& entry, const Field& field, Auth& auth, Reader& reader) {
  auth.realms.clear();
  reader.each_item(entry, field, [&](const yaml::Node& item) {
    Realm& realm = auth.realms.emplace_back();
    if (item.is_mapping())
      reader.section(realm_section(), item, &realm);
    else
      realm.name = item.scalar;
  });
}

}  // namespace

const Section& auth_section() {
  static const Section table{
      "auth", "",
      rows(row_of_constant<Auth>({"kind", "", "The identity provider", required, "", "keycloak"}, {"keycloak"}),
           row<Auth>({"image", "quay.io/keycloak/keycloak:26.4.0",
                      "Image; your own build of it needs 'optimized: true'", interpolated},
                     text(formats::image), &Auth::image),
           row<Auth>({"optimized", "false", "The image was built with `kc.sh build`, so that it starts at once"},
                     boolean(), &Auth::optimized),
           row<Auth>({"replicas", "2", "Number of pods"}, integer(0, 50), &Auth::replicas),
           row<Auth>({"hostname", "", "The URL under which browsers reach it", interpolated, "",
                      "https://auth.shop.example.com"},
                     text(formats::url), &Auth::hostname),
           row<Auth>({"database", "keycloak", "Its database and role on the project's server"},
                     text(formats::database_name), &Auth::database),
           row<Auth>({"admin", "keycloak-admin",
                      "The secret with the keys 'username' and 'password' of the first administrator; generated unless "
                      "it stands in 'secrets'"},
                     text(formats::dns_label), &Auth::admin_secret),
           row_with<Auth>({"realms", "",
                           "Realms to make at first start; one named after the project unless given. The first one is "
                           "the services' own",
                           0, "", "[{name: shop, file: auth/shop-realm.json}]"},
                          {list_of({text(formats::realm_name), mapping_of(realm_section)}, 50)}, read_realms),
           row<Auth>({"resources", "", "CPU and memory"}, mapping_of(resources_section), &Auth::resources))};
  return table;
}

const Section& realm_section() {
  static const Section table{"realm", "",
                             rows(row<Realm>({"name", "", "The name of the realm", required, "", "shop"},
                                             text(formats::realm_name), &Realm::name),
                                  row<Realm>({"file", "", "An export of the realm; without it kforge makes a plain one",
                                              0, "", "auth/shop-realm.json"},
                                             text(formats::file_path), &Realm::file))};
  return table;
}

Auth product_auth() {
  Auth auth;
  auth.image = "quay.io/keycloak/keycloak:26.4.0";
  auth.admin_secret = "keycloak-admin";
  return auth;
}

}  // namespace kforge::project
