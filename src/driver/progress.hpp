// How far work has come, on standard error.
#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>

namespace ntkc::driver {

class Progress {
 public:
  enum class When { automatic, always, never };
  // automatic: a bar on a terminal after a second of work; elsewhere a line a minute.
  Progress(When when, std::uint64_t total);
  ~Progress();  // clears the bar
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void advance(std::uint64_t done);
  void skip(std::uint64_t entries) { total_ -= std::min(entries, total_ - 1); }  // they need no work

 private:
  using Clock = std::chrono::steady_clock;
  When when_;
  bool terminal_, shown_ = false;
  std::uint64_t total_, done_ = 0;
  Clock::time_point start_ = Clock::now(), next_;
};

}  // namespace ntkc::driver
