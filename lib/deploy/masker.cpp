// SPDX-License-Identifier: Apache-2.0
#include "deploy/masker.hpp"

#include "base/json.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <cctype>

namespace kforge::deploy {
namespace {

constexpr std::size_t shortest_part = 4;
constexpr std::size_t shortest_line = 8;  // of a value with several lines, such as a PEM key
constexpr std::string_view redacted = "[redacted]";

bool is_word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

std::string replace_words(const std::string& text, const std::string& word) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const bool starts = at == 0 || !is_word_character(text[at - 1]);
    const std::size_t end = at + word.size();
    const bool ends = end >= text.size() || !is_word_character(text[end]);
    if (starts && ends && text.compare(at, word.size(), word) == 0) {
      out += redacted;
      at = end;
    } else {
      out += text[at++];
    }
  }
  return out;
}

void mask_verdict(const Masker& masker, rollout::Verdict& verdict) {
  verdict.message = masker.masked(std::move(verdict.message));
  verdict.evidence = masker.masked(std::move(verdict.evidence));
}

void mask_lines(const Masker& masker, std::vector<std::string>& lines) {
  for (std::string& line : lines) line = masker.masked(std::move(line));
}

}  // namespace

void Masker::add(std::string_view value) {
  if (value.empty()) return;
  if (value.size() < shortest_part) {
    whole_words_.emplace_back(value);
    return;
  }
  add_form(std::string(value));
  add_form(base64_encode(value));
  add_form(url_encode(value));
  const std::string quoted = to_text(Json(std::string(value)));
  add_form(quoted.substr(1, quoted.size() - 2));
  if (contains(value, "\n"))
    for (const std::string& line : split(value, '\n'))
      if (trim(line).size() >= shortest_line) add_form(std::string(trim(line)));
}

void Masker::add_form(std::string form) {
  if (std::ranges::find(forms_, form) != forms_.end()) return;
  const auto place = std::ranges::find_if(forms_, [&](const std::string& other) { return other.size() < form.size(); });
  forms_.insert(place, std::move(form));
}

std::string Masker::masked(std::string text) const {
  for (const std::string& form : forms_)
    if (contains(text, form)) text = replace_all(std::move(text), form, redacted);
  for (const std::string& word : whole_words_)
    if (contains(text, word)) text = replace_words(text, word);
  return text;
}

Error Masker::masked(const Error& error) const {
  Error copy(error.kind, masked(std::string(error.what())));
  copy.cause = masked(error.cause);
  copy.advice = masked(error.advice);
  copy.code = error.code;
  copy.place = error.place;
  return copy;
}

void Masker::mask(Event& event) const {
  if (auto* state = std::get_if<ObjectState>(&event)) mask_verdict(*this, state->verdict);
  if (auto* applied = std::get_if<ObjectApplied>(&event)) applied->detail = masked(std::move(applied->detail));
  if (auto* warning = std::get_if<WarningText>(&event)) warning->text = masked(std::move(warning->text));
  if (auto* diagnosis = std::get_if<Diagnosis>(&event)) {
    mask_verdict(*this, diagnosis->verdict);
    mask_lines(*this, diagnosis->log_lines);
    mask_lines(*this, diagnosis->event_lines);
  }
}

}  // namespace kforge::deploy
