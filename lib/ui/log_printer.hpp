// SPDX-License-Identifier: Apache-2.0
// How lines of logs look: a column with service and pod in the service's colour, or JSON lines, or as they are. Writes
// in large pieces and never waits for a slow terminal: it is full() until that has caught up.
#pragma once

#include "observe/logs/log_fields.hpp"
#include "observe/logs/log_filter.hpp"
#include "observe/logs/merge_window.hpp"
#include "os/terminal.hpp"
#include "ui/style.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kforge::ui {

enum class LogFormat { columns, raw, json };

struct LogView {
  LogFormat format = LogFormat::columns;
  bool stamps = false;              // the time of every line, as the server wrote it
  bool parse = false;               // lines that are JSON become level, message and fields
  std::vector<std::string> fields;  // of those; empty: all
  bool notes = true;                // our own remarks
  observe::LogFilter filter;
  std::vector<observe::Condition> where;  // only lines that are JSON and meet all of these
  std::vector<std::string> services;      // known ones, so that each gets a colour of its own
};

class LogPrinter final : public observe::LogSink {
 public:
  // The styles of stdout and stderr.
  LogPrinter(Terminal& terminal, const Style& out_style, const Style& err_style, LogView view);

  void on_origin(const observe::LogOrigin& origin) override;
  void on_line(const observe::LogOrigin& origin, const observe::LogLine& line) override;
  void on_note(const observe::LogOrigin& origin, std::string_view text) override;
  bool full() const override { return buffer_.size() - written_ >= most_pending; }

  // Writes what goes without waiting. Returns what to wait for. Throws OutputClosed when the reader has gone.
  OutputWatch flush();
  bool is_empty() const { return buffer_.size() == written_; }

 private:
  static constexpr std::size_t most_pending = std::size_t{256} << 10;
  struct Prefix {
    std::string label, colour, painted;
    int width = 0;
  };
  bool wanted(std::string_view text, Json& object) const;
  void begin_columns(const observe::LogOrigin& origin, const observe::LogLine& line);
  void add_columns(const observe::LogOrigin& origin, const observe::LogLine& line, const Json& object);
  void add_json(const observe::LogOrigin& origin, const observe::LogLine& line, const Json& object);
  void add_raw(const observe::LogLine& line);
  void add_text(std::string_view text);
  void add_fields(const Json& object);
  void add_rest(const std::string& name, const Json& value);
  std::string_view prefix_of(const observe::LogOrigin& origin);
  std::string colour_of(const std::string& service);
  std::string json_head(const observe::LogOrigin& origin) const;

  Terminal& terminal_;
  Style style_, err_style_;
  LogView view_;
  std::string buffer_;
  std::size_t written_ = 0;
  std::vector<Prefix> prefixes_;  // by number of the origin
  int prefix_width_ = 0;
  std::map<std::string, std::size_t> colours_;  // by service
};

}  // namespace kforge::ui
