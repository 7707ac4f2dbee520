// neural-tangents on the same network, where NTKC_PEER names a Python that has it (bench/README.md).
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

namespace {

constexpr int kDegree = 25;  // nodes a dimension: what its users take

void peer(benchmark::State& state) {
  const char* const python = std::getenv("NTKC_PEER");
  if (!python) return state.SkipWithError("NTKC_PEER names no Python with neural-tangents");
  const std::string command = fmt::format("'{}' '{}' {} {}", python, NTKC_PEER_SCRIPT, state.range(0), kDegree);
  for (auto _ : state) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> output(popen(command.c_str(), "r"), pclose);
    double seconds = 0;
    if (!output || std::fscanf(output.get(), "%lf", &seconds) != 1) return state.SkipWithError("the peer gave no time");
    state.SetIterationTime(seconds);
  }
}
BENCHMARK(peer)->Arg(300)->Iterations(1)->Unit(benchmark::kMillisecond)->UseManualTime();

}  // namespace
