// SPDX-License-Identifier: Apache-2.0
// The record that a run keeps of itself: opened before its first write, closed with how it ended.
#pragma once

#include "deploy/releases.hpp"

#include <functional>
#include <optional>
#include <string>

namespace kforge::deploy {

class ReleaseLog {
 public:
  // `about` says what the run is: action, services, message, the release it brings back. The rest is filled in.
  ReleaseLog(Session& session, const ApplySet& set, Release about);
  ~ReleaseLog();
  ReleaseLog(const ReleaseLog&) = delete;
  ReleaseLog& operator=(const ReleaseLog&) = delete;

  // Sends the question for the history, so that it is answered beside others.
  void look();
  // The history as look() found it. Throws what the server answers.
  const History& history();
  // Whether the last release is deployed: nothing of it is left to do. True when nobody looked.
  bool settled();

  // Calls what killed runs left behind interrupted and stores the content. Only with the deploy lock.
  void open(const render::Rendered& rendered);
  // The same for a run that changes in place what the last release deployed: stores the content of that one as `edit`
  // leaves it. Returns the last release, or nothing, and opens nothing, when there is none.
  using EditContent = std::function<render::Rendered(render::Rendered content)>;
  std::optional<Release> open_edited(const EditContent& edit);
  bool is_open() const { return open_; }
  const Release& release() const { return release_; }

  void add(ReleaseChange change) { release_.changes.push_back(std::move(change)); }
  void add(ReleaseStage stage) { release_.stages.push_back(std::move(stage)); }
  void add_images(const std::map<std::string, std::string>& images);
  // Nothing when it is not open. Unless it was interrupted, the oldest releases go.
  void close(ReleaseStatus status, const std::string& failure = {});
  // The same on the way out of an error. A record that cannot be closed stays pending: the next run calls it
  // interrupted.
  void close_anyway(ReleaseStatus status, const std::string& failure) noexcept;

 private:
  void heal();
  void store(const ReleaseContent& content);
  ReleaseContent content_of_run(const render::Rendered& rendered);

  Session& session_;
  const ApplySet& set_;
  Release release_;
  bool looked_ = false, open_ = false;
  std::optional<kube::RequestId> look_;
  std::optional<Error> look_failure_;
  History history_;
};

}  // namespace kforge::deploy
