// The network that is measured: three hidden layers with bias.
#pragma once
#include <stdexcept>
#include <string>

#include "driver/pipeline.hpp"

namespace bench {

inline constexpr std::size_t kColumns = 784;

inline ntkc::driver::Compilation network(const std::string& activation, std::size_t columns = kColumns, ntkc::lower::Kernels kernels = {}) {
  ntkc::MemoryProvider provider(
      {{"bench.ntk", "ntk 1\nnetwork n {\n  input x: [" + std::to_string(columns) +
                         "]\n  default dense(sigma_w = 1.4, sigma_b = 0.1)\n  repeat 3 { dense; " + activation + " }\n  dense\n}\n"}});
  ntkc::driver::Request request;
  request.spec = "bench.ntk";
  request.kernels = kernels;
  auto c = ntkc::driver::compile(provider, request);
  if (!c.ok()) throw std::logic_error("the benchmark's spec has errors");
  return c;
}

}  // namespace bench
