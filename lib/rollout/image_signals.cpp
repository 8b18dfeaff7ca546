// SPDX-License-Identifier: Apache-2.0
// Images that cannot be pulled. The words are those of the kubelet (pkg/kubelet/images), containerd, CRI-O and the
// registries; Kubernetes has no machine-readable reason for them.
#include "base/text.hpp"
#include "rollout/signal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kforge::rollout {
namespace {

using std::chrono::seconds;

struct PullFailure {
  CauseId cause;
  std::string_view message;
  std::optional<Milliseconds> fatal_after;
  std::int64_t fatal_count = 0;
};

constexpr PullFailure rate_limited{CauseId::image_rate_limited, "the registry limits pulls", std::nullopt};
constexpr PullFailure unreachable{CauseId::registry_unreachable, "the registry cannot be reached", std::nullopt};
constexpr PullFailure wrong_platform{CauseId::wrong_platform, "image is built for another platform", seconds(20), 2};
constexpr PullFailure denied{CauseId::image_access_denied, "no access to the image", seconds(30)};
constexpr PullFailure not_found{CauseId::image_not_found, "image not found", seconds(20), 2};
constexpr PullFailure unknown{CauseId::image_unusable, "image cannot be pulled", std::nullopt};

struct Phrase {
  std::string_view words;  // lower case
  const PullFailure& failure;
};

// The first phrase decides. Trouble on the way comes first: its texts embed what was asked for, such as "authorize".
constexpr std::array phrases = {
    Phrase{"toomanyrequests", rate_limited},
    Phrase{"429 too many requests", rate_limited},
    Phrase{"pull rate limit", rate_limited},
    Phrase{"i/o timeout", unreachable},
    Phrase{"no such host", unreachable},
    Phrase{"server misbehaving", unreachable},
    Phrase{"connection refused", unreachable},
    Phrase{"connection reset", unreachable},
    Phrase{"no route to host", unreachable},
    Phrase{"network is unreachable", unreachable},
    Phrase{"tls:", unreachable},
    Phrase{"tls handshake", unreachable},
    Phrase{"x509:", unreachable},
    Phrase{"unexpected eof", unreachable},
    Phrase{": eof", unreachable},
    Phrase{"context deadline exceeded", unreachable},
    Phrase{"context canceled", unreachable},
    Phrase{"server gave http response to https client", unreachable},
    Phrase{"500 internal server error", unreachable},
    Phrase{"502 bad gateway", unreachable},
    Phrase{"503 service unavailable", unreachable},
    Phrase{"504 gateway time", unreachable},
    Phrase{"no match for platform", wrong_platform},
    Phrase{"no matching manifest for", wrong_platform},
    Phrase{"no image found in image index for architecture", wrong_platform},
    Phrase{"pull access denied", denied},
    Phrase{"unauthorized", denied},
    Phrase{"authorization failed", denied},
    Phrase{"insufficient_scope", denied},
    Phrase{"no basic auth", denied},
    Phrase{"403 forbidden", denied},
    Phrase{"access denied", denied},
    Phrase{"access forbidden", denied},
    Phrase{"resource is denied", denied},
    Phrase{"denied:", denied},
    Phrase{"manifest unknown", not_found},
    Phrase{"name unknown", not_found},
    Phrase{"name_unknown", not_found},
    Phrase{"repository does not exist", not_found},
    Phrase{"404 not found", not_found},
    Phrase{"not found", not_found},
};

// The text without the image's own name, which may hold any of the phrases.
std::string searchable(std::string_view text, std::string_view image) {
  std::string lower = to_lower(text);
  return image.empty() ? lower : replace_all(std::move(lower), to_lower(image), "");
}

const PullFailure* classified(std::string_view text, std::string_view image) {
  const std::string lower = searchable(text, image);
  for (const Phrase& phrase : phrases)
    if (contains(lower, phrase.words)) return &phrase.failure;
  return nullptr;
}

// A registry tells who asked: that is nobody else's business ("… rate limit as 'USER': TOKEN").
std::string without_account(std::string_view text) {
  const auto as = text.find("rate limit as ");
  return std::string(as == std::string_view::npos ? text : text.substr(0, as + std::string_view("rate limit").size()));
}

bool about_pull_of(const Json& event, std::string_view image) {
  const std::string_view message = event_message(event);
  return event_reason(event) == "Failed" && contains(message, "Failed to pull image") &&
         (image.empty() || contains(message, image));
}

// The kubelet's last words about a pull: kubelets before 1.32 say only "Back-off pulling image" while they wait.
std::string_view last_pull_error(const Judging& judging, const ContainerView& container) {
  for (const Json* event : events_about(judging, uid_of(container.pod)))
    if (about_pull_of(*event, container.image())) return event_message(*event);
  return {};
}

// How often pulling this image failed since our write, for any pod.
std::int64_t failed_pulls(const Judging& judging, const ContainerView& container) {
  std::int64_t count = 0;
  for (const Json* event : judging.around.events)
    if (about_pull_of(*event, container.image()) && judging.since_our_write(event_time(*event)))
      count += event_count(*event);
  return count;
}

// What was known of this container's image before, when the node now says less.
const PullFailure* remembered(const Judging& judging, std::string_view container) {
  for (const PullFailure* failure : {&not_found, &denied, &wrong_platform, &rate_limited, &unreachable})
    if (judging.memory.since.contains(fmt::format("{}/{}", cause(failure->cause).code, container))) return failure;
  return nullptr;
}

Signal pull_signal(Judging& judging, const ContainerView& container, std::string_view said) {
  const PullFailure* failure = classified(said, container.image());
  if (failure == nullptr) {
    const std::string_view earlier = last_pull_error(judging, container);
    if (!earlier.empty()) said = earlier;
    failure = classified(earlier, container.image());
  }
  if (failure == nullptr) failure = remembered(judging, container.name());
  if (failure == nullptr) failure = &unknown;
  Signal signal = signal_on(container.pod, failure->cause, std::string(failure->message), without_account(said));
  signal.fatal_after = failure->fatal_after;
  signal.fatal_count = failure->fatal_count;
  signal.count = failed_pulls(judging, container);
  return signal;
}

std::optional<Signal> signal_for(Judging& judging, const ContainerView& container, std::string_view reason,
                                 std::string_view said) {
  const auto fatal = [&](CauseId id, std::string message, Milliseconds after) {
    Signal signal = signal_on(container.pod, id, std::move(message), said);
    signal.fatal_after = after;
    return signal;
  };
  if (reason == "ErrImagePull" || reason == "ImagePullBackOff") return pull_signal(judging, container, said);
  if (reason == "InvalidImageName") return fatal(CauseId::invalid_image_name, "image name is not valid", {});
  if (reason == "ErrImageNeverPull")
    return fatal(CauseId::image_never_pulled, "image is not on the node and may not be pulled", {});
  if (reason == "RegistryUnavailable")
    return fatal(CauseId::registry_unreachable, "the registry cannot be reached", seconds(60));
  if (reason == "ImageInspectError") return fatal(CauseId::image_unusable, "image cannot be inspected", seconds(60));
  if (reason == "SignatureValidationFailed")
    return fatal(CauseId::image_unusable, "the image's signature is not valid", seconds(60));
  return std::nullopt;
}

}  // namespace

std::string_view ContainerView::image() const {
  const std::string_view wanted = text_at(spec, {"image"});
  return wanted.empty() ? text_at(status, {"image"}) : wanted;
}

std::optional<Signal> image_signal(Judging& judging, const ContainerView& container) {
  const std::string_view reason = text_at(container.status, {"state", "waiting", "reason"});
  auto signal = signal_for(judging, container, reason, text_at(container.status, {"state", "waiting", "message"}));
  if (signal) signal->subject = container.image();
  return signal;
}

}  // namespace kforge::rollout
