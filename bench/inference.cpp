// Kernel machines on 4,000 samples beside the LAPACK calls that they cannot do without, timed in turns; the smallest of each counts. And
// conjugate gradients on a kernel that is computed whenever it is needed.
#include "ntk/inference.hpp"

#include <benchmark/benchmark.h>
#include <cblas.h>
#include <lapacke.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <numbers>
#include <random>

namespace {

using namespace ntk::inference;
using Clock = std::chrono::steady_clock;

constexpr Index kSamples = 4000, kTests = 1000, kFeatures = 50, kOutputs = 10;

Matrix normal(Index rows, Index columns, unsigned seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> draw;
  return Matrix::NullaryExpr(rows, columns, [&] { return draw(random); });
}

// The NTK of one hidden ReLU layer (Jacot et al. 2018) for rows x of samples that have norm 1.
void relu_ntk(const Matrix& x, const Matrix& y, MatrixOut kernel) {
  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, static_cast<int>(x.rows()), static_cast<int>(y.rows()), static_cast<int>(x.cols()),
              1, x.data(), static_cast<int>(x.cols()), y.data(), static_cast<int>(y.cols()), 0, kernel.data(),
              static_cast<int>(kernel.outerStride()));
  for (Index i = 0; i < kernel.rows(); ++i)
    for (Index j = 0; j < kernel.cols(); ++j) {
      const double rho = std::clamp(kernel(i, j), -1.0, 1.0), rest = std::numbers::pi - std::acos(rho);
      kernel(i, j) = (std::sqrt(1 - rho * rho) + 2 * rest * rho) / std::numbers::pi;
    }
}

struct Task {
  Task() : x(normal(kSamples, kFeatures, 1).rowwise().normalized()), kernel(kSamples, kSamples), cross(kTests, kSamples) {
    relu_ntk(x, x, kernel);
    kernel.triangularView<Eigen::StrictlyUpper>() = kernel.transpose();
    relu_ntk(normal(kTests, kFeatures, 2).rowwise().normalized(), x, cross);
  }
  Matrix x, kernel, cross, y = normal(kSamples, kOutputs, 3);
};
const Task& task() {
  static const Task made;
  return made;
}

double seconds(const auto& run) {
  const auto start = Clock::now();
  run();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double resident_megabytes() {
  std::ifstream pages("/proc/self/statm");
  double all = 0, resident = 0;
  pages >> all >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1024 / 1024;
}

// Both start from a fresh copy of the kernel, which is not in the time.
void flow(benchmark::State& state) {
  const Task& t = task();
  std::vector<double> times;
  for (int i = 0; i < 100; ++i) times.push_back(std::pow(10, 0.1 * i));
  const int n = static_cast<int>(kSamples);
  double lapack = kForever, ours = kForever;
  for (auto _ : state) {
    Matrix a = t.kernel;
    Vector values(kSamples);
    lapack = std::min(lapack, seconds([&] { LAPACKE_dsyevd(LAPACK_COL_MAJOR, 'V', 'U', n, a.data(), n, values.data()); }));
    a = t.kernel;
    ours = std::min(ours, seconds([&] {
                      const Spectrum spectrum(std::move(a));
                      const SquaredLoss loss(spectrum, t.y);
                      benchmark::DoNotOptimize(loss.predict(t.cross, gradient_flow(spectrum, times, {})));
                    }));
  }
  state.counters["ratio"] = ours / lapack;
  state.counters["lapack"] = lapack;
}

void posterior(benchmark::State& state) {
  const Task& t = task();
  const int n = static_cast<int>(kSamples), m = static_cast<int>(kTests);
  const Vector prior = Vector::Constant(kTests, 2);
  double lapack = kForever, ours = kForever;
  for (auto _ : state) {
    Matrix a = t.kernel, cross = t.cross, y = t.y;
    lapack = std::min(lapack, seconds([&] {
                        LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'U', n, a.data(), n);
                        for (const auto side : {CblasNoTrans, CblasTrans})
                          cblas_dtrsm(CblasRowMajor, CblasLeft, CblasLower, side, CblasNonUnit, n, static_cast<int>(kOutputs), 1, a.data(),
                                      n, y.data(), static_cast<int>(kOutputs));
                        cblas_dtrsm(CblasRowMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, m, n, 1, a.data(), n, cross.data(), n);
                      }));
    a = t.kernel;
    ours = std::min(ours, seconds([&] {
                      const Regression fit(std::move(a), t.y);
                      benchmark::DoNotOptimize(fit.predict(t.cross));
                      benchmark::DoNotOptimize(posterior_variance(fit, t.cross, prior));
                    }));
  }
  state.counters["ratio"] = ours / lapack;
  state.counters["lapack"] = lapack;
}

// Rows of the kernel are computed and thrown away: memory is a block of rows and the preconditioner.
void matrix_free(benchmark::State& state) {
  const Index n = state.range(0), rank = 300;
  const Matrix x = normal(n, 10, 1).rowwise().normalized(), y = normal(n, 1, 2);
  CgOptions options;
  options.ridge = 0.1;
  options.tolerance = 1e-3;
  const double before = resident_megabytes();
  double most = 0;
  for (auto _ : state) {
    const RowsOperator kernel(Vector::Constant(n, 2), [&](Index first, MatrixOut block) {
      relu_ntk(x.middleRows(first, block.rows()), x.topRows(block.cols()), block);
      most = std::max(most, resident_megabytes() - before);
    });
    const CgSolution found = conjugate_gradients(kernel, Preconditioner(kernel, rank, options.ridge), y, options);
    if (!found.converged) state.SkipWithError("not converged");
    state.counters["iterations"] = static_cast<double>(found.iterations);
  }
  state.counters["megabytes"] = most;
  state.counters["matrix_megabytes"] = static_cast<double>(n) * static_cast<double>(n) * 8 / 1024 / 1024;
}

BENCHMARK(flow)->Name("inference/flow")->Iterations(2)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(posterior)->Name("inference/posterior")->Iterations(5)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(matrix_free)->Name("inference/matrix_free")->Arg(20'000)->Iterations(1)->Unit(benchmark::kSecond)->UseRealTime();

}  // namespace
