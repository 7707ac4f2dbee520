// Thousands of near-duplicates: the matrix is symmetric to the bit and positive semidefinite to rounding, whichever way its pairs went.
#include <doctest/doctest.h>

#include <random>

#include "driver/pipeline.hpp"
#include "engine/engine.hpp"
#include "ntk/inference/spectrum.hpp"

using namespace ntkc;
using ::ntk::inference::Index;
using ::ntk::inference::Matrix;

namespace {

constexpr Index kClusters = 20, kMembers = 100, kColumns = 16, kRows = kClusters * kMembers;

// Around each centre at distances of 1e-3 to 1e-14 of its norm, and some at the centre itself.
Matrix clusters() {
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal;
  Matrix x(kRows, kColumns);
  for (Index c = 0; c < kClusters; ++c) {
    Eigen::RowVectorXd centre(kColumns);
    for (double& v : centre) v = normal(random);
    for (Index m = 0; m < kMembers; ++m) {
      const double distance = m % 10 == 0 ? 0 : std::pow(10.0, -3.0 - static_cast<double>(m % 12));
      for (Index k = 0; k < kColumns; ++k) x(c * kMembers + m, k) = centre(k) + distance * normal(random);
    }
  }
  return x;
}

Matrix gram(const std::string& body, const Matrix& x, bool collapse) {
  MemoryProvider provider({{"main.ntk", "ntk 1\nnetwork n { input x: [16]; repeat 3 { " + body + " }; dense }\n"}});
  driver::Request request;
  request.spec = "main.ntk";
  request.kernels = {false, true};
  const auto c = driver::compile(provider, request);
  REQUIRE(c.ok());
  engine::Options options;
  options.collapse = collapse;
  Matrix k(x.rows(), x.rows());
  const auto rows = static_cast<std::size_t>(x.rows());
  engine::Evaluator(c.plans[0], {}, options)
      .gram({x.data(), rows, static_cast<std::size_t>(x.cols())}, {{k.data(), rows, rows}}, engine::Half::full);
  return k;
}

}  // namespace

TEST_CASE("clusters of near-duplicates keep the matrix positive semidefinite") {
  const Matrix x = clusters();
  for (const char* body : {"dense; relu", "dense(sigma_b = 0.2); relu", "dense(sigma_b = 0.2); gelu"})
    for (const bool collapse : {true, false}) {
      CAPTURE(body);
      CAPTURE(collapse);
      Matrix k = gram(body, x, collapse);
      CHECK(k == Matrix(k.transpose()));
      const ::ntk::inference::Spectrum spectrum(std::move(k));
      CHECK(spectrum.smallest() >= -1e-12 * spectrum.largest());  // 2,000 entries of 1e-16 each in a row
    }
}
