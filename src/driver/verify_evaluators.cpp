// The engine and the generated evaluator against the recursion in 100 digits.
#include <algorithm>
#include <cmath>

#include "driver/describe.hpp"
#include "driver/toolchain.hpp"
#include "driver/verify.hpp"
#include "reference/evaluate.hpp"

namespace ntkc::driver {
namespace {

constexpr std::size_t kJudged = 4;       // rows that the judge sees: it needs up to seconds a pair
constexpr double kWithoutBound = 1e-10;  // of networks whose error is not followed

io::Matrix first_rows(const io::Matrix& x) {
  io::Matrix out = x;
  out.rows = std::min(x.rows, kJudged);
  out.values.resize(out.rows * out.columns);
  return out;
}

Kernels judged(const ir::Program& program, const std::vector<plan::Plan::Output>& outputs, const io::Matrix& x) {
  Kernels out(outputs.size(), std::vector<double>(x.rows * x.rows));
  for (std::size_t i = 0; i < x.rows; ++i)
    for (std::size_t j = 0; j <= i; ++j) {
      const auto values = reference::evaluate(program, {x.row(i), x.columns}, {x.row(j), x.columns}, {}, i == j);
      for (std::size_t o = 0; o < outputs.size(); ++o)
        out[o][i * x.rows + j] = out[o][j * x.rows + i] = values.at(outputs[o].name).to_double();
    }
  return out;
}

double worst(const std::vector<double>& got, const std::vector<double>& expected, std::size_t n) {
  double error = 0;
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) {
      const double off = std::abs(got[i * n + j] - expected[i * n + j]);
      const double scale = std::sqrt(expected[i * n + i]) * std::sqrt(expected[j * n + j]);
      if (!(off <= error * scale)) error = scale > 0 ? off / scale : off;
    }
  return error;
}

}  // namespace

bool check_evaluators(const Compilation& c, std::size_t i, const io::Matrix& x, Verification& result, Diagnostics& diagnostics) {
  const io::Matrix rows = first_rows(x);
  const auto generated = run_generated(c, i, rows, diagnostics);
  if (!generated) return false;
  const auto& outputs = c.plans[i].outputs;
  const Kernels expected = judged(c.lowered[i], outputs, rows), engine = engine_kernels(c, i, rows, result.options.threads);
  const auto bound = network_error(c.graphs[i], activation_facts(c, i, true), pair_facts(c, i, true));
  for (std::size_t o = 0; o < outputs.size(); ++o) {
    const double known = !bound ? kWithoutBound : outputs[o].name == "ntk" ? bound->ntk : bound->nngp;
    const double allowed = std::max(c.lowered[i].tolerance, known);
    result.evaluators.push_back({"the engine", outputs[o].name, worst(engine[o], expected[o], rows.rows), allowed});
    result.evaluators.push_back({"the generated evaluator", outputs[o].name, worst((*generated)[o], expected[o], rows.rows), allowed});
  }
  return true;
}

}  // namespace ntkc::driver
