// SPDX-License-Identifier: Apache-2.0
#include "deploy/up_run.hpp"

namespace kforge::deploy {

Finished up(const Context& context, const UpRequest& request) {
  UpInput input{
      .values = render::resolve_local(context.project, context.environment.variables),
      .render = [&context](const render::SecretValues& values) { return render::render(context.project, values); }};
  Session session(context, request.timeout);
  return run_up(session, request, std::move(input));
}

}  // namespace kforge::deploy
