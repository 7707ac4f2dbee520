// Exit statuses: whose fault it was.
#pragma once
#include "support/diagnostics.hpp"

namespace ntkc::driver {

enum Status : int { kSuccess = 0, kInput = 1, kUsage = 2, kSystem = 3, kBug = 70 };

// Of the worst error: the system before the command line before the input.
int status(const Diagnostics& diagnostics);

}  // namespace ntkc::driver
