// SPDX-License-Identifier: Apache-2.0
#include "deploy/up_run.hpp"

namespace kforge::deploy {

Finished up(const Context& context, const UpRequest& request) {
  UpInput input = input_of(context);
  Session session(context, request.timeout);
  return run_up(session, request, std::move(input));
}

}  // namespace kforge::deploy
