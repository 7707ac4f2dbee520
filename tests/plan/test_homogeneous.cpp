// The collapse at compile time: its coefficients against the judge, and what it refuses.
#include <random>

#include "ntk/runtime/collapse_series.hpp"
#include "numeric/real.hpp"
#include "plan/choice.hpp"
#include "plan/collapse.hpp"
#include "plan/homogeneous.hpp"
#include "reference/evaluate.hpp"
#include "texts.hpp"

#include <doctest/doctest.h>

using namespace ntkc;
using numeric::Float100;
namespace collapse = ntk::collapse;

namespace {

// The series in 100 digits, and its place t of a pair of rows (1, 0), (a, b).
Float100 sum(const std::vector<double>& coefficients, const Float100& place) {
  Float100 before = place, now = 1, out = 0;
  for (const double c : coefficients) {
    out += c * now;
    const Float100 next = 2 * place * now - before;
    before = now, now = next;
  }
  return out;
}

}  // namespace

TEST_CASE("the series of a homogeneous kernel are the judge's at nodes and between them, whatever the norms") {
  for (const int depth : {1, 3, 10}) {
    const ir::Program program = ir::parse(tests::relu_text(depth));
    const auto series = plan::kernel_series(plan::make(program));
    REQUIRE(series);
    std::mt19937_64 random(static_cast<std::uint64_t>(depth));
    double worst = 0;
    for (const auto sheet : {collapse::Sheet::plus, collapse::Sheet::minus}) {
      const collapse::Interval all = collapse::whole(sheet);
      const std::size_t n = 12;
      for (std::size_t i = 0; i < 2 * n; ++i) {
        const double place = i < n ? collapse::shapes::at({-1, 1}, ntk::chebyshev::nodes(32))[i * 32 / n]
                                   : std::generate_canonical<double, 53>(random) * 2 - 1;
        const double t = all.at(place), rho = sheet == collapse::Sheet::plus ? 1 - t * t : t * t - 1;
        const double size = std::ldexp(1 + std::generate_canonical<double, 53>(random), static_cast<int>(random() % 20) - 10);
        const std::vector<double> x = {1, 0}, y = {size * rho, size * std::sqrt(1 - rho * rho)};
        const auto k = reference::evaluate(program, x, y), kx = reference::evaluate(program, x, x, {}, true),
                   ky = reference::evaluate(program, y, y, {}, true);
        const Float100 length = sqrt(Float100(y[0]) * y[0] + Float100(y[1]) * y[1]), exact_rho = Float100(y[0]) / length;
        const Float100 exact_t = sqrt(sheet == collapse::Sheet::plus ? 1 - exact_rho : 1 + exact_rho);
        const Float100 exact_place = (exact_t - all.middle()) / all.half();
        for (std::size_t o = 0; o < 2; ++o) {
          const char* const name = o == 0 ? "nngp" : "ntk";
          const Float100 exact = numeric::value(k.at(name)) / sqrt(numeric::value(kx.at(name)) * numeric::value(ky.at(name)));
          const auto& coefficients = (sheet == collapse::Sheet::plus ? series->plus : series->minus)[o];
          worst = std::max(worst, static_cast<double>(abs(sum(coefficients, exact_place) - exact)));
        }
      }
    }
    INFO("depth ", depth, ": ", worst);
    CHECK(worst <= 4e-16);  // the largest coefficient is below 1: rounding leaves 6e-17 of each, and they fall
  }
}

TEST_CASE("the plan's text says how pairs are computed") {
  const auto text = [](const std::string& program) { return plan::to_text(plan::make(ir::parse(program))); };
  CHECK(text(tests::relu_text(3)).find("collapsed at compile time: ") != std::string::npos);
  CHECK(text(tests::relu_text(3, 0.01)).find("collapses: a function of two norms and an angle; pairs by polynomials (") !=
        std::string::npos);
  CHECK(text(tests::kNested).find("collaps") != std::string::npos);
  CHECK(text(tests::kData).find("pairs: by the recursion, ") != std::string::npos);
  CHECK(plan::choice(plan::make(ir::parse(tests::relu_text(3)))).recursion == plan::pair_cost(plan::make(ir::parse(tests::relu_text(3)))));
}

TEST_CASE("a coefficient that is off by 1e-14 is seen") {
  const ir::Program program = ir::parse(tests::relu_text(2));
  auto series = *plan::kernel_series(plan::make(program));
  const double at = collapse::value(series.plus[1], 0.3);
  series.plus[1][5] += 1e-14;
  CHECK(std::fabs(collapse::value(series.plus[1], 0.3) - at) > 2e-15);
}

TEST_CASE("two runs give the same bits") {
  const auto plan = plan::make(ir::parse(tests::relu_text(3)));
  const auto one = plan::kernel_series(plan), two = plan::kernel_series(plan);
  REQUIRE(one);
  CHECK(one->plus == two->plus);
  CHECK(one->minus == two->minus);
}

TEST_CASE("kernels that are not homogeneous, or would take long, are left to the evaluator") {
  CHECK(!plan::kernel_series(plan::make(ir::parse(tests::relu_text(3, 0.01)))));  // a bias
  CHECK(!plan::kernel_series(plan::make(ir::parse(tests::kMlp))));                // a param
  CHECK(!plan::kernel_series(plan::make(ir::parse(tests::relu_text(1000)))));     // too many layers
  CHECK(plan::kernel_series(plan::make(ir::parse(tests::relu_text(30)))));
  CHECK(!plan::kernel_series(plan::make(ir::parse(R"(program distance
  input x [2]
  sample f = input(0)
  pair d = distance(f, f')
  pair c = inner(f, f')
  pair k = c + d
  output nngp = k
)"))));
}
