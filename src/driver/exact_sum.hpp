// Sums whose value does not depend on the order of their terms: fixed-point integers. For terms of a known bound; the error of a sum of n
// terms is below n 2^-90 of that bound, less than that of any sum in doubles.
#pragma once
#include <cmath>
#include <vector>

namespace ntkc::driver {

class ExactSums {
 public:
  // `count` sums of terms of magnitude at most (about) `bound`, at most 2^36 of them each.
  ExactSums(std::size_t count, double bound) : sums_(count, 0), exponent_(bound > 0 ? std::ilogb(bound) + 1 : 0) {}
  void add(std::size_t i, double term) { sums_[i] += static_cast<Fixed>(std::ldexp(term, kBits - exponent_)); }
  double sum(std::size_t i) const { return std::ldexp(static_cast<double>(sums_[i]), exponent_ - kBits); }

 private:
  __extension__ typedef __int128 Fixed;
  static constexpr int kBits = 90;
  std::vector<Fixed> sums_;
  int exponent_;
};

}  // namespace ntkc::driver
