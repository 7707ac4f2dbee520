// `ntkc eval` as a whole process, from a file to a file, beside the same matrix in memory.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>

#include "engine/engine.hpp"
#include "io/npy.hpp"
#include "network.hpp"
#include "samples.hpp"

namespace {

using namespace ntkc;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

double seconds(const auto& run) {
  const auto start = Clock::now();
  run();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void file_to_file(benchmark::State& state) {
  constexpr std::size_t kSamples = 4000;
  constexpr double kStart = 0.1;  // seconds that a process may take beside the work
  const auto x = bench::gaussian(kSamples, bench::kColumns);
  const fs::path folder = fs::temp_directory_path() / fmt::format("ntkc-bench-{}", getpid());
  fs::create_directories(folder);
  std::string bytes = io::npy_prefix(io::Dtype::f64, {x.rows, x.columns});
  io::append_numbers(io::Dtype::f64, x.values.data(), x.values.size(), bytes);
  std::ofstream(folder / "x.npy", std::ios::binary) << bytes;
  const auto command = fmt::format("'{}' eval -q '{}' --x '{}' -o '{}'", NTKC_BINARY, NTKC_NETWORK, (folder / "x.npy").string(),
                                   (folder / "k.npy").string());
  const auto c = bench::network("relu", x.columns, {false, true}, 3, 0);
  const engine::Evaluator evaluator(c.plans.at(0), {});
  std::vector<double> k(kSamples * kSamples);
  const std::vector<::ntk::MatrixView<double>> views = {{k.data(), kSamples, kSamples}};
  double process = std::numeric_limits<double>::infinity(), memory = process;
  int failed = 0;
  for (auto _ : state) {
    memory =
        std::min(memory, seconds([&] { evaluator.gram(engine::Rows(x.values.data(), x.rows, x.columns), views, engine::Half::full); }));
    process = std::min(process, seconds([&] { failed += std::system(command.c_str()) != 0; }));
  }
  fs::remove_all(folder);
  if (failed > 0) return state.SkipWithError("ntkc eval failed");
  state.counters["ratio"] = (process - kStart) / memory;
}
BENCHMARK(file_to_file)->Name("process/eval")->Iterations(3)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
