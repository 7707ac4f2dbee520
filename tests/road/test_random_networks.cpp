// Random networks down the whole road: every stage that has a value is compared with the judge, which reads the program as it was lowered.
// NTKC_ROAD_SEED and NTKC_ROAD_NETWORKS choose other networks; a failure prints its seed and its spec.
#include <doctest/doctest.h>

#include <fmt/format.h>

#include <cstdlib>

#include "kernels.hpp"
#include "random_spec.hpp"

using namespace ntkc;
using namespace ntkc::tests;

namespace {

std::uint64_t setting(const char* name, std::uint64_t fallback) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : fallback;
}

// Beyond this the double range is close: products of variances overflow.
constexpr double kLargest = 1e60;

struct Checker {
  const driver::Compilation& c;
  Samples samples;
  std::vector<Values> own;  // the judge's values of each sample with itself, as two samples
  double tolerance;
  double worst = 0;
  std::string complaint;

  Checker(const driver::Compilation& compilation, double tol) : c(compilation), samples(hard_samples(columns_of(c.lowered[0]))), tolerance(tol) {
    for (const auto& x : samples) own.push_back(judge(c.lowered[0], x, x, true));
  }

  double scale(const std::string& kernel, std::size_t i, std::size_t j) const {
    return std::sqrt(std::abs(own[i].at(kernel))) * std::sqrt(std::abs(own[j].at(kernel)));
  }
  bool in_range(std::size_t i) const {
    for (const auto& [name, value] : own[i])
      if (!(std::abs(value) < kLargest)) return false;
    return true;
  }

  void compare(const char* what, const std::string& kernel, std::size_t i, std::size_t j, double got, double expected) {
    const double s = scale(kernel, i, j), error = std::abs(got - expected) / (s + 1e-290);
    if (!(error <= worst)) worst = error;
    if (!(error <= tolerance) && complaint.empty())
      complaint = fmt::format("{}: {} of samples {} and {}: {} instead of {}, off by {:.2e} of {}", what, kernel, i, j, got, expected, error, s);
  }

  void engine() {
    const Keep gram = run(c, samples, true), cross = run(c, samples, false);
    for (std::size_t i = 0; i < samples.size(); ++i)
      for (std::size_t j = 0; j < samples.size(); ++j) {
        if (!in_range(i) || !in_range(j)) continue;
        const bool lower = j <= i;
        const Values v = judge(c.lowered[0], samples[i], samples[j]);
        for (std::size_t o = 0; o < c.plans[0].outputs.size(); ++o) {
          const std::string& name = c.plans[0].outputs[o].name;
          if (lower) compare("gram", name, i, j, gram.at(o, i, j), i == j ? own[i].at(name) : v.at(name));
          compare("cross", name, i, j, cross.at(o, i, j), v.at(name));
        }
      }
  }
};

}  // namespace

TEST_CASE("offline: engine and judge") {
  const std::uint64_t first = setting("NTKC_ROAD_SEED", 1), count = setting("NTKC_ROAD_NETWORKS", 60);
  const bool integrated = setting("NTKC_ROAD_INTEGRATED", 0);
  std::size_t accepted = 0, failed = 0;
  std::map<std::string, int> refusals;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const RandomSpec spec = random_spec(seed, integrated);
    try {
      const auto c = compile(spec.text, spec.ntk);
      if (!c.ok()) {
        for (const auto& d : c.diagnostics.all())
          if (d.severity == Severity::error) ++refusals[spelling(d.code) + " " + d.message.substr(0, 60)];
        continue;
      }
      ++accepted;
      Checker checker(c, integrated ? 1e-11 : 1e-13);
      checker.engine();
      if (!checker.complaint.empty()) {
        ++failed;
        fmt::print("seed {}: worst {:.2e}; {}\n", seed, checker.worst, checker.complaint);
      }
    } catch (const std::exception& e) {
      ++failed;
      fmt::print("seed {}: {}\n", seed, e.what());
    }
    std::fflush(stdout);
  }
  fmt::print("{} of {} accepted, {} failed\n", accepted, count, failed);
  for (const auto& [what, n] : refusals) fmt::print("  {} {}\n", n, what);
}
