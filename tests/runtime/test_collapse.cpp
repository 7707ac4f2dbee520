#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <random>
#include <span>
#include <thread>
#include <vector>

#include "ntk/runtime.hpp"

namespace collapse = ntk::collapse;
using collapse::Sheet;

namespace {

// A recursion that is any function of q, q' and rho.
struct Formula {
  using Side = std::vector<double>;
  std::function<double(double, double, double)> f;
  static std::size_t outputs() { return 1; }
  static Side side(const std::vector<double>& variances) { return variances; }
  static std::vector<std::vector<double>> diagonal(const std::vector<double>& variances) {
    return {std::vector<double>(variances.size(), 1.0)};
  }
  void kernels(const Side& x, const Side& y, Sheet sheet, const std::vector<double>& t, double* out) const {
    for (const double q1 : x)
      for (const double at : t)
        for (const double q2 : y) *out++ = f(q1, q2, sheet == Sheet::plus ? 1 - at * at : at * at - 1);
  }
};

collapse::Shape shape(std::size_t norms, std::size_t terms) {
  collapse::Shape out;
  out.width = 0.5, out.norms = norms;
  out.plus = {{0.2, 1.1}, terms}, out.minus = {{0.2, 0.8}, terms};
  return out;
}

// Two ReLU layers with biases, by hand.
struct Biased {
  template <class T>
  struct Sample {
    T q;
  };
  struct Parameters {};
  template <class T>
  using SampleOf = Sample<T>;
  Parameters params;
  explicit Biased(const Parameters&) {}
  static constexpr bool has_nngp = true, has_ntk = true;
  static constexpr double pair_cost = 500;
  static constexpr std::size_t sample_numbers = 1, blocks = 1;
  static constexpr std::array<ntk::Product, 3> products = {
      {{ntk::ProductKind::inner, 0, 0}, {ntk::ProductKind::distance, 0, 0}, {ntk::ProductKind::gram, 0, 0}}};
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
  void pair(const Sample<X>&, const Sample<T>&, const T* products, const T&, T* out) const {
    constexpr double kPi = 3.141592653589793, kBias = 0.3;
    const T c = products[0] + T(kBias), gram = products[2] + T(kBias) * products[1];
    const T slope = (T(kPi) - ntk::math::angle(gram, c)) / T(2 * kPi);
    const T k = ntk::math::sqrt(gram) / T(2 * kPi) + slope * c;
    out[0] = k, out[1] = k + slope * c;
  }
};

constexpr std::size_t kRows = 500, kColumns = 5;

std::vector<double> data() {
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal;
  std::vector<double> x(kRows * kColumns);
  for (double& v : x) v = normal(random);
  for (std::size_t k = 0; k < kColumns; ++k) {  // equal, opposite, near and zero rows
    x[(kRows - 1) * kColumns + k] = x[k], x[(kRows - 2) * kColumns + k] = -x[k];
    x[(kRows - 3) * kColumns + k] = x[k] * (1 + 1e-9), x[(kRows - 4) * kColumns + k] = 0;
  }
  return x;
}

// What the check of a fit allows, and as much again between its points.
constexpr double kAllowed = 2 * collapse::Digits<double>::kMost;

}  // namespace

TEST_CASE("Chebyshev coefficients are those of the polynomial") {
  const std::size_t n = 7;
  std::vector<double> values;
  for (const double x : ntk::chebyshev::nodes(n)) values.push_back(3 - 2 * x + 0.5 * (4 * x * x * x - 3 * x));  // 3 T_0 - 2 T_1 + T_3 / 2
  ntk::chebyshev::to_coefficients(n, 1, 1, values.data());
  const double expected[n] = {3, -2, 0, 0.5, 0, 0, 0};
  for (std::size_t m = 0; m < n; ++m)
    CHECK(std::fabs(values[m] - expected[m]) <= 4e-15);  // three roundings a value, of at most 5.5, times 2 / n, n of them
}

TEST_CASE("a fit holds over its whole box, both sheets") {
  const Formula smooth{[](double q1, double q2, double rho) { return std::exp(rho) / (3 + q1 * q2) + rho * std::sqrt(q1 / q2); }};
  const collapse::Collapse<Formula, double> made(smooth, {-0.5, 0.5}, shape(12, 24));
  CHECK(made.bins() == 2);
  for (const Sheet sheet : {Sheet::plus, Sheet::minus}) {
    const collapse::Fit<double>* const fit = made.fit(0, 1, sheet);
    REQUIRE(fit);
    for (int i = -8; i <= 8; ++i)
      for (int j = -8; j <= 8; ++j) {
        const double x = i / 8.0, y = j / 8.0, t = (i + j) / 16.0, at = fit->t.at(t);
        const double rho = sheet == Sheet::plus ? 1 - at * at : at * at - 1;
        const double expected = smooth.f(std::exp(made.interval(0).at(x)), std::exp(made.interval(1).at(y)), rho);
        CHECK(std::fabs(collapse::values(*fit, {x}, {t}, {y})[0] - expected) <= kAllowed);
      }
  }
}

TEST_CASE("a kernel that is no polynomial, or no number, has no fit") {
  const Formula kinked{[](double, double, double rho) { return std::fabs(rho - 0.4); }};
  const Formula steep{[](double q1, double q2, double) { return std::fabs(std::log(q1 / q2)); }};
  const Formula nothing{[](double, double, double) { return std::nan(""); }};
  for (const Formula* f : {&kinked, &steep, &nothing}) {
    const collapse::Collapse<Formula, double> made(*f, {-0.5, 0.5}, shape(8, 24));
    CHECK(made.fit(0, 0, Sheet::plus) == nullptr);
  }
}

TEST_CASE("strays: fits that reach every angle, one pair at a time") {
  const Formula smooth{[](double q1, double q2, double rho) { return std::exp(rho) / (3 + q1 * q2) + rho * std::sqrt(q1 * q2); }};
  const Formula kinked{[](double, double, double rho) { return std::fabs(rho - 0.4); }};
  collapse::Survey survey;
  survey.log_q = {-1, 1};
  const collapse::Strays<Formula> strays(smooth, survey, 0.7), none(kinked, survey, 0.7);
  double out = 0;
  for (const double rho : {-1.0, -0.999, -0.6, -0.25, 0.0, 0.5, 0.999999, 1.0, 1 + 2e-16})
    for (const double x : {-1.0, -0.2, 0.45, 1.0})
      for (const double y : {-0.9, 0.0, 0.7}) {
        REQUIRE(strays.values(std::exp(x), std::exp(y), rho, &out));
        CHECK(std::fabs(out - smooth.f(std::exp(x), std::exp(y), rho)) <= kAllowed);
      }
  CHECK_FALSE(strays.values(1, 1, std::nan(""), &out));
  CHECK_FALSE(none.values(1, 1, 0.5, &out));
}

TEST_CASE("a coefficient that is off by more than the check allows is found") {
  const Formula plain{[](double, double, double rho) { return rho; }};
  const collapse::Collapse<Formula, double> made(plain, {-0.5, 0.5}, shape(2, 4));
  collapse::Fit<double> fit = *made.fit(0, 0, Sheet::plus);
  CHECK(made.error(fit, 0, 0, Sheet::plus) <= collapse::Digits<double>::kMost);
  fit.outputs[0].terms.coefficients[0] += 4 * collapse::Digits<double>::kMost;
  CHECK(made.error(fit, 0, 0, Sheet::plus) > collapse::Digits<double>::kMost);
}

TEST_CASE("a collapsed model is its pair code; ranges agree") {
  const auto x = data();
  const ntk::ConstMatrixView<double> view(x.data(), kRows, kColumns);
  const ntk::Evaluator<Biased> evaluator;
  std::vector<double> a(kRows * kRows), b(a), parts(a), c(a);
  const auto square = [](std::vector<double>& k) { return ntk::MatrixView<double>(k, kRows, kRows); };
  evaluator.gram(view, square(a), square(b));
  for (std::size_t i = 0; i < kRows; i += 170) evaluator.gram(view, square(parts), ntk::ntk, ntk::RowRange{i, i + 170});
  evaluator.cross(view, view, square(c));
  double most = 0;
  bool any = false;
  for (std::size_t i = 0; i < kRows; ++i)
    for (std::size_t j = 0; j < i; ++j) {
      const auto row = [&](std::size_t r) { return std::span<const double>(&x[r * kColumns], kColumns); };
      const auto pair = evaluator.pair(row(i), row(j));
      const double scale_a = std::sqrt(a[i * kRows + i] * a[j * kRows + j]), scale = std::sqrt(b[i * kRows + i] * b[j * kRows + j]);
      most = std::max(most, std::fabs(a[i * kRows + j] - pair.nngp) / scale_a);
      for (const auto* k : {&b, &parts, &c}) most = std::max(most, std::fabs((*k)[i * kRows + j] - pair.ntk) / scale);
      any = any || a[i * kRows + j] != pair.nngp;
      if (b[i * kRows + j] != b[j * kRows + i]) most = 1;
    }
  CHECK(most <= kAllowed);
  CHECK(any);
}

namespace {

// Series of 1 / (t + 2) and 1 / (t + 3).
struct Poles : Formula {
  std::vector<double> plus[2], minus[2];
  Poles() {
    for (const Sheet sheet : {Sheet::plus, Sheet::minus})
      for (std::size_t o = 0; o < 2; ++o) {
        auto& out = (sheet == Sheet::plus ? plus : minus)[o];
        for (const double place : ntk::chebyshev::nodes(32))
          out.push_back(1 / (collapse::whole(sheet).at(place) + 2 + static_cast<double>(o)));
        ntk::chebyshev::to_coefficients(32, 1, 1, out.data());
      }
  }
  static std::size_t outputs() { return 2; }
  std::span<const double> series(std::size_t output, Sheet sheet) const { return (sheet == Sheet::plus ? plus : minus)[output]; }
};

}  // namespace

TEST_CASE("what is prepared once serves ranges in several threads, to the bit of the whole") {
  const auto x = data();
  const ntk::ConstMatrixView<double> view(x.data(), kRows, kColumns);
  const ntk::Evaluator<Biased> evaluator;
  const auto square = [](auto& k) { return ntk::MatrixView(k, kRows, kRows); };
  const auto check = [&]<class T>(T) {
    std::vector<T> whole(kRows * kRows), parts(whole), other(whole);
    evaluator.gram(view, square(whole));
    const auto prepared = evaluator.template prepare<T>(view);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < kRows; i += 170)
      threads.emplace_back([&, i] { prepared.gram(square(parts), ntk::ntk, ntk::RowRange{i, i + 170}); });
    for (auto& thread : threads) thread.join();
    CHECK(parts == whole);
    prepared.gram(square(parts), square(other));
    CHECK(other == whole);
    std::vector<T> small(4);
    CHECK_THROWS_AS(prepared.gram(ntk::MatrixView(small, 2, 2)), std::invalid_argument);
  };
  check(0.0), check(0.0f);
}

TEST_CASE("series are restricted to what the data need, with fewer terms") {
  const Poles poles;
  std::size_t before = 64;
  for (const double high : {1.1, 0.6, 0.2}) {
    const collapse::Interval t{0.1, high};
    const auto fit = collapse::restricted<double>(poles, Sheet::plus, t);
    CHECK(fit.terms <= before);
    CHECK(fit.terms % 2 == 0);
    for (int i = 0; i <= 20; ++i)
      for (std::size_t o = 0; o < 2; ++o) {
        const double place = 0.1 * i - 1, exact = 1 / (t.at(place) + 2 + static_cast<double>(o));
        CHECK(std::fabs(collapse::values(fit, {0}, {place}, {0})[o] - exact) <= collapse::Digits<double>::kMost);
      }
    before = fit.terms;
  }
  CHECK(before < 12);
  collapse::Survey survey;
  survey.log_q = {0, 1}, survey.correlations = {0.2, 0.5, 0.9};
  const auto positive = collapse::choose<double>(poles, survey);
  REQUIRE(positive);
  CHECK(positive->minus.terms == 0);  // no pair is there
  CHECK(positive->plus.t.high == doctest::Approx(std::sqrt(0.82)));
  survey.correlations.front() = -0.9;
  CHECK(collapse::choose<double>(poles, survey)->minus.terms > 0);
}
