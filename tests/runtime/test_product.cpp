#include <doctest/doctest.h>

#include <cmath>
#include <random>
#include <vector>

#include "ntk/runtime.hpp"

namespace {

std::vector<double> numbers(std::size_t count, unsigned seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  std::vector<double> out(count);
  for (double& v : out) v = normal(random);
  return out;
}

std::size_t to_eight(std::size_t n) { return (n + 7) / 8 * 8; }

// Products of all rows with columns [first, last) that are packed from `begin` on.
std::vector<double> products(std::size_t n, const std::vector<double>& x, std::size_t row, std::size_t row_end,
                             const std::vector<double>& y, std::size_t begin, std::size_t end, std::size_t first, std::size_t last,
                             std::ptrdiff_t diagonal) {
  ntk::TileProduct<double> product;
  product.columns(
      n, end - begin, [&](std::size_t j) { return y.data() + (begin + j) * n; }, ntk::product::kUnit);
  product.rows(
      n, row_end - row, [&](std::size_t i) { return x.data() + (row + i) * n; }, ntk::product::kUnit);
  const std::size_t stride = to_eight(last - first);
  std::vector<double> out(to_eight(row_end - row) * stride, -7.0);
  product.run(first - begin, last - first, diagonal, out.data(), stride);
  return out;
}

}  // namespace

TEST_CASE("tiles of products, of any shape") {
  constexpr std::ptrdiff_t kAll = 1 << 20;
  for (const std::size_t n : {1, 7, 8, 391, 392, 393, 800})
    for (const std::size_t rows : {1, 5, 8, 19})
      for (const std::size_t columns : {1, 8, 23, 24, 50}) {
        const auto x = numbers(rows * n, 1), y = numbers(columns * n, 2);
        const auto out = products(n, x, 0, rows, y, 0, columns, 0, columns, kAll);
        double most = 0;
        for (std::size_t i = 0; i < rows; ++i)
          for (std::size_t j = 0; j < columns; ++j) {
            long double sum = 0, size = 0;
            for (std::size_t k = 0; k < n; ++k) {
              const long double term = static_cast<long double>(x[i * n + k]) * y[j * n + k];
              sum += term, size += std::fabs(term);
            }
            most = std::max(most, static_cast<double>(std::fabs(out[i * to_eight(columns) + j] - sum) / size));
          }
        CAPTURE(n);
        CAPTURE(rows);
        CAPTURE(columns);
        CHECK(most <= 1.2e-16 * std::sqrt(static_cast<double>(n) + 1) + 1.2e-16);  // roundings of a random walk of n steps
      }
}

TEST_CASE("no bit of a product depends on the tile, or on what is packed beside it") {
  constexpr std::size_t kLength = 500, kRows = 40, kColumns = 72;
  constexpr std::ptrdiff_t kAll = 1 << 20;
  const auto x = numbers(kRows * kLength, 3), y = numbers(kColumns * kLength, 4);
  const auto all = products(kLength, x, 0, kRows, y, 0, kColumns, 0, kColumns, kAll);
  const auto part = products(kLength, x, 11, 30, y, 16, 72, 32, 61, kAll);
  for (std::size_t i = 11; i < 30; ++i)
    for (std::size_t j = 32; j < 61; ++j) CHECK(part[(i - 11) * to_eight(29) + (j - 32)] == all[i * kColumns + j]);
  const auto swapped = products(kLength, y, 0, kColumns, x, 0, kRows, 0, kRows, kAll);
  for (std::size_t i = 0; i < kRows; ++i)
    for (std::size_t j = 0; j < kColumns; ++j) CHECK(swapped[j * kRows + i] == all[i * kColumns + j]);
}

TEST_CASE("what is on the diagonal or below is computed, whole blocks above it are not") {
  constexpr std::size_t kLength = 12, kCount = 64;
  const auto x = numbers(kCount * kLength, 5);
  const auto all = products(kLength, x, 0, kCount, x, 0, kCount, 0, kCount, 1 << 20);
  const auto lower = products(kLength, x, 0, kCount, x, 0, kCount, 0, kCount, 0);
  for (std::size_t i = 0; i < kCount; ++i)
    for (std::size_t j = 0; j <= i; ++j) CHECK(lower[i * kCount + j] == all[i * kCount + j]);
  CHECK(lower[kCount - 1] == -7.0);
}

TEST_CASE("products of samples as floats of length 1 are correlations") {
  for (const std::size_t n : {1, 10, 57, 800}) {
    constexpr std::size_t kSamples = 40, kStride = 48;
    const auto x = numbers(kSamples * n, 3);
    const auto inner = [&](std::size_t i, std::size_t j) {
      double sum = 0;
      for (std::size_t k = 0; k < n; ++k) sum += x[i * n + k] * x[j * n + k];
      return sum;
    };
    const auto row = [&](std::size_t i) { return x.data() + i * n; };
    const auto factor = [&](std::size_t i) { return 1 / std::sqrt(inner(i, i)); };
    ntk::TileProduct<float> product;
    product.columns(n, kSamples, row, factor), product.rows(n, kSamples, row, factor);
    std::vector<float> out(kStride * kStride);
    product.run(0, kSamples, 1 << 20, out.data(), kStride);
    double most = 0;
    for (std::size_t i = 0; i < kSamples; ++i)
      for (std::size_t j = 0; j < kSamples; ++j)
        most = std::max(most, std::fabs(out[i * kStride + j] - inner(i, j) * factor(i) * factor(j)));
    CAPTURE(n);
    CHECK(most <= 2.5e-7);  // Digits<float>::kRho
  }
}
