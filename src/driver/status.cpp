#include "driver/status.hpp"

#include <algorithm>

namespace ntkc::driver {
namespace {

int status(Code code) {
  if (code == Code::spec_unreadable || code == Code::import_unreadable) return kSystem;
  const int family = static_cast<int>(code) / 1000;
  return family == 8 ? kSystem : family == 7 ? kUsage : kInput;
}

}  // namespace

int status(const Diagnostics& diagnostics) {
  int worst = kSuccess;
  for (const Diagnostic& d : diagnostics.all())
    if (d.severity == Severity::error) worst = std::max(worst, status(d.code));
  return worst;
}

}  // namespace ntkc::driver
