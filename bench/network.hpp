// The network that is measured: hidden layers of one kind, three with bias if nothing else is said. `bent` has a kink that is not at 0.
#pragma once
#include <fmt/format.h>

#include <stdexcept>
#include <string>

#include "driver/pipeline.hpp"

namespace bench {

inline constexpr std::size_t kColumns = 784;

inline ntkc::driver::Compilation network(const std::string& activation, std::size_t columns = kColumns, ntkc::lower::Kernels kernels = {},
                                         int depth = 3, double bias = 0.1) {
  ntkc::MemoryProvider provider({{"bench.ntk", fmt::format("ntk 1\nactivation bent(x) = abs(x - 0.3) * tanh(x)\nnetwork n {{\n  input x: "
                                                           "[{}]\n  default dense(sigma_w = 1.4, sigma_b = {})\n"
                                                           "  repeat {} {{ dense; {} }}\n  dense\n}}\n",
                                                           columns, bias, depth, activation)}});
  ntkc::driver::Request request;
  request.spec = "bench.ntk";
  request.kernels = kernels;
  auto c = ntkc::driver::compile(provider, request);
  if (!c.ok()) throw std::logic_error("the benchmark's spec has errors");
  return c;
}

}  // namespace bench
