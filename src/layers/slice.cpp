#include <algorithm>

#include "layers/spatial.hpp"

namespace ntkc::layers {
namespace {

using graph::Dim;

const graph::ArgValue& argument(const ShapeContext& context, std::string_view name) { return context.node.args.find(name)->second; }

// The size of an axis whose own size only the data knows: a name for texts and for comparing, or a number where it does not matter.
Dim slice_of_unknown(const std::string& name, std::int64_t start, const graph::ArgValue& stop, std::int64_t step) {
  const auto cells = [&](std::int64_t n) { return Dim{static_cast<std::uint64_t>((n + step - 1) / step), ""}; };
  if (stop.is_none() && start < 0) return cells(-start);
  if (stop.is_none() && start == 0 && step == 1) return {std::nullopt, name};
  if (!stop.is_none() && (start < 0) == (stop.integer() < 0) && stop.integer() > start) return cells(stop.integer() - start);
  return {std::nullopt, fmt::format("{}[{}:{}:{}]", name, start, stop.is_none() ? "" : fmt::format("{}", stop.integer()), step)};
}

std::optional<Shaped> shape(const ShapeContext& context) {
  const auto axis = position_axis(context);
  if (!axis) return std::nullopt;
  std::vector<Dim> positions = context.input(0).shape.positions;
  Dim& dim = positions[*axis];
  const std::int64_t start = argument(context, "start").integer(), step = argument(context, "step").integer();
  const graph::ArgValue& stop = argument(context, "stop");
  if (!dim.size) {
    dim = slice_of_unknown(dim.name, start, stop, step);
    return linear(context, std::move(positions));
  }
  const auto size = static_cast<std::int64_t>(*dim.size);
  const auto place = [size](std::int64_t n) { return std::clamp<std::int64_t>(n < 0 ? n + size : n, 0, size); };
  const std::int64_t first = place(start), last = stop.is_none() ? size : place(stop.integer());
  if (first >= last) {
    context.diagnostics.report(Code::empty_slice, context.node.span, *axis, size);
    return std::nullopt;
  }
  dim.size = static_cast<std::uint64_t>((last - first + step - 1) / step);
  return linear(context, std::move(positions));
}

}  // namespace

Layer slice() {
  using graph::ArgumentType;
  return {.name = "slice",
          .arguments = {{"axis", ArgumentType::integer, "", "a position axis, from 0"},
                        {"start", ArgumentType::integer, "0", "the first position kept; negative: from the end"},
                        {"stop", ArgumentType::integer, "none", "the position after the last one kept", {"none"}},
                        {"step", ArgumentType::size, "1", "cells from one kept position to the next"}},
          .doc = "Keeps some positions of one axis.",
          .shape = shape};
}

}  // namespace ntkc::layers
