#include "engine/collapsed.hpp"

#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "engine/near_ops.hpp"
#include "engine/tile.hpp"
#include "plan/collapse.hpp"

namespace ntkc::engine {

using ::ntk::collapse::Sheet;

namespace {

// k(x, x) of all samples, for each output.
std::vector<std::vector<double>> diagonals_of(const Context& context, const Samples& samples) {
  const std::size_t n = samples.count(), outputs = context.plan.outputs.size();
  std::vector<std::vector<double>> out(outputs, std::vector<double>(n));
  std::vector<double> some(outputs * kLanes);
  TileRunner runner(context);
  for (std::size_t first = 0; first < n; first += kLanes) {
    const std::size_t count = std::min(kLanes, n - first);
    runner.diagonal(samples, first, count, some.data());
    for (std::size_t o = 0; o < outputs; ++o) std::copy_n(some.data() + o * kLanes, count, out[o].data() + first);
  }
  return out;
}

::ntk::collapse::Norms norms_of(const Samples& samples) {
  const double* const norms = samples.norms(0, true);
  return {norms, norms + samples.count()};
}

}  // namespace

Nodes::Nodes(const Context& context, std::size_t columns)
    : context_(context), columns_(columns), has_series_(has_series(context.plan.sample)) {}

std::vector<double> Nodes::rows(const std::vector<double>& variances) const {
  std::vector<double> out(variances.size() * columns_);
  for (std::size_t i = 0; i < variances.size(); ++i) out[i * columns_] = std::sqrt(variances[i] * static_cast<double>(columns_));
  return out;
}

std::vector<std::vector<double>> Nodes::diagonal(const std::vector<double>& variances) const {
  const auto all = rows(variances);
  return diagonals_of(context_, Samples(context_, Rows(all.data(), variances.size(), columns_), 1,
                                        Samples::Are::features));  // by all threads: they fill tables
}

Nodes::Side Nodes::side(const std::vector<double>& variances) const {
  const std::size_t n = variances.size();
  Side side;
  side.variances = variances;
  side.lanes = !has_series_ ? n : n < kPack ? std::bit_ceil(n) : packed(n);
  std::vector<double> all(has_series_ ? packed(n) : n);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = variances[i % side.lanes % n];
  side.rows = rows(all);
  side.samples = std::make_unique<Samples>(context_, Rows(side.rows.data(), all.size(), columns_), kLanes, Samples::Are::features);
  side.diagonal = diagonals_of(context_, *side.samples);
  return side;
}

void Nodes::kernels(const Side& x, const Side& y, Sheet sheet, const std::vector<double>& t, double* out) const {
  tbb::enumerable_thread_specific<Machine> machines([&] { return Machine(context_, context_.plan.pair); });
  // Isolated: a thread that waits must not begin another fit, which may wait for this one.
  tbb::this_task_arena::isolate([&] {
    tbb::parallel_for(std::size_t(0), x.variances.size(), [&](std::size_t a) { kernels(machines.local(), x, a, y, sheet, t, out); });
  });
}

double Nodes::near(double variance, const std::vector<double>& t) const {
  const Side one = side({variance});
  Machine machine(context_, context_.plan.pair);
  std::vector<double> values(outputs() * t.size());
  kernels(machine, one, 0, one, Sheet::plus, t, values.data());
  return machine.beyond_series();
}

// Of variance a of x.
void Nodes::kernels(Machine& machine, const Side& x, std::size_t a, const Side& y, Sheet sheet, const std::vector<double>& t,
                    double* out) const {
  const std::size_t nx = x.variances.size(), ny = y.variances.size(), products = context_.plan.products.size();
  const std::size_t together = kLanes / y.lanes;  // angles
  std::vector<double> data(products * kLanes), same(kLanes);
  std::vector<std::uint32_t> y_at(kLanes);
  for (std::size_t l = 0; l < kLanes; ++l) y_at[l] = static_cast<std::uint32_t>(l % y.samples->count());
  Inputs inputs;
  inputs.x = &x.samples->store(), inputs.y = &y.samples->store(), inputs.same = same.data();
  inputs.x_first = a, inputs.y_at = y_at.data();
  if (has_series_) inputs.y_period = y.samples->count();
  for (std::size_t p = 0; p < products; ++p) inputs.products.push_back(data.data() + p * kLanes);
  for (std::size_t m = 0; m < t.size(); m += together) {
    inputs.lanes = std::min(together, t.size() - m) * y.lanes;
    for (std::size_t l = 0; l < packed(inputs.lanes); ++l) {
      const auto at =
          ::ntk::collapse::products(x.variances[a], y.variances[l % y.lanes % ny], sheet, t[std::min(m + l / y.lanes, t.size() - 1)]);
      for (std::size_t p = 0; p < products; ++p) {
        const auto op = context_.plan.products[p].op;
        data[p * kLanes + l] = op == ir::Op::inner ? at.inner : op == ir::Op::distance ? at.distance : at.gram;
      }
    }
    machine.run(inputs, nullptr, 0);
    for (std::size_t o = 0; o < outputs(); ++o) {
      const auto value = machine.number(context_.plan.outputs[o].value);
      for (std::size_t l = 0; l < inputs.lanes; ++l)
        if (const std::size_t b = l % y.lanes; b < ny)
          out[((o * nx + a) * t.size() + m + l / y.lanes) * ny + b] =
              (value.lanes ? value.lanes[l] : value.value) / (std::sqrt(x.diagonal[o][a]) * std::sqrt(y.diagonal[o][b]));
    }
  }
}

template <class T>
Collapses<T> collapse(const Context& context, const Samples& x, const Samples& y) {
  if (!plan::is_of_norms(context.plan)) return {};
  const auto f = x.features(0, true), g = y.features(0, false);
  std::size_t numbers = 0;
  for (const auto& slot : context.plan.sample.slots) numbers += slot.elements() * slot.numbers();
  const auto left = norms_of(x), right = &x == &y ? left : norms_of(y);
  const auto correlations = [&](const std::vector<::ntk::collapse::Pair>& pairs) {
    std::vector<double> out(pairs.size());
    tbb::parallel_for(std::size_t(0), pairs.size(), [&](std::size_t k) {
      const auto [i, j] = pairs[k];
      out[k] = inner(f.size, f.row(i), g.row(j)) / (std::sqrt(left[i]) * std::sqrt(right[j]));
    });
    return out;
  };
  const auto costs = ::ntk::collapse::Costs::of(plan::pair_cost(context.plan), plan::near_cost(context.plan), f.size, numbers);
  const auto survey = ::ntk::collapse::survey(left, right, &x == &y, costs, correlations);
  return Collapses<T>::make(Nodes(context, f.size), survey, left, right);
}

template Collapses<double> collapse(const Context&, const Samples&, const Samples&);
template Collapses<float> collapse(const Context&, const Samples&, const Samples&);

}  // namespace ntkc::engine
