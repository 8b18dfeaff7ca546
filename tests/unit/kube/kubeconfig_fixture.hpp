// SPDX-License-Identifier: Apache-2.0
// Kubeconfigs in a temporary home, for tests of what they mean.
#pragma once

#include "base/error.hpp"
#include "base/text.hpp"
#include "kube/kubeconfig.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/kube/client_fixture.hpp"

#include <sys/stat.h>

#include <string>

namespace kforge::tests {

inline const KeyPair& cluster_authority() {
  static const KeyPair pair = make_certificate({.common_name = "cluster-ca", .authority = true});
  return pair;
}
inline const KeyPair& client_pair() {
  static const KeyPair pair = make_certificate({.common_name = "deployer", .issuer = &cluster_authority()});
  return pair;
}
inline std::string encoded(const std::string& text) {
  return base64_encode(text);
}

// A home folder with kubeconfigs in it; nothing of the real environment is seen.
struct Home {
  TempDir folder;
  Environment environment;
  kube::ConnectionFlags flags;
  std::string project_context;
  std::string service_account;  // a folder as in a pod

  Home() {
    environment.working_directory = folder.path();
    environment.variables["HOME"] = folder.path() + "/home";
    service_account = folder.path() + "/serviceaccount";
  }
  std::string write(const std::string& name, const std::string& text, unsigned mode = 0600) const {
    const std::string path = folder.write(name, text);
    ::chmod(path.c_str(), static_cast<mode_t>(mode));
    return path;
  }
  void config(const std::string& text) const { write("home/.kube/config", text); }
  // A kubeconfig with one context "prod" whose cluster and user have these lines (each indented by four spaces).
  void simple(const std::string& cluster_lines, const std::string& user_lines = "    token: t0ken\n") const {
    config(simple_text(cluster_lines, user_lines));
  }
  static std::string simple_text(const std::string& cluster_lines, const std::string& user_lines) {
    return "apiVersion: v1\nkind: Config\ncurrent-context: prod\n"
           "contexts:\n- name: prod\n  context: {cluster: main, user: me}\n"
           "clusters:\n- name: main\n  cluster:\n" +
           cluster_lines + "users:\n- name: me\n  user:\n" + user_lines;
  }
  kube::ClusterAccess load() const { return kube::load_access(flags, project_context, environment, service_account); }
  // The whole message of the error that loading ends with.
  std::string problem() const {
    try {
      load();
    } catch (const Error& error) {
      return whole(error);
    }
    return "no problem";
  }
};

const std::string server_line = "    server: https://kube.example:6443\n";

}  // namespace kforge::tests
