// SPDX-License-Identifier: Apache-2.0
// What the command table calls; each stands in a file of its own.
#pragma once

#include "cli/command_table.hpp"

namespace kforge::cli {

Action bind_check(OptionTable& table);
Action bind_render(OptionTable& table);
Action bind_schema(OptionTable& table);
Action bind_explain(OptionTable& table);
Action bind_plan(OptionTable& table);
Action bind_up(OptionTable& table);
Action bind_down(OptionTable& table);
Action bind_logs(OptionTable& table);
Action bind_status(OptionTable& table);
Action bind_exec(OptionTable& table);
Action bind_port_forward(OptionTable& table);
Action bind_describe(OptionTable& table);
Action bind_drift(OptionTable& table);
Action bind_events(OptionTable& table);
Action bind_top(OptionTable& table);
Action bind_sandbox_start(OptionTable& table);
Action bind_sandbox_stop(OptionTable& table);
Action bind_sandbox_status(OptionTable& table);
Action bind_sandbox_reset(OptionTable& table);
Action bind_sandbox_kubeconfig(OptionTable& table);
Action bind_sandbox_logs(OptionTable& table);
Action bind_sandbox_faults(OptionTable& table);
Action bind_sandbox_serve(OptionTable& table);
Action bind_view_connection(OptionTable& table);
Action bind_completion(OptionTable& table);
Action bind_version(OptionTable& table);
Action bind_help(OptionTable& table);
Action bind_complete(OptionTable& table);

}  // namespace kforge::cli
