// Statistics by simulation: what they claim of chance, held against it.
#include <doctest/doctest.h>

#include <boost/random/mersenne_twister.hpp>
#include <boost/random/normal_distribution.hpp>
#include <cmath>

#include "finite/parameters.hpp"
#include "finite/statistics.hpp"

using namespace ntkc;

namespace {

struct Normal {
  explicit Normal(std::uint64_t seed) : generator(seed) {}
  double operator()() { return distribution(generator); }
  boost::random::mt19937_64 generator;
  boost::random::normal_distribution<double> distribution;
};

// A share of `runs` that should be p: five standard errors of it.
bool is_share(double share, double p, double runs) { return std::abs(share - p) <= 5 * std::sqrt(p * (1 - p) / runs); }

}  // namespace

TEST_CASE("the limit of means is unbiased, and misses by as many standard errors as Student's t says") {
  Normal normal(1);
  constexpr int kRuns = 4000;
  const std::vector<double> widths = {64, 128, 256};
  int beyond = 0;
  double sum = 0, squares = 0;
  for (int run = 0; run < kRuns; ++run) {
    std::vector<finite::Estimate> means;
    for (const double width : widths) {
      std::vector<double> values(16);
      for (double& v : values) v = 2 + 5 / width + normal() / std::sqrt(width);
      means.push_back(finite::mean(values));
    }
    const finite::Estimate limit = finite::limit(widths, means);
    const double t = (limit.value - 2) / limit.error;
    sum += t, squares += t * t;
    beyond += std::abs(t) > finite::critical(0.05, limit.freedom);
    CHECK(limit.freedom > 15);
    CHECK(limit.freedom < 45.001);
  }
  CHECK(std::abs(sum / kRuns) < 5 * std::sqrt(squares / kRuns / kRuns));
  // Weights are estimated, too, which the errors do not know of: a little more than 5 %.
  CHECK(beyond > 0.04 * kRuns);
  CHECK(beyond < 0.08 * kRuns);
}

TEST_CASE("exact points give the line's intercept and the slope's power") {
  const std::vector<double> widths = {1, 2, 4, 8};
  std::vector<finite::Estimate> means;
  std::vector<double> powers;
  for (const double w : widths) means.push_back({3 - 2 / w, 0.1 * w, 9}), powers.push_back(7 / std::sqrt(w));
  CHECK(finite::limit(widths, means).value == doctest::Approx(3).epsilon(1e-13));
  CHECK(finite::log_slope(widths, powers).value == doctest::Approx(-0.5).epsilon(1e-13));
  CHECK(finite::log_slope(widths, powers).error < 1e-14);
}

TEST_CASE("Student's critical values, from tables") {
  CHECK(finite::critical(0.05, 10) == doctest::Approx(2.2281).epsilon(1e-4));
  CHECK(finite::critical(0.001, 30) == doctest::Approx(3.6460).epsilon(1e-4));
}

TEST_CASE("the normality test: p-values are uniform for normal numbers, and tiny for others") {
  Normal normal(2);
  constexpr int kRuns = 2000;
  int low = 0, middle = 0;
  for (int run = 0; run < kRuns; ++run) {
    std::vector<double> values(80);
    for (double& v : values) v = normal();
    const double p = finite::normality(values);
    low += p < 0.05, middle += p < 0.5;
  }
  CHECK(is_share(low / double(kRuns), 0.05, kRuns));
  CHECK(is_share(middle / double(kRuns), 0.5, kRuns));
  std::vector<double> wide(2000), shifted(2000);
  for (double& v : wide) v = 1.3 * normal();
  for (double& v : shifted) v = 0.2 + normal();
  CHECK(finite::normality(wide) < 1e-4);
  CHECK(finite::normality(shifted) < 1e-10);
}

TEST_CASE("draws are the same everywhere") {
  const finite::Matrix<double> z = finite::normal(2, 2, 1);
  CHECK(finite::stream({1, 2}) != finite::stream({2, 1}));
  CHECK(finite::stream({1}) != finite::stream({1, 0}));
  CHECK(z(0, 0) == -0.22770229850701265);
  CHECK(z(1, 1) == -0.030246828233049857);
}
