// From options to a request of the driver: what every command that compiles does first.
#pragma once
#include "cli/options.hpp"
#include "cli/report.hpp"
#include "driver/pipeline.hpp"

namespace ntkc::cli {

// What -D, --params, -I, --network, --kernel and --fold say; `usual` is the command's default for --kernel. Errors: 69xx, 7xxx, 8xxx.
std::optional<driver::Request> request(const Options& options, const std::string& spec, lower::Kernels usual, Diagnostics& diagnostics);

// Specs from the disk, the spec `-` from standard input (read once).
class Provider : public SourceProvider {
 public:
  std::variant<std::string, ReadFailure> read(const std::string& path) override;
  std::string identity(const std::string& path) override;

 private:
  std::optional<std::string> input_;
};
inline constexpr const char* kStandardInput = "<stdin>";  // how diagnostics call it

// --dump and --dump-after: compiles as far as needed and prints. Nothing if neither was given; else the exit status.
std::optional<int> dump(const Options& options, const driver::Request& request, SourceProvider& provider, Report& report);

}  // namespace ntkc::cli
