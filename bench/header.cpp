// Generated headers beside the engine: the full NTK matrix of 4,000 samples in memory. The header runs as a program of its own.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <limits>

#include "engine/engine.hpp"
#include "network.hpp"
#include "samples.hpp"

namespace {

using namespace ntkc;

double by_header(const char* kind, const char* network, const char* data, bool single) {
  const auto command = fmt::format("'{}/ntkc_bench_{}' {} {} {}", NTKC_FOLDER, kind, network, data, single ? "f32" : "f64");
  double seconds = 0;
  FILE* const pipe = popen(command.c_str(), "r");
  const bool read = pipe && std::fscanf(pipe, "%lf", &seconds) == 1;
  return pipe && pclose(pipe) == 0 && read ? seconds : 0;
}

template <class T>
double by_engine(const char* activation, double bias, const bench::Samples& x) {
  using Clock = std::chrono::steady_clock;
  const auto c = bench::network(activation, x.columns, {false, true}, 3, bias);
  const engine::Evaluator engine(c.plans.at(0), {});
  std::vector<T> k(x.rows * x.rows);
  const std::vector<::ntk::MatrixView<T>> views = {{k.data(), x.rows, x.rows}};
  double least = std::numeric_limits<double>::infinity();
  for (int round = 0; round < 3; ++round) {
    const auto start = Clock::now();
    engine.gram(engine::Rows(x.values.data(), x.rows, x.columns), views, engine::Half::full);
    least = std::min(least, std::chrono::duration<double>(Clock::now() - start).count());
  }
  return least;
}

struct Case {
  const char *network, *activation;
  double bias;
};
constexpr Case kCases[] = {{"relu_3", "relu", 0}, {"relu_bias_3", "relu", 0.1}, {"gelu_3", "gelu", 0.1}, {"tanh_3", "tanh", 0.1}};

void beside_engine(benchmark::State& state, const char* kind, const Case& of, const char* name, const bench::Samples& x, bool single) {
  double header = 0, engine = 0;
  for (auto _ : state) {
    header = by_header(kind, of.network, name, single);
    if (header > 0) engine = (single ? by_engine<float> : by_engine<double>)(of.activation, of.bias, x);
  }
  if (header == 0) return state.SkipWithError("no header, or no data: Debian's package dataset-fashion-mnist");
  state.counters["to_engine"] = header / engine;
}

const bool kRegistered = [] {
  constexpr std::size_t kSamples = 4000;
  static const bench::Samples kData[] = {bench::fashion(kSamples), bench::gaussian(kSamples, bench::kColumns)};
  static constexpr const char* kNames[] = {"fashion", "gaussian"};
  for (const char* kind : {"cblas", "own"})
    for (const Case& of : kCases)
      for (std::size_t d = 0; d < std::size(kData); ++d)
        for (const bool single : {false, true})
          benchmark::RegisterBenchmark(fmt::format("header{}/{}/{}/{}", single ? "_single" : "", kind, of.network, kNames[d]).c_str(),
                                       [=](benchmark::State& state) { beside_engine(state, kind, of, kNames[d], kData[d], single); })
              ->Iterations(1)
              ->Unit(benchmark::kMillisecond)
              ->UseRealTime();
  return true;
}();

}  // namespace
