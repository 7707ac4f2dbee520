#include "engine/machine.hpp"

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <stdexcept>

#include "engine/duals.hpp"
#include "engine/near_ops.hpp"
#include "ntk/runtime/features.hpp"
#include "ntk/runtime/quadrature.hpp"

namespace ntkc::engine {

using ir::Op;
using plan::Ref;
using plan::Step;
using Where = Ref::Where;

namespace {

// Whether what the next round gets is what one had in this: it is read before that changes.
bool is_carried(const Step& loop, std::size_t i) {
  const Ref& next = loop.carries[i].next;
  return next.where == Where::local && std::ranges::any_of(loop.carries, [&](const auto& c) { return c.local == next.index; });
}

}  // namespace

Machine::Machine(const Context& context, const plan::Code& code)
    : context_(context), code_(code), numbers_(code.locals * kLanes), rows_(code.locals) {}

void Machine::run(const Inputs& inputs, Store* out, std::size_t first) {
  in_ = &inputs, out_ = out, first_ = first, width_ = packed(inputs.lanes);
  integrals_.clear();
  execute(code_.steps);
}

void Machine::execute(const std::vector<Step>& steps) {
  for (const auto& s : steps) {
    switch (s.kind) {
      case Step::Kind::compute:
        compute(s);
        break;
      case Step::Kind::loop:
        loop(s);
        break;
      case Step::Kind::store:
        store(s);
        break;
    }
  }
}

void Machine::loop(const Step& s) {
  for (const auto& c : s.carries) copy(number(c.initial), lanes(c.local));
  for (std::uint64_t round = 0; round < s.count; ++round) {
    counters_.push_back(round);
    execute(s.body);
    next_.resize(std::max(next_.size(), s.carries.size() * kLanes));
    for (std::size_t i = 0; i < s.carries.size(); ++i)
      if (is_carried(s, i)) copy(number(s.carries[i].next), next_.data() + i * kLanes);
    for (std::size_t i = 0; i < s.carries.size(); ++i)
      copy(is_carried(s, i) ? Operand{next_.data() + i * kLanes, 0} : number(s.carries[i].next), lanes(s.carries[i].local));
    counters_.pop_back();
  }
}

void Machine::store(const Step& s) {
  const auto& slot = code_.slots[s.slot];
  double* const to = out_->at(s.slot, element(slot), first_);
  if (slot.type == ir::Type::number) {
    const auto from = number(s.operands[0]);
    for (std::size_t l = 0; l < in_->lanes; ++l) to[l] = from.lanes ? from.lanes[l] : from.value;
    return;
  }
  const std::size_t width = out_->width(s.slot);
  const auto from = slot.type == ir::Type::series ? series(s.operands[0]) : LaneSeries();
  for (std::size_t l = 0; l < in_->lanes; ++l) {
    if (slot.type == ir::Type::features) {
      const double* const numbers = row(s.operands[0], l);
      std::copy(numbers, numbers + width, to + l * width);
    } else {
      double* const numbers = out_->series(s.slot, element(slot), first_ + l);
      for (std::size_t k = 0; k < width; ++k) numbers[k * kPack] = from.lane(l)[k];
    }
  }
}

void Machine::copy(const Operand& from, double* to) const {
  if (from.lanes)
    std::copy(from.lanes, from.lanes + width_, to);
  else
    std::fill(to, to + width_, from.value);
}

// An operation has four operands at most.
Operand Machine::gather(const double* from, const std::uint32_t* at) const {
  constexpr std::size_t kOperands = 4;
  gathered_.resize(kOperands * kLanes);
  double* const to = gathered_.data() + gathers_++ % kOperands * kLanes;
  for (std::size_t l = 0; l < in_->lanes; ++l) to[l] = from[at[l]];
  std::fill(to + in_->lanes, to + width_, to[0]);
  return {to, 0};
}

std::size_t Machine::element(const plan::Slot& slot) const {
  std::size_t at = 0;
  for (std::size_t k = 0; k < slot.extents.size(); ++k) at = at * slot.extents[k] + counters_.at(k);
  return at;
}

Operand Machine::number(const Ref& r) const {
  switch (r.where) {
    case Where::constant:
      return {nullptr, context_.constants[r.index]};
    case Where::param:
      return {nullptr, context_.params[r.index]};
    case Where::parameter:
      return {nullptr, *context_.parameter.at(r.index, element(context_.plan.parameter.slots[r.index]), 0)};
    case Where::sample: {
      const double* const at = in_->x->at(r.index, element(context_.plan.sample.slots[r.index]), in_->x_first);
      if (in_->x_at) return gather(at, in_->x_at);
      return in_->x_is_one ? Operand{nullptr, *at} : Operand{at, 0};
    }
    case Where::primed: {
      const double* const at = in_->y->at(r.index, element(context_.plan.sample.slots[r.index]), in_->y_first);
      return in_->y_at ? gather(at, in_->y_at) : Operand{at, 0};
    }
    case Where::data:
      return {in_->products[r.index], 0};
    case Where::same:
      return {in_->same, 0};
    case Where::local:
      return {numbers_.data() + r.index * kLanes, 0};
    case Where::input:
      break;
  }
  throw std::logic_error("engine: features where a number is needed");
}

void Machine::compute(const Step& s) {
  if (s.type == ir::Type::features) return features(s);
  double* const out = lanes(s.result);
  switch (s.op) {
    case Op::call: {
      Operand args[expr::kMostArguments];
      for (std::size_t i = 0; i < s.operands.size(); ++i) args[i] = number(s.operands[i]);
      return apply(s.function, width_, args, out);
    }
    case Op::channel_mean:
      for (std::size_t l = 0; l < in_->lanes; ++l) out[l] = ::ntk::channel_mean(row_size(s.operands[0]), row(s.operands[0], l));
      return;
    case Op::size:
      std::fill_n(out, in_->lanes, static_cast<double>(row_size(s.operands[0])));
      return;
    case Op::inner:
    case Op::distance:
    case Op::gram:
      for (std::size_t l = 0; l < in_->lanes; ++l) {
        const auto n = row_size(s.operands[0]);
        const double* const a = row(s.operands[0], l);
        const double* const b = row(s.operands[1], l);
        if (s.op == Op::inner) {
          out[l] = inner(n, a, b);
          continue;
        }
        const auto found = near(n, a, b, inner(n, a, a), inner(n, b, b));
        out[l] = s.op == Op::distance ? found.distance : found.gram;
      }
      return;
    case Op::mean_quadrature:
    case Op::hermite:
    case Op::dual_quadrature:
    case Op::distance_quadrature:
      return expectation(s);
    default:
      throw std::logic_error("engine: an operation that plans do not have");
  }
}

void Machine::features(const Step& s) {
  const std::size_t n = row_size(s.operands[0]);
  auto& made = rows_[s.result];
  made.size = n;
  made.numbers.resize(n * in_->lanes);
  for (std::size_t l = 0; l < in_->lanes; ++l) {
    const double* const a = row(s.operands[0], l);
    double* const out = made.numbers.data() + l * n;
    const auto at = [&](std::size_t operand) {
      const auto x = number(s.operands[operand]);
      return x.lanes ? x.lanes[l] : x.value;
    };
    switch (s.op) {
      case Op::map: {
        const auto& f = context_.activations[s.phi].functions[0];
        std::size_t k = 0;
        for (; k + 8 <= n; k += 8) f(::ntk::Lanes::load(a + k)).store(out + k);
        for (; k < n; ++k) out[k] = f(a[k]);
        break;
      }
      case Op::standardize: {
        const double shift = at(1), factor = at(2);
        for (std::size_t k = 0; k < n; ++k) out[k] = (a[k] - shift) * factor;
        break;
      }
      case Op::feature_sum:
      case Op::feature_product: {
        const double* const b = row(s.operands[1], l);
        for (std::size_t k = 0; k < n; ++k) out[k] = s.op == Op::feature_sum ? a[k] + b[k] : a[k] * b[k];
        break;
      }
      default:
        throw std::logic_error("engine: an operation on features that plans do not have");
    }
  }
}

void Machine::expectation(const Step& s) {
  namespace quadrature = ::ntk::quadrature;
  const auto& phi = context_.activations[s.phi];
  if (s.op == Op::dual_quadrature || s.op == Op::distance_quadrature) {
    const DualSide u{phi, s.order_phi, number(s.operands[0]), series(s.operands[4])};
    const DualSide v{context_.activations[s.psi], s.order_psi, number(s.operands[1]), series(s.operands[5])};
    const auto c = number(s.operands[2]), gram = number(s.operands[3]);
    const double truncation = context_.plan.truncation();
    if (s.op == Op::distance_quadrature) return dual_distances(in_->lanes, u, v, c, gram, truncation, integrals_, lanes(s.result));
    duals_ += in_->lanes * (s.slope ? 2 : 1);
    beyond_series_ += duals(in_->lanes, u, v, c, gram, truncation, integrals_, lanes(s.result), s.slope ? lanes(*s.slope) : nullptr);
    return;
  }
  const auto q = number(s.operands[0]);
  const auto at = [&](std::size_t l) { return q.lanes ? q.lanes[l] : q.value; };
  if (s.op == Op::mean_quadrature) {
    for (std::size_t l = 0; l < in_->lanes; ++l)
      lanes(s.result)[l] = quadrature::mean(phi.functions[s.order_phi], phi.breaks[s.order_phi], at(l));
    return;
  }
  auto& made = rows_[s.result];
  made.size = s.terms + quadrature::kFacts + s.beyond, made.terms = s.terms;
  made.numbers.resize(made.size * in_->lanes);
  const auto numbers = [&](std::size_t l) { return made.numbers.data() + l * made.size; };
  std::vector<std::size_t> different, like(in_->lanes);
  for (std::size_t l = 0; l < in_->lanes; ++l) {
    const auto equal = std::ranges::find(different, at(l), at);
    like[l] = equal == different.end() ? l : *equal;
    if (like[l] == l) different.push_back(l);
  }
  // Isolated: a thread that waits must not begin another block of samples with this machine.
  tbb::this_task_arena::isolate([&] {
    tbb::parallel_for(std::size_t(0), different.size(), [&](std::size_t k) {
      phi.series(s.order_phi, at(different[k]), context_.plan.truncation(), s.terms, numbers(different[k]));
    });
  });
  for (std::size_t l = 0; l < in_->lanes; ++l)
    if (like[l] != l) std::copy_n(numbers(like[l]), made.size, numbers(l));
}

std::size_t Machine::row_size(const Ref& r) const { return r.where == Where::input ? in_->sizes.at(r.index) : rows_[r.index].size; }

const double* Machine::row(const Ref& r, std::size_t lane) const {
  if (r.where == Where::input) return in_->rows + lane * in_->stride + in_->offsets.at(r.index);
  if (r.where == Where::local) return rows_[r.index].numbers.data() + lane * rows_[r.index].size;
  throw std::logic_error("engine: features that are neither an input nor a local");
}

LaneSeries Machine::series(const Ref& r) const {
  using enum LaneSeries::Layout;
  const auto blocks_of = [&](const Store& store, const plan::Code& code, std::size_t sample) -> LaneSeries {
    const std::size_t first = sample % kPack;
    return {blocks, store.at(r.index, element(code.slots[r.index]), sample - first), first, store.width(r.index), code.slots[r.index].terms,
            nullptr};
  };
  const auto one_of = [&](LaneSeries all) -> LaneSeries { return {one, all.at + all.first, 0, all.numbers, all.terms, nullptr}; };
  switch (r.where) {
    case Where::local:
      return {rows, rows_[r.index].numbers.data(), 0, rows_[r.index].size, rows_[r.index].terms, nullptr};
    case Where::parameter:
      return one_of(blocks_of(context_.parameter, context_.plan.parameter, 0));
    case Where::sample: {
      auto all = blocks_of(*in_->x, context_.plan.sample, in_->x_first);
      if (in_->x_at) all.layout = scattered, all.places = in_->x_at;
      return in_->x_is_one ? one_of(all) : all;
    }
    case Where::primed: {
      auto all = blocks_of(*in_->y, context_.plan.sample, in_->y_first);
      if (in_->y_period > 0)
        all.period = in_->y_period;
      else if (in_->y_at)
        all.layout = scattered, all.places = in_->y_at;
      return all;
    }
    default:
      throw std::logic_error("engine: no series there");
  }
}

}  // namespace ntkc::engine
