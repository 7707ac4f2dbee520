// The engine alone, its results thrown away, against the numbers of samples, layers, features and threads.
#include <benchmark/benchmark.h>

#include <algorithm>

#include "engine/engine.hpp"
#include "network.hpp"
#include "samples.hpp"

namespace {

using namespace ntkc;

class Discard : public engine::TileSink {
 public:
  bool write(std::size_t, std::size_t, std::size_t, engine::Rows) override { return true; }
};

// Gaussian rows, ReLU with bias.
void scale(benchmark::State& state, const bench::Samples& x, int depth, unsigned threads) {
  const auto c = bench::network("relu", x.columns, {false, true}, depth);
  engine::Options options;
  options.threads = threads;
  const engine::Evaluator evaluator(c.plans.at(0), {}, options);
  Discard sink;
  for (auto _ : state) evaluator.gram(engine::Rows(x.values.data(), x.rows, x.columns), sink);
}

// The first `near` samples are 1e-9 apart.
bench::Samples with_near(bench::Samples x, std::size_t near) {
  for (std::size_t i = 1; i < near; ++i) {
    std::copy_n(x.values.begin(), x.columns, x.values.begin() + static_cast<std::ptrdiff_t>(i * x.columns));
    x.values[i * x.columns + i % x.columns] += 1e-9;
  }
  return x;
}

const bool kRegistered = [] {
  const auto add = [](const std::string& axis, std::size_t value, std::size_t samples, int depth, std::size_t features, unsigned threads) {
    benchmark::RegisterBenchmark(fmt::format("scaling/{}/{}", axis, value).c_str(),
                                 [=](benchmark::State& state) { scale(state, bench::gaussian(samples, features), depth, threads); })
        ->Iterations(samples > 10000 ? 1 : 3)
        ->Unit(benchmark::kMillisecond)
        ->MeasureProcessCPUTime()
        ->UseRealTime();
  };
  for (const std::size_t samples : {500, 1000, 2000, 4000, 8000, 16000, 30000}) add("samples", samples, samples, 3, 64, 0);
  for (const int depth : {1, 3, 10, 100, 1000}) add("depth", static_cast<std::size_t>(depth), 8000, depth, 64, 0);
  for (const int depth : {3, 100}) add("depth_of_30000", static_cast<std::size_t>(depth), 30000, depth, 64, 0);
  for (const std::size_t features : {10, 100, 1000, 10000}) add("features", features, 4000, 3, features, 0);
  for (const unsigned threads : {1, 2}) add("threads", threads, 8000, 3, 784, threads);
  for (const std::size_t near : {0, 2000})
    benchmark::RegisterBenchmark(fmt::format("scaling/near_duplicates/{}", near).c_str(),
                                 [=](benchmark::State& state) { scale(state, with_near(bench::gaussian(4000, 784), near), 3, 0); })
        ->Iterations(3)
        ->Unit(benchmark::kMillisecond)
        ->UseRealTime();
  return true;
}();

}  // namespace
