// The leaves of random specs: numbers, affine layers and activations with random arguments.
#pragma once
#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <vector>

namespace ntkc::tests {

class RandomLayers {
 protected:
  explicit RandomLayers(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15u + 0x632be59bd9b4e019u) {}

  std::uint64_t next() {  // splitmix64
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  int below(int n) { return static_cast<int>(next() % static_cast<unsigned>(n)); }
  double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  bool chance(double p) { return unit() < p; }
  std::string real(double lo, double hi) { return fmt::format("{:.3g}", lo + (hi - lo) * unit()); }
  std::string signed_real(double hi) { return real(-hi, hi); }
  std::string positive(double lo, double hi) {
    if (!params_.empty() && chance(0.3)) return params_[below(static_cast<int>(params_.size()))] + (chance(0.3) ? " * 0.9" : "");
    return chance(0.1) ? "sqrt(2)" : real(lo, hi);
  }

  std::string dense();
  std::string activation();

  bool nngp_only_ = false, growing_ = false, widths_ = false;
  std::vector<std::string> params_;  // names that may stand where a positive number is wanted

 private:
  std::uint64_t state_;
};

}  // namespace ntkc::tests
