#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <span>
#include <vector>

#include "ntk/runtime.hpp"

namespace {

template <class T>
struct Sample {
  T q;
};
struct Params {};

// One ReLU layer by hand, and the angle itself.
struct Model {
  using Parameters = Params;
  template <class T>
  using SampleOf = Sample<T>;
  Params params;
  explicit Model(const Params& values) : params(values) {}
  static constexpr bool has_nngp = true, has_ntk = true;
  static constexpr std::size_t sample_numbers = 1, blocks = 1;
  static constexpr std::array<ntk::Product, 2> products = {{{ntk::ProductKind::inner, 0, 0}, {ntk::ProductKind::gram, 0, 0}}};
  std::size_t columns(std::size_t given) const { return given; }
  std::size_t block_size(std::size_t, std::size_t columns) const { return columns; }
  template <class T>
  const T* block(std::size_t, const T* row, std::size_t, const T*) const {
    return row;
  }
  std::size_t computed_size(std::size_t) const { return 0; }
  template <class T>
  void sample(const T* row, std::size_t columns, Sample<T>& out, T*) const {
    out.q = ntk::inner(columns, row, row);
  }
  template <class X, class T>
  void pair(const Sample<X>& x, const Sample<T>& y, const T* products, const T& same, T* out) const {
    const T theta = ntk::math::angle(products[1], products[0]);
    out[0] = (ntk::math::sqrt(products[1]) + (3.141592653589793 - theta) * products[0]) / 6.283185307179586;
    out[1] = x.q * y.q - theta + same;
  }
};

constexpr std::size_t kRows = 203, kColumns = 37;

// Rows 5 and 9 are equal, row 7 is zero.
std::vector<double> data() {
  std::mt19937_64 random(1);
  std::vector<double> x(kRows * kColumns);
  for (auto& v : x) v = std::generate_canonical<double, 53>(random);
  for (std::size_t k = 0; k < kColumns; ++k) x[5 * kColumns + k] = x[9 * kColumns + k], x[7 * kColumns + k] = 0;
  return x;
}

ntk::MatrixView<double> square(std::vector<double>& k) { return {k, kRows, kRows}; }

}  // namespace

TEST_CASE("gram, cross, diag and pair agree; ranges of rows add up to the same bits") {
  const auto x = data();
  const ntk::ConstMatrixView<double> view(x.data(), kRows, kColumns);
  const ntk::Evaluator<Model> evaluator;
  std::vector<double> a(kRows * kRows), b(a), parts_a(a), parts_b(a), c(a), e(a), da(kRows), db(kRows);
  evaluator.gram(view, square(a), square(b));
  for (std::size_t i = 0; i < kRows; i += 29) evaluator.gram(view, square(parts_a), square(parts_b), ntk::RowRange{i, i + 29});
  CHECK(a == parts_a);
  CHECK(b == parts_b);
  evaluator.cross(view, view, square(c), square(e));
  evaluator.diag(view, da, db);
  for (std::size_t i = 0; i < kRows; ++i) {
    CHECK(da[i] == a[i * kRows + i]);
    CHECK(db[i] == b[i * kRows + i]);
    for (std::size_t j = 0; j < kRows; j += 3) {
      const auto row = [&](std::size_t r) { return std::span<const double>(&x[r * kColumns], kColumns); };
      const auto pair = evaluator.pair(row(i), row(j));
      // Sums of 37 products in two orders, and of their determinant at squared sines above 0.02.
      CHECK(std::fabs(pair.nngp - a[i * kRows + j]) <= 1e-14);
      CHECK(std::fabs(c[i * kRows + j] - a[i * kRows + j]) <= 1e-14);
      CHECK(a[i * kRows + j] == a[j * kRows + i]);
      CHECK(std::isfinite(b[i * kRows + j]));
    }
  }
  CHECK(b[5 * kRows + 9] + 1 == doctest::Approx(db[5]).epsilon(1e-15));  // an equal row is at angle 0, but not the same sample
  CHECK(a[5 * kRows + 9] == da[5]);
}

TEST_CASE("floats are read and written, the arithmetic is double's") {
  const auto x = data();
  std::vector<float> narrow(x.begin(), x.end()), k(kRows * kRows);
  std::vector<double> wide(narrow.begin(), narrow.end()), expected(kRows * kRows);
  const ntk::Evaluator<Model> evaluator;
  evaluator.gram(ntk::ConstMatrixView<float>(narrow.data(), kRows, kColumns), ntk::MatrixView<float>(k, kRows, kRows), ntk::nngp);
  evaluator.gram(ntk::ConstMatrixView<double>(wide.data(), kRows, kColumns), square(expected), ntk::nngp);
  for (std::size_t i = 0; i < k.size(); ++i) CHECK(k[i] == static_cast<float>(expected[i]));
}

TEST_CASE("shapes that do not fit are refused") {
  const auto x = data();
  const ntk::ConstMatrixView<double> view(x.data(), kRows, kColumns), shorter(x.data(), kRows, kColumns - 1);
  const ntk::Evaluator<Model> evaluator;
  std::vector<double> k(kRows * kRows);
  CHECK_THROWS_AS(evaluator.gram(view, ntk::MatrixView<double>(k, kRows - 1, kRows)), std::invalid_argument);
  CHECK_THROWS_AS(evaluator.cross(view, shorter, square(k)), std::invalid_argument);
  CHECK_THROWS_AS(evaluator.gram(view, square(k), ntk::nngp, ntk::RowRange{9, 3}), std::invalid_argument);
}
