// Derivatives of one compiled network: derived programs, differences of the judge, whole matrices of the engine.
#pragma once
#include <doctest/doctest.h>

#include "driver/gradient.hpp"
#include "kernels.hpp"
#include "numeric/real.hpp"
#include "passes/differentiate.hpp"

namespace ntkc::tests {

// A network whose layers have the run-time params sigma_w and sigma_b.
inline std::string with_sigmas(const std::string& body) {
  return "ntk 1\nparam sigma_w = 1.25 in [0, 10]\nparam sigma_b = 0.5 in [0, 10]\nnetwork n {\n  input x: [5]\n"
         "  default dense(sigma_w = sigma_w, sigma_b = sigma_b)\n  " +
         body + "\n}\n";
}

using Exact = std::map<std::string, numeric::Float100>;

inline Exact exactly(const ir::Program& program, const std::vector<double>& x, const std::vector<double>& y,
                     const expr::ParamValues& params, bool same) {
  Exact values;
  for (const auto& [name, number] : reference::evaluate(program, x, y, params, same)) values[name] = numeric::value(number);
  return values;
}

// Central differences at halved steps from 1/256 on, extrapolated (Richardson 1911): of n of them the error is about 2^(-n (n + 15)) of the
// derivative of order 2 n + 1.
inline Exact differences(const ir::Program& program, const std::string& param, const std::vector<double>& x, const std::vector<double>& y,
                         bool same, int steps) {
  std::map<std::string, std::vector<numeric::Float100>> rows;
  for (int i = 0; i < steps; ++i) {
    const double step = std::ldexp(1.0, -8 - i);
    expr::ParamValues up, down;
    for (const graph::Param& p : program.params) up[p.name] = down[p.name] = p.value;
    up[param] += step, down[param] -= step;
    const numeric::Float100 apart = numeric::Float100(up[param]) - numeric::Float100(down[param]);
    const Exact above = exactly(program, x, y, up, same), below = exactly(program, x, y, down, same);
    for (const auto& [name, value] : above) rows[name].push_back((value - below.at(name)) / apart);
  }
  Exact limit;
  for (auto& [name, row] : rows) {
    numeric::Float100 factor = 4;
    for (int level = 1; level < steps; ++level, factor *= 4)
      for (int i = steps - 1; i >= level; --i) row[i] += (row[i] - row[i - 1]) / (factor - 1);
    limit[name] = row.back();
  }
  return limit;
}

using Pairs = std::vector<std::pair<std::size_t, std::size_t>>;  // of hard_samples; one twice: the diagonal

// The largest error of the derived program, relative to the derivative and the kernel of the first sample with itself.
inline double worst_of_program(const driver::Compilation& c, const std::string& param, const Pairs& pairs, int steps) {
  const ir::Program derived = passes::differentiate(c.lowered[0], param);
  CHECK_FALSE(ir::verify(derived).has_value());
  const Samples samples = hard_samples(columns_of(derived), 1.5);
  double worst = 0;
  for (const auto& [i, j] : pairs) {
    const Exact got = exactly(derived, samples[i], samples[j], {}, i == j), size = exactly(c.lowered[0], samples[i], samples[i], {}, true);
    for (const auto& [name, value] : differences(c.lowered[0], param, samples[i], samples[j], i == j, steps)) {
      const double error = static_cast<double>(abs(got.at(name) - value) / (abs(value) + abs(size.at(name)) + 1e-290));
      if (!(error <= worst)) worst = error;
    }
  }
  return worst;
}

// The largest errors of a matrix of the engine, of pairs apart and of aligned ones, relative to the roots of what kernel and derivative are
// on the diagonal.
struct Worst {
  double apart = 0, near = 0;
};
inline Worst worst_of_engine(const driver::Compilation& c, const std::string& param, const Samples& samples) {
  Diagnostics diagnostics;
  const auto plan = driver::gradient(c, 0, param, {true, c.plans[0].outputs.size() > 1}, diagnostics);
  REQUIRE(plan);
  const ir::Program derived = passes::differentiate(c.lowered[0], param);
  const std::size_t n = samples.size(), outputs = plan->outputs.size();
  const std::vector<double> values = flat(samples);
  const engine::Rows rows{values.data(), n, samples[0].size()};
  const engine::Evaluator evaluator(*plan, {}, {.threads = 1});
  Keep gram(outputs, n, n), cross(outputs, n, n);
  evaluator.gram(rows, gram);
  evaluator.cross(rows, rows, cross);
  std::vector<Values> own, size;
  for (const auto& x : samples) own.push_back(judge(derived, x, x, true)), size.push_back(judge(c.lowered[0], x, x, true));
  Worst worst;
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j <= i; ++j) {
      const Values exact = judge(derived, samples[i], samples[j]);
      for (std::size_t o = 0; o < outputs; ++o) {
        const std::string& name = plan->outputs[o].name;
        const auto scale = [&](std::size_t k) { return std::abs(own[k].at(name)) + std::abs(size[k].at(name)); };
        const auto take = [&](double got, double expected, double& most) {
          const double error = std::abs(got - expected) / (std::sqrt(scale(i)) * std::sqrt(scale(j)) + 1e-290);
          if (!(error <= most)) most = error;
        };
        double& most = aligned(i, j) ? worst.near : worst.apart;
        take(cross.at(o, i, j), exact.at(name), most);
        take(gram.at(o, i, j), i == j ? own[i].at(name) : exact.at(name), i == j ? worst.apart : most);
        CHECK(gram.at(o, j, i) == gram.at(o, i, j));
      }
    }
  return worst;
}

}  // namespace ntkc::tests
