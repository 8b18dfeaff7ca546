// SPDX-License-Identifier: Apache-2.0
// What the YAML parser says about a text, as a flat list. An alias is built by reading the events of its anchor again,
// so nothing is copied before the limits are checked.
#pragma once

#include "yaml/node.hpp"

#include <memory>
#include <vector>

namespace kforge::yaml {

enum class EventKind { document, scalar, alias, sequence, mapping, end };

// How a tag or the quotes decide the type of a node.
enum class Tag { plain, quoted, string, integer, number, boolean, null, sequence, mapping };

struct Event {
  EventKind kind = EventKind::scalar;
  Tag tag = Tag::plain;
  bool flow = false;         // of sequence and mapping: written with [] or {}
  int line = 0, column = 0;  // from 1
  std::size_t target = 0;    // of alias: index of the first event of what it stands for
  std::string text;          // of scalar
};

// Throws InvalidInput on bad syntax, unknown tags and aliases, and on the limits that need no expansion.
std::vector<Event> read_events(const std::shared_ptr<const Source>& source, const Limits& limits);

}  // namespace kforge::yaml
