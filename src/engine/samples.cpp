#include "engine/samples.hpp"

#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <stdexcept>

#include "engine/near_ops.hpp"

namespace ntkc::engine {

constexpr std::size_t kBlock = 64;  // norms a task

std::vector<std::size_t> input_sizes(const plan::Plan& plan, std::size_t columns) {
  std::vector<std::size_t> sizes;
  std::size_t known = 0, open = 0;
  std::string name;
  for (const auto& shape : plan.input_shapes) {
    std::size_t size = shape.channels.size.value_or(0);
    for (const auto& d : shape.positions) size *= d.size.value_or(0);
    if (size == 0 && open++ > 0 && shape.channels.name != name) return {};
    if (size == 0) name = shape.channels.name;
    known += size;
    sizes.push_back(size);
  }
  if (open == 0 ? columns != known : columns <= known || (columns - known) % open != 0) return {};
  for (auto& size : sizes)
    if (size == 0 && open > 0) size = (columns - known) / open;
  return sizes;
}

std::size_t sample_bytes(const plan::Plan& plan, std::size_t columns) {
  const auto sizes = input_sizes(plan, columns);
  std::size_t numbers = 2 * plan.products.size();
  for (const auto& slot : plan.sample.slots) {
    const bool features = slot.type == ir::Type::features;
    numbers += slot.elements() * (features ? (sizes.empty() ? 0 : sizes.at(slot.input)) : slot.numbers());
  }
  return numbers * sizeof(double);
}

Samples::Samples(const Context& context, Rows rows, std::size_t block, Are are)
    : context_(context),
      code_(are == Are::data ? context.plan.sample : *context.plan.of_features),
      are_(are),
      rows_(rows),
      block_(block),
      sizes_(are == Are::data ? input_sizes(context.plan, rows.columns) : std::vector{rows.columns}) {
  if (sizes_.empty() && !context.plan.inputs.empty()) throw std::logic_error("engine: rows of a length that does not fit the network");
  for (std::size_t i = 0, offset = 0; i < sizes_.size(); offset += sizes_[i++]) offsets_.push_back(offset);
  norms_.resize(2 * context.plan.products.size());
  for (std::size_t p = 0; p < norms_.size(); ++p) {
    const auto side = [&](std::size_t k) { return k % 2 == 0 ? context.plan.products[k / 2].left : context.plan.products[k / 2].right; };
    std::size_t first = 0;
    while (side(first) != side(p)) ++first;
    if (first < p) {
      norms_[p] = norms_[first];
      continue;
    }
    const auto rows_of = features(side(p));
    norms_[p].resize(packed(count()) + kLanes);
    tbb::parallel_for(std::size_t(0), (count() + kBlock - 1) / kBlock, [&](std::size_t b) {
      for (std::size_t i = b * kBlock; i < std::min((b + 1) * kBlock, count()); ++i)
        norms_[p][i] = inner(rows_of.size, rows_of.row(i), rows_of.row(i));
    });
  }
}

// Alone with its thread: one that waits for these samples must not be given other work that waits for them, too.
const Store& Samples::store() const {
  std::call_once(ran_, [&] {
    tbb::this_task_arena::isolate([&] {
      store_ = Store(code_, count(), sizes_);
      tbb::enumerable_thread_specific<Machine> machines([&] { return Machine(context_, code_); });
      tbb::parallel_for(std::size_t(0), (count() + block_ - 1) / block_, [&](std::size_t b) {
        const std::size_t first = b * block_;
        Inputs inputs;
        inputs.lanes = std::min(block_, count() - first);
        inputs.rows = rows_.row(first), inputs.stride = rows_.stride, inputs.sizes = sizes_, inputs.offsets = offsets_;
        machines.local().run(inputs, &store_, first);
      });
    });
  });
  return store_;
}

FeatureRows Samples::features(std::size_t product, bool left) const {
  return features(left ? context_.plan.products[product].left : context_.plan.products[product].right);
}

FeatureRows Samples::features(const plan::Ref& ref) const {
  if (are_ == Are::features) return {rows_.data, rows_.columns, rows_.stride};
  if (ref.where == plan::Ref::Where::input) return {rows_.data + offsets_.at(ref.index), sizes_.at(ref.index), rows_.stride};
  return {store().at(ref.index, 0, 0), store().width(ref.index), store().width(ref.index)};
}

}  // namespace ntkc::engine
