// The table of ntk/runtime/math.hpp, row by row, and its judge: 50 digits on random bit patterns over the range and at its corners.
#pragma once
#include <doctest/doctest.h>

#include <bit>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/expm1.hpp>
#include <boost/math/special_functions/log1p.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace test {

using Exact = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<50>, boost::multiprecision::et_off>;
inline constexpr double kInfinity = std::numeric_limits<double>::infinity(), kNaN = std::numeric_limits<double>::quiet_NaN();
inline constexpr double kSmallest = std::numeric_limits<double>::denorm_min(), kNormal = std::numeric_limits<double>::min();
inline constexpr double kLargest = std::numeric_limits<double>::max(), kAboveOne = 1 + 0x1p-52, kBelowOne = 1 - 0x1p-53;

// Distance from the exact value, in units in the last place of the number nearest to it.
inline double ulps(double value, const Exact& exact) {
  const auto rounded = static_cast<double>(exact);
  if (std::isinf(rounded) || std::isinf(value)) return value == rounded ? 0 : 1e300;
  const double size = std::fabs(rounded), ulp = size < kNormal ? kSmallest : std::ldexp(1.0, std::ilogb(size) - 52);
  return static_cast<double>(abs(Exact(value) - exact) / ulp);
}

// Where functions are all but their limits the judge is spared numbers that it cannot hold.
inline Exact exponential(const Exact& x) { return x > 2000 ? Exact(kInfinity) : x < -2000 ? Exact(0) : Exact(exp(x)); }
inline Exact exponential_minus_1(const Exact& x) {
  return x > 2000 ? Exact(kInfinity) : x < -2000 ? Exact(-1) : Exact(boost::math::expm1(x));
}
inline Exact hyperbolic_tangent(const Exact& x) {
  const Exact e = exponential_minus_1(-2 * abs(x));
  return (x < 0 ? 1 : -1) * e / (2 + e);
}
inline Exact tail(const Exact& x) { return x > 40 ? Exact(0) : x < -40 ? Exact(2) : Exact(boost::math::erfc(x)); }
inline Exact body(const Exact& x) { return abs(x) > 40 ? Exact(x < 0 ? -1 : 1) : Exact(boost::math::erf(x)); }
inline Exact sine_minus(const Exact& x) {  // below 1e-9 the next term of the series is 1e-19 of the first
  return abs(x) < 1e-9 ? Exact(x * x * x / 3) : Exact(sin(x) - x * cos(x));
}

struct Row {
  std::string name;
  double most;  // ulp
  bool two;     // arguments
  std::function<Exact(const Exact& x, const Exact& y)> exact;
  double low = -kLargest, high = kLargest;      // of x, drawn by its bits
  double dense_low = -10.0, dense_high = 10.0;  // of x and y, drawn evenly
};

inline std::vector<Row> rows() {
  constexpr double kEnd = 0x1p20;
  const auto one = [](auto f) { return [f](const Exact& x, const Exact&) { return Exact(f(x)); }; };
  return {
      {"sqrt", 0.5, false, one([](auto& x) { return sqrt(x); }), 0.0, kLargest, 0.0, 10.0},
      {"exp", 1, false, one(exponential), -kLargest, kLargest, -746.0, 710.0},
      {"expm1", 1.5, false, one(exponential_minus_1), -kLargest, kLargest, -3.0, 3.0},
      {"log", 1, false, one([](auto& x) { return log(x); }), kSmallest, kLargest, 0.1, 10.0},
      {"log1p", 1, false, one([](auto& x) { return boost::math::log1p(x); }), -kBelowOne, kLargest, -0.9, 3.0},
      {"sinh", 2, false, one([](auto& x) { return (exponential_minus_1(x) - exponential_minus_1(-x)) / 2; }), -710.0, 710.0},
      {"cosh", 1.5, false, one([](auto& x) { return (exponential(x) + exponential(-x)) / 2; }), -710.0, 710.0},
      {"tanh", 3, false, one(hyperbolic_tangent)},
      {"sin", 1, false, one([](auto& x) { return sin(x); }), -kEnd, kEnd, -100.0, 100.0},
      {"cos", 1, false, one([](auto& x) { return cos(x); }), -kEnd, kEnd, -100.0, 100.0},
      {"atan", 2, false, one([](auto& x) { return atan(x); })},
      {"asin", 3, false, one([](auto& x) { return asin(x); }), -1.0, 1.0, -1.0, 1.0},
      {"acos", 3, false, one([](auto& x) { return acos(x); }), -1.0, 1.0, -1.0, 1.0},
      {"erf", 2, false, one(body)},
      {"erfc", 3, false, one(tail), -kLargest, kLargest, -6.0, 28.0},
      {"norm_cdf", 4, false, one([](auto& x) { return tail(-x / sqrt(Exact(2))) / 2; }), -kLargest, kLargest, -38.0, 9.0},
      {"norm_pdf", 2, false, one([](auto& x) { return exponential(-x * x / 2) / sqrt(2 * acos(Exact(-1))); }), -kLargest, kLargest, -38.0,
       38.0},
      {"sigmoid", 2, false, one([](auto& x) { return 1 / (1 + exponential(-x)); }), -700.0, kLargest, -40.0, 40.0},
      {"softplus", 2, false, one([](auto& x) { return (x > 0 ? x : Exact(0)) + boost::math::log1p(exponential(-abs(x))); }), -kLargest,
       kLargest, -40.0, 40.0},
      {"sin_minus_x_cos", 3, false, one(sine_minus), -1.0, 1.0, -1.0, 1.0},
      {"atan2", 2, true, [](const Exact& x, const Exact& y) { return Exact(atan2(x, y)); }, -kLargest, kLargest, -2.0, 2.0},
      {"angle", 2.5, true, [](const Exact& x, const Exact& y) { return Exact(atan2(sqrt(x), y)); }, 0.0, kLargest, 0.0, 2.0},
  };
}

// f(x, y, out) of packs of eight.
template <class F>
double largest_error(const Row& row, std::uint64_t seed, std::size_t packs, F f) {
  constexpr double kCorners[] = {0.0,     -0.0,     1.0,       -1.0,       kAboveOne, kBelowOne, -kAboveOne,    -kBelowOne,
                                 0.5,     -0.5,     kSmallest, -kSmallest, kNormal,   -kNormal,  3 * kSmallest, 0x1p-54,
                                 0x1p-27, -0x1p-27, kLargest,  -kLargest,  709.78,    -745.13};
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> dense(row.dense_low, row.dense_high);
  const auto by_bits = [&] {
    for (;;)
      if (const auto x = std::bit_cast<double>(random()); x >= row.low && x <= row.high) return x;
  };
  const auto pick = [&](std::size_t i) {
    const bool corner = i < std::size(kCorners) && kCorners[i] >= row.low && kCorners[i] <= row.high;
    return corner ? kCorners[i] : i % 2 ? dense(random) : by_bits();
  };
  double worst = 0;
  for (std::size_t pack = 0; pack < packs; ++pack) {
    double x[8], y[8], out[8];
    for (std::size_t l = 0; l < 8; ++l) x[l] = pick(8 * pack + l), y[l] = row.two ? dense(random) : 0.0;
    f(x, y, out);
    for (std::size_t l = 0; l < 8; ++l) {
      const double error = ulps(out[l], row.exact(Exact(x[l]), Exact(y[l])));
      if (!(error <= row.most)) MESSAGE(row.name, "(", x[l], ", ", y[l], ") = ", out[l], ": ", error, " ulp");
      worst = std::max(worst, error);
    }
  }
  return worst;
}

}  // namespace test
