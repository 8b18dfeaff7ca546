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
Action bind_lock(OptionTable& table);
Action bind_unlock(OptionTable& table);
Action bind_scale(OptionTable& table);
Action bind_autoscale(OptionTable& table);
Action bind_restart(OptionTable& table);
Action bind_stop(OptionTable& table);
Action bind_start(OptionTable& table);
Action bind_pause(OptionTable& table);
Action bind_resume(OptionTable& table);
Action bind_set_image(OptionTable& table);
Action bind_logs(OptionTable& table);
Action bind_status(OptionTable& table);
Action bind_run(OptionTable& table);
Action bind_exec(OptionTable& table);
Action bind_port_forward(OptionTable& table);
Action bind_describe(OptionTable& table);
Action bind_drift(OptionTable& table);
Action bind_events(OptionTable& table);
Action bind_top(OptionTable& table);
Action bind_health(OptionTable& table);
Action bind_open(OptionTable& table);
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
Action bind_history(OptionTable& table);
Action bind_rollback(OptionTable& table);
Action bind_help(OptionTable& table);
Action bind_complete(OptionTable& table);

}  // namespace kforge::cli
