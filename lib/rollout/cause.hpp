// SPDX-License-Identifier: Apache-2.0
// The table of causes: why an object failed, or is ready with a warning. Verdicts, `kforge explain KF2003`,
// docs/causes.md and reports all read it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kforge::rollout {

// The number is that of the code: public, documented, never re-used.
enum class CauseId : int {
  // a rollout as a whole
  no_progress = 2001,
  // images
  invalid_image_name = 2002,
  image_not_found = 2003,
  image_access_denied = 2004,
  image_rate_limited = 2005,
  registry_unreachable = 2006,
  image_never_pulled = 2007,
  image_unusable = 2008,
  wrong_platform = 2009,
  // containers
  config_missing = 2010,
  runs_as_root = 2011,
  container_not_created = 2012,
  cannot_start = 2013,
  crash_loop = 2014,
  out_of_memory = 2015,
  program_ends = 2016,
  init_container_fails = 2017,
  probe_kills = 2018,
  hook_fails = 2019,
  readiness_fails = 2020,
  // pods and nodes
  unschedulable = 2021,
  no_matching_node = 2022,
  scheduling_gated = 2023,
  pod_evicted = 2024,
  volume_not_mounted = 2025,
  sandbox_fails = 2026,
  pod_failed = 2027,
  container_lost = 2028,
  no_node_ready = 2029,
  // pods that cannot be created
  quota_exceeded = 2030,
  pod_security = 2031,
  admission_denied = 2032,
  webhook_unreachable = 2033,
  service_account_missing = 2034,
  namespace_terminating = 2035,
  pods_not_created = 2036,
  // jobs
  job_failed = 2040,
  job_deadline = 2041,
  suspended = 2042,
  // storage
  storage_class_missing = 2050,
  claim_lost = 2051,
  volume_not_provisioned = 2052,
  // network, autoscaling, disruption
  service_selects_nothing = 2060,
  service_port_unknown = 2061,
  address_pending = 2062,
  autoscaler_without_metrics = 2063,
  autoscaler_cannot_scale = 2064,
  budget_selects_nothing = 2065,
  budget_blocks_drains = 2066,
  // what others did to the object, or what it waits for
  paused = 2070,
  deleted = 2071,
  recreated = 2072,
  being_deleted = 2073,
  superseded = 2074,
  update_blocked = 2075,
  update_needs_deletion = 2076,
  partition_holds_all = 2077,
  nodes_not_ready = 2078,
  no_node_selected = 2079,
  // extensions of the API
  names_conflict = 2080,
  not_established = 2081,
  api_service_unavailable = 2082,
  stalled = 2083,
  no_readiness_signal = 2084,
};

struct Cause {
  CauseId id;
  std::string_view code;         // "KF2003"
  std::string_view reason;       // "ImageNotFound"
  std::string_view title;        // "image not found"
  std::string_view explanation;  // a paragraph for `kforge explain`
  std::string_view hint;         // one line: what to do
};

// By code.
const std::vector<Cause>& causes();
const Cause& cause(CauseId id);
// Null for an unknown code; "kf2003" and "2003" are accepted too.
const Cause* find_cause(std::string_view code);
// The page docs/causes.md; a test keeps the file and this equal.
std::string causes_markdown();

}  // namespace kforge::rollout
