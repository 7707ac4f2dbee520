#include "layers/spatial.hpp"

#include <limits>

namespace ntkc::layers {

using graph::Argument;
using graph::ArgumentType;
using graph::Dim;

std::vector<Argument> affine_arguments() {
  return {{"width", ArgumentType::size, "none", "number of channels; only concat and the standard parameterization ask for it", {"none"}},
          {"sigma_w", ArgumentType::nonnegative, "1", "standard deviation of the weights"},
          {"sigma_b", ArgumentType::nonnegative, "0", "standard deviation of the biases"},
          {"lr", ArgumentType::nonnegative, "1", "learning rate of the weights, relative to the network's"},
          {"lr_b", ArgumentType::nonnegative, "lr", "learning rate of the biases"},
          {"parameterization", ArgumentType::word, "ntk", "ntk, or standard: rates grow with the width", {"ntk", "standard"}},
          {"trainable", ArgumentType::boolean, "true", "false: lr = 0"}};
}

std::vector<Argument> convolution_arguments() {
  std::vector<Argument> list = {{"filter", ArgumentType::sizes, "", "cells of the filter, for all axes or a list"},
                                {"stride", ArgumentType::sizes, "1", "cells from one window to the next"},
                                {"padding", ArgumentType::word, "valid", "what lies beyond the edge", {"valid", "same", "circular"}},
                                {"dilation", ArgumentType::sizes, "1", "cells from one tap of the filter to the next"}};
  for (Argument& argument : affine_arguments()) list.push_back(std::move(argument));
  return list;
}

std::vector<Argument> pool_arguments() {
  return {{"window", ArgumentType::sizes, "", "cells of the window, for all axes or a list"},
          {"stride", ArgumentType::sizes, "window", "cells from one window to the next"},
          {"padding", ArgumentType::word, "valid", "what lies beyond the edge", {"valid", "same", "circular"}},
          {"normalize_edges", ArgumentType::boolean, "false", "divide by the number of real cells"}};
}

std::optional<std::uint64_t> multiply(std::uint64_t a, std::uint64_t b) {
  if (b != 0 && a > std::numeric_limits<std::uint64_t>::max() / b) return std::nullopt;
  return a * b;
}

bool has_positions(const ShapeContext& context) {
  if (!context.input(0).shape.positions.empty()) return true;
  context.diagnostics.report(Code::needs_positions, context.node.span, context.node.kind)
      .suggest("positions come from an input such as `[32, 32, 3]`: all axes but the last");
  return false;
}

std::optional<std::vector<std::uint64_t>> sizes(const ShapeContext& context, std::string_view name) {
  const std::size_t axes = context.input(0).shape.positions.size();
  const graph::ArgValue& value = context.node.args.find(name)->second;
  if (std::holds_alternative<std::int64_t>(value.value)) return std::vector(axes, static_cast<std::uint64_t>(value.integer()));
  if (value.list().size() != axes) {
    context.diagnostics.report(Code::sizes_per_axis, value.given ? value.span : context.node.span, name, value.list().size(), axes);
    return std::nullopt;
  }
  std::vector<std::uint64_t> result;
  for (const graph::ArgValue& size : value.list()) result.push_back(static_cast<std::uint64_t>(size.integer()));
  return result;
}

std::optional<std::vector<Window>> windows(const ShapeContext& context, std::string_view size_argument) {
  if (!has_positions(context)) return std::nullopt;
  const auto size = sizes(context, size_argument), stride = sizes(context, "stride");
  const auto dilation = context.node.args.contains("dilation") ? sizes(context, "dilation")
                                                               : std::vector<std::uint64_t>(context.input(0).shape.positions.size(), 1);
  if (!size || !stride || !dilation) return std::nullopt;
  std::vector<Window> result;
  for (std::size_t i = 0; i < size->size(); ++i) {
    result.push_back({(*size)[i], (*stride)[i], (*dilation)[i]});
    if (!multiply((*size)[i], (*dilation)[i])) {
      context.diagnostics.report(Code::size_overflow, context.node.span);
      return std::nullopt;
    }
  }
  return result;
}

std::optional<std::vector<Dim>> slide(const ShapeContext& context, const std::vector<Window>& windows) {
  const bool valid = context.node.args.find("padding")->second.word() == "valid";
  std::vector<Dim> result;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const Dim& n = context.input(0).shape.positions[i];
    const Window& w = windows[i];
    if (!n.size) {
      std::string name = valid && w.reach() > 1 ? fmt::format("({} - {})", n.name, w.reach() - 1) : n.name;
      if (w.stride > 1) name = valid ? fmt::format("(({} - 1) // {} + 1)", name, w.stride) : fmt::format("ceil({} / {})", name, w.stride);
      result.push_back({std::nullopt, name});
    } else if (!valid) {
      result.push_back({*n.size / w.stride + (*n.size % w.stride != 0), ""});
    } else if (w.reach() <= *n.size) {
      result.push_back({(*n.size - w.reach()) / w.stride + 1, ""});
    } else {
      context.diagnostics.report(Code::window_too_large, context.node.span, w.reach(), i, *n.size)
          .suggest("`padding = same` keeps the size, whatever the window");
      return std::nullopt;
    }
  }
  return result;
}

std::optional<std::vector<Dim>> spread(const ShapeContext& context, const std::vector<Window>& windows) {
  const bool valid = context.node.args.find("padding")->second.word() == "valid";
  std::vector<Dim> result;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const Dim& n = context.input(0).shape.positions[i];
    const Window& w = windows[i];
    const std::uint64_t more = valid && w.reach() > w.stride ? w.reach() - w.stride : 0;
    if (!n.size) {
      std::string name = w.stride > 1 ? fmt::format("{} * {}", n.name, w.stride) : n.name;
      result.push_back({std::nullopt, more ? fmt::format("({} + {})", name, more) : name});
      continue;
    }
    const auto product = multiply(*n.size, w.stride);
    if (!product || *product + more < more) {
      context.diagnostics.report(Code::size_overflow, context.node.span);
      return std::nullopt;
    }
    result.push_back({*product + more, ""});
  }
  return result;
}

std::optional<std::size_t> position_axis(const ShapeContext& context) {
  if (!has_positions(context)) return std::nullopt;
  const graph::ArgValue& value = context.node.args.find("axis")->second;
  const auto axes = static_cast<std::int64_t>(context.input(0).shape.positions.size());
  if (const std::int64_t axis = value.integer(); axis >= 0 && axis < axes) return static_cast<std::size_t>(axis);
  context.diagnostics.report(Code::no_such_axis, value.given ? value.span : context.node.span, value.integer(), axes - 1)
      .suggest("axes count from 0; the last axis of an input is its channel axis, which this layer does not touch");
  return std::nullopt;
}

std::optional<Shaped> affine(const ShapeContext& context, std::vector<Dim> positions) {
  const graph::Node& node = context.node;
  if (node.args.find("parameterization")->second.word() == "standard" && !context.input(0).width) {
    context.diagnostics.report(Code::width_missing, node.span, node.kind)
        .note(context.input(0).span, "this node has no width")
        .suggest("give the layer before a width, for instance `width = 512`");
    return std::nullopt;
  }
  Shaped result;
  result.shape.positions = std::move(positions);
  if (const graph::ArgValue& width = node.args.find("width")->second; !width.is_none())
    result.width = static_cast<std::uint64_t>(width.integer());
  result.shape.channels.size = result.width;
  result.law = graph::Law::gaussian;
  return result;
}

Shaped linear(const ShapeContext& context, std::vector<Dim> positions) {
  const graph::Node& input = context.input(0);
  return {{std::move(positions), input.shape.channels}, input.width, input.law};
}

std::optional<Shaped> convolution(const ShapeContext& context) {
  const auto window = windows(context, "filter");
  const auto positions = window ? slide(context, *window) : std::nullopt;
  return positions ? affine(context, *positions) : std::nullopt;
}

std::optional<Shaped> pool(const ShapeContext& context) {
  const auto window = windows(context, "window");
  const auto positions = window ? slide(context, *window) : std::nullopt;
  return positions ? std::optional(linear(context, *positions)) : std::nullopt;
}

std::optional<Shaped> all_positions(const ShapeContext& context) {
  return has_positions(context) ? std::optional(linear(context, {})) : std::nullopt;
}

}  // namespace ntkc::layers
