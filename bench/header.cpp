// Generated headers as a caller would compile them (-O3 -march=native), with a BLAS and without, beside the engine: the lower half of the
// NTK matrix of 4,000 samples, times taken in turns, the smallest of each counts. Compiled once with NTK_USE_CBLAS and once without.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <thread>

#include "engine/engine.hpp"
#include "gelu_3.ntk.hpp"
#include "network.hpp"
#include "relu_3.ntk.hpp"
#include "relu_bias_3.ntk.hpp"
#include "samples.hpp"
#include "tanh_3.ntk.hpp"

namespace {

using namespace ntkc;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kSamples = 4000;
#ifdef NTK_USE_CBLAS
constexpr const char* kKind = "cblas";
extern "C" void openblas_set_num_threads(int);
void one_thread_of_blas(bool one) { openblas_set_num_threads(one ? 1 : static_cast<int>(std::thread::hardware_concurrency())); }
#else
constexpr const char* kKind = "own";
void one_thread_of_blas(bool) {}
#endif

double seconds(const auto& run) {
  const auto start = Clock::now();
  run();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Parts of equal numbers of pairs, a thread each: the header starts none.
template <class Evaluator>
void gram(const Evaluator& evaluator, const bench::Samples& x, std::vector<double>& k) {
  const unsigned parts = std::max(1u, std::thread::hardware_concurrency());
  std::vector<std::thread> threads;
  std::size_t begin = 0;
  for (unsigned p = 1; p <= parts; ++p) {
    const auto end = p == parts ? x.rows : static_cast<std::size_t>(static_cast<double>(x.rows) * std::sqrt(double(p) / parts));
    threads.emplace_back([&, begin, end] {
      evaluator.gram(::ntk::ConstMatrixView<double>(x.values.data(), x.rows, x.columns),
                     ::ntk::MatrixView<double>(k.data(), x.rows, x.rows), ::ntk::ntk, ::ntk::RowRange{begin, end});
    });
    begin = end;
  }
  for (auto& thread : threads) thread.join();
}

template <class Evaluator>
void beside_engine(benchmark::State& state, const char* activation, double bias, const bench::Samples& x) {
  if (x.rows == 0) return state.SkipWithError("Debian's package dataset-fashion-mnist is not installed");
  const auto c = bench::network(activation, x.columns, {false, true}, 3, bias);
  const engine::Evaluator engine(c.plans.at(0), {});
  const Evaluator header;
  std::vector<double> one(x.rows * x.rows), other(one.size());
  const std::vector<::ntk::MatrixView<double>> views = {{one.data(), x.rows, x.rows}};
  double by_engine = std::numeric_limits<double>::infinity(), by_header = by_engine;
  for (auto _ : state) {
    by_engine =
        std::min(by_engine, seconds([&] { engine.gram(engine::Rows(x.values.data(), x.rows, x.columns), views, engine::Half::full); }));
    one_thread_of_blas(true);
    by_header = std::min(by_header, seconds([&] { gram(header, x, other); }));
    one_thread_of_blas(false);
  }
  state.counters["to_engine"] = by_header / by_engine;
}

const bool kRegistered = [] {
  static const bench::Samples kData[] = {bench::fashion(kSamples), bench::gaussian(kSamples, bench::kColumns)};
  static constexpr const char* kNames[] = {"fashion", "gaussian"};
  const auto add = [](const char* network, const auto& run, std::size_t d) {
    benchmark::RegisterBenchmark(fmt::format("header/{}/{}/{}", kKind, network, kNames[d]).c_str(),
                                 [run, d](benchmark::State& state) { run(state, kData[d]); })
        ->Iterations(3)
        ->Unit(benchmark::kMillisecond)
        ->UseRealTime();
  };
  using State = benchmark::State;
  using Samples = bench::Samples;
  for (std::size_t d = 0; d < std::size(kData); ++d) {
    add(
        "relu_3", [](State& s, const Samples& x) { beside_engine<relu_3::Evaluator>(s, "relu", 0, x); }, d);
    add(
        "relu_bias_3", [](State& s, const Samples& x) { beside_engine<relu_bias_3::Evaluator>(s, "relu", 0.1, x); }, d);
    add(
        "gelu_3", [](State& s, const Samples& x) { beside_engine<gelu_3::Evaluator>(s, "gelu", 0.1, x); }, d);
    add(
        "tanh_3", [](State& s, const Samples& x) { beside_engine<tanh_3::Evaluator>(s, "tanh", 0.1, x); }, d);
  }
  return true;
}();

}  // namespace
