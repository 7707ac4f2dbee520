// Diagnostics for people and for programs. All three sort by place: file, then offset; what has no place comes first.
#pragma once
#include <span>
#include <string>

#include "support/diagnostics.hpp"

namespace ntkc::driver {

// What one spec (or the command itself: no sources then) has to say.
struct Findings {
  const Sources* sources;
  const Diagnostics* diagnostics;
};

// file:line:col: error: message [NTKnnnn], the line with carets under the span, notes with their places, help.
std::string to_text(std::span<const Findings> findings, bool color);
std::string to_text(const Diagnostic& diagnostic, const Sources* sources, bool color);

// {"version": 1, "errors": n, "warnings": n, "diagnostics": [{"code", "severity", "message", "place"?, "notes": [{"message", "place"?}],
// "help"?}]} with place {"file", "line", "column", "end_line", "end_column", "offset", "length"}: lines and columns from 1 in code points,
// end exclusive, offset and length in bytes.
std::string to_json(std::span<const Findings> findings);

// SARIF 2.1.0 (OASIS), one run; the rules are the codes that occur.
std::string to_sarif(std::span<const Findings> findings);

// A message with a name of a megabyte in it, cut in the middle.
std::string shortened(const std::string& message);

// The diagnostics of one set in the order of printing.
std::vector<const Diagnostic*> sorted(const Diagnostics& diagnostics);

}  // namespace ntkc::driver
