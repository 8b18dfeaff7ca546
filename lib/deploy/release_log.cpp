// SPDX-License-Identifier: Apache-2.0
#include "deploy/release_log.hpp"

#include "base/digest.hpp"
#include "kube/user_agent.hpp"

#include <algorithm>

namespace kforge::deploy {
namespace {

constexpr std::size_t salt_length = 32, run_length = 16;
// How long the record of a run that failed may take.
constexpr std::chrono::seconds record_patience{5};

}  // namespace

ReleaseLog::ReleaseLog(Session& session, const ApplySet& set, Release about)
    : session_(session), set_(set), release_(std::move(about)) {
  const Origin& origin = session.origin();
  release_.by = origin.by();
  release_.url = origin.url;
  release_.commit = origin.commit;
  release_.branch = origin.branch;
  release_.tool = kube::user_agent();
  release_.run = random_alphanumeric(run_length);
}

ReleaseLog::~ReleaseLog() {
  if (look_) session_.client().cancel(*look_);
}

void ReleaseLog::look() {
  looked_ = true;
  if (look_) session_.client().cancel(*look_);
  look_ = session_.client().send(history_request(set_), [this](kube::ApiResult result) {
    look_.reset();
    look_failure_.reset();
    if (!result.ok() && !result.not_found())
      look_failure_ = failure_of(result, "cannot read the releases");
    else
      history_ = result.ok() ? history_of(std::move(result.body)) : History{};
  });
}

const History& ReleaseLog::history() {
  if (!session_.run_until([this] { return !look_; }))
    throw Error(ErrorKind::timed_out, "no answer from the cluster while reading the releases");
  if (look_failure_) throw Error(*look_failure_);
  return history_;
}

bool ReleaseLog::settled() {
  return !looked_ || (!history().heads.empty() && history().settled());
}

void ReleaseLog::heal() {
  for (ReleaseHead& head : history_.heads) {
    if (head.status != ReleaseStatus::pending) continue;
    set_status(session_, set_, head.number, ReleaseStatus::interrupted);
    head.status = ReleaseStatus::interrupted;
  }
}

// Of a run for some services the others' objects are those of the last release.
ReleaseContent ReleaseLog::content_of_run(const render::Rendered& rendered) {
  std::optional<Release> last;
  if (!history_.heads.empty()) last = read_release(session_, set_, history_.heads.front().number);
  release_.salt = last && !last->salt.empty() ? last->salt : random_alphanumeric(salt_length);
  const bool keeps_values = session_.project().releases.keep_secret_values;
  ReleaseContent content{.objects = without_values(rendered, release_.salt)};
  if (keeps_values) content.values = values_in(rendered, release_.salt);
  if (release_.services.empty()) return content;
  const ReleaseHead* good = history_.last_good();
  if (good == nullptr) return merged({}, content, release_.services);
  const Release release = good->number == last->number ? *last : read_release(session_, set_, good->number);
  ReleaseContent before = read_content(session_, set_, release);
  if (!keeps_values) before.values.clear();
  return merged(before, content, release_.services);
}

void ReleaseLog::open(const render::Rendered& rendered) {
  if (open_ || !looked_) return;
  history();
  heal();
  store(content_of_run(rendered));
}

// What was rolled back does not run any more.
std::optional<Release> ReleaseLog::open_edited(const EditContent& edit) {
  history();
  heal();
  const auto runs = std::ranges::find_if(
      history_.heads, [](const ReleaseHead& head) { return head.status != ReleaseStatus::rolled_back; });
  if (runs == history_.heads.end()) return std::nullopt;
  Release last = read_release(session_, set_, runs->number);
  release_.salt = last.salt;
  ReleaseContent content = read_content(session_, set_, last);
  if (!session_.project().releases.keep_secret_values) content.values.clear();
  content.objects = edit(std::move(content.objects));
  store(content);
  return last;
}

void ReleaseLog::store(const ReleaseContent& content) {
  release_.number = history_.next_number();
  release_.started = session_.server_now();
  release_.message = session_.masker().masked(std::move(release_.message));
  release_.hash = content_hash(content.objects);
  create_release(session_, set_, release_, content_text(content));
  open_ = true;
}

void ReleaseLog::add_images(const std::map<std::string, std::string>& images) {
  release_.images.insert(images.begin(), images.end());
}

void ReleaseLog::close(ReleaseStatus status, const std::string& failure) {
  if (!open_) return;
  open_ = false;
  release_.status = status;
  release_.finished = session_.server_now();
  release_.failure = session_.masker().masked(failure);
  for (ReleaseChange& change : release_.changes) change.detail = session_.masker().masked(std::move(change.detail));
  update_release(session_, set_, release_);
  history_.heads.insert(history_.heads.begin(), head_of(release_));
  if (status != ReleaseStatus::interrupted) trim_releases(session_, set_, history_);
}

void ReleaseLog::close_anyway(ReleaseStatus status, const std::string& failure) noexcept try {
  session_.extend_deadline(session_.now() + record_patience);
  close(status, failure);
} catch (const std::exception&) {  // NOLINT: the run has its own error to tell
}

}  // namespace kforge::deploy
