// SPDX-License-Identifier: Apache-2.0
// The result of a run as the one JSON document of `-o json`, gathered from the events.
#pragma once

#include "base/json.hpp"
#include "ui/view.hpp"

#include <map>
#include <optional>

namespace kforge::ui {

class ResultDocument final : public deploy::Observer {
 public:
  void on_event(const deploy::Event& event) override;
  // Complete on every path; the caller adds "error".
  Json document() const;

 private:
  Json& object_row(project::Tier tier, const kube::ObjectRef& object);

  deploy::Started started_;
  std::optional<deploy::Finished> finished_;
  Json stages_ = Json::array(), objects_ = Json::array(), failures_ = Json::array(), warnings_ = Json::array();
  std::map<kube::ObjectRef, std::size_t> rows_;
};

}  // namespace kforge::ui
