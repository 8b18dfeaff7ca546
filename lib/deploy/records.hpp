// SPDX-License-Identifier: Apache-2.0
// The ApplySet parent in the cluster: widened before a run writes, made exact after it.
#pragma once

#include "deploy/applyset.hpp"
#include "deploy/session.hpp"

namespace kforge::deploy {

class ParentRecord {
 public:
  // `live` is the parent as it stands in the cluster, or null.
  ParentRecord(Session& session, const ApplySet& set, Json live);

  bool says(const Extent& extent) const;
  // Writes it unless it says so already. Throws what the server answers.
  void write(const Extent& extent);
  // What the live parent says, together with `extent`.
  Extent widened(Extent extent) const;

 private:
  Session& session_;
  const ApplySet& set_;
  Json live_;
};

}  // namespace kforge::deploy
