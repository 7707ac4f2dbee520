// Numbers of options. What is none is a diagnostic (7008) that names the option; the value is left alone then.
#pragma once
#include "cli/options.hpp"
#include "driver/progress.hpp"
#include "io/matrix.hpp"

namespace ntkc::cli {

struct Numbers {
  Diagnostics& diagnostics;

  void wrong(std::string_view option, const std::string& text, std::string_view what);
  void threads(const std::string& text, unsigned& to);                              // empty: left alone, as below
  void bytes(std::string_view option, const std::string& text, std::uint64_t& to);  // 512M, 4G
  void rows(std::string_view option, const std::string& text, io::Rows& to);        // A:B
  // A number in [low, high]; `what` says so.
  void whole(std::string_view option, const std::string& text, std::uint64_t low, std::uint64_t high, std::string_view what,
             std::uint64_t& to);
  void real(std::string_view option, const std::string& text, double low, double high, std::string_view what, double& to);
  // T,...: increasing numbers >= 0, `inf` among them.
  void times(std::string_view option, const std::string& text, std::vector<double>& to);
  void counts(std::string_view option, const std::string& text, std::vector<std::uint64_t>& to);  // K,...: increasing whole numbers
};

driver::Progress::When progress(const Options& options);
std::vector<std::string_view> split(std::string_view text, char by);

}  // namespace ntkc::cli
