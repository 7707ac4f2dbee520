// Params from outside: -D NAME=EXPR and --params FILE.json.
#pragma once
#include "driver/pipeline.hpp"

namespace ntkc::driver {

// "depth=5"; a text without a name or a value is a diagnostic.
std::optional<Define> parse_define(const std::string& text, Diagnostics& diagnostics);

// {"depth": 5, "act": "gelu", "weights": [1, 2], "net": {"sigma_w": 1.5}}: nested objects qualify names. Errors: unreadable, not such a
// file.
std::optional<std::vector<Define>> read_params(const std::string& path, Diagnostics& diagnostics);

}  // namespace ntkc::driver
