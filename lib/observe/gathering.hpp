// SPDX-License-Identifier: Apache-2.0
// Requests in flight together; their objects come in the order of the requests, whatever came first.
#pragma once

#include "kube/client.hpp"

#include <optional>
#include <vector>

namespace kforge::observe {

// Without what is required nothing can be said; the rest makes it better. What a cluster does not serve at all is no
// error either way.
enum class Need { required, optional };

class Gathering {
 public:
  explicit Gathering(kube::Client& client) : client_(client) {}
  // After an interrupt no answer may come to a frame that is gone.
  ~Gathering();
  Gathering(const Gathering&) = delete;
  Gathering& operator=(const Gathering&) = delete;

  void read(kube::ApiRequest request, Need need);
  // Objects and items of lists. Throws the first error, unless it says "not found", or "forbidden" of something
  // optional.
  std::vector<Json> finish();

 private:
  void keep(std::size_t place, Need need, kube::ApiResult result);

  kube::Client& client_;
  std::vector<kube::RequestId> requests_;
  std::size_t open_ = 0;
  std::vector<std::vector<Json>> parts_;
  std::optional<Error> error_;
};

}  // namespace kforge::observe
