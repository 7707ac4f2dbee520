// Instructions that the engine runs for a matrix, counted by valgrind: a slow-down of the pair program shows on a noisy machine, too.
// The counts of the baseline are this machine's valgrind's, which knows AVX2 and no more; NTKC_UPDATE_GOLDEN writes them anew.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <map>
#include <sstream>

#include "../driver/process.hpp"
#include "../driver/samples.hpp"

namespace {

constexpr double kMore = 0.03;  // that much more is a slow-down
const std::string kBaseline = NTKC_SOURCE_DIR "/tests/instructions/baseline.txt";

struct Case {
  const char* name;
  const char* layers;
  std::size_t samples;
};
constexpr Case kCases[] = {
    {"relu", "repeat 3 { dense(sigma_b = 0.1); relu }; dense", 120},
    {"tanh", "repeat 3 { dense(sigma_b = 0.1); tanh }; dense", 120},
    {"hard_tanh", "repeat 3 { dense(sigma_b = 0.1); hard_tanh }; dense", 60},
    {"relu_collapsed", "repeat 3 { dense(sigma_b = 0.1); relu }; dense", 600},
};

// Within the tiles, those of the matrix product counted in.
double count(const test::Folder& folder, const Case& of) {
  test::write(folder / "n.ntk", fmt::format("ntk 1\nnetwork n {{\n  input x: [4]\n  {}\n}}\n", of.layers));
  test::write(folder / "x.npy", test::samples(of.samples));
  const auto run = folder.shell(
      "valgrind --tool=callgrind --callgrind-out-file=/dev/null --collect-atstart=no --toggle-collect='*::TileRunner::run<*' "
      "--toggle-collect='*::CollapsedTileRunner<*>::run(*' \"$NTKC\" eval n.ntk --x x.npy -o k.npy --threads 1");
  REQUIRE_MESSAGE(run.status == 0, run.err);
  const auto at = run.err.find("Collected : ");
  REQUIRE_MESSAGE(at != std::string::npos, run.err);
  return std::strtod(run.err.c_str() + at + 12, nullptr);
}

std::map<std::string, double> baseline() {
  std::map<std::string, double> out;
  std::istringstream lines(test::read(kBaseline));
  std::string name;
  for (double instructions = 0; lines >> name >> instructions;) out[name] = instructions;
  return out;
}

}  // namespace

TEST_CASE("the pair program takes no more instructions than its baseline") {
  const test::Folder folder;
  std::map<std::string, double> measured;
  for (const Case& of : kCases) measured[of.name] = count(folder, of);
  if (std::getenv("NTKC_UPDATE_GOLDEN")) {
    std::string text;
    for (const auto& [name, instructions] : measured) text += fmt::format("{} {:.0f}\n", name, instructions);
    test::write(kBaseline, text);
  }
  const auto expected = baseline();
  for (const auto& [name, instructions] : measured) {
    INFO(name, ": ", instructions, " instructions");
    REQUIRE(expected.contains(name));
    CHECK(instructions > 0);
    CHECK(instructions <= (1 + kMore) * expected.at(name));
  }
}
