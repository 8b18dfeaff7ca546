// SPDX-License-Identifier: Apache-2.0
#include "ui/plan_view.hpp"

#include "base/text.hpp"
#include "ui/status_table.hpp"
#include "ui/text_change.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace kforge::ui {
namespace {

using deploy::Category;

constexpr int widest_name = 60;
constexpr int longest_value = 70;

struct Mark {
  std::string_view glyph;
  Colour colour;
};

Mark mark_of(Category category) {
  switch (category) {
    case Category::create:
      return {"+", Colour::green};
    case Category::update:
    case Category::restart:
      return {"~", Colour::yellow};
    case Category::recreate:
      return {"-/+", Colour::red};
    case Category::conflict:
      return {"!", Colour::red};
    case Category::remove:
      return {"-", Colour::red};
    case Category::keep:
      return {"=", Colour::dim};
    case Category::unchanged:
      return {" ", Colour::dim};
  }
  return {" ", Colour::none};
}

// "spec.containers[app].env[LOG_LEVEL].value" without the ".value" that every variable has.
std::string short_path(const std::string& path) {
  return path.ends_with("].value") ? path.substr(0, path.size() - 6) : path;
}

std::string value_text(const Json& value) {
  if (!value.is_string()) return to_text(value);
  const auto& text = value.get_ref<const std::string&>();
  return text.empty() || text.front() == ' ' || text.back() == ' ' ? to_text(value) : text;
}

// Of images that differ in nothing but their tag, the tags.
std::pair<std::string, std::string> both_texts(const deploy::FieldChange& field) {
  std::string before = value_text(field.before), after = value_text(field.after);
  if (!field.path.ends_with(".image")) return {before, after};
  const auto colon = before.rfind(':');
  const bool same = colon != std::string::npos && before.find('/', colon) == std::string::npos &&
                    !contains(before, "@") && !contains(after, "@") &&
                    after.compare(0, colon + 1, before, 0, colon + 1) == 0 &&
                    after.find(':', colon + 1) == std::string::npos && after.size() > colon + 1;
  return same ? std::pair(before.substr(colon + 1), after.substr(colon + 1)) : std::pair(before, after);
}

std::string shortened(std::string text, const PlanLook& look, const Style& style) {
  if (look.detail == Detail::full || !style.terminal) return text;
  return Line(text).cut(longest_value, style).paint({.colour = false, .utf8 = true});
}

Line value_line(const deploy::FieldChange& field, const PlanLook& look, const Style& style) {
  const auto [before, after] = both_texts(field);
  if (field.before.is_null()) return Line("+ ", Colour::green).add(shortened(after, look, style));
  if (field.after.is_null()) return Line("- ", Colour::red).add(shortened(before, look, style));
  return Line(shortened(before, look, style))
      .add(" ")
      .add(style.arrow())
      .add(" ")
      .add(shortened(after, look, style), Colour::bold);
}

// "   by kubectl-edit, 2d ago" in a drift.
std::string holder_text(const deploy::FieldChange& field, const PlanLook& look) {
  if (field.manager.empty()) return {};
  return fmt::format("   by {}{}", field.manager,
                     field.since ? fmt::format(", {} ago", age_text(field.since, look.now)) : std::string());
}

// On the same line when it fits, below its name otherwise.
std::vector<Line> beside_or_below(const Line& name, const Line& value, const Style& style) {
  Line one(name);
  one.add("   ").add(value);
  if (!style.terminal || one.width() <= style.width) return {one};
  return {name.cut(style.width, style), Line("      ").add(value).cut(style.width, style)};
}

std::vector<Line> conflict_lines(const deploy::HeldField& field, const PlanLook& look, const Style& style) {
  Line what(fmt::format("    {} is set by ", short_path(field.path)));
  what.add(field.manager, Colour::bold);
  if (field.since) what.add(fmt::format(" ({} ago)", age_text(field.since, look.now)), Colour::dim);
  Line values(fmt::format("live {}, ours {}", shortened(value_text(field.live), look, style),
                          shortened(value_text(field.ours), look, style)));
  Line one(what);
  one.add(": ").add(values);
  if (!style.terminal || one.width() <= style.width) return {one};
  return {what.cut(style.width, style), Line("      ").add(values).cut(style.width, style)};
}

bool tells_restarts(const kube::ObjectRef& object) {
  static constexpr std::string_view kinds[] = {"Deployment", "StatefulSet", "DaemonSet", "ConfigMap", "Secret"};
  return std::ranges::find(kinds, object.kind.kind) != std::end(kinds);
}

std::string effect_text(const deploy::PlannedObject& object) {
  std::vector<std::string> parts;
  if (!object.replaces.empty()) parts.push_back("replaces " + object.replaces);
  if (!object.remark.empty()) parts.push_back(object.remark);
  if (const std::string impact = deploy::impact_text(object.impact); !impact.empty()) parts.push_back(impact);
  if (object.category == Category::update && tells_restarts(object.object)) parts.emplace_back("no restart");
  return join(parts, ", ");
}

bool is_shown(const deploy::PlannedObject& object, Detail detail) {
  return detail == Detail::full || (object.category != Category::unchanged && !object.routine);
}

class PlanText {
 public:
  PlanText(const deploy::Preview& preview, const PlanLook& look, const Style& style) : look_(look), style_(style) {
    for (const deploy::PlannedObject& object : preview.objects)
      if (is_shown(object, look.detail))
        name_column_ = std::max(name_column_, std::min(widest_name, display_width(object.object.to_string()) + 3));
  }

  std::vector<Line> lines_of(const deploy::PlannedObject& object) const {
    std::vector<Line> lines = head(object);
    const bool fields = object.category != Category::create || !object.replaces.empty() || look_.detail == Detail::full;
    for (const deploy::HeldField& field : object.conflicts) append(lines, conflict_lines(field, look_, style_));
    if (fields)
      for (const deploy::FieldChange& field : object.fields)
        if (!is_in_conflict(object, field)) append(lines, field_lines(field, look_, style_));
    return lines;
  }

 private:
  static void append(std::vector<Line>& lines, std::vector<Line> more) {
    lines.insert(lines.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }

  static bool is_in_conflict(const deploy::PlannedObject& object, const deploy::FieldChange& field) {
    return std::ranges::any_of(object.conflicts,
                               [&](const deploy::HeldField& held) { return held.path == field.path; });
  }

  std::vector<Line> head(const deploy::PlannedObject& object) const {
    const Mark mark = mark_of(object.category);
    Line name(mark.glyph, mark.colour);
    name.add(" ").add(object.object.to_string(), object.category == Category::unchanged ? Colour::dim : Colour::none);
    const std::string effect = effect_text(object);
    if (effect.empty()) return {style_.terminal ? name.cut(style_.width, style_) : name};
    Line one(name);
    one.pad_to(name_column_).add("  ").add(effect, effect_colour(object));
    if (!style_.terminal || one.width() <= style_.width) return {one};
    return {name.cut(style_.width, style_), Line("    ").add(effect, effect_colour(object)).cut(style_.width, style_)};
  }

  static Colour effect_colour(const deploy::PlannedObject& object) {
    return object.impact.restarts > 0 || object.category == Category::recreate ? Colour::yellow : Colour::dim;
  }

  const PlanLook& look_;
  const Style& style_;
  int name_column_ = 0;
};

}  // namespace

Line plan_title(const deploy::Started& run, const Style& style) {
  Line title(run.project, Colour::bold);
  title.add(" ").add(style.arrow()).add(" ").add(run.context.empty() ? run.server : run.context);
  if (!run.user.empty()) title.add(" as " + run.user);
  if (!run.environment.empty()) title.add(", environment " + run.environment);
  title.add(", " + run.command);
  return style.terminal ? title.cut(style.width, style) : title;
}

std::vector<Line> field_lines(const deploy::FieldChange& field, const PlanLook& look, const Style& style) {
  Line name("    " + short_path(field.path));
  if (!is_multiline(field.before) && !is_multiline(field.after))
    return beside_or_below(name, value_line(field, look, style).add(holder_text(field, look), Colour::dim), style);
  std::vector<Line> lines{name};
  for (Line& line : text_change_lines(field.before, field.after, look.detail))
    lines.push_back(style.terminal ? Line("      ").add(line).cut(style.width, style) : Line("      ").add(line));
  return lines;
}

std::string plan_counts(const deploy::Preview& preview) {
  using enum Category;
  std::vector<std::string> parts{
      fmt::format("{} to update", preview.count(update) + preview.count(restart)),
      fmt::format("{} to create", preview.count(create)),
  };
  if (const std::size_t count = preview.count(recreate); count > 0)
    parts.push_back(fmt::format("{} to recreate", count));
  parts.push_back(fmt::format("{} to delete", preview.count(remove)));
  if (const std::size_t count = preview.count(conflict); count > 0) parts.push_back(counted(count, "conflict"));
  const auto kept = std::ranges::count_if(
      preview.objects, [](const deploy::PlannedObject& object) { return object.category == keep && !object.routine; });
  if (kept > 0) parts.push_back(fmt::format("{} kept", kept));
  parts.push_back(fmt::format("{} unchanged", preview.count(unchanged)));
  return join(parts, ", ");
}

std::string drift_counts(const deploy::Preview& preview) {
  std::size_t fields = 0;
  for (const deploy::PlannedObject& object : preview.objects) fields += object.fields.size();
  const std::size_t differing = preview.count(Category::update), missing = preview.count(Category::remove);
  std::vector<std::string> parts;
  if (differing > 0)
    parts.push_back(fmt::format("{} of {} differ{} from {}", counted(fields, "field"), counted(differing, "object"),
                                fields == 1 ? "s" : "", preview.baseline));
  if (missing > 0) parts.push_back(counted(missing, "object") + (missing == 1 ? " is missing" : " are missing"));
  parts.push_back(fmt::format("{} as in {}", preview.count(Category::unchanged), preview.baseline));
  return join(parts, ", ");
}

std::vector<Line> plan_lines(const deploy::Preview& preview, const PlanLook& look, const Style& style) {
  const PlanText text(preview, look, style);
  std::vector<Line> lines;
  for (const deploy::PlannedObject& object : preview.objects)
    if (is_shown(object, look.detail))
      for (Line& line : text.lines_of(object)) lines.push_back(std::move(line));
  const int columns = style.terminal ? style.width : std::numeric_limits<int>::max();
  for (const std::string& part : wrapped(look.drift ? drift_counts(preview) : plan_counts(preview), columns))
    lines.emplace_back(part, Colour::bold);
  for (const std::string& remark : preview.remarks)
    for (const std::string& part : wrapped(fmt::format("{} {}", style.warn(), remark), columns))
      lines.emplace_back(part, Colour::yellow);
  return lines;
}

}  // namespace kforge::ui
