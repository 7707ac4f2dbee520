#include "engine/collapsed.hpp"

#include <tbb/task_arena.h>

#include <algorithm>
#include <cmath>

#include "engine/near_ops.hpp"
#include "engine/tile.hpp"
#include "plan/collapse.hpp"

namespace ntkc::engine {

using ::ntk::collapse::Fit;
using ::ntk::collapse::Interval;
using ::ntk::collapse::Sheet;

namespace {

// sqrt(k(x, x)) of all samples, output after output.
std::vector<double> roots(const Context& context, const Samples& samples) {
  const std::size_t n = samples.count(), outputs = context.plan.outputs.size();
  std::vector<double> out(outputs * n), some(outputs * kLanes);
  TileRunner runner(context);
  for (std::size_t first = 0; first < n; first += kLanes) {
    const std::size_t count = std::min(kLanes, n - first);
    runner.diagonal(samples, first, count, some.data());
    for (std::size_t o = 0; o < outputs; ++o)
      for (std::size_t l = 0; l < count; ++l) out[o * n + first + l] = std::sqrt(some[o * kLanes + l]);
  }
  return out;
}

bool is_positive(double x) { return x > 0 && x <= std::numeric_limits<double>::max(); }

// Correlations of some pairs, in order: every so many steps of a walk through both sides.
std::vector<double> correlations(const Context& context, const Samples& x, const Samples& y) {
  constexpr std::size_t kPairs = 2000, kStride = 7919;  // a prime
  const auto f = x.features(context.plan.products[0].left), g = y.features(context.plan.products[0].right);
  std::vector<double> out;
  for (std::size_t k = 0; k < kPairs; ++k) {
    const std::size_t i = k * kStride % x.count(), j = (k * kStride / x.count() + k * (kStride + 2)) % y.count();
    const double q1 = x.norms(0, true)[i], q2 = y.norms(0, false)[j];
    if ((&x == &y && i == j) || !is_positive(q1) || !is_positive(q2)) continue;
    out.push_back(inner(f.size, f.row(i), g.row(j)) / (std::sqrt(q1) * std::sqrt(q2)));
  }
  std::sort(out.begin(), out.end());
  return out;
}

// What a pair costs by the recursion, in multiply-adds: an operation is some 16 of them, more or less.
double node_cost(const std::vector<plan::Step>& steps) {
  constexpr double kOperation = 16;
  double cost = 0;
  for (const auto& step : steps) {
    if (step.kind == plan::Step::Kind::loop)
      cost += static_cast<double>(step.count) * node_cost(step.body);
    else
      cost += step.op == ir::Op::dual_quadrature ? 64 * kOperation : kOperation;
  }
  return cost;
}

// log q of all samples that have one, in order.
std::vector<double> log_norms(const Samples& samples) {
  std::vector<double> out;
  for (std::size_t i = 0; i < samples.count(); ++i)
    if (const double q = samples.norms(0, true)[i]; is_positive(q)) out.push_back(std::log(q));
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

// Alone with its thread: one that waits for these samples must not be given other work that waits for them, too.
Nodes::Side Nodes::side(const std::vector<double>& variances) const {
  return tbb::this_task_arena::isolate([&] {
    Side side;
    side.variances = variances;
    const std::size_t n = variances.size() * Side::kCopies;
    side.rows.resize(n * columns_);
    for (std::size_t i = 0; i < n; ++i)
      side.rows[i * columns_] = std::sqrt(variances[i % variances.size()] * static_cast<double>(columns_));
    side.samples = std::make_unique<Samples>(context_, Rows(side.rows.data(), n, columns_));
    side.roots = roots(context_, *side.samples);
    return side;
  });
}

void Nodes::kernels(const Side& x, const Side& y, Sheet sheet, const std::vector<double>& t, double* out) const {
  const std::size_t nx = x.variances.size(), ny = y.variances.size(), products = context_.plan.products.size();
  Machine machine(context_, context_.plan.pair);
  std::vector<double> data(products * kLanes), same(kLanes);
  Inputs inputs;
  inputs.x = &x.samples->store(), inputs.y = &y.samples->store(), inputs.same = same.data();
  for (std::size_t p = 0; p < products; ++p) inputs.products.push_back(data.data() + p * kLanes);
  for (std::size_t a = 0; a < nx; ++a)
    for (std::size_t m = 0; m < t.size(); m += Side::kCopies) {
      const std::size_t angles = std::min(Side::kCopies, t.size() - m);
      inputs.x_first = a, inputs.lanes = angles * ny;
      for (std::size_t l = 0; l < packed(inputs.lanes); ++l) {
        const auto at = ::ntk::collapse::products(x.variances[a], y.variances[l % ny], sheet, t[std::min(m + l / ny, t.size() - 1)]);
        for (std::size_t p = 0; p < products; ++p) {
          const auto op = context_.plan.products[p].op;
          data[p * kLanes + l] = op == ir::Op::inner ? at.inner : op == ir::Op::distance ? at.distance : at.gram;
        }
      }
      machine.run(inputs, nullptr, 0);
      for (std::size_t o = 0; o < outputs(); ++o) {
        const auto value = machine.number(context_.plan.outputs[o].value);
        for (std::size_t l = 0; l < inputs.lanes; ++l)
          out[((o * nx + a) * t.size() + m) * ny + l] = (value.lanes ? value.lanes[l] : value.value) /
                                                        (x.roots[o * nx * Side::kCopies + a] * y.roots[o * ny * Side::kCopies + l % ny]);
      }
    }
}

std::unique_ptr<const Collapsed> Collapsed::make(const Context& context, const Samples& x, const Samples& y) {
  constexpr std::size_t kFewest = 1 << 17;  // pairs that are worth the search for bins
  if (x.count() * y.count() < kFewest || !plan::is_of_norms(context.plan)) return nullptr;
  const auto left = log_norms(x), right = log_norms(y);
  if (left.empty() || right.empty()) return nullptr;
  ::ntk::collapse::Survey survey;
  survey.log_q = {std::min(left.front(), right.front()), std::max(left.back(), right.back())};
  survey.middle = left[left.size() / 2];
  survey.correlations = correlations(context, x, y);
  survey.pairs = static_cast<double>(x.count()) * static_cast<double>(y.count()) * (&x == &y ? 0.5 : 1);
  survey.node = node_cost(context.plan.pair.steps);
  const Nodes nodes(context, x.features(context.plan.products[0].left).size);
  const auto shape = ::ntk::collapse::choose(nodes, survey);
  if (!shape) return nullptr;
  std::unique_ptr<Collapsed> made(new Collapsed(nodes, survey.log_q, *shape));
  if (made->bins() >= Binned::kNone) return nullptr;
  made->x_ = made->binned(context, x);
  made->y_ = &x == &y ? made->x_ : made->binned(context, y);
  return made;
}

Binned Collapsed::binned(const Context& context, const Samples& samples) const {
  const std::size_t n = samples.count(), outputs = context.plan.outputs.size(), terms = collapse_.shape().norms;
  Binned out;
  out.bin.assign(n, Binned::kNone), out.inverse_norm.assign(n, 0), out.population.assign(bins(), 0);
  out.places.assign(terms - 1, std::vector<double>(n));
  const auto all = roots(context, samples);
  for (std::size_t o = 0; o < outputs; ++o)
    out.roots.emplace_back(all.begin() + static_cast<std::ptrdiff_t>(o * n), all.begin() + static_cast<std::ptrdiff_t>((o + 1) * n));
  std::vector<double> polynomials(terms);
  for (std::size_t i = 0; i < n; ++i) {
    const double q = samples.norms(0, true)[i];
    if (!is_positive(q) || !std::all_of(out.roots.begin(), out.roots.end(), [&](const auto& root) { return is_positive(root[i]); }))
      continue;
    const std::size_t bin = collapse_.bin(std::log(q));
    out.bin[i] = static_cast<std::uint16_t>(bin), out.inverse_norm[i] = 1 / std::sqrt(q), ++out.population[bin];
    ::ntk::chebyshev::polynomials(collapse_.interval(bin).place(std::log(q)), terms, polynomials.data());
    for (std::size_t k = 1; k < terms; ++k) out.places[k - 1][i] = polynomials[k];
  }
  return out;
}

const Fit* Collapsed::fit(std::size_t x_bin, std::size_t y_bin, Sheet sheet) const {
  constexpr std::size_t kWorth = 4;  // a pair of bins pays for its nodes and the check if it has so many times their pairs
  if (x_.population[x_bin] * y_.population[y_bin] < kWorth * collapse_.cost()) return nullptr;
  return collapse_.fit(x_bin, y_bin, sheet);
}

}  // namespace ntkc::engine
