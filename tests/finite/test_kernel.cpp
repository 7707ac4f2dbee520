// The kernels of finite networks: against J J^T, and against the limit.
#include <chrono>

#include "finite/kernel.hpp"
#include "finite/statistics.hpp"
#include "networks.hpp"

using namespace ntkc;
using finite::Matrix;

namespace {

Matrix<long double> rates(const finite::Model& model) {
  std::vector<long double> all;
  for (const finite::Weights& w : model.weights) {
    all.insert(all.end(), w.in * w.out, w.weight_rate);
    if (w.biases) all.insert(all.end(), w.out, w.bias_rate);
  }
  return Eigen::Map<Matrix<long double>>(all.data(), Eigen::Index(all.size()), 1);
}

// The engine's kernels of the samples with each other; rows of x are samples.
std::vector<Matrix<double>> limits(const driver::Compilation& c, const Matrix<double>& x) {
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const RowMajor rows = x;
  const auto n = static_cast<std::size_t>(x.rows());
  std::vector<RowMajor> out(c.plans[0].outputs.size(), RowMajor(n, n));
  std::vector<::ntk::MatrixView<double>> views;
  for (RowMajor& m : out) views.emplace_back(m.data(), n, n);
  const engine::Evaluator evaluator(c.plans[0], {}, {.threads = 1});
  evaluator.gram({rows.data(), n, static_cast<std::size_t>(x.cols())}, views, engine::Half::full);
  return {out.begin(), out.end()};
}

}  // namespace

TEST_CASE("the empirical NTK by layers is J diag(rates) J^T, block by block and across batches") {
  for (const test::Case& c : test::cases()) {
    if (!c.ntk) continue;
    CAPTURE(c.body);
    const finite::Model model = test::model_of(test::compile(c), {.hidden = 6, .outputs = 2});
    const auto theta = finite::draw<long double>(model, 1);
    const auto x = finite::tangents(model, theta, finite::batch<long double>(model, test::inputs<long double>(4), 2), model.outputs());
    const auto y = finite::tangents(model, theta, finite::batch<long double>(model, test::inputs<long double>(3), 3), model.outputs());
    for (std::size_t a = 0; a < model.outputs(); ++a)
      for (std::size_t b = 0; b < model.outputs(); ++b) {
        const Matrix<long double> expected =
            finite::jacobian(model, x, a) * rates(model).asDiagonal() * finite::jacobian(model, y, b).transpose();
        const auto error = (finite::empirical_ntk(model, x, a, y, b) - expected).cwiseAbs().maxCoeff();
        CHECK(error <= 1e-17L * (1 + expected.cwiseAbs().maxCoeff()));  // sums of a few hundred products
      }
  }
}

TEST_CASE("P is the sum of (n_l + 1) n_(l+1), as `info` counts it") {
  const auto c =
      test::compile({"dense(width = 7, sigma_b = 1); relu; dense(width = 11, sigma_b = 1); relu; dense(width = 3, sigma_b = 1)"});
  const finite::Model model = test::model_of(c, {});
  CHECK(model.parameters() == 6 * 7 + 8 * 11 + 12 * 3);
  CHECK(model.parameters() == *driver::facts(c, 0).parameters);
  CHECK(model.outputs() == 3);
  CHECK(test::model_of(test::compile({"dense; relu; dense(sigma_b = 1)"}), {.hidden = 10, .outputs = 4}).parameters() == 5 * 10 + 11 * 4);
}

// A family of comparisons that rings falsely once in 1e6 runs; the seeds are fixed, so it never does by chance alone.
TEST_CASE("the mean kernels of every layer tend to the engine's") {
  constexpr double kAlarm = 1e-6;
  constexpr std::size_t kNetworks = 48;
  const Matrix<double> x = test::inputs<double>(4);
  const std::vector<double> widths = {48, 96, 192};
  std::size_t comparisons = 0;
  for (const test::Case& c : test::cases()) comparisons += 10 * (c.ntk ? 2 : 1);
  for (const test::Case& c : test::cases()) {
    CAPTURE(c.body);
    const auto compilation = test::compile(c);
    const auto expected = limits(compilation, x);
    // [kernel][entry][width]
    std::vector<std::vector<std::vector<finite::Estimate>>> means(expected.size(), std::vector<std::vector<finite::Estimate>>(10));
    for (const double width : widths) {
      const finite::Model model =
          test::model_of(compilation, {.hidden = std::size_t(width), .outputs = std::size_t(width), .growth = width / 24});
      std::vector<std::vector<std::vector<double>>> seen(expected.size(), std::vector<std::vector<double>>(10));
      for (std::uint64_t k = 0; k < kNetworks; ++k) {
        const auto theta = finite::draw<double>(model, finite::stream({std::uint64_t(width), k}));
        const auto t = finite::tangents(model, theta, finite::batch(model, x, finite::stream({k, 7})), c.ntk ? 1 : 0);
        std::vector<Matrix<double>> kernels = {finite::empirical_nngp(model, t, t)};
        if (c.ntk) kernels.push_back(finite::empirical_ntk(model, t, 0, t, 0));
        for (std::size_t o = 0; o < kernels.size(); ++o)
          for (Eigen::Index i = 0, e = 0; i < 4; ++i)
            for (Eigen::Index j = 0; j <= i; ++j, ++e) seen[o][std::size_t(e)].push_back(kernels[o](i, j));
      }
      for (std::size_t o = 0; o < seen.size(); ++o)
        for (std::size_t e = 0; e < 10; ++e) means[o][e].push_back(finite::mean(seen[o][e]));
    }
    for (std::size_t o = 0; o < means.size(); ++o)
      for (Eigen::Index i = 0, e = 0; i < 4; ++i)
        for (Eigen::Index j = 0; j <= i; ++j, ++e) {
          finite::Estimate limit = finite::limit(widths, means[o][std::size_t(e)]);
          const double scale = std::sqrt(expected[o](i, i) * expected[o](j, j));
          INFO(compilation.plans[0].outputs[o].name, " ", i, " ", j, ": ", limit.value, " +- ", limit.error, " instead of ",
               expected[o](i, j));
          CHECK(std::abs(limit.value - expected[o](i, j)) <=
                finite::critical(kAlarm / double(comparisons), limit.freedom) * limit.error + 1e-12 * scale);
          CHECK(limit.error < 0.1 * scale);
        }
  }
}

TEST_CASE("with several outputs the blocks off the diagonal fall to zero as 1 / sqrt(width)") {
  const auto compilation = test::compile({"dense(sigma_w = 1.4, sigma_b = 0.1); relu; dense(sigma_w = 1.4); relu; dense"});
  const Matrix<double> x = test::inputs<double>(3);
  std::vector<double> widths, sizes;
  for (const std::size_t width : {64, 128, 256, 512})
    for (std::uint64_t k = 0; k < 12; ++k) {
      const finite::Model model = test::model_of(compilation, {.hidden = width, .outputs = 2});
      const auto t = finite::tangents(model, finite::draw<double>(model, finite::stream({width, k})), finite::batch(model, x, 0), 2);
      widths.push_back(double(width));
      sizes.push_back(finite::empirical_ntk(model, t, 0, t, 1).norm() / finite::empirical_ntk(model, t, 0, t, 0).norm());
    }
  const finite::Estimate slope = finite::log_slope(widths, sizes);
  INFO(slope.value, " +- ", slope.error);
  CHECK(std::abs(slope.value + 0.5) <= 4 * slope.error);
  CHECK(slope.error < 0.1);
}

TEST_CASE("the empirical NTK of width 1000 and depth 3 on 100 samples") {
  const auto c = test::compile({"repeat 3 { dense(sigma_w = 1.4, sigma_b = 0.1); relu }; dense"}, 784);
  const auto start = std::chrono::steady_clock::now();
  const finite::Model model = test::model_of(c, {.hidden = 1000, .outputs = 1}, 784);
  const auto theta = finite::draw<double>(model, 1);
  const auto t = finite::tangents(model, theta, finite::batch(model, Matrix<double>(Matrix<double>::Random(100, 784)), 1), 1);
  const auto ntk = finite::empirical_ntk(model, t, 0, t, 0);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  MESSAGE(taken.count(), " s");
  CHECK(ntk.isApprox(ntk.transpose(), 1e-12));
  CHECK(taken.count() < 10);
}
