#include <doctest/doctest.h>

#include <hwy/targets.h>

#include <cmath>
#include <random>
#include <vector>

#include "engine/product.hpp"
#include "ntk/runtime/collapse_fit.hpp"

using ntk::product::Packed;
using ntk::product::Panels;

namespace {

constexpr std::size_t kRows = 21, kColumns = 67, kStride = 80, kFirst = 16;

// Whether all sums of whole numbers are exact, whose every order is right.
// sparse: of eight neighbouring samples many numbers are 0.
template <class T>
bool exact(std::size_t n, int most, bool sparse, std::mt19937_64& random) {
  std::uniform_int_distribution<int> whole(-most, most);
  std::vector<double> x(kRows * n), y(kColumns * n);
  for (auto* numbers : {&x, &y})
    for (double& v : *numbers) v = whole(random);
  if (sparse)
    for (std::size_t i = 0; i < x.size(); ++i)
      if ((i / n / 8 + i % n) % 5 < 3 || i % n > 200) x[i] = 0;
  Packed<T> rows, columns;
  rows.pack_all(
      n, kRows, [&](std::size_t i) { return x.data() + i * n; }, ntk::product::kUnit);
  columns.pack_all(
      n, kColumns, [&](std::size_t j) { return y.data() + j * n; }, ntk::product::kUnit);
  std::vector<T> out(32 * kStride);
  ntkc::engine::multiply(Panels<T>(rows, 0, kRows), Panels<T>(columns, kFirst, kColumns - kFirst), 1 << 20, out.data(), kStride);
  for (std::size_t i = 0; i < kRows; ++i)
    for (std::size_t j = kFirst; j < kColumns; ++j) {
      double sum = 0;
      for (std::size_t k = 0; k < n; ++k) sum += x[i * n + k] * y[j * n + k];
      if (out[i * kStride + (j - kFirst)] != static_cast<T>(sum)) return false;
    }
  return true;
}

}  // namespace

TEST_CASE("products of every instruction set") {
  std::mt19937_64 random(1);
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    CAPTURE(hwy::TargetName(target));
    hwy::SetSupportedTargetsForTest(target);
    for (const std::size_t n : {1, 30, 57, 225, 801, 1200, 1700}) {
      CAPTURE(n);
      for (const bool sparse : {false, true}) {
        CHECK(exact<double>(n, 1000, sparse, random));
        CHECK(exact<float>(n, 30, sparse, random));
      }
    }
  }
  hwy::SetSupportedTargetsForTest(0);
}

// Of images many products are the same number, whose roundings do not average out.
TEST_CASE("sums of floats lose no more of a correlation than their collapse has room for") {
  constexpr std::size_t kSamples = 64;
  std::mt19937_64 random(2);
  std::uniform_int_distribution<int> grey(0, 255);
  for (const std::size_t size : {100, 300, 784, 1024, 1500, 3072}) {
    CAPTURE(size);
    std::vector<double> x(kSamples * size), factor(kSamples);
    for (std::size_t i = 0; i < kSamples; ++i) {
      double square = 0;
      for (std::size_t k = 0; k < size; ++k) {
        double& v = x[i * size + k];
        v = grey(random) < 200 ? 255.0 - static_cast<double>(i % 7) : grey(random);
        square += v * v;
      }
      factor[i] = 1 / std::sqrt(square);
    }
    Packed<float> packed;
    packed.pack_all(
        size, kSamples, [&](std::size_t i) { return x.data() + i * size; }, [&](std::size_t i) { return factor[i]; });
    std::vector<float> out(kSamples * kSamples);
    ntkc::engine::multiply(Panels<float>(packed, 0, kSamples), Panels<float>(packed, 0, kSamples), 1 << 20, out.data(), kSamples);
    double worst = 0;
    for (std::size_t i = 0; i < kSamples; ++i)
      for (std::size_t j = 0; j < i; ++j) {
        double sum = 0;
        for (std::size_t k = 0; k < size; ++k) sum += x[i * size + k] * x[j * size + k];
        worst = std::max(worst, std::fabs(out[i * kSamples + j] - factor[i] * factor[j] * sum));
      }
    CAPTURE(worst);
    // What is more than kRho stands, with the steepest kernel, beside what fits may be off and the rounding of the result: 1e-6 in all.
    using Digits = ntk::collapse::Digits<float>;
    CHECK(Digits::kMost + Digits::kSteepest * (worst - Digits::kRho) + 6e-8 <= 1e-6);
  }
}
