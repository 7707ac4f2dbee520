// Finite networks of random specs against their kernels: what no test of formulas against formulas can find.
#include <doctest/doctest.h>

#include "../road/random_spec.hpp"
#include "driver/verify.hpp"

using namespace ntkc;

TEST_CASE("random networks: their means tend to the engine's kernels") {
  const char* first_text = std::getenv("NTKC_ROAD_SEED");
  const char* count_text = std::getenv("NTKC_ROAD_NETWORKS");
  const std::uint64_t first = first_text ? std::strtoull(first_text, nullptr, 10) : 1,
                      count = count_text ? std::strtoull(count_text, nullptr, 10) : 12;
  std::size_t compared = 0;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const tests::RandomSpec spec = tests::random_spec(seed);
    INFO("seed ", seed, "\n", spec.text);
    if (spec.growing) continue;  // moments of towers of exponentials and powers: no sample is large enough
    MemoryProvider files({{"n.ntk", spec.text}});
    driver::Request request;
    request.spec = "n.ntk";
    request.kernels = {true, spec.ntk};
    const auto c = driver::compile(files, request);
    if (!c.ok()) continue;
    driver::Verification result;
    result.options = {{64, 128, 256}, 48, seed, 0, driver::Progress::When::never};
    Diagnostics diagnostics;
    const io::Matrix x = driver::random_inputs(c, 0, seed);
    if (!driver::check_networks(c, 0, x, driver::engine_kernels(c, 0, x, 1), result, diagnostics)) {
      for (const auto& d : diagnostics.all()) MESSAGE(d.message);
      continue;
    }
    ++compared;
    for (const driver::LimitCheck& check : result.limits) {
      INFO(check.kernel, " ", check.i, " ", check.j, ": ", check.value, " +- ", check.error, " instead of ", check.expected);
      CHECK(check.deviations <= check.critical);
    }
  }
  CHECK(4 * compared >= count);
}
