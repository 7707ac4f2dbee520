#include "driver/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "support/output.hpp"

namespace ntkc::driver {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::string duration(double s) {
  const auto whole = static_cast<std::uint64_t>(std::llround(s));
  if (whole >= 3600) return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
  return whole >= 60 ? fmt::format("{} min {:02} s", whole / 60, whole % 60) : fmt::format("{} s", whole);
}

}  // namespace

Progress::Progress(When when, std::uint64_t total)
    : when_(when), terminal_(isatty(STDERR_FILENO) != 0), total_(std::max<std::uint64_t>(total, 1)) {
  next_ = start_ + (terminal_ || when == When::always ? seconds(1) : seconds(60));
}

Progress::~Progress() {
  if (shown_ && terminal_) write_descriptor(STDERR_FILENO, "\r\033[K");
}

void Progress::advance(std::uint64_t done) {
  done_ += done;
  const auto now = Clock::now();
  if (when_ == When::never || now < next_ || done_ >= total_) return;
  const double passed = std::chrono::duration<double>(now - start_).count(),
               part = static_cast<double>(done_) / static_cast<double>(total_);
  const std::string words = fmt::format("{:3.0f} %, {} left", 100 * part, duration(passed * (1 - part) / std::max(part, 1e-9)));
  constexpr std::size_t kWidth = 40;
  const auto filled = static_cast<std::size_t>(part * kWidth);
  write_descriptor(STDERR_FILENO,
                   terminal_ ? fmt::format("\r[{:=<{}}{:<{}}] {}\033[K", "", filled, "", kWidth - filled, words) : "ntkc: " + words + "\n");
  shown_ = true;
  next_ = now + (terminal_ ? milliseconds(200) : milliseconds(seconds(60)));
}

}  // namespace ntkc::driver
